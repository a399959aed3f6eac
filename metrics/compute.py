"""From states to what may be said: the value of a metric, how sure it is, and whether it really changed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from metrics import change, control, formula, intervals
from metrics.change import Change
from metrics.declare import Metric


@dataclass
class States:
    """The states of one metric for one group and period. `bins`: bin of the log histogram -> rows in it."""

    values: dict[str, float | None] = field(default_factory=dict)
    bins: dict[int, float] = field(default_factory=dict)

    @property
    def n(self) -> float:
        """The rows (answers, cases, people ...) it stands on."""
        return self.values.get("n") or 0.0

    def add(self, metric: Metric, other: States) -> None:
        """Merge the states of further rows into these."""
        for name, state in metric.states.items():
            if state.fold == "bins":
                continue
            theirs, ours = other.values.get(name), self.values.get(name)
            if theirs is None:
                continue
            if ours is None:
                self.values[name] = theirs
            elif state.fold == "min":
                self.values[name] = min(ours, theirs)
            elif state.fold == "max":
                self.values[name] = max(ours, theirs)
            else:
                self.values[name] = ours + theirs
        for at, count in other.bins.items():
            self.bins[at] = self.bins.get(at, 0.0) + count

    def of(self, *names: str) -> tuple[float, ...]:
        """The named states, 0 where there were no rows."""
        return tuple(self.values.get(name) or 0.0 for name in names)

    @property
    def histogram(self) -> tuple[list[int], list[int]]:
        """Its bins and their counts, in order."""
        return list(self.bins), [int(count) for count in self.bins.values()]


@dataclass(frozen=True)
class Weighted:
    """The states of several teams, and how much each counts."""

    parts: tuple[States, ...]
    weights: tuple[float, ...]

    @property
    def n(self) -> float:
        """The people in all teams."""
        return sum(part.n for part in self.parts)


Evidence = States | Weighted


@dataclass(frozen=True)
class Reading:
    """What may be shown of a metric. Units: the metric's own. value is None for "no value"; low and high may be."""

    value: float | None
    low: float | None
    high: float | None
    n: int


NOTHING = Reading(None, None, None, 0)


def value(metric: Metric, states: States) -> float | None:
    """The number itself; None when there is none."""
    if states.n == 0:
        return None
    if metric.is_binned:
        return intervals.quantile_value(*states.histogram, metric.quantile)
    return formula.value(metric.value, {name: states.values.get(name) or 0.0 for name in metric.states})


def _equal_rows(states: States, *names: str) -> tuple[float, ...]:
    return intervals.equal_rows(states.of(*names), *states.of("x", "xx"))


def _interval(metric: Metric, states: States) -> intervals.Interval | None:
    match metric.interval:
        case "nps":
            promoters, detractors, n = states.of("promoters", "detractors", "n")
            return intervals.nps(promoters, detractors, n, clients=states.values.get("clients"))
        case "share":
            return intervals.share(*states.of("hits", "n"))
        case "mean":
            return intervals.mean(*states.of("total", "squares", "n"))
        case "ratio":
            return intervals.ratio(*states.of("y", "x", "yy", "xy", "xx", "n"))
        case "weighted_nps":
            return intervals.nps(*_equal_rows(states, "promoters", "detractors"))
        case "weighted_share":
            return intervals.share(*_equal_rows(states, "y"))
        case "rate":
            return intervals.rate(*states.of("hits", "exposure"))
        case "quantile":
            return intervals.quantile_interval(*states.histogram, metric.quantile)
        case _:
            return None


def _error(metric: Metric, states: States) -> float | None:
    """The standard error of one team's value, where it has one."""
    match metric.interval:
        case "nps":
            return intervals.nps_error(*states.of("promoters", "detractors", "n"))
        case "share":
            return intervals.share_error(*states.of("hits", "n"))
        case "mean":
            estimate = intervals.mean_estimate(*states.of("total", "squares", "n"))
            return estimate.error if estimate else None
        case "ratio":
            estimate = intervals.ratio_estimate(*states.of("y", "x", "yy", "xy", "xx", "n"))
            return estimate.error if estimate else None
        case _:
            return None


def _parts(metric: Metric, evidence: Weighted) -> change.Parts:
    known = [
        (mean, _error(metric, part), weight)
        for part, weight in zip(evidence.parts, evidence.weights, strict=True)
        if (mean := value(metric, part)) is not None
    ]
    return [k[0] for k in known], [k[1] for k in known], [k[2] for k in known]


def worth(metric: Metric, evidence: Evidence) -> float | None:
    """The number alone, without its interval."""
    if isinstance(evidence, States):
        return value(metric, evidence)
    values, _, weights = _parts(metric, evidence)
    return sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights) if values else None


def read(metric: Metric, evidence: Evidence) -> Reading:
    """Value, interval and n of a metric from its states."""
    n = round(evidence.n)
    if isinstance(evidence, Weighted):
        values, errors, weights = _parts(metric, evidence)
        if not values:
            return Reading(None, None, None, n)
        interval = intervals.weighted(values, errors, weights)
    else:
        interval = _interval(metric, evidence) if value(metric, evidence) is not None else None
    if interval is None:
        return Reading(worth(metric, evidence), None, None, n)
    low, high = scale(metric)
    return Reading(worth(metric, evidence), max(low, interval.low), min(high, interval.high), n)


def scale(metric: Metric) -> tuple[float, float]:
    """The ends of a metric's scale: no interval and no usual range reaches beyond them."""
    if metric.scale is not None:
        return metric.scale
    match metric.unit:
        case "points":
            return -100.0, 100.0
        case "share":
            return -math.inf if metric.is_signed else 0.0, math.inf if metric.interval == "rate" else 1.0
        case "money" | "count" | "days" | "months" | "years" | "per":
            return 0.0, math.inf
        case _:
            return -math.inf, math.inf


def compare(metric: Metric, before: Evidence, after: Evidence, course: Sequence[tuple[bool, Evidence]] = ()) -> Change:
    """How a metric differs between two periods, and how often chance alone would do that.

    `course`: the weeks behind it in order, each with whether it belongs to the period after. Totals are judged by it
    alone; a level by it and by its rows, where these can be judged, and the one that doubts more is believed: all rows
    of one evening share whatever made it a busy one. Without weeks nothing is claimed of either.
    """
    earlier, later = worth(metric, before), worth(metric, after)
    if earlier is None or later is None:
        return Change(None)
    by_rows = _by_rows(metric, before, after, course, later - earlier)
    if not metric.is_level:
        return by_rows
    by_weeks = _by_usual_range(metric, course, later - earlier)
    if metric.interval == "none" or by_weeks.p is None:
        return by_weeks
    return by_rows if by_rows.p is None or by_rows.p >= by_weeks.p else by_weeks


def _by_rows(
    metric: Metric, before: Evidence, after: Evidence, course: Sequence[tuple[bool, Evidence]], difference: float
) -> Change:
    """The test of what a metric counts, by its kind of interval; of a total, whose rows are no sample, of its weeks."""
    if isinstance(before, Weighted) or isinstance(after, Weighted):
        if isinstance(before, Weighted) and isinstance(after, Weighted):
            return change.weighted(_parts(metric, before), _parts(metric, after))
        return Change(difference)
    match metric.interval:
        case "nps":
            parts = ("promoters", "detractors", "n")
            return change.nps(before.of(*parts), after.of(*parts))  # type: ignore[arg-type]  # three names, three numbers
        case "share":
            return change.share(before.of("hits", "n"), after.of("hits", "n"))  # type: ignore[arg-type]  # two of each
        case "mean":
            parts = ("total", "squares", "n")
            return change.mean(before.of(*parts), after.of(*parts))  # type: ignore[arg-type]  # three names, three numbers
        case "ratio":
            six = ("y", "x", "yy", "xy", "xx", "n")
            return change.ratio(before.of(*six), after.of(*six))  # type: ignore[arg-type]  # six names, six numbers
        case "weighted_nps":
            sides = ("promoters", "detractors")
            return change.nps(_equal_rows(before, *sides), _equal_rows(after, *sides))  # type: ignore[arg-type]  # three of each
        case "weighted_share":
            return change.share(_equal_rows(before, "y"), _equal_rows(after, "y"))  # type: ignore[arg-type]  # two of each
        case "rate":
            return change.rate(before.of("hits", "exposure"), after.of("hits", "exposure"))  # type: ignore[arg-type]  # two
        case "quantile":
            return change.quantile(before.histogram, after.histogram, metric.quantile)
        case "total":
            return _by_totals(metric, course, difference)
        case _:
            return Change(difference)


def _worths(metric: Metric, course: Iterable[tuple[bool, Evidence]], of_after: bool) -> list[float]:
    return [w for is_after, e in course if is_after == of_after and (w := worth(metric, e)) is not None]


def _by_totals(metric: Metric, course: Sequence[tuple[bool, Evidence]], difference: float) -> Change:
    """A week without a row is a week of nothing: left out, the rest would look as if nothing had changed."""
    before, after = ([worth(metric, e) or 0.0 for is_after, e in course if is_after == of] for of in (False, True))
    test = change.totals(before, after)
    return Change(difference, test.z, test.p)


def _by_usual_range(metric: Metric, course: Sequence[tuple[bool, Evidence]], difference: float) -> Change:
    """A level is news when its last week lies beyond the weeks before, and the last of those did not on that side."""
    before = _worths(metric, course, of_after=False)
    after = _worths(metric, course, of_after=True)
    if len(before) < control.FEWEST_OF_LEVEL or not after:
        return Change(difference)
    if min(before) == max(before):
        return Change(difference, p=1.0 if after[-1] == before[0] else None)
    now, earlier = change.beyond(before, after[-1]), change.beyond(before[:-1], before[-1])
    side = now.difference or 0.0
    was_there = earlier.p is not None and earlier.p < change.ALPHA and (earlier.difference or 0.0) * side > 0
    agrees = side * difference > 0 and not was_there
    return Change(difference, now.z, now.p if agrees else 1.0)


def usual_range(metric: Metric, course: Sequence[Evidence], baseline: slice = slice(None)) -> control.Limits | None:
    """The limits within which a metric's course usually stays: by its own variance where rows are counted, else XmR."""
    if metric.is_level:
        return control.level([worth(metric, part) for part in course], baseline)
    if not all(isinstance(part, States) for part in course):
        return control.xmr([worth(metric, part) for part in course], baseline)
    states = [part for part in course if isinstance(part, States)]
    if metric.interval == "share":
        hits, n = zip(*(part.of("hits", "n") for part in states), strict=True)
        return control.laney_p(hits, n, baseline)
    if metric.interval == "nps":
        promoters, detractors, n = zip(*(part.of("promoters", "detractors", "n") for part in states), strict=True)
        return control.nps(promoters, detractors, n, baseline)
    return control.xmr([worth(metric, part) for part in states], baseline)


def merged(metric: Metric, parts: Iterable[States]) -> States:
    """The states of all parts together."""
    whole = States()
    for part in parts:
        whole.add(metric, part)
    return whole


def suppressed(metric: Metric, evidence: Evidence, fewest: int) -> bool:
    """Whether people could be singled out: an employee metric that stands on fewer than `fewest` of them."""
    return metric.layer == "employee" and evidence.n < fewest


def by_name(states: Mapping[str, float | None], metric: Metric) -> States:
    """States as one row of a question gives them."""
    return States({name: states.get(name) for name in metric.states})
