"""A company made up for trying things out: eleven tables whose truth is planted and written down in demo.toml."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data import contract, demo_clients, demo_money, demo_people, demo_voice, demo_work
from data.demo_people import Array, Columns

TRUTH = Path(__file__).with_name("demo.toml")
ARROW_TYPES = {
    "text": pa.string(),
    "integer": pa.int64(),
    "money": pa.decimal128(18, 2),
    "instant": pa.timestamp("us"),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}
DAY_US = 86_400_000_000
CENT = pa.scalar(Decimal("0.01"), pa.decimal128(3, 2))


@cache
def _read() -> str:
    return TRUTH.read_text(encoding="utf-8")


def truth() -> dict[str, Any]:
    """What is planted: sizes, dates before the end, decoys and stories. A fresh copy each time."""
    return tomllib.loads(_read())


SEED: int = truth()["company"]["seed"]  # the company everybody sees when no other is connected


def generate(seed: int, until: date) -> dict[str, pa.Table]:
    """The demo company's eleven tables, the last day of data being `until`; the same for the same seed and day.

    Nothing has happened after `until`; only promises and due days lie ahead of it.
    """
    plan = truth()
    rng = np.random.default_rng(seed)  # not the day too: tomorrow the same clients and people are there
    days = 7 * plan["company"]["weeks"]
    first_day = until - timedelta(days=days - 1)
    staff = demo_people.staff(rng, plan, days)
    clients = demo_clients.clients(rng, plan, days)
    work = demo_work.work(rng, plan, first_day, staff, clients)
    answers, invitations = demo_voice.voices(rng, plan, staff, clients, work)
    columns = {
        "clients": demo_clients.table(rng, plan, staff, clients, work),
        "employees": demo_people.employees(staff, plan),
        "orders": demo_money.orders(rng, plan, clients, work),
        "payments": demo_money.payments(rng, plan, clients, work, days),
        "cases": demo_work.case_columns(plan, clients, work, days),
        "steps": work.steps,
        "answers": answers,
        "invitations": invitations,
        "pulse": demo_people.pulse(rng, staff, plan),
        "skills": demo_people.skills(rng, staff, plan),
        "contacts": demo_voice.contacts(rng, plan, staff, clients, work),
    }
    return {name: _table(name, made, first_day) for name, made in columns.items()}


def _table(name: str, made: Columns, first_day: date) -> pa.Table:
    """A table in the shape of the contract. Days and instants come counted in days from the first day."""
    wanted = contract.tables()[name].columns
    fields = [
        pa.field(column.name, ARROW_TYPES[column.type], nullable=not column.required) for column in wanted.values()
    ]
    arrays = [_arrow(made[column.name], column.type, first_day) for column in wanted.values()]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _arrow(values: Array, kind: str, first_day: date) -> Any:
    if kind in ("instant", "date"):
        missing = np.isnan(values)
        ahead = np.where(missing, 0.0, values)
        if kind == "date":
            start = (first_day - date(1970, 1, 1)).days
            return pa.array(np.floor(ahead).astype("int32") + np.int32(start), mask=missing).cast(pa.date32())
        start_us = (first_day - date(1970, 1, 1)).days * DAY_US
        whole_seconds = np.rint(ahead * 86_400).astype("int64") * 1_000_000
        return pa.array(whole_seconds + start_us, mask=missing).cast(pa.timestamp("us"))
    if kind == "money":
        # From cents: a decimal made of a float may carry the float's tail.
        missing = np.isnan(values)
        cents = np.rint(np.where(missing, 0.0, values) * 100).astype("int64")
        whole = pa.array(cents, mask=missing).cast(pa.decimal128(19, 0))
        return pc.multiply(whole, CENT).cast(pa.decimal128(18, 2))
    return pa.array(values, type=ARROW_TYPES[kind])


def write_raw(folder: Path, seed: int, until: date) -> None:
    """The company's exports, as an installation would hand them in: one `<table>.parquet` each."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in generate(seed, until).items():
        pq.write_table(table, folder / f"{name}.parquet")
