"""How well it is proven that one fact follows another: the grade of a link, and the family it is judged in.

A  what comes first moves what comes later, inside units, and it came back in periods not looked at before
B  the same, but either it did not come back there, or the two move in the same period, so their order is not seen
C  inside units the two go together, but which moves which is open: the later one tells the earlier one's future too
D  correlation only: between units, or not beyond chance
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from metrics import panel
from metrics.panel import Panel, Slope

ALPHA = 0.05
FOUND_IN = 2 / 3  # the part of the periods in which a link is looked for; it has to come back in the others
K = TypeVar("K")


class Grade(StrEnum):
    """How far a link may be believed."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


@dataclass(frozen=True)
class Evidence:
    """All that was asked of one link, before it is judged.

    `course`: the slope inside units at every lag, also those before (below 0). `best`: the surest of lags 0 and later.
    `p`: of the best of these lags, by dealing courses to other units. `placebo_p`: of the reverse. `again`: the slope
    at the lag found in the first periods, in the others. `between`: the slope between units. Where p is far from news,
    nothing more was asked.
    """

    course: tuple[Slope, ...]
    best: Slope
    p: float
    placebo_p: float | None
    found: Slope | None
    again: Slope | None
    between: Slope | None
    units: int
    periods: int


@dataclass(frozen=True)
class Judged:
    """A link with its grade. `q`: p raised for all links asked. The four checks: None where they could not be made."""

    evidence: Evidence
    q: float
    grade: Grade
    is_within: bool
    is_first: bool | None
    is_placebo_silent: bool | None
    is_back: bool | None

    @property
    def may_be_told(self) -> bool:
        """Whether it is more than a correlation: only such links are shown to those who decide by them."""
        return self.grade != Grade.D


def evidence(facts: Panel, longest: int, seed: int = 0) -> Evidence | None:
    """Ask everything of one link. `longest`: the longest lag, in periods.

    None where there are fewer than 8 units or 12 periods, or where the two do not vary.
    """
    units, periods = facts.x.shape
    if units < panel.FEWEST_UNITS or periods < panel.FEWEST_PERIODS:
        return None
    longest = min(longest, periods // 3)
    course = panel.profile(facts, range(longest + 1))
    best = _surest(course)
    p = panel.shuffled(facts, range(longest + 1), seed)
    if best is None or p is None:
        return None
    across = panel.between(facts)
    if p > panel.FAR_FROM_NEWS:  # nothing further could make it more than a correlation
        return Evidence(course, best, p, None, None, None, across, best.units, periods)
    course = panel.profile(facts, range(-longest, 0)) + course
    cut = round(periods * FOUND_IN)
    found = _surest(panel.profile(facts.part(0, cut), range(longest + 1)))
    again = panel.within(facts.part(cut - found.lag, periods), found.lag) if found else None
    placebo = panel.foretold(facts, range(1, longest + 1), seed + 1)
    return Evidence(course, best, p, placebo, found, again, across, best.units, periods)


def _surest(course: Sequence[Slope]) -> Slope | None:
    return max((slope for slope in course if slope.lag >= 0), key=lambda slope: abs(slope.t), default=None)


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """The p-values of a family raised so that of the links called real, at most 5 in 100 are chance.

    Source: Benjamini and Hochberg 1995.
    """
    order = sorted(range(len(p_values)), key=lambda at: p_values[at], reverse=True)
    raised = [0.0] * len(p_values)
    least = 1.0
    for rank, at in zip(range(len(p_values), 0, -1), order, strict=True):
        least = min(least, p_values[at] * len(p_values) / rank)
        raised[at] = least
    return raised


def judge(family: Mapping[K, Evidence]) -> dict[K, Judged]:
    """The grades of all links asked together."""
    raised = benjamini_hochberg([one.p for one in family.values()])
    return {key: _judged(one, q) for (key, one), q in zip(family.items(), raised, strict=True)}


def _judged(one: Evidence, q: float) -> Judged:
    is_within = q < ALPHA and one.best.p < ALPHA
    before = max((abs(slope.t) for slope in one.course if slope.lag < 0), default=0.0)
    is_first = abs(one.best.t) >= before
    is_seen_first = one.best.lag > 0 and is_first
    is_silent = None if one.placebo_p is None else one.placebo_p >= ALPHA
    is_back = None
    if one.again is not None and one.found is not None:
        # one-sided: it has to come back with its sign
        same = one.again.value * one.found.value > 0 and one.again.value * one.best.value > 0
        is_back = same and one.again.p / 2 < ALPHA
    if not is_within:
        grade = Grade.D
    elif not is_first or not is_silent:
        grade = Grade.C
    elif is_seen_first and is_back:
        grade = Grade.A
    elif is_seen_first or is_back:
        grade = Grade.B
    else:
        grade = Grade.C
    return Judged(one, q, grade, is_within, is_seen_first if is_first else False, is_silent, is_back)
