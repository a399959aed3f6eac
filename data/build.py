"""Build a lake from one company's exports: python -m data.build NAME [--raw DIR] [--into DIR]."""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from data import clock, contract, exports, lake, mapping, source, store
from data.check import check
from data.errors import BuildError, StrataError, first_line

ROW_GROUP = 40_960  # rows that are read together: see docs/decisions/row-groups.md
Progress = Callable[[float, str], None]


def _derive(work: duckdb.DuckDBPyConnection) -> None:
    """Add what is costly to work out and the same under every filter: who handed over, what a case added up to."""
    work.execute("set schema = 'kept'")
    for name in ("steps", "cases"):
        sql = (contract.FOLDER / f"derived_{name}.sql").read_text(encoding="utf-8")
        work.execute(f"create table derived as {sql}; drop table {name}; alter table derived rename to {name}")
    work.execute("set schema = 'main'")


def _write(
    work: duckdb.DuckDBPyConnection, table: contract.Table, into: Path, zone: str
) -> tuple[list[str], str | None, str | None]:
    """The kept rows of one table as Parquet. Gives its files and the days of its first event and its latest news."""
    parquet = f"(format parquet, compression zstd, row_group_size {ROW_GROUP})"
    columns = ", ".join(column.quoted for column in table.stored.values())
    folder = into / table.name
    folder.mkdir()
    if not table.event:
        if work.execute(f"select count(*) from kept.{table.name}").fetchall() == [(0,)]:
            return [], None, None
        target = str(folder / "part.parquet").replace("'", "''")
        work.execute(f"copy (select {columns} from kept.{table.name} order by {table.key[0]}) to '{target}' {parquet}")
        return [f"{table.name}/part.parquet"], None, None
    event = table.event_sql
    is_instant = table.event in table.columns and table.columns[table.event].type == "instant"
    local = clock.local(event, zone) if is_instant else event
    work.execute(
        f"create temp table dated as select {columns}, strftime({local}, '%Y-%m') as ym from kept.{table.name}"
    )
    files = []
    for (month,) in work.execute("select distinct ym from dated order by ym").fetchall():
        part = folder / f"ym={month}"
        part.mkdir()
        target = str(part / "part.parquet").replace("'", "''")
        work.execute(
            f"copy (select {columns} from dated where ym = '{month}' order by {table.sorted_by}, {event}) "
            f"to '{target}' {parquet}"
        )
        files.append(f"{table.name}/ym={month}/part.parquet")
    latest = f"coalesce(max({table.columns[table.news].quoted}), max({local}))" if table.news else f"max({local})"
    first, last = work.execute(
        f"select min({local})::date::varchar, {latest}::date::varchar from kept.{table.name}"
    ).fetchall()[0]
    work.execute("drop table dated")
    return files, first, last


def build(company: source.Source, raw: Path, home: Path, progress: Progress, now: datetime) -> lake.Manifest:
    """Read, map, check and write a whole lake, and make it the live one at the very end. `now`: UTC, without a zone.

    Raises: BuildError when an export, a column or a mapping is missing or wrong, or the folder cannot be written; the
    lake that was live before stays live.
    """
    try:
        with lake.building(home):
            before = lake.live(home)
            lake.sweep(home, {before.name} if before else set())
            with tempfile.TemporaryDirectory(dir=home, prefix="build-") as scratch:
                manifest = _draft(company, raw, Path(scratch), progress, now)
                version = home / "lake" / manifest.version
                if version != before:  # the same rows within the same second are the same lake
                    (Path(scratch) / "lake").rename(version)
                    lake.commit(home, version)
    except (duckdb.Error, OSError) as problem:
        raise BuildError(
            "failed",
            place=str(home),
            found=first_line(problem),
            allowed="exports that can be read to their end, room on the disk and 4 GB of memory",
            do="Put that right and build again",
            state="the lake is as it was",
        ) from problem
    progress(1.0, "done")
    return manifest


def _draft(company: source.Source, raw: Path, scratch: Path, progress: Progress, now: datetime) -> lake.Manifest:
    """A finished lake in `scratch`/lake, seen by nobody yet."""
    tables = contract.tables()
    draft = scratch / "lake"
    (draft / "rejects").mkdir(parents=True)
    with store.workshop(scratch) as work:
        work.execute(f"set timezone = '{company.timezone}'")
        for schema in ("raw", "mapped", "typed", "bad", "kept"):
            work.execute(f"create schema {schema}")
        work.execute("create table raw_bad (name varchar, line bigint, col varchar, value varchar, reason varchar)")
        files = source.raw_files(company, raw)
        for done, (name, path) in enumerate(files.items()):
            progress(0.2 * done / len(files), f"reading {path.name}")
            exports.read_raw(work, name, path)
        tomorrow = (now + timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S")
        counts: dict[str, tuple[int, int]] = {}
        for done, table in enumerate(tables.values()):
            progress(0.2 + 0.4 * done / len(tables), f"checking {table.name}")
            if mapping.map_table(work, company, table, set(files)):
                counts[table.name] = check(work, table, company.timezone, tomorrow)
            else:
                columns = ", ".join(f"null::{c.sql_type} as {c.quoted}" for c in table.columns.values())
                work.execute(f"create table kept.{table.name} as select {columns} where false")
        progress(0.62, "following the work through its cases")
        _derive(work)
        said: dict[str, lake.Counts] = {}
        parts: dict[str, tuple[str, ...]] = {}
        for done, name in enumerate(counts):
            progress(0.65 + 0.33 * done / len(counts), f"writing {name}")
            paths, first, last = _write(work, tables[name], draft, company.timezone)
            rows_in, kept = counts[name]
            said[name] = lake.Counts(rows_in, kept, rows_in - kept, first, last)
            parts[name] = tuple(paths)
            _write_rejects(work, name, draft)
        _write_raw_rejects(work, draft, said)
    manifest = _manifest(company, said, parts, draft, now)
    manifest.write(draft)
    return manifest


def _write_rejects(work: duckdb.DuckDBPyConnection, name: str, draft: Path) -> None:
    """Each failure, and beside it the whole row as it was mapped."""
    if work.execute(f"select count(*) from bad.{name}").fetchall() != [(0,)]:
        target = str(draft / "rejects" / f"{name}.parquet").replace("'", "''")
        work.execute(
            f'copy (select \'{name}\' as "table", bad.row, bad."column", bad.value, bad.reason, '
            f"to_json(mapped) as record from bad.{name} as bad join mapped.{name} as mapped "
            f"on mapped.rowid + 1 = bad.row order by bad.row) to '{target}' (format parquet)"
        )


def _write_raw_rejects(work: duckdb.DuckDBPyConnection, draft: Path, said: dict[str, lake.Counts]) -> None:
    """Lines that could not even be read as rows of their export."""
    for (name,) in work.execute("select distinct name from raw_bad order by name").fetchall():
        target = str(draft / "rejects" / f"raw.{name}.parquet").replace("'", "''")
        work.execute(
            'copy (select \'raw.\' || name as "table", line as row, col as "column", value, reason from raw_bad '
            f"where name = $name order by line) to '{target}' (format parquet)",
            {"name": name},
        )
        broken, whole = work.execute(
            f"select (select count(*) from raw_bad where name = $name), (select count(*) from {exports.view(name)})",
            {"name": name},
        ).fetchall()[0]
        said[f"raw.{name}"] = lake.Counts(whole + broken, whole, broken)


def _manifest(
    company: source.Source, said: dict[str, lake.Counts], parts: dict[str, tuple[str, ...]], draft: Path, now: datetime
) -> lake.Manifest:
    today = now.replace(tzinfo=UTC).astimezone(ZoneInfo(company.timezone)).date().isoformat()
    happened = [
        counts.last
        for name, counts in said.items()
        if counts.last and name in contract.tables() and "due_on" not in contract.tables()[name].event
    ]
    content = hashlib.sha256(repr((company.name, company.title, company.currency, company.timezone)).encode())
    content.update(repr((company.stages, said)).encode())
    for path in sorted(draft.rglob("*.parquet")):
        content.update(path.relative_to(draft).as_posix().encode())
        content.update(hashlib.sha256(path.read_bytes()).digest())
    return lake.Manifest(
        version=f"{now:%Y%m%dT%H%M%S}-{content.hexdigest()[:12]}",
        source=company.name,
        title=company.title,
        currency=company.currency,
        timezone=company.timezone,
        built_at=now.isoformat(timespec="seconds"),
        as_of=min(max(happened, default=today), today),
        stages=company.stages,
        tables=said,
        files=parts,
    )


def _bar(share: float, doing: str) -> None:
    if sys.stderr.isatty():
        filled = round(30 * share)
        end = "\n" if share >= 1 else ""
        sys.stderr.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {share:4.0%}  {doing:<40}{end}")
    else:
        sys.stderr.write(f"{share:4.0%}  {doing}\n")
    sys.stderr.flush()


def report(manifest: lake.Manifest) -> str:
    """What became of every row: one line per table."""
    lines = [f"{'table':<14}{'rows in':>12}{'kept':>12}{'rejected':>12}"]
    lines += [f"{n:<14}{c.rows_in:>12,}{c.kept:>12,}{c.rejected:>12,}" for n, c in manifest.tables.items()]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """The command. Exit 1 with one message when something has to be put right."""
    asked = argparse.ArgumentParser(prog="python -m data.build", description=__doc__)
    asked.add_argument("name", help="a source: a folder of data/sources, or a path to one")
    asked.add_argument("--raw", type=Path, help="where the exports lie")
    asked.add_argument("--into", type=Path, help="the data folder (default: STRATA_DATA, else data/files)")
    asked.add_argument("--if-none", action="store_true", help="do nothing when there is a lake already")
    said = asked.parse_args(arguments)
    home = (said.into or lake.place()).resolve()
    if said.if_none and lake.live(home):
        return 0
    now = datetime.now(UTC).replace(tzinfo=None)
    try:
        company = source.read(said.name)
        with tempfile.TemporaryDirectory() as made:
            raw = said.raw or company.raw
            if said.name == "demo" and said.raw is None:
                from data import demo

                _bar(0.0, "inventing the demo company")
                raw = Path(made)
                demo.write_raw(raw, seed=demo.SEED, until=now.date() - timedelta(days=1))
            manifest = build(company, raw, home, _bar, now)
    except StrataError as problem:
        sys.stderr.write(f"\n{problem}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; the lake is as it was\n")
        return 130
    sys.stdout.write(f"{report(manifest)}\nrejected rows lie in {lake.live(home)}/rejects\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
