"""Tiny lakes for tests: rows in the shape of the contract, taken through the real build."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from data import build, contract, source
from data.store import Store
from metrics import ask, compute
from metrics.compute import Reading
from metrics.window import Period, Window

Rows = Sequence[Mapping[str, Any]]
NOW = datetime.fromisoformat("2026-07-01 12:00")  # these lakes are built then: nothing has happened later
SOURCE = """
title = { en = "Tiny", ru = "Крошка" }
currency = "EUR"
timezone = "%s"
stages = [
    { id = "order", label = { en = "Order", ru = "Заказ" } },
    { id = "invoicing", label = { en = "Invoicing", ru = "Расчёты" }, payments = true },
]
"""


def clients(*ids: str, **facts: Any) -> list[dict[str, Any]]:
    """Clients that differ in nothing but their id."""
    return [{"client_id": one, "name": one, "segment": "Small"} | facts for one in ids]


def answer(name: str, client: str, score: int, at: str, instrument: str = "nps", **facts: Any) -> dict[str, Any]:
    """One answer of a survey."""
    return {
        "answer_id": name, "client_id": client, "survey": "s", "instrument": instrument, "score": score,
        "answered_at": at,
    } | facts  # fmt: skip


def order(name: str, client: str, amount: float, at: str = "2026-05-01") -> dict[str, Any]:
    """One order that was fulfilled."""
    return {
        "order_id": name, "client_id": client, "ordered_at": at, "amount": amount, "cost": amount * 0.7,
        "status": "fulfilled",
    }  # fmt: skip


def lake(home: Path, until: str = "2026-06-30", timezone: str = "UTC", **tables: Rows) -> Store:
    """A lake of these rows whose last day is `until`, open for questions.

    Every row must hold: a rejected one is a mistake in the test.
    """
    raw = home / "source" / "raw"
    raw.mkdir(parents=True)
    (raw.parent / "source.toml").write_text(SOURCE % timezone, encoding="utf-8")
    given = {"clients": clients("a"), "answers": []} | tables
    first = given["clients"][0]["client_id"]
    given["contacts"] = [  # counts in no metric: it is there for its day
        {"contact_id": "last", "client_id": first, "at": f"{until} 12:00", "channel": "call", "direction": "in"}
    ]
    for name, rows in given.items():
        columns = list(dict.fromkeys(column for row in rows for column in row)) or list(contract.tables()[name].columns)
        with (raw / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    made = build.build(source.read(str(raw.parent)), raw, home / "data", lambda share, doing: None, NOW)
    assert {name: counts.rejected for name, counts in made.tables.items() if counts.rejected} == {}
    assert made.last_day == date.fromisoformat(until)
    return Store(home / "data")


def days(first: str, last: str) -> Period:
    """The days from `first` to `last`, both included."""
    return Period(date.fromisoformat(first), date.fromisoformat(last) + timedelta(days=1))


def groups(
    store: Store, metric: str, period: Period, split: tuple[str, ...] = (), **filters: tuple[str, ...]
) -> dict[ask.Group, Reading]:
    """What a metric comes to for each group."""
    wanted = ask.Wanted(metric, split)
    answer = ask.ask(store, [wanted], Window((period,)), filters)[wanted]
    return {group: compute.read(answer.metric, answer.at(period, group)) for group in answer.groups()}


def reading(store: Store, metric: str, period: Period, **filters: tuple[str, ...]) -> Reading:
    """What a metric comes to as a whole."""
    return groups(store, metric, period, **filters).get((), compute.NOTHING)
