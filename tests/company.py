"""One small company on disk: exports, a source and a data folder, built and read the way a user does it."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from data import build, lake, source
from data.lake import Manifest
from data.store import Store

Rows = list[dict[str, Any]]


def at(text: str) -> datetime:
    """An instant as it is stored and shown: without a zone."""
    return datetime.fromisoformat(text)


NOW = at("2026-03-01 12:00")

SOURCE = """
title = {{ en = "{title}", ru = "Акме" }}
currency = "EUR"
timezone = "{zone}"
{more}
"""

# Two rows of each table that hold in every respect; whatever a test needs wrong, it puts into the second.
ROWS: dict[str, Rows] = {
    "clients": [
        {"client_id": "C1", "name": "One", "segment": "Small", "manager_id": "E1", "since_on": "2020-01-01"},
        {"client_id": "C2", "name": "Two", "segment": "Large", "since_on": "2021-01-01", "wallet_per_year": "900.50"},
    ],
    "employees": [
        {"employee_id": "E1", "team": "A", "hired_on": "2019-05-01"},
        {"employee_id": "E2", "team": "A", "lead_id": "E1", "hired_on": "2022-05-01", "left_on": "2025-12-31"},
    ],
    "orders": [
        {"order_id": "O1", "client_id": "C1", "ordered_at": "2026-01-10 09:00:00", "amount": "100", "status": "open"},
        {
            "order_id": "O2", "client_id": "C2", "ordered_at": "2026-01-11 09:00:00", "amount": "250.75",
            "returned_amount": "50", "status": "fulfilled", "fulfilled_at": "2026-01-20 15:00:00",
        },
    ],
    "payments": [
        {"invoice_id": "I1", "client_id": "C1", "order_id": "O1", "amount": "100", "due_on": "2026-02-10"},
        {"invoice_id": "I2", "client_id": "C2", "amount": "250.75", "due_on": "2026-02-11", "paid_on": "2026-02-12"},
    ],
    "cases": [
        {"case_id": "K1", "client_id": "C1", "process": "p", "stage": "order", "opened_at": "2026-01-10 09:00:00"},
        {
            "case_id": "K2", "client_id": "C2", "process": "p", "stage": "order", "opened_at": "2026-01-11 09:00:00",
            "closed_at": "2026-01-12 09:00:00",
        },
    ],
    "steps": [
        {"step_id": "S1", "case_id": "K1", "step": "x", "employee_id": "E1", "started_at": "2026-01-10 10:00:00"},
        {
            "step_id": "S2", "case_id": "K1", "step": "y", "employee_id": "E2", "started_at": "2026-01-10 11:00:00",
            "finished_at": "2026-01-10 12:00:00", "is_rework": "false",
        },
    ],
    "answers": [
        {
            "answer_id": "A1", "client_id": "C1", "survey": "s", "instrument": "nps", "score": "10",
            "answered_at": "2026-01-15 10:00:00",
        },
        {
            "answer_id": "A2", "client_id": "C1", "survey": "s", "instrument": "csat", "score": "5",
            "answered_at": "2026-02-15 10:00:00", "asked_at": "2026-02-14 10:00:00",
        },
    ],
    "invitations": [
        {"invitation_id": "V1", "client_id": "C1", "survey": "s", "sent_at": "2026-01-14 10:00:00"},
        {"invitation_id": "V2", "client_id": "C2", "survey": "s", "sent_at": "2026-01-14 10:00:00"},
    ],
    "pulse": [
        {"pulse_id": "P1", "employee_id": "E1", "asked_on": "2026-01-31", "instrument": "enps", "score": "9"},
        {"pulse_id": "P2", "employee_id": "E1", "asked_on": "2026-01-31", "instrument": "engagement", "score": "4"},
    ],
    "skills": [
        {"employee_id": "E1", "skill": "a", "required_level": 3, "actual_level": 2, "assessed_on": "2026-01-31"},
        {"employee_id": "E1", "skill": "b", "required_level": 3, "actual_level": 4, "assessed_on": "2026-01-31"},
    ],
    "contacts": [
        {"contact_id": "T1", "client_id": "C1", "at": "2026-01-05 12:00:00", "channel": "call", "direction": "in"},
        {"contact_id": "T2", "client_id": "C2", "at": "2026-01-06 12:00:00", "channel": "call", "direction": "out"},
    ],
}  # fmt: skip


def rows(table: str, **second: Any) -> Rows:
    """The two rows of a table, the second one with other values."""
    return [ROWS[table][0], ROWS[table][1] | second]


class Company:
    """Everything of one company lies under one folder: acme/source.toml, acme/raw/, data/."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "acme"
        self.raw = self.folder / "raw"
        self.home = folder / "data"
        self.raw.mkdir(parents=True)
        self.declare()

    def declare(self, more: str = "", zone: str = "UTC", title: str = "Acme") -> None:
        """Write source.toml."""
        said = SOURCE.format(zone=zone, more=more, title=title)
        (self.folder / "source.toml").write_text(said, encoding="utf-8")

    def export(self, **tables: Rows) -> None:
        """Write exports as CSV, the columns being those of all the rows."""
        for name, given in tables.items():
            columns = list(dict.fromkeys(column for row in given for column in row))
            with (self.raw / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns)
                writer.writeheader()
                writer.writerows(given)

    def export_all(self, **other: Rows) -> None:
        """Write all eleven tables: the rows that hold, or other ones."""
        self.export(**(ROWS | other))

    def write(self, name: str, content: str | bytes) -> None:
        """Write an export as it is."""
        (self.raw / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    def map(self, **mappings: str) -> None:
        """Write the SQL of a table."""
        for table, sql in mappings.items():
            (self.folder / f"{table}.sql").write_text(sql, encoding="utf-8")

    def build(self, now: datetime = NOW) -> Manifest:
        """Build the lake; raises what the build raises."""
        return build.build(source.read(str(self.folder)), self.raw, self.home, lambda share, doing: None, now)

    def run(self, *more: str) -> int:
        """Build the lake by the command; gives the exit code."""
        return build.main([str(self.folder), "--raw", str(self.raw), "--into", str(self.home), *more])

    def store(self) -> Store:
        """The lake, open for questions."""
        return Store(self.home)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of one question to the lake; None where a value is missing."""
        found = self.store().query(sql).itertuples(index=False, name=None)
        return [tuple(None if pd.isna(value) else value for value in row) for row in found]

    def version(self) -> Path:
        """The folder of the live lake."""
        folder = lake.live(self.home)
        assert folder is not None
        return folder

    def rejects(self, name: str) -> list[tuple[int, str, str | None, str]]:
        """(row, column, value, reason) of the rejected rows of a table, or of an export as raw.<name>."""
        file = self.version() / "rejects" / f"{name}.parquet"
        if not file.exists():
            return []
        found = duckdb.execute(
            'select "table", row, "column", value, reason from read_parquet($file) order by row, "column", reason',
            {"file": str(file)},
        ).fetchall()
        assert {row[0] for row in found} == {name}
        return [row[1:] for row in found]
