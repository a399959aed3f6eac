"""Mappings saved under a name: what was decided about the columns of one file, used for the next of its kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data import written
from data.database import LOCAL
from data.ingest import ledger
from data.written import NotSaved

SUBJECT = "mappings"
LONGEST = 80
TABLE = sa.table(
    "mappings",
    *(sa.column(name, sa.Text) for name in ("mapping_id", "name", "name_key", "fingerprint", "choices", "saved_by")),
    sa.column("saved_at", sa.DateTime), sa.column("withdrawn_at", sa.DateTime),
)  # fmt: skip


@dataclass(frozen=True)
class Saved:
    """A saved mapping. `fingerprint`: of the columns it was made for. `choices`: as a person would make them."""

    mapping_id: str
    name: str
    fingerprint: str
    choices: Mapping[str, str]
    saved_by: str
    saved_at: datetime


def save(home: Path, name: str, fingerprint: str, choices: Mapping[str, str], by: str = LOCAL) -> Saved:
    """Keep a mapping under a name; one of the same name is replaced. Raises: NotSaved; StrataError."""
    said = written.checked("mapping_name", name, LONGEST, "Give it another name and save again")
    one = Saved(written.new_id(), said, fingerprint, dict(choices), by, written.now().replace(tzinfo=UTC))
    with ledger.of(home).writing(SUBJECT) as connection:
        _withdraw(connection, TABLE.c.name_key == written.key(said))
        values = asdict(one) | {
            "name_key": written.key(said), "choices": json.dumps(dict(choices), ensure_ascii=False, sort_keys=True),
            "saved_at": one.saved_at.replace(tzinfo=None), "withdrawn_at": None,
        }  # fmt: skip
        connection.execute(sa.insert(TABLE).values(values))
    return one


def forget(home: Path, mapping_id: str) -> None:
    """Let a saved mapping be found no more; what was taken in by it stays. Raises: StrataError."""
    with ledger.of(home).writing(SUBJECT) as connection:
        _withdraw(connection, TABLE.c.mapping_id == mapping_id)


def everything(home: Path) -> tuple[Saved, ...]:
    """All saved mappings, the latest first. Raises: StrataError."""
    return ledger.of(home).remembered(SUBJECT, _read)


def named(home: Path, name: str) -> Saved:
    """The saved mapping of a name. Raises: NotSaved when there is none."""
    found = everything(home)
    for one in found:
        if written.key(one.name) == written.key(name):
            return one
    raise NotSaved(
        "mapping_unknown", place="the mapping", found=f'none called "{name}"',
        allowed=", ".join(one.name for one in found) or "a saved mapping; there is none yet",
        do="Name one of these, or leave it out",
    )  # fmt: skip


def recognised(home: Path, fingerprint: str) -> Saved | None:
    """The latest mapping saved for these columns, or None."""
    return next((one for one in everything(home) if one.fingerprint == fingerprint), None)


def _withdraw(connection: Connection, which: sa.ColumnElement[bool]) -> None:
    now = written.now()
    connection.execute(sa.update(TABLE).where(which, TABLE.c.withdrawn_at.is_(None)).values(withdrawn_at=now))


def _read(connection: Connection) -> tuple[Saved, ...]:
    asked = sa.select(TABLE).where(TABLE.c.withdrawn_at.is_(None)).order_by(TABLE.c.saved_at.desc(), TABLE.c.mapping_id)
    return tuple(
        Saved(
            row["mapping_id"], row["name"], row["fingerprint"], json.loads(row["choices"]), row["saved_by"],
            row["saved_at"].replace(tzinfo=UTC),
        )
        for row in connection.execute(asked).mappings()
    )  # fmt: skip
