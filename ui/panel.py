"""A panel: a titled card with charts and tables in it. Everything a page draws beyond its cards stands in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from metrics.declare import Lang
from ui import takeaway
from ui.columns import Column, config, on_screen
from ui.paper import Item

__all__ = ["Column", "Panel", "panel"]
TICKED = {"on_select": "rerun", "selection_mode": "single-row"}


class Panel:
    """What is drawn into one panel. Each chart and table of it can be taken away by the menu at its right."""

    def __init__(self, key: str, title: str, note: str, lang: Lang, menus: Any) -> None:
        self.key, self.title, self.note, self.lang = key, title, note, lang
        self._menus = menus
        self._drawn = 0

    def words(self, said: str, *, is_muted: bool = True) -> None:
        """A line of plain text."""
        css = "st muted" if is_muted else "st"
        st.html(f'<p class="{css}">{escape(said)}</p>')

    def chart(
        self, drawn: alt.TopLevelMixin | None, said: str, rows: pd.DataFrame, columns: Sequence[Column],
        events: tuple[str, ...] = (), **how: Any,
    ) -> None:  # fmt: skip
        """A chart and its alternative text, with the rows it is drawn from; `said` alone where nothing can be drawn.

        `events`: those marked on it, for its files. `how`: what else st.altair_chart takes, such as a selection.
        """
        if drawn is None:
            self.words(said)
            return
        st.altair_chart(drawn, theme=None, alt=said, **how)  # type: ignore[call-overload]  # any chart of Altair's
        self.takes(rows, columns, drawn, events=events)

    def table(
        self, rows: pd.DataFrame, columns: Sequence[Column], *, height: int | None = None,
        whole: Callable[[], pd.DataFrame] | None = None, of: int | None = None,
        opens: Callable[[pd.Series[Any]], None] | None = None, **how: Any,
    ) -> None:  # fmt: skip
        """A table with the named columns, in their order. `whole`: all `of` rows, where `rows` are some of them.

        `opens`: what becomes of a row that is ticked; it may have columns that are not shown. `how`: what else
        st.dataframe takes, such as a selection of its own.
        """
        shown = [column for column in columns if not column.is_raw]
        how = {"key": f"table_{self.key}_{self._drawn}"} | (TICKED if opens else {}) | how
        drawn: Any = st.dataframe(
            on_screen(rows, shown), hide_index=True,
            column_config={column.name: config(column, self.lang) for column in shown},
            height="auto" if height is None else height, placeholder="", **how,
        )  # fmt: skip
        self.takes(rows, columns, whole=whole, of=of)
        if opens and drawn.selection.rows:
            opens(rows.iloc[drawn.selection.rows[0]])

    def takes(
        self, rows: pd.DataFrame, columns: Sequence[Column], chart: alt.TopLevelMixin | None = None,
        whole: Callable[[], pd.DataFrame] | None = None, events: tuple[str, ...] = (), of: int | None = None,
    ) -> None:  # fmt: skip
        """Let readers take away what has just been drawn in some other way."""
        first = self._drawn == 0
        self._drawn += 1
        title, note = (self.title, self.note) if first else ("", "")
        takeaway.show(Item(title, chart, rows, tuple(columns), note, chart is None, events, of or len(rows)))
        key = f"{self.key}_{self._drawn}"
        with self._menus:
            takeaway.menu(key, self.title, self.lang, whole or (lambda: rows), columns, chart, events)


@contextmanager
def panel(key: str, title: str, lang: Lang, note: str = "", hint: str = "") -> Iterator[Panel]:
    """A card with a title and, muted behind it, a note on how to read it; a hint only where it can be clicked."""
    with st.container(key=f"panel_{key}"):
        with st.container(horizontal=True, vertical_alignment="top", key=f"head_{key}"):
            beside = "".join(f'<span class="muted">{escape(said)}</span>' for said in (note, hint) if said)
            st.html(f'<p class="st st-panel"><b>{escape(title)}</b>{beside}</p>', width="stretch")
            menus = st.container(horizontal=True, width="content", key=f"menus_{key}")
        yield Panel(key, title, note, lang, menus)
