"""The database of what people write: SQLite in the data folder, or PostgreSQL where STRATA_DATABASE names one.

Every write of a subject bumps the subject's number in the same transaction. So a reader who asks for the number alone
knows whether anything was written since, by any process.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine

from data import lake, migrations
from data.errors import StrataError, first_line

T = TypeVar("T")
FILE = "strata.db"
LOCAL = "local"  # who writes until there is sign-in
PATIENCE_S = 10  # as long a write waits for others
CONNECT_S = 3
HOLD_OFF_S = 15.0  # a database that cannot be reached is not asked again sooner: the pages open without it
CHANGES = sa.table("changes", sa.column("subject"), sa.column("n"), sa.column("mark"))
BUSY = ("database is locked", "database table is locked", "lock timeout", "statement timeout")
UNWRITABLE = ("unable to open database file", "readonly", "read-only", "disk I/O", "disk is full", "permission denied")
LOG = logging.getLogger("strata")


def address(home: Path | None = None) -> URL:
    """Where the database is: STRATA_DATABASE, else a file in the data folder. Raises: StrataError for another kind."""
    said = os.environ.get("STRATA_DATABASE", "")
    if home is not None or not said:
        return URL.create("sqlite", database=str(((home or lake.place()) / FILE).resolve()))
    try:
        url = sa.make_url(said)
    except sa.exc.ArgumentError:
        raise _not_an_address("something that is not an address") from None  # what it is may hold a password
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise _not_an_address(url.get_backend_name())
    return url


def _not_an_address(found: str) -> StrataError:
    return StrataError(
        "database_address", place="STRATA_DATABASE", found=found,
        allowed="postgresql://user:password@host/name or nothing at all", do="Correct the setting and start again",
        state="nothing was saved",
    )  # fmt: skip


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        waits = f"-c lock_timeout={PATIENCE_S}s -c statement_timeout={2 * PATIENCE_S}s -c timezone=UTC"
        return sa.create_engine(
            url, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_S, "options": waits}
        )  # fmt: skip
    engine = sa.create_engine(url, connect_args={"timeout": PATIENCE_S})

    @event.listens_for(engine, "connect")
    def settle(connection: Any, record: object) -> None:
        del record
        connection.isolation_level = None  # transactions begin where `begin` says so, not where the driver guesses
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma synchronous = full")  # what was confirmed survives a power cut

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        words = connection.get_execution_options().get("begins", "begin")
        if words:
            connection.exec_driver_sql(words)

    return engine


class Database:
    """One database, opened and brought up to date when it is first needed. Safe to use from many threads."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._opened_inode: int | None = None
        self._refused: tuple[float, StrataError] | None = None
        self._remembered: dict[str, tuple[str, Any]] = {}

    @property
    def place(self) -> str:
        """Where it is, without a password."""
        return self.url.database or "" if self.url.get_backend_name() == "sqlite" else self.url.render_as_string()

    def _opened(self) -> Engine:
        with self._lock:
            if self._refused and time.monotonic() < self._refused[0]:
                raise self._refused[1]
            if self._engine is not None and self._inode() != self._opened_inode:
                self._let_go()  # the file was put away or replaced: what is written into the old one would be lost
            if self._engine is None:
                try:
                    with self._in_words():
                        self._engine = self._migrated()
                except StrataError as problem:
                    self._refused = (time.monotonic() + HOLD_OFF_S, problem)
                    raise
                self._opened_inode = self._inode()
            return self._engine

    def _migrated(self) -> Engine:
        engine = _engine(self.url)
        try:
            migrations.migrate(engine, self.place)
        except BaseException:
            engine.dispose()
            raise
        return engine

    def _inode(self) -> int | None:
        """Which file is open; None where it is no file, or is gone."""
        if self.url.get_backend_name() != "sqlite" or not self.url.database:
            return None
        try:
            return Path(self.url.database).stat().st_ino
        except OSError:
            return None

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """What the database complains of, as an error a reader can act on."""
        try:
            yield
        except sa.exc.IntegrityError:  # a question of what was written, not of the database
            raise
        except ImportError as problem:
            raise self._problem("database_unreachable", first_line(problem)) from problem
        except sa.exc.DBAPIError as problem:
            said = first_line(problem.orig if isinstance(problem.orig, Exception) else problem)
            signs = ((BUSY, "database_busy"), (UNWRITABLE, "database_unwritable"))
            code = next((code for some, code in signs if any(sign in said for sign in some)), "database_unreachable")
            worded = self._problem(code, said)
            if code == "database_unreachable":
                self._refused = (time.monotonic() + HOLD_OFF_S, worded)
            raise worded from problem

    def _problem(self, code: str, found: str) -> StrataError:
        LOG.warning("database %s: %s: %s", self.place, code, found)
        allowed, do = {
            "database_busy": ("one writer after the other", "Try again in a moment"),
            "database_unwritable": ("a folder that can be written", "Give the server a data folder it may write to"),
            "database_unreachable": (
                "a database that answers",
                "See that it runs, and that STRATA_DATABASE or the file named is right",
            ),
        }[code]
        return StrataError(code, place=self.place, found=found, allowed=allowed, do=do, state="nothing was saved")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One look at what was written, the same throughout. Raises: StrataError when it cannot be had."""
        engine = self._opened()
        with self._in_words(), engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self, subject: str) -> Iterator[Connection]:
        """One transaction about a subject: all of it is saved, or nothing. Of several writers each waits for its turn,
        so that what one reads in it still holds when it writes.

        Raises: StrataError when nothing was saved; IntegrityError as the database says it.
        """
        engine = self._opened()
        with self._in_words(), engine.execution_options(**migrations.WRITES).begin() as connection:
            bumped = sa.update(CHANGES).where(CHANGES.c.subject == subject).values(n=CHANGES.c.n + 1)
            if connection.execute(bumped).rowcount != 1:  # first, because PostgreSQL makes the next writer wait here
                raise ValueError(f"{subject} is no subject of a migration")
            yield connection

    def version(self, subject: str) -> str:
        """Changes with every write of the subject by any process, and never comes back: a key for what was read."""
        asked = sa.select(CHANGES.c.subject, CHANGES.c.n, CHANGES.c.mark).where(CHANGES.c.subject.in_(["", subject]))
        with self.reading() as connection:
            rows = {row.subject: row for row in connection.execute(asked)}
        return f"{rows[''].mark}-{rows[subject].n}"

    def remembered(self, subject: str, read: Callable[[Connection], T]) -> T:
        """What `read` gives for a subject, read again only after a write."""
        version = self.version(subject)
        known = self._remembered.get(subject)
        if known is not None and known[0] == version:
            return known[1]  # type: ignore[no-any-return]  # what `read` gave
        with self.reading() as connection:
            found = read(connection)
        self._remembered[subject] = (version, found)
        return found

    def close(self) -> None:
        """Let go of its connections; the next question opens it again."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
        self._engine, self._refused = None, None
        self._remembered.clear()


@cache
def _database(url: URL) -> Database:
    return Database(url)


def database(home: Path | None = None) -> Database:
    """The process's database: that of the settings, or the one in the given data folder."""
    return _database(address(home))
