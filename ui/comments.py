"""The comments of the period: searched, by theme, page by page. What is chosen lies in the address."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data import store
from metrics import dictionary, emerging, search
from metrics.declare import Lang
from metrics.emerging import Emerging
from metrics.load import catalogue
from metrics.search import Found
from ui import fetch, filters, journey, language, themes
from ui import view as views
from ui.panel import Column, panel
from ui.view import View

LONGEST_SEARCH = 200


def edition() -> str:
    """Which dictionary of themes counts now; part of the key of whatever it coded."""
    return dictionary.edition(dictionary.place(store.reader().home))


def known() -> dict[str, dictionary.Theme]:
    """The themes of the dictionary."""
    return dictionary.read(dictionary.place(store.reader().home))


def _put(key: str, value: str) -> None:
    """Put a choice into the address, or take it out; other choices have other pages."""
    st.query_params.pop("page", None)
    if value and value != dictionary.ALL:
        st.query_params[key] = value
    else:
        st.query_params.pop(key, None)


def _take(key: str, widget: str) -> None:
    _put(key, str(st.session_state[widget] or "")[:LONGEST_SEARCH].strip())


def _turn(widget: str) -> None:
    st.query_params["page"] = str(st.session_state[widget])


def rows(found: pd.DataFrame, lang: Lang, stages: dict[str, str]) -> pd.DataFrame:
    """The comments of a page with every word in the reader's language."""
    labels = themes.names(known(), lang)
    shown = found.copy()
    shown["instrument"] = [catalogue()[name].short[lang] for name in shown["instrument"]]
    shown["stage"] = [None if pd.isna(stage) else stages.get(stage, stage) for stage in shown["stage"]]
    shown["themes"] = [", ".join(labels[name] for name in of) for of in shown["themes"]]
    return shown


def said(found: Found, text: language.Texts, *, is_searched: bool) -> str:
    """How many of how many are shown."""
    of = language.number(found.of, text.lang)
    capped = text("capped", read=language.number(found.read, text.lang), of=of) if found.read < found.of else ""
    if not found.of:
        return text("no_comments")
    if not found.matched:
        return f"{text('none_match', of=of)} {capped}".strip()
    first = (found.page - 1) * search.ON_A_PAGE + 1
    first, last = (language.number(n, text.lang) for n in (first, first + len(found.rows) - 1))
    if is_searched:
        return f"{text('matched', n=found.matched, of=of, first=first, last=last)} {capped}".strip()
    return f"{text('listed', n=found.of, first=first, last=last)} {capped}".strip()


def comments(view: View, lang: Lang) -> None:
    """The search, the themes, and one page of what matches."""
    text = language.texts("voice", lang)
    asked, page = filters.chosen("q")[:LONGEST_SEARCH], filters.chosen("page")
    labels = themes.names(known(), lang)
    theme = filters.chosen("theme") if filters.chosen("theme") in labels else dictionary.ALL
    found = fetch.asked(search.found, view, asked, theme, page, edition())
    with panel("comments", text("comments"), lang, text("comments_note")) as here:
        if not found.of:
            here.words(text("no_comments"))
            return
        widget = filters.keyed("w_q", asked)
        st.text_input(
            text("search"), value=asked, key=widget, placeholder=text("search_hint"), max_chars=LONGEST_SEARCH,
            type="search", on_change=_take, args=("q", widget),
        )  # fmt: skip
        widget = filters.keyed("w_theme", theme)
        st.pills(
            text("theme"), list(labels), default=theme, key=widget, format_func=lambda name: labels[name],
            required=True, on_change=_take, args=("theme", widget),
        )  # fmt: skip
        here.words(said(found, text, is_searched=bool(asked) or theme != dictionary.ALL))
        if not found.matched:
            return
        columns = [
            Column("answered_at", text("date"), "day"), Column("score", text("score"), "count"),
            Column("comment", text("comment")), Column("themes", text("themes_of")),
            Column("client", text("client")), Column("segment", text("segment_of")), Column("stage", text("stage_of")),
            Column("instrument", text("instrument")),
        ]  # fmt: skip
        stages = fetch.stage_labels(lang)
        here.table(
            rows(found.rows, lang, stages), columns,
            whole=lambda: rows(fetch.asked(search.every_one, view, asked, theme, edition()), lang, stages),
            of=found.matched, opens=journey.visit,
        )  # fmt: skip
        here.words(language.texts("journey", lang)("tick"))
        if found.pages > 1:
            widget = filters.keyed("w_page", f"{found.page}_{found.pages}")
            st.pagination(found.pages, default=found.page, key=widget, on_change=_turn, args=(widget,))


def emerging_words(found: Emerging, text: language.Texts) -> str:
    """What came of the search for new words, also when it found none."""
    if min(found.now, found.before) < emerging.FEWEST_COMMENTS:
        counts = (language.number(n, text.lang) for n in (found.now, found.before))
        return text("emerging_few", **dict(zip(("now", "before"), counts, strict=True)))
    if not found.words:
        return text("emerging_none", n=found.tested)
    return text("emerging_found", n=len(found.words), tested=language.number(found.tested, text.lang))


def new_words(view: View, lang: Lang) -> None:
    """The words that became more frequent, each leading to its comments."""
    text = language.texts("voice", lang)
    found = fetch.asked(emerging.emerging, view, edition())
    before = views.compared(view, fetch.last_day())
    note = f"{text('emerging_note')}: {language.span(before.start, before.last, lang)}"
    with panel("emerging", text("emerging"), lang, note) as here:
        here.words(emerging_words(found, text))
        if not found.words:
            return
        labels = themes.names(known(), lang)
        of_words = [one.word for one in found.words]
        asked = filters.chosen("q")
        widget = filters.keyed("w_word", asked)
        st.pills(
            text("emerging_pick"), of_words, default=asked if asked in of_words else None, key=widget,
            on_change=_take, args=("q", widget),
        )  # fmt: skip
        table = pd.DataFrame([
            {
                "word": one.word, "now": one.now, "share": one.now / found.now, "before": one.before,
                "share_before": one.before / found.before, "clients": one.clients,
                "themes": ", ".join(labels[name] for name in one.themes), "example": one.example,
            }
            for one in found.words
        ])  # fmt: skip
        columns = [
            Column("word", text("word")), Column("now", text("comments_now"), "count"),
            Column("share", text("share_now"), "share"), Column("before", text("comments_before"), "count"),
            Column("share_before", text("share_before"), "share"), Column("clients", text("clients_using"), "count"),
            Column("themes", text("in_theme")), Column("example", text("example")),
        ]  # fmt: skip
        here.table(table, columns)
