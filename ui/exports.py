"""What readers take away as files: tables as CSV and XLSX, charts as SVG and PNG. The same numbers as on the screen."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import altair as alt
import pandas as pd
import vl_convert
import xlsxwriter

from metrics.declare import Lang
from ui import fonts, language, theme
from ui.columns import Column, day, is_missing

MOST_ROWS = 1_048_575  # of an XLSX sheet, under its head
WIDE = 900  # px of a chart on paper
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet would take for the beginning of a formula


@dataclass(frozen=True)
class About:
    """What a file says of itself. `facts`: label and value, in order: company, period, filters, data version, time.

    `events`: what happened meanwhile, a line each.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    events: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The facts as one line."""
        return " · ".join(f"{label}: {value}" for label, value in self.facts)

    @property
    def lines(self) -> list[str]:
        """The facts and events as lines that fit over a chart."""
        return [part for line in (self.line, *self.events) for part in textwrap.wrap(line, 120)]


def _is_formula(text: str) -> bool:
    return text.startswith(FORMULA)


def _plain(value: Any, column: Column, lang: Lang) -> str:
    """A cell of a CSV: numbers in full, with the language's decimal sign; words never a formula."""
    if is_missing(value):
        return ""
    match column.kind:
        case "count" | "number" | "share" | "money":
            text = str(int(value)) if float(value).is_integer() else repr(float(value))
            return text.replace(".", ",") if lang == "ru" else text
        case "day":
            return day(value).isoformat()
        case "instant":
            return pd.Timestamp(value).isoformat(sep=" ", timespec="seconds")
        case "flag":
            return language.texts("takeaway", lang)("yes" if value else "no")
        case _:
            return f"'{value}" if _is_formula(str(value)) else str(value)


def csv_file(rows: pd.DataFrame, columns: Sequence[Column], lang: Lang) -> bytes:
    """A table as a spreadsheet of that language opens it: UTF-8 with BOM; in Russian `;` and decimal comma."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";" if lang == "ru" else ",", lineterminator="\r\n")
    writer.writerow([column.label for column in columns])
    for row in rows[[column.name for column in columns]].itertuples(index=False, name=None):
        writer.writerow([_plain(value, column, lang) for value, column in zip(row, columns, strict=True)])
    return file.getvalue().encode("utf-8-sig")


def xlsx_file(rows: pd.DataFrame, columns: Sequence[Column], about: About, lang: Lang) -> bytes:
    """A table with true numbers and dates, and a sheet that says what it is. Raises: ValueError above MOST_ROWS."""
    if len(rows) > MOST_ROWS:
        raise ValueError(f"{len(rows)} rows; a sheet holds {MOST_ROWS}")
    text = language.texts("takeaway", lang)
    file = io.BytesIO()
    how = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(file, how) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        written = {
            "count": "#,##0", "number": "#,##0.00", "share": "0.0%", "money": "#,##0.00",
            "day": "dd.mm.yyyy" if lang == "ru" else "yyyy-mm-dd",
            "instant": "dd.mm.yyyy hh:mm" if lang == "ru" else "yyyy-mm-dd hh:mm",
        }  # fmt: skip
        styles = {kind: book.add_format({"num_format": form}) for kind, form in written.items()}
        sheet = book.add_worksheet(text("data_sheet"))
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, max(12, min(40, len(column.label) + 2)))
            sheet.write_string(0, place, column.label, head)
        named = rows[[column.name for column in columns]].itertuples(index=False, name=None)
        for line, row in enumerate(named, start=1):
            for place, (value, column) in enumerate(zip(row, columns, strict=True)):
                _cell(sheet, line, place, value, column, styles)
        said = book.add_worksheet(text("about_sheet"))
        said.set_column(0, 0, 24)
        said.set_column(1, 1, 80)
        said.write_string(0, 0, about.title, head)
        events = [(text("event"), said_of_it) for said_of_it in about.events]
        for line, (label, value) in enumerate([*about.facts, (text("rows"), str(len(rows))), *events], start=1):
            said.write_string(line, 0, label)
            said.write_string(line, 1, value)
    return file.getvalue()


def _cell(sheet: Any, line: int, place: int, value: Any, column: Column, styles: dict[str, Any]) -> None:
    if is_missing(value):
        return
    match column.kind:
        case "count" | "number" | "share" | "money":
            sheet.write_number(line, place, float(value), styles[column.kind])
        case "day" | "instant":
            moment = pd.Timestamp(value).to_pydatetime()
            sheet.write_datetime(line, place, moment, styles[column.kind])
        case "flag":
            sheet.write_boolean(line, place, bool(value))
        case _:
            sheet.write_string(line, place, str(value)[:32_767])


def _sized(spec: dict[str, Any]) -> None:
    """Give every view that follows the width of the page a width of its own."""
    parts = [part for key in ("vconcat", "hconcat", "concat") for part in spec.get(key, [])]
    parts += [spec["spec"]] if "spec" in spec else []
    for part in parts:
        _sized(part)
    if not parts and spec.get("width") in (None, "container"):
        spec["width"] = WIDE


def specification(chart: alt.TopLevelMixin, about: About | None) -> dict[str, Any]:
    """A chart as Vega-Lite on white, in the light colours; its title and what it says of itself above it."""
    drawn = json.dumps(chart.to_dict())  # type: ignore[attr-defined]  # every chart has it
    for dark, light in theme.DARK_TO_LIGHT.items():
        drawn = drawn.replace(f'"{dark}"', f'"{light}"')
    spec: dict[str, Any] = json.loads(drawn)
    _sized(spec)
    spec["background"] = "#FFFFFF"
    spec["padding"] = 12
    if about:
        spec["title"] = {
            "text": about.title, "subtitle": about.lines, "anchor": "start", "offset": 12, "fontSize": 16,
            "color": theme.LIGHT.ink, "subtitleColor": theme.LIGHT.muted, "subtitleFontSize": 12,
        }  # fmt: skip
    return spec


@cache
def _fonts() -> None:
    vl_convert.register_font_directory(str(fonts.folder()))


def svg_file(chart: alt.TopLevelMixin, about: About | None) -> str:
    """A chart as a drawing that stays sharp at any size."""
    _fonts()
    return str(vl_convert.vegalite_to_svg(specification(chart, about)))


def png_file(chart: alt.TopLevelMixin, about: About | None) -> bytes:
    """A chart as a picture, at twice the size of the screen."""
    _fonts()
    return bytes(vl_convert.vegalite_to_png(specification(chart, about), scale=2))
