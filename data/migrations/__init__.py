"""The steps that bring the database of what people write up to date, forward only: NNN_name.sql in this folder.

A step is never edited after it was released; the next one corrects it. The SQL keeps to what SQLite and PostgreSQL
agree on; statements end with a semicolon at the end of a line.
"""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from data.errors import StrataError

FOLDER = Path(__file__).parent
DONE = sa.table(
    "migrations", sa.column("number", sa.Integer), sa.column("name", sa.Text), sa.column("done_at", sa.DateTime)
)
TURN = 7_223_203_001  # the lock that two processes which start at once on one PostgreSQL meet at
WAL_S = 10.0
# A write on SQLite takes its turn at once: one that first reads cannot take it later without losing what it read.
WRITES = {"begins": "begin immediate"}


@dataclass(frozen=True)
class Step:
    """One numbered step."""

    number: int
    name: str
    statements: tuple[str, ...]


@cache
def steps() -> tuple[Step, ...]:
    """All steps in their order."""
    found = []
    for path in sorted(FOLDER.glob("*.sql")):
        number, _, name = path.stem.partition("_")
        sql = re.sub(r"^\s*--.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        parts = tuple(part.strip() for part in re.split(r";[ \t]*$", sql, flags=re.MULTILINE) if part.strip())
        found.append(Step(int(number), name, parts))
    return tuple(found)


def migrate(engine: Engine, place: str) -> None:
    """Take every step that was not taken yet, all of them or none. Of several processes, one does it; the others wait.

    Raises: StrataError when a later version of the product has written here.
    """
    if engine.dialect.name == "sqlite":
        _allow_reading_while_writing(engine)
    last = steps()[-1].number
    with engine.connect() as connection:
        done = _done(connection)
    if done < last:
        with engine.execution_options(**WRITES).begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(TURN)))
            done = _done(connection)  # another process may have been here meanwhile
            _take(connection, done)
    if done > last:
        raise StrataError(
            "database_newer", place=place, found=f"step {done}", allowed=f"steps up to {last}",
            do="Start the version of the product that wrote it, or a later one", state="nothing was changed",
        )  # fmt: skip


def _done(connection: Connection) -> int:
    if not sa.inspect(connection).has_table("migrations"):
        return 0
    return connection.execute(sa.select(sa.func.max(DONE.c.number))).scalar() or 0


def _take(connection: Connection, done: int) -> None:
    if done == 0:
        connection.exec_driver_sql(
            "create table migrations (number integer primary key, name text not null, done_at timestamp not null)"
        )
    for step in steps():
        if step.number > done:
            for statement in step.statements:
                connection.exec_driver_sql(statement)
            now = datetime.now(UTC).replace(tzinfo=None)
            connection.execute(sa.insert(DONE).values(number=step.number, name=step.name, done_at=now))
    if done == 0:
        changes = sa.table("changes", sa.column("subject"), sa.column("n"), sa.column("mark"))
        connection.execute(sa.insert(changes).values(subject="", n=0, mark=secrets.token_hex(8)))


def _allow_reading_while_writing(engine: Engine) -> None:
    """Put a SQLite file into WAL mode, once in its life. SQLite itself does not wait for another who is doing so."""
    until = time.monotonic() + WAL_S
    with engine.execution_options(begins="").connect() as connection:
        while connection.exec_driver_sql("pragma journal_mode").scalar() != "wal":
            try:
                connection.exec_driver_sql("pragma journal_mode = wal")
            except sa.exc.OperationalError as problem:
                if "locked" not in str(problem.orig) or time.monotonic() > until:
                    raise
                time.sleep(0.05)
