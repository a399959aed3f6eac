"""Questions that are no metric: a model over the cases the filters choose, for the period looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd

from data.store import Store
from metrics import ask, compose
from metrics.compute import States
from metrics.declare import Metric
from metrics.load import model_sql
from metrics.window import Period, Window


def rows(store: Store, model: str, window: Window, filters: compose.Filters, **given: Any) -> pd.DataFrame:
    """The rows of a model that reads its cases from `chosen_cases`: those of the chosen clients and stages.

    `given`: further values the model names. $from and $to are the days of the period looked at, $now the end of the
    lake's last day. Raises: StrataError without a lake; QueryTooLong.
    """
    sql = model_sql(model)
    now = window.whole[0]
    values: dict[str, Any] = {
        "from": now.start, "to": now.end, "now": store.lake().last_day + timedelta(days=1), **given,
    }  # fmt: skip
    values = {name: worth for name, worth in values.items() if f"${name}" in sql}
    conditions = [compose.client_filter(filters, values)]
    if filters.get("stage"):
        values["f_stage"] = list(filters["stage"])
        conditions.append("list_contains($f_stage, stage)")
    where = " and ".join(part for part in conditions if part)
    chosen = f"select * from cases where {where}" if where else "select * from cases"
    return store.query(
        f"with chosen_cases as not materialized ({chosen}), model as ({sql}) select * from model", values
    )


def states(
    store: Store, metric: Metric, window: Window, filters: compose.Filters, split: tuple[str, ...]
) -> dict[tuple[Period, ask.Group], States]:
    """The states of a metric that is not in the catalogue, by period and group; filters it does not know are left out.

    Not for what people said or can do: nothing is hidden here. Raises: StrataError without a lake; QueryTooLong.
    """
    known = {name: chosen for name, chosen in filters.items() if chosen and name in metric.by}
    asked = compose.question([metric], window, known, split, store.lake().last_day)
    return ask.cells(store.query(asked.sql, asked.values), metric, window, split)
