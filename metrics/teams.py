"""The teams side by side: their people, what they say, what they can do and how much lies on their desks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.store import Store
from metrics import ask, change, compute
from metrics.ask import Answer, Wanted
from metrics.change import Verdict
from metrics.compute import NOTHING, Evidence, Reading, States
from metrics.declare import Metric
from metrics.window import Window

METRICS = ("engagement", "enps", "pulse_participation", "skill_fit", "workload", "tenure")
PEOPLE = "tenure"  # whose n is the people on staff at the end of the period
FIRST = "engagement"  # what the teams are sorted by
JUDGED = ("engagement", "enps", "pulse_participation", "skill_fit")  # not the load: teams do different work


@dataclass(frozen=True)
class Team:
    """One team. `people`: on staff at the end of the period; None where the team is not shown.

    `readings`: metric -> value, without one where it may not be shown or nobody answered. `verdicts`: how it stands
    against all the other teams together, where that is told.
    """

    name: str
    people: int | None
    readings: dict[str, Reading] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)

    @property
    def is_hidden(self) -> bool:
        """Whether so few people are in it that nothing of it may be shown."""
        return self.people is None


@dataclass(frozen=True)
class Teams:
    """All teams, the surest least engaged first, the hidden ones last. `whole`: the company, or the teams at work.

    `is_weighed`: a filter of clients or stages is on; the whole then weighs teams by their work for them.
    """

    whole: dict[str, Reading]
    teams: tuple[Team, ...]
    is_weighed: bool


def _rest(metric: Metric, whole: Evidence, mine: Evidence) -> States | None:
    """All the others together; None where that is no matter of adding up."""
    if not isinstance(whole, States) or not isinstance(mine, States):
        return None
    return States({name: (whole.values.get(name) or 0.0) - (mine.values.get(name) or 0.0) for name in metric.states})


def _tested(answer: Answer, whole: Answer, window: Window, team: str) -> change.Change:
    now, metric = window.whole[0], answer.metric
    mine = answer.at(now, (team,))
    others = _rest(metric, whole.at(now), mine)
    if others is None or metric.id not in JUDGED or min(others.n, mine.n) < metric.minimum_n:
        return change.Change(None)
    return compute.compare(metric, others, mine)


def _sureness(team: Team) -> tuple[bool, bool, float, str]:
    now = team.readings.get(FIRST, NOTHING)
    return team.is_hidden, now.high is None, now.high or 0.0, team.name


def teams(store: Store, window: Window, filters: Mapping[str, tuple[str, ...]]) -> Teams:
    """Every team with its metrics, as far as they may be shown, all comparisons judged together by Holm's rule.

    What is hidden is decided by the question layer (ask): a team of fewer than five people, and as many more as keep it
    from being worked out. A team whose people are hidden shows nothing else either. Raises: StrataError without a lake;
    QueryTooLong.
    """
    today = Window(window.whole[:1])
    now = today.whole[0]
    wanted = [Wanted(metric, split) for metric in METRICS for split in ((), (ask.TEAM,))]
    answers = ask.ask(store, wanted, today, filters)
    split = {metric: answers[Wanted(metric, (ask.TEAM,))] for metric in METRICS}
    whole = {metric: answers[Wanted(metric)] for metric in METRICS}
    names = sorted({str(group[0]) for answer in split.values() for group in answer.groups() if group[0] is not None})
    shown = [name for name in names if (now, (name,)) in split[PEOPLE].cells]
    places = [(name, metric) for name in shown for metric in METRICS if (now, (name,)) in split[metric].cells]
    tests = [_tested(split[metric], whole[metric], today, name) for name, metric in places]
    verdicts: dict[str, dict[str, Verdict]] = {name: {} for name in shown}
    for (name, metric), test, p in zip(places, tests, change.holm([test.p for test in tests]), strict=True):
        about, n = split[metric].metric, split[metric].at(now, (name,)).n
        verdicts[name][metric] = change.verdict(test, p, about.better, n, n, about.minimum_n)
    found = [
        Team(
            name,
            round(split[PEOPLE].at(now, (name,)).n),
            {
                metric: compute.read(answer.metric, answer.at(now, (name,)))
                for metric, answer in split.items()
                if (now, (name,)) in answer.cells
            },
            verdicts[name],
        )
        for name in shown
    ]
    found += [Team(name, None) for name in names if name not in shown]
    readings = {metric: compute.read(answer.metric, answer.at(now)) for metric, answer in whole.items()}
    return Teams(readings, tuple(sorted(found, key=_sureness)), any(answer.is_weighed for answer in split.values()))
