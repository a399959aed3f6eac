"""Texts whose every row is as it should be, taken apart by a library: nearly all of nearly all files.

Whatever the library would read otherwise than `careful` does, or would not tell of, is seen beforehand, and such a
text is left to `cells`. A test compares the two.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from data.ingest.careful import LONGEST
from data.ingest.cells import MARKS, NONE_REJECTED, Column, Part, batch
from data.ingest.layout import CR, LF, QUOTE, Flags, Places

EMPTY = pa.scalar("", pa.string())
MARK = codecs.BOM_UTF8


def parse(
    text: bytes, divider: bytes, width: int, *, final: bool, after: int = 0, wanted: frozenset[int] | None = None
) -> Part | None:
    """The whole rows of a text, as `cells.parse` gives them; None when some of them have to be looked at closely."""
    if text.startswith(MARK):  # the library would take it for the beginning of a file, and leave it out
        return None
    data = np.frombuffer(text, np.uint8)
    quotes = np.flatnonzero(data == QUOTE) if b'"' in text else np.empty(0, np.int64)
    used = _whole_rows(text, quotes)
    if not 0 < used <= LONGEST or (final and used < len(text)) or not _is_regular(text, data, divider, quotes, used):
        return None
    names = [f"c{place}" for place in range(width)]
    places = list(range(width)) if wanted is None else sorted(wanted)
    try:
        table = csv.read_csv(
            pa.py_buffer(text).slice(0, used),  # type: ignore[arg-type]  # the stubs know of no buffers
            csv.ReadOptions(use_threads=False, block_size=used, column_names=names),
            csv.ParseOptions(delimiter=divider.decode(), newlines_in_values=True, ignore_empty_lines=False),
            csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[names[place] for place in places],
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:  # a row with more cells, or with fewer
        return None
    filled = [column.combine_chunks().slice(after) for column in table.columns]
    rows = max(table.num_rows - after, 0)
    if rows and _has_blank(filled):
        return None
    cells: list[Column] = [pa.repeat(EMPTY, rows)] * width
    for place, column in zip(places, filled, strict=True):
        cells[place] = column
    taken = [batch(np.arange(after + 1, after + rows + 1), cells)] if rows else []
    lines = int(np.count_nonzero(data[:used] == LF))  # many times as fast as bytes.count
    return Part(taken, NONE_REJECTED, table.num_rows, 0, lines, used, False)


def _whole_rows(text: bytes, quotes: Places) -> int:
    """Where the last whole row ends: on the last line end outside quotes."""
    outside = len(quotes) - len(quotes) % 2
    end = len(text) if outside == len(quotes) else int(quotes[outside])
    while True:
        end = text.rfind(b"\n", 0, end)
        before = int(np.searchsorted(quotes, end))
        if end < 0 or before % 2 == 0:
            return end + 1
        end = int(quotes[before - 1])


def _is_regular(text: bytes, data: NDArray[np.uint8], divider: bytes, quotes: Places, used: int) -> bool:
    """Whether each quote opens a cell or closes it as it should, every row ends in LF, and nothing is damaged."""
    if b"\r" in text and text.count(b"\r", 0, used) != text.count(b"\r\n", 0, used):
        return False
    if any(mark[:1] in text and mark in text for mark in MARKS.values()):  # the first byte is found much faster
        return False
    quotes = quotes[quotes < used]
    if not len(quotes):
        return True
    opens, closes = quotes[::2], quotes[1::2]
    before = data[np.maximum(opens - 1, 0)]
    if opens[0] == 0:
        before[0] = LF
    after = data[closes + 1]  # a line end is there at least
    fine_before = (before == divider[0]) | (before == LF) | (before == QUOTE)
    fine_after = (after == divider[0]) | (after == LF) | (after == CR) | (after == QUOTE)
    return bool(fine_before.all() and fine_after.all())


def _has_blank(columns: Sequence[Column]) -> bool:
    """Whether a row may be blank: all that is wanted of it is empty."""
    empty: Flags = np.ones(len(columns[0]), np.bool_)
    for column in columns:
        empty &= np.asarray(pc.equal(column, EMPTY))
        if not empty.any():
            return False
    return True
