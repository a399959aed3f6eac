"""Whether the facts can be trusted: how complete, how fresh, what was rejected, and what nobody may read even then."""

from __future__ import annotations

import json
from datetime import date

import pandas as pd
from company import ROWS, Company, rows

from data import lake, quality

COUNTS = lake.Counts(10, 9, 1, None, "2026-06-01")


def test_a_rejected_row_is_shown_whole(company: Company) -> None:
    """Where it stood, what is wrong with it, and all that stood beside it, so that it can be found and corrected."""
    company.export_all(orders=rows("orders", amount="many", category="tools"))
    company.build()
    found = quality.rejects(company.store(), "orders").iloc[0]

    assert (found["row"], found["column"], found["value"], found["reason"]) == (2, "amount", "many", "not an amount")
    assert json.loads(found["record"])["category"] == "tools"
    assert json.loads(found["record"])["order_id"] == "O2"


def test_what_an_employee_answered_is_not_shown_even_when_it_is_wrong(company: Company) -> None:
    """A rejected pulse answer has a row and a reason, but neither the score nor whose it was."""
    company.export_all(pulse=rows("pulse", score="77"))
    company.build()
    found = quality.rejects(company.store(), "pulse")

    assert len(found) == 1
    assert "off the scale" in found["reason"].iloc[0] or "above" in found["reason"].iloc[0]
    assert found[["value", "record"]].isna().all(axis=None)


def test_clients_nobody_knows_are_counted(company: Company) -> None:
    """By table and client, most frequent first; rows rejected for another reason are not among them."""
    company.export_all(
        orders=rows("orders", client_id="C9"),
        payments=rows("payments", client_id="C9"),
        answers=rows("answers", score="77"),
    )
    company.build()
    found = quality.unmatched(company.store())

    assert sorted(found.itertuples(index=False, name=None)) == [("orders", "C9", 1), ("payments", "C9", 1)]


def test_a_columns_completeness_is_a_share_of_its_rows(company: Company) -> None:
    """One of two clients has a manager; a column no source gives is empty, not complete."""
    company.export_all()
    company.build()
    filled = quality.completeness(company.store(), "clients").set_index("column")["filled"]

    assert filled["client_id"] == 1
    assert filled["manager_id"] == 0.5
    assert filled["industry"] == 0


def test_a_fact_that_some_row_holds_is_known(company: Company) -> None:
    """One step says that it was no rework, so rework is recorded; nobody gives due times, and nothing is invoiced."""
    company.export(**{name: given for name, given in ROWS.items() if name != "payments"})
    company.build()

    known = [
        quality.is_known(company.store(), table, column)
        for table, column in (("steps", "is_rework"), ("steps", "due_at"), ("payments", "amount"))
    ]
    assert known == [True, False, False]


def test_silence_is_measured_against_what_is_usual() -> None:
    """Seven days without orders are usual, eight are not; a table without events is never late."""
    orders = quality.Holding("orders", "transactional", COUNTS, 7)

    assert not orders.is_stale(date(2026, 6, 8))
    assert orders.is_stale(date(2026, 6, 9))
    assert orders.age(date(2026, 5, 1)) == 0
    assert not quality.Holding("clients", "satisfaction", lake.Counts(1, 1, 0), None).is_stale(date(2030, 1, 1))


def test_a_due_date_to_come_is_no_news(company: Company) -> None:
    """Invoices are as fresh as the latest payment; where no payment is known, due dates ahead tell nothing."""
    company.export_all(payments=rows("payments", paid_on="2026-02-20", due_on="2026-04-24"))
    paid = {one.table: one for one in quality.holdings(company.build())}["payments"]
    company.export_all(payments=rows("payments", paid_on="", due_on="2026-04-24"))
    unpaid = {one.table: one for one in quality.holdings(company.build())}["payments"]

    assert (paid.counts.last, paid.age(date(2026, 3, 22))) == ("2026-02-20", 30)
    assert [paid.is_stale(date(2026, 3, day)) for day in (23, 24)] == [False, True]
    assert (unpaid.is_ahead, unpaid.age(date(2026, 12, 31)), unpaid.is_stale(date(2027, 12, 31))) == (True, None, False)


def test_a_table_without_rejects_has_none(company: Company) -> None:
    """Nothing rejected is an empty table, not an error."""
    company.export_all()
    company.build()

    assert quality.rejects(company.store(), "orders").empty
    assert isinstance(quality.unmatched(company.store()), pd.DataFrame)
