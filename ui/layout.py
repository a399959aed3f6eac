"""What a page draws, in the order in which it is read. The only module pages draw through."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from metrics.board import Board
from metrics.declare import Lang
from metrics.window import DAY
from ui import cards, charts, fetch, filters, heatmap, language, theme, words
from ui.view import View


def currency() -> str:
    """The currency of the lake."""
    said = fetch.manifest()
    return said.currency if said else ""


def sentence(board: Board, lang: Lang) -> None:
    """The page in one sentence."""
    st.html(words.sentence(board, fetch.stage_labels(lang), lang, currency()))


def versus(board: Board, view: View, lang: Lang) -> str:
    """What the period is compared with, in words."""
    text = language.texts("layers", lang)
    days = board.before.days
    if view.versus == "year":
        is_a_year = (board.now.start - board.before.start).days <= 366
        return text(
            "vs_year" if is_a_year else "vs_span", days=language.span(board.before.start, board.before.last, lang)
        )
    return text("vs_previous", days=text("weeks", n=days // 7) if days % 7 == 0 else text("days", n=days))


def layers(board: Board, view: View, lang: Lang) -> None:
    """The four cards."""
    st.html(cards.cards(board, lang, currency(), versus(board, view, lang)))


def _choose(view: View, key: str) -> None:
    """Make the weeks under the brush the period of the page."""
    state: Any = st.session_state.get(key)
    chosen = state["selection"].get("brush", {}).get("week") if state else None
    if not chosen:
        return
    # The browser drew the weeks on its own clock, so its clock says which days the brush covers.
    zone = ZoneInfo(st.context.timezone or "UTC")
    start, end = (datetime.fromtimestamp(stamp / 1000, zone).date() for stamp in chosen)
    if end - start >= timedelta(days=6):
        last = min(end, fetch.last_day())
        filters.go(View(**{**view.__dict__, "period": f"{start.isoformat()}..{max(start + DAY, last).isoformat()}"}))


def four_layers(board: Board, view: View, lang: Lang) -> None:
    """The four headlines over one time axis; the brush chooses the period of the page."""
    text = language.texts("layers", lang)
    chart, alternative = charts.four_layers(board, lang, currency(), theme.tokens())
    if chart is None:
        return
    with st.container(key="four_layers"):
        st.html(f'<p class="st st-panel">{text("four_layers")}</p>')
        key = f"series_{board.now.start}_{board.now.end}"
        st.altair_chart(
            chart, key=key, theme=None, alt=alternative, selection_mode="brush", on_select=lambda: _choose(view, key)
        )


def where_it_hurts(board: Board, view: View, lang: Lang) -> None:
    """The stages of the journey across, the layers down."""
    text = language.texts("layers", lang)
    with st.container(key="where_it_hurts"):
        st.html(f'<p class="st st-panel">{text("where_it_hurts")}</p>')
        st.html(heatmap.heatmap(board, fetch.stage_labels(lang), lang, currency(), view.stage))
