"""What readers take away: the same numbers as on the screen, in files that open as they should."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date
from typing import Any

import altair as alt
import fastexcel
import pandas as pd
import pytest
from company import at
from pypdf import PdfReader
from ui_fixtures import tile

from metrics.declare import Lang
from ui import exports, metric_table, paper, theme
from ui.columns import Column, on_screen
from ui.exports import About
from ui.paper import Item

ABOUT = About("NPS by segment", (("Company", "Acme"), ("Segment", "Small, Large"), ("Data version", "v1")))
COLUMNS = (
    Column("name", "Client"), Column("share", "On time", "share"), Column("amount", "Amount", "money"),
    Column("n", "Orders", "count"), Column("on", "Due", "day"), Column("at", "Answered", "instant"),
    Column("good", "Kept", "flag"),
)  # fmt: skip
ROWS = pd.DataFrame([
    {"name": "Пекарня; «Юг»", "share": 0.125, "amount": -1234.5, "n": 3, "on": date(2026, 3, 1),
     "at": at("2026-03-01 09:30"), "good": True},
    {"name": "=HYPERLINK(1)", "share": None, "amount": 1e6, "n": 0, "on": None, "at": None, "good": False},
])  # fmt: skip


def cells(file: bytes, delimiter: str) -> list[list[str]]:
    """A CSV as a spreadsheet reads it."""
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig")), delimiter=delimiter))


def test_a_russian_table_opens_in_a_russian_spreadsheet() -> None:
    """BOM, semicolons and decimal commas; the words of the language; an empty cell stays empty."""
    file = exports.csv_file(ROWS, COLUMNS, "ru")

    assert file.startswith(b"\xef\xbb\xbf")
    assert cells(file, ";")[1:] == [
        ["Пекарня; «Юг»", "0,125", "-1234,5", "3", "2026-03-01", "2026-03-01 09:30:00", "да"],
        ["'=HYPERLINK(1)", "", "1000000", "0", "", "", "нет"],
    ]


def test_an_english_table_has_commas_and_points() -> None:
    """Its heads are the labels of the screen."""
    head, first, _ = cells(exports.csv_file(ROWS, COLUMNS, "en"), ",")

    assert head == [column.label for column in COLUMNS]
    assert first[1:3] == ["0.125", "-1234.5"]


@pytest.mark.parametrize("said", ["=1+1", "+7 900", "-2", "@sum", "\t=1", "\r=1"])
def test_no_cell_of_a_csv_is_a_formula(said: str) -> None:
    """What a client wrote is never carried out by somebody's spreadsheet; a negative number stays a number."""
    rows = pd.DataFrame([{"said": said, "n": -5}])
    columns = (Column("said", "Said"), Column("n", "n", "count"))

    assert cells(exports.csv_file(rows, columns, "en"), ",")[1] == [f"'{said}", "-5"]


def test_a_sheet_has_true_numbers_and_dates_and_says_what_it_is() -> None:
    """Numbers that add up, dates that sort, words that are never formulas, and a sheet with the filters."""
    book = fastexcel.read_excel(exports.xlsx_file(ROWS, COLUMNS, ABOUT, "en"))
    data = book.load_sheet("Data").to_pandas()
    about = book.load_sheet("About", header_row=None).to_pandas()

    assert data["Amount"].sum() == 998765.5
    assert data["On time"].iloc[0] == 0.125
    assert pd.Timestamp(data["Answered"].iloc[0]) == pd.Timestamp("2026-03-01 09:30")
    assert list(data["Client"]) == ["Пекарня; «Юг»", "=HYPERLINK(1)"]
    assert about.to_numpy().tolist()[1:] == [
        ["Company", "Acme"], ["Segment", "Small, Large"], ["Data version", "v1"], ["Rows", "2"],
    ]  # fmt: skip


def test_a_table_too_long_for_a_sheet_is_refused_not_cut() -> None:
    """Nothing is left out without a word."""
    rows = pd.DataFrame({"n": range(exports.MOST_ROWS + 1)})

    with pytest.raises(ValueError, match="1048576 rows"):
        exports.xlsx_file(rows, (Column("n", "n", "count"),), ABOUT, "en")


def drawing(colours: theme.Tokens) -> alt.LayerChart:
    """A line in the theme of the screen."""
    base = alt.Chart(pd.DataFrame({"x": [1, 2, 3], "y": [2, 5, 3]})).encode(x="x:Q", y="y:Q")
    chart = alt.layer(base.mark_line(color=colours.layers["operational"]), base.mark_point(color=colours.worse))
    return chart.configure(**theme.chart_config(colours, "ru"))


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_a_chart_is_drawn_for_paper_with_its_filters_on_it(colours: theme.Tokens) -> None:
    """On white and in the light colours whatever the screen has, in the font of the screen; the PNG is a picture."""
    drawn = exports.svg_file(drawing(colours), ABOUT)

    assert "NPS by segment" in drawn
    assert "Segment: Small, Large" in drawn
    assert theme.LIGHT.layers["operational"] in drawn.upper().replace("RGB", "")
    assert theme.DARK.layers["operational"] not in drawn.upper()
    assert exports.png_file(drawing(colours), ABOUT).startswith(b"\x89PNG")


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_page_on_paper_has_its_filters_on_every_sheet(lang: Lang) -> None:
    """Long tables are cut with a word that says how much is left; somebody's text is never markup."""
    long = pd.DataFrame([{"name": f"#strong[{i}] *a* ₽ Юг", "n": i * 1000} for i in range(100)])
    columns = (Column("name", "Client"), Column("n", "Orders", "count"), Column("n", "raw", "count", is_raw=True))
    first = Item("First", drawing(theme.DARK), ROWS, COLUMNS, "a note")
    items = [
        first,
        Item("Second", rows=long, columns=columns, of=110),
        *[Item("Third", rows=long, columns=columns)] * 4,
    ]
    sheets = [page.extract_text() for page in PdfReader(io.BytesIO(paper.pdf(items, ABOUT, lang))).pages]
    whole = "\n".join(sheets)

    assert len(sheets) > 2
    assert all("Segment: Small, Large" in sheet for sheet in sheets)
    assert "#strong[7] *a* ₽ Юг" in whole
    assert [re.search(r"\d+", line)[0] for line in whole.splitlines() if "CSV" in line] == ["70", *["60"] * 4]  # type: ignore[index]
    assert "raw" not in whole


def test_a_number_in_a_file_is_the_number_of_the_screen() -> None:
    """The words of the card stand beside the plain number they were rounded from; what is hidden stays hidden."""
    tiles: list[Any] = [tile("csat", 0.8149, 0.82), tile("engagement", is_hidden=True)]
    rows = metric_table.frame(tiles, "en", "EUR")

    assert rows["shown"].iloc[0].replace("\u202f", " ") == "81 %"
    assert rows["value"].iloc[0] == 0.8149
    assert rows.loc[1, ["value", "low", "high", "n", "before"]].isna().all()


def test_events_go_along_with_the_chart_they_are_marked_on() -> None:
    """The numbers above a chart are explained on the picture, on paper and in the sheet beside the table."""
    event = "1 · 6 Sep 2026: =new carrier (Delivery)"
    about = replace(ABOUT, events=(event,))
    book = fastexcel.read_excel(exports.xlsx_file(ROWS, COLUMNS, about, "en"))
    sheet = PdfReader(io.BytesIO(paper.pdf([Item("T", drawing(theme.LIGHT), events=(event,))], ABOUT, "en"))).pages[0]

    assert "=new carrier (Delivery)" in exports.svg_file(drawing(theme.LIGHT), about)
    assert ["Event", event] in book.load_sheet("About", header_row=None).to_pandas().to_numpy().tolist()
    assert event in sheet.extract_text()


def test_a_table_on_the_screen_is_rounded_to_what_is_read() -> None:
    """Per cent with one decimal, money in whole units, an empty cell empty; the frame behind it stays as it was."""
    shown = on_screen(ROWS, COLUMNS)

    assert shown["share"].tolist()[0] == 12.5
    assert shown["amount"].tolist() == [-1235.0, 1e6]
    assert pd.isna(shown["share"].iloc[1])
    assert ROWS["amount"].iloc[0] == -1234.5
