"""Every row against the contract: which rows hold, and for each that does not, the column, the value and the reason.

All of it is SQL generated from the declarations, over `mapped.<table>` as a source's SQL made it. What comes out are
`typed.<table>` (a view: the columns in their declared types), `bad.<table>` (one row per failure: row, column, value,
reason) and `kept.<table>` (the rows without a failure).
"""

from __future__ import annotations

import duckdb

from data import contract, reasons
from data.contract import Column, Table

# Systems write year 1 or 9999 where they mean "unknown" or "never"; no such day may count.
FIRST_YEAR, LAST_YEAR = 1900, 2199


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _given(column: Column, found: str) -> str:
    """A cell as it was mapped, without blanks around it; a text of nothing but blanks is no value."""
    if found != "VARCHAR":
        return column.quoted
    cell = column.quoted  # trimming every cell would cost more than everything else
    return f"nullif(case when starts_with({cell}, ' ') or ends_with({cell}, ' ') then trim({cell}) else {cell} end, '')"


def _typed(column: Column, found: str | None, zone: str) -> str:
    """One column in its declared type; null where it was absent or cannot be read as that type."""
    if found is None:
        return f"null::{column.sql_type}"
    cell = _given(column, found)
    if column.type == "instant":
        if zone == "UTC" and found.startswith("TIMESTAMP") and "ZONE" not in found:
            return f"{cell}::timestamp"
        return f"timezone('UTC', try_cast({cell} as timestamptz))"  # no offset given: the company's own zone
    if column.type == "text":
        return f"{cell}::varchar"
    whole = f"try_cast({cell} as {column.sql_type})"
    if column.type == "integer" and "INT" not in found:  # a cast alone would round 4.6 to 5
        return f"case when try_cast({cell} as double) = {whole} then {whole} end"
    return whole


def _failures(column: Column) -> list[tuple[str, str]]:
    """(condition under which a cell is wrong, reason) for one column; conditions read a row of the typed view."""
    cell, given = column.quoted, f'"given {column.name}"'
    wrong: list[tuple[str, str]] = []
    if column.type in reasons.FORMS:
        wrong.append((f"{cell} is null and {given}", reasons.written(column.type)))
    if column.required:
        wrong.append((f"not {given}", reasons.written("empty")))
    if column.allowed:
        among = ", ".join(_literal(value) for value in column.allowed)
        wrong.append((f"{cell} not in ({among})", reasons.written("choice", allowed=", ".join(column.allowed))))
    if column.minimum is not None:
        wrong.append((f"{cell} < {column.minimum:g}", reasons.written("below", limit=f"{column.minimum:g}")))
    if column.maximum is not None:
        wrong.append((f"{cell} > {column.maximum:g}", reasons.written("above", limit=f"{column.maximum:g}")))
    if column.type in ("instant", "date"):
        wrong.append(
            (
                f"not ({cell} >= date '{FIRST_YEAR}-01-01' and {cell} < date '{LAST_YEAR + 1}-01-01')",
                reasons.written("years", first=FIRST_YEAR, last=LAST_YEAR),
            )
        )
    if column.past:
        wrong.append((f"{cell} > $tomorrow::timestamp", reasons.written("future")))
    return wrong


def check(work: duckdb.DuckDBPyConnection, table: Table, zone: str, tomorrow: str) -> tuple[int, int]:
    """Sort the rows of one mapped table into kept and bad. Gives (rows in, rows kept).

    A reference is checked where the row means nothing without it (a required one); other references may point to
    facts the company has not connected, and are kept. `tomorrow`: ISO date; nothing that happened may lie after it.
    """
    name = table.name
    found = dict(work.execute(f"select column_name, column_type from (describe mapped.{name})").fetchall())
    _type(work, table, found, zone)
    work.execute(f'create table bad.{name} (row bigint, "column" varchar, value varchar, reason varchar)')
    _cells(work, table, found, tomorrow)
    for rule in table.rules:
        reason = _literal(rule.reason["en"])
        work.execute(
            f"insert into bad.{name} select row, {_literal(rule.column)}, null, {reason} "
            f"from typed.{name} where not ({rule.holds}) and row not in (select row from bad.{name})"
        )
    _references(work, table)
    _duplicates(work, table)
    for (column,) in work.execute(f'select distinct "column" from bad.{name}').fetchall():
        if column in found:
            work.execute(
                f'update bad.{name} set value = mapped."{column}"::varchar from mapped.{name} as mapped '
                f"where mapped.rowid + 1 = {name}.row and {name}.\"column\" = '{column}'"
            )
    columns = ", ".join(column.quoted for column in table.columns.values())
    work.execute(
        f"create table kept.{name} as select {columns} from typed.{name} where row not in (select row from bad.{name})"
    )
    rows_in, rejected, kept = work.execute(
        f"select (select count(*) from mapped.{name}), (select count(distinct row) from bad.{name}), "
        f"(select count(*) from kept.{name})"
    ).fetchall()[0]
    if rows_in != kept + rejected:
        raise AssertionError(f"{name}: {rows_in} rows in, but {kept} kept and {rejected} rejected")
    return rows_in, kept


def _type(work: duckdb.DuckDBPyConnection, table: Table, found: dict[str, str], zone: str) -> None:
    """The view of the typed rows; beside each column `given <column>` says whether the mapping gave a value."""
    columns = [f"{_typed(c, found.get(c.name), zone)} as {c.quoted}" for c in table.columns.values()]
    columns += [
        f'{_given(c, found[c.name])} is not null as "given {c.name}"'
        for c in table.columns.values()
        if c.name in found
    ]  # fmt: skip
    work.execute(
        f"create view typed.{table.name} as select rowid + 1 as row, {', '.join(columns)} from mapped.{table.name}"
    )


def _cells(work: duckdb.DuckDBPyConnection, table: Table, found: dict[str, str], tomorrow: str) -> None:
    """Every failure of a single cell, in one pass over the rows."""
    failures = [
        (condition, column.name, reason)
        for column in table.columns.values()
        if column.name in found
        for condition, reason in _failures(column)
    ]
    each = ", ".join(
        f"case when {condition} then {{'column': {_literal(column)}, 'reason': {_literal(reason)}}} end"
        for condition, column, reason in failures
    )
    some = " or ".join(f"({condition})" for condition, _, _ in failures)
    work.execute(
        f"insert into bad.{table.name} "
        f'select row, failure."column", null, failure.reason '
        f"from (select row, unnest([{each}]) as failure from typed.{table.name} where {some}) "
        "where failure is not null",
        {"tomorrow": tomorrow} if "$tomorrow" in some else None,
    )


def _references(work: duckdb.DuckDBPyConnection, table: Table) -> None:
    for column in table.columns.values():
        if column.references and column.required:
            key = contract.tables()[column.references].key[0]
            lost = _literal(reasons.written("lost", table=column.references))
            work.execute(
                f"insert into bad.{table.name} select row, {_literal(column.name)}, null, "
                f"{lost} from typed.{table.name} as typed "
                f"where {column.quoted} is not null and not exists "
                f"(select 1 from kept.{column.references} as known where known.{key} = typed.{column.quoted})"
            )


def _duplicates(work: duckdb.DuckDBPyConnection, table: Table) -> None:
    key = ", ".join(table.key)
    twin = _literal(reasons.written("twin", columns=key, row=""))
    work.execute(
        f"insert into bad.{table.name} with good as (select row, {key} from typed.{table.name} "
        f"where row not in (select row from bad.{table.name})), "
        f"twice as (select {key}, min(row) as first from good group by {key} having count(*) > 1) "
        f"select row, {_literal(table.key[0])}, null, {twin} || first "
        f"from good join twice using ({key}) where row > first"
    )
