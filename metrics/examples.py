"""Is every declaration true? Its SQL understood by the database, its columns there, its example worked out by hand."""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from data import contract
from data.errors import DeclarationError, nearest
from data.store import workshop
from metrics import ask, compose, compute
from metrics.declare import CLIENT_DIMENSIONS, TIME_DIMENSIONS, Metric
from metrics.load import catalogue
from metrics.window import Period, Window

ONE_DAY = Window((Period(date(2000, 1, 1), date(2000, 1, 2)),))
BINNED_OFF = 0.01  # a histogram's value may be 1 % off
EXACT = 1e-9
# What may stand in an example for a column of each type.
KINDS: dict[str, tuple[type, ...]] = {
    "BIGINT": (int,),
    "INTEGER": (int,),
    "HUGEINT": (int,),
    "DOUBLE": (int, float),
    "BOOLEAN": (bool,),
    "VARCHAR": (str,),
    "DATE": (date,),
    "TIMESTAMP": (datetime,),
}


def _refuse(place: str, found: str, allowed: str) -> DeclarationError:
    return DeclarationError(
        "catalogue", place=place, found=found, allowed=allowed, do="Correct the declaration", state="no metric is shown"
    )


def _misunderstood(place: str, problem: duckdb.Error, columns: Iterable[str]) -> DeclarationError:
    """The database's complaint about a piece of SQL, with the column that was probably meant."""
    known = tuple(columns)
    word = re.search(r'(?:column|Table with name) "?(\w+)"? (?:not found|does not)', str(problem))
    if word:
        return _refuse(place, f'"{word[1]}"{nearest(word[1], known)}', ", ".join(known))
    return _refuse(place, str(problem).splitlines()[0], "SQL over the columns of the model")


def _empty_lake(scratch: Path) -> duckdb.DuckDBPyConnection:
    """The tables of the contract without a row in them."""
    work = workshop(scratch, threads=1)
    for table in contract.tables().values():
        columns = ", ".join(f'"{column.name}" {column.sql_type}' for column in table.stored.values())
        work.execute(f"create temp table {table.name} ({columns}{', ym varchar' if table.event else ''})")
    return work


def model_columns(work: duckdb.DuckDBPyConnection, model: str) -> dict[str, str]:
    """The columns of a model and their types. Raises: DeclarationError when its SQL is not understood."""
    asked = compose.relation(model, ONE_DAY, ONE_DAY.whole[0].last)
    try:
        found = work.execute(f"describe {asked.sql}", asked.values | _stage(asked.sql)).fetchall()
    except duckdb.Error as problem:
        known = [column for table in contract.tables().values() for column in table.stored]
        raise _misunderstood(f"{model}.sql", problem, dict.fromkeys([*contract.tables(), *known])) from None
    return {row[0]: row[1] for row in found}


def _stage(sql: str) -> dict[str, Any]:
    return {name: None for name in ("payments_stage", "orders_began", "steps_began") if f"${name}" in sql}


def _check_columns(metric: Metric, columns: dict[str, str]) -> None:
    """`at`, the splits and the example name columns of the model; people reach clients through their teams' work."""
    place = f"{metric.layer}.toml, {metric.id}"
    own = [name for name in metric.by if name not in (*CLIENT_DIMENSIONS, *TIME_DIMENSIONS)]
    if metric.layer == "employee":
        own = [name for name in own if name != "stage"] + [ask.TEAM]
    elif set(metric.by) & set(CLIENT_DIMENSIONS):
        own.append("client_id")
    for key, names in (("at", [metric.at]), ("by", own)):
        for name in names:
            if name not in columns:
                allowed = f"a column of {metric.model}.sql: {', '.join(columns)}"
                raise _refuse(f"{place}, {key}", f'"{name}"{nearest(name, columns)}', allowed)
    for row in metric.example.given:
        for name, given in row.items():
            if name not in columns:
                allowed = f"a column of {metric.model}.sql: {', '.join(columns)}"
                raise _refuse(f"{place}, example, given", f'"{name}"{nearest(name, columns)}', allowed)
            kind = KINDS.get(columns[name], (object,))
            if not isinstance(given, kind) or (isinstance(given, bool) and bool not in kind):
                raise _refuse(f"{place}, example, given, {name}", f'"{given}"', f"a value of type {columns[name]}")


def _given(metric: Metric, columns: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """The rows of an example as a relation in the shape of its model, all of them in the one period there is."""
    values: dict[str, Any] = {}
    rows = []
    for number, row in enumerate(metric.example.given):
        placed = {metric.at: 0 if metric.at == "period" else ONE_DAY.whole[0].start} | row
        values |= {f"r{number}_{name}": given for name, given in placed.items()}
        cells = (f"$r{number}_{name}" if name in placed else "null" for name in columns)
        rows.append(
            "select "
            + ", ".join(f"cast({cell} as {columns[name]}) as {name}" for cell, name in zip(cells, columns, strict=True))
        )
    return " union all ".join(rows), values


def worked(work: duckdb.DuckDBPyConnection, metric: Metric, columns: dict[str, str]) -> float | None:
    """What the example of a metric comes to, on the way every shown number takes."""
    rows, values = _given(metric, columns)
    asked = compose.question([metric], ONE_DAY, {}, (), ONE_DAY.whole[0].last, model=rows)
    found = work.execute(asked.sql, asked.values | values).df()
    evidence = ask.cells(found, metric, ONE_DAY, ()).get((ONE_DAY.whole[0], ()))
    return compute.value(metric, evidence) if evidence else None


def _check_example(work: duckdb.DuckDBPyConnection, metric: Metric, columns: dict[str, str]) -> None:
    place = f"{metric.layer}.toml, {metric.id}"
    try:
        found = worked(work, metric, columns)
    except duckdb.Error as problem:
        _check_sql(work, metric, columns)
        raise _misunderstood(place, problem, columns) from None
    expect = metric.example.expect
    allowed_off = BINNED_OFF if metric.is_binned else EXACT
    if found is None or expect is None:
        agree = found is expect
    else:
        agree = math.isclose(found, expect, rel_tol=allowed_off, abs_tol=EXACT)
    if not agree:
        words = ["no value" if number is None else f"{number:.10g}" for number in (found, expect)]
        raise _refuse(f"{place}, example", f"a value of {words[0]}", f"{words[1]}, as expect says")


def _check_sql(work: duckdb.DuckDBPyConnection, metric: Metric, columns: dict[str, str]) -> None:
    """Find the piece of SQL that the database did not understand."""
    relation = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in columns.items())
    pieces = {"where": f"count(*) filter (where {metric.where})"} if metric.where else {}
    for name, state in metric.states.items():
        pieces[f"states, {name}"] = f"max({state.bin_sql})" if state.fold == "bins" else state.sql("")
    for key, sql in pieces.items():
        try:
            work.execute(f"select {sql} from (select {relation}) as model")
        except duckdb.Error as problem:
            raise _misunderstood(f"{metric.layer}.toml, {metric.id}, {key}", problem, columns) from None


def check(metrics: Iterable[Metric] | None = None) -> None:
    """Every metric (of the catalogue, unless told which), without any lake: its SQL, its columns, its example.

    Raises: DeclarationError naming file, metric, key and the nearest right word.
    """
    known: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        work = _empty_lake(Path(scratch))
        for metric in catalogue().values() if metrics is None else metrics:
            if metric.model not in known:
                known[metric.model] = model_columns(work, metric.model)
            _check_columns(metric, known[metric.model])
            _check_example(work, metric, known[metric.model])
        work.close()
