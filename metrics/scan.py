"""One scan of a model for all its metrics of a page, and what of it is kept for the next filter."""

from __future__ import annotations

import pandas as pd

from data.lake import Manifest
from data.store import Store
from metrics import compose
from metrics.declare import Metric
from metrics.window import Window

ROLLED = ("segment", "region", "stage")  # the filters that are changed most


def company_values(manifest: Manifest) -> dict[str, str | None]:
    """What models ask of the company itself: the stage of its payments, and since when it has facts of some kind."""
    return {
        "payments_stage": next((stage.id for stage in manifest.stages if stage.payments), None),
        "orders_began": manifest.tables["orders"].first if "orders" in manifest.tables else None,
        "steps_began": manifest.tables["steps"].first if "steps" in manifest.tables else None,
    }


def _rolled(metrics: list[Metric], filters: compose.Filters) -> tuple[str, ...]:
    """What is asked for by value rather than filtered by, so that one scan answers every choice of these filters.

    Not where there is a histogram: its rows by value would be too many.
    """
    if not any(filters.get(name) for name in ROLLED) or any(metric.is_binned for metric in metrics):
        return ()
    return tuple(name for name in ROLLED if all(name in metric.by for metric in metrics))


def rows(
    store: Store,
    manifest: Manifest,
    metrics: list[Metric],
    window: Window,
    filters: compose.Filters,
    split: tuple[str | None, ...],
) -> pd.DataFrame:
    """The states of all `metrics` of one model by period and by the dimensions of `split`, of the chosen rows.

    Shape: see compose.Question.keys; there may be several rows of a group, to be put together.
    """
    rolled = _rolled(metrics, filters)
    others = {name: chosen for name, chosen in filters.items() if name not in rolled}
    splits = tuple(dict.fromkeys((*(str(name) for name in split), *rolled)))
    asked = compose.question(metrics, window, others, splits, manifest.last_day)
    values = dict(asked.values) | {
        name: worth for name, worth in company_values(manifest).items() if f"${name}" in asked.sql
    }
    found = store.kept(asked.sql, values)
    for name in rolled:
        if filters.get(name):
            found = found[found[name].isin(filters[name])]
    return found
