"""The rows of a whole file, a few megabytes at a time: what is taken, what is not, and the count of both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import cells, regular
from data.ingest.careful import LONGEST


@dataclass
class Counts:
    """Rows below the headers: every one of them is accepted or rejected. Blank ones are none, and counted apart."""

    accepted: int = 0
    rejected: int = 0
    blank: int = 0
    rows: int = 0

    def add(self, accepted: int, rejected: int, blank: int, rows: int) -> None:
        """Count the rows of a block. Raises: AssertionError when some of them went lost."""
        if rows != accepted + rejected:
            raise AssertionError(f"{rows} rows in, but {accepted} accepted and {rejected} rejected")
        self.accepted += accepted
        self.rejected += rejected
        self.blank += blank
        self.rows += rows


@dataclass(frozen=True)
class Block:
    """Some rows of a file. Shape of `rows`: see cells.schema; of `rejected`: see cells.REJECT. `bytes`: read so far."""

    rows: list[pa.RecordBatch]
    rejected: pa.Table
    bytes: int


@dataclass
class Stream:
    """Text in UTF-8, cut anywhere, taken apart into rows. `after`: how many rows stand above the first answer."""

    divider: bytes
    width: int
    after: int = 0
    lines_are_rows: bool = False
    line: int = 0  # lines above the text: a "sep=;" is one
    at_least: int = (1 << 20) - 1  # bytes that are taken apart at once
    counts: Counts = field(default_factory=Counts)
    wanted: frozenset[int] | None = None  # columns that are needed; of the others, cells may come out empty
    _records: int = 0
    _skipping: bool = False

    def blocks(self, text: Iterable[bytes]) -> Iterator[Block]:
        """The rows, block by block; when it ends, the counts are those of the whole file."""
        left, seen, needed = b"", 0, self.at_least
        for piece in text:
            seen += len(piece)
            left += piece
            if len(left) > needed:
                left, block = self._taken(left, False, seen)
                needed = self.at_least if 2 * len(left) < self.at_least else max(self.at_least, LONGEST)  # a long row
                yield block
        if left or not self._records:
            if left and left[-1:] not in (b"\n", b"\r"):
                left += b"\n"
            yield self._taken(left, True, seen)[1]

    def _taken(self, text: bytes, final: bool, seen: int) -> tuple[bytes, Block]:
        if self._skipping:
            text = self._skipped(text)
            if self._skipping:  # it goes on behind this piece too
                return b"", Block([], cells.NONE_REJECTED, seen)
        after = max(self.after - self._records, 0)
        part = regular.parse(text, self.divider, self.width, final=final, after=after, wanted=self.wanted)
        part = part or cells.parse(
            text, self.divider, self.width, final=final, lines_are_rows=self.lines_are_rows, after=after,
            wanted=self.wanted,
        )  # fmt: skip
        rejected = _moved(part.rejected, self._records, self.line)
        rows = [_shifted(batch, self._records) for batch in part.rows]
        accepted = sum(batch.num_rows for batch in rows)
        body = part.records - min(after, part.records)
        self.counts.add(accepted, rejected.num_rows, part.blank, body - part.blank)
        self._records += part.records
        self.line += part.lines
        self._skipping = part.cut
        return text[part.used :], Block(rows, rejected, seen)

    def _skipped(self, text: bytes) -> bytes:
        """The text behind the rest of a row that was too long."""
        ends = [place for place in (text.find(b"\n"), text.find(b"\r")) if place >= 0]
        if not ends:
            return b""
        self._skipping = False
        self.line += 1
        at = min(ends)
        return text[at + (2 if text[at : at + 2] == b"\r\n" else 1) :]


def _shifted(batch: pa.RecordBatch, by: int) -> pa.RecordBatch:
    """The same rows, numbered from the beginning of the file."""
    if not by:
        return batch
    numbers = pc.add(batch.column(0), by)
    return pa.RecordBatch.from_arrays([numbers, *batch.columns[1:]], schema=batch.schema)


def _moved(rejected: pa.Table, rows: int, lines: int) -> pa.Table:
    """The same rejects, their rows and lines counted from the beginning of the file, and the row they refer to too."""
    if not rejected.num_rows:
        return rejected
    refers = pc.equal(rejected["code"], pa.scalar("inside"))
    columns = {
        **{name: rejected[name] for name in rejected.column_names},
        "row": pc.add(rejected["row"], rows),
        "line": pc.add(rejected["line"], lines),
        "found": pc.if_else(refers, pc.add(rejected["found"], rows), rejected["found"]),
    }
    return pa.table(columns).cast(rejected.schema)
