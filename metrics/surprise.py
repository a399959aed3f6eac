"""How often a calm course breaks a rule of control charts as strongly as a period did.

Two kinds of calm are asked, and the one that surprises less is believed: made-up normal courses, and the chart's own
weeks dealt out in another order. The second knows that shares near 1 and sums of few large orders are crooked, and that
the oddest week of all has to fall somewhere. In both, weeks are as alike to the week before as those of the chart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from metrics.change import ALPHA
from metrics.control import D2, NEAR, NEAR_OF, RUN
from metrics.likeness import likeness

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS = 20_000
DRAWS_A_CHART = 150  # the smallest p there is, times the charts, must stay well below ALPHA
FIRST_DEALS = 2_000  # enough to see that a chart surprises nobody
COUNTED = 5_000  # courses on which it is counted how many a plain chart marks
LIMIT = 3  # of a control chart, in spreads of one week
ROUNDING = 1e-9

Matrix: TypeAlias = "NDArray[np.float64]"


@dataclass(frozen=True)
class Judged:
    """How often calm courses are as strong as one that was seen.

    `p`: of the two kinds of calm, the larger. `p_normal`: of made-up normal ones. `marked`: how often a plain chart
    would mark one.
    """

    p: float
    p_normal: float
    marked: float


@dataclass(frozen=True)
class Drawn:
    """The strengths of drawn courses, each rule's in order, and in order too how rare the rarest of their three is."""

    ordered: Matrix
    rarest: NDArray[np.integer]

    def p(self, own: Matrix) -> float:
        """How often such a course is as strong by its rarest rule: the best of three is judged as the best of three.

        Shape: own: 3. Source: Westfall and Young 1993 (the smallest p of several tests).
        """
        size = len(self.ordered)
        mine = min(int(_as_strong(self.ordered[:, rule], own[rule])) for rule in range(3)) + 1
        return (int(np.searchsorted(self.rarest, mine, side="right")) + 1) / (size + 1)


@dataclass(frozen=True)
class Calm:
    """Courses in which nothing changes. `places`: how many of its weeks lie below each week of the period."""

    normal: Drawn
    places: NDArray[np.integer]


def draws(charts: int) -> int:
    """How many courses are to be drawn where so many charts are judged together."""
    return max(DRAWS, -(-charts * DRAWS_A_CHART // 10_000) * 10_000)


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
    weeks = np.ascontiguousarray(scores.T)
    sides = np.sign(weeks)
    longest, run = np.zeros(len(scores)), np.zeros(len(scores))
    for at, side in enumerate(sides):
        run = np.where(side == sides[at - 1], run + 1, 1.0) if at else run + 1
        longest = np.maximum(longest, run)
    near = np.zeros(len(scores))
    if len(weeks) == NEAR:
        near = np.maximum(near, np.maximum(weeks.min(axis=0), -weeks.max(axis=0)))
    for at in range(NEAR_OF, len(weeks) + 1):
        a, b, c, d = weeks[at - NEAR_OF : at]
        second, third = np.maximum(np.minimum(a, b), np.minimum(c, d)), np.minimum(np.maximum(a, b), np.maximum(c, d))
        near = np.maximum(near, np.maximum(np.minimum(second, third), -np.maximum(second, third)))
    return np.column_stack([np.abs(weeks).max(axis=0), longest, near])


def judged(course: Matrix, before: int, size: int = DRAWS) -> Judged:
    """How surprising a course is after its first `before` weeks. `size`: courses drawn, see `draws`. Shape: weeks."""
    own = strength(standardised(course[None, :], before))[0]
    now, tenths = len(course) - before, round(10 * likeness(course[:before]))
    calm = _calm(before, now, max(0, tenths), size)
    p = calm.normal.p(own)
    surest = p if p > ALPHA else max(p, dealt(course, own, calm.places))
    return Judged(surest, p, marked_by_chance(before, now, tenths))


def dealt(course: Matrix, own: Matrix, places: NDArray[np.integer]) -> float:
    """How often the same weeks are as strong when dealt out in another order: in none of these did the period change.

    `places`: which week stands where in the period, counted from the lowest. Ends early where few deals show that
    nothing surprises. Shape: course: weeks; own: 3; places: deals x weeks of the period.
    """
    ordered = (np.sort(course) - course.mean()) / course.std()
    before = len(course) - places.shape[1]
    p = 1.0
    for some in (FIRST_DEALS, len(places)):
        part = ordered[places[:some]]
        mean = -part.sum(axis=1, keepdims=True) / before
        squares = len(course) - (part**2).sum(axis=1, keepdims=True) - before * mean**2
        spread = np.sqrt(np.maximum(squares, ROUNDING) / (before - 1))
        p = _drawn(strength((part - mean) / spread)).p(own)
        if p > 2 * ALPHA:
            break
    return p


@lru_cache(maxsize=32)
def _calm(before: int, now: int, tenths: int, size: int) -> Calm:
    courses = _courses(before, now, tenths, size)
    places = np.stack([(courses < week).sum(axis=0, dtype=np.int16) for week in courses[before:]], axis=1)
    return Calm(_drawn(strength(standardised(courses.T, before))), places)


def _courses(before: int, now: int, tenths: int, size: int) -> Matrix:
    """Normal courses in which nothing changes; each week is so many tenths like the one before. Shape: weeks x size."""
    rng = np.random.default_rng([before, now, tenths + 10])
    alike = tenths / 10
    courses = rng.normal(size=(before + now, size))
    for at in range(1, before + now):
        courses[at] = alike * courses[at - 1] + np.sqrt(1 - alike**2) * courses[at]
    return courses


@lru_cache(maxsize=64)
def marked_by_chance(before: int, now: int, tenths: int) -> float:
    """How often a plain chart marks something in the period of such a course; its runs may begin before the period.

    Its limits stand, as those of the charts do, on how far weeks lie from the one before them.
    """
    courses = _courses(before, now, tenths, COUNTED)
    usual = courses[:before]
    scores = (courses - usual.mean(axis=0)) * D2 / np.abs(np.diff(usual, axis=0)).mean(axis=0)
    marked = (np.abs(scores[before:]) > LIMIT).any(axis=0)
    for sided in (scores, -scores):
        run, near = np.zeros(COUNTED), sided > LIMIT / 2
        for at, week in enumerate(sided):
            run = np.where(week > 0, run + 1, 0.0)
            if at >= before:
                marked |= (run >= RUN) | (near[at] & (near[max(0, at + 1 - NEAR_OF) : at + 1].sum(axis=0) >= NEAR))
    return float(marked.mean())


def _drawn(strengths: Matrix) -> Drawn:
    """Drawn courses in order; a tie counts as strong."""
    ordered = np.sort(strengths, axis=0)
    as_strong = [_as_strong(ordered[:, rule], strengths[:, rule]) for rule in range(3)]
    return Drawn(ordered, np.sort(np.min(as_strong, axis=0)))


def _as_strong(ordered: Matrix, own: Matrix) -> NDArray[np.integer]:
    """How many of the drawn are at least as strong."""
    return len(ordered) - np.searchsorted(ordered, own - ROUNDING)
