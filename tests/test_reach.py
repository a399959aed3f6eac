"""Where the facts under a total end: a feed that stopped is no fall, weeks without orders are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from lakes import clients, days, lake, order

from data.store import Store
from metrics import board, compute
from metrics.change import Verdict
from metrics.compute import States
from metrics.load import catalogue
from metrics.window import DAY, Window, weeks_back

NOW, BEFORE = days("2026-04-01", "2026-06-30"), days("2025-12-31", "2026-03-31")
WEEKS = weeks_back(NOW.end, 52)
REVENUE = catalogue()["revenue"]


def sold(folder: Path, weeks: list[int], late: str = "") -> Store:
    """Two clients who order for 100 each in these weeks, numbered back from the last one; `late`: a cancelled order."""
    orders = [
        order(f"{name}{back}", name, 100.0 + back, f"{WEEKS[-1 - back].start + DAY} 12:00")
        for back in weeks
        for name in "ab"
    ]
    if late:
        orders.append(order("late", "a", 10.0, late) | {"status": "cancelled"})
    return lake(folder, clients=[*clients("a"), *clients("b", segment="Large")], orders=orders)


def told(store: Store, **filters: tuple[str, ...]) -> board.Tile:
    """What the home page says of revenue."""
    shown = board.board(store, Window((NOW, BEFORE), WEEKS), filters)
    return next(
        tile
        for column in shown.columns
        for tile in (column.headline, *column.tiles)
        if tile and tile.metric == "revenue"
    )


def test_orders_that_stop_for_weeks_are_where_the_facts_end(tmp_path: Path) -> None:
    """Every week had orders until seven ago: not comparable, whoever is chosen, though one was cancelled yesterday."""
    store = sold(tmp_path, list(range(7, 40)), late="2026-06-29 12:00")

    for filters in ({}, {"segment": ("Large",)}):
        one = told(store, **filters)
        assert (one.facts_end, one.change.difference, one.verdict) == (WEEKS[-8].last, None, Verdict.UNKNOWN)


def test_weeks_without_orders_are_no_end_where_they_are_usual(tmp_path: Path) -> None:
    """Who sells every fourth week has three empty weeks at the end as before, and no end of facts."""
    assert told(sold(tmp_path, list(range(3, 50, 4)), late="2026-06-29 12:00")).facts_end is None


def test_a_week_without_orders_counts_as_nothing() -> None:
    """About 1,000 a week, then in every other week only: half is gone, which the weeks that did sell do not show."""
    sold_of = [1000.0 + at % 3 for at in range(12)]
    course = [(False, States({"amount": amount, "n": 9.0})) for amount in sold_of]
    course += [
        (True, States({"amount": amount, "n": 9.0}) if at % 2 else States()) for at, amount in enumerate(sold_of)
    ]
    before, after = (
        compute.merged(REVENUE, [part for is_after, part in course if is_after == of]) for of in (False, True)
    )

    assert (compute.compare(REVENUE, before, after, course).p or 1) < 0.01


def test_seldom_orders_that_only_come_as_they_come_are_seldom_news() -> None:
    """Of 400 clients who order every second week on average, at most 6 % are told of a change that is none."""
    rng = np.random.default_rng(3)
    claimed = 0
    for _ in range(400):
        weeks = [float(rng.gamma(2, 50, rng.poisson(0.7)).sum()) for _ in range(26)]
        course = [(at >= 13, States({"amount": w, "n": 1.0}) if w else States()) for at, w in enumerate(weeks)]
        whole = [compute.merged(REVENUE, [part for is_after, part in course if is_after == of]) for of in (False, True)]
        claimed += (compute.compare(REVENUE, *whole, course).p or 1) < 0.05

    assert claimed <= 24
