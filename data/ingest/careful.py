"""Rows of delimited text one by one, by the full rules of quotes: for texts that break them, and to measure others by.

The rules: a cell that begins with a quote ends at the next single quote, and a divider or a line end must follow it;
two quotes in it stand for one. A quote elsewhere is a letter like any other. LF, CR LF and CR alone end a row. Where a
quote is not closed like that, its line is rejected, and so is every line up to the one whose quote ended it: whether
those are rows, or a comment with line breaks, cannot be known. A person may choose that they are rows.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass

LONGEST = 2_000_000  # bytes of a row; the longest that the database reads as well
LINE = re.compile(rb"[^\r\n]*+")
END = re.compile(rb"\r\n|\n|\r")
QUOTED = re.compile(rb'"(?:[^"]++|"")*+"')
ENDS = (10, 13)


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it lies in a text: from where to where (the line end included), its cells, or what is wrong with it.

    `cells`: None for a row that cannot be read. `opened`: where the row begins whose quote is not closed, for the lines
    around it. `cut`: the row goes on behind the end of the text.
    """

    begins: int
    ends: int
    cells: list[bytes] | None
    problem: str = ""
    opened: int = -1
    cut: bool = False


class _Unfinished(Exception):  # noqa: N818 - no error: the text ends before its row does
    """More of the text has to be seen before the row can be judged."""


class _Broken(Exception):  # noqa: N818 - told to the reader as a rejected row
    """A quote that opens at `at` and is not closed as it should be; the next single quote stands at `until`."""

    def __init__(self, at: int, until: int) -> None:
        self.at, self.until = at, until


def records(
    text: bytes, divider: bytes, *, begin: int = 0, final: bool, lines_are_rows: bool = False
) -> Iterator[Record]:
    """The rows of a text from the beginning of one on, up to the last one that is whole; all of them when it is the
    `final` part of its file."""
    at = begin
    while at < len(text):
        line_ends = LINE.match(text, at).end()  # type: ignore[union-attr]  # matches nothing at least
        if line_ends == len(text) and not final and len(text) - at <= LONGEST:
            return
        if line_ends - at > LONGEST:
            after = _after(text, line_ends)
            yield Record(at, after, None, "long", cut=after == len(text) and not final)
            at = after
            continue
        if text.find(b'"', at, line_ends) < 0:
            after = _after(text, line_ends)
            if after == len(text) and not final and text[after - 1] == 13:
                return  # the other half of CR LF may follow
            yield Record(at, after, text[at:line_ends].split(divider))
            at = after
            continue
        try:
            record = _quoted(text, at, divider, final)
        except _Unfinished:
            return
        except _Broken as broken:
            ends = _after(text, LINE.match(text, broken.at).end())  # type: ignore[union-attr]  # matches nothing at least
            if not final and ends == len(text) and text[-1] != 10 and len(text) - at <= 2 * LONGEST:
                return  # its last line may go on
            at = yield from _around(text, at, broken, divider, lines_are_rows)
        else:
            yield record
            at = record.ends


def _after(text: bytes, line_ends: int) -> int:
    end = END.match(text, line_ends)
    return end.end() if end else line_ends


def _quoted(text: bytes, at: int, divider: bytes, final: bool, limit: int | None = None) -> Record:
    """A row with quotes in it. `limit`: where the text ends for it, when a quote may not reach beyond its line."""
    begins, cells = at, []
    stop = len(text) if limit is None else limit
    plain = re.compile(rb"[^\r\n" + re.escape(divider) + rb"]*+")
    while True:
        if text[at : at + 1] == b'"':
            found = QUOTED.match(text, at, min(stop, begins + LONGEST))
            if found is None:
                if stop - begins < LONGEST and not final and limit is None:
                    raise _Unfinished
                raise _Broken(at, min(stop, begins + LONGEST))
            ends = found.end()
            if ends < stop and text[ends] not in ENDS and text[ends : ends + 1] != divider:
                raise _Broken(at, ends - 1)
            cells.append(found[0][1:-1].replace(b'""', b'"'))
        else:
            ends = plain.match(text, at, stop).end()  # type: ignore[union-attr]  # matches nothing at least
            cells.append(text[at:ends])
        if ends >= stop:
            if not final and limit is None:
                raise _Unfinished
            return Record(begins, _after(text, ends), cells)
        if text[ends] in ENDS:
            after = _after(text, ends)
            if after == len(text) and not final and text[after - 1] == 13:
                raise _Unfinished
            return Record(begins, after, cells)
        at = ends + 1


def _around(
    text: bytes, at: int, broken: _Broken, divider: bytes, lines_are_rows: bool
) -> Generator[Record, None, int]:
    """The lines around a quote that is not closed: each rejected, or each a row of its own. Returns where to go on."""
    opened, resume = at, _line_begins(text, broken.until) if broken.until < len(text) else len(text)
    while at <= broken.at:
        ends = _after(text, LINE.match(text, at).end())  # type: ignore[union-attr]  # matches nothing at least
        yield Record(at, ends, None, "quotes" if at == opened else "inside", opened)
        at = ends
    while at < resume:
        line_ends = LINE.match(text, at).end()  # type: ignore[union-attr]  # matches nothing at least
        ends = _after(text, line_ends)
        if not lines_are_rows:
            yield Record(at, ends, None, "inside", opened)
        else:
            try:
                yield Record(at, ends, _quoted(text, at, divider, True, line_ends).cells, opened=opened)
            except _Broken:
                yield Record(at, ends, None, "quotes", at)
        at = ends
    return at


def _line_begins(text: bytes, at: int) -> int:
    return max(text.rfind(b"\n", 0, at), text.rfind(b"\r", 0, at)) + 1
