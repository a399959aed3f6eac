"""A sheet of an XLSX file as rows of text; first a look at what is inside, so that no file can fill the memory."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from data.errors import first_line
from data.ingest.cells import Column
from data.ingest.decisions import Decision, UploadError, chosen, refused
from data.ingest.encoding import File, opened

MOST_UNPACKED = 1_000_000_000  # bytes
MOST_CELLS = 12_000_000  # filled or not, from the first to the last one: what fits into about 600 MB
# A cell with something in it: one that is only formatted closes at once.
CELL = re.compile(rb'<(?:\w+:)?c\s[^>]{0,200}?\br="([A-Z]{1,3})(\d{1,7})"[^>]{0,200}?(?<!/)>')
UNCOUNTED = re.compile(rb"</(?:\w+:)?f>\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>")
FAILED = re.compile(rb'<(?:\w+:)?c\s[^>]{0,200}?\bt="e"')


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet, all text, from its first row on; a cell without anything is null."""

    cells: pa.RecordBatch
    decisions: tuple[Decision, ...]


@dataclass
class _Extent:
    """How far the cells of a sheet reach, and those of them that have no value to read."""

    rows: int = 0
    letters: set[bytes] = field(default_factory=set)
    uncounted: int = 0
    failed: int = 0

    @property
    def columns(self) -> int:
        """The number of the last column."""
        return max((_column(letters) for letters in self.letters), default=0)


def _damaged(name: str, found: str) -> UploadError:
    return refused(
        "damaged_sheet", place=name, found=found, allowed="an XLSX file that opens in a spreadsheet",
        do="Open it, save it as XLSX or CSV UTF-8 and upload that",
    )  # fmt: skip


def _too_big(name: str, found: str, allowed: str) -> UploadError:
    return refused(
        "too_big_sheet", place=name, found=found, allowed=allowed, do="Save the sheet as CSV and upload that"
    )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _extents(file: File, name: str) -> list[_Extent]:
    """How far the cells of each sheet reach. Every byte is unpacked, because a file may lie about its size."""
    found = []
    with opened(file) as stream, zipfile.ZipFile(stream) as archive:
        unpacked = 0
        for member in archive.infolist():
            if member.flag_bits & 1:
                raise _damaged(name, "a file protected by a password")
            extent = _Extent()
            with archive.open(member) as part:
                left = b""
                while block := part.read(1 << 20):
                    unpacked += len(block)
                    if unpacked > MOST_UNPACKED:
                        raise _too_big(name, "more than 1 GB when unpacked", "1 GB")
                    if member.filename.lower().startswith("xl/worksheets/"):
                        left = _measure(left + block, extent)
            found.append(extent)
    return found


def _measure(text: bytes, extent: _Extent) -> bytes:
    """Take note of the cells in a piece of a sheet. Gives what has to be seen again with the next piece."""
    cut = text.rfind(b"<", max(0, len(text) - 4096))
    done = text[:cut] if cut > 0 else text
    for letters, row in CELL.findall(done):
        extent.rows = max(extent.rows, int(row))
        extent.letters.add(letters)
    extent.uncounted += len(UNCOUNTED.findall(done))
    extent.failed += len(FAILED.findall(done))
    return text[len(done) :]


def sheet(file: File, name: str, choices: Mapping[str, str]) -> Sheet:
    """The chosen sheet, or the first visible one with anything in it.

    Raises: UploadError when the file is damaged, holds nothing, or its cells would fill the memory.
    """
    try:
        extents = _extents(file, name)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError) as problem:
        raise _damaged(name, first_line(problem)) from None
    if sum(extent.rows * extent.columns for extent in extents) > MOST_CELLS:
        widest = max(extents, key=lambda extent: extent.rows * extent.columns)
        found = f"cells as far as row {widest.rows} of column {widest.columns}"
        raise _too_big(name, found, f"{MOST_CELLS} cells in all")
    try:
        found_sheet, decision = _loaded(file, name, choices)
    except UploadError:
        raise
    except BaseException as problem:
        # what the reader, not written in Python, throws when it gives up is no Exception
        if isinstance(problem, Exception) or type(problem).__name__ == "PanicException":
            raise _damaged(name, first_line_of(problem)) from None
        raise
    return Sheet(found_sheet, (decision, *_unread(extents, choices)))


def first_line_of(problem: BaseException) -> str:
    """What the reader of spreadsheets complains of, in one line."""
    return next(iter(str(problem).splitlines()), type(problem).__name__)[:200]


def _loaded(file: File, name: str, choices: Mapping[str, str]) -> tuple[pa.RecordBatch, Decision]:
    import fastexcel  # only here: it takes a while to load

    book = fastexcel.read_excel(file)
    sheets = {
        one: book.load_sheet(one, header_row=None, skip_rows=0, dtypes="string") for one in book.sheet_names
    }  # fmt: skip
    filled = {one: found for one, found in sheets.items() if found.width and found.total_height}
    visible = [one for one, found in filled.items() if found.visible == "visible"]
    if not filled:
        raise refused(
            "empty", place=name, found="sheets without anything in them", allowed="a header row and answers",
            do="Export it again",
        )  # fmt: skip
    decision = chosen("sheet", choices, tuple(filled), name)
    if decision is None:
        first = (visible or list(filled))[0]
        others = tuple(one for one in filled if one != first)
        said = ", ".join(one if one in visible else f"{one} (hidden)" for one in others)
        why, facts = ("first_sheet", {"others": said}) if others else ("only_sheet", {})
        decision = Decision("sheet", first, why, facts, visible == [first], tuple(filled))
    return filled[decision.value].to_arrow(), decision


def _unread(extents: list[_Extent], choices: Mapping[str, str]) -> list[Decision]:
    """What of the sheets cannot be read, because nothing was stored: a person may say that it is as good as empty."""
    is_said = choices.get("formulas") == "empty"
    met = {"uncounted": sum(one.uncounted for one in extents), "failed_cells": sum(one.failed for one in extents)}
    return [
        Decision("formulas", "empty", why, {"cells": cells}, why != "uncounted" or is_said, ("empty",))
        for why, cells in met.items()
        if cells
    ]


def columns_of_text(cells: pa.RecordBatch) -> list[Column]:
    """The columns of a sheet as text, empty where a cell holds nothing."""
    return [column.cast(pa.string()).fill_null("") for column in cells.columns]
