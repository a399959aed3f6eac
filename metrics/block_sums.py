"""The mean of some answers and how sure it is, from sums over blocks of clients: answers of a client hang together.

Told by leaving out one block at a time: a key account that gives most of a team's answers leaves as much in doubt.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import stdtrit

from metrics.compute import Reading
from metrics.intervals import TAIL

# Over blocks of n answers with y points in all, and their pull on the mean of the group (see `apart`).
SUMS = "sum(n), sum(y), sum(n * n), count(*), coalesce(sum(pull ** 2), 0), coalesce(sum(pull ** 4), 0)"
FEWEST = 5  # answers that are compared with others, and blocks of clients they come from
LEAST_FREEDOM = 2.0


def apart(rows: str, by: str) -> str:
    """The SQL of rows with n and y, one a block, with how far the mean of their group moves without each block."""
    whole = f"sum(n) over (partition by {by}) as whole, sum(y) over (partition by {by}) as points"
    return (
        "select *, (y - points / whole * n) / nullif(whole - n, 0) as pull "
        f"from (select *, {whole} from ({rows}))"
    )  # fmt: skip


def of_blocks(n: Sequence[float], y: Sequence[float]) -> tuple[float, ...]:
    """SUMS of blocks that are at hand."""
    size, points = (np.asarray(one, dtype=float) for one in (n, y))
    is_known = size > 0
    pull = pulls(size[is_known], points[is_known])
    known = size[is_known]
    return (
        float(known.sum()), float(points.sum()), float(known @ known), float(len(known)), float((pull**2).sum()),
        float((pull**4).sum()),
    )  # fmt: skip


def pulls(n: np.ndarray, y: np.ndarray) -> np.ndarray:
    """How far the mean moves without each block; 0 for one that is all there is."""
    rest = n.sum() - n
    return np.where(rest > 0, (y - y.sum() / max(n.sum(), 1.0) * n) / np.where(rest > 0, rest, 1.0), 0.0)


def mean(sums: Sequence[float]) -> Reading:
    """The mean with its 95 % interval; without one where the blocks do not differ. `sums`: SUMS, as everywhere here."""
    n, y, _, _, squares, fourth = (float(one) for one in sums)
    if n == 0:
        return Reading(None, None, None, 0)
    doubt = error(sums)
    if not doubt:
        return Reading(y / n, None, None, round(n))
    reach = -float(stdtrit(max(LEAST_FREEDOM, squares**2 / fourth - 1), TAIL)) * doubt
    return Reading(y / n, y / n - reach, y / n + reach, round(n))


def error(sums: Sequence[float]) -> float:
    """The standard error of the mean (jackknife; Efron and Stein 1981); 0 where the blocks do not differ."""
    _, y, _, blocks, squares, _ = (float(one) for one in sums)
    found = float(np.sqrt((blocks - 1) / blocks * squares)) if blocks else 0.0
    return found if found > 1e-9 * abs(y) else 0.0


def worth(sums: Sequence[float]) -> float:
    """As many blocks of equal size would tell as much. Source: Kish 1965."""
    return float(sums[0]) ** 2 / float(sums[2])


def enough(sums: Sequence[float]) -> bool:
    """Whether these are so many answers, of so many blocks of clients, that they are compared with others."""
    return sums[0] >= FEWEST and sums[3] >= FEWEST
