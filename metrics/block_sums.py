"""The mean of some answers and how sure it is, from sums over blocks of clients: answers of a client hang together."""

from __future__ import annotations

from collections.abc import Sequence

from metrics import intervals
from metrics.compute import Reading

SUMS = "sum(n), sum(y), sum(y * y), sum(y * n), sum(n * n), count(*)"  # over blocks of n answers with y points in all
FEWEST = 5  # answers that are compared with others, and blocks of clients they come from


def mean(sums: Sequence[float]) -> Reading:
    """The mean with its interval. `sums`: SUMS, as everywhere here."""
    n, y, yy, yn, nn, blocks = (float(one) for one in sums)
    if n == 0:
        return Reading(None, None, None, 0)
    interval = intervals.ratio(y, n, yy, yn, nn, blocks)
    return Reading(y / n, interval.low if interval else None, interval.high if interval else None, round(n))


def error(sums: Sequence[float]) -> float:
    """The standard error of the mean; 0 where the blocks do not differ."""
    n, y, yy, yn, nn, blocks = (float(one) for one in sums)
    found = intervals.ratio_estimate(y, n, yy, yn, nn, blocks)
    return found.error or 0.0 if found else 0.0


def enough(sums: Sequence[float]) -> bool:
    """Whether these are so many answers, of so many blocks of clients, that they are compared with others."""
    return sums[0] >= FEWEST and sums[5] >= FEWEST
