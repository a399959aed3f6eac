"""Is the difference between two periods real, or is it what chance gives?

Each test takes the mergeable states of a period before and of one after, and asks how often chance alone would show a
difference as large. Rows are taken as independent; what they claim is asked again by clients (metrics.clustered). Where
nothing can be told, p is None and nothing is claimed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy.special import ndtr, stdtr

from metrics import intervals
from metrics.likeness import likeness

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

ALPHA = 0.05
MINIMUM_BUCKETS = 4  # below, the spread of the totals is itself a guess
SOLID_FROM = 30

Answers: TypeAlias = tuple[float, float, float]  # promoters, detractors, n
Hits: TypeAlias = tuple[float, float]  # hits, n
Sums: TypeAlias = tuple[float, float, float]  # total, squares, n
Products: TypeAlias = tuple[float, float, float, float, float, float]  # y, x, yy, xy, xx, n
Histogram: TypeAlias = "tuple[ArrayLike, ArrayLike]"  # bins, counts
Parts: TypeAlias = tuple[Sequence[float], Sequence[float | None], Sequence[float]]  # values, errors, weights


class Verdict(StrEnum):
    """What may be said of a change; the words of a page follow it."""

    BETTER = "better"
    WORSE = "worse"
    CHANGED = "changed"
    NO_REAL_CHANGE = "no real change"
    TOO_FEW = "too few"
    UNKNOWN = "unknown"


class Reliability(StrEnum):
    """How far a number may be trusted for the rows it stands on."""

    TOO_FEW = "too few"
    DIRECTIONAL = "directional"
    SOLID = "solid"


@dataclass(frozen=True, slots=True)
class Change:
    """A difference (after minus before) and how often chance alone would give one as large.

    z: the test statistic, a Student t where the variance is estimated; None where there is no test.
    p: two-sided; None where nothing can be said. 1.0 where nothing differs.
    mark: of a median or another quantile, the bin above which the rows of both sides were counted to judge it.
    """

    difference: float | None
    z: float | None = None
    p: float | None = None
    mark: int | None = None


def nps(before: Answers, after: Answers) -> Change:
    """Whether the NPS really moved.

    Two-sample z on the plain variance, (p + d - (p - d)^2) / n; where that falls below the adjusted one, near 100 or
    -100, on the adjusted one: the plain test calls six promoters out of six different from anything. Units: points.
    Source: Rocks 2016.
    """
    if not (before[2] and after[2]):
        return Change(None)
    difference = 100 * ((after[0] - after[1]) / after[2] - (before[0] - before[1]) / before[2])
    return _judged(difference, intervals.nps_error(*before), intervals.nps_error(*after))


def share(before: Hits, after: Hits) -> Change:
    """Whether a share really moved: two-proportion z with the pooled share. Units: 0 to 1."""
    if not (before[1] and after[1]):
        return Change(None)
    difference = after[0] / after[1] - before[0] / before[1]
    pooled = (before[0] + after[0]) / (before[1] + after[1])
    spread = math.sqrt(max(0.0, pooled * (1 - pooled)))
    return _judged(difference, spread / math.sqrt(before[1]), spread / math.sqrt(after[1]))


def mean(before: Sums, after: Sums) -> Change:
    """Whether a mean really moved: Welch's t. Units: those of the rows.

    A period whose rows are all equal borrows the other's spread: five equal answers are few, not certain.
    """
    return _welch(intervals.mean_estimate(*before), intervals.mean_estimate(*after))


def ratio(before: Products, after: Products) -> Change:
    """Whether a ratio of two sums really moved: Welch's t on the linearised rows. Units: those of y per one x."""
    return _welch(intervals.ratio_estimate(*before), intervals.ratio_estimate(*after))


def weighted(before: Parts, after: Parts) -> Change:
    """Whether a weighted mean of independent parts really moved: z on their own errors. Units: those of the values."""
    (value_before, error_before), (value_after, error_after) = (
        intervals.weighted_estimate(*parts) for parts in (before, after)
    )
    if value_before is None or value_after is None:
        return Change(None)
    return _judged(value_after - value_before, error_before, error_after)


def rate(before: Hits, after: Hits) -> Change:
    """Whether a rate of events per exposure really moved: each pair is (events, exposure).

    Given how many events there were in all, chance shares them out by exposure. Source: Przyborowski and Wilenski 1940.
    """
    if not (before[1] > 0 and after[1] > 0):
        return Change(None)
    difference = after[0] / after[1] - before[0] / before[1]
    events = before[0] + after[0]
    part = after[1] / (before[1] + after[1])
    if events == 0:
        return Change(difference, p=1.0)
    z = (after[0] - events * part) / math.sqrt(events * part * (1 - part))
    return Change(difference, z, two_sided(z))


def two_sided(z: float) -> float:
    """How often chance alone gives a standard score at least as far from 0."""
    return 2 * float(ndtr(-abs(z)))


def quantile(before: Histogram, after: Histogram, q: float = 0.5) -> Change:
    """Whether a median or another quantile really moved.

    Compares the two shares of rows above one mark: the edge of a bin where the pooled rows come nearest to q. When
    those shares point another way than the two quantiles do, nothing is claimed. Units: those of the rows.
    Source: Mood 1950 (median test).
    """
    value_before, value_after = (intervals.quantile_value(*histogram, q) for histogram in (before, after))
    if value_before is None or value_after is None:
        return Change(None)
    difference = value_after - value_before
    mark = quantile_mark((before, after), q)
    if mark is None:
        return Change(difference, p=1.0)
    above_before, above_after = (_above(histogram, mark) for histogram in (before, after))
    return replace(_if_agreed(difference, share(above_before, above_after)), mark=mark)


def quantile_mark(histograms: Sequence[Histogram], q: float) -> int | None:
    """The bin above which, of all rows together, most nearly 1 - q lie; None where all lie in one bin."""
    bins, counts = (np.concatenate([np.asarray(one[part], dtype=np.int64) for one in histograms]) for part in (0, 1))
    edges, places = np.unique(bins[counts > 0], return_inverse=True)
    if len(edges) <= 1:
        return None
    reached = np.cumsum(np.bincount(places, weights=counts[counts > 0]))[:-1] / counts.sum()
    return int(edges[np.argmin(np.abs(reached - q))])


def beyond(before: ArrayLike, now: float) -> Change:
    """How often chance alone would lead as far from the weeks before as `now` lies, if nothing had changed.

    What lies on a desk this week mostly lay there last week: weeks that follow each other are worth fewer independent
    ones, and vary less than years do. Both are allowed for by the correlation from week to week, itself raised by what
    so few weeks hide of it. (The limits alone, which take weeks as independent, would call one of twenty teams news in
    most companies where none is.) p is None where the weeks do not vary.

    Source: Student 1908, for a value to come; Bayley and Hammersley 1946, for weeks that are alike.
    """
    mean, spread, worth = usual(before)
    if spread == 0:
        return Change(now - mean)
    t = (now - mean) / spread
    return Change(now - mean, t, float(2 * stdtr(worth - 1, -abs(t))))


def usual(before: ArrayLike) -> tuple[float, float, float]:
    """The mean of weeks that are alike, the spread of one to come, and how many independent weeks that stands on."""
    weeks = np.asarray(before, dtype=float)
    n, apart = len(weeks), weeks - weeks.mean()
    squares = float(apart @ apart)
    if squares == 0:
        return float(weeks.mean()), 0.0, float(n)
    alike = likeness(weeks, least=0.0)
    worth = max(3.0, n * (1 - alike) / (1 + alike))
    variance = squares / n / (1 - 1 / worth)
    return float(weeks.mean()), math.sqrt(variance * (1 + 1 / worth)), worth


def totals(before: Sequence[float], after: Sequence[float]) -> Change:
    """Whether a total (revenue) really moved, judged by how much its weeks differ among themselves.

    The difference is of the two sums; the test, Welch's t, is of the mean bucket, so a longer period is no growth: when
    the two point different ways, nothing is claimed. p is None with fewer than 4 buckets in a period. Buckets must be
    whole and of one length. Units: those of the totals.
    """
    if not (len(before) and len(after)):
        return Change(None)
    difference = math.fsum(after) - math.fsum(before)
    if min(len(before), len(after)) < MINIMUM_BUCKETS:
        return Change(difference)
    return _if_agreed(difference, mean(_sums(before), _sums(after)))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """The p-values of one screen, raised for how many comparisons it shows, so that chance alone is rarely news.

    In the given order; None stays None and does not count as a comparison. Source: Holm 1979.
    """
    asked = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    reached = 0.0
    for rank, (p, place) in enumerate(asked):
        reached = max(reached, min(1.0, p * (len(asked) - rank)))
        adjusted[place] = reached
    return adjusted


def verdict(
    change: Change,
    adjusted_p: float | None,
    better: Literal["up", "down", "none"],
    n_before: float,
    n_after: float,
    minimum_n: float = 5,
) -> Verdict:
    """Which word a change deserves: a difference that chance explains is no change, however large it looks.

    Whether the word is only directional is for `reliability` of the smaller n.
    """
    if min(n_before, n_after) < minimum_n:
        return Verdict.TOO_FEW
    if adjusted_p is None or change.difference is None:
        return Verdict.UNKNOWN
    if adjusted_p >= ALPHA or change.difference == 0:
        return Verdict.NO_REAL_CHANGE
    if better == "none":
        return Verdict.CHANGED
    return Verdict.BETTER if (change.difference > 0) == (better == "up") else Verdict.WORSE


def reliability(n: float, minimum_n: float = 5) -> Reliability:
    """How far a number may be trusted: below the minimum not at all, below 30 as a direction only."""
    if n < minimum_n:
        return Reliability.TOO_FEW
    return Reliability.DIRECTIONAL if n < SOLID_FROM else Reliability.SOLID


def _judged(difference: float, error_before: float | None, error_after: float | None) -> Change:
    """The two-sided z test of a difference; without any error there is no test."""
    if error_before is None or error_after is None:
        return Change(difference)
    error = math.hypot(error_before, error_after)
    if error == 0:
        return Change(difference, p=1.0 if difference == 0 else None)
    z = difference / error
    return Change(difference, z, two_sided(z))


def _welch(before: intervals.Estimate | None, after: intervals.Estimate | None) -> Change:
    if before is None or after is None:
        return Change(None)
    difference = after.value - before.value
    if before.variance is None or after.variance is None:
        return Change(difference)
    if before.variance == after.variance == 0:
        return Change(difference, p=1.0 if difference == 0 else None)
    # with one spread for both, only the rows that showed it count as evidence of it
    square_before = (before.variance or after.variance) / before.n
    square_after = (after.variance or before.variance) / after.n
    if before.variance and after.variance:
        square = square_before + square_after
        freedom = square**2 / (square_before**2 / (before.n - 1) + square_after**2 / (after.n - 1))
    else:
        freedom = (before.n if before.variance else after.n) - 1
    t = difference / math.sqrt(square_before + square_after)
    return Change(difference, t, 2 * float(stdtr(freedom, -abs(t))))


def _if_agreed(difference: float, test: Change) -> Change:
    """The test of a stand-in for the difference shown; it proves nothing about a difference that points elsewhere."""
    agreed = test.z is not None and test.z * difference > 0
    return Change(difference, test.z, test.p if agreed or test.p is None else 1.0)


def _above(histogram: Histogram, mark: int) -> Hits:
    bins, counts = (np.asarray(part, dtype=np.int64) for part in histogram)
    return float(counts[bins > mark].sum()), float(counts.sum())


def _sums(values: Sequence[float]) -> Sums:
    return math.fsum(values), math.fsum(value**2 for value in values), len(values)
