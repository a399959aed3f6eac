"""A page of the dashboard as a printable PDF: what it shows, in its order, with the filters on every sheet."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import typst

from metrics.declare import Lang
from ui import exports, fonts, language
from ui.columns import Column, written
from ui.exports import About

TEMPLATE = Path(__file__).with_name("paper.typ")
ON_PAPER = 40  # rows of a table; the rest is counted, and lies in the files of that table


@dataclass(frozen=True)
class Item:
    """One thing a page shows: its title, a chart or none, the rows behind it, a line of words beside the title,
    and the events marked on the chart. `of`: how many rows there are where these are some of them.
    """

    title: str
    chart: alt.TopLevelMixin | None = None
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)
    columns: tuple[Column, ...] = ()
    note: str = ""
    has_table: bool = True
    events: tuple[str, ...] = ()
    of: int = 0


def _table(item: Item, lang: Lang) -> dict[str, Any]:
    columns = [column for column in item.columns if not column.is_raw] if item.has_table else []
    first = item.rows.head(ON_PAPER)[[column.name for column in columns]]
    left = max(item.of, len(item.rows)) - len(first) if columns else 0
    return {
        "head": [column.label for column in columns],
        "right": [column.kind in ("count", "number", "share", "money") for column in columns],
        "rows": [
            [written(value, column, lang) for value, column in zip(row, columns, strict=True)]
            for row in (first.itertuples(index=False, name=None) if columns else ())
        ],
        "more": language.texts("takeaway", lang)("more_rows", n=left) if left else "",
    }


def pdf(items: Sequence[Item], about: About, lang: Lang) -> bytes:
    """The sheets, on white whatever the theme of the screen."""
    with tempfile.TemporaryDirectory(prefix="strata-paper-") as made:
        folder = Path(made)
        shutil.copy(TEMPLATE, folder / "paper.typ")
        drawn = []
        for number, item in enumerate(items):
            name = ""
            if item.chart is not None:
                name = f"{number}.svg"
                (folder / name).write_text(exports.svg_file(item.chart, None), encoding="utf-8")
            drawn.append(
                {"title": item.title, "note": item.note, "chart": name, "events": list(item.events)}
                | _table(item, lang)
            )
        said = {
            "title": about.title, "line": about.line, "lang": lang, "items": drawn,
            "page": language.texts("takeaway", lang)("page", at="{at}", all="{all}"),
        }  # fmt: skip
        (folder / "sheet.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        made_of = typst.compile(folder / "paper.typ", font_paths=[fonts.folder()], ignore_system_fonts=True)
    if not isinstance(made_of, bytes):
        raise TypeError("one PDF is one file")
    return made_of
