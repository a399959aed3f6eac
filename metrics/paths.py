"""Where the journey breaks: the ways that orders took through the stages, and the score each ends with."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from data.store import Store
from metrics import change, clients, compose
from metrics.change import Change
from metrics.intervals import TAIL, Interval
from metrics.load import model_sql
from metrics.window import DAY, Window

MOST = 10
FEWEST = 5  # answers below which no score is told, and clients below which two ways are not told apart
BLOCKS = 1000  # clients are put together into at most so many witnesses
WORST, BEST = 1.0, 5.0  # csat

Sums: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]  # by block: answers, their scores added up


@dataclass(frozen=True)
class Path:
    """One way. `stages`, and which of them were `late`, in the order of the journey; `days`: the mean of closed orders.

    `score`: mean of the last csat answer to each order, with where it lies; None below five answers. `is_worse`: really
    lower than that of all other ways together, all ways shown judged together by Holm's rule. Orders of one client hang
    together: what is sure is told by clients, not by orders.
    """

    stages: tuple[str, ...]
    late: tuple[str, ...]
    orders: int
    days: float | None
    scored: int
    score: float | None
    low: float | None
    high: float | None
    is_worse: bool


@dataclass(frozen=True)
class Paths:
    """The ways most orders took, `orders` in all, of which `unseen` took rarer ones. `score`: the mean of all.

    `is_known`: whether the company's cases name the orders they serve.
    """

    paths: tuple[Path, ...]
    orders: int
    unseen: int
    score: float | None
    is_known: bool


def _tuple(bits: int, stages: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(stage for at, stage in enumerate(stages) if bits >> at & 1)


def paths(store: Store, window: Window, filters: compose.Filters) -> Paths:
    """The ways that orders placed in the period looked at took. Raises: StrataError without a lake; QueryTooLong."""
    manifest = store.lake()
    period, stages = window.whole[0], tuple(stage.id for stage in manifest.stages)
    values = {"from": period.start, "to": period.end, "now": manifest.last_day + DAY, "stages": list(stages)}
    asked = clients.chosen(filters)
    found_rows = store.query(
        f"with chosen as not materialized ({asked.sql})\nselect * from (\n{model_sql('paths')})",
        values | asked.values | {"blocks": BLOCKS},
    )
    rows: list[dict[str, Any]] = [{str(key): one for key, one in row.items()} for row in found_rows.to_dict("records")]
    shown = rows[:MOST]
    whole = _summed(rows)
    parts = [_summed([row]) for row in shown]
    tests = [_apart((whole[0] - mine[0], whole[1] - mine[1]), mine) for mine in parts]
    found = []
    for row, mine, test, p in zip(shown, parts, tests, change.holm([test.p for test in tests]), strict=True):
        scored = int(mine[0].sum())
        told = scored >= FEWEST
        between = _between(mine) if told else None
        is_worse = p is not None and p < change.ALPHA and test.difference is not None and test.difference < 0
        found.append(
            Path(
                stages=_tuple(int(row["passed"]), stages),
                late=_tuple(int(row["late"]), stages),
                orders=int(row["orders"]),
                days=float(row["days"]) / int(row["closed"]) if row["closed"] else None,
                scored=scored,
                score=float(mine[1].sum()) / scored if told else None,
                low=between.low if between else None,
                high=between.high if between else None,
                is_worse=is_worse,
            )
        )
    orders = sum(int(row["orders"]) for row in rows)
    is_known = bool(rows) or _names_orders(store)
    seen = sum(path.orders for path in found)
    n, total = (float(part.sum()) for part in whole)
    return Paths(tuple(found), orders, orders - seen, total / n if n >= FEWEST else None, is_known)


def _summed(rows: list[dict[str, Any]]) -> Sums:
    """The answers of these ways by block of clients."""
    n, total = np.zeros(BLOCKS), np.zeros(BLOCKS)
    for row in rows:
        blocks = np.asarray(row["blocks"], dtype=np.int64)
        np.add.at(n, blocks, np.asarray(row["scored"], dtype=float))
        np.add.at(total, blocks, np.asarray(row["scores"], dtype=float))
    return n, total


def _apart_from_mean(sums: Sums) -> tuple[float, NDArray[np.float64], int]:
    """The mean, how far each block moves it, allowing for so few blocks, and how many blocks there are."""
    n, total = sums
    blocks = int((n > 0).sum())
    mean = float(total.sum() / n.sum())
    return mean, (total - mean * n) / n.sum() * math.sqrt(blocks / max(1, blocks - 1)), blocks


def _between(sums: Sums) -> Interval | None:
    """Where the mean lies with 95 % confidence, each block of clients one witness; None where they do not differ."""
    mean, moved, blocks = _apart_from_mean(sums)
    error = math.sqrt(float(moved @ moved))
    if blocks < 2 or error == 0:
        return None
    reach = -float(stdtrit(blocks - 1, TAIL)) * error
    return Interval(max(WORST, mean - reach), min(BEST, mean + reach))


def _apart(rest: Sums, mine: Sums) -> Change:
    """Whether the mean of one way really differs from that of the rest: t, each block of clients one witness.

    A client with orders of both kinds counts against itself. Degrees of freedom by the side with fewer clients; no test
    below five on either. Source: Liang and Zeger 1986; Cameron and Miller 2015.
    """
    if min((sums[0] > 0).sum() for sums in (rest, mine)) < FEWEST:
        return Change(None)
    (mean_rest, moved_rest, n_rest), (mean, moved, n) = _apart_from_mean(rest), _apart_from_mean(mine)
    error = float(np.linalg.norm(moved - moved_rest))
    if error == 0:
        return Change(mean - mean_rest)
    t = (mean - mean_rest) / error
    return Change(mean - mean_rest, t, float(2 * stdtr(min(n, n_rest) - 1, -abs(t))))


def _names_orders(store: Store) -> bool:
    return bool(len(store.kept("select 1 from cases where order_id is not null limit 1", {})))
