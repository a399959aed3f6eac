"""What a metric can be split and filtered by: the dimensions of the catalogue, and the values they take in a lake."""

from __future__ import annotations

from data import contract
from data.store import Store
from metrics.declare import CLIENT_DIMENSIONS
from metrics.load import catalogue


def known() -> tuple[str, ...]:
    """Every dimension that some metric has, time ones too."""
    return tuple(dict.fromkeys(name for metric in catalogue().values() for name in metric.by))


def values(store: Store, dimension: str) -> tuple[str, ...]:
    """The values of a dimension that occur in the lake, in order; for a client's dimension, those of the clients.

    Raises: StrataError without a lake.
    """
    holders = [
        table.name
        for table in contract.tables().values()
        if dimension in table.stored and (table.name == "clients" or dimension not in CLIENT_DIMENSIONS)
    ]
    found: set[str] = set()
    for table in holders:
        rows = store.query(f"select distinct {dimension} as value from {table} where {dimension} is not null")
        found.update(str(value) for value in rows["value"])
    manifest = store.manifest()
    if dimension == "stage" and manifest:
        found.update(stage.id for stage in manifest.stages)
    return tuple(sorted(found))
