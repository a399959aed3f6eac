"""The filter bar: the same on every page. What is chosen lies in the address, so that a link opens the same view."""

from __future__ import annotations

import streamlit as st

from metrics.declare import Lang
from ui import fetch, language
from ui import view as views
from ui.view import View

KEYS = ("period", "vs", *views.DIMENSIONS)


def language_of_reader() -> Lang:
    """The language asked for in the address, else the browser's, else English."""
    asked = st.query_params.get("lang")
    if asked in language.LANGUAGES:
        return "ru" if asked == "ru" else "en"
    return "ru" if (st.context.locale or "").lower().startswith("ru") else "en"


def view() -> View:
    """What the address asks for. Values that mean nothing here are dropped, with a word about it."""
    query = {key: st.query_params.get_all(key) for key in KEYS}
    asked, dropped = views.from_query(query, fetch.options())
    if dropped:
        st.toast(language.texts("shell", language_of_reader())("dropped", values=", ".join(dropped)))
        go(asked)
    return asked


def go(chosen: View) -> None:
    """Put a view into the address; the page follows. Keys that are not a view's, such as the language, stay."""
    kept = {key: st.query_params.get_all(key) for key in st.query_params if key not in KEYS}
    kept.setdefault("lang", [language_of_reader()])  # a copied link opens in the language it was copied in
    st.query_params.from_dict(kept | views.to_query(chosen))


def _set(**parts: object) -> None:
    query = {key: st.query_params.get_all(key) for key in KEYS}
    asked, _ = views.from_query(query, fetch.options())
    go(View(**{**asked.__dict__, **parts}))  # type: ignore[arg-type]  # the names are View's own


def _take(name: str, widget: str) -> None:
    chosen = st.session_state[widget]
    if name in views.DIMENSIONS:
        _set(**{name: tuple(chosen)})
    elif name == "days":
        if len(chosen) == 2:
            _set(period=f"{chosen[0].isoformat()}..{chosen[1].isoformat()}")
    elif chosen:
        _set(**{name: chosen})


def _period_chip(chosen: View, text: language.Texts) -> None:
    last_day = fetch.last_day()
    now = views.current(chosen, last_day)
    label = text(f"period_{chosen.period}") if chosen.period in views.PERIODS else language.span(
        now.start, now.last, text.lang
    )  # fmt: skip
    with st.popover(label, key="chip_period"):
        widget = keyed("w_period", chosen.period)
        st.pills(
            text("period"), views.PERIODS, default=chosen.period if chosen.period in views.PERIODS else None,
            key=widget, format_func=lambda name: text(f"period_{name}"), on_change=_take, args=("period", widget),
        )  # fmt: skip
        widget = keyed("w_days", now)
        st.date_input(
            text("own_days"), value=(now.start, now.last), max_value=max(last_day, now.last), key=widget,
            format="DD.MM.YYYY" if text.lang == "ru" else "YYYY-MM-DD", on_change=_take, args=("days", widget),
        )  # fmt: skip


def keyed(widget: str, value: object) -> str:
    """The key of a widget that shows what the address says. Another address makes another widget.

    A widget inside a closed popover is not told a new value, and would bring its old one back with the next click.
    """
    return f"{widget}_{value}"


def _versus_chip(chosen: View, text: language.Texts) -> None:
    with st.popover(text(f"vs_{chosen.versus}"), key="chip_vs"):
        widget = keyed("w_vs", chosen.versus)
        st.pills(
            text("vs"), views.COMPARISONS, default=chosen.versus, key=widget,
            format_func=lambda name: text(f"vs_{name}"), on_change=_take, args=("versus", widget),
        )  # fmt: skip
        before = views.compared(chosen, fetch.last_day())
        st.caption(language.span(before.start, before.last, text.lang))


def _dimension_chip(name: str, chosen: View, text: language.Texts) -> None:
    options = fetch.options()[name]
    if not options:
        return
    values: tuple[str, ...] = getattr(chosen, name)
    labels = fetch.stage_labels(text.lang) if name == "stage" else {}
    said = ", ".join(labels.get(value, value) for value in values) or text("all")
    widget = keyed(f"w_{name}", values)
    with st.popover(f"{text(name)}: {said}", key=f"chip_{name}"):
        st.pills(
            text(name), options, selection_mode="multi", default=list(values), key=widget,
            format_func=lambda value: labels.get(value, value), on_change=_take, args=(name, widget),
        )  # fmt: skip


def bar(chosen: View, lang: Lang) -> None:
    """Draw the bar."""
    text = language.texts("shell", lang)
    with st.container(horizontal=True, gap="small", key="filter_bar", vertical_alignment="center"):
        _period_chip(chosen, text)
        _versus_chip(chosen, text)
        for name in views.DIMENSIONS:
            _dimension_chip(name, chosen, text)
        if chosen != View():
            st.button(text("reset"), type="tertiary", key="reset", on_click=go, args=(View(),))


def language_switch(lang: Lang) -> None:
    """Draw the choice of language; it lies in the address too."""
    widget = keyed("w_lang", lang)

    def choose() -> None:
        st.query_params["lang"] = st.session_state[widget]

    st.segmented_control(
        "Language / Язык", ("ru", "en"), default=lang, key=widget, format_func=str.upper, required=True,
        label_visibility="collapsed", on_change=choose,
    )  # fmt: skip
