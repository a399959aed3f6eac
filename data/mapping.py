"""A company's exports read as they are, and mapped onto the tables of the contract by its SQL."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from data import contract, source
from data.errors import BuildError, nearest

NEEDED = ("clients", "answers")


def read_raw(work: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    """One export as raw.<name>: text stays text, so that no leading zero or odd date is lost before it is judged."""
    quoted = str(path).replace("'", "''")
    kind = path.suffix.lower() if path.is_file() else ".parquet"
    try:
        if kind == ".parquet":
            pattern = quoted if path.is_file() else f"{quoted}/**/*.parquet"
            work.execute(f"create view raw.\"{name}\" as from read_parquet('{pattern}', union_by_name = true)")
        elif kind == ".xlsx":
            import fastexcel

            sheet = fastexcel.read_excel(path).load_sheet(0, dtypes="string").to_arrow()
            work.register("sheet", sheet)
            work.execute(f'create table raw."{name}" as from sheet')
        else:
            work.execute(
                f"create table raw.\"{name}\" as from read_csv('{quoted}', all_varchar = true, header = true, "
                "store_rejects = true, rejects_table = 'broken', rejects_scan = 'broken_scan', rejects_limit = 0)"
            )
            work.execute(
                f"insert into raw_bad select '{name}', line, column_name, csv_line, error_message from broken; "
                "drop table broken; drop table broken_scan"
            )
    except duckdb.Error as problem:
        raise BuildError(
            "unreadable",
            place=path.name,
            found=str(problem).splitlines()[0],
            allowed="CSV in UTF-8, Parquet or XLSX",
            do="Export it again",
            state="the lake is as it was",
        ) from None


def map_table(work: duckdb.DuckDBPyConnection, company: source.Source, table: contract.Table, views: set[str]) -> bool:
    """Run the mapping of one table into mapped.<table>. False when the company does not have it."""
    name = table.name
    sql = company.sql.get(name) or (f'select * from raw."{name}"' if name in views else None)
    if sql is None:
        if name in NEEDED:
            raise BuildError(
                "missing_table",
                place=f"{company.name}",
                found=f"neither {name}.sql nor an export named {name}",
                allowed="clients and answers at least",
                do=f"Write {name}.sql, or add {name}.csv in the shape of the contract",
                state="the lake is as it was",
            )
        return False
    place = f"{company.name}/{name}.sql" if name in company.sql else f"raw file {name}"
    try:
        work.execute(f"create table mapped.{name} as {sql}")
    except duckdb.Error as problem:
        raise _mapping_error(place, str(problem), views) from None
    found = [row[0] for row in work.execute(f"select column_name from (describe mapped.{name})").fetchall()]
    for column in found:
        if column not in table.columns:
            raise BuildError(
                "unknown_column",
                place=place,
                found=f'column "{column}"{nearest(column, table.columns)}',
                allowed=", ".join(table.columns),
                do="Rename or drop it",
                state="the lake is as it was",
            )
    missing = [c.name for c in table.columns.values() if c.required and c.name not in found]
    if missing:
        raise BuildError(
            "missing_column",
            place=place,
            found=f"columns {', '.join(found)}",
            allowed=f"only with {', '.join(missing)} as well",
            do=f"Give {', '.join(missing)} in the mapping",
            state="the lake is as it was",
        )
    return True


def _mapping_error(place: str, said: str, views: set[str]) -> BuildError:
    """The database's complaint about a mapping, in the house form."""
    column = re.search(r'Referenced column "([^"]+)" not found', said)
    candidates = re.search(r"Candidate bindings: (.+)", said)
    view = re.search(r"Table with name (\S+) does not exist", said)
    if column:
        found = f'no column "{column[1]}" in the exports it reads'
        allowed = candidates[1].strip() if candidates else "a column of the exports it reads"
    elif view:
        found, allowed = f'no export "{view[1]}"', f"raw.{', raw.'.join(sorted(views))}"
    else:
        found, allowed = said.splitlines()[0], "SQL that DuckDB understands"
    return BuildError(
        "mapping", place=place, found=found, allowed=allowed,
        do="Correct the mapping or the export", state="the lake is as it was",
    )  # fmt: skip
