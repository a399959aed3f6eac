"""Every row against the contract: rows in = kept + rejected, and each rejected one told with column, value, reason."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from company import ROWS, Company, at, rows

from data import contract

NEEDED_BY = {"steps": ["cases"], "pulse": ["employees"], "skills": ["employees"]}
YEARS = "not between the years 1900 and 2199"

DEFECTS = [
    ("clients", "client_id", "", "empty, but required"),
    ("clients", "client_id", "C1", "the same client_id as in row 1"),
    ("clients", "name", "  ", "empty, but required"),
    ("clients", "since_on", "31.12.2025", "not a date"),
    ("clients", "since_on", "0001-01-01", YEARS),
    ("clients", "wallet_per_year", "much", "not an amount"),
    ("clients", "wallet_per_year", "-0.01", "below 0"),
    ("clients", "closed_on", "2019-01-01", "ends before it begins"),
    ("employees", "hired_on", "2023-02-30", "not a date"),
    ("employees", "left_on", "2022-04-30", "left before being hired"),
    ("employees", "employee_id", "E1", "the same employee_id as in row 1"),
    ("orders", "amount", "12,50", "not an amount"),
    ("orders", "amount", "", "empty, but required"),
    ("orders", "status", "Fulfilled", "not one of open, fulfilled, cancelled"),
    ("orders", "client_id", "C9", "no such row in clients"),
    ("orders", "ordered_at", "2026-03-02 12:00:01", "lies in the future"),
    ("orders", "returned_amount", "250.76", "more returned than was ordered"),
    ("orders", "promised_at", "9999-12-31", YEARS),
    ("payments", "paid_on", "2026-04-01", "lies in the future"),
    ("payments", "due_on", "soon", "not a date"),
    ("cases", "opened_at", "yesterday", "not a date and time"),
    ("cases", "opened_at", "-infinity", YEARS),
    ("cases", "closed_at", "2026-01-11 08:59:59", "closed before it was opened"),
    ("steps", "is_rework", "perhaps", "not true or false"),
    ("steps", "case_id", "K9", "no such row in cases"),
    ("steps", "finished_at", "2026-01-10 10:59:59", "finished before it was started"),
    ("answers", "score", "11", "above 10"),
    ("answers", "score", "-1", "below 0"),
    ("answers", "score", "4.6", "not a whole number"),
    ("answers", "score", "five", "not a whole number"),
    ("answers", "score", "99999999999999999999", "not a whole number"),
    ("answers", "score", "6", "off the scale of its instrument: nps 0-10, csat 1-5, ces 1-7"),
    ("answers", "instrument", "stars", "not one of nps, csat, ces"),
    ("answers", "answered_at", "2026-02-13 10:00:00", None),
    ("answers", "asked_at", "2026-02-15 10:00:01", "asked after it was answered"),
    ("answers", "respondent_role", "boss", "not one of decision maker, influencer, user"),
    ("invitations", "sent_at", "", "empty, but required"),
    ("invitations", "client_id", "", "empty, but required"),
    ("pulse", "score", "6", "off the scale of its instrument: enps 0-10, others 1-5"),
    ("pulse", "employee_id", "E9", "no such row in employees"),
    ("skills", "required_level", "-1", "below 0"),
    ("skills", "skill", "a", "the same employee_id, skill, assessed_on as in row 1"),
    ("contacts", "direction", "sideways", "not one of in, out"),
    ("contacts", "at", "12:00", "not a date and time"),
]


@pytest.mark.parametrize(("table", "column", "value", "reason"), DEFECTS)
def test_defective_row_is_rejected_with_its_reason(company: Company, table, column, value, reason):
    """A row that breaks the contract is set aside with row, column, value as exported and reason; the others stay."""
    needed = {"clients", "answers", *NEEDED_BY.get(table, ())}
    company.export(**({name: ROWS[name] for name in needed} | {table: rows(table, **{column: value})}))

    made = company.build()

    blamed = {("skills", "skill"): ("employee_id", "E1")}.get((table, column), (column, value or None))
    if reason is None:  # the rule blames its own column
        blamed, reason = ("asked_at", "2026-02-14 10:00:00"), "asked after it was answered"
    assert company.rejects(table) == [(2, *blamed, reason)]
    counts = made.tables[table]
    assert (counts.rows_in, counts.kept, counts.rejected) == (2, 1, 1)
    key = contract.tables()[table].key[-1]
    assert company.ask(f"select {key}::varchar from {table}") == [(ROWS[table][0][key],)]


def test_rows_that_hold_are_all_kept(company: Company):
    """Rows in the shape of the contract are kept, all of them, in all eleven tables."""
    company.export_all()

    made = company.build()

    assert {name: (c.rows_in, c.kept, c.rejected) for name, c in made.tables.items()} == dict.fromkeys(ROWS, (2, 2, 0))
    assert list((company.version() / "rejects").iterdir()) == []


def test_row_with_two_defects_is_rejected_once(company: Company):
    """Both defects of a row are told, but the row counts once."""
    company.export_all(orders=rows("orders", amount="much", status="gone", client_id="C9"))

    counts = company.build().tables["orders"]

    assert (counts.rows_in, counts.kept, counts.rejected) == (2, 1, 1)
    assert [(row, column) for row, column, _, _ in company.rejects("orders")] == [
        (2, "amount"), (2, "client_id"), (2, "status"),
    ]  # fmt: skip


def test_rejected_client_takes_its_rows_along(company: Company):
    """Rows of a client that was rejected mean nothing without it and are rejected too, with that reason."""
    company.export_all(clients=rows("clients", segment=""))

    tables = company.build().tables

    assert (tables["clients"].rejected, tables["orders"].rejected, tables["cases"].rejected) == (1, 1, 1)
    assert company.rejects("orders") == [(2, "client_id", "C2", "no such row in clients")]
    assert all(counts.rows_in == counts.kept + counts.rejected for counts in tables.values())


def test_neither_due_nor_paid_is_no_payment(company: Company):
    """An invoice without any day cannot be counted in any month."""
    company.export_all(payments=rows("payments", due_on="", paid_on=""))

    assert company.build().tables["payments"].rejected == 1
    assert company.rejects("payments") == [(2, "due_on", None, "neither due nor paid: no day to count it on")]


def test_optional_reference_may_lead_nowhere(company: Company):
    """A row that names an order, case or employee the company has not connected is kept."""
    company.export(
        clients=rows("clients", manager_id="E77"),
        answers=rows("answers", case_id="K77", order_id="O77"),
        contacts=rows("contacts", employee_id="E77"),
        payments=rows("payments", order_id="O77"),
    )

    assert [counts.rejected for counts in company.build().tables.values()] == [0, 0, 0, 0]
    assert company.ask("select case_id, order_id from answers where answer_id = 'A2'") == [("K77", "O77")]


def test_required_reference_to_a_missing_table_is_told(company: Company):
    """Steps without cases are not steps: they are rejected with the reason, and the build goes on."""
    company.export(clients=ROWS["clients"], answers=ROWS["answers"], steps=ROWS["steps"])

    assert company.build().tables["steps"].kept == 0
    assert [reason for *_, reason in company.rejects("steps")] == ["no such row in cases"] * 2


def test_numbers_of_parquet_are_judged_as_closely_as_text(company: Company):
    """A score of 4.6 in a column of decimals is not rounded, and an amount too large is not silently lost."""
    company.export(clients=ROWS["clients"])
    answers = [ROWS["answers"][0] | {"score": score, "answer_id": f"A{score}"} for score in (4.0, 4.6, float("nan"))]
    pq.write_table(pa.Table.from_pylist(answers), company.raw / "answers.parquet")
    orders = pa.Table.from_pylist([ROWS["orders"][0] | {"amount": None, "cost": None}] * 1)
    huge = pa.array([10**20], pa.decimal128(38, 2))
    orders = orders.set_column(orders.schema.get_field_index("amount"), "amount", huge.cast(pa.decimal128(38, 2)))
    pq.write_table(orders, company.raw / "orders.parquet")

    made = company.build()

    assert company.ask("select score from answers") == [(4,)]
    assert [reason for *_, reason in company.rejects("answers")] == ["not a whole number"] * 2
    assert made.tables["orders"].kept == 0
    assert company.rejects("orders")[0][3] == "not an amount"


def test_instants_of_all_kinds_are_read(company: Company):
    """A date alone, a T, a fraction, an offset and a Z are all instants."""
    written = [
        "2026-01-02",
        "2026-01-02T03:04",
        "2026-01-02 03:04:05.678",
        "2026-01-02T03:04:05+02:00",
        "2026-01-02T03:04:05Z",
    ]
    company.export(
        clients=ROWS["clients"],
        answers=[ROWS["answers"][0] | {"answer_id": str(i), "answered_at": text} for i, text in enumerate(written)],
    )
    company.build()

    assert company.ask("select answered_at from answers order by answer_id") == [
        (at("2026-01-02"),),
        (at("2026-01-02 03:04"),),
        (at("2026-01-02 03:04:05.678000"),),
        (at("2026-01-02 01:04:05"),),
        (at("2026-01-02 03:04:05"),),
    ]


def test_values_are_told_as_they_were_exported(company: Company):
    """The rejected value is what stands in the export, not what the build made of it in UTC."""
    company.declare(zone="America/Sao_Paulo")
    company.export_all(orders=rows("orders", fulfilled_at="2030-01-01 00:00"))
    company.build()

    assert company.rejects("orders") == [(2, "fulfilled_at", "2030-01-01 00:00", "lies in the future")]
