"""Whose money is it? The revenue of 12 months by what clients say of the company, and how it moved between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from data.lake import Manifest
from data.store import Store
from metrics import change, chosen, compose, compute
from metrics.change import Verdict
from metrics.compute import Reading
from metrics.load import catalogue
from metrics.window import Period, Window

# By the latest nps answer; then: only other instruments, invited without an answer, neither invited nor heard.
CLASSES = ("promoter", "passive", "detractor", "answered", "silent", "not_asked")
YEAR = timedelta(days=365)
SLACK = timedelta(days=7)
Row = dict[str, Any]


@dataclass(frozen=True)
class Move:
    """How the money of one class came from what it was to what it is: before + all the rest = now, to the cent.

    `arrived`, `left`: what clients who changed class spent before, so over all classes the two cancel out. `spent`: how
    much more or less the clients of today's class spend than before. `won`, `lost`: clients who order now and did not
    then, and the reverse.
    """

    before: Decimal
    arrived: Decimal
    left: Decimal
    spent: Decimal
    won: Decimal
    lost: Decimal
    now: Decimal


@dataclass(frozen=True)
class Class:
    """One class of clients over the 365 days up to the period's end.

    `margin`: over the clients whose orders all have a known cost (`costed_clients`). `kept`: of the clients who were in
    this class a year ago, the share who ordered again since; `verdict`: against all the others of then.
    """

    name: str
    clients: int
    revenue: Decimal
    share: float | None
    margin: float | None
    costed_clients: int
    kept: Reading
    verdict: Verdict
    move: Move


@dataclass(frozen=True)
class Flow:
    """Clients who went from one class to another, and what they spent before."""

    origin: str
    target: str
    clients: int
    money: Decimal


@dataclass(frozen=True)
class Money:
    """The revenue of 12 months by class; the classes come to `revenue` exactly.

    `is_whole`, `is_compared`, `is_kept_known`: the orders reach back over the year looked at, over the one compared
    with, over the year before the first. `surveys_began`: since when anybody was asked or answered, where that is later
    than the years looked at. `has_invitations`: without them nobody can be called silent.
    """

    now: Period
    before: Period
    classes: tuple[Class, ...]
    clients: int
    revenue: Decimal
    kept: Reading
    flows: tuple[Flow, ...]
    orders_began: date | None
    is_whole: bool
    is_compared: bool
    is_kept_known: bool
    surveys_began: date | None
    has_invitations: bool


def year_to(end: date) -> Period:
    """The 365 days up to, not including, `end`."""
    return Period(end - YEAR, end)


def began(manifest: Manifest, *tables: str) -> date | None:
    """The first day on which any of these tables has facts."""
    firsts = [
        date.fromisoformat(counts.first)
        for name in tables
        if (counts := manifest.tables.get(name)) is not None and counts.first is not None
    ]
    return min(firsts, default=None)


def _rows(store: Store, years: Mapping[str, Period], filters: compose.Filters) -> list[Row]:
    days = sorted(day for year in years.values() for day in (year.start, year.end))
    values: dict[str, Any] = {f"day_{place}": day for place, day in enumerate(days)}
    for name, year in years.items():
        values |= {f"{name}_from": days.index(year.start), f"{name}_to": days.index(year.end)}
    return chosen.rows(store, "money_by_class", filters, values)


def _anyone(row: Row) -> bool:
    del row
    return True


def _clients(rows: list[Row], where: Callable[[Row], bool] = _anyone) -> int:
    return sum(int(row["clients"]) for row in rows if where(row))


def _money(rows: list[Row], name: str, where: Callable[[Row], bool] = _anyone) -> Decimal:
    return Decimal(sum(chosen.cents(row, name) for row in rows if where(row))) / 100


def _move(rows: list[Row], name: str) -> Move:
    now, before = "class_now", "class_before"
    stays = [row for row in rows if row[now] is not None and row[before] is not None]
    return Move(
        before=_money(rows, "amount_before", lambda row: row[before] == name),
        arrived=_money(stays, "amount_before", lambda row: row[now] == name != row[before]),
        left=-_money(stays, "amount_before", lambda row: row[before] == name != row[now]),
        spent=_money(stays, "amount_now", lambda row: row[now] == name)
        - _money(stays, "amount_before", lambda row: row[now] == name),
        won=_money(rows, "amount_now", lambda row: row[now] == name and row[before] is None),
        lost=-_money(rows, "amount_before", lambda row: row[before] == name and row[now] is None),
        now=_money(rows, "amount_now", lambda row: row[now] == name),
    )


def _flows(rows: list[Row]) -> tuple[Flow, ...]:
    """Every way from one class to another that clients went, the most money first."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        pair = row["class_before"], row["class_now"]
        if None not in pair and pair[0] != pair[1]:
            found.setdefault(pair, []).append(row)
    flows = [
        Flow(origin, target, _clients(some), _money(some, "amount_before")) for (origin, target), some in found.items()
    ]
    return tuple(sorted(flows, key=lambda flow: (-flow.money, flow.origin, flow.target)))


def _kept(rows: list[Row]) -> dict[str, tuple[int, int]]:
    """Class of a year ago -> the clients who ordered again since, and all of them."""
    found = {}
    for name in CLASSES:
        then = [row for row in rows if row["class_ago"] == name]
        found[name] = _clients(then, lambda row: row["class_now"] is not None), _clients(then)
    return found


def _reading(hits: float, n: float) -> Reading:
    return compute.read(catalogue()["retention"], compute.States({"hits": hits, "n": n}))


def _verdicts(kept: Mapping[str, tuple[int, int]]) -> dict[str, Verdict]:
    """Each class against all the others together: who stays more often or more seldom beyond chance."""
    hits, n = (sum(parts) for parts in zip(*kept.values(), strict=True))
    metric = catalogue()["retention"]
    found = {}
    for name, (mine, of) in kept.items():
        shown = of >= metric.minimum_n and n - of >= metric.minimum_n
        found[name] = change.share((hits - mine, n - of), (mine, of)) if shown else change.Change(None)
    raised = change.holm([one.p for one in found.values()])
    return {
        name: change.verdict(one, p, metric.better, n - kept[name][1], kept[name][1], metric.minimum_n)
        for (name, one), p in zip(found.items(), raised, strict=True)
    }


def by_class(store: Store, window: Window, filters: compose.Filters) -> Money:
    """The revenue of the 12 months up to the period's end by class of client. Raises: StrataError; QueryTooLong."""
    manifest = store.lake()
    now, before = window.whole[:2]
    years = {"now": year_to(now.end), "before": year_to(before.end), "ago": year_to(now.end - YEAR)}
    rows = _rows(store, years, filters)
    orders_began, heard = began(manifest, "orders"), began(manifest, "answers", "invitations")
    reaches = {name: orders_began is not None and orders_began <= year.start for name, year in years.items()}
    revenue = _money(rows, "amount_now")
    kept = _kept(rows) if reaches["ago"] else dict.fromkeys(CLASSES, (0, 0))
    verdicts = _verdicts(kept)
    classes = []
    for name in CLASSES:
        mine = [row for row in rows if row["class_now"] == name]
        move = _move(rows, name)
        if not (mine or move.before or kept[name][1]):
            continue
        costed = sum(chosen.cents(row, "costed_amount") for row in mine)
        cost = sum(chosen.cents(row, "cost_now") for row in mine)
        classes.append(
            Class(
                name=name,
                clients=_clients(mine),
                revenue=move.now,
                share=float(move.now / revenue) if revenue else None,
                margin=(costed - cost) / costed if costed else None,
                costed_clients=sum(int(row["costed_clients"]) for row in mine),
                kept=_reading(*kept[name]),
                verdict=verdicts[name],
                move=move,
            )
        )
    first_year = min(year.start for name, year in years.items() if reaches[name] or name == "now")
    counts = manifest.tables.get("invitations")
    return Money(
        now=now,
        before=before,
        classes=tuple(classes),
        clients=_clients(rows, lambda row: row["class_now"] is not None),
        revenue=revenue,
        kept=_reading(*(sum(parts) for parts in zip(*kept.values(), strict=True))),
        flows=_flows(rows),
        orders_began=orders_began,
        is_whole=reaches["now"],
        is_compared=reaches["before"],
        is_kept_known=reaches["ago"],
        surveys_began=heard if heard is None or heard > first_year + SLACK else None,
        has_invitations=counts is not None and counts.kept > 0,
    )
