"""The only place that opens DuckDB: one locked-down connection for readers, one workshop for builds."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd

from data import contract, lake
from data.errors import QueryTooLong, StrataError

LIMIT_S = 20.0
MEMORY = "4GB"


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
    ):
        connection.execute(setting)
    return connection


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _locked(home: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    spill = home / "spill"
    spill.mkdir(parents=True, exist_ok=True)
    for setting in (  # the order matters: after the last one nothing can be loosened again
        "set threads = 2",
        f"set memory_limit = '{MEMORY}'",
        f"set temp_directory = '{_quoted(spill.resolve())}'",
        "set max_temp_directory_size = '20GB'",
        "set parquet_metadata_cache = true",
        "set timezone = 'UTC'",
        "set autoinstall_known_extensions = false",
        "set autoload_known_extensions = false",
        f"set allowed_directories = ['{_quoted((home / 'lake').resolve())}']",
        "set enable_external_access = false",
        "set lock_configuration = true",
    ):
        connection.execute(setting)
    return connection


def local_time(column: str, zone: str, first: str | None, last: str | None) -> str:
    """The SQL that turns a stored UTC instant into the company's wall clock.

    One interval per change of the clocks within the years the lake covers: far cheaper a row than a calendar library.
    """
    if zone == "UTC" or first is None or last is None:
        return column
    tz = ZoneInfo(zone)
    at = datetime.fromisoformat(first).replace(tzinfo=UTC) - timedelta(days=400)
    end = datetime.fromisoformat(last).replace(tzinfo=UTC) + timedelta(days=400)
    spans: list[tuple[datetime, timedelta]] = []
    while at < end:
        offset = at.astimezone(tz).utcoffset() or timedelta()
        if not spans or spans[-1][1] != offset:
            if spans:  # find the second of the change inside this day
                low, high = at - timedelta(days=1), at
                while high - low > timedelta(seconds=1):
                    middle = low + (high - low) / 2
                    low, high = (low, middle) if middle.astimezone(tz).utcoffset() == offset else (middle, high)
                spans.append((high.replace(microsecond=0), offset))
            else:
                spans.append((at, offset))
        at += timedelta(days=1)
    shifts = [f"interval '{int(offset.total_seconds())} seconds'" for _, offset in spans]
    if len(shifts) == 1:
        return f"{column} + {shifts[0]}"
    arms = " ".join(
        f"when {column} < timestamp '{after[0]:%Y-%m-%d %H:%M:%S}' then {shift}"
        for shift, after in zip(shifts, spans[1:], strict=False)
    )
    return f"{column} + case {arms} else {shifts[-1]} end"


def _view(table: contract.Table, manifest: lake.Manifest, folder: Path) -> str:
    """The SQL of one table as readers see it: local wall clock, and no rows where the company has none."""
    files = manifest.files.get(table.name, ())
    counts = manifest.tables.get(table.name)
    if not files or counts is None:
        columns = ", ".join(f'null::{c.sql_type} as "{c.name}"' for c in table.stored.values())
        month = ", null::varchar as ym" if table.event else ""
        return f"create or replace view {table.name} as select {columns}{month} where false"
    columns = ", ".join(
        f'{local_time(c.quoted, manifest.timezone, counts.first, counts.last)} as {c.quoted}'
        if c.type == "instant" and manifest.timezone != "UTC"
        else c.quoted
        for c in table.stored.values()
    )
    month = ", ym" if table.event else ""
    paths = ", ".join(f"'{_quoted((folder / file).resolve())}'" for file in files)
    return (
        f"create or replace view {table.name} as select {columns}{month} "
        f"from read_parquet([{paths}], hive_partitioning = true, hive_types = {{'ym': varchar}})"
        if table.event
        else f"create or replace view {table.name} as select {columns} from read_parquet([{paths}])"
    )


class Store:
    """The lake of one data folder, open for questions. One instance a process; safe to use from many threads."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._connection = _locked(home)
        self._lock = threading.Lock()
        self._seen: str | None = None
        self._manifest: lake.Manifest | None = None

    def manifest(self) -> lake.Manifest | None:
        """What the live lake says of itself, or None when there is none. Follows a new build without a restart."""
        folder = lake.live(self.home)
        if folder is None:
            return None
        if folder.name != self._seen:
            with self._lock:
                manifest = lake.Manifest.read(folder)
                for table in contract.tables().values():
                    self._connection.cursor().execute(_view(table, manifest, folder))
                self._manifest, self._seen = manifest, folder.name
        return self._manifest

    def version(self) -> str:
        """Changes whenever anything readable changes; part of every cache key."""
        manifest = self.manifest()
        return manifest.version if manifest else ""

    def query(self, sql: str, values: Mapping[str, Any] | None = None, limit_s: float = LIMIT_S) -> pd.DataFrame:
        """The rows of one question. Raises: QueryTooLong after `limit_s`; StrataError without a lake."""
        if self.manifest() is None:
            raise StrataError(
                "no_lake",
                place=str(self.home),
                found="no lake",
                allowed="a lake built by python -m data.build",
                do="Run make run, or python -m data.build NAME",
                state="there is nothing to show yet",
            )
        cursor = self._connection.cursor()
        timer = threading.Timer(limit_s, cursor.interrupt)
        timer.start()
        try:
            return cursor.execute(sql, dict(values or {})).df()
        except duckdb.InterruptException:
            raise QueryTooLong(
                "too_long",
                place="the question asked",
                found=f"more than {limit_s:g} s of work",
                allowed=f"{limit_s:g} s",
                do="Choose a shorter period or a narrower filter",
                state="nothing was changed",
            ) from None
        finally:
            timer.cancel()
            cursor.close()


@cache
def reader(home: Path | None = None) -> Store:
    """The process's store for a data folder."""
    return Store((home or lake.place()).resolve())
