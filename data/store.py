"""The only place that opens DuckDB: one locked-down connection for readers, one workshop for builds."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from data import clock, contract, lake, uploaded
from data.errors import QueryTooLong, StrataError
from data.followed import Followed, Part
from data.ingest import ledger
from data.lake import Manifest

LIMIT_S = 20.0
MEMORY = "4GB"
Asked = tuple[str, str, str]  # version of the lake, question, values
MOST_CELLS = 4_000_000  # of the answers that are kept in memory: about 40 MB


def workshop(scratch: Path, threads: int = 2) -> duckdb.DuckDBPyConnection:
    """A connection for building a lake: it may read any file the person who runs it may read."""
    connection = duckdb.connect(str(scratch / "build.duckdb"))
    for setting in (
        f"set threads = {threads}",
        f"set memory_limit = '{MEMORY}'",
        f"set temp_directory = '{_quoted(scratch / 'spill')}'",
        "set autoinstall_known_extensions = false",
        "set autoload_known_extensions = false",
        "set preserve_insertion_order = true",
        "set enable_progress_bar = false",  # the commands have one of their own
    ):
        connection.execute(setting)
    return connection


def _quoted(path: Path | str) -> str:
    return str(path).replace("'", "''")


def _locked(home: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    spill = str((home / "spill").resolve())
    try:
        Path(spill).mkdir(parents=True, exist_ok=True)
    except OSError:  # a lake that may only be read: questions then have to fit into memory
        spill = ""
    for setting in (  # the order matters: after the last one nothing can be loosened again
        "set threads = 2",
        f"set memory_limit = '{MEMORY}'",
        f"set temp_directory = '{_quoted(spill)}'",
        "set max_temp_directory_size = '20GB'",
        "set parquet_metadata_cache = true",
        "set timezone = 'UTC'",
        "set autoinstall_known_extensions = false",
        "set autoload_known_extensions = false",
        "set allowed_directories = [{}]".format(
            ", ".join(f"'{_quoted((home / folder).resolve())}'" for folder in ("lake", ledger.FOLDER))
        ),
        "set enable_external_access = false",
        "set lock_configuration = true",
    ):
        connection.execute(setting)
    return connection


def _view(
    calendar: duckdb.DuckDBPyConnection, table: contract.Table, manifest: Manifest, folder: Path,
    beside: tuple[str, ...] = (),
) -> str:  # fmt: skip
    """The SQL of one table as readers see it, and beside it what was uploaded."""
    return f"create or replace view {table.name} as " + " union all ".join(
        (_select(calendar, table, manifest, folder), *beside)
    )


def _select(calendar: duckdb.DuckDBPyConnection, table: contract.Table, manifest: Manifest, folder: Path) -> str:
    """The rows of one table of the lake: local wall clock, and no rows where the company has none."""
    files = manifest.files.get(table.name, ())
    counts = manifest.tables.get(table.name)
    if not files or counts is None:
        columns = ", ".join(f'null::{c.sql_type} as "{c.name}"' for c in table.stored.values())
        month = ", null::varchar as ym" if table.event else ""
        return f"select {columns}{month} where false"
    columns = ", ".join(
        f"{clock.quick_local(calendar, c.quoted, manifest.timezone, counts.first, counts.last)} as {c.quoted}"
        if c.type == "instant"
        else c.quoted
        for c in table.stored.values()
    )
    month = ", ym" if table.event else ""
    paths = ", ".join(f"'{_quoted((folder / file).resolve())}'" for file in files)
    return (
        f"select {columns}{month} "
        f"from read_parquet([{paths}], hive_partitioning = true, hive_types = {{'ym': varchar}})"
        if table.event
        else f"select {columns} from read_parquet([{paths}])"
    )


class Store:
    """The lake of one data folder and what was uploaded, open for questions. One instance a process; safe
    to use from many threads. `beside`: files to be seen as if they were uploaded."""

    def __init__(self, home: Path, beside: tuple[Part, ...] = ()) -> None:
        self.home = home
        self._connection = _locked(home)
        self._lock = threading.Lock()
        self._asking: dict[Asked, Future[pd.DataFrame]] = {}
        self._kept: OrderedDict[Asked, pd.DataFrame] = OrderedDict()
        self._uploads = uploaded.Uploads(Followed(home, beside))
        self._seen: tuple[str, str] | None = None
        self._manifest: Manifest | None = None

    def manifest(self) -> Manifest | None:
        """What the live lake says of itself, or None when there is none. Follows new builds and uploads at once."""
        folder = lake.live(self.home)
        if folder is None:
            return None
        if (folder.name, self._uploads.followed.version()) != self._seen:
            with self._lock:
                self._follow()
        return self._manifest

    def _follow(self) -> None:
        """Show the live lake and uploads, all at once: no question meets some of the old and some of the new."""
        folder, version = lake.live(self.home), self._uploads.followed.version()
        if folder is None or (folder.name, version) == self._seen:  # another thread was here first
            return
        manifest = Manifest.read(folder)
        cursor = self._connection.cursor()
        try:
            cursor.execute("begin")
            shown = uploaded.Shown()
            for table in contract.tables().values():
                if table.name == "answers":  # after the clients
                    shown = self._uploads.follow(cursor, manifest)
                beside = shown.branches if table.name == "answers" else ()
                cursor.execute(_view(cursor, table, manifest, folder, beside))
            cursor.execute("commit")
        finally:
            cursor.close()
        self._manifest, self._seen = uploaded.shown_in(manifest, shown, version), (folder.name, version)

    def lake(self) -> Manifest:
        """What the live lake says of itself. Raises: StrataError without one."""
        manifest = self.manifest()
        if manifest is None:
            raise StrataError(
                "no_lake",
                place=str(self.home),
                found="no lake",
                allowed="a lake built by python -m data.build",
                do="Run make run, or python -m data.build NAME",
                state="there is nothing to show yet",
            )
        return manifest

    def version(self) -> str:
        """Changes whenever anything readable changes; part of every cache key."""
        manifest = self.manifest()
        return manifest.version if manifest else ""

    def kept(self, sql: str, values: Mapping[str, Any]) -> pd.DataFrame:
        """The rows of a question, from memory when it was asked of the same lake before. They are not to be changed."""
        asked = (self.lake().version, sql, repr(sorted(values.items())))
        with self._lock:
            if asked in self._kept:
                self._kept.move_to_end(asked)
                return self._kept[asked]
            answer = self._asking.get(asked)
            if answer is None:
                mine = self._asking[asked] = Future[pd.DataFrame]()
        if answer is not None:  # somebody is asking the very same: one scan for both
            return answer.result()
        try:
            rows = self.query(sql, values)
            mine.set_result(rows)
        except BaseException as problem:
            mine.set_exception(problem)
            raise
        finally:
            with self._lock:
                del self._asking[asked]
        if rows.size <= MOST_CELLS:
            with self._lock:
                self._kept[asked] = rows
                while sum(one.size for one in self._kept.values()) > MOST_CELLS:
                    self._kept.popitem(last=False)
        return rows

    def forget(self) -> None:
        """Keep nothing of what was asked before."""
        with self._lock:
            self._kept.clear()

    def query(self, sql: str, values: Mapping[str, Any] | None = None, limit_s: float = LIMIT_S) -> pd.DataFrame:
        """The rows of one question. Raises: QueryTooLong after `limit_s`; StrataError without a lake or for
        anything but one select: the database itself would let a reader drop a view or write into the lake."""
        before = self.lake().version
        cursor = self._connection.cursor()
        timer = threading.Timer(limit_s, cursor.interrupt)
        try:
            asked = cursor.extract_statements(sql)
            if len(asked) != 1 or asked[0].type != duckdb.StatementType.SELECT:
                raise StrataError(
                    "not_a_question",
                    place="the question asked",
                    found=" and ".join(one.type.name.lower() for one in asked) or "nothing",
                    allowed="one select",
                    do="Ask with a select",
                    state="nothing was changed",
                )
            timer.start()
            return cursor.execute(asked[0], dict(values or {})).df()
        except duckdb.InterruptException:
            raise QueryTooLong(
                "too_long",
                place="the question asked",
                found=f"more than {limit_s:g} s of work",
                allowed=f"{limit_s:g} s",
                do="Choose a shorter period or a narrower filter",
                state="nothing was changed",
            ) from None
        except duckdb.IOException:
            if self.version() == before:
                raise
        finally:
            timer.cancel()
            cursor.close()
        return self.query(sql, values, limit_s)  # lakes were built meanwhile and the files of this one swept: ask again


@cache
def store_of(home: Path) -> Store:
    """The process's store for a data folder, given whole."""
    return Store(home)


def reader(home: Path | None = None) -> Store:
    """The process's store for a data folder; without one, for that of the settings as they are now."""
    return store_of((home or lake.place()).resolve())
