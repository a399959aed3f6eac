"""One group of clients' rows against all the others, or another, when clients are the witnesses and not their rows.

Leaving out one client at a time (metrics.clustered) is too sure of a small group whose clients happen to be alike:
where one client in ten is lost, six clients without a lost one are no other sort of client. So the side with fewer
clients is also lent the spread of the other side's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from data.store import Store
from metrics import ask, clustered
from metrics.change import Change
from metrics.clustered import FEWEST_CLIENTS, Doubt
from metrics.declare import Metric
from metrics.window import Period, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

SINGLE = 200_000  # blocks so many that one holds one client, as a rule: spread is lent from client to client
NEARLY_EQUAL = 1e-3  # clients whose numbers of rows vary less (as a square) are taken as of one size

Matrix: TypeAlias = "NDArray[np.float64]"


@dataclass(frozen=True)
class Sides:
    """The sums of each client in one period. Shape of `y`, `x`: groups x clients; a group's value = y / x."""

    groups: tuple[str | None, ...]
    y: Matrix
    x: Matrix

    def doubts(self, group: str | None) -> tuple[Doubt, Doubt] | None:
        """How far a group is above all the others together: one client left out at a time, and with spread lent.

        None with fewer than 5 clients on one of the sides.
        """
        at = self.groups.index(group)
        return _doubts(_less(self.y, at), _less(self.x, at), self.y[at], self.x[at])

    def between(self, first: str | None, other: str | None) -> tuple[Doubt, Doubt] | None:
        """How far the other group is above the first one, in both ways; None with fewer than 5 clients in one."""
        a, b = self.groups.index(first), self.groups.index(other)
        return _doubts(self.y[a], self.x[a], self.y[b], self.x[b])

    def surer(self, group: str | None, test: Change) -> Change:
        """What rows claim of a group, believed only as far as the most doubtful way to ask its clients goes."""
        return believed(test, self.doubts(group))


def believed(test: Change, doubts: tuple[Doubt, ...] | None) -> Change:
    """A test of rows, as far as the most doubtful way to ask clients goes; without clients enough, nothing said."""
    if doubts is None:
        return Change(test.difference)
    for doubt in doubts:
        test = clustered.surely(test, doubt)
    return test


def _doubts(y_rest: Matrix, x_rest: Matrix, y: Matrix, x: Matrix) -> tuple[Doubt, Doubt] | None:
    sides = (*_counted(y_rest, x_rest), *_counted(y, x))
    by_client = clustered.difference(*sides)
    return (by_client, _lent(*sides)) if by_client else None


def _less(sums: Matrix, at: int) -> Matrix:
    """The sums of all groups but one."""
    left: Matrix = sums.sum(axis=0) - sums[at]
    return np.where(np.abs(left) > 1e-9, left, 0.0)


def _counted(y: Matrix, x: Matrix) -> tuple[Matrix, Matrix]:
    """Without those who gave back more than they took (x below 0): they weigh nothing."""
    return np.where(x > 0, y, 0.0), np.where(x > 0, x, 0.0)


def _lent(y_rest: Matrix, x_rest: Matrix, y: Matrix, x: Matrix) -> Doubt:
    """The difference when the clients of both sides vary as those do on the side that has more of them.

    What sets a client apart is on both sides where its rows are, and cancels as far as it weighs the same there.
    """
    more = (y_rest, x_rest) if (x_rest > 0).sum() >= (x > 0).sum() else (y, x)
    mine, rest = x / x.sum(), x_rest / x_rest.sum()
    rows, clients = float((mine / x.sum() + rest / x_rest.sum()).sum()), float(((mine - rest) ** 2).sum())
    square = max(a * rows + b * clients for a, b in _spreads(*_known(*more), _of_rows(y_rest, x_rest, y, x)))
    return Doubt(
        float(y.sum() / x.sum() - y_rest.sum() / x_rest.sum()), float(np.sqrt(square)), int((more[1] > 0).sum()) - 1.0
    )


def _known(y: Matrix, x: Matrix) -> tuple[Matrix, Matrix]:
    """The sums of those who have rows."""
    return y[x > 0], x[x > 0]


def _of_rows(y_rest: Matrix, x_rest: Matrix, y: Matrix, x: Matrix) -> float | None:
    """How rows of a client vary, told by clients who are on both sides; None with fewer than ten of them."""
    both = (x > 0) & (x_rest > 0)
    n = int(both.sum())
    if n < FEWEST_CLIENTS:
        return None
    apart = y[both] / x[both] - y_rest[both] / x_rest[both]
    return float(((apart - apart.mean()) ** 2).sum() * n / (n - 1) / (1 / x[both] + 1 / x_rest[both]).sum())


def _spreads(y: Matrix, x: Matrix, of_rows: float | None) -> list[tuple[float, float]]:
    """How clients with these sums vary: the variance of the sum of one with x rows is a x + b x^2.

    a: rows differ; b: clients do. They make the squares, and the squares per row, come out as found. Where all clients
    have as many rows that tells nothing of a, which is then taken from `of_rows`; without that, both that it is all
    rows and that it is all clients.
    """
    n = len(x)
    squares = (y - y.sum() / x.sum() * x) ** 2 * n / (n - 1)
    whole, per_row, rows, pairs = (float(one.sum()) for one in (squares, squares / x, x, x**2))
    only_rows, only_clients = (whole / rows, 0.0), (0.0, whole / pairs)
    apart = n * pairs - rows**2
    if apart <= NEARLY_EQUAL * n * pairs:
        if of_rows is not None:
            return [(of_rows, max(0.0, (whole - of_rows * rows) / pairs))]
        return [only_rows, only_clients]
    a, b = (per_row * pairs - whole * rows) / apart, (n * whole - rows * per_row) / apart
    return [only_clients if a < 0 else only_rows if b < 0 else (a, b)]


def surer(
    store: Store,
    now: Period,
    filters: Mapping[str, tuple[str, ...]],
    metric: Metric,
    by: str,
    groups: Sequence[str | None],
    claims: Mapping[str | None, Change],
) -> dict[str | None, Change]:
    """Each claim that a group differs from all the others, asked again by clients, with one scan.

    `groups`: all that are compared. Of rows and clients, whichever doubts more is believed; with fewer than 5 clients
    in the group or in the rest nothing is said. Raises: StrataError without a lake; QueryTooLong.
    """
    of_all = next(iter(claims.values()))  # the mark of a median is that of all groups together, one for all claims
    found = sides(store, now, filters, clustered.counted(metric, of_all), by, groups)
    return {group: found.surer(group, test) for group, test in claims.items()}


def sides(
    store: Store,
    now: Period,
    filters: Mapping[str, tuple[str, ...]],
    metric: Metric,
    by: str,
    groups: Sequence[str | None],
) -> Sides:
    """The sums of each chosen client by group. Raises: StrataError without a lake; QueryTooLong."""
    window = Window((now,))
    rows = clustered.by_block(store, [metric], window, ask.known(metric, filters), (by,), SINGLE)
    places = {group: at for at, group in enumerate(groups)}
    of_group = np.array([places.get(name, -1) for name in clustered.named(rows, by)], dtype=int)
    y, x = clustered.gathered(rows[of_group >= 0], metric, window, of_group[of_group >= 0], len(groups))
    return Sides(tuple(groups), y[0], x[0])
