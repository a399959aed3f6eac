"""How sure a split of a number is when the rows of one client hang together: clients are the witnesses, not their rows.

A client's segment, region and industry are one fact of the client, however often it answered. So every doubt here is
told by leaving out one client at a time (jackknife); clients are put together by chance into at most 1000 blocks.
The same holds for a whole that moved: where clients differ and answer unequally often, its rows look too sure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from data.store import Store
from metrics import ask, compose, scan
from metrics.change import Change
from metrics.declare import Metric, State
from metrics.intervals import TAIL
from metrics.load import catalogue, model_sql
from metrics.window import Period, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCKS = 1000
FEWEST_CLIENTS = 10  # with fewer, how clients differ cannot be told from chance
FEWEST_OF_GROUP = 5
# Of each kind: what is added up, and what it is divided by.
TERMS = {
    "nps": ({"promoters": 100.0, "detractors": -100.0}, "n"),
    "share": ({"hits": 1.0}, "n"),
    "mean": ({"total": 1.0}, "n"),
    "ratio": ({"y": 1.0}, "x"),
}

Matrix: TypeAlias = "NDArray[np.float64]"


@dataclass(frozen=True)
class Doubt:
    """A number that clients vouch for: its standard error, and how many clients' worth of freedom that stands on."""

    value: float
    error: float
    freedom: float

    @property
    def reach(self) -> float:
        """Half of its 95 % interval."""
        return -float(stdtrit(self.freedom, TAIL)) * self.error

    @property
    def p(self) -> float | None:
        """How often chance alone leads as far from 0; None where no client differs from another."""
        return 2 * float(stdtr(self.freedom, -abs(self.value / self.error))) if self.error > 0 else None


@dataclass(frozen=True)
class Witnesses:
    """The sums of each client. `y`, `x`: shape: periods (before, now) x groups x blocks of clients; value = y / x."""

    groups: tuple[str | None, ...]
    y: Matrix
    x: Matrix

    @property
    def count(self) -> int:
        """How many there are."""
        return int((self.x.sum(axis=(0, 1)) > 0).sum())

    def parts(self) -> tuple[Doubt, Doubt] | None:
        """Performance and mix (see metrics.delta), weights as much in doubt as values: both depend on who answered.

        None with fewer than 10 clients.
        """
        if self.count < FEWEST_CLIENTS:
            return None
        kept = self.x.sum(axis=(0, 1)) > 0
        y, x = self.y[:, :, kept], self.x[:, :, kept]
        whole = _split(y.sum(axis=2)[..., None], x.sum(axis=2)[..., None])
        without = _split(_without(y), _without(x))
        performance, mix = (_jackknife(float(one[0]), left) for one, left in zip(whole, without, strict=True))
        return (performance, mix) if performance and mix else None

    def change(self, group: str | None) -> Doubt | None:
        """How a group's own value moved; None with fewer than 5 clients in one of the periods."""
        at = self.groups.index(group)
        return difference(self.y[0, at], self.x[0, at], self.y[1, at], self.x[1, at])

    def between(self, first: str | None, other: str | None) -> Doubt | None:
        """How far the other group is above the first one now; None with fewer than 5 clients in one of them."""
        a, b = self.groups.index(first), self.groups.index(other)
        return difference(self.y[1, a], self.x[1, a], self.y[1, b], self.x[1, b])


def _without(sums: Matrix) -> Matrix:
    """The sums of all clients but one, for each one."""
    left: Matrix = sums.sum(axis=2, keepdims=True) - sums
    return np.where(np.abs(left) > 1e-9, left, 0.0)


def _split(y: Matrix, x: Matrix) -> tuple[Matrix, Matrix]:
    """Performance and mix; a group of one period only keeps the value it has, as metrics.delta has it."""
    known = x > 0
    value = np.where(known, y / np.where(known, x, 1.0), 0.0)
    value = np.where(known, value, value[::-1])
    total = x.sum(axis=1, keepdims=True)
    share = x / np.where(total > 0, total, np.nan)
    change: Matrix = (share[1] * value[1] - share[0] * value[0]).sum(axis=0)
    performance: Matrix = ((share[0] + share[1]) / 2 * (value[1] - value[0])).sum(axis=0)
    return performance, change - performance


def _jackknife(value: float, without: Matrix) -> Doubt | None:
    """Source: Efron and Stein 1981; the freedom falls where few clients make most of the doubt (Satterthwaite 1946)."""
    if not np.isfinite(without).all():
        return None
    squares = (without - without.mean()) ** 2
    error = float(np.sqrt((len(without) - 1) / len(without) * squares.sum()))
    fourth = float((squares**2).sum())
    freedom = max(2.0, float(squares.sum()) ** 2 / fourth - 1) if fourth > 0 else len(without) - 1.0
    return Doubt(value, error, freedom)


def difference(y_a: Matrix, x_a: Matrix, y_b: Matrix, x_b: Matrix) -> Doubt | None:
    """How far the second is above the first, each by its clients' sums; None with fewer than 5 clients in one of them.

    A client may stand in both: it is left out of both at once.
    """
    if min(int((x > 0).sum()) for x in (x_a, x_b)) < FEWEST_OF_GROUP:
        return None
    kept = (x_a > 0) | (x_b > 0)
    y, x = np.stack([y_a[kept], y_b[kept]]), np.stack([x_a[kept], x_b[kept]])
    left_y, left_x = y.sum(axis=1, keepdims=True) - y, x.sum(axis=1, keepdims=True) - x
    means = left_y / left_x
    whole = y.sum(axis=1) / x.sum(axis=1)
    return _jackknife(float(whole[1] - whole[0]), means[1] - means[0])


def witnesses(
    store: Store,
    metric: Metric,
    periods: Window,
    filters: Mapping[str, tuple[str, ...]],
    by: str,
    groups: Sequence[str | None],
    rest: str | None,
) -> Witnesses:
    """The sums of the chosen clients by group, in the period looked at and the one before.

    `groups`: those shown; all others go into `rest`. Raises: StrataError without a lake; QueryTooLong.
    """  # fmt: skip
    rows = by_block(store, [metric], periods, ask.known(metric, filters), (by,))
    names = list(groups) if rest in groups else [*groups, rest]
    places = {name: at for at, name in enumerate(names)}
    of_group = np.array([places.get(one, places[rest]) for one in named(rows, by)], dtype=int)
    y, x = gathered(rows, metric, periods, of_group, len(names))
    return Witnesses(tuple(names), y, x)


@dataclass(frozen=True)
class Claim:
    """A change of a metric that its rows alone would call real. `split`, `group`: of which group; () of all."""

    metric: str
    split: tuple[str, ...]
    group: ask.Group
    change: Change


def is_of_clients(metric: Metric) -> bool:
    """Whether a metric counts many rows of one client; employees' are of people, and others have one row a client."""
    is_told = metric.interval in TERMS or metric.is_binned
    return is_told and metric.layer != "employee" and metric.at != "period"


def counted(metric: Metric, test: Change) -> Metric:
    """The metric by which a test judges: of a median or another quantile the share of rows above the test's mark.

    Other metrics are judged by themselves. Source: change.quantile.
    """
    if not metric.is_binned or test.mark is None:
        return metric
    of = metric.states["bins"].bin_sql
    states = {
        "hits": State("hits", "count", "*", f"{of} > {test.mark}"),
        "n": State("n", "count", "*", f"{of} is not null"),
    }
    return replace(metric, id=f"{metric.id}_above_{test.mark}".replace("-", "minus_"), interval="share", states=states)


def surer(
    store: Store, periods: Window, filters: Mapping[str, tuple[str, ...]], claims: Sequence[Claim]
) -> list[Change]:
    """Each claim asked again by clients, with one scan for all claims of a model: of rows and clients the one that
    doubts more is believed. Only claims are asked: whatever rows do not call real, clients cannot make so.

    With fewer than 5 clients in one of the periods nothing is said. Raises: StrataError without a lake; QueryTooLong.
    """
    scans: dict[tuple[str, str, str], list[int]] = {}
    found = [claim.change for claim in claims]
    for at, claim in enumerate(claims):
        metric = catalogue()[claim.metric]
        if is_of_clients(metric):
            scans.setdefault((metric.model, metric.at, repr(ask.known(metric, filters))), []).append(at)
    for places in scans.values():
        judged = {at: counted(catalogue()[claims[at].metric], claims[at].change) for at in places}
        metrics = list({one.id: one for one in judged.values()}.values())
        split = tuple(dict.fromkeys(name for at in places for name in claims[at].split))
        rows = by_block(store, metrics, periods, ask.known(metrics[0], filters), split)
        of_row = {name: np.array(named(rows, name), dtype=object) for name in split}
        for at in places:
            mine = np.ones(len(rows), dtype=bool)
            for name, value in zip(claims[at].split, claims[at].group, strict=True):
                mine &= of_row[name] == value
            one = np.zeros(int(mine.sum()), dtype=int)
            y, x = gathered(rows[mine], judged[at], periods, one, 1)
            found[at] = surely(claims[at].change, difference(y[0, 0], x[0, 0], y[1, 0], x[1, 0]))
    return found


def surely(test: Change, by_client: Doubt | None) -> Change:
    """A test of rows and the same by clients: the one that doubts more. No clients enough, nothing said."""
    if by_client is None or test.p is None:
        return Change(test.difference)
    return Change(test.difference, test.z, max(test.p, by_client.p or 0.0))


def by_block(
    store: Store,
    metrics: Sequence[Metric],
    periods: Window,
    filters: compose.Filters,
    splits: tuple[str, ...],
    blocks: int = BLOCKS,
) -> pd.DataFrame:
    """The states of metrics of one model, by the dimensions of `splits` and by block of clients."""
    manifest = store.lake()
    model = f"select *, hash(client_id) % {blocks} as block from (\n{model_sql(metrics[0].model)}\n)"
    asked = compose.question(metrics, periods, filters, (*splits, "block"), manifest.last_day, model)
    values = dict(asked.values) | {
        name: worth for name, worth in scan.company_values(manifest).items() if f"${name}" in asked.sql
    }
    return store.kept(asked.sql, values)


def named(rows: pd.DataFrame, by: str) -> list[str | None]:
    """The group of each row."""
    return [None if pd.isna(one) else str(one) for one in rows[by].to_numpy(dtype=object)]


def gathered(
    rows: pd.DataFrame, metric: Metric, periods: Window, of_group: NDArray[np.int_], groups: int
) -> tuple[Matrix, Matrix]:
    """y and x. Shape: periods (the earliest first) x groups x blocks that have rows."""
    blocks, block = np.unique(rows["block"].to_numpy(dtype=int), return_inverse=True)
    adds, divides = TERMS[metric.interval]
    y = np.zeros(len(rows))
    for name, sign in adds.items():
        y += sign * _column(rows, metric, name)
    x = _column(rows, metric, divides)
    sums = np.zeros((2, len(periods.whole), groups, len(blocks)))
    for side, period in enumerate(reversed(periods.whole)):
        inside = _inside(rows, metric, periods, period)
        for at, column in enumerate((y, x)):
            np.add.at(sums[at, side], (of_group[inside], block[inside]), column[inside])
    return sums[0], sums[1]


def _column(rows: pd.DataFrame, metric: Metric, state: str) -> Matrix:
    found = rows[compose.state_name(metric, state)].to_numpy(dtype=float, na_value=0.0)
    known: Matrix = np.nan_to_num(found)
    return known


def _inside(rows: pd.DataFrame, metric: Metric, periods: Window, period: Period) -> NDArray[np.bool_]:
    if metric.at == "period":
        of_period: NDArray[np.bool_] = rows["period"].to_numpy(dtype=int) == periods.periods.index(period)
        return of_period
    slots = periods.slots(period)
    slot = rows["slot"].to_numpy(dtype=int)
    inside: NDArray[np.bool_] = (slot >= slots.start) & (slot < slots.stop)
    return inside
