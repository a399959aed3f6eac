"""A survey file read: from its bytes to rows of text, with every decision about it said and open to change.

    survey = read.look(Path("march.csv"), "march.csv")          # what it is, and its first rows
    survey = read.look(Path("march.csv"), "march.csv", {"encoding": "cp1251"})
    for block in survey.reading().blocks():        # its rows, a few megabytes at a time

Nothing is saved, and nothing is left out unsaid: each row below the header is accepted, or rejected with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import cells, dialect, encoding, kind, sheet
from data.ingest.bare import FAILED
from data.ingest.cells import Column
from data.ingest.decisions import Decision
from data.ingest.encoding import File, Scan
from data.ingest.rows import Block, Counts, Stream

HEAD = 1 << 19  # bytes of the first rows
SHEET_ROWS = 50_000  # of a sheet, handed on at once


@dataclass(frozen=True)
class Opened:
    """A survey file after a first look.

    `head`: the first whole rows from the header on, by number. `width`: how many columns. `header`: number of the
    row with their names, 0 when there is none. `size`: bytes.
    """

    name: str
    size: int
    decisions: tuple[Decision, ...]
    head: tuple[tuple[int, tuple[str, ...]], ...]
    width: int
    header: int
    _source: _Text | _Cells = field(repr=False)

    @property
    def unsure(self) -> tuple[Decision, ...]:
        """The decisions that a person has to look at before anything is saved."""
        return tuple(decision for decision in self.decisions if not decision.sure)

    def reading(self, below: int | None = None, wanted: frozenset[int] | None = None) -> Reading:
        """The rows below the header, to be gone through once. `below`: number of the last of several header rows.

        `wanted`: the places of the columns that are needed; of the others, cells may come out empty.
        """
        return Reading(self._source, self.width, self.header if below is None else below, wanted)


class Reading:
    """One pass over the rows of a file. `counts` is that of the whole file once all blocks were seen."""

    def __init__(self, source: _Text | _Cells, width: int, after: int, wanted: frozenset[int] | None) -> None:
        self.width = width
        self._source, self._after, self._wanted = source, after, wanted
        self.counts = Counts()

    def blocks(self) -> Iterator[Block]:
        """The rows, accepted and rejected ones, block by block."""
        return self._source.blocks(self.width, self._after, self.counts, self._wanted)


@dataclass(frozen=True)
class _Text:
    file: File
    letters: str
    scanned: Scan
    divider: str
    skip: int
    lines_are_rows: bool

    def blocks(self, width: int, after: int, counts: Counts, wanted: frozenset[int] | None) -> Iterator[Block]:
        text = encoding.in_utf8(self.file, self.letters, self.scanned)
        stream = Stream(
            self.divider.encode(),
            width,
            after,
            self.lines_are_rows,
            line=1 if self.skip else 0,
            counts=counts,
            wanted=wanted,
        )
        first = next(text)
        return stream.blocks(part for source in ([first[self.skip :]], text) for part in source)


@dataclass(frozen=True)
class _Cells:
    columns: list[Column]
    rows: int

    def blocks(self, width: int, after: int, counts: Counts, wanted: frozenset[int] | None) -> Iterator[Block]:
        del wanted  # all are there already
        for begin in range(0, max(self.rows, 1), SHEET_ROWS):
            part = [column.slice(begin, SHEET_ROWS) for column in self.columns[:width]]
            numbers = np.arange(begin, min(begin + SHEET_ROWS, self.rows)) + 1
            filled = np.zeros(len(numbers), np.bool_)
            for column in part:
                filled |= np.asarray(pc.not_equal(column, pa.scalar("")))
            body = numbers > after
            taken = pa.array(filled & body)
            batch = cells.batch(numbers, part).filter(taken)
            counts.add(batch.num_rows, 0, int((body & ~filled).sum()), batch.num_rows)
            yield Block([batch] if batch.num_rows else [], cells.NONE_REJECTED, 0)


def look(
    file: File, name: str, choices: Mapping[str, str] | None = None, most_bytes: int | None = None
) -> Opened:  # fmt: skip
    """What a file is and how it is laid out. `choices`: what a person decided otherwise, by `Decision.about`.

    Raises: UploadError when it holds no table, or a choice is not one that is offered.
    """
    choices = choices or {}
    what = kind.kind(file, name, most_bytes)
    with encoding.opened(file) as stream:
        size = stream.seek(0, 2)
    if what == "sheet":
        return _sheet(file, name, size, choices)
    return _text(file, name, size, choices)


def _sheet(file: File, name: str, size: int, choices: Mapping[str, str]) -> Opened:
    found = sheet.sheet(file, name, choices)
    columns = sheet.columns_of_text(found.cells)
    head = [column.slice(0, dialect.ROWS).to_pylist() for column in columns]
    rows = [(number, row) for number, row in enumerate(zip(*head, strict=True), 1) if any(row)]
    header, width = dialect.header(rows, choices, name)
    return _opened(name, size, (*found.decisions, header), rows, width, _Cells(columns, found.cells.num_rows))


def _text(file: File, name: str, size: int, choices: Mapping[str, str]) -> Opened:
    scanned = encoding.scan(file)
    encoded = encoding.decide(scanned, choices, name)
    head = b""
    for part in encoding.in_utf8(file, encoded.value, scanned):
        head += part
        if len(head) > HEAD:
            break
    whole = len(head) <= HEAD
    laid_out = dialect.dialect(head[:HEAD], whole, choices, name)
    rows = dialect.first_rows(head[laid_out.skip : HEAD], laid_out.divider.value, whole)
    header, width = dialect.header(rows, choices, name)
    lines_are_rows = choices.get("quotes") == "rows"
    source = _Text(file, encoded.value, scanned, laid_out.divider.value, laid_out.skip, lines_are_rows)
    decided = (encoded, laid_out.divider, *_failed(rows, whole and len(rows) < dialect.ROWS), header)
    return _opened(name, size, decided, rows, width, source)


def _failed(rows: dialect.Rows, is_all: bool) -> list[Decision]:
    """That cells in which a formula failed are read as empty, as they are in a spreadsheet."""
    count = sum(cell.strip() in FAILED for _, row in rows for cell in row if cell.startswith(("#", " ")))
    why = "failed_cells" if is_all else "failed_first"
    return [Decision("formulas", "empty", why, {"cells": count}, others=("empty",))] if count else []


def _opened(
    name: str, size: int, decisions: tuple[Decision, ...], rows: dialect.Rows, width: int, source: _Text | _Cells
) -> Opened:
    header = int(decisions[-1].value)
    head = (
        (number, tuple(row[:width]))
        for number, row in rows
        if number == header or (number > header and len(row) >= width and not any(row[width:]))
    )
    return Opened(name, size, decisions, tuple(islice(head, dialect.ROWS)), width, header, source)
