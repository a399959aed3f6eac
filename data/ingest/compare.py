"""The answers of a file beside those taken in before: which are new, which say something else, which are there already.

An answer is known by its id; what it says is compared cell by cell, all but the name of its survey, which is that of
the file. Only uploads whose ids begin alike can hold the same answer, so most files are compared with nothing at all.
A file keeps all its answers, those too that stand in earlier ones, and hides them there: so the live files alone decide
what counts, whichever of them are undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from data import contract
from data.followed import checked
from data.ingest import ledger
from data.ingest.ledger import Counts, Upload
from data.ingest.matching import Clients
from data.ingest.rows import Counts as Rows

ANSWER = tuple(contract.tables()["answers"].columns)
STORED = (*ANSWER, "client", "row", "ym")
SAYS = tuple(name for name in STORED if name not in ("answer_id", "client_id", "survey", "row", "ym"))
# Comments may be long: a group of rows is bounded by what it takes in memory too. Ids are never met twice: a
# dictionary of them, and a filter of what is in it, would be made in vain.
GROUPS = "row_group_size_bytes '24MB', dictionary_size_limit 5000, write_bloom_filter false"
PARQUET = f"(format parquet, parquet_version v2, compression zstd, {GROUPS})"

# One row per answer whose id stands in the file before: whether it says the same, and in which row it was first.
DOUBLES = """
create or replace table doubles as
with many as (
    select answer_id, row, {says} as says
    from read_parquet($given)
    semi join repeated on repeated.hashed = hash(answer_id)
    where faults is null
),

placed as (
    select
        answer_id,
        row,
        says,
        first_value(row) over same as first_row,
        first_value(says) over same as first_says
    from many
    window same as (partition by answer_id order by row)
)

select answer_id, row, first_row, says is not distinct from first_says as is_same
from placed
where row <> first_row
"""
# One row per answer of the file and earlier upload that holds it: whether it says the same there.
MET = """
create or replace table met as
with given as (
    select answer_id, row, {says} as says
    from read_parquet($given) as all_given
    anti join doubles using (answer_id, row)
    where faults is null
),

files as (
    select unnest($ids) as upload_id, unnest($paths) as path, unnest($order) as nth, unnest($live) as is_live
),

held as (
    select answer_id, filename, {says} as says
    from read_parquet($paths, filename = true)
    semi join given using (answer_id)
)

select
    given.answer_id,
    files.upload_id,
    files.nth,
    files.is_live,
    given.says is not distinct from held.says as is_same
from held
join files on files.path = held.filename
join given using (answer_id)
"""
# One row per cell of an answer that counts already and says something else now.
CHANGED = """
with changed as (
    select answer_id, upload_id
    from standing
    where not is_same
    order by answer_id
    limit $many
),

files as (
    select unnest($ids) as upload_id, unnest($paths) as path
),

held as (
    select answer_id, filename, {says}
    from read_parquet($paths, filename = true)
    semi join changed using (answer_id)
),

before as (
    unpivot (
        select held.* exclude (filename)
        from held
        join files on files.path = held.filename
        join changed using (upload_id, answer_id)
    ) on {names} into name "column" value said
),

after as (
    unpivot (
        select answer_id, {says}
        from read_parquet($stored)
        semi join changed using (answer_id)
    ) on {names} into name "column" value said
)

select answer_id, stored.client_id, stored.client, stored.answered_at, "column", before.said as "before",
    after.said as "after"
from before
full join after using (answer_id, "column")
join read_parquet($stored) as stored using (answer_id)
where before.said is distinct from after.said
order by stored.row, answer_id, list_position([{quoted}], "column")
"""
# One row per answer of the file that counts already: whether it says the same now, and in which upload it counts.
STANDING = """
create or replace table standing as
with last as (
    select answer_id, max(nth) as nth
    from met
    where is_live
    group by answer_id
)

select met.answer_id, met.upload_id, met.is_same
from met
join last using (answer_id, nth)
"""


@dataclass(frozen=True)
class Outcome:
    """What would be stored of a file. `answers`: the file of it; `hides`: that of the answers it has of earlier files.

    `leans`: how many of its answers stand in which upload too, and say the same there.
    """

    counts: Counts
    answers: Path
    hides: Path | None
    leans: dict[str, int]
    first_at: datetime | None
    last_at: datetime | None


def compare(
    work: duckdb.DuckDBPyConnection, given: Path, folder: Path, uploads: Sequence[Upload], rows: Rows, clients: Clients,
    home: Path,
) -> Outcome:  # fmt: skip
    """Sort the answers of a file, as they were read into `given`. `uploads`: all that may hold the same answers."""
    values = {"given": str(given)}
    total, faulty = work.execute(
        "select count(*), count(*) filter (where faults is not null) from read_parquet($given)", values
    ).fetchall()[0]
    doubles, twins = _doubles(work, given, total - faulty)
    standing, changed = _standing(work, given, uploads, home)
    same = standing - changed
    stored, hides = given, None
    if faulty or doubles:
        stored = folder / "answers.parquet"
        work.execute(
            f"copy (select {', '.join(STORED)} from read_parquet($given) as given "
            "anti join doubles using (answer_id, row) "
            f"where faults is null) to '{_quoted(stored)}' {PARQUET}", values,
        )  # fmt: skip
    if uploads and work.execute("select count(*) from met").fetchall() != [(0,)]:
        hides = folder / "hides.parquet"
        work.execute(f"copy (select upload_id, answer_id from met order by all) to '{_quoted(hides)}' {PARQUET}")
    leans = dict(work.execute("select upload_id, count(*) from standing where is_same group by all").fetchall())
    first_at, last_at, kept = work.execute(
        "select min(answered_at), max(answered_at), count(*) from read_parquet($stored)", {"stored": str(stored)}
    ).fetchall()[0]
    rejected = faulty + twins
    counts = Counts(
        rows_in=rows.rows, rows_taken=rows.accepted, rows_rejected=rows.rejected, given=total, rejected=rejected,
        added=kept - standing, changed=changed, duplicate=total - rejected - kept + same,
        awaiting=sum(count for said, count in _unknown(work, stored) if clients.match(said).client_id is None),
    )  # fmt: skip
    if counts.duplicate != same + doubles - twins:
        raise AssertionError(f"{counts.duplicate} answers are neither stored nor known: {counts}")
    return Outcome(counts, stored, hides, leans, first_at, last_at)


def _unknown(work: duckdb.DuckDBPyConnection, stored: Path) -> list[tuple[str, int]]:
    """What new and changed answers without a client say of it, and how many of them do."""
    return work.execute(
        "select client, count(*) as n from read_parquet($stored) "
        "anti join (select answer_id from standing where is_same) as known using (answer_id) "
        "where client_id is null group by client", {"stored": str(stored)},
    ).fetchall()  # fmt: skip


def changes(
    work: duckdb.DuckDBPyConnection, stored: Path, uploads: Sequence[Upload], home: Path, many: int
) -> pd.DataFrame:  # fmt: skip
    """What some of the changed answers said before, and say now. Shape: one row per cell that is another: answer_id,
    client_id, client, answered_at as they will be, column, before, after, these as texts."""
    if not uploads:
        return pd.DataFrame(columns=["answer_id", "client_id", "client", "answered_at", "column", "before", "after"])
    folder = ledger.place(home).resolve()
    names = [name for name in SAYS if name != "client"] + ["client"]
    sql = CHANGED.format(
        says=", ".join(f"{name}::varchar as {name}" for name in names),
        names=", ".join(names),
        quoted=", ".join(f"'{name}'" for name in names),
    )
    values = {
        "stored": str(stored), "many": many, "ids": [one.upload_id for one in uploads],
        "paths": [str(folder / one.stored) for one in uploads],
    }  # fmt: skip
    return work.execute(sql, values).df()


def _says() -> str:
    return "{" + ", ".join(f"'{name}': {name}" for name in SAYS) + "}"


def _doubles(work: duckdb.DuckDBPyConnection, given: Path, fine: int) -> tuple[int, int]:
    """Note the ids that stand in the file more than once. Gives how often, and how often with another answer.

    `fine`: how many answers of it have no faults.
    """
    work.execute("create or replace table doubles (answer_id varchar, row bigint, first_row bigint, is_same boolean)")
    if not fine:
        return 0, 0
    hashes, at = np.empty(fine, np.uint64), 0  # of ten million answers it is 80 MB
    for some in work.execute(
        "select hash(answer_id) from read_parquet($given) where faults is null", {"given": str(given)}
    ).to_arrow_reader():
        hashes[at : at + some.num_rows], at = some.column(0), at + some.num_rows
    hashes.partition(fine // 2)  # so that two can sort it
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda half: half.sort(), np.array_split(hashes, [fine // 2])))
    repeated = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
    del hashes
    if not len(repeated):
        return 0, 0
    work.register("repeated", pa.table({"hashed": pa.array(repeated)}))
    work.execute(DOUBLES.format(says=_says()), {"given": str(given)})
    work.unregister("repeated")
    count, other = work.execute("select count(*), count(*) filter (where not is_same) from doubles").fetchall()[0]
    return count, other


def _standing(
    work: duckdb.DuckDBPyConnection, given: Path, uploads: Sequence[Upload], home: Path
) -> tuple[int, int]:  # fmt: skip
    """Note the answers that stand in earlier uploads. Gives how many count already, and how many of them change."""
    work.execute(
        "create or replace table met "
        "(answer_id varchar, upload_id varchar, nth bigint, is_live boolean, is_same boolean); "
        "create or replace table standing (answer_id varchar, upload_id varchar, is_same boolean)"
    )
    if not uploads:
        return 0, 0
    folder = ledger.place(home).resolve()
    values = {
        "given": str(given),
        "ids": [one.upload_id for one in uploads],
        "paths": [str(folder / one.stored) for one in uploads],
        "order": [one.nth for one in uploads],
        "live": [one.is_live for one in uploads],
    }
    try:
        work.execute(MET.format(says=_says()), values)
    except duckdb.Error:
        for one in uploads:
            checked(str(folder / one.stored))
        raise
    work.execute(STANDING)
    count, other = work.execute("select count(*), count(*) filter (where not is_same) from standing").fetchall()[0]
    return count, other


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
