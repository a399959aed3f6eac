"""How clients pay: by how late, as it stood when the period had ended, and who owes most now."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lakes import clients, days, lake, reading

from metrics import paying
from metrics.paying import Ageing
from metrics.window import Window

NOW, BEFORE = days("2026-06-01", "2026-06-30"), days("2026-05-01", "2026-05-31")
WINDOW = Window((NOW, BEFORE))


def invoice(due: str, paid: str = "", amount: str = "1.00", client: str = "a") -> dict[str, Any]:
    return {"client_id": client, "amount": amount, "due_on": due, "paid_on": paid}


def payments(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"invoice_id": str(number)} | row for number, row in enumerate(rows)]


def ways(found: Ageing) -> dict[str, tuple[int, Decimal]]:
    return {way.name: (way.invoices, way.amount) for way in found.ways if way.invoices}


def test_invoices_are_parted_by_how_late_they_were_paid(tmp_path: Path) -> None:
    """The due day is on time, the seventh day late is within the week; unpaid is no way of paying late."""
    rows = payments(
        invoice("2026-02-10", "2026-02-10", "0.10"), invoice("2026-02-10", "2026-02-01", "0.20"),
        invoice("2026-02-01", "2026-02-08", "1.00"), invoice("2026-02-01", "2026-02-09", "2.00"),
        invoice("2026-02-01", "2026-03-03", "4.00"), invoice("2026-02-01", "2026-03-04", "8.00"),
        invoice("2026-02-01", "2026-05-02", "16.00"), invoice("2026-02-01", "2026-05-03", "32.00"),
        invoice("2026-02-28", "", "64.00"), invoice("2026-03-01", "", "128.00"),
        {"client_id": "a", "amount": 256, "due_on": "", "paid_on": "2026-02-05"},
    )  # fmt: skip
    store = lake(tmp_path, payments=rows)
    february = days("2026-02-01", "2026-02-28")
    found = paying.paying(store, Window((february, days("2026-01-01", "2026-01-31"))), {})

    assert ways(found.now) == {
        "on_time": (2, Decimal("0.30")), "week": (1, Decimal(1)), "month": (2, Decimal(6)),
        "quarter": (2, Decimal(24)), "longer": (1, Decimal(32)), "unpaid": (1, Decimal(64)),
    }  # fmt: skip
    assert (found.now.invoices, found.now.amount) == (9, Decimal("127.30"))
    share = reading(store, "paid_on_time_share", february)
    assert (share.value, share.n) == (pytest.approx(2 / 9), found.now.invoices)


def test_the_period_before_is_seen_as_it_stood_then(tmp_path: Path) -> None:
    """What was unpaid at the end of May and paid in June was unpaid: else the past always looks better than today."""
    rows = payments(
        invoice("2026-05-20", "2026-06-10"), invoice("2026-05-20", "2026-05-31"), invoice("2026-05-31", "2026-06-01"),
        invoice("2026-06-20", ""),
    )  # fmt: skip
    found = paying.paying(lake(tmp_path, payments=rows), WINDOW, {})

    assert found.before.as_of == date(2026, 6, 1)
    assert ways(found.before) == {"month": (1, Decimal(1)), "unpaid": (2, Decimal(2))}
    assert ways(found.now) == {"unpaid": (1, Decimal(1))}


def test_a_past_period_gives_the_one_before_it_as_long_to_pay(tmp_path: Path) -> None:
    """April is looked at from the end of June, 61 days after it: March too is seen 61 days after its end."""
    rows = payments(invoice("2026-03-10", "2026-05-31"), invoice("2026-03-10", "2026-06-01"), invoice("2026-04-10"))
    window = Window((days("2026-04-01", "2026-04-30"), days("2026-03-01", "2026-03-31")))
    found = paying.paying(lake(tmp_path, payments=rows), window, {})

    assert found.before.as_of == date(2026, 6, 1)
    assert ways(found.before) == {"quarter": (1, Decimal(1)), "unpaid": (1, Decimal(1))}


def test_who_owes_most_comes_first_whenever_it_fell_due(tmp_path: Path) -> None:
    """Old debts count, what is not due yet does not, and what was paid is owed no more."""
    rows = payments(
        invoice("2025-06-01", "", "100.10", "b"), invoice("2026-06-29", "", "0.20", "b"),
        invoice("2026-06-30", "", "70.00", "c"), invoice("2026-07-01", "", "999.00", "c"),
        invoice("2026-06-01", "2026-06-30", "500.00", "a"),
    )  # fmt: skip
    who = [*clients("a"), *clients("b", segment="Large"), *clients("c")]
    found = paying.paying(lake(tmp_path, clients=who, payments=rows), WINDOW, {})

    assert [(one.name, one.segment, one.amount, one.invoices, one.oldest_due_on) for one in found.debtors] == [
        ("b", "Large", Decimal("100.30"), 2, date(2025, 6, 1)), ("c", "Small", Decimal("70.00"), 1, date(2026, 6, 30)),
    ]  # fmt: skip
    assert (found.owed, found.owing) == (Decimal("170.30"), 2)
    assert found.days_owed == pytest.approx(170.30 / 570.20 * 365)  # 570.20 fell due in 365 days
    assert [one.name for one in paying.paying(store_of(tmp_path), WINDOW, {"segment": ("Large",)}).debtors] == ["b"]


def store_of(home: Path) -> Any:
    """The lake a test has built."""
    from data.store import Store

    return Store(home / "data")


def test_whoever_owes_is_named_the_most_first(tmp_path: Path) -> None:
    """Twelve clients owe, and all twelve are named: nothing is cut off silently."""
    names = [f"c{i:02}" for i in range(12)]
    rows = payments(*(invoice("2026-06-10", "", f"{10 + i}.00", name) for i, name in enumerate(names)))
    found = paying.paying(lake(tmp_path, clients=clients(*names), payments=rows), WINDOW, {})

    assert [one.name for one in found.debtors] == names[::-1]
    assert (found.owed, found.owing) == (Decimal(sum(range(10, 22))), 12)
    assert found.days_owed is None  # the invoices do not reach back over a year


def test_without_due_days_nothing_is_said(tmp_path: Path) -> None:
    """A marketplace that is paid at once has no late payers, and no punctual ones either."""
    rows = payments({"client_id": "a", "amount": 5, "due_on": "", "paid_on": "2026-06-05"})
    found = paying.paying(lake(tmp_path, payments=rows), WINDOW, {})

    assert (found.has_due_days, found.now.invoices, found.owing) == (False, 0, 0)


def test_another_stage_has_no_invoices(tmp_path: Path) -> None:
    """Invoices are settled at one stage; chosen together with it or not at all, they count."""
    store = lake(tmp_path, payments=payments(invoice("2026-06-10")))

    assert paying.paying(store, WINDOW, {"stage": ("order",)}).is_elsewhere
    assert paying.paying(store, WINDOW, {"stage": ("order",)}).now.invoices == 0
    assert reading(store, "paid_on_time_share", NOW, stage=("order",)).n == 0
    assert paying.paying(store, WINDOW, {"stage": ("order", "invoicing")}).now.invoices == 1
