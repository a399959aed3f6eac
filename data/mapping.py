"""A company's exports mapped onto the tables of the contract by its SQL."""

from __future__ import annotations

import re

import duckdb

from data import contract, exports, source
from data.errors import BuildError, nearest

NEEDED = ("clients", "answers")


def map_table(work: duckdb.DuckDBPyConnection, company: source.Source, table: contract.Table, views: set[str]) -> bool:
    """Run the mapping of one table into mapped.<table>. False when the company does not have it."""
    name = table.name
    sql = company.sql.get(name) or (f"select * from {exports.view(name)}" if name in views else None)
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
    place = f"{company.name}/{name}.sql" if name in company.sql else f"export {name}"
    try:
        (statement,) = work.extract_statements(f"create table mapped.{name} as {sql}")
        work.execute(statement)
    except ValueError:
        raise _mapping_error(place, "more than one statement", views) from None
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
    where = "mapping" if name in company.sql else f"export, or write {name}.sql"
    missing = [c.name for c in table.columns.values() if c.required and c.name not in found]
    if missing:
        raise BuildError(
            "missing_column",
            place=place,
            found=f"columns {', '.join(found)}",
            allowed=f"only with {', '.join(missing)} as well",
            do=f"Give {', '.join(missing)} in the {where}",
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
    elif said.startswith("Conversion Error"):
        found, allowed = said.splitlines()[0], "values that convert; where some do not, try_cast leaves them empty"
    elif view:
        found, allowed = f'no export "{view[1]}"', f"raw.{', raw.'.join(sorted(views))}"
    else:
        found, allowed = said.splitlines()[0], "SQL that DuckDB understands"
    return BuildError(
        "mapping", place=place, found=found, allowed=allowed,
        do="Correct the mapping or the export", state="the lake is as it was",
    )  # fmt: skip
