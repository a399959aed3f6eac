"""What of a file was not taken, as a file ready to be corrected: each row with what is wrong with it in front.

The columns in front are known when the corrected file comes back: its other columns are those of the first file, so
that it is recognised and mapped alike. What they say is left out of account, but for the fifth; see corrected.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TextIO

import numpy as np
import pandas as pd
import pyarrow as pa

from data import reasons, store
from data.ingest import corrected, sift
from data.ingest.careful import LONGEST
from data.ingest.decisions import REJECTED, said
from data.ingest.draft import Draft
from data.ingest.names import NOTED, NOTES
from data.ingest.scratch import in_words

Fault = tuple[int, str, str, str]  # row, column, value, reason
Wrong = tuple[int, Sequence[str], list[Fault]]  # row, its cells, what is wrong with them
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for the beginning of a formula
MANY, MOST = 200, 2_000_000_000

# One row per fault of an answer that could be read as a row.
FAULTS = """
with faults as (
    select row, unnest(from_json(faults, '[{"column": "VARCHAR", "value": "VARCHAR", "reason": "VARCHAR"}]')) as fault
    from read_parquet($given)
    where faults is not null
)

select row, fault."column" as "column", coalesce(fault.value, '') as value, fault.reason as reason
from faults
union all
select row, 'answer_id', answer_id, $twin || first_row
from doubles
where not is_same
order by all
limit $many
"""


def _as_it_is(reason: str) -> str:
    return reason


def faults(draft: Draft, many: int = MOST) -> list[Fault]:
    """What is wrong with the scores that are no answers, by row."""
    if not draft.counts.rejected:
        return []
    twin = reasons.written("twin", columns="answer_id", row="")
    with in_words(draft.home), store.workshop(draft.scratch.folder) as work:
        return work.execute(FAULTS, {"given": str(draft.given), "twin": twin, "many": many}).fetchall()


def first(draft: Draft, many: int = MANY) -> pd.DataFrame:
    """The first of the rejected rows. Shape: one row per fault: row, column, value, reason."""
    found: list[Fault] = []
    for block in _rows(draft, {}) if draft.counts.rows_rejected else ():
        found += [fault for _, _, some in block for fault in some]
        if len(found) >= many:
            break
    found = sorted(found + faults(draft, many), key=lambda fault: fault[0])[:many]
    return pd.DataFrame(found, columns=["row", "column", "value", "reason"])


def write(draft: Draft, into: TextIO, reason: Callable[[str], str] = _as_it_is) -> int:
    """Write all rejected rows as a delimited text, its header rows first. Gives how many rows.

    `reason`: turns a reason into the reader's language. Write it in UTF-8 with its mark, for spreadsheets.
    """
    survey = draft.survey
    divider = next((one.value for one in survey.found.opened.decisions if one.about == "delimiter"), ",")
    out = csv.writer(into, delimiter=divider, lineterminator="\r\n")
    notes, tags, known = _notes(draft)
    heads = [row for number, row in survey.found.opened.head if number <= survey.found.below]
    for nth, row in enumerate(heads or [("",) * survey.found.noted + survey.header]):
        out.writerow([*(notes if nth == 0 else [""] * len(notes)), *_own(row, survey.found.noted)])
    wrong: dict[int, list[Fault]] = {}
    for fault in faults(draft):
        wrong.setdefault(fault[0], []).append(fault)
    written = 0
    for block in _rows(draft, wrong):
        for number, cells, some in sorted(block, key=lambda one: one[0]):
            said = [" | ".join(dict.fromkeys(part)) for part in zip(*(_told(one, reason) for one in some), strict=True)]
            was = [f"{tags} {known.get(number, '')}".strip()] if notes == NOTED else []
            out.writerow([number, *said, *was, *_own(cells, survey.found.noted)])
            written += 1
    return written


def _notes(draft: Draft) -> tuple[tuple[str, ...], str, dict[int, str]]:
    """The columns in front; where the tool gives no ids, also from which files the rows are and which answers they
    were, by row."""
    if draft.survey.mapping.answer_id:
        return NOTES, "", {}
    with in_words(draft.home), store.workshop(draft.scratch.folder) as work:
        return NOTED, *corrected.notes(draft, work)


def text(draft: Draft, reason: Callable[[str], str] = _as_it_is) -> bytes:
    """The same as the bytes of a file."""
    made = io.StringIO(newline="")
    write(draft, made, reason)
    return made.getvalue().encode("utf-8-sig")


def _told(fault: Fault, reason: Callable[[str], str]) -> tuple[str, str, str]:
    _, column, value, why = fault
    return column, f"'{value}" if value.startswith(FORMULA) else value, reason(why)


def _own(row: Sequence[str], noted: int) -> Sequence[str]:
    """A row without the notes of an earlier time."""
    return row[noted:]


def _rows(draft: Draft, wrong: Mapping[int, list[Fault]]) -> Iterator[list[Wrong]]:
    """The rows that could not be read, are no answers, or are `wrong`: number, cells, faults; block by block."""
    survey = draft.survey
    divider = next((one.value for one in survey.found.opened.decisions if one.about == "delimiter"), ",")
    encoding = next((one.value for one in survey.found.opened.decisions if one.about == "encoding"), "")
    wanted = np.fromiter(wrong, np.int64, len(wrong))
    reading = sift.Answers(survey.found)
    for block in reading.blocks():
        found: list[Wrong] = [
            _unread(one, survey.found.opened.width, divider, encoding) for one in block.rejected.to_pylist()
        ]
        if len(wanted):
            for batch in block.rows:
                mask = np.isin(batch.column(0).to_numpy(), wanted)
                if mask.any():
                    found += [(row[0], row[1:], wrong[row[0]]) for row in _cells(batch.filter(pa.array(mask)))]
        yield found


def _cells(batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _unread(one: Mapping[str, object], width: int, divider: str, encoding: str) -> Wrong:
    """A row that is no answer: its cells as far as they can be told apart, and its whole text beside them."""
    number, code, found, row = int(str(one["row"])), str(one["code"]), one["found"], str(one["text"])
    facts = {
        "expected": width, "found": found, "row": found, "column": found, "limit": LONGEST, "encoding": encoding,
    }  # fmt: skip
    is_cells = one["line"] is None  # its cells were read well, and told one after another
    told = row.split("\t") if is_cells else next(csv.reader([row.replace("\0", "")], delimiter=divider), [])
    padded = [*told[:width], *[""] * (width - len(told))]
    return number, padded, [(number, "", "" if is_cells else row, said(REJECTED, code, facts))]
