"""The answers of live uploads, as readers see them beside the lake's: which files count, and the SQL that reads them.

Most files are read as they are. Those with answers that wait for their client, that stand in a later upload too, or
whose client the lake knows no longer, are read with care; those that a later export holds whole are not read at all.
Small files are held in memory, so that many uploads stay fast.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb

from data import clock, contract, lake
from data.followed import Followed, Part, checked, part
from data.ingest.ledger import Ledger
from data.ingest.matching import Clients
from data.lake import Manifest

AHEAD = timedelta(days=31)  # of the last facts of other tables: as far as answers alone move the last day
HELD_ROWS, HELD_BYTES = 500_000, 64_000_000  # of small files, as stored

TABLES = """
create or replace table uploaded_told (said varchar, client_id varchar);
create or replace table uploaded_hidden (stored varchar, answer_id varchar);
"""
# One row per file: its answers, and those whose client was not known when they were stored, or is known no longer.
OPEN = """
select
    answers.filename,
    count(*) as n,
    count(*) filter (where answers.client_id is null) as unknown,
    count(*) filter (where answers.client_id is not null and clients.client_id is null) as lost
from read_parquet($files, filename = true) as answers
left join clients on clients.client_id = answers.client_id
group by answers.filename
"""
# One row per name by which the answers of some files know their client.
SAID = """
select distinct answers.client
from read_parquet($files) as answers
left join clients on clients.client_id = answers.client_id
where clients.client_id is null
"""


@dataclass(frozen=True)
class Shown:
    """What readers see of uploads. `branches`: selects that stand beside the lake's answers. `first`, `last`: days in
    the company's own zone; None without answers. `within`: the last one not far ahead of the lake's other facts.
    `known`: the last day on which anything was taken in."""

    branches: tuple[str, ...] = ()
    rows: int = 0
    first: date | None = None
    last: date | None = None
    within: date | None = None
    known: date | None = None


class Uploads:
    """The uploads of one data folder inside one connection: follows the ledger, and remembers what it saw of files."""

    def __init__(self, followed: Followed) -> None:
        self.followed = followed
        self._rows: dict[str, int] = {}
        self._open: dict[str, tuple[int, int]] = {}
        self._of_lake = ""

    def follow(self, cursor: duckdb.DuckDBPyConnection, manifest: Manifest) -> Shown:
        """Make the tables that the branches read, inside the caller's transaction; `clients` is there already.

        Raises: StrataError when a file of the ledger is missing.
        """
        found = self.followed.ledger()
        live = [part(self.followed.home, one) for one in found.live] + list(self.followed.beside)
        live = [one for one in live if one.rows]
        if not live:
            return Shown()
        cursor.execute(TABLES)
        self._inspect(cursor, live, manifest.version)
        hidden = self._hide(cursor, live)
        live = [one for one in (self._left(one, hidden.get(one.path, 0)) for one in live) if one.rows]
        unsure = [one for one in live if self._open[one.path] != (0, 0)]
        self._tell(cursor, unsure, found)
        careful = (
            {one.path for one in live if one.zone != manifest.timezone} | hidden.keys() | {one.path for one in unsure}
        )
        first, last = _ends(manifest, [at for one in live for at in (one.first_at, one.last_at)])
        select = _Select(cursor, manifest, first, last)
        held, large = _small(live)
        cursor.execute(f"create or replace table uploaded_held as {select.of(held, careful)}")
        branches = ["select * from uploaded_held"] if held else []
        branches += select.branches(large, careful)
        rows = sum(one.rows for one in live if one.path not in careful)
        if careful:
            counted = select.of([one for one in live if one.path in careful], careful)
            rows += cursor.execute(f"select count(*) from ({counted})").fetchall()[0][0]
        limit, within = _limit(manifest), last
        if limit is not None and last is not None and last > limit and branches:
            met = (
                f"select max(answered_at)::date from ({' union all '.join(branches)}) where answered_at::date <= $limit"
            )
            within = cursor.execute(met, {"limit": limit}).fetchall()[0][0]
        return Shown(tuple(branches), rows, first, last, within, _ends(manifest, [one.uploaded_at for one in live])[1])

    def _inspect(self, cursor: duckdb.DuckDBPyConnection, live: list[Part], lake_version: str) -> None:
        if self._of_lake != lake_version:
            self._open, self._of_lake = {}, lake_version
        new = [one.path for one in live if one.path not in self._open]
        if not new:
            return
        try:
            for path, rows, unknown, lost in cursor.execute(OPEN, {"files": new}).fetchall():
                self._rows[path], self._open[path] = rows, (unknown, lost)
        except duckdb.Error:
            for path in new:
                checked(path)
            raise

    def _left(self, one: Part, hidden: int) -> Part:
        """A file by what later ones leave of it: of a large one that is often little, and small files are held."""
        rows = self._rows[one.path]
        return replace(one, rows=rows - hidden, size=one.size * (rows - hidden) // max(rows, 1))

    def _hide(self, cursor: duckdb.DuckDBPyConnection, live: list[Part]) -> dict[str, int]:
        """Note the answers that stand in later uploads too. Gives how many of them each file holds."""
        hides = [one.hides for one in live if one.hides]
        if not hides:
            return {}
        of = {"ids": [one.upload_id for one in live], "paths": [one.path for one in live], "hides": hides}
        cursor.execute(
            "insert into uploaded_hidden select distinct live.path, hides.answer_id from read_parquet($hides) as hides "
            "join (select unnest($ids) as upload_id, unnest($paths) as path) as live using (upload_id)", of,
        )  # fmt: skip
        return dict(cursor.execute("select stored, count(*) from uploaded_hidden group by stored").fetchall())

    def _tell(self, cursor: duckdb.DuckDBPyConnection, unsure: list[Part], found: Ledger) -> None:
        """Note who is meant by the names of answers without a client, as far as that is known by now."""
        if not unsure:
            return
        said = [row[0] for row in cursor.execute(SAID, {"files": [one.path for one in unsure]}).fetchall()]
        names = dict(cursor.execute("select client_id, name from clients").fetchall())
        known = Clients(names, found.meant)
        met = {one: match.client_id for one in said if (match := known.match(one)).client_id is not None}
        if met:
            cursor.execute(
                "insert into uploaded_told select unnest($said), unnest($clients)",
                {"said": list(met), "clients": list(met.values())},
            )


class _Select:
    """The SQL of answers in the shape of the contract, their instants by the company's clock."""

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, manifest: Manifest, first: date | None, last: date | None
    ) -> None:
        zone = manifest.timezone
        ends = (first.isoformat() if first else None, last.isoformat() if last else None)
        self.columns: dict[str, str] = {}
        for column in contract.tables()["answers"].stored.values():
            cell = f"answers.{column.quoted}"
            self.columns[column.name] = (
                clock.quick_local(cursor, cell, zone, *ends) if column.type == "instant" else cell
            )

    def branches(self, parts: Iterable[Part], careful: set[str]) -> list[str]:
        """One select for the files that are read as they are, one for those that are read with care."""
        plain = [one.path for one in parts if one.path not in careful]
        others = [one.path for one in parts if one.path in careful]
        return ([self._plain(plain)] if plain else []) + ([self._careful(others)] if others else [])

    def of(self, parts: Iterable[Part], careful: set[str]) -> str:
        """One select for all of some files; without rows for none."""
        empty = "select {}, null::varchar as ym where false".format(
            ", ".join(f"null::{c.sql_type} as {c.quoted}" for c in contract.tables()["answers"].stored.values())
        )
        return " union all ".join(self.branches(parts, careful) or [empty])

    def _listed(self, changed: Mapping[str, str]) -> str:
        return ", ".join(f'{changed.get(name, sql)} as "{name}"' for name, sql in self.columns.items())

    def _plain(self, paths: list[str]) -> str:
        return f"select {self._listed({})}, answers.ym from read_parquet([{_paths(paths)}]) as answers"

    def _careful(self, paths: list[str]) -> str:
        client = "coalesce(known.client_id, told.client_id)"
        return (
            f"select {self._listed({'client_id': client})}, strftime({self.columns['answered_at']}, '%Y-%m') as ym "
            f"from read_parquet([{_paths(paths)}], filename = true) as answers "
            "left join clients as known on known.client_id = answers.client_id "
            "left join uploaded_told as told on known.client_id is null and told.said = answers.client "
            "anti join uploaded_hidden as hidden "
            "on hidden.stored = answers.filename and hidden.answer_id = answers.answer_id "
            f"where {client} is not null"
        )


def _paths(paths: Iterable[str]) -> str:
    return ", ".join("'" + path.replace("'", "''") + "'" for path in paths)


def _small(parts: list[Part]) -> tuple[list[Part], list[Part]]:
    """The files that are held in memory, and the others."""
    held: list[Part] = []
    large: list[Part] = []
    rows = size = 0
    for one in sorted(parts, key=lambda one: one.rows):
        rows, size = rows + one.rows, size + one.size
        (held if rows <= HELD_ROWS and size <= HELD_BYTES else large).append(one)
    return held, large


def _ends(manifest: Manifest, instants: Iterable[datetime | None]) -> tuple[date | None, date | None]:
    """The first and the last day of some instants on the company's calendar."""
    zone = ZoneInfo(manifest.timezone)
    days = [at.replace(tzinfo=UTC).astimezone(zone).date() for at in instants if at is not None]
    return min(days, default=None), max(days, default=None)


def _limit(manifest: Manifest) -> date | None:
    """The last day to which answers alone may move a lake; None for one that has nothing but clients and answers."""
    apart = ("answers", "clients", "employees")
    facts = [one.last for name, one in manifest.tables.items() if name in contract.tables() and name not in apart]
    last = max((day for day in facts if day), default=None)
    return max(date.fromisoformat(last) + AHEAD, manifest.last_day) if last else None


def shown_in(manifest: Manifest, shown: Shown, version: str) -> Manifest:
    """What a lake says of itself with the uploads beside it. Its last day follows them, but neither into the future nor
    far from its other facts: one answer with a wrong date would show every other layer as months without any."""
    if not version:
        return manifest
    named = replace(manifest, version=f"{manifest.version}+{version}")
    if not shown.rows or shown.first is None or shown.last is None or shown.known is None:
        return named
    before = manifest.tables.get("answers") or lake.Counts(0, 0, 0)
    counts = replace(
        before,
        rows_in=before.rows_in + shown.rows,
        kept=before.kept + shown.rows,
        first=min(day for day in (before.first, shown.first.isoformat()) if day),
        last=max(day for day in (before.last, shown.last.isoformat()) if day),
    )
    as_of = max(manifest.as_of, min(shown.within or manifest.last_day, shown.known).isoformat())
    return replace(named, as_of=as_of, tables={**manifest.tables, "answers": counts})
