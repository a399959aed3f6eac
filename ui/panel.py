"""A panel: a titled card with charts and tables in it. Everything a page draws beyond its cards stands in one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import altair as alt
import pandas as pd
import streamlit as st

from metrics.declare import Lang

Kind = Literal["text", "count", "number", "share", "money", "day", "instant"]


@dataclass(frozen=True)
class Column:
    """One column as readers see it. `name`: in the frame. `kind` says how it is written; shares are 0-1.

    `digits`: decimals of a number.
    """

    name: str
    label: str
    kind: Kind = "text"
    digits: int = 1


def _config(column: Column, lang: Lang) -> Any:
    match column.kind:
        case "count" | "money":
            return st.column_config.NumberColumn(column.label, format="localized", step=1)
        case "number":
            return st.column_config.NumberColumn(column.label, format=f"%.{column.digits}f")
        case "share":
            return st.column_config.NumberColumn(column.label, format="percent")
        case "day":
            return st.column_config.DateColumn(column.label, format="DD.MM.YYYY" if lang == "ru" else "YYYY-MM-DD")
        case "instant":
            return st.column_config.DatetimeColumn(
                column.label, format="DD.MM.YYYY HH:mm" if lang == "ru" else "YYYY-MM-DD HH:mm"
            )
        case _:
            return st.column_config.TextColumn(column.label)


class Panel:
    """What is drawn into one panel."""

    def __init__(self, key: str, title: str, lang: Lang) -> None:
        self.key, self.title, self.lang = key, title, lang

    def words(self, said: str, *, is_muted: bool = True) -> None:
        """A line of plain text."""
        css = "st muted" if is_muted else "st"
        st.html(f'<p class="{css}">{escape(said)}</p>')

    def chart(self, drawn: alt.TopLevelMixin | None, said: str, rows: pd.DataFrame, columns: Sequence[Column]) -> None:
        """A chart and its alternative text, with the rows it is drawn from; `said` alone where nothing can be drawn."""
        del rows, columns
        if drawn is None:
            self.words(said)
        else:
            st.altair_chart(drawn, theme=None, alt=said)  # type: ignore[arg-type]  # any chart of Altair's

    def table(self, rows: pd.DataFrame, columns: Sequence[Column], *, height: int | None = None) -> None:
        """A table with the named columns, in their order."""
        shown = rows[[column.name for column in columns]]
        config = {column.name: _config(column, self.lang) for column in columns}
        tall = {} if height is None else {"height": height}
        st.dataframe(shown, hide_index=True, column_config=config, key=f"table_{self.key}", **tall)  # type: ignore[call-overload]


@contextmanager
def panel(key: str, title: str, lang: Lang, note: str = "") -> Iterator[Panel]:
    """A card with a title and, muted behind it, a note on how to read it."""
    with st.container(key=f"panel_{key}"):
        beside = f'<span class="muted">{escape(note)}</span>' if note else ""
        st.html(f'<p class="st st-panel"><b>{escape(title)}</b>{beside}</p>')
        yield Panel(key, title, lang)
