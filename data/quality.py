"""Can the facts be trusted? What each table holds, how fresh and how complete it is, and what the checks rejected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from data import contract, lake, reasons
from data.store import Store

# Days after which a table that still grows would have had news; longer silence is worth a mark.
CADENCE = {
    "answers": 14, "invitations": 31, "orders": 7, "payments": 31, "cases": 7, "steps": 7, "pulse": 45,
    "skills": 200, "contacts": 14,
}  # fmt: skip
OF_PEOPLE = ("pulse", "skills", "employees")
MOST_REJECTS = 10_000
UNMATCHED = reasons.written("lost", table="clients")


@dataclass(frozen=True)
class Holding:
    """What a lake holds of one table. `usual`: days between news; None for tables without events.

    `is_ahead`: its latest day is still to come, a due date: how fresh it is cannot be told.
    """

    table: str
    layer: str
    counts: lake.Counts
    usual: int | None
    is_ahead: bool = False

    def age(self, today: date) -> int | None:
        """Days since the latest news; None without events. Never below 0: somewhere it is already tomorrow."""
        if self.counts.last is None or self.is_ahead:
            return None
        return max(0, (today - date.fromisoformat(self.counts.last)).days)

    def is_stale(self, today: date) -> bool:
        """Whether there has been no news for longer than usual."""
        age = self.age(today)
        return age is not None and self.usual is not None and age > self.usual


def holdings(manifest: lake.Manifest) -> tuple[Holding, ...]:
    """The tables a lake holds, in the order of the contract, then the exports of which lines could not be read."""
    known = contract.tables()
    tomorrow = (
        date.fromisoformat(manifest.built_at[:10]) + timedelta(days=1)
    ).isoformat()  # as it is already somewhere
    found = [
        Holding(name, table.layer, counts, CADENCE.get(name), (counts.last or "") > tomorrow)
        for name, table in known.items()
        if (counts := manifest.tables.get(name)) is not None
    ]
    broken = [Holding(name, "", counts, None) for name, counts in manifest.tables.items() if name not in known]
    return tuple(found + broken)


def absent(manifest: lake.Manifest) -> tuple[str, ...]:
    """The tables of the contract that this company has not connected."""
    return tuple(name for name in contract.tables() if name not in manifest.tables)


def is_known(store: Store, table: str, column: str) -> bool:
    """Whether the company records a fact at all: of any row, whatever a reader has chosen."""
    known = contract.tables()[table].stored[column].quoted
    return bool(
        store.query(f"select exists(select 1 from {table} where {known} is not null) as known")["known"].iloc[0]
    )


def completeness(store: Store, table: str) -> pd.DataFrame:
    """How many of a table's rows have each column.

    Shape: one row per column: column, required, filled (share, 0-1; nan when there are no rows).
    """
    declared = contract.tables()[table].stored
    counts = ", ".join(f'count({column.quoted}) as "{name}"' for name, column in declared.items())
    row = store.query(f"select count(*) as rows, {counts} from {table}").iloc[0]
    whole = float(row["rows"]) or float("nan")
    return pd.DataFrame({
        "column": list(declared),
        "required": [column.required for column in declared.values()],
        "filled": [float(row[name]) / whole for name in declared],
    })  # fmt: skip


def rejects(store: Store, table: str, limit: int = MOST_REJECTS) -> pd.DataFrame:
    """What the checks rejected of one table: each failure, and the whole row behind it.

    Shape: table, row, column, value, reason, record (JSON); at most `limit` rows, the first ones. What is told of one
    employee is nobody's to read here, rejected or not: of those tables, and of lines of exports that may belong to
    them, only row, column and reason are given.
    """
    folder = lake.live(store.home)
    path = folder / "rejects" / f"{table}.parquet" if folder else None
    if path is None or not path.exists():
        return pd.DataFrame(columns=["table", "row", "column", "value", "reason", "record"])
    found = store.query("select * from read_parquet($path) order by row limit $n", {"path": str(path), "n": limit})
    manifest = store.lake()
    is_private = table in OF_PEOPLE or (table.startswith("raw.") and any(name in manifest.tables for name in OF_PEOPLE))
    found = found.assign(value=None, record=None) if is_private else found
    return found if "record" in found else found.assign(record=None)


def unmatched(store: Store) -> pd.DataFrame:
    """The clients that rows speak of and nobody knows, with how often.

    Shape: one row per table and unknown client: table, client_id, rows; most frequent first.
    """
    manifest = store.manifest()
    parts = [rejects(store, name) for name, counts in manifest.tables.items() if counts.rejected] if manifest else []
    if not parts:
        return pd.DataFrame(columns=["table", "client_id", "rows"])
    every = pd.concat(parts, ignore_index=True)
    lost = every[every["reason"] == UNMATCHED]
    counted = (
        lost.groupby(["table", "value"]).size().rename("rows").reset_index().rename(columns={"value": "client_id"})
    )
    return counted.sort_values("rows", ascending=False, ignore_index=True)
