"""Sheets of XLSX files as rows of text: which sheet, what its cells say, and no file that fills the memory."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
from ingested import EXPORTS, taken
from openpyxl import Workbook

from data.errors import StrataError
from data.ingest import read, sheet

HEADER = ["Client", "Date", "Score", "INN"]
ROW = ["Acme", datetime(2026, 3, 1, 10, 30), 9, "0077"]  # noqa: DTZ001 - cells of a sheet have no zone


def book(**sheets: list[list[Any]]) -> Workbook:
    made = Workbook()
    made.remove(made.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    return made


def saved(made: Workbook) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def refusal(file: bytes) -> StrataError:
    with pytest.raises(StrataError) as refused:
        read.look(file, "survey.xlsx")
    return refused.value


def test_cells_are_read_as_they_mean() -> None:
    """True dates come as dates, whole numbers without a point, texts with their leading zeros; blank rows are none."""
    found = taken(saved(book(Answers=[HEADER, ROW, [], ["Beta", None, 4.5, None]])))

    assert found.rows == [(2, "Acme", "2026-03-01 10:30:00", "9", "0077"), (4, "Beta", "", "4.5", "")]
    assert found.counts.blank == 1
    assert found.why == {"sheet": ("Answers", "only_sheet"), "header": ("1", "first_row")}


def test_the_first_visible_sheet_with_data_is_taken_and_the_others_named() -> None:
    """An empty sheet and a hidden one do not win; a second sheet with answers is asked about; any can be chosen."""
    made = book(Empty=[], Hidden=[HEADER, ROW], Answers=[HEADER, ROW, ROW], More=[HEADER, ROW])
    made["Hidden"].sheet_state = "hidden"
    file = saved(made)
    found = taken(file)

    assert found.counts.accepted == 2
    assert [str(one) for one in found.opened.unsure] == [
        "sheet: Answers (the first visible sheet with anything in it; others: Hidden (hidden), More)"
    ]
    assert taken(file, {"sheet": "Hidden"}).counts.accepted == 1


def test_rows_above_the_header_keep_their_numbers() -> None:
    """A title and blank rows above the names: the row numbers are those the spreadsheet shows."""
    found = taken(saved(book(A=[[], ["Survey of March"], [], HEADER, ROW])))

    assert found.why["header"] == ("4", "below_title")
    assert found.rows[0][0] == 5


def test_values_that_were_never_stored_are_said() -> None:
    """A formula without a result, and a cell that shows an error, are read as empty, and that is said."""
    found = taken(saved(book(A=[HEADER, ["Acme", "=NOW()", 9, "#N/A"], ROW])))

    assert found.rows[0] == (2, "Acme", "", "9", "")
    assert [(one.why, one.facts["cells"], one.sure) for one in found.opened.decisions if one.about == "formulas"] == [
        ("uncounted", 1, False), ("failed_cells", 1, True),
    ]  # fmt: skip


def test_a_cell_far_away_does_not_fill_the_memory() -> None:
    """One stray cell in the last row and column would make a table of 17 billion cells: refused, with its place."""
    made = book(A=[HEADER, ROW])
    made["A"]["XFD1048576"] = "x"
    refused = refusal(saved(made))

    assert refused.code == "too_big_sheet"
    assert "row 1048576 of column 16384" in str(refused)


def test_formatting_far_away_does_no_harm() -> None:
    """A cell that is only formatted holds nothing and counts for nothing."""
    made = book(A=[HEADER, ROW])
    made["A"]["XFD1048576"].number_format = "0.00"

    assert taken(saved(made)).counts.accepted == 1


def test_a_file_that_unpacks_to_gigabytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a small file grows to is counted while unpacking, not believed."""
    monkeypatch.setattr(sheet, "MOST_UNPACKED", 1_000_000)
    packed = io.BytesIO(saved(book(A=[HEADER, ROW])))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", bytes(2_000_000))

    assert refusal(packed.getvalue()).code == "too_big_sheet"


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.99])
def test_a_file_cut_off_is_refused(keep: float) -> None:
    """Part of a spreadsheet is none."""
    whole = saved(book(A=[HEADER, *[ROW] * 50]))

    assert refusal(whole[: int(len(whole) * keep)]).code in ("not_a_table", "damaged_sheet")


def test_a_book_without_anything_is_refused() -> None:
    """Sheets alone are no table."""
    assert refusal(saved(book(A=[], B=[]))).code == "empty"


def test_a_sheet_and_a_text_of_the_same_answers_agree() -> None:
    """Spack's survey was published as both: as many answers, the same texts in them."""
    text = taken(EXPORTS / "google_forms" / "spack-2020.csv")
    cells = taken(EXPORTS / "google_forms" / "spack-2020.xlsx")

    assert text.counts.accepted == cells.counts.accepted == 170
    assert [row[2:8] for row in text.rows] == [row[2:8] for row in cells.rows]
