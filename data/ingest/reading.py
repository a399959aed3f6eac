"""One pass over the rows of a survey file: its answers into one file, with the faults of those that are none."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from data import clock, contract, lake, written
from data.ingest import answers, cells, compare, corrected, encoding, sift
from data.ingest.bare import made_bare
from data.ingest.cells import Column
from data.ingest.matching import Clients
from data.ingest.scales import SCALES
from data.ingest.survey import Survey

Progress = Callable[[float, str], None]
QUICK_SINCE = date(2015, 1, 1)  # of older answers the month is found the slow way


def sql(work: duckdb.DuckDBPyConnection, survey: Survey, manifest: lake.Manifest, into: Path) -> str:
    """All answers of a file into one Parquet file, with the faults of those that are none."""
    stages = {name.lower(): stage.id for stage in manifest.stages for name in (stage.id, *stage.label.values())}
    told = answers.sql(
        survey.mapping, survey.found.columns, "survey", stages, ("client_id",), written.now(), True, True,
        corrected.cell(survey),
    )  # fmt: skip
    today = written.now().date().isoformat()
    local = clock.quick_local(work, "answered_at", manifest.timezone, QUICK_SINCE.isoformat(), today)
    types = {column.name: column.sql_type for column in contract.tables()["answers"].columns.values()}
    survey_name = survey.mapping.survey.replace("'", "''")
    types |= {"survey": f"enum('{survey_name}')", "instrument": f"enum{tuple(SCALES)}"}  # texts, written down quicker
    names = (*compare.ANSWER, "client", "row")
    columns = [f"{name}::{types[name]} as {name}" if name in types else name for name in names]
    path = str(into).replace("'", "''")
    return (
        f"copy (select {', '.join(columns)}, strftime({local}, '%Y-%m') as ym, faults from ({told})) "
        f"to '{path}' {compare.PARQUET}"
    )


def wanted(survey: Survey) -> list[int] | None:
    """The places of the columns that the answers are made of; None where that is nothing."""
    named = set(answers.used(survey.mapping))
    places = [one.place for one in survey.found.columns if one.name in named]
    return [*places, *([corrected.PLACE] if corrected.cell(survey) else [])] if places else None


def reader(survey: Survey, reading: sift.Answers, known: Clients, progress: Progress) -> pa.RecordBatchReader:
    """The rows of a file with the client that each speaks of, as far as that is sure without asking anybody."""
    place = next((one.place for one in survey.found.columns if one.name == survey.mapping.client), None)
    constant = survey.mapping.constants.get("client")
    schema = cells.schema(reading.width).append(pa.field("client_id", pa.string()))
    size = max(survey.found.opened.size, 1)
    used = [place + 1 for place in wanted(survey) or range(reading.width)]

    def batches() -> Iterator[pa.RecordBatch]:
        for block in reading.blocks():
            for batch in block.rows:
                columns = made_bare(batch.columns, used)
                met = _clients(columns, place, constant, known)
                yield pa.RecordBatch.from_arrays([*columns, met], schema=schema)
            progress(0.9 * min(block.bytes / size, 1.0), f"reading {survey.name}")

    return pa.RecordBatchReader.from_batches(schema, batches())


def _clients(columns: Sequence[Column], place: int | None, constant: str | None, known: Clients) -> Column:
    """The client of each row. A person's decision is not written down here: it may be taken back."""

    def client(said: str) -> str | None:
        match = known.match(said)
        return None if match.how == "person" else match.client_id

    if constant is not None or place is None:
        return pa.array([client(constant or "")], pa.string()).take(pa.array([0] * len(columns[0])))
    coded: Any = pc.dictionary_encode(columns[place + 1])
    return pa.array([client(said) for said in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)


class Hash:
    """The hash of a file, worked out beside the reading of it."""

    def __init__(self, file: encoding.File) -> None:
        self._hash = hashlib.sha256()
        self._problem: BaseException | None = None
        self._thread = Thread(target=self._run, args=(file,), name="hash of an upload", daemon=True)
        self._thread.start()

    def _run(self, file: encoding.File) -> None:
        try:
            for block in encoding.blocks(file):
                self._hash.update(block)
        except BaseException as problem:
            self._problem = problem

    def value(self) -> str:
        """The hash, once it is there."""
        self._thread.join()
        if self._problem is not None:
            raise self._problem
        return self._hash.hexdigest()
