"""Questions about the chosen clients: SQL of models/ that reads `chosen`, the rows of `clients` they keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from data.store import Store
from metrics import compose
from metrics.load import model_sql


def rows(store: Store, model: str, filters: compose.Filters, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a model that reads `chosen`, None where there is no value; the filters' values join the others.

    Raises: StrataError without a lake; QueryTooLong.
    """
    of_filters: dict[str, Any] = {}
    within = compose.client_filter(filters, of_filters)
    kept = f"select * from clients where {within}" if within else "select * from clients"
    sql = f"with chosen as not materialized ({kept})\nselect * from (\n{model_sql(model)})"
    found = store.query(sql, dict(values) | of_filters).to_dict("records")
    return [{str(name): None if pd.isna(worth) else worth for name, worth in row.items()} for row in found]


def cents(parts: Mapping[str, Any], name: str) -> int:
    """A sum of money in hundredths; 0 where there was nothing to add."""
    worth = parts[name]
    return 0 if worth is None else int(worth)
