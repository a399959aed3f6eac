"""What stood out in the period looked at, over all metrics and stages, with false alarms counted and held down.

A control chart marks something by chance alone in a few of a hundred calm periods; over a hundred charts that is a page
of false alarms. So each chart's marks are weighed by how often a calm course like its own gives as much, and all charts
are judged together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from data.store import Store
from metrics import ask, compute, control, frozen
from metrics.ask import Answer, Wanted
from metrics.control import NEAR, NEAR_OF, RUN, Rule
from metrics.declare import Metric
from metrics.links import benjamini_hochberg
from metrics.load import catalogue
from metrics.window import Period, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALPHA = 0.05
FEWEST_BEFORE, FEWEST_NOW = 16, 2  # weeks with a value: fewer do not tell what is usual, or what is now
MOST_ALIKE = 0.9
YEAR = timedelta(weeks=52)
DRAWS = 20_000
WATCHED = ("nps", "share", "mean", "ratio", "quantile", "total")  # a level or a look-back is much as it was last week

Matrix: TypeAlias = "NDArray[np.float64]"


@dataclass(frozen=True)
class Course:
    """One chart: a metric, of one stage or ('') of all. `rules`: those its weeks of the period break, if any.

    `since`: the first week that does. `is_up`: the side it is on. `p`: how often a calm course gives as much; `q`:
    raised for all charts. `mean_now`: how far the weeks of the period lie from what is usual, in spreads of one week.
    """

    metric: str
    stage: str
    rules: tuple[Rule, ...]
    since: date | None
    is_up: bool
    mean_now: float
    p: float
    q: float = 1.0

    @property
    def is_signal(self) -> bool:
        """Whether it stands out beyond what chance gives over all charts together."""
        return self.q < ALPHA and bool(self.rules)


@dataclass(frozen=True)
class Signals:
    """What stood out, the surest first; how many charts were watched; how many of them a plain chart would mark.

    `by_chance`: how many charts would be marked if nothing had changed anywhere. `weeks_now`: the period's whole weeks.
    """

    found: tuple[Course, ...]
    watched: int
    marked: int
    by_chance: float
    now: Period
    usual: Period | None
    weeks_now: int = FEWEST_NOW

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
    charts = []
    for one, answer in answers.items():
        groups: list[tuple[str, ask.Group]] = [(stage, (stage,)) for stage in stages] if one.split else [("", ())]
        for stage, group in groups:
            chart = _chart(answer, group, stage, _usual(weeks, now, decided.get(one.metric)), now)
            if chart is not None:
                charts.append(chart)
    raised = benjamini_hochberg([course.p for course, _ in charts])
    found = [replace(course, q=q) for (course, _), q in zip(charts, raised, strict=True)]
    shown = sorted((one for one in found if one.is_signal), key=lambda one: (one.p, -abs(one.mean_now), one.metric))
    before = [week for week in window.buckets if week.end <= now.start]
    usual = Period(before[0].start, before[-1].end) if before else None
    marked, by_chance = sum(bool(one.rules) for one in found), sum(rate for _, rate in charts)
    weeks_now = sum(week.start >= now.start for week in weeks)
    return Signals(tuple(shown), len(found), marked, by_chance, now, usual, weeks_now)


def _usual(weeks: Sequence[Period], now: Period, decided: Period | None) -> tuple[Sequence[Period], slice]:
    """The weeks of a chart, and those of them that tell what is usual: the year before the period, or those decided."""
    if decided is None:
        shown = [week for week in weeks if week.start >= now.start - YEAR]
        return shown, slice(0, sum(week.end <= now.start for week in shown))
    shown = [week for week in weeks if week.start >= decided.start]
    return shown, slice(0, sum(week.end <= decided.end for week in shown))


def _chart(
    answer: Answer, group: ask.Group, stage: str, usual: tuple[Sequence[Period], slice], now: Period
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
        None if value is None or upper is None or upper <= limits.centre else 3 * (value - limits.centre) / (
            upper - limits.centre
        )
        for value, upper in zip(values, limits.upper, strict=True)
    ]  # fmt: skip
    before = [score for score in scores[baseline] if score is not None]
    period = max(baseline.stop, sum(week.start < now.start for week in weeks))
    places = [at for at in range(period, len(weeks)) if scores[at] is not None]
    if len(before) < FEWEST_BEFORE or len(places) < FEWEST_NOW:
        return None
    course = np.array([*before, *(scores[at] or 0.0 for at in places)])
    if np.std(course[: len(before)]) == 0:
        return None
    alike = likeness(course[: len(before)])
    now_scores = standardised(course[None, :], len(before))[0]
    p, rate = judged(now_scores, len(before), alike)
    broken = control.signals(values, limits.centre, limits.lower, limits.upper)
    mine = [signal for signal in broken if signal.points[-1] >= period]
    rules = tuple(sorted({signal.rule for signal in mine}))
    mean_now = float(now_scores.mean())
    since = _since(mine, weeks, period)
    is_up = mean_now > 0
    return Course(metric.id, stage, rules, since, is_up, mean_now, p), rate


def _since(broken: Sequence[control.Signal], weeks: Sequence[Period], first: int) -> date | None:
    """The first week of the period that stands out; of a run, in which none does alone, the first one."""
    for rule in (Rule.OUTSIDE, Rule.NEAR_LIMIT, Rule.RUN):
        places = [at for signal in broken if signal.rule == rule for at in signal.points if at >= first]
        if places:
            return weeks[min(places)].start
    return None


def likeness(course: Matrix) -> float:
    """How alike weeks that follow each other are, raised by what so few weeks hide of it; 0 to 0.9."""
    apart = course - course.mean()
    found = float(apart[1:] @ apart[:-1]) / float(apart @ apart)
    return min(MOST_ALIKE, max(0.0, found + (1 + 3 * found) / len(course)))


def standardised(courses: Matrix, before: int) -> Matrix:
    """The weeks after the first `before`, measured by the mean and spread of these. Shape: courses x weeks."""
    usual = courses[:, :before]
    spread = usual.std(axis=1, ddof=1, keepdims=True)
    found: Matrix = (courses[:, before:] - usual.mean(axis=1, keepdims=True)) / spread
    return found


def strength(scores: Matrix) -> Matrix:
    """How strongly a period breaks each of the three rules: the farthest week, the longest run, the nearest four.

    Shape: scores: courses x weeks; the result: courses x 3.
    """
    sides = np.sign(scores)
    longest, run = np.zeros(len(scores)), np.zeros(len(scores))
    for at in range(scores.shape[1]):
        same = (sides[:, at] == sides[:, at - 1]) if at else np.zeros(len(scores), dtype=bool)
        run = np.where(same, run + 1, 1.0)
        longest = np.maximum(longest, run)
    near = np.zeros(len(scores))
    for end in range(NEAR, scores.shape[1] + 1):
        part = scores[:, max(0, end - NEAR_OF) : end]
        ordered = np.sort(part, axis=1)
        near = np.maximum(near, np.maximum(ordered[:, -NEAR], -ordered[:, NEAR - 1]))
    return np.column_stack([np.abs(scores).max(axis=1), longest, near])


@cache
def _calm(before: int, now: int, tenths: int) -> tuple[Matrix, float]:
    """The strengths of calm courses, each rule's in order, and the share of these courses that a plain chart marks."""
    alike = tenths / 10
    rng = np.random.default_rng(before * 10_000 + now * 100 + tenths)
    draws = rng.normal(size=(DRAWS, before + now))
    for at in range(1, before + now):
        draws[:, at] = alike * draws[:, at - 1] + np.sqrt(1 - alike**2) * draws[:, at]
    found = strength(standardised(draws, before))
    marked = (found[:, 0] > 3) | (found[:, 1] >= RUN) | (found[:, 2] > 1.5)
    return np.sort(found, axis=0), float(marked.mean())


def judged(scores: Matrix, before: int, alike: float) -> tuple[float, float]:
    """How often a calm course breaks some rule as strongly as these weeks do; and how often it breaks any.

    Calm courses have the same number of weeks, and weeks as alike; what is usual is told from as few of them. The best
    of three rules is judged as the best of three.
    """
    calm, rate = _calm(before, len(scores), round(10 * alike))
    own = strength(scores[None, :])[0]
    as_strong = [DRAWS - int(np.searchsorted(calm[:, rule], own[rule] - 1e-9)) for rule in range(3)]
    return min(1.0, 3 * (min(as_strong) + 1) / (DRAWS + 1)), rate
