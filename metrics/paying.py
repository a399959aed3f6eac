"""How do clients pay? The invoices that fell due, by how late they were paid, and whose money is past due now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from data.lake import Manifest
from data.store import Store
from metrics import chosen, compose, money
from metrics.window import DAY, Period, Window

# On time; 1 to 7, 8 to 30, 31 to 90, more than 90 days late; unpaid and past due.
WAYS = ("on_time", "week", "month", "quarter", "longer", "unpaid")
LATEST = {"week": 1, "month": 8, "quarter": 31, "longer": 91}  # from how many days late on


@dataclass(frozen=True)
class Way:
    """The invoices paid in one way, and their money."""

    name: str
    invoices: int
    amount: Decimal


@dataclass(frozen=True)
class Ageing:
    """The invoices that fell due in a period, by how they had been paid by `as_of`; what came later was unpaid."""

    period: Period
    as_of: date
    ways: tuple[Way, ...]

    def could_be(self, way: str) -> bool:
        """Whether even the first invoice of the period could have been paid that late by now."""
        return (self.as_of - DAY - self.period.start).days >= LATEST.get(way, 0)

    @property
    def invoices(self) -> int:
        """All of them."""
        return sum(way.invoices for way in self.ways)

    @property
    def amount(self) -> Decimal:
        """Their money."""
        return sum((way.amount for way in self.ways), Decimal(0))


@dataclass(frozen=True)
class Debtor:
    """One client with money past due."""

    client: str
    name: str
    segment: str
    amount: Decimal
    invoices: int
    oldest_due_on: date


@dataclass(frozen=True)
class Paying:
    """Both periods as they stood equally long after their end, and what is past due at the end of the lake's last day.

    `debtors`: the clients who owe, the most first. `owed`, `owing`: all the money past due, and how many clients owe.
    `days_owed`: in how many days invoices of that much money fall due, at the rate of the last 365; None without them.
    `has_due_days`: without them nothing can be said. `is_elsewhere`: the stages chosen are not the one of payments.
    """

    now: Ageing
    before: Ageing
    has_due_days: bool
    is_elsewhere: bool
    debtors: tuple[Debtor, ...]
    owed: Decimal
    owing: int
    days_owed: float | None
    payments_began: date | None


def _ageing(store: Store, filters: compose.Filters, period: Period, as_of: date) -> Ageing:
    values: dict[str, Any] = {
        "from": period.start, "to": period.end, "as_of": as_of,
        "ym_from": f"{period.start:%Y-%m}", "ym_to": f"{period.end:%Y-%m}",
    }  # fmt: skip
    found = {str(row["paid"]): row for row in chosen.rows(store, "ageing", filters, values)}
    ways = tuple(
        Way(name, int(found[name]["invoices"]), Decimal(chosen.cents(found[name], "amount")) / 100)
        if name in found
        else Way(name, 0, Decimal(0))
        for name in WAYS
    )
    return Ageing(period, as_of, ways)


def _is_elsewhere(manifest: Manifest, filters: compose.Filters) -> bool:
    stages = filters.get("stage", ())
    return bool(stages) and not any(stage.payments and stage.id in stages for stage in manifest.stages)


def paying(store: Store, window: Window, filters: compose.Filters) -> Paying:
    """How the invoices of both periods were paid, and who owes most. Raises: StrataError; QueryTooLong."""
    manifest = store.lake()
    now, before = window.whole[:2]
    today = manifest.last_day + DAY
    waited = today - now.end
    started = money.began(manifest, "payments")
    is_elsewhere = _is_elsewhere(manifest, filters)
    nothing = tuple(Way(name, 0, Decimal(0)) for name in WAYS)
    if is_elsewhere or started is None:
        empty = Ageing(now, today, nothing), Ageing(before, before.end + waited, nothing)
        return Paying(*empty, started is not None, is_elsewhere, (), Decimal(0), 0, None, started)
    later, earlier = _ageing(store, filters, now, today), _ageing(store, filters, before, before.end + waited)
    values: dict[str, Any] = {"as_of": today}
    rows = chosen.rows(store, "debtors", filters, values)
    has_due_days = bool(rows or later.invoices or earlier.invoices) or bool(
        store.query("select 1 from payments where due_on is not null limit 1").size
    )
    owed = Decimal(chosen.cents(rows[0], "all_amount") if rows else 0) / 100
    invoiced = Decimal(chosen.cents(rows[0], "invoiced") if rows else 0) / 100
    is_year_known = started <= today - money.YEAR
    return Paying(
        now=later,
        before=earlier,
        has_due_days=has_due_days,
        is_elsewhere=False,
        debtors=tuple(
            Debtor(
                client=row["client_id"],
                name=row["name"],
                segment=row["segment"],
                amount=Decimal(chosen.cents(row, "amount")) / 100,
                invoices=int(row["invoices"]),
                oldest_due_on=row["oldest_due_on"].date(),
            )
            for row in rows
        ),
        owed=owed,
        owing=int(rows[0]["all_clients"]) if rows else 0,
        days_owed=float(owed / invoiced * 365) if invoiced > 0 and is_year_known else None,
        payments_began=started,
    )
