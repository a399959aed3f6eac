"""The answers of a recognised file: its rows without previews, tests and spam, which are rejected by their reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from data.ingest import cells
from data.ingest.recognise import Recognised
from data.ingest.rows import Block, Counts

KINDS_OF_BLANKS = " \t\u00a0"


class Answers:
    """One pass over the answers of a file. `counts`: of the whole file, once all blocks were seen.

    Rows in are rows accepted and rejected, whichever rule rejected them. `wanted`: the places of the columns that are
    needed; of the others, cells may come out empty.
    """

    def __init__(self, found: Recognised, wanted: Collection[int] | None = None) -> None:
        self.width = found.opened.width
        needed = None if wanted is None else frozenset(wanted) | {place for _, place, _ in found.left_out}
        self._reading = found.opened.reading(found.below, needed)
        self._left_out = found.left_out
        self.counts = Counts()

    def blocks(self) -> Iterator[Block]:
        """The answers, block by block."""
        blank = 0
        for block in self._reading.blocks():
            taken, rejected = [], [block.rejected]
            for batch in block.rows:
                kept, out = self._sifted(batch)
                taken += [kept] if kept.num_rows else []
                rejected += out
            read = self._reading.counts
            accepted = sum(batch.num_rows for batch in taken)
            table = pa.concat_tables(rejected) if len(rejected) > 1 else rejected[0]
            rows = sum(batch.num_rows for batch in block.rows) + block.rejected.num_rows
            self.counts.add(accepted, table.num_rows, read.blank - blank, rows)
            blank = read.blank
            yield Block(taken, table, block.bytes)

    def _sifted(self, batch: pa.RecordBatch) -> tuple[pa.RecordBatch, list[pa.Table]]:
        """The rows that are answers, and those that are not, by reason."""
        out = []
        for reason, place, values in self._left_out:
            said = pc.utf8_lower(pc.utf8_trim(batch.column(place + 1), characters=KINDS_OF_BLANKS))
            is_out = pc.is_in(said, value_set=pa.array(values, pa.string()))
            if pc.any(is_out).as_py():
                out.append(_rejected(batch.filter(is_out), reason, place))
                batch = batch.filter(pc.invert(is_out))
        return batch, out

    def reader(self, rejected: list[pa.Table]) -> pa.RecordBatchReader:
        """The answers as a stream that a database reads by itself; the rejects go into a list meanwhile."""

        def batches() -> Iterator[pa.RecordBatch]:
            for block in self.blocks():
                if block.rejected.num_rows:
                    rejected.append(block.rejected)
                yield from block.rows

        return pa.RecordBatchReader.from_batches(cells.schema(self.width), batches())


def _rejected(batch: pa.RecordBatch, reason: str, place: int) -> pa.Table:
    """Rows that were read well but are no answers, their cells told one after another."""
    rows = batch.num_rows
    columns = {
        "row": batch.column(0),
        "line": pa.nulls(rows, pa.int64()),
        "code": pa.array([reason] * rows, pa.string()),
        "found": pa.array([place + 1] * rows, pa.int64()),
        "text": pc.binary_join_element_wise(*batch.columns[1:], pa.array(["\t"] * rows)),
    }
    return pa.table(columns).cast(cells.REJECT)
