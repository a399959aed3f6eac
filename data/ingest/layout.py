"""Where the rows of a delimited text lie, found for millions of bytes at once.

Two readings of the quotes are prepared for the whole text: as if it began outside a quote, and as if inside. Each says
where quotes break the rules of `careful`. So the text is taken in long regular pieces, and only the few rows around a
broken rule are read one by one. What comes out is what `careful` alone would give; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.ingest import careful

LF, CR, QUOTE = 10, 13, 34
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Layout:
    """The regular rows of a text by the ends of their cells, the others as records, and how far the text was used.

    `ends`: where each cell ends, on its divider or line end. `last`: whether the cell is the last of its row. `begins`:
    where each cell begins. `lines`, `quotes`: where the lines end, quoted or not, and where quotes stand.
    """

    begins: Places
    ends: Places
    last: Flags
    records: list[careful.Record]
    lines: Places
    quotes: Places
    used: int


class _Signs:
    """The dividers, line ends and quotes of a text, and what the quotes make of it read from outside or from inside."""

    def __init__(self, text: bytes, divider: bytes, final: bool) -> None:
        data = np.frombuffer(text, np.uint8)
        is_sign = (data == divider[0]) | (data == LF)
        has_quotes = b'"' in text
        if has_quotes:
            is_sign |= data == QUOTE
        if b"\r" in text:
            after = np.append(data[1:], 0 if final else LF)  # a CR at the very end may be half of CR LF
            is_sign |= (data == CR) & (after != LF)
        self.data, self.at = data, np.flatnonzero(is_sign)
        self.kind = data[self.at]
        self.is_end = (self.kind == LF) | (self.kind == CR)
        self.lines = self.at[self.is_end]
        self.is_quote = self.kind == QUOTE if has_quotes else np.zeros(0, np.bool_)
        self.quotes = self.at[self.is_quote] if has_quotes else np.empty(0, np.int64)
        # read from outside (0) or from inside (1): a sign with an even (odd) number of quotes before it is outside
        self.parity = np.bitwise_xor.accumulate(self.is_quote.view(np.uint8))
        self.row_ends = [
            self.at[self.is_end & (self.parity == half)] if has_quotes else self.lines for half in (0, 1)
        ]  # fmt: skip
        self.broken = self._broken(divider)

    def _broken(self, divider: bytes) -> list[Places]:
        """For both readings, which quotes (by their number) neither open nor close a cell as they should."""
        if not len(self.quotes):
            return [np.empty(0, np.int64)] * 2
        divides = np.zeros(256, np.bool_)
        divides[[divider[0], LF, CR]] = True
        before = self.data[np.maximum(self.quotes - 1, 0)]
        after = self.data[np.minimum(self.quotes + 1, len(self.data) - 1)]
        if self.quotes[0] == 0:
            before[0] = LF
        if self.quotes[-1] == len(self.data) - 1:
            after[-1] = LF  # before the end of the file no row ends behind it, and it is looked at again
        opens = divides[before] | (before == QUOTE)
        closes = divides[after] | (after == QUOTE)
        is_even = (np.arange(len(self.quotes)) & 1) == 0
        return [np.flatnonzero(~np.where(is_even == (half == 0), opens, closes)) for half in (0, 1)]


def _pieces(
    text: bytes, signs: _Signs, divider: bytes, final: bool, lines_are_rows: bool
) -> tuple[list[tuple[int, int, int]], list[careful.Record], int]:
    """The regular pieces (from, to, reading), the records between them, and how far the text was used."""
    pieces: list[tuple[int, int, int]] = []
    records: list[careful.Record] = []
    at = 0
    while at < len(text):
        quote = int(np.searchsorted(signs.quotes, at))
        half = quote & 1
        broken, ends = signs.broken[half], signs.row_ends[half]
        nth = int(np.searchsorted(broken, quote))
        until = int(signs.quotes[broken[nth]]) if nth < len(broken) else len(text)
        first, beyond = np.searchsorted(ends, (at, until))
        if until - at > careful.LONGEST and beyond > first:
            lengths = np.diff(ends[first:beyond], prepend=at - 1)
            too_long = np.flatnonzero(lengths > careful.LONGEST)
            beyond = first + too_long[0] if len(too_long) else beyond
        if beyond > first:
            pieces.append((at, int(ends[beyond - 1]) + 1, half))
            at = pieces[-1][1]
        met = at
        for record in careful.records(text, divider, begin=at, final=final, lines_are_rows=lines_are_rows):
            if record.begins > until and record.opened < 0:  # past what was broken: the rest is regular again
                break
            records.append(record)
            at = record.ends
        if at == met:
            break
    return pieces, records, at


def layout(text: bytes, divider: bytes, *, final: bool, lines_are_rows: bool = False) -> Layout:
    """The rows of a text up to the last one that is whole; all of them when it is the `final` part of its file."""
    signs = _Signs(text, divider, final)
    pieces, records, used = _pieces(text, signs, divider, final, lines_are_rows)
    if len(pieces) == 1 and pieces[0][0] == 0 and not len(signs.quotes):
        taken = np.s_[: np.searchsorted(signs.at, pieces[0][1])]
        ends, last = signs.at[taken], signs.is_end[taken]
    else:
        outside = np.zeros(len(signs.at), np.bool_)
        for begin, end, half in pieces:
            part = np.s_[np.searchsorted(signs.at, begin) : np.searchsorted(signs.at, end)]
            outside[part] = ~signs.is_quote[part] & (signs.parity[part] == half)
        ends, last = signs.at[outside], signs.is_end[outside]
    begins = np.empty_like(ends)
    begins[1:] = ends[:-1] + 1
    for begin, _, _ in pieces:
        begins[np.searchsorted(ends, begin)] = begin
    return Layout(begins, ends, last, records, signs.lines, signs.quotes, used)
