"""Cells without the blanks around them, and without what protects leading zeros in a spreadsheet. A cell in which a
formula failed, "#N/A", holds nothing.

Few cells need it: a look at the bytes of a column tells whether any does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest.cells import Column

BLANK, EQUALS, QUOTE = b' ="'
HASH = ord("#")
NBSP = "\u00a0"
# What a spreadsheet shows where a formula failed, in English and Russian.
FAILED = (
    "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA",
    "#Н/Д", "#ССЫЛКА!", "#ЗНАЧ!", "#ДЕЛ/0!", "#ИМЯ?", "#ЧИСЛО!", "#ПУСТО!", "#ПЕРЕНОС!",  # noqa: RUF001 - Russian
)  # fmt: skip


def bare(cell: str) -> str:
    """One cell made bare."""
    plain = cell.replace(NBSP, " ").strip(" ")
    shown = plain[2:-1] if plain.startswith('="') and plain.endswith('"') and len(plain) > 2 else plain
    return "" if shown in FAILED else shown


def made_bare(columns: Sequence[Column], places: Sequence[int]) -> list[Column]:
    """The columns of some rows, those at some places made bare."""
    wanted = set(places)
    return [_bare(column) if place in wanted and _needs(column) else column for place, column in enumerate(columns)]


def _needs(column: Column) -> bool:
    """Whether a cell begins or ends with a blank, begins as a formula or a failed one does, or holds another blank."""
    offsets: Any
    data: Any
    _, offsets, data = column.buffers()
    if not len(column) or data is None or offsets is None:
        return False
    ends = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    begins, letters = int(ends[0]), np.frombuffer(data, np.uint8)[: ends[-1]]
    if begins == len(letters):
        return False
    # an empty cell is taken for the one after it, or before it: it makes no difference to what is looked for
    first = letters[ends[: np.searchsorted(ends, ends[-1])]]
    last = letters[ends[np.searchsorted(ends, begins, side="right") :] - 1]
    if (first == BLANK).any() or (last == BLANK).any() or (first == EQUALS).any() or (first == HASH).any():
        return True
    return bool((letters == NBSP.encode()[0]).any()) and NBSP.encode() in letters[begins:].tobytes()


def _bare(column: Column) -> Column:
    plain = pc.utf8_trim(pc.replace_substring(column, NBSP, " "), characters=" ")
    shown = pc.replace_substring_regex(plain, '(?s)^="(.*)"$', "\\1")
    said = pc.if_else(pc.is_in(shown, value_set=pa.array(FAILED, pa.string())), "", shown)
    made: Column = said if isinstance(said, pa.Array) else said.combine_chunks()
    return made
