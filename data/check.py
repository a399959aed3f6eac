"""Every row against the contract: which rows hold, and for each that does not, the column, the value and the reason.

All of it is SQL generated from the declarations, over `mapped.<table>` as a source's SQL made it. What comes out are
`typed.<table>` (a view: the columns in their declared types), `bad.<table>` (one row per failure: row, column, value,
reason) and `kept.<table>` (the rows without a failure).
"""

from __future__ import annotations

import duckdb

from data.contract import Column, Table

KIND = {
    "integer": "not a whole number",
    "number": "not a number",
    "money": "not an amount",
    "instant": "not a date and time",
    "date": "not a date",
    "boolean": "not true or false",
}


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _typed(column: Column, found: str | None, zone: str) -> str:
    """One column in its declared type; null where it was absent or cannot be read as that type."""
    if found is None:
        return f"null::{column.sql_type}"
    name = f"nullif(trim(\"{column.name}\"), '')" if found == "VARCHAR" else f'"{column.name}"'
    if column.type == "instant":
        if zone == "UTC" and found.startswith("TIMESTAMP") and "ZONE" not in found:
            return f"{name}::timestamp"
        return f"timezone('UTC', try_cast({name} as timestamptz))"  # no offset given: the company's own zone
    if column.type == "text":
        return name if found == "VARCHAR" else f"{name}::varchar"
    return f"try_cast({name} as {column.sql_type})"


def _failures(column: Column, found: str) -> list[tuple[str, str]]:
    """(condition under which a cell is wrong, reason) for one column; conditions read the typed and the mapped row."""
    cell = f'typed."{column.name}"'
    given = f'mapped."{column.name}" is not null'
    if found == "VARCHAR":
        given = f"nullif(trim(mapped.\"{column.name}\"), '') is not null"
    wrong: list[tuple[str, str]] = []
    if column.type in KIND and found.split("(")[0] != column.sql_type.split("(")[0].upper():
        wrong.append((f"{cell} is null and {given}", KIND[column.type]))
    if column.required:
        wrong.append((f"{cell} is null and not ({given})", "empty, but required"))
    if column.allowed:
        among = ", ".join(_literal(value) for value in column.allowed)
        wrong.append((f"{cell} not in ({among})", f"not one of {', '.join(column.allowed)}"))
    if column.minimum is not None:
        wrong.append((f"{cell} < {column.minimum:g}", f"below {column.minimum:g}"))
    if column.maximum is not None:
        wrong.append((f"{cell} > {column.maximum:g}", f"above {column.maximum:g}"))
    if column.past:
        wrong.append((f"{cell} > $tomorrow", "lies in the future"))
    return wrong


def check(work: duckdb.DuckDBPyConnection, table: Table, zone: str, tomorrow: str) -> tuple[int, int]:
    """Sort the rows of one mapped table into kept and bad. Gives (rows in, rows kept).

    A reference is checked where the row means nothing without it (a required one); other references may point to
    facts the company has not connected, and are kept. `tomorrow`: ISO date; nothing that happened may lie after it.
    """
    name = table.name
    found = dict(work.execute(f"select column_name, column_type from (describe mapped.{name})").fetchall())
    columns = ", ".join(f"{_typed(c, found.get(c.name), zone)} as \"{c.name}\"" for c in table.columns.values())
    work.execute(f"create view typed.{name} as select rowid + 1 as row, {columns} from mapped.{name}")
    work.execute(f'create table bad.{name} (row bigint, "column" varchar, value varchar, reason varchar)')

    both = f"typed.{name} as typed join mapped.{name} as mapped on mapped.rowid + 1 = typed.row"
    for column in table.columns.values():
        if column.name not in found:
            continue
        for condition, reason in _failures(column, found[column.name]):
            values = {"tomorrow": tomorrow} if "$tomorrow" in condition else {}
            simple = "mapped." not in condition
            work.execute(
                f"insert into bad.{name} select typed.row, {_literal(column.name)}, "
                f"{'typed' if simple else 'mapped'}.\"{column.name}\"::varchar, {_literal(reason)} "
                f"from {f'typed.{name} as typed' if simple else both} where {condition}",
                values or None,
            )
    for rule in table.rules:
        work.execute(
            f"insert into bad.{name} select row, {_literal(rule.column)}, {rule.column}::varchar, "
            f"{_literal(rule.reason)} from typed.{name} where not ({rule.holds}) "
            f"and row not in (select row from bad.{name})"
        )
    _references(work, table)
    _duplicates(work, table)
    work.execute(
        f"create table kept.{name} as select * exclude (row) from typed.{name} "
        f"where row not in (select row from bad.{name})"
    )
    rows_in, rejected, kept = work.execute(
        f"select (select count(*) from mapped.{name}), (select count(distinct row) from bad.{name}), "
        f"(select count(*) from kept.{name})"
    ).fetchall()[0]
    if rows_in != kept + rejected:
        raise AssertionError(f"{name}: {rows_in} rows in, but {kept} kept and {rejected} rejected")
    return rows_in, kept


def _references(work: duckdb.DuckDBPyConnection, table: Table) -> None:
    for column in table.columns.values():
        if column.references and column.required:
            key = f"{column.references.removesuffix('s')}_id"
            work.execute(
                f"insert into bad.{table.name} select row, {_literal(column.name)}, {column.name}, "
                f"'no such row in {column.references}' from typed.{table.name} as typed "
                f"where {column.name} is not null and not exists "
                f"(select 1 from kept.{column.references} as known where known.{key} = typed.{column.name})"
            )


def _duplicates(work: duckdb.DuckDBPyConnection, table: Table) -> None:
    key = ", ".join(table.key)
    work.execute(
        f"insert into bad.{table.name} with good as (select row, {key} from typed.{table.name} "
        f"where row not in (select row from bad.{table.name})), "
        f"twice as (select {key}, min(row) as first from good group by {key} having count(*) > 1) "
        f"select row, {_literal(table.key[0])}, {table.key[0]}::varchar, 'the same {key} as in row ' || first "
        f"from good join twice using ({key}) where row > first"
    )
