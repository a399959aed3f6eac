"""Rows that come back corrected, of files whose tool gives no ids: each is the answer that it was, and nobody else's.

Without an id several answers of one client and minute are told apart by which of them it is: the first, the second. A
file of corrected rows has not the others, so each row carries in a note which one it was, and of which file. Where the
correction makes it an answer of another client, day or stage, it comes after those of that file which were taken in
there. So it overwrites none, and is known again when the whole file comes corrected.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from data.ingest import compare, ledger
from data.ingest.decisions import refused
from data.ingest.identity import BEGINS, OPEN
from data.ingest.ledger import Upload
from data.ingest.names import NOTED
from data.ingest.survey import Survey

if TYPE_CHECKING:
    from data.ingest.draft import Draft

PLACE = len(NOTED) - 1
TAG = 12  # letters of a file's hash
AND = "+"
UNNUMBERED = "unnumbered.parquet"
# One row per row of the file that is to be corrected: by what its scores were known.
KNOWN = f"""
with wrong as (
    select row from read_parquet($given) where faults is not null
    union
    select row from doubles where not is_same
)

select
    row,
    string_agg(
        concat(split_part(answer_id, '/', 4), '/', left(split_part(answer_id, '/', 2), {BEGINS}), '/',
               split_part(answer_id, '/', 3)),
        ' ' order by answer_id
    ) as known
from read_parquet($given)
semi join wrong using (row)
group by row
"""
# The answers of a corrected file with the numbers that were open settled.
NUMBERED = """
copy (
    with read as (
        select
            *,
            split_part(answer_id, '/', 2) as whole,
            split_part(answer_id, '/', 4) as question,
            split_part(answer_id, '/', 3) as nth
        from read_parquet('{unnumbered}')
    ),

    open as (
        select distinct whole, question from read where starts_with(nth, '{OPEN}')
    ),

    held as (
        select whole, question, nth::integer as nth from read where not starts_with(nth, '{OPEN}')
        union all
        {taken}
    ),

    last as (
        select whole, question, max(nth) as nth
        from held
        semi join open using (whole, question)
        group by all
    )

    select
        read.* exclude (whole, question, nth) replace (
            case
                when starts_with(read.nth, '{OPEN}') then concat(
                    split_part(answer_id, '/', 1), '/', whole, '/',
                    ltrim(read.nth, '{OPEN}')::integer + coalesce(last.nth, 0), '/', question
                )
                else answer_id
            end as answer_id
        )
    from read
    left join last using (whole, question)
) to '{given}' {options}
"""
TAKEN = """select split_part(answer_id, '/', 2), split_part(answer_id, '/', 4), split_part(answer_id, '/', 3)::integer
        from read_parquet([{paths}])"""


def cell(survey: Survey) -> str:
    """The cell of a corrected row in which it carries which answer it was; empty for other files."""
    return f"c{PLACE}" if survey.found.noted > PLACE and not survey.mapping.answer_id else ""


def _tags(survey: Survey) -> list[str]:
    """The files from which the rows of a corrected one were rejected, by the beginning of their hash."""
    if not cell(survey):
        return []
    noted = {row[PLACE].split(" ")[0] for row in survey.found.sample}
    return sorted({tag for one in noted for tag in one.split(AND) if len(tag) == TAG and tag.isalnum()})


def numbered(
    work: duckdb.DuckDBPyConnection, survey: Survey, folder: Path, given: Path, uploads: Sequence[Upload], home: Path
) -> None:
    """Settle the numbers that are open in a corrected file. `uploads`: all whose ids begin like its own.

    Raises: UploadError where the file that its rows are from was not taken in: nobody knows which numbers are free.
    """
    read = folder / UNNUMBERED
    if not read.exists():
        return
    tags = _tags(survey)
    origins = [one for one in uploads if one.file_hash[:TAG] in tags]
    missing = set(tags) - {one.file_hash[:TAG] for one in origins}
    is_open = work.execute(
        f"select count(*) from read_parquet($read) where contains(answer_id, '/{OPEN}') and faults is null",
        {"read": str(read)},
    ).fetchall() != [(0,)]  # fmt: skip
    if missing and is_open:
        raise refused(
            "original_first", place=survey.name, found="corrected rows of a file that is not taken in yet",
            allowed="those of a file that is", do="Take in that file first, then this one",
        )  # fmt: skip
    paths = ", ".join(_quoted(ledger.place(home).resolve() / one.stored) for one in origins)
    taken = TAKEN.format(paths=paths) if origins else "select '', '', 0 where false"
    parts = {"unnumbered": _bare(read), "given": _bare(given), "taken": taken, "OPEN": OPEN, "options": compare.PARQUET}
    work.execute(NUMBERED.format(**parts))


def notes(draft: Draft, work: duckdb.DuckDBPyConnection) -> tuple[str, dict[int, str]]:
    """What the rejected rows of a file are to carry: the files they are from, and by row which answers they were."""
    made = draft.counts
    known = {one.upload_id: one.file_hash for one in draft.earlier}
    own = [draft.file_hash] if made.stored else [known[one] for one in draft.outcome.leans]
    tags = sorted({*(one[:TAG] for one in own), *_tags(draft.survey)})
    rows = work.execute(KNOWN, {"given": str(draft.given)}).fetchall() if made.rejected else []
    return AND.join(tags) or "-", dict(rows)


def _bare(path: Path) -> str:
    return str(path).replace("'", "''")


def _quoted(path: Path) -> str:
    return f"'{_bare(path)}'"
