"""What moves a score, and how much of it each fact explains: from sums of products, so that no row is needed.

A block is the sum of v v' over some rows, v being (1, the facts, the score). Blocks add up. Rows that hang together lie
in one block, so chance is told by blocks, not rows. Answers hang together in more than one way: by client,
and by what has one value for many of them - the team that did the work, the weeks of a stage. Whichever way doubts
more is believed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from scipy.special import stdtr, stdtrit

from metrics.change import holm
from metrics.intervals import TAIL

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MOST_FOR_LMG = 15  # beyond, the subsets are too many and Johnson's weights stand in
ROWS_A_FACT = 10  # with fewer rows for each fact nothing is said
FEWEST_BLOCKS = 10  # with fewer clients their differences cannot be told from chance
DRAWS = 400
ALPHA = 0.05
_NOTHING_LEFT = 1e-9  # a fact of which so little is left beside the others says nothing of its own

Matrix: TypeAlias = "NDArray[np.float64]"


@dataclass(frozen=True)
class Way:
    """Another way in which rows hang together. `blocks`: the same rows, put together so.

    `names`: the facts of which a whole block has one value at a time. They are judged this way however few blocks there
    are; others from 10 blocks on.
    """

    blocks: Matrix
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Driver:
    """One fact beside the score, the other facts held still.

    `weight`: its part of what all facts explain (they add up to r2); `weight_low`, `weight_high`: by drawing blocks.
    `slope`: points of score for one more of the fact, between `low` and `high`. `p`: raised for how many facts are
    asked. `alone`: the slope when no other fact is held. `vif`: how many times the others widen the doubt.
    """

    name: str
    weight: float
    weight_low: float
    weight_high: float
    slope: float
    low: float
    high: float
    p: float
    alone: float
    alone_p: float
    vif: float

    @property
    def is_proven(self) -> bool:
        """Whether the score really moves with it while the others stand still."""
        return self.p < ALPHA

    @property
    def only_looks_so(self) -> bool:
        """Whether it goes with the score by itself, and no longer once the others are held."""
        return not self.is_proven and self.alone_p < ALPHA


@dataclass(frozen=True, slots=True)
class Fit:
    """All facts together. `drivers`: those that explain most first. `method`: "lmg", or "johnson" for many facts."""

    n: int
    blocks: int
    r2: float
    method: str
    drivers: tuple[Driver, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing is said: "rows" (too few for so many facts), "clients" (too few), or "facts" (none varies)."""

    reason: str
    n: int
    needed: int = 0


def blocks(facts: ArrayLike, score: ArrayLike, clients: Sequence[Any]) -> Matrix:
    """The blocks of rows that are at hand: one a client. Shape: clients x (facts + 2) x (facts + 2)."""
    x = np.asarray(facts, dtype=float)
    v = np.column_stack([np.ones(len(x)), x, np.asarray(score, dtype=float)])
    _, which = np.unique(np.asarray(clients, dtype=object).astype(str), return_inverse=True)
    found = np.zeros((int(which.max()) + 1, v.shape[1], v.shape[1]))
    np.add.at(found, which, v[:, :, None] * v[:, None, :])
    return found


def lmg(correlations: Matrix) -> Matrix:
    """How much of the score each fact explains, averaged over every order in which they could be asked.

    `correlations`: of the facts and, last, the score; one matrix or a stack of them. The parts add up to R2.
    Source: Lindeman, Merenda and Gold 1980; Shapley 1953; Groemping 2006.
    """
    stack = correlations.reshape(-1, *correlations.shape[-2:])
    k = stack.shape[-1] - 1
    explained = np.zeros((2**k, len(stack)))
    _explain(stack, tuple(range(k)), 0, explained)
    sizes = np.array([mask.bit_count() for mask in range(2**k)])
    parts = np.empty((len(stack), k))
    for fact in range(k):
        without = np.flatnonzero((np.arange(2**k) >> fact & 1) == 0)
        shares = np.array([1.0 / (k * math.comb(k - 1, size)) for size in range(k)])[sizes[without]]
        parts[:, fact] = shares @ (explained[without | 1 << fact] - explained[without])
    return parts.reshape(*correlations.shape[:-2], k)


def _explain(left: Matrix, facts: tuple[int, ...], asked: int, explained: Matrix) -> None:
    """R2 of every set of facts that begins with those in `asked`; `left`: what these leave of the other facts.

    Each fact is taken out of those after it once, so a set costs one step more than the set it grows from.
    """
    for at, fact in enumerate(facts):
        own = left[:, at, at]
        known = own > _NOTHING_LEFT
        scale = np.where(known, 1.0 / np.where(known, own, 1.0), 0.0)
        column = left[:, at + 1 :, at]
        rest = left[:, at + 1 :, at + 1 :] - (column * scale[:, None])[:, :, None] * column[:, None, :]
        explained[asked | 1 << fact] = 1.0 - rest[:, -1, -1]
        _explain(rest, facts[at + 1 :], asked | 1 << fact, explained)


def relative_weights(correlations: Matrix) -> Matrix:
    """The same in good approximation for many facts: through the nearest facts that do not correlate.

    Source: Johnson 2000.
    """
    among, with_score = correlations[..., :-1, :-1], correlations[..., :-1, -1]
    sizes, ways = np.linalg.eigh(among)
    root = (ways * np.sqrt(np.maximum(sizes, 0.0))[..., None, :]) @ np.swapaxes(ways, -1, -2)
    slopes = np.linalg.pinv(root, hermitian=True) @ with_score[..., None]
    weights: Matrix = ((root**2) @ (slopes**2))[..., 0]
    return weights


def correlations(whole: Matrix) -> Matrix:
    """The correlations of facts and score from a block or a stack of blocks; 0 for what does not vary."""
    n = whole[..., :1, :1]
    means = whole[..., :1, 1:] / n
    spread = whole[..., 1:, 1:] / n - np.swapaxes(means, -1, -2) * means
    own = np.diagonal(spread, axis1=-2, axis2=-1)
    varies = own > _NOTHING_LEFT * np.diagonal(whole[..., 1:, 1:] / n, axis1=-2, axis2=-1)
    scale = np.where(varies, 1.0 / np.sqrt(np.where(varies, own, 1.0)), 0.0)
    found = spread * scale[..., :, None] * scale[..., None, :]
    at = np.arange(found.shape[-1])
    found[..., at, at] = 1.0
    return found


def fit(by_client: Matrix, names: Sequence[str], ways: Sequence[Way] = (), seed: int = 0) -> Fit | Refused:
    """What each fact does to the score while the others are held, and how much of the score it explains.

    Ordinary least squares; intervals and tests take each block of clients as one witness, and each block of the other
    `ways` (CR1 sandwich, Student's t); tests raised by Holm's rule; intervals of the weights by drawing blocks
    again. Refused when there are fewer than 10 rows a fact, or 10 blocks, or when no fact or no score varies.
    Shape: `by_client`: see `blocks`. Source: Liang and Zeger 1986; Cameron and Miller 2015.
    """
    whole = by_client.sum(axis=0)
    n, k = round(float(whole[0, 0])), len(names)
    if k == 0 or n == 0:
        return Refused("facts", n)
    if n < ROWS_A_FACT * k:
        return Refused("rows", n, ROWS_A_FACT * k)
    if len(by_client) < FEWEST_BLOCKS:
        return Refused("clients", len(by_client), FEWEST_BLOCKS)
    among = correlations(whole)
    if not np.any(np.abs(among[:-1, -1]) > 0):
        return Refused("facts", n)
    method = "lmg" if k <= MOST_FOR_LMG else "johnson"
    explain = lmg if method == "lmg" else relative_weights
    parts = explain(among)
    low, high = np.quantile(explain(correlations(_drawn(by_client, seed, DRAWS))), [TAIL, 1 - TAIL], axis=0)
    for way in ways:
        is_own = np.array([name in way.names for name in names])
        if is_own.any() and len(way.blocks) > 1:
            drawn = explain(correlations(_drawn(way.blocks, seed, DRAWS // 2)))
            ends = np.quantile(drawn, [TAIL, 1 - TAIL], axis=0)
            low, high = (
                np.where(is_own, np.minimum(low, ends[0]), low),
                np.where(is_own, np.maximum(high, ends[1]), high),
            )
    everybody = [Way(by_client, frozenset(names)), *ways]
    slopes, reach, doubts = _believed(everybody, names, held=True)
    alone, _, alone_doubts = _believed(everybody, names, held=False)
    p, alone_p = holm(doubts), holm(alone_doubts)
    vifs = np.diagonal(np.linalg.pinv(among[:-1, :-1], hermitian=True))
    drivers = [
        Driver(
            name, float(parts[i]), float(low[i]), float(high[i]), float(slopes[i]),
            float(slopes[i] - reach[i]), float(slopes[i] + reach[i]), p[i] or 0.0,
            float(alone[i]), alone_p[i] or 0.0, float(vifs[i]),
        )
        for i, name in enumerate(names)
    ]  # fmt: skip
    drivers.sort(key=lambda driver: (not driver.is_proven, -driver.weight, driver.name))
    return Fit(n, len(by_client), float(parts.sum()), method, tuple(drivers))


def _believed(ways: Sequence[Way], names: Sequence[str], *, held: bool) -> tuple[Matrix, Matrix, list[float]]:
    """Each fact's slope, half of its 95 % interval and its p, by the way that doubts more.

    `held`: with the other facts held still; else each fact alone.
    """
    slopes, *_ = _slopes(ways[0].blocks, held=held)
    reach, p = np.zeros(len(names)), np.zeros(len(names))
    for way in ways:
        g = len(way.blocks)
        if g < 2:
            continue
        _, errors, freedom = _slopes(way.blocks, held=held)
        is_own = np.array([name in way.names for name in names])
        asked, freedom = is_own | (g >= FEWEST_BLOCKS), np.where(is_own, freedom, g - 1.0)
        doubt = np.array([_p(*one) for one in zip(slopes, errors, freedom, strict=True)])
        reach = np.where(asked, np.maximum(reach, -stdtrit(freedom, TAIL) * errors), reach)
        p = np.where(asked, np.maximum(p, doubt), p)
    return slopes, reach, p.tolist()


def _slopes(blocks: Matrix, *, held: bool) -> tuple[Matrix, Matrix, Matrix]:
    """The slope of each fact, its standard error (CR1 sandwich) and the freedom of that.

    The freedom falls where few blocks make most of the doubt: a key account, a team far from the others. With as many
    degrees of freedom as blocks, 14 to 22 % of companies whose clients are as unequal as companies' are, and in which
    nothing moves the score, would hear of a driver; so 3 to 5 % do. Source: Satterthwaite 1946.
    """
    whole = blocks.sum(axis=0)
    k = len(whole) - 2
    pulls, slopes = np.zeros((len(blocks), k)), np.zeros(k)
    for facts in [list(range(1, k + 1))] if held else [[at] for at in range(1, k + 1)]:
        used, places = [0, *facts], np.array(facts) - 1
        inverse = np.linalg.pinv(whole[np.ix_(used, used)], hermitian=True)
        beta = inverse @ whole[used, -1]
        slopes[places] = beta[1:]
        pulls[:, places] = ((blocks[:, used, -1] - blocks[:, used][:, :, used] @ beta) @ inverse)[:, 1:]
    n, g = float(whole[0, 0]), len(blocks)
    squares = pulls**2
    own, fourth = squares.sum(axis=0), (squares**2).sum(axis=0)
    freedom = np.where(fourth > 0, own**2 / np.where(fourth > 0, fourth, 1.0) - 1, g - 1.0)
    small = g / (g - 1) * (n - 1) / max(1.0, n - 1 - (k if held else 1))
    return slopes, np.sqrt(own * small), np.maximum(freedom, 1.0)


def _drawn(blocks: Matrix, seed: int, draws: int) -> Matrix:
    """The sums of as many blocks, drawn with repetition, many times over."""
    g = len(blocks)
    times = np.random.default_rng(seed).multinomial(g, np.full(g, 1 / g), draws).astype(float)
    return (times @ blocks.reshape(g, -1)).reshape(draws, *blocks.shape[1:])


def _p(slope: float, error: float, freedom: float) -> float:
    return 2 * float(stdtr(freedom, -abs(slope / error))) if error > 0 else 1.0
