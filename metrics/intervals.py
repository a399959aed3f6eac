"""How sure a shown number is: 95 % intervals, each from mergeable states (sums, counts, counts in bins).

A number that cannot be judged (too few rows, or rows without any spread) has no interval: None, never a width of zero.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import bdtr, bdtrik, gammaincinv, ndtri, stdtrit

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LEVEL = 0.95
TAIL = 0.025  # the part of the doubt on each side
RATIO = 1.02  # the width of one bin of a log histogram: each bin reaches 2 % further than the one before
ZERO_BIN = -1000  # holds x <= 0, read as the value 0; 1.02 ** -1000 is 2.5e-9, below anything that is measured
_ROUNDING = 1e-12  # a spread below this part of the squares is what subtraction of big sums leaves, not a spread


@dataclass(frozen=True, slots=True)
class Interval:
    """The values between which the truth lies, with 95 % confidence."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, the variance of one row around it, and the count of rows it stands on.

    The variance is None when one row alone cannot tell it, and 0 when the rows do not differ.
    """

    value: float
    variance: float | None
    n: float

    @property
    def error(self) -> float | None:
        """How far the number is typically off: its standard error; None when the rows tell no spread."""
        return math.sqrt(self.variance / self.n) if self.variance else None


def nps(promoters: float, detractors: float, n: float, clients: float | None = None) -> Interval | None:
    """Between which values the NPS of all clients lies, with 95 % confidence.

    Adjusted Wald: three pseudo-answers (3/4 promoter, 3/2 passive, 3/4 detractor) keep the interval honest for n as
    small as 5, where the plain one can have width 0. With `clients` known, the finite-population factor narrows it, and
    the pseudo-answers, which stand for the clients not heard, shrink by its square: when all have answered, nothing is
    left to guess and the interval is the score itself. None without answers. Units: points, -100 to 100.
    Raises: ValueError when the parts exceed n, or n exceeds clients. Source: Rocks 2016; Lewis and Sauro 2021.
    """
    if promoters < 0 or detractors < 0 or promoters + detractors > n:
        raise ValueError(f"{promoters} promoters and {detractors} detractors cannot be parts of {n} answers")
    factor = _unheard(n, clients)
    if n == 0:
        return None
    pseudo = 0.75 * factor**2
    score, error = _score_and_error(promoters + pseudo, detractors + pseudo, n + 4 * pseudo)
    margin = -float(ndtri(TAIL)) * error * factor
    return Interval(max(-100.0, score - margin), min(100.0, score + margin))


def nps_error(promoters: float, detractors: float, n: float) -> float | None:
    """How far an NPS is typically off from that of all clients: its standard error, in points.

    The larger of the plain and the adjusted one: near 100 or -100 the plain one falls to 0 (six promoters out of six),
    and a comparison with it finds differences that are not there. Units: points. None without answers.
    """
    if n == 0:
        return None
    plain = _score_and_error(promoters, detractors, n)[1]
    return max(plain, _score_and_error(promoters + 0.75, detractors + 0.75, n + 3)[1])


def share(hits: float, n: float, population: float | None = None) -> Interval | None:
    """Between which values the share lies, with 95 % confidence.

    Wilson's score interval; with `population` known, its variance carries the finite-population factor. None for n = 0.
    Units: 0 to 1. Raises: ValueError when hits are no part of n, or n exceeds the population. Source: Wilson 1927.
    """
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} hits cannot be a part of {n}")
    factor = _unheard(n, population)
    if n == 0:
        return None
    square = (float(ndtri(TAIL)) * factor) ** 2
    centre = (hits + square / 2) / (n + square)
    margin = math.sqrt(square * (hits * (n - hits) / n + square / 4)) / (n + square)
    low = 0.0 if hits == 0 else max(0.0, centre - margin)  # exact at the ends, where rounding would leave 1e-17
    high = 1.0 if hits == n else min(1.0, centre + margin)
    return Interval(low, high)


def share_error(hits: float, n: float) -> float | None:
    """How far a share is typically off; two successes and two failures are added, so that 5 of 5 are not certain.

    None without rows. Units: 0 to 1. Source: Agresti and Coull 1998.
    """
    if n <= 0:
        return None
    centre = (hits + 2) / (n + 4)
    return math.sqrt(centre * (1 - centre) / (n + 4))


def equal_rows(parts: Sequence[float], weights: float, squares: float) -> tuple[float, ...]:
    """Weighted rows as so many equal ones as tell the same: the parts as counts of them, and last how many they are.

    Takes the weight of each part, of all, and the sum of the squares; all 0 without weight. (A linearised ratio claims
    95 % and covers 60 to 90 where a few rows hold most of the weight.) Source: Kish 1965, Survey Sampling, 11.7.
    """
    n = weights**2 / squares if weights > 0 else 0.0
    counts = [part / weights * n if weights > 0 else 0.0 for part in parts]
    return *counts, max(n, math.fsum(counts))


def rate(events: float, exposure: float) -> Interval | None:
    """Between which values a rate of events per unit of exposure (leavers per person-year) lies, with 95 % confidence.

    Exact for counts that come one by one (Poisson). None without exposure. Units: events per one. Source: Garwood 1936.
    """
    if exposure <= 0:
        return None
    low = float(gammaincinv(events, TAIL)) if events > 0 else 0.0
    return Interval(low / exposure, float(gammaincinv(events + 1, 1 - TAIL)) / exposure)


def mean(total: float, squares: float, n: float) -> Interval | None:
    """Between which values the mean lies, with 95 % confidence.

    Student's t. None below two rows, or when all rows are equal. Units: those of the rows.
    """
    return _around(mean_estimate(total, squares, n))


def mean_estimate(total: float, squares: float, n: float) -> Estimate | None:
    """The mean, with how much one row differs from it; None without rows."""
    if n <= 0:
        return None
    return Estimate(total / n, _variance(squares - total**2 / n, squares, n), n)


def ratio(y: float, x: float, yy: float, xy: float, xx: float, n: float) -> Interval | None:
    """Between which values a ratio of two sums lies (orders per client, margin share), with 95 % confidence.

    Takes the sums of y and x, of their squares and cross-products. Linearised: a row counts for how far its y is from
    what its x would give at the common ratio. None below two rows, for x = 0, or when all rows have the same ratio.
    Units: those of y per one x. Source: Cochran 1977, Sampling Techniques, chapter 6.
    """
    return _around(ratio_estimate(y, x, yy, xy, xx, n))


def ratio_estimate(y: float, x: float, yy: float, xy: float, xx: float, n: float) -> Estimate | None:
    """The ratio of two sums, with how much one row differs from it; None when there is nothing to divide by."""
    if n <= 0 or x == 0:
        return None
    value = y / x
    residual = yy - 2 * value * xy + value**2 * xx
    variance = _variance(residual, yy + value**2 * xx, n)
    return Estimate(value, None if variance is None else variance * (n / x) ** 2, n)


def weighted(values: Sequence[float], errors: Sequence[float | None], weights: Sequence[float]) -> Interval | None:
    """Between which values a weighted mean of independent parts lies, with 95 % confidence.

    For example the engagement of teams, each weighted by the steps it did for these clients. None when the weights are
    all 0, when a part that weighs has no error, or all errors are 0. Units: those of the values.
    Raises: ValueError for a negative weight or lists of unequal length.
    """
    value, error = weighted_estimate(values, errors, weights)
    if value is None or not error:
        return None
    margin = -float(ndtri(TAIL)) * error
    return Interval(value - margin, value + margin)


def weighted_estimate(
    values: Sequence[float], errors: Sequence[float | None], weights: Sequence[float]
) -> tuple[float | None, float | None]:
    """The weighted mean of independent parts and its standard error; None for what the parts do not tell."""
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight is negative")
    parts = [part for part in zip(values, errors, weights, strict=True) if part[2] > 0]
    whole = math.fsum(weight for _, _, weight in parts)
    if whole == 0:
        return None, None
    value = math.fsum(value * weight for value, _, weight in parts) / whole
    known = [error * weight / whole for _, error, weight in parts if error is not None]
    return value, math.hypot(*known) if len(known) == len(parts) else None


def log_bins(values: ArrayLike) -> NDArray[np.int64]:
    """The bin of each value in a log histogram: floor(ln(x) / ln(1.02)), and one bin for all x <= 0."""
    x = np.asarray(values, dtype=float)
    positive = x > 0
    logs = np.log(np.where(positive, x, 1.0)) / math.log(RATIO)
    return np.where(positive, np.maximum(np.floor(logs), ZERO_BIN), ZERO_BIN).astype(np.int64)


def quantile_value(bins: ArrayLike, counts: ArrayLike, q: float) -> float | None:
    """The value below which a share q of the rows lies (the median for q = 0.5), at most 1 % off.

    Read from a log histogram: a row stands at the geometric middle of its bin; between two rows the value is
    interpolated, as spreadsheets do. None without rows. Units: those of the rows. Shape: bins and counts side by side,
    in any order.
    """
    order, reached = _cumulated(bins, counts)
    n = int(reached[-1]) if len(reached) else 0
    if n == 0:
        return None
    rank = q * (n - 1)
    below = math.floor(rank)
    low, high = (_middle(_bin_at(order, reached, min(at, n))) for at in (below + 1, below + 2))
    return low + (rank - below) * (high - low)


def quantile_interval(bins: ArrayLike, counts: ArrayLike, q: float) -> Interval | None:
    """Between which values the quantile of all cases lies, with at least 95 % confidence.

    Two of the rows, at ranks chosen by the exact binomial law, without any assumption on the shape; then out to the
    edges of their bins. None when n is too small for such rows to exist: below 6 for the median, below 36 for p90.
    Units: those of the rows. Source: Conover 1999, Practical Nonparametric Statistics, section 3.2.
    """
    order, reached = _cumulated(bins, counts)
    n = int(reached[-1]) if len(reached) else 0
    ranks = quantile_ranks(n, q)
    if ranks is None:
        return None
    low, high = (_bin_at(order, reached, rank) for rank in ranks)
    return Interval(
        0.0 if low <= ZERO_BIN else RATIO**low,
        0.0 if high <= ZERO_BIN else RATIO ** (high + 1),
    )


def quantile_ranks(n: int, q: float) -> tuple[int, int] | None:
    """Which two of n sorted rows, counted from 1, enclose the quantile in at least 95 % of cases; None if none do."""
    if n < 1 or not 0 < q < 1:
        return None
    low = _binomial_quantile(TAIL, n, q)
    high = _binomial_quantile(1 - TAIL, n, q) + 1
    return (low, high) if low >= 1 and high <= n else None


def _binomial_quantile(level: float, n: int, q: float) -> int:
    """The smallest k with P(binomial <= k) >= level."""
    if float(bdtr(0, n, q)) >= level:
        return 0
    return math.ceil(float(bdtrik(level, n, q)))


def _unheard(n: float, population: float | None) -> float:
    """The finite-population factor: 1 for an endless population, 0 when all of it was heard."""
    if population is None:
        return 1.0
    if n > population:
        raise ValueError(f"{n} rows cannot come from a population of {population}")
    return math.sqrt((population - n) / (population - 1)) if population > 1 else float(n == 0)


def _score_and_error(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    score = (promoters - detractors) / n
    variance = (promoters + detractors) / n - score**2
    return 100 * score, 100 * math.sqrt(max(0.0, variance) / n)


def _variance(residual: float, scale: float, n: float) -> float | None:
    if n < 2:
        return None
    return residual / (n - 1) if residual > _ROUNDING * scale else 0.0


def _around(estimate: Estimate | None) -> Interval | None:
    if estimate is None or estimate.error is None:
        return None
    margin = -float(stdtrit(estimate.n - 1, TAIL)) * estimate.error
    return Interval(estimate.value - margin, estimate.value + margin)


def _cumulated(bins: ArrayLike, counts: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The bins in order, and how many rows lie in each bin or below."""
    order = np.asarray(bins, dtype=np.int64)
    by_bin = np.argsort(order, kind="stable")
    return order[by_bin], np.cumsum(np.asarray(counts, dtype=np.int64)[by_bin])


def _bin_at(order: NDArray[np.int64], reached: NDArray[np.int64], rank: int) -> int:
    return int(order[np.searchsorted(reached, rank)])


def _middle(at: int) -> float:
    return 0.0 if at <= ZERO_BIN else float(RATIO ** (at + 0.5))
