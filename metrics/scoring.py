"""Scores put together from weighted measures, each between 0 and 100; what is not known shares its weight out."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.declared import Health, Measure


def points(values: pd.Series[float], measure: Measure) -> pd.Series[float]:
    """Each value as points from 0 (bad) to 100 (good); by rank: the share of the others that have less."""
    if measure.by_rank:
        known = values.notna().sum()
        return 100 * (values.rank(method="average") - 0.5) / max(1, known)
    bad, good = measure.bad, measure.good
    if measure.by_ratio:
        values = values.map(math.log1p, na_action="ignore")
        bad, good = math.log1p(bad), math.log1p(good)
    share = (values - bad) / (good - bad)
    return 100 * share.clip(0.0, 1.0)


def score(rows: pd.DataFrame, measures: Mapping[str, Measure], known_at_least: float) -> pd.DataFrame:
    """The weighted mean of what is known of each row.

    Shape: the rows' index: score (missing below `known_at_least`), known (the weight of what is known), reason (the
    measure that costs most), lost (how many it costs), and for each measure its points. No reason is a measure whose
    <measure>_is_reason is not so: what chance explains.
    """
    parts, weights = [], []
    for name, measure in measures.items():
        mine = points(rows[name], measure)
        if f"{name}_n" in rows:
            mine = mine.where(rows[f"{name}_n"] >= measure.minimum_n)
        parts.append(mine.to_numpy(dtype=float))
        weights.append(measure.weight)
    each: NDArray[np.float64] = np.column_stack(parts)
    weight = np.where(np.isnan(each), 0.0, np.array(weights))
    known = weight.sum(axis=1)
    whole = np.where(known > 0, known, np.nan)
    told = known >= known_at_least - 1e-9
    value = np.where(told, (np.nan_to_num(each) * weight).sum(axis=1) / whole, np.nan)
    lost = (100 - np.nan_to_num(each, nan=100.0)) * weight / whole[:, None]
    blamed = np.nan_to_num(lost)
    for at, name in enumerate(measures):
        if f"{name}_is_reason" in rows:
            blamed[~rows[f"{name}_is_reason"].to_numpy(dtype=bool), at] = 0.0
    worst = blamed.argmax(axis=1)
    names = np.array(list(measures), dtype=object)
    most = blamed[np.arange(len(rows)), worst]
    found = pd.DataFrame(
        {
            "score": value,
            "known": known,
            "reason": np.where(told & (most > 0.5), names[worst], None),
            "lost": most,
        },
        index=rows.index,
    )
    for at, name in enumerate(measures):
        found[f"{name}_points"] = each[:, at]
    return found


def level(value: float, low: float, high: float) -> str:
    """Which of three levels a score is at."""
    return "low" if value < low else "high" if value >= high else "middle"


def health(rows: pd.DataFrame, rules: Health) -> pd.DataFrame:
    """The health of each row of standing.measured; see `score`."""
    return score(rows, rules.measures, rules.known_at_least)
