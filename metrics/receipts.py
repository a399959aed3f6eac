"""What stands behind each answer: the case it speaks of, how that went, and how its team was then."""

from __future__ import annotations

from typing import Any

import pandas as pd

from data.store import Store
from metrics import compose
from metrics.load import model_sql
from metrics.window import DAY, Period, Window

TEAM = ("people", "newcomers", "tenure", "skill_fit", "open_steps", "usual")


def _times(period: Period) -> dict[str, Any]:
    return {
        "from": period.start, "to": period.end, "ym_from": f"{period.start:%Y-%m}", "ym_to": f"{period.end:%Y-%m}"
    }  # fmt: skip


def _sql(chosen: str, more: str = "") -> str:
    return f"with chosen as not materialized ({chosen})\nselect * from (\n{model_sql('receipts')}){more}"


def question(filters: compose.Filters, period: Period) -> compose.Question:
    """The receipts of the chosen clients' answers of a period as SQL, to be asked as it is or built upon.

    Its rows are those of models/receipts.sql. `filters`: only those of clients, and stages, count.
    """
    values = _times(period)
    within = compose.client_filter(filters, values)
    at_stage = ""
    if filters.get("stage"):
        values["f_stage"] = list(filters["stage"])
        at_stage = "\nwhere list_contains($f_stage, stage)"
    chosen = f"select * from clients where {within}" if within else "select * from clients"
    return compose.Question(_sql(chosen, at_stage), values, ())


def of_client(client: str, period: Period) -> compose.Question:
    """The receipts of one client's answers of a period as SQL."""
    chosen = "select * from clients where client_id = $client"
    return compose.Question(_sql(chosen), _times(period) | {"client": client}, ())


def receipts(store: Store, window: Window, filters: compose.Filters) -> pd.DataFrame:
    """Every answer of the period looked at with what stands behind it.

    Shape: one row an answer: the columns of models/receipts.sql, then those of the team on the day `at_on` (TEAM, see
    models/team_days.sql) and workload, its open steps a person against its usual; missing for teams of fewer than five.

    Raises: StrataError without a lake; QueryTooLong.
    """
    asked = question(filters, window.whole[0])
    found = store.query(asked.sql, asked.values)
    teams = team_days(store)
    joined = found.merge(teams, how="left", left_on=["team", "at_on"], right_on=["team", "day"]).drop(columns="day")
    joined["workload"] = joined["open_steps"] / joined["usual"]
    return joined


def team_days(store: Store) -> pd.DataFrame:
    """Every team of five or more people on every day of the lake: kept, for it depends on no choice of a reader's.

    Shape: one row per team and day: team, day, and TEAM; see models/team_days.sql.
    """
    manifest = store.lake()
    counts = manifest.tables.get("steps")
    if counts is None or counts.first is None:
        return pd.DataFrame({"team": pd.Series(dtype=object), "day": pd.Series(dtype="datetime64[us]")} | {
            name: pd.Series(dtype=float) for name in TEAM
        })  # fmt: skip
    now = manifest.last_day + DAY
    return store.kept(model_sql("team_days"), {"from": pd.Timestamp(counts.first).date(), "to": now, "now": now})
