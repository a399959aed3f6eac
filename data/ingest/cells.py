"""Rows of a delimited text as columns of text cells, and beside them the rows that are none, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest.careful import Record
from data.ingest.encoding import DAMAGED
from data.ingest.layout import CR, LF, QUOTE, Flags, Layout, Places, layout

Column: TypeAlias = "pa.Array[Any]"

MARKS = {"nul": b"\0", "encoding": DAMAGED.encode()}
SHOWN = 32_767  # characters of a rejected row that are kept: what a cell of a spreadsheet holds
TYPES: dict[str, pa.DataType] = {"row": pa.int64(), "line": pa.int64(), "code": pa.string(), "found": pa.int64()}
REJECT = pa.schema(TYPES | {"text": pa.string()})
NONE_REJECTED = REJECT.empty_table()


@dataclass(frozen=True)
class Part:
    """What became of the rows of one text.

    Shape of `rows`: `row`, then a text column c0, c1 ... for each column. Of `rejected`: row, line, code, found, text.
    `records`: rows of the text, blank ones included. `lines`: of the text used. `used`: its bytes.
    """

    rows: list[pa.RecordBatch]
    rejected: pa.Table
    records: int
    blank: int
    lines: int
    used: int
    cut: bool


def schema(width: int) -> pa.Schema:
    """The columns of accepted rows."""
    columns: dict[str, pa.DataType] = {"row": pa.int64()}
    return pa.schema(columns | {f"c{place}": pa.string() for place in range(width)})


def batch(numbers: Places, cells: Sequence[Column]) -> pa.RecordBatch:
    """Rows with their numbers in front."""
    return pa.RecordBatch.from_arrays([pa.array(numbers, pa.int64()), *cells], schema=schema(len(cells)))


def parse(
    text: bytes, divider: bytes, width: int, *, final: bool = True, lines_are_rows: bool = False, after: int = 0,
    wanted: frozenset[int] | None = None,
) -> Part:  # fmt: skip
    """The whole rows of a text of `width` columns. `after`: how many rows at its beginning are titles and headers.

    `wanted`: the columns that are needed; of the others, cells may come out empty.
    """
    if not text:
        return Part([], NONE_REJECTED, 0, 0, 0, 0, False)
    found_layout = layout(text, divider, final=final, lines_are_rows=lines_are_rows)
    fast = _Fast(text, found_layout, width)
    slow = found_layout.records
    starts = np.fromiter((record.begins for record in slow), np.int64, len(slow))
    numbers = np.arange(1, len(fast.begins) + 1) + np.searchsorted(starts, fast.begins)
    slow_numbers = np.arange(1, len(slow) + 1) + np.searchsorted(fast.begins, starts)
    records = len(numbers) + len(slow)

    body = numbers > after
    rejects = _Rejects(text, found_layout.lines)
    good = body & ~fast.blank
    for code, met, said in _wrong(text, fast):
        wrong = met & good
        good &= ~wrong
        rejects.add(numbers[wrong], fast.begins[wrong], fast.ends[wrong], code, said[wrong])
    rows = [batch(numbers[good], fast.columns(good, wanted))] if good.any() else []

    opened = dict(zip(starts.tolist(), slow_numbers.tolist(), strict=True))
    read = [
        (number, record, _whole(record.cells, width))
        for number, record in zip(slow_numbers.tolist(), slow, strict=True)
        if number > after
    ]
    filled = [(number, record, found) for number, record, found in read if found is None or any(found)]
    bad = [(number, one, why) for number, one, found in filled if (why := _problem(one, found, width, opened))]
    if bad:
        spans = np.array([(number, one.begins, one.ends) for number, one, _ in bad]).T
        said = np.array([np.nan if why[1] is None else why[1] for _, _, why in bad])
        rejects.add(spans[0], spans[1], spans[2], [why[0] for _, _, why in bad], said)
    bad_numbers = {number for number, _, _ in bad}
    kept = [(number, found) for number, _, found in filled if number not in bad_numbers and found]
    if kept:
        texts = zip(*([cell.decode() for cell in found] for _, found in kept), strict=True)
        columns: list[Column] = [pa.array(column, pa.string()) for column in texts]
        rows.append(batch(np.array([number for number, _ in kept]), columns))
    blank = int((fast.blank & body).sum()) + len(read) - len(filled)
    lines = int(np.searchsorted(found_layout.lines, found_layout.used))
    is_cut = bool(slow and slow[-1].cut)
    return Part(rows, rejects.table(), records, blank, lines, found_layout.used, is_cut)


def _whole(cells: list[bytes] | None, width: int) -> list[bytes] | None:
    """The cells without empty ones past the last column."""
    if cells and len(cells) > width and not any(cells[width:]):
        return cells[:width]
    if cells and len(cells) < width and not any(cells):
        return [b""] * width  # a blank row, however few its dividers
    return cells


def _problem(
    record: Record, cells: list[bytes] | None, width: int, opened: dict[int, int]
) -> tuple[str, int | None] | None:
    """Why a row that was read by itself is none, or None when it is one."""
    if cells is None:
        return record.problem, opened[record.opened] if record.problem == "inside" else None
    if len(cells) != width:
        return "columns", len(cells)
    for code, mark in MARKS.items():
        if place := next((nth for nth, cell in enumerate(cells, 1) if mark in cell), 0):
            return code, place
    return None


def _wrong(text: bytes, fast: _Fast) -> Iterator[tuple[str, Flags, Places]]:
    """Which of the regular rows are none: a code, the rows it is true of, and for each row the fact it needs."""
    yield "columns", fast.misshapen, fast.counts
    for code, mark in MARKS.items():
        if mark[:1] not in text or mark not in text:  # the first is found much faster
            continue
        places = np.fromiter((met.start() for met in re.finditer(re.escape(mark), text)), np.int64)
        cell = np.searchsorted(fast.cell_ends, places)
        is_inside = cell < len(fast.cell_ends)
        cell, places = cell[is_inside], places[is_inside]
        cell = cell[fast.cell_begins[cell] <= places][::-1]  # backwards: of several in a row the first is told
        row = np.searchsorted(fast.firsts, cell, side="right") - 1
        column = np.zeros(len(fast.firsts), np.int64)
        column[row] = cell - fast.firsts[row] + 1
        yield code, column > 0, column


class _Fast:
    """The regular rows of a text: where each begins and ends, how many cells it has, and those cells as columns."""

    def __init__(self, text: bytes, found: Layout, width: int) -> None:
        self.text, self.width = text, width
        data = np.frombuffer(text, np.uint8)
        self.cell_begins, self.cell_ends = found.begins, found.ends
        starts, stops = found.begins, found.ends
        if b"\r" in text:
            stops = stops - ((data[stops] == LF) & (data[stops - 1] == CR) & (stops > starts))
        quoted = 0
        if len(found.quotes) and len(stops):
            is_quoted = (data[starts] == QUOTE) & (stops > starts)
            starts, stops, quoted = starts + is_quoted, stops - is_quoted, int(is_quoted.sum())
        self.starts, self.stops = starts, stops
        lasts = np.flatnonzero(found.last)
        self.firsts = np.concatenate(([0], lasts[:-1] + 1)) if len(lasts) else lasts
        self.counts = lasts - self.firsts + 1
        self.begins, self.ends = found.begins[self.firsts], found.ends[lasts] + 1
        self.blank: Flags = np.zeros(len(lasts), np.bool_)
        self.misshapen: Flags = self.counts != width
        if self.misshapen.any() or (self.ends - self.begins <= 3 * self.counts + 1).any():  # else none can be blank
            written = np.concatenate(([0], np.cumsum(stops - starts)))  # bytes in the cells before each
            self.blank = written[lasts + 1] == written[self.firsts]
            more = self.counts > width
            beyond = written[lasts + 1] - written[np.where(more, self.firsts + width, lasts + 1)]
            self.misshapen = ~self.blank & ((self.counts < width) | (more & (beyond > 0)))
        self.doubled = self._doubled(found.quotes) if len(found.quotes) > 2 * quoted else set()

    def _doubled(self, quotes: Places) -> set[int]:
        """The columns in which two quotes stand for one."""
        pairs = quotes[:-1][np.diff(quotes) == 1]
        cell = np.searchsorted(self.stops, pairs, side="right")
        cell, pairs = cell[cell < len(self.stops)], pairs[cell < len(self.stops)]
        cell = cell[self.starts[cell] <= pairs]
        row = np.searchsorted(self.firsts, cell, side="right") - 1
        return set(np.unique(cell - self.firsts[row]).tolist())

    def columns(self, good: Flags, wanted: frozenset[int] | None) -> list[Column]:
        """The cells of the good rows, a column after another; those of columns that are not wanted are empty."""
        places = np.arange(self.width) if wanted is None else np.array(sorted(wanted), np.int64)
        count = 2 * len(self.starts)
        offsets = np.empty(count + 1, np.int32)  # each cell, and after it what lies before the next one
        offsets[0:-1:2], offsets[1::2] = self.starts, self.stops
        offsets[-1] = self.stops[-1]
        pieces = pa.StringArray.from_buffers(count, pa.py_buffer(offsets.data), pa.py_buffer(self.text))
        firsts = self.firsts[good].astype(np.int32)
        taken = (firsts * 2 + places.astype(np.int32)[:, None] * 2).ravel()
        cells = pieces.take(pa.array(taken))
        empty = pa.repeat(pa.scalar("", pa.string()), len(firsts))
        columns: list[Column] = [empty] * self.width
        for nth, place in enumerate(places.tolist()):
            column = cells.slice(nth * len(firsts), len(firsts))
            columns[place] = pc.replace_substring(column, '""', '"') if place in self.doubled else column
        return columns


class _Rejects:
    """The rows that are none, as they lie in the text."""

    def __init__(self, text: bytes, lines: Places) -> None:
        self.text, self.lines = text, lines
        self.parts: list[pa.Table] = []

    def add(self, rows: Places, begins: Places, ends: Places, code: str | list[str], found: Places | None) -> None:
        """Some rows, in the order of the text. `found`: the fact that its code needs, where it needs one."""
        if not len(rows):
            return
        columns: dict[str, Any] = {
            "row": rows,
            "line": np.searchsorted(self.lines, begins) + 1,
            "code": pa.array(code if isinstance(code, list) else np.full(len(rows), code), pa.string()),
            "found": pa.nulls(len(rows), pa.int64()) if found is None else pa.array(found, from_pandas=True),
            "text": self._texts(begins, ends),
        }
        self.parts.append(pa.table(columns).cast(REJECT))

    def _texts(self, begins: Places, ends: Places) -> Column:
        """What the rows said, without their line ends."""
        data = np.frombuffer(self.text, np.uint8)
        for end in (LF, CR):
            ends = ends - ((ends > begins) & (data[ends - 1] == end))
        if (ends - begins).max() > SHOWN:
            shown = (self.text[begin : min(end, begin + 4 * SHOWN)] for begin, end in zip(begins, ends, strict=True))
            return pa.array([text.decode("utf-8", "ignore")[:SHOWN] for text in shown], pa.string())
        offsets = np.append(np.column_stack((begins, ends)).ravel(), ends[-1]).astype(np.int32)
        between = pa.StringArray.from_buffers(2 * len(begins), pa.py_buffer(offsets.data), pa.py_buffer(self.text))
        return between.take(np.arange(0, 2 * len(begins), 2))

    def table(self) -> pa.Table:
        """All of them, by row."""
        return pa.concat_tables(self.parts).sort_by("row") if self.parts else NONE_REJECTED
