"""What a lasting change of one fact would change of another in all: the effects at all its lags, held together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from metrics.intervals import TAIL
from metrics.panel import FEWEST_PERIODS, FEWEST_UNITS, Groups, Matrix, Panel, centred

LEAST_OF_ITS_OWN = 1e-3  # of a fact's variance, what the other lags must leave it: with less its slope is not its own
RIDGE = 1e-9  # of each fact's variance: settles what only the unit left out could tell
_NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class Distributed:
    """How much the mean of y changes, over all it stands on, when x is one more wherever it is known.

    `lags`: those summed, from 0. `known`: the share of what y stands on for which x was known, the mean of these lags.
    """

    value: float
    low: float
    high: float
    lags: int
    known: float

    @property
    def is_proven(self) -> bool:
        """Whether the sum is beyond chance."""
        return self.low > 0 or self.high < 0


def distributed(panel: Panel, longest: int) -> Distributed | None:
    """The effects at lags 0 to `longest` jointly, each times the share of y's weight that it reaches, summed.

    Where x was not known (no promise was due) nothing can be changed: such a period has a level of its own, takes no
    part of the effect, and stays in the mean. No lag is chosen, so nothing is widened for a choice; the interval leaves
    out one unit at a time, the covariance of the lags included. None with fewer than 8 units' worth of variation, fewer
    than 12 periods after the longest lag, or where the lags cannot be told apart.
    Source: Almon 1965 (without her polynomial); Cameron and Miller 2015 (CR3).
    """
    units, periods = panel.x.shape
    if units < FEWEST_UNITS or periods - longest < FEWEST_PERIODS or not np.isfinite(panel.x).any():
        return None
    weight = np.where(np.isfinite(panel.y), panel.weight, 0.0)[:, longest:]
    if weight.sum() <= 0:
        return None
    known = np.isfinite(panel.x).astype(float)
    x = np.where(known > 0, panel.x - np.nanmean(panel.x), 0.0)
    spans = [slice(longest - lag, periods - lag) for lag in range(longest + 1)]
    reached = np.array([(weight * known[:, span]).sum() for span in spans]) / weight.sum()
    facts = [of[:, span] for of in (x, known) for span in spans]
    sums = _sums(panel.groups, weight, [*facts, np.nan_to_num(panel.y[:, longest:])])
    whole, wanted = sums.sum(axis=0), np.concatenate([reached, np.zeros(longest + 1)])
    bare = np.diag(whole)[:-1]
    used = np.flatnonzero(bare > _NOTHING * bare.max(initial=0.0))  # known always, or never: no level of its own
    if not set(np.flatnonzero(wanted > 0)) <= set(used) or not _apart(whole[np.ix_(used, used)]):
        return None
    wanted = wanted[used]
    own, pulls = sums[:, used][:, :, used], sums[:, used, -1]
    left = own.sum(axis=0)
    left[np.diag_indices_from(left)] *= 1 + RIDGE
    direction = np.linalg.solve(left, wanted)
    value = float(direction @ pulls.sum(axis=0))
    without = np.linalg.solve(left - own, (pulls.sum(axis=0) - pulls)[:, :, None])[:, :, 0]
    error = float(np.sqrt((units - 1) / units * ((without @ wanted - value) ** 2).sum()))
    squares = np.einsum("i,uij,j->u", direction, own, direction)
    worth = float(squares.sum()) ** 2 / float((squares**2).sum())
    if worth < FEWEST_UNITS or not error > 0:
        return None
    reach = -float(stdtrit(worth - 1, TAIL)) * error
    return Distributed(value, value - reach, value + reach, longest + 1, float(reached.mean()))


def _sums(groups: Groups | None, weight: Matrix, facts: list[Matrix]) -> Matrix:
    """For each unit the weighted sums of products of all facts, levels of units and of groups' periods taken out."""
    stack = np.stack(centred(groups, weight, *facts), axis=2)
    return np.asarray(np.matmul((stack * weight[:, :, None]).transpose(0, 2, 1), stack))


def _apart(left: Matrix) -> bool:
    """Whether every fact keeps enough variance of its own beside the others."""
    if not len(left):
        return False
    spread = np.sqrt(np.diag(left))
    scaled = left / np.outer(spread, spread)
    least = float(np.linalg.eigvalsh(scaled)[0])
    return least > _NOTHING and float((1 / np.diag(np.linalg.inv(scaled))).min()) >= LEAST_OF_ITS_OWN
