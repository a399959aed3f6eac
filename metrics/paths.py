"""Where the journey breaks: the ways that orders took through the stages, and the score each ends with."""

from __future__ import annotations

from dataclasses import dataclass

from data.store import Store
from metrics import change, chosen, compose, intervals
from metrics.window import DAY, Window

MOST = 10
FEWEST = 5  # answers below which no score is told


@dataclass(frozen=True)
class Path:
    """One way. `stages`, and which of them were `late`, in the order of the journey; `days`: the mean of closed orders.

    `score`: mean of the last csat answer to each order, with where it lies; None below five answers. `is_worse`: really
    lower than that of all other ways together, all ways shown judged together by Holm's rule.
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
    rows = chosen.rows(store, "paths", filters, values)
    rows.sort(key=lambda row: (-int(row["orders"]), int(row["passed"]), int(row["late"])))
    shown = rows[:MOST]
    whole = tuple(float(sum(row[name] for row in rows)) for name in ("scores", "squares", "scored"))
    tests = []
    for row in shown:
        mine = tuple(float(row[name]) for name in ("scores", "squares", "scored"))
        rest = tuple(all_ - own for all_, own in zip(whole, mine, strict=True))
        enough = min(mine[2], rest[2]) >= FEWEST
        tests.append(change.mean(rest, mine) if enough else change.Change(None))  # type: ignore[arg-type]
    found = []
    for row, test, p in zip(shown, tests, change.holm([test.p for test in tests]), strict=True):
        scored = int(row["scored"])
        told = scored >= FEWEST
        between = intervals.mean(float(row["scores"]), float(row["squares"]), scored) if told else None
        is_worse = p is not None and p < change.ALPHA and test.difference is not None and test.difference < 0
        found.append(
            Path(
                stages=_tuple(int(row["passed"]), stages),
                late=_tuple(int(row["late"]), stages),
                orders=int(row["orders"]),
                days=float(row["days"]) / int(row["closed"]) if row["closed"] else None,
                scored=scored,
                score=float(row["scores"]) / scored if told else None,
                low=between.low if between else None,
                high=between.high if between else None,
                is_worse=is_worse,
            )
        )
    orders = sum(int(row["orders"]) for row in rows)
    is_known = bool(rows) or _names_orders(store)
    seen = sum(path.orders for path in found)
    return Paths(tuple(found), orders, orders - seen, whole[0] / whole[2] if whole[2] >= FEWEST else None, is_known)


def _names_orders(store: Store) -> bool:
    return bool(len(store.kept("select 1 from cases where order_id is not null limit 1", {})))
