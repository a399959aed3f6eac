"""What a page draws, in the order in which it is read. The only module pages draw through."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from metrics.board import Board
from metrics.declare import Lang
from metrics.window import DAY, Period
from ui import (
    cards,
    charts,
    fetch,
    filters,
    heatmap,
    language,
    metric_table,
    panel,
    takeaway,
    theme,
    ticks,
    words,
)
from ui.annotations import notes, under
from ui.paper import Item
from ui.view import View


def currency() -> str:
    """The currency of the lake."""
    said = fetch.manifest()
    return said.currency if said else ""


def sentence(board: Board, lang: Lang) -> None:
    """The page in one sentence, and the menu that takes its numbers away."""
    text = language.texts("layers", lang)
    said = words.sentence(board, fetch.stage_labels(lang), lang, currency())
    tiles = [tile for one in board.columns for tile in ((one.headline, *one.tiles) if one.headline else ())]
    rows, columns = metric_table.frame(tiles, lang, currency()), metric_table.columns(lang)
    takeaway.show(Item(text("numbers"), rows=rows, columns=columns, note=language.plain(said)))
    with st.container(horizontal=True, vertical_alignment="top", key="head_cards"):
        st.html(said, width="stretch")
        takeaway.menu("cards", text("numbers"), lang, lambda: rows, columns)


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
    st.html(cards.cards(board, lang, currency(), versus(board, view, lang), filters.link))


def brushed(view: View, key: str) -> dict[str, Any]:
    """How the brush of a chart over weeks chooses the period of the page."""
    return {"key": key, "selection_mode": "brush", "on_select": lambda: _choose(view, key)}


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
    weeks = [point.period for one in board.series for point in one.points] or [board.now]
    noted = notes(Period(min(weeks).start, max(weeks).end), None, view, lang)
    chart, alternative = charts.four_layers(board, lang, currency(), theme.tokens(), noted)
    if chart is None:
        return
    with panel.panel("four_layers", text("four_layers"), lang, text("four_layers_note")) as here:
        key = f"series_{board.now.start}_{board.now.end}"
        here.chart(
            chart, alternative, charts.weeks(board, lang, currency()), charts.columns(lang),
            events=ticks.lines(noted, lang), **brushed(view, key),
        )  # fmt: skip
        under(noted, lang)


def where_it_hurts(board: Board, view: View, lang: Lang) -> None:
    """The stages of the journey across, the layers down."""
    text, stages = language.texts("layers", lang), fetch.stage_labels(lang)
    with panel.panel("where_it_hurts", text("where_it_hurts"), lang, text("where_it_hurts_note")) as here:
        st.html(heatmap.heatmap(board, stages, lang, currency(), view.stage, filters.link, filters.behind))
        rows = heatmap.frame(board, stages, lang, currency(), view.stage)
        if not rows.empty:
            here.takes(rows, heatmap.columns(stages, lang, view.stage))
