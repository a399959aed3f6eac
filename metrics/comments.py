"""What clients wrote with their answers, each comment with its words by their dictionary form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from data.store import Store
from metrics import compose, lemmas
from metrics.window import Period, Window

MOST = 50_000  # as many comments of a period are read, the latest; more than that nobody reads, and memory has an end
COLUMNS = ("answer_id", "client_id", "client", "segment", "answered_at", "instrument", "score", "stage", "comment")


@dataclass(frozen=True, eq=False)
class Comments:
    """The comments of a period, newest first. `of`: how many there are; only the latest MOST are read.

    Shape: rows: COLUMNS, one row per comment; `lemmas` and `latin` (see lemmas.latin_of) beside it.
    """

    rows: pd.DataFrame
    lemmas: tuple[tuple[str, ...], ...]
    latin: tuple[str, ...]
    of: int

    @property
    def n(self) -> int:
        """How many were read."""
        return len(self.lemmas)

    @property
    def unread(self) -> int:
        """How many are in a language whose word forms are not known."""
        return self.latin.count(lemmas.AS_WRITTEN)


def read(store: Store, period: Period, filters: compose.Filters) -> Comments:
    """The comments of a period, for the chosen clients and stages. Raises: StrataError without a lake; QueryTooLong.

    Kept by the version of the data: the questions of a page share one reading.
    """
    chosen = tuple(sorted((name, tuple(values)) for name, values in filters.items() if values))
    return _read(store, store.version(), period, chosen)


@lru_cache(maxsize=4)
def _read(store: Store, version: str, period: Period, chosen: tuple[tuple[str, tuple[str, ...]], ...]) -> Comments:
    del version
    filters = dict(chosen)
    asked = compose.relation("comments", Window((period,)), store.lake().last_day)
    values = dict(asked.values)
    conditions = [compose.client_filter(filters, values)]
    if filters.get("stage"):
        values["f_stage"] = list(filters["stage"])
        conditions.append("list_contains($f_stage, stage)")
    where = " and ".join(condition for condition in conditions if condition) or "true"
    relation = f"from ({asked.sql}) where {where}"
    of = int(store.query(f"select count(*) as n {relation}", values)["n"].iloc[0])
    rows = store.query(f"select * {relation} order by answered_at desc, answer_id limit $most", values | {"most": MOST})
    latin = tuple(lemmas.latin_of(None if pd.isna(said) else str(said)) for said in rows["language"])
    read_as = tuple(lemmas.lemmas(text, how) for text, how in zip(rows["comment"], latin, strict=True))
    return Comments(rows[list(COLUMNS)], read_as, latin, of)
