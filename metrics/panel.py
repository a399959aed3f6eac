"""Two facts of the same units (teams, clients) over the same periods: does one follow the other, and which one?

A unit's own level and what happens to all units of its group at once are taken out first: what is left is how a unit
differs from its own usual self in a period. Units are the witnesses, so chance is told by units, never by their many
periods: a group's own course would make all its units say the same, so it is taken out too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy.special import stdtr, stdtrit

from metrics.intervals import TAIL

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_UNITS, FEWEST_PERIODS = 8, 12
OWN_PAST = 4  # periods of its own past that a fact is held against before the other may tell its future
RIDGE = 1e-11
DRAWS, FIRST_DRAWS, FAR_FROM_NEWS = 999, 199, 0.2  # after the first draws a p as large as this will not become news
_NOTHING = 1e-12

Matrix: TypeAlias = "NDArray[np.float64]"
Groups: TypeAlias = "NDArray[np.intp]"


@dataclass(frozen=True, slots=True)
class Panel:
    """Shape: units x periods; nan where not known. `weight`: what each value of y stands on, 0 where nothing.

    `groups`: units that share what happens to them, a number each; None where all of them do.
    """

    x: Matrix
    y: Matrix
    weight: Matrix
    groups: Groups | None = None

    def part(self, first: int, end: int) -> Panel:
        """The periods from `first` up to `end`."""
        return Panel(self.x[:, first:end], self.y[:, first:end], self.weight[:, first:end], self.groups)


@dataclass(frozen=True, slots=True)
class Slope:
    """How much y changes for one more of x, `lag` periods later (before, where it is below 0).

    `low`, `high`: of this lag by itself. `t`: by units; `freedom`: as many units' worth as vary alike.
    """

    lag: int
    value: float
    low: float
    high: float
    t: float
    p: float
    units: int
    cells: int
    freedom: float = 1e9  # as good as normal

    def best_of(self, asked: int) -> tuple[float, float]:
        """The interval where this lag was chosen as the surest of so many (Bonferroni): the surest looks too sure."""
        reach = -float(stdtrit(self.freedom, TAIL / asked)) * abs(self.value / self.t) if self.t else 0.0
        return self.value - reach, self.value + reach


def within(panel: Panel, lag: int) -> Slope | None:
    """The slope inside units: when a unit has more of x than it usually has, and than the others have just then.

    Weighted least squares with a level for each unit and each period of its group; the interval leaves out one unit at
    a time (jackknife), so that one odd unit widens it. None with fewer than 8 units that vary.
    Source: Cameron and Miller 2015 (CR3); Carter, Schnepel and Steigerwald 2017; Mundlak 1978.
    """
    x, y, weight = _paired(panel, lag)
    x, y = centred(panel.groups, weight, x, y)
    products, squares = (weight * x * y).sum(axis=1), (weight * x * x).sum(axis=1)
    return _by_units(products, squares, lag, int((weight > 0).sum()))


def between(panel: Panel) -> Slope | None:
    """The slope between units: whether units that usually have more of x usually have more of y. No sign of a cause."""
    known = np.isfinite(panel.x) & np.isfinite(panel.y) & (panel.weight > 0)
    weight = np.where(known, panel.weight, 0.0)
    rows = weight.sum(axis=1)
    used = rows > 0
    if not used.any():
        return None
    means = [(weight * np.where(known, fact, 0.0)).sum(axis=1)[used] / rows[used] for fact in (panel.x, panel.y)]
    x, y = (mean - np.average(mean, weights=rows[used]) for mean in means)
    return _by_units(rows[used] * x * y, rows[used] * x * x, 0, int(used.sum()))


def profile(panel: Panel, lags: Sequence[int]) -> tuple[Slope, ...]:
    """The slope inside units at each lag that enough units can tell."""
    return tuple(slope for lag in lags if (slope := within(panel, lag)) is not None)


def shuffled(panel: Panel, lags: Sequence[int], seed: int = 0) -> float | None:
    """How often chance alone links x and y as strongly, at the best of these lags.

    The courses of x are dealt out to other units, each kept whole: what a course has of seasons and of memory stays,
    and only its tie to this unit's y is cut. Each lag is judged by a sum over units divided by their own spread, and
    the best lag by the best one of each deal. None with fewer than 8 units that vary.
    Source: Westfall and Young 1993; Janssen 1997.
    """
    (x,) = centred(panel.groups, _known(panel.x), panel.x)
    (y,) = centred(panel.groups, panel.weight, panel.y)
    y = y * panel.weight
    return _dealt(_grams(x, y, lags), seed)


def foretold(panel: Panel, lags: Sequence[int], seed: int = 0) -> float | None:
    """How often chance alone would make y tell the x to come as well as it does, beyond what x's own past tells.

    The placebo with time reversed: where x is the cause, y's past has nothing to add. `lags`: above 0. None with fewer
    than 8 units that vary, or too few periods. Source: Granger 1969.
    """
    (x,) = centred(panel.groups, _known(panel.x), panel.x)
    (y,) = centred(panel.groups, panel.weight, panel.y)
    grams = []
    for lag in lags:
        first, end = OWN_PAST - 1, x.shape[1] - lag
        if end - first < 2:
            continue
        past = [x[:, first - back : end - back].ravel() for back in range(OWN_PAST)]
        held = np.column_stack(past)
        inverse = np.linalg.pinv(held.T @ held, hermitian=True)
        left = [
            (fact.ravel() - held @ (inverse @ (held.T @ fact.ravel()))).reshape(fact.shape)
            for fact in (x[:, first + lag :], y[:, first:end] * (panel.weight[:, first:end] > 0))
        ]
        grams.append(left[0] @ (left[1] * panel.weight[:, first:end]).T)
    return _dealt(grams, seed)


def _known(fact: Matrix) -> Matrix:
    return np.isfinite(fact).astype(float)


def _paired(panel: Panel, lag: int) -> tuple[Matrix, Matrix, Matrix]:
    """x, the y of `lag` periods later, and the weight of each pair: 0 where one of them is not known."""
    periods = panel.x.shape[1]
    early, late = slice(0, periods - abs(lag)), slice(abs(lag), periods)
    of_x, of_y = (early, late) if lag >= 0 else (late, early)
    x, y, weight = panel.x[:, of_x], panel.y[:, of_y], panel.weight[:, of_y]
    return x, y, np.where(np.isfinite(x) & np.isfinite(y), weight, 0.0)


def centred(groups: Groups | None, weight: Matrix, *facts: Matrix) -> list[Matrix]:
    """Each fact without the level of its unit and of its group's period, solved for; 0 where nothing is known."""
    if groups is None:
        return _centred(weight, *facts)
    found = [np.zeros_like(weight) for _ in facts]
    for group in np.unique(groups):
        own = groups == group
        for whole, part in zip(found, _centred(weight[own], *(fact[own] for fact in facts)), strict=True):
            whole[own] = part
    return found


def _centred(weight: Matrix, *facts: Matrix) -> list[Matrix]:
    """Of one group, exactly. The units' levels are taken out of the normal equations: these are as many as periods.

    Where units are fewer, the two change places: it is the same, with fewer equations.
    """
    if weight.shape[0] < weight.shape[1]:
        return [fact.T for fact in _centred(weight.T, *(fact.T for fact in facts))]
    known = weight > 0
    of_units, of_periods = np.maximum(weight.sum(axis=1), _NOTHING), weight.sum(axis=0)
    shares = weight / of_units[:, None]
    among = np.diag(of_periods) - weight.T @ shares
    # one level is free, and more where periods have no unit in common: a trace of a ridge settles these
    among[np.diag_indices_from(among)] += RIDGE * max(float(of_periods.max(initial=0.0)), 1.0)
    filled = [np.where(known, fact, 0.0) for fact in facts]
    means = [(weight * fact).sum(axis=1) / of_units for fact in filled]
    left = [(weight * fact).sum(axis=0) - weight.T @ mean for fact, mean in zip(filled, means, strict=True)]
    levels = np.linalg.solve(among, np.column_stack(left)).T
    return [
        (fact - (mean - shares @ level)[:, None] - level[None, :]) * known
        for fact, mean, level in zip(filled, means, levels, strict=True)
    ]


def _by_units(products: Matrix, squares: Matrix, lag: int, cells: int) -> Slope | None:
    whole = float(squares.sum())
    units = int((squares > _NOTHING * whole).sum()) if whole > 0 else 0
    if units < FEWEST_UNITS:
        return None
    value = float(products.sum()) / whole
    left = whole - squares
    without = np.where(left > _NOTHING * whole, (products.sum() - products) / np.where(left > 0, left, 1.0), value)
    error = float(np.sqrt((units - 1) / units * ((without - value) ** 2).sum()))
    if error == 0:
        return None
    # units that vary little are hardly witnesses: as many count as would vary alike
    freedom = max(2.0, whole**2 / float((squares**2).sum()) - 1)
    t, reach = value / error, -float(stdtrit(freedom, TAIL)) * error
    p = 2 * float(stdtr(freedom, -abs(t)))
    return Slope(lag, value, value - reach, value + reach, t, p, units, cells, freedom)


def _grams(x: Matrix, y: Matrix, lags: Sequence[int]) -> list[Matrix]:
    """For each lag, the sum of products of every unit's course of x with every unit's course of y."""
    periods = x.shape[1]
    found = []
    for lag in lags:
        early, late = slice(0, periods - abs(lag)), slice(abs(lag), periods)
        of_x, of_y = (early, late) if lag >= 0 else (late, early)
        found.append(x[:, of_x] @ y[:, of_y].T)
    return found


def _dealt(grams: list[Matrix], seed: int) -> float | None:
    if not grams:
        return None
    stack = np.stack(grams)
    units = np.arange(stack.shape[1])
    if (np.abs(stack[:, units, units]).max(axis=0) > 0).sum() < FEWEST_UNITS:
        return None
    rng = np.random.default_rng(seed)
    best = np.empty(0)
    for draws in (FIRST_DRAWS, DRAWS - FIRST_DRAWS):
        deals = np.argsort(rng.random((draws, len(units))), axis=1)
        best = np.concatenate([best, _best(stack, deals if len(best) else np.vstack([units, deals]))])
        p = float((best >= best[0] - _NOTHING).mean())
        if p > FAR_FROM_NEWS:
            break
    return p


def _best(stack: Matrix, deals: NDArray[np.intp]) -> Matrix:
    """For each deal (which unit's course of x each unit gets), the strength of the link at its best lag."""
    units = stack.shape[1]
    places = (deals * units + np.arange(units)).ravel()
    best = np.zeros(len(deals))
    for gram in stack:
        drawn = gram.ravel().take(places).reshape(deals.shape)
        spread = np.sqrt(np.einsum("du,du->d", drawn, drawn))
        best = np.maximum(best, np.abs(drawn.sum(axis=1)) / np.where(spread > 0, spread, np.inf))
    return best
