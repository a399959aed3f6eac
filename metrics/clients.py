"""Which clients need attention? Each with its health and the reason, its place in the matrix, and its silence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from data.store import Store
from metrics import compose, declared, scoring, standing
from metrics.declared import LEVELS
from metrics.window import Window


@dataclass(frozen=True)
class Clients:
    """The chosen clients that were clients on the last day of the period. `closed`: how many had left by then.

    `rows`, one a client: standing.measured and scoring.health (score is called health) at the end of the period;
    attractiveness and relationship (0-100, by rank among all clients, missing where too little is known), the same at
    the end of the period compared with (*_before), is_silent.
    `silent`: the silent ones with the same columns, those who have left since too, as their money counts in the year's
    revenue: `spent`, of all chosen clients. So the share is that of the metric silent_revenue.
    `has_invitations`, `has_contacts`: without them silence is judged by what there is.
    """

    now: date
    before: date
    rows: pd.DataFrame
    closed: int
    has_invitations: bool
    has_contacts: bool
    silent: pd.DataFrame
    spent: float

    @property
    def silent_left(self) -> int:
        """How many of the silent ones had left by then."""
        return int((self.silent["closed_on"] < pd.Timestamp(self.now)).sum())


def chosen(filters: compose.Filters) -> standing.Chosen:
    """The clients that the filters keep."""
    values: dict[str, Any] = {}
    within = compose.client_filter(filters, values)
    return standing.Chosen(f"select * from clients where {within}" if within else "select * from clients", values)


def _kept(store: Store, filters: compose.Filters, ids: pd.Series[Any]) -> pd.Series[bool]:
    """Which of these clients the filters keep."""
    asked = chosen(filters)
    if not asked.values:
        return pd.Series(True, index=ids.index)
    return ids.isin(store.query(f"select client_id from ({asked.sql})", asked.values)["client_id"])


def _is_client(rows: pd.DataFrame, day: date) -> pd.Series[bool]:
    """Who had not left before that day, and was a client already."""
    stays = rows["closed_on"].isna() | (rows["closed_on"] >= pd.Timestamp(day))
    return stays & ~(rows["since_on"] >= pd.Timestamp(day))


def clients(store: Store, window: Window, filters: compose.Filters) -> Clients:
    """Every chosen client at the end of the period, against the end of the one compared with.

    All clients are judged, then the chosen ones are kept: a place by rank is one among all, whatever is filtered.
    Raises: StrataError without a lake; QueryTooLong.
    """
    manifest = store.lake()
    now, before = (period.end for period in window.whole[:2])
    found = standing.states(store, chosen({}), [now, before])
    measured = standing.measured(found, standing.habits_of(found))
    today = measured[measured["moment"] == 0].reset_index(drop=True)
    then = measured[measured["moment"] == 1].reset_index(drop=True)
    stays = _is_client(today, now)
    was = _is_client(then, before)
    rules, axes = declared.health(), declared.matrix()
    rows = today.join(scoring.health(today, rules).rename(columns={"score": "health"}))
    rows["health_before"] = scoring.health(then, rules)["score"].where(was)
    for axis, measures in (("attractiveness", axes.attractiveness), ("relationship", axes.relationship)):
        for moment, name, mine in ((today, axis, stays), (then, f"{axis}_before", was)):
            rows[name] = scoring.score(moment[mine], measures, axes.known_at_least)["score"].reindex(rows.index)
    counts = {name: manifest.tables.get(name) for name in ("invitations", "contacts")}
    has = {name: one is not None and one.kept > 0 for name, one in counts.items()}
    kept = _kept(store, filters, rows["client_id"])
    shown, silent = (
        rows[mine].drop(columns=["moment"]).reset_index(drop=True) for mine in (stays & kept, rows["is_silent"] & kept)
    )
    spent = float(rows.loc[kept, "revenue_12m"].sum())
    return Clients(
        now, before, shown, int((kept & ~stays).sum()), has["invitations"], has["contacts"], silent, spent
    )  # fmt: skip


def cells(rows: pd.DataFrame, suffix: str = "") -> pd.Series[Any]:
    """The cell of each client, such as "high-low" for attractive with a weak relationship; missing where not known."""
    axes = declared.matrix()

    def levels(axis: str) -> pd.Series[Any]:
        values = rows[f"{axis}{suffix}"]
        at = (values >= axes.low).astype(int) + (values >= axes.high).astype(int)
        return at.map(dict(enumerate(LEVELS))).where(values.notna())

    return levels("attractiveness") + "-" + levels("relationship")
