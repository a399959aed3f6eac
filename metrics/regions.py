"""Which clients go through things together: those of one region, where enough of them are followed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data.store import Store
from metrics.load import model_sql
from metrics.panel import FEWEST_UNITS, Groups


def regions(store: Store, clients: Sequence[str]) -> Groups:
    """The number of each client's region; one number for all without a region, and for all of regions of fewer than 8.

    In a region of a few clients hardly anything would be left once its own course is taken out.
    """
    rows = store.query(model_sql("client_regions"))
    of = dict(zip(rows["unit"], rows["region"].fillna("").astype(str), strict=True))
    mine = np.array([of.get(client, "") for client in clients], dtype=object).astype(str)
    names, which, count = np.unique(mine, return_inverse=True, return_counts=True)
    is_own = (count >= FEWEST_UNITS) & (names != "")
    return np.where(is_own[which], which + 1, 0).astype(np.intp)
