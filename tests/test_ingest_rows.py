"""Rows of delimited text: quotes, line ends and dividers by one set of rules, however the text is cut into blocks."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingested import taken

from data.ingest import careful, cells, regular
from data.ingest.rows import Stream

# What texts are made of where quotes go wrong; an alphabet of single signs would hardly ever meet.
PIECES = ['"', '"', '""', '",', '\n"', ",", ",", "\n", "\r", "\r\n", "a", "é", "x,y\n", '"q",z\n', '"l1\nl2",z\n']
PIECES += ["\0", "\ufeff"]
texts = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
Found = tuple[list[tuple[Any, ...]], list[tuple[int, str]], int]


def by_blocks(text: bytes, width: int, size: int, *, lines_are_rows: bool = False) -> Found:
    """The rows, the rejects and the count of blank rows of a text that arrives in blocks of `size` bytes."""
    stream = Stream(b",", width, lines_are_rows=lines_are_rows, at_least=size)
    rows: list[tuple[Any, ...]] = []
    rejected: list[tuple[int, str]] = []
    for block in stream.blocks(text[at : at + size] for at in range(0, len(text), size)):
        for batch in block.rows:
            rows += zip(*(column.to_pylist() for column in batch.columns), strict=True)
        rejected += [(one["row"], one["code"]) for one in block.rejected.to_pylist()]
    return sorted(rows), rejected, stream.counts.blank


def one_by_one(text: bytes, width: int, *, lines_are_rows: bool = False) -> Found:
    """The same by the careful reading alone."""
    rows: list[tuple[Any, ...]] = []
    rejected: list[tuple[int, str]] = []
    blank = 0
    text += b"" if text[-1:] in (b"\n", b"\r", b"") else b"\n"
    for number, record in enumerate(careful.records(text, b",", final=True, lines_are_rows=lines_are_rows), 1):
        found = record.cells
        if found is not None and len(found) > width and not any(found[width:]):
            found = found[:width]
        if found is not None and not any(found):
            blank += 1
        elif found is None or len(found) != width or any(b"\0" in cell for cell in found):
            rejected.append((number, record.problem or ("columns" if len(found or ()) != width else "nul")))
        else:
            rows.append((number, *(cell.decode() for cell in found)))
    return rows, rejected, blank


@settings(max_examples=500)
@given(texts, st.integers(1, 3), st.booleans())
def test_rows_found_all_at_once_are_those_found_one_by_one(text: str, width: int, lines_are_rows: bool) -> None:
    """The quick way through a text gives the same rows, rejects and blanks as reading it row by row."""
    whole = by_blocks(text.encode(), width, 10_000, lines_are_rows=lines_are_rows)

    assert whole == one_by_one(text.encode(), width, lines_are_rows=lines_are_rows)


def plain(part: cells.Part) -> Any:
    """What a part of a text came to, to be compared."""
    rows = sorted(row for batch in part.rows for row in zip(*batch.to_pydict().values(), strict=True))
    return rows, part.rejected.to_pylist(), part.records, part.blank, part.lines, part.used, part.cut


@settings(max_examples=1500)
@given(texts, st.integers(1, 3), st.booleans(), st.integers(0, 2))
def test_the_library_reads_a_text_as_we_do_or_not_at_all(text: str, width: int, final: bool, after: int) -> None:
    """As far as it takes a text, the same rows come out of it as by our own reading."""
    by_library = regular.parse(text.encode(), b",", width, final=final, after=after)
    if by_library is not None:
        taken_by_it = text.encode()[: by_library.used]
        assert plain(by_library) == plain(cells.parse(taken_by_it, b",", width, final=True, after=after))


@pytest.mark.parametrize(
    "text",
    [
        b"1,2\n3,4\n",
        b"1,2\r\n3,4\r\n",
        b'1,"a, ""b""\nc"\r\n3,\n',
        "1,\u0434\u0430\n\u043d\u0435\u0442,2\n".encode(),
        b'1,"an open quo',
    ],
)
def test_what_is_written_by_the_rules_is_left_to_the_library(text: bytes) -> None:
    """Quotes, line breaks in them, either line end and any letters: such texts are most of all, and read at once."""
    whole = text[: text.rfind(b"\n") + 1]
    found = regular.parse(b"0,0\n" + text, b",", 2, final=False, wanted=frozenset({0, 1}))

    assert found is not None
    assert found.used == 4 + len(whole)


@pytest.mark.parametrize(
    "text", [b"1,2\n3\n", b"1,2\r3,4\n", b"1,2\n,\n", b'1,2\n3,"4"5\n', b"1,2\n3,\0\n", b"1,2\n\n"]
)
def test_what_has_to_be_told_of_is_not_left_to_the_library(text: bytes) -> None:
    """A row of another width, a blank one, a stray quote, a NUL: our own reading says where and why."""
    assert regular.parse(text, b",", 2, final=True) is None


@settings(max_examples=500)
@given(texts, st.integers(1, 3), st.integers(1, 7))
def test_it_does_not_matter_where_a_block_ends(text: str, width: int, size: int) -> None:
    """A block may end inside a letter, a quote or CR LF: the rows are those of the text in one piece."""
    assert by_blocks(text.encode(), width, size) == by_blocks(text.encode(), width, 10_000)


@given(st.lists(st.lists(st.text("ab,\n\r\"'é \t;", max_size=5), min_size=2, max_size=2), max_size=8))
def test_what_a_writer_of_csv_writes_is_read_back(rows: list[list[str]]) -> None:
    """Every well-formed text comes back cell by cell, whatever is in the cells."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    read, rejected, _ = by_blocks(written.getvalue().encode(), 2, 10_000)

    assert rejected == []
    assert [list(row[1:]) for row in read] == [row for row in rows if any(row)]


def test_a_quote_that_is_not_closed_takes_no_row_unseen() -> None:
    """The line with the quote and those it may have swallowed are rejected, and the rows after them are read."""
    text = b'id,comment,score\n1,"late,5\n2,fine,9\n3,"good",8\n4,,7\n'
    found = taken(text)

    assert [row[1] for row in found.rows] == ["3", "4"]
    assert found.problems == [(2, "quotes"), (3, "inside")]
    assert found.rejected[1]["found"] == 2  # the row in which the quote opens


def test_a_row_of_several_lines_with_an_open_quote_is_rejected_line_by_line() -> None:
    """Only its first line is told to hold the quote; the others lie inside it, and are told with its row."""
    found = taken(b'id,a,b\n1,"x\ny","open\n2,z,"ok"\n3,u,v\n')

    assert [(one["row"], one["code"], one["found"]) for one in found.rejected] == [
        (2, "quotes", None),
        (3, "inside", 2),
    ]
    assert [row[1] for row in found.rows] == ["2", "3"]


def test_a_person_may_say_that_lines_in_an_open_quote_are_rows() -> None:
    """Chosen so, only the line with the stray quote is rejected."""
    found = taken(b'id,comment,score\n1,"late,5\n2,fine,9\n3,good,8\n', {"quotes": "rows"})

    assert [row[1] for row in found.rows] == ["2", "3"]
    assert found.problems == [(2, "quotes")]


def test_a_quote_inside_a_cell_is_a_letter() -> None:
    """Six foot three is written 6'3" and does not open anything."""
    found = taken(b"id,height\n1,6'3\"\n2,5'8\"\n")

    assert [row[2] for row in found.rows] == ["6'3\"", "5'8\""]


def test_rows_of_another_width_are_rejected_with_what_was_found() -> None:
    """Too few or too many cells: no cell is moved or made up; empty ones past the last column say nothing."""
    found = taken(b"a,b,c\n1,2,3\n1,2\n1,2,3,4\n5,6,7,,\n")

    assert [row[1:] for row in found.rows] == [("1", "2", "3"), ("5", "6", "7")]
    assert [(one["row"], one["code"], one["found"]) for one in found.rejected] == [
        (3, "columns", 2), (4, "columns", 4),
    ]  # fmt: skip
    assert found.rejected[0]["text"] == "1,2"


def test_a_row_without_anything_in_it_is_no_row() -> None:
    """Blank lines, bare dividers and empty quotes are counted apart; the numbers of the other rows stay as shown."""
    found = taken(b'a,b\n\n1,2\n,\n"",""\n3,4\n\n')

    assert found.rows == [(3, "1", "2"), (6, "3", "4")]
    assert (found.counts.blank, found.counts.rejected) == (4, 0)


def test_a_nul_byte_is_refused_with_its_place() -> None:
    """The row with it is rejected, its column named; the others are read."""
    found = taken(b"a,b,c\n1,2,3\n4,\x005,6\n")

    assert [row[1] for row in found.rows] == ["1"]
    assert [(one["row"], one["line"], one["code"], one["found"]) for one in found.rejected] == [(3, 3, "nul", 2)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_ends_a_row(end: str) -> None:
    """LF, CR LF and the CR of old Macs, and all of them in one file; inside quotes they belong to the text."""
    text = f'a,b{end}1,"x{end}y"{end}2,z'.encode()

    assert taken(text).rows == [(2, "1", f"x{end}y"), (3, "2", "z")]
    assert taken(b"a,b\r\n1,2\n3,4\r5,6").counts.accepted == 3


def test_numbers_of_rows_and_lines_are_those_a_person_sees() -> None:
    """A row counts once, as in a spreadsheet; lines count as in an editor. Both go on from block to block."""
    text = b'a,b\n1,"x\ny"\nwrong\n'
    (reject,) = taken(text).rejected

    assert (reject["row"], reject["line"]) == (3, 4)
    many = b"a,b\n" + b"1,2\n" * 1_500_000 + b"wrong\n" + b"1,2\n" * 9
    (late,) = taken(many).rejected
    assert (late["row"], late["line"]) == (1_500_002, 1_500_002)


def test_a_row_longer_than_any_real_one_is_rejected_and_reading_goes_on() -> None:
    """Six million letters without a line end do not fill the memory, nor hide the rows after them."""
    long = b"x" * (3 * careful.LONGEST)
    found = taken(b"a,b\n1,2\n" + long + b",2\n3,4\n")

    assert [row[1] for row in found.rows] == ["1", "3"]
    assert found.problems == [(3, "long")]
    assert len(found.rejected[0]["text"]) == cells.SHOWN
    open_quote = taken(b'a,b\n1,2\n"' + (b"y" * 999 + b"\n") * 3000 + b"3,4\n")
    assert open_quote.counts.accepted == 2
    assert open_quote.counts.rejected == 3000


def test_counts_that_do_not_add_up_stop_everything() -> None:
    """Rows in are rows accepted and rows rejected, or nothing is taken at all."""
    from data.ingest.rows import Counts

    with pytest.raises(AssertionError, match="3 rows in, but 1 accepted and 1 rejected"):
        Counts().add(1, 1, 0, 3)
