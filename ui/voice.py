"""What the page of the satisfaction layer has alone: scores, three NPS, coverage, themes, new words, comments."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from metrics import themes as of_themes
from metrics import voice
from metrics.board import Tile
from metrics.declare import Lang
from metrics.load import catalogue
from ui import comments, coverage, fetch, filters, language, layout, readings, spread, theme, themes
from ui.panel import Column, panel
from ui.view import View

WHOLE = 18  # scores beside each other that fill a page


def _tiles(view: View) -> Mapping[str, Tile]:
    """The metrics as the table at the top of the page has them: one page, one verdict on each."""
    depth = fetch.depth(view, "satisfaction", filters.chosen("metric"), filters.chosen("by"))
    return {tile.metric: tile for tile in depth.tiles}


def scores(view: View, lang: Lang) -> None:
    """How the answers of each instrument are spread."""
    text = language.texts("voice", lang)
    found = fetch.asked(voice.spreads, view)
    depth = fetch.depth(view, "satisfaction", filters.chosen("metric"), filters.chosen("by"))
    now, before = (language.span(period.start, period.last, lang) for period in (depth.now, depth.before))
    if not found:
        return
    columns = [
        Column("instrument", text("instrument")), Column("score", text("score"), "count"),
        Column("part", text("part")), Column("now", text("answers_now"), "count"),
        Column("share", text("share_now"), "share"), Column("before", text("answers_before"), "count"),
        Column("share_before", text("share_before"), "share"),
    ]  # fmt: skip
    with panel("spread", text("spread"), lang, text("spread_note", now=now, before=before)) as here:
        # as wide as it has scores: the bars of all instruments are alike, and one alone leaves room beside it
        widths = [len(one.bars) + 2 for one in found]
        for column, one in zip(st.columns([*widths, max(1, WHOLE - sum(widths))]), found, strict=False):
            with column:
                here.words(spread.head(one, lang, layout.currency()), is_muted=False)
                here.chart(*spread.spread(one, lang, theme.tokens()), spread.rows(one, lang), columns)


def three_nps(view: View, lang: Lang) -> None:
    """The NPS by answers, by clients and by revenue, and why they differ."""
    text = language.texts("voice", lang)
    tiles, found = _tiles(view), fetch.asked(voice.reasons, view)
    depth = fetch.depth(view, "satisfaction", filters.chosen("metric"), filters.chosen("by"))
    columns = [
        Column("way", text("way")), Column("value", catalogue()["nps"].short[lang], "number"),
        Column("low", text("low"), "number"), Column("high", text("high"), "number"),
        Column("n", text("stands_on"), "count"),
    ]  # fmt: skip
    with panel("readings", text("readings"), lang, text("readings_note")) as here:
        chart, said = readings.readings(tiles, found, depth.now, lang, layout.currency(), theme.tokens())
        here.chart(chart, said, readings.rows(tiles, depth.now, lang), columns)
        if chart is not None and (why := readings.reason(tiles, found, lang)):
            here.words(why, is_muted=False)


def heard(view: View, lang: Lang) -> None:
    """Who is heard, and the silent clients by what they are worth."""
    text = language.texts("voice", lang)
    tiles, silent = _tiles(view), fetch.asked(voice.silent, view)
    said = fetch.manifest()
    with panel("coverage", text("coverage"), lang) as here:
        st.html(coverage.tiles([tiles[name] for name in coverage.TILES], lang, layout.currency()))
        here.words(
            coverage.said(silent, tiles["silent_revenue"], tiles["coverage_by_clients"], lang, layout.currency()),
            is_muted=False,
        )
        if not silent.clients:
            return
        has_contacts = said is not None and "contacts" in said.tables and said.tables["contacts"].kept > 0
        here.table(
            coverage.rows(silent), coverage.columns(lang, with_contacts=has_contacts), height=290,
            whole=lambda: coverage.rows(fetch.asked(voice.silent, view, str(silent.clients))), of=silent.clients,
        )  # fmt: skip
        if not has_contacts:
            here.words(text("no_contacts"))


def spoken(view: View, lang: Lang) -> None:
    """What comments speak of, and how those answers score."""
    text = language.texts("voice", lang)
    found = fetch.asked(of_themes.themes, view, filters.chosen("score"), comments.edition())
    with panel("themes", text("themes"), lang, text("themes_note") if found.of else "") as here:
        if not found.of:
            here.words(text("no_comments"))
            return
        here.words(themes.about(found, lang))
        if len(found.instruments) > 1:
            filters.choice(
                "score", text("score_of"), found.instruments, found.instrument,
                lambda name: catalogue()[name].short[lang],
            )  # fmt: skip
        table: pd.DataFrame = themes.rows(found, lang)
        shares, scored = st.columns(2)
        with shares:
            here.chart(*themes.shares(found, lang, theme.tokens()), table, _theme_columns(text))
        with scored:
            here.chart(*themes.scores(found, lang, layout.currency(), theme.tokens()), table, _theme_columns(text))
        here.words(text("arithmetic"))


def _theme_columns(text: language.Texts) -> list[Column]:
    return [
        Column("theme", text("theme")), Column("now", text("comments_now"), "count"),
        Column("share", text("share_now"), "share"), Column("before", text("comments_before"), "count"),
        Column("share_before", text("share_before"), "share"), Column("score", text("value_with"), "number", 2),
        Column("n", text("n_with"), "count"), Column("without", text("value_without"), "number", 2),
        Column("n_without", text("n_without"), "count"),
    ]  # fmt: skip


def page(view: View, lang: Lang) -> None:
    """Everything, in the order in which it is read."""
    scores(view, lang)
    three_nps(view, lang)
    heard(view, lang)
    spoken(view, lang)
    comments.new_words(view, lang)
    comments.comments(view, lang)
