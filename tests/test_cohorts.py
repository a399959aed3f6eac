"""Do clients come back: cohorts by first order, what is not over yet, and whose first order is not known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lakes import days, lake

from metrics import cohorts
from metrics.change import Verdict
from metrics.cohorts import Cohorts
from metrics.window import Window

WINDOW = Window((days("2026-04-01", "2026-06-30"), days("2026-01-01", "2026-03-31")))


def asked(home: Path, ordered: dict[str, Sequence[str]], since: dict[str, str], **more: Any) -> Cohorts:
    """The cohorts of these orders: client -> days; since: client -> first day as a client, where it is known."""
    orders = [
        {"order_id": f"{name}-{i}", "client_id": name, "ordered_at": f"{at} 10:00", "amount": 1, "status": "fulfilled"}
        for name, dates in ordered.items()
        for i, at in enumerate(dates)
    ]
    known = [{"client_id": name, "name": name, "segment": "Small", "since_on": since.get(name, "")} for name in ordered]
    window = more.pop("window", WINDOW)
    return cohorts.again(lake(home, clients=known, orders=orders, **more), window, {})


def shares(found: Cohorts) -> dict[tuple[date, int], float | None]:
    return {(one.start, cell.age): cell.reading.value for one in found.cohorts for cell in one.cells if cell.is_over}


def new(names: Sequence[str], at: str = "2025-01-15") -> dict[str, str]:
    return dict.fromkeys(names, at)


def test_a_cohort_is_the_quarter_of_the_first_order_and_counts_who_ordered_again(tmp_path: Path) -> None:
    """Two orders in one quarter are one return, those of the first quarter none; a quarter skipped is none."""
    q1, q2 = [f"a{i}" for i in range(5)], [f"b{i}" for i in range(5)]
    ordered: dict[str, Sequence[str]] = {name: ["2025-02-01"] for name in q1} | {name: ["2025-05-01"] for name in q2}
    ordered["a0"] = ["2025-01-20", "2025-03-31", "2025-04-01", "2025-06-30", "2025-10-01"]
    ordered["a1"] = ["2025-02-01", "2025-12-31"]
    ordered["b0"] = ["2025-04-01", "2025-07-01"]
    ordered["began"] = ["2025-01-01", "2026-06-30"]
    found = asked(tmp_path, ordered, new([*q1, *q2]))

    assert found.months == 3
    assert [(one.start, one.clients) for one in found.cohorts] == [(date(2025, 1, 1), 5), (date(2025, 4, 1), 5)]
    first, second = date(2025, 1, 1), date(2025, 4, 1)
    expected = {(first, 1): 0.2, (first, 2): 0.0, (first, 3): 0.4, (first, 4): 0.0, (first, 5): 0.0}
    expected |= {(second, 1): 0.2, (second, 2): 0.0, (second, 3): 0.0, (second, 4): 0.0}
    assert shares(found) == expected
    assert [(cell.age, cell.hits, cell.reading.n) for cell in found.whole][:3] == [(1, 2, 10), (2, 0, 10), (3, 2, 10)]


def test_a_quarter_that_is_not_over_is_no_drop(tmp_path: Path) -> None:
    """In May nobody knows yet who orders in the second quarter: such a cell is marked and counts in no sum."""
    names = [f"a{i}" for i in range(6)]
    ordered: dict[str, Sequence[str]] = {name: ["2025-10-05", "2026-01-05"] for name in names}
    ordered["a0"] = [*ordered["a0"], "2026-05-01"]
    ordered |= {f"c{i}": ["2026-04-20"] for i in range(5)}
    window = Window((days("2026-05-01", "2026-05-31"), days("2026-04-01", "2026-04-30")))
    ordered["began"] = ["2024-01-01"]
    found = asked(tmp_path, ordered, new(list(ordered)[:-1], "2025-09-01"), window=window)

    old, forming = found.cohorts[-2], found.cohorts[-1]
    assert [(cell.age, cell.is_over, cell.hits) for cell in old.cells] == [(1, True, 6), (2, False, 1)]
    assert (forming.clients, forming.is_forming, forming.cells) == (5, True, ())
    assert [(cell.age, cell.hits) for cell in found.whole if cell.age == 2 and cell.reading.n > 1] == []


def test_a_feed_that_stopped_is_no_client_that_left(tmp_path: Path) -> None:
    """Orders known until mid-February: the first quarter of the year is not over, though the lake goes on to June."""
    names = [f"a{i}" for i in range(5)]
    found = asked(tmp_path, {name: ["2025-10-05", "2026-02-10"] for name in names}, new(names, "2025-10-05"))

    assert [(cell.age, cell.is_over) for cell in found.cohorts[0].cells] == [(1, False)]


def test_who_may_have_ordered_before_the_orders_begin_is_left_out_or_marked(tmp_path: Path) -> None:
    """Clients since before the lake, or first seen in its first quarter, are not new; for a year others may not be."""
    ordered: dict[str, Sequence[str]] = {"began": ["2025-01-01", "2026-06-30"]}
    ordered |= {f"old{i}": ["2025-08-01"] for i in range(3)}
    ordered |= {f"unknown{i}": ["2025-08-02"] for i in range(5)}
    ordered |= {f"late{i}": ["2026-02-02"] for i in range(5)}
    ordered |= {f"sure{i}": ["2025-02-02"] for i in range(5)}
    since = new([f"old{i}" for i in range(3)], "2024-12-31") | new([f"sure{i}" for i in range(5)], "2025-01-01")
    found = asked(tmp_path, ordered, since)

    assert (found.known_before, found.unsure) == (3, 1)
    assert [(one.start, one.clients, one.is_marked) for one in found.cohorts] == [
        (date(2025, 1, 1), 5, False), (date(2025, 7, 1), 5, True), (date(2026, 1, 1), 5, False),
    ]  # fmt: skip
    assert {cell.reading.n for cell in found.whole if cell.age == 1} == {10}


def test_few_new_clients_are_put_together_by_half_years(tmp_path: Path) -> None:
    """Three a quarter are too few to say anything of; six in a half-year are not."""
    ordered: dict[str, Sequence[str]] = {"began": ["2024-01-01", "2026-06-30"]}
    for quarter, day in enumerate(("2025-01-05", "2025-04-05", "2025-07-05", "2025-10-05")):
        ordered |= {f"{quarter}-{i}": [day, "2026-01-05"] for i in range(3)}
    found = asked(tmp_path, ordered, new(list(ordered)[1:], "2025-01-01"))

    assert found.months == 6
    assert [(one.start, one.clients) for one in found.cohorts] == [(date(2025, 1, 1), 6), (date(2025, 7, 1), 6)]
    assert shares(found) == {(date(2025, 1, 1), 1): 0.0, (date(2025, 1, 1), 2): 1.0, (date(2025, 7, 1), 1): 1.0}


@pytest.mark.parametrize(("returned", "verdict"), [(9, Verdict.WORSE), (16, Verdict.NO_REAL_CHANGE)])
def test_a_cohort_stands_out_only_beyond_chance(tmp_path: Path, returned: int, verdict: Verdict) -> None:
    """Nine of twenty against thirty-two of forty is news, though not against all sixty; sixteen of twenty is none."""
    ordered: dict[str, Sequence[str]] = {"began": ["2024-01-01"]}
    for quarter, (day, then) in enumerate(
        (("2025-01-05", "2025-04-05"), ("2025-04-05", "2025-07-05"), ("2025-07-05", "2025-10-05"))
    ):
        back = returned if quarter == 2 else 16
        ordered |= {f"{quarter}-{i}": [day, then] if i < back else [day] for i in range(20)}
    ordered["later"] = ["2026-04-01"]
    window = Window((days("2025-10-01", "2025-12-31"), days("2025-07-01", "2025-09-30")))
    found = asked(tmp_path, ordered, new(list(ordered)[1:], "2025-01-01"), window=window)

    assert found.cohorts[2].cells[0].verdict == verdict
    assert all(one.start.year == 2025 for one in found.cohorts)


def test_without_orders_there_are_no_cohorts(tmp_path: Path) -> None:
    """Nothing is known, and nothing claimed."""
    assert cohorts.again(lake(tmp_path), WINDOW, {}).cohorts == ()
