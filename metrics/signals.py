"""What stood out in the period looked at, over all metrics and stages, with false alarms counted and held down.

A control chart marks something by chance alone in a few of a hundred calm periods; over a hundred charts that is a page
of false alarms. So each chart's marks are weighed by how often a calm course like its own gives as much (see
metrics.surprise), and all charts are judged together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from data.store import Store
from metrics import ask, change, compute, control, frozen, surprise
from metrics.ask import Answer, Wanted
from metrics.control import Rule
from metrics.declare import Metric
from metrics.links import benjamini_hochberg
from metrics.load import catalogue
from metrics.window import Period, Window

FEWEST_BEFORE, FEWEST_NOW = 16, 2  # weeks with a value: fewer do not tell what is usual, or what is now
STRAYING = ("mean", "ratio", "quantile")  # the fewer rows, the farther by chance; the limits of XmR are as wide
YEAR = timedelta(weeks=52)
WATCHED = ("nps", "share", "mean", "ratio", "quantile", "total")  # a level or a look-back is much as it was last week


@dataclass(frozen=True)
class Course:
    """One chart: a metric, of one stage or ('') of all. `rules`: those its weeks of the period break, if any.

    `since`: the first week that does. `is_up`: the side on which such weeks lie; `is_both`: they lie on both. `p`: how
    often a calm course gives as much; `q`: raised for all charts; `p_normal`, `q_normal`: the same if weeks were known
    to be normal. `mean_now`: how far the weeks of the period lie from what is usual, in spreads of one week.
    """

    metric: str
    stage: str
    rules: tuple[Rule, ...]
    since: date | None
    is_up: bool
    mean_now: float
    p: float
    q: float = 1.0
    is_both: bool = False
    p_normal: float = 1.0
    q_normal: float = 1.0

    @property
    def is_signal(self) -> bool:
        """Whether it stands out beyond what chance gives over all charts together."""
        return self.q < change.ALPHA and bool(self.rules)

    @property
    def is_odd(self) -> bool:
        """Whether it would stand out if weeks were normal, though its own weeks in another order often do as much."""
        return self.q_normal < change.ALPHA and bool(self.rules) and not self.is_signal


@dataclass(frozen=True)
class Signals:
    """What stood out, the surest first; how many charts were watched; how many of them a plain chart would mark.

    `odd`: what looks like more but may be chance. `by_chance`: how many charts would be marked if nothing had changed
    anywhere. `weeks_now`: the whole weeks of the period.
    """

    found: tuple[Course, ...]
    watched: int
    marked: int
    by_chance: float
    now: Period
    usual: Period | None
    weeks_now: int = FEWEST_NOW
    odd: tuple[Course, ...] = ()

    @property
    def is_short(self) -> bool:
        """Whether the period itself has too few weeks for anything in it to stand out."""
        return self.weeks_now < FEWEST_NOW


def watched() -> tuple[Metric, ...]:
    """The metrics whose weeks can be charted: counted by their own week, and not people's answers by month."""
    return tuple(
        metric
        for metric in catalogue().values()
        if metric.interval in WATCHED and metric.is_mergeable_over_time and not metric.is_monthly
    )


def signals(store: Store, window: Window, filters: Mapping[str, tuple[str, ...]], baselines: str = "") -> Signals:
    """Watch every metric, as a whole and stage by stage. What is usual is told by the weeks before the period.

    `baselines`: for some metrics by other days, that somebody decided on (see metrics.frozen). Raises: StrataError
    without a lake; QueryTooLong.
    """
    now = window.whole[0]
    decided = {metric: days for metric, days in frozen.read(baselines).items() if days.end < now.end}
    weeks = tuple(week for week in window.buckets if week.end <= now.end)
    first = min((days.start for days in decided.values()), default=weeks[0].start)
    weeks = frozen.weeks_from(min(first, weeks[0].start), weeks)
    course = Window((now,), weeks)
    metrics = watched()
    stages = [stage.id for stage in store.lake().stages]
    wanted = [Wanted(metric.id) for metric in metrics]
    wanted += [Wanted(metric.id, ("stage",)) for metric in metrics if "stage" in metric.by and stages]
    answers = ask.ask(store, wanted, course, filters)
    places: list[tuple[Wanted, str, ask.Group]] = [
        (one, stage, (stage,) if stage else ()) for one in answers for stage in (stages if one.split else [""])
    ]
    drawn = surprise.draws(len(places))
    charts = [
        chart
        for one, stage, group in places
        if (chart := _chart(answers[one], group, stage, _usual(weeks, now, decided.get(one.metric)), now, drawn))
    ]
    raised = benjamini_hochberg([course.p for course, _ in charts])
    normal = benjamini_hochberg([course.p_normal for course, _ in charts])
    found = [replace(course, q=q, q_normal=other) for (course, _), q, other in zip(charts, raised, normal, strict=True)]
    found.sort(key=lambda one: (one.p, -abs(one.mean_now), one.metric))
    before = [week for week in window.buckets if week.end <= now.start]
    usual = Period(before[0].start, before[-1].end) if before else None
    marked, by_chance = sum(bool(one.rules) for one in found), sum(rate for _, rate in charts)
    weeks_now = sum(week.start >= now.start for week in weeks)
    shown, odd = tuple(one for one in found if one.is_signal), tuple(one for one in found if one.is_odd)
    return Signals(shown, len(found), marked, by_chance, now, usual, weeks_now, odd)


def _usual(weeks: Sequence[Period], now: Period, decided: Period | None) -> tuple[Sequence[Period], slice]:
    """The weeks of a chart, and those of them that tell what is usual: the year before the period, or those decided."""
    if decided is None:
        shown = [week for week in weeks if week.start >= now.start - YEAR]
        return shown, slice(0, sum(week.end <= now.start for week in shown))
    shown = [week for week in weeks if week.start >= decided.start]
    return shown, slice(0, sum(week.end <= decided.end for week in shown))


def _chart(
    answer: Answer,
    group: ask.Group,
    stage: str,
    usual: tuple[Sequence[Period], slice],
    now: Period,
    drawn: int = surprise.DRAWS,
) -> tuple[Course, float] | None:
    """One chart and how often a calm one like it is marked; None where the weeks tell too little."""
    metric = answer.metric
    weeks, baseline = usual
    states = [answer.at(week, group) for week in weeks]
    values = [compute.worth(metric, one) if one.n >= metric.minimum_n else None for one in states]
    limits = compute.usual_range(metric, states, baseline)
    if limits is None:
        return None
    scores = [
        None if value is None or upper is None or upper <= limits.centre else 3 * size * (value - limits.centre) / (
            upper - limits.centre
        )
        for value, upper, size in zip(values, limits.upper, _sizes(metric, states, baseline), strict=True)
    ]  # fmt: skip
    before = [score for score in scores[baseline] if score is not None]
    period = max(baseline.stop, sum(week.start < now.start for week in weeks))
    places = [at for at in range(period, len(weeks)) if scores[at] is not None]
    if len(before) < FEWEST_BEFORE or len(places) < FEWEST_NOW:
        return None
    course = np.array([*before, *(scores[at] or 0.0 for at in places)])
    if np.std(course[: len(before)]) == 0:
        return None
    judged = surprise.judged(course, len(before), drawn)
    broken = control.signals(values, limits.centre, limits.lower, limits.upper)
    mine = [signal for signal in broken if signal.points[-1] >= period]
    rules = tuple(sorted({signal.rule for signal in mine}))
    sides = {(values[at] or 0.0) > limits.centre for signal in mine for at in signal.points if at >= period}
    mean_now = float(surprise.standardised(course[None, :], len(before)).mean())
    since = _since(mine, weeks, period)
    is_up, is_both = True in sides, len(sides) > 1
    found = Course(metric.id, stage, rules, since, is_up, mean_now, judged.p, is_both=is_both, p_normal=judged.p_normal)
    return found, judged.marked


def _sizes(metric: Metric, states: Sequence[compute.Evidence], baseline: slice) -> list[float]:
    """How much of its distance a week is left that stands on fewer rows than usual, where its limits do not know that.

    A mean of fewer rows strays farther by chance; how much farther is unknown where weeks differ too, so never less.
    """
    if metric.interval not in STRAYING:
        return [1.0] * len(states)
    known = [one.n for one in states[baseline] if one.n > 0]
    usual = sum(known) / len(known) if known else 1.0
    return [min(1.0, math.sqrt(one.n / usual)) for one in states]


def _since(broken: Sequence[control.Signal], weeks: Sequence[Period], first: int) -> date | None:
    """The first week of the period that stands out; of a run, in which none does alone, the first one."""
    for rule in (Rule.OUTSIDE, Rule.NEAR_LIMIT, Rule.RUN):
        places = [at for signal in broken if signal.rule == rule for at in signal.points if at >= first]
        if places:
            return weeks[min(places)].start
    return None
