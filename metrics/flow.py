"""How does a process really run? Its steps, the passages between them, and where time is lost or work comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from data.store import Store
from metrics import change, intervals, scope
from metrics.compute import NOTHING, Reading
from metrics.window import Window

MEDIAN = 0.5
FEWEST = 5  # rows a value needs to be shown or called the largest
RARE = 0.02  # of the cases: passages below it are not drawn
MOST_STEPS = 12  # that are drawn
Edge = tuple[str | None, str | None]


@dataclass(frozen=True)
class Step:
    """One step of the process, in the closed cases. Units: days, shares.

    `runs`: how often it was done; `cases`: in how many cases. `time`: median from start to finish, of `timed` runs.
    `again`: share of these cases that went through it more than once. `rework`: share of the runs its source calls
    rework; without a value where the source does not say.
    """

    name: str
    runs: int
    cases: int
    time: Reading
    again: Reading
    rework: Reading


@dataclass(frozen=True)
class Passage:
    """From one step straight to the next one of the same case. `first` is None where the case begins, `then` where it
    ends. `wait`: median days between them, 0 where they overlap. `is_back`: to the same step or one further up."""

    first: str | None
    then: str | None
    n: int
    wait: Reading
    is_back: bool


@dataclass(frozen=True)
class Largest:
    """What has the largest value of all. `is_clear`: larger than each of the others beyond chance."""

    place: Step | Passage
    value: Reading
    is_clear: bool


@dataclass(frozen=True)
class Flow:
    """What the map of one process shows. `processes`: name and closed cases, most first. `steps`: from first to last.

    `cases`: closed in the period; `with_steps`: those of them whose steps are known.
    """

    process: str
    processes: tuple[tuple[str, int], ...]
    cases: int
    with_steps: int
    steps: tuple[Step, ...]
    passages: tuple[Passage, ...]
    slowest: Largest | None
    longest_wait: Largest | None
    most_again: Largest | None

    @property
    def drawn_steps(self) -> tuple[Step, ...]:
        """The steps that a map has room for: those that most cases go through, in their order."""
        most = sorted(self.steps, key=lambda step: -step.cases)[:MOST_STEPS]
        return tuple(step for step in self.steps if step in most)

    @property
    def drawn(self) -> tuple[Passage, ...]:
        """The passages that are not rare, between steps that are drawn."""
        names = {step.name for step in self.drawn_steps} | {None}
        often = RARE * self.with_steps
        return tuple(one for one in self.passages if one.n >= often and one.first in names and one.then in names)


Histogram = tuple[list[int], list[int]]


def _histogram(rows: pd.DataFrame) -> Histogram:
    timed = rows[rows["days_bin"].notna()]
    counts = timed.groupby("days_bin")["n"].sum()
    return [int(at) for at in counts.index], [int(n) for n in counts]


def _median(histogram: Histogram) -> Reading:
    n = sum(histogram[1])
    interval = intervals.quantile_interval(*histogram, MEDIAN)
    low, high = (interval.low, interval.high) if interval else (None, None)
    return Reading(intervals.quantile_value(*histogram, MEDIAN), low, high, n)


def share(hits: int, n: int) -> Reading:
    """A share with its interval; nothing where there is nothing to share."""
    interval = intervals.share(hits, n)
    return Reading(hits / n, interval.low, interval.high, n) if interval else NOTHING


def _largest(found: Sequence[tuple[Step | Passage, Reading]], tested: Sequence[Histogram] | None) -> Largest | None:
    """The largest of several values, and whether it is so beyond chance: each other one has to be smaller by the test.

    `tested`: histograms of times, side by side; without them the values are shares.
    """
    shown = [at for at, (_, value) in enumerate(found) if value.n >= FEWEST and value.value]
    if not shown:
        return None
    top = max(shown, key=lambda at: found[at][1].value or 0.0)
    ps = []
    for other, (_, value) in enumerate(found):
        if other == top or value.n < FEWEST:
            continue
        if tested is not None:
            ps.append(change.quantile(tested[other], tested[top], MEDIAN).p)
        else:
            mine = found[top][1]
            ps.append(change.share(_hits(value), _hits(mine)).p)
    is_clear = bool(ps) and all(p is not None and p < change.ALPHA for p in ps)
    return Largest(*found[top], is_clear=is_clear)


def _hits(value: Reading) -> tuple[float, float]:
    return round((value.value or 0.0) * value.n), value.n


def _ordered(steps: pd.DataFrame) -> dict[str, int]:
    """Each step's place: by how early it usually comes in the cases that go through it."""
    sums = steps.groupby("step")[["place", "cases"]].sum()
    usual = (sums["place"] / sums["cases"]).sort_values(kind="stable")
    return {str(name): at for at, name in enumerate(usual.index)}


def _steps(rows: pd.DataFrame) -> tuple[list[Step], list[Histogram]]:
    order = _ordered(rows)
    found, times = [], []
    for name, mine in sorted(rows.groupby("step"), key=lambda one: order[str(one[0])]):
        runs, cases, again, recorded, reworks = (
            int(mine[column].sum()) for column in ("n", "cases", "again", "recorded", "reworks")
        )
        times.append(_histogram(mine))
        found.append(Step(str(name), runs, cases, _median(times[-1]), share(again, cases), share(reworks, recorded)))
    return found, times


def _by_edge(rows: pd.DataFrame) -> dict[Edge, pd.DataFrame]:
    return {
        (_name(first), _name(then)): mine
        for (first, then), mine in rows.groupby(["step", "next_step"], dropna=False, sort=False)
    }


def _name(step: object) -> str | None:
    """A step's name; pandas has another word for the missing one."""
    return step if isinstance(step, str) else None


def _passages(rows: pd.DataFrame, order: Mapping[str, int]) -> tuple[list[Passage], list[Histogram]]:
    found, waits = [], []
    for (first, then), mine in _by_edge(rows).items():
        histogram = _histogram(mine)
        is_back = first is not None and then is not None and order[then] <= order[first]
        found.append(Passage(first, then, int(mine["n"].sum()), _median(histogram), is_back))
        waits.append(histogram)
    by_n = sorted(range(len(found)), key=lambda at: (-found[at].n, str(found[at].first), str(found[at].then)))
    return [found[at] for at in by_n], [waits[at] for at in by_n]


def flow(store: Store, window: Window, filters: Mapping[str, tuple[str, ...]], process: str = "") -> Flow | None:
    """The map of one process by its cases closed in the period; of the busiest one where `process` is none of them.

    None when no case was closed. Times are elapsed days, nights and weekends included, at most 1 % off.
    Raises: StrataError without a lake; QueryTooLong.
    """
    counted = scope.rows(store, "processes", window, filters).sort_values(["n", "process"], ascending=[False, True])
    processes = tuple((str(name), int(n)) for name, n in zip(counted["process"], counted["n"], strict=True))
    if not processes:
        return None
    chosen = process if process in dict(processes) else processes[0][0]
    rows = scope.rows(store, "passages", window, filters, process=chosen)
    of_cases = rows[rows["kind"] == "case"].iloc[0]
    steps, times = _steps(rows[rows["kind"] == "step"])
    passages, waits = _passages(rows[rows["kind"] == "passage"], {step.name: at for at, step in enumerate(steps)})
    often = RARE * int(of_cases["cases"])
    between: list[tuple[Step | Passage, Reading]] = []
    compared = []
    for one, wait in zip(passages, waits, strict=True):
        if one.n >= often:
            between.append((one, one.wait))
            compared.append(wait)
    return Flow(
        process=chosen,
        processes=processes,
        cases=int(of_cases["n"]),
        with_steps=int(of_cases["cases"]),
        steps=tuple(steps),
        passages=tuple(passages),
        slowest=_largest([(step, step.time) for step in steps], times),
        longest_wait=_largest(between, compared),
        most_again=_largest([(step, step.again) for step in steps], None),
    )
