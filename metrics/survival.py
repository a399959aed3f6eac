"""How many are still there after so many days: the Kaplan-Meier curve, with people who came under observation later."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from metrics import intervals
from metrics.intervals import TAIL, Interval


@dataclass(frozen=True, slots=True)
class Stays:
    """`n` alike stays, in days since they began: watched from after `entered` (-1: from the start) to `seen_until`.

    `is_over`: they ended on that day; otherwise they were last seen then, and what came later is not known.
    """

    entered: int
    seen_until: int
    is_over: bool
    n: int = 1


@dataclass(frozen=True, slots=True)
class Point:
    """The share still there after a day, between which values it lies, and how many were at risk on that day.

    `error`: the standard error of the share (Greenwood); 0 before anybody has left.
    """

    day: int
    share: float
    low: float
    high: float
    at_risk: int
    error: float


def curve(stays: Sequence[Stays], fewest: int, last: int) -> tuple[Point, ...]:
    """One point for each day from 0 to `last`, or to the day before fewer than `fewest` are at risk for the first time.

    At risk on a day is who was under observation before it and was seen on it or later: who joins late counts from
    then on only, who is still there up to the last day seen. The interval is Greenwood's on the log-log scale, 95 %;
    before the first or after the last has left, Wilson's for all or none of those at risk. Units: shares 0 to 1, days.
    Source: Kaplan and Meier 1958; Kalbfleisch and Prentice 1980 (log-log).
    """
    joined, gone, ended = (np.zeros(last + 2, dtype=np.int64) for _ in range(3))
    for stay in stays:
        if stay.seen_until <= stay.entered:
            continue  # over before it was under observation for a day
        joined[min(stay.entered + 1, last + 1)] += stay.n
        gone[min(stay.seen_until + 1, last + 1)] += stay.n
        if stay.is_over and stay.seen_until <= last:
            ended[stay.seen_until] += stay.n
    at_risk = np.cumsum(joined - gone)
    found: list[Point] = []
    share, variance = 1.0, 0.0
    for day in range(last + 1):
        n, d = int(at_risk[day]), int(ended[day])
        if n < fewest:
            break
        if d:
            share *= (n - d) / n
            variance = math.inf if n == d else variance + d / (n * (n - d))
        interval = _interval(share, variance, n)
        error = share * math.sqrt(variance) if share else 0.0
        found.append(Point(day, share, interval.low, interval.high, n, error))
    return tuple(found)


def _interval(share: float, variance: float, at_risk: int) -> Interval:
    if share in (0.0, 1.0):
        wilson = intervals.share(share * at_risk, at_risk)
        return wilson or Interval(0.0, 1.0)
    reach = -float(ndtri(TAIL)) * math.sqrt(variance) / abs(math.log(share))
    return Interval(share ** math.exp(reach), share ** math.exp(-reach))
