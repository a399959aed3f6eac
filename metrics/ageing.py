"""How long have the open cases been waiting, where, and how many are past what was promised?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from data.store import Store
from metrics import scope
from metrics.window import Window

# Whole days since opening, both included; the last band has no end.
BANDS: tuple[tuple[int, int | None], ...] = ((0, 7), (8, 14), (15, 30), (31, 60), (61, 90), (91, None))
MOST = 25  # of the oldest cases
GROUPS = ("stage", "process")


@dataclass(frozen=True)
class Group:
    """The open cases of one stage or process. `counts`: one per band of BANDS, together `n`.

    `promised`: of them with a promise; `past`: whose promised day was over when the period ended.
    """

    name: str
    n: int
    counts: tuple[int, ...]
    promised: int
    past: int


@dataclass(frozen=True, eq=False)
class Ageing:
    """The cases open at the end of the period. `by`: what the groups are. `whole`: all of them together.

    Shape: oldest, one row per case, oldest first: case_id, name (of the client), stage, process, opened_at,
    promised_at, age (days), past (days since the promised day; missing without a promise, 0 or less while it is ahead).
    """

    by: str
    whole: Group
    groups: tuple[Group, ...]
    oldest: pd.DataFrame


def _group(name: str, rows: pd.DataFrame) -> Group:
    counts = tuple(
        int(rows.loc[(rows["age"] >= first) & (rows["age"] <= (last if last is not None else rows["age"])), "n"].sum())
        for first, last in BANDS
    )
    n, promised, past = (int(rows[column].sum()) for column in ("n", "promised", "past"))
    return Group(name, n, counts, promised, past)


def ageing(store: Store, window: Window, filters: Mapping[str, tuple[str, ...]], by: str = "") -> Ageing:
    """The open cases at the end of the period by their age, for each stage (or process, with `by`), most first.

    The same cases as the metric open_cases counts. Raises: StrataError without a lake; QueryTooLong.
    """
    chosen = by if by in GROUPS else GROUPS[0]
    rows = scope.rows(store, "open_by_age", window, filters)
    groups = [_group(str(name), mine) for name, mine in rows.groupby(chosen)]
    groups.sort(key=lambda group: (-group.n, group.name))
    oldest = scope.rows(store, "oldest_cases", window, filters, most=MOST)
    return Ageing(chosen, _group("", rows), tuple(groups), oldest)
