"""What is a client worth? The lifetime value taken apart into its factors, and what it would be with other ones."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from data.store import Store
from metrics import ask, compose, compute, money
from metrics.ask import Wanted
from metrics.compute import Reading, States
from metrics.load import catalogue
from metrics.window import Period, Window

FEWEST_LOST = 5  # a lifetime that stands on fewer lost clients is a guess
ASKED = (
    "lifetime_value", "lifetime", "retention", "revenue_per_client", "gross_margin_share", "return_share",
    "active_clients",
)  # fmt: skip


class Unknown(StrEnum):
    """Why a factor has no value."""

    NO_ORDERS = "no orders"
    TOO_FEW = "too few"
    SHORT_HISTORY = "short history"
    NO_COSTS = "no costs"
    NO_RETURNS = "no returns"
    NOBODY_LEFT = "nobody left"


@dataclass(frozen=True)
class Factors:
    """The four numbers a lifetime value is made of. Units: money a year, shares of revenue, share of clients a year."""

    arpu: float
    margin: float
    returns: float
    retention: float

    @property
    def lifetime(self) -> float:
        """Years a client stays at this yearly loss. Endless when nobody is lost."""
        return 1 / (1 - self.retention) if self.retention < 1 else float("inf")

    @property
    def value(self) -> float:
        """What a client brings before it leaves: revenue a year, times what is left of it, times the years."""
        return self.arpu * (self.margin - self.returns) * self.lifetime

    def changed(self, *, arpu: float, margin: float, returns: float, retention: float) -> Factors:
        """These, with the revenue changed by a share of itself and the others by so much; shares stay above 0."""
        return Factors(
            self.arpu * (1 + arpu),
            self.margin + margin,
            max(0.0, self.returns + returns),
            max(0.0, self.retention + retention),
        )


@dataclass(frozen=True)
class Profit:
    """The lifetime value of the chosen clients and its factors, over the 365 days up to the period's end.

    `arpu`, `margin`, `returns`: over the clients the lifetime value stands on (`clients`: of the `active` ones, those
    whose orders all have a known cost); where it stands on nothing they are the catalogue's own. `lifetime` and `value`
    carry the interval that the uncertainty of the retention alone gives. `lost`: of the `base` clients of the year
    before, those who did not order since. `unknown`: factor -> why it has no value; returns that are not recorded are
    not taken off.
    """

    year: Period
    arpu: float | None
    margin: float | None
    returns: float | None
    retention: Reading
    lifetime: Reading
    value: Reading
    clients: int
    active: int
    base: int
    lost: int
    unknown: dict[str, Unknown]

    @property
    def factors(self) -> Factors | None:
        """The factors to play with, where all are known."""
        if self.value.value is None or self.arpu is None or self.margin is None or self.retention.value is None:
            return None
        return Factors(self.arpu, self.margin, self.returns or 0.0, self.retention.value)


def _years(retention: float | None) -> float | None:
    return None if retention is None or retention >= 1 else 1 / (1 - retention)


def _lifetime(retention: Reading) -> Reading:
    """Of a retention, with its interval: the more clients stay, the more a small difference counts."""
    return Reading(_years(retention.value), _years(retention.low), _years(retention.high), retention.n)


def profit(store: Store, window: Window, filters: compose.Filters) -> Profit:
    """Ask for the lifetime value and its factors. Raises: StrataError without a lake; QueryTooLong."""
    manifest = store.lake()
    year = money.year_to(window.whole[0].end)
    answers = ask.ask(store, [Wanted(name) for name in ASKED], Window((year,)), filters)
    found = {name: answers[Wanted(name)].at(year) for name in ASKED}
    readings = {name: compute.read(catalogue()[name], evidence) for name, evidence in found.items()}
    states = found["lifetime_value"]
    parts = states if isinstance(states, States) else States()  # only metrics of employees are weighed
    amount, returned, cost, n, stayed, base = parts.of("amount", "returned", "cost", "n", "stayed", "base")
    fewest = catalogue()["lifetime_value"].minimum_n

    began = money.began(manifest, "orders")
    retention = readings["retention"] if readings["retention"].n >= fewest else compute.NOTHING
    active = readings["active_clients"].n
    unknown: dict[str, Unknown] = {}
    arpu = amount / n if n else readings["revenue_per_client"].value
    margin = (amount - cost) / amount if n and amount else readings["gross_margin_share"].value
    returns = readings["return_share"].value
    if returns is not None and n and amount:
        returns = returned / amount
    if active < fewest:
        arpu = margin = returns = None
        unknown |= dict.fromkeys(("arpu", "margin", "returns"), Unknown.TOO_FEW if active else Unknown.NO_ORDERS)
    elif began is None or began > year.start:
        arpu = None
        unknown["arpu"] = Unknown.SHORT_HISTORY
    if margin is None:
        unknown.setdefault("margin", Unknown.NO_COSTS)
    elif 0 < n < fewest:
        arpu = margin = returns = None
        unknown |= dict.fromkeys(("arpu", "margin", "returns"), Unknown.TOO_FEW)
    if returns is None:
        unknown.setdefault("returns", Unknown.NO_RETURNS)
    lifetime = _lifetime(retention)
    if lifetime.value is None:
        is_short = began is None or began > year.start - money.YEAR
        unknown["lifetime"] = (
            Unknown.SHORT_HISTORY if is_short else Unknown.TOO_FEW if retention.value is None else Unknown.NOBODY_LEFT
        )
    value = readings["lifetime_value"].value if n >= fewest and base >= fewest else None
    a_year = arpu * (margin - (returns or 0.0)) if arpu is not None and margin is not None else None
    ends = [a_year * end for end in (lifetime.low, lifetime.high) if end is not None] if a_year is not None else []
    return Profit(
        year=year,
        arpu=arpu,
        margin=margin,
        returns=returns,
        retention=retention,
        lifetime=lifetime,
        value=Reading(value, min(ends), max(ends), round(n))
        if value is not None and len(ends) == 2
        else Reading(value, None, None, round(n)),
        clients=round(n),
        active=active,
        base=round(base),
        lost=round(base - stayed),
        unknown=unknown,
    )
