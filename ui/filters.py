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
    """Put a view into the address; the page follows."""
    wanted = views.to_query(chosen)
    for key in KEYS:
        if key in wanted:
            st.query_params[key] = wanted[key]
        elif key in st.query_params:
            del st.query_params[key]


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
        st.pills(
            text("period"), views.PERIODS, key=shows("w_period", _among(chosen.period, views.PERIODS)),
            format_func=lambda name: text(f"period_{name}"), on_change=_take, args=("period", "w_period"),
        )  # fmt: skip
        st.date_input(
            text("own_days"), value=(now.start, now.last), max_value=last_day, key=f"w_days_{now}",
            format="DD.MM.YYYY" if text.lang == "ru" else "YYYY-MM-DD",
            on_change=_take, args=("days", f"w_days_{now}"),
        )  # fmt: skip


def shows(widget: str, value: object) -> str:
    """Bring a widget in line with the address, which alone says what is chosen. Gives the widget's key."""
    st.session_state[widget] = value
    return widget


def _among(value: str, options: tuple[str, ...]) -> str | None:
    return value if value in options else None


def _versus_chip(chosen: View, text: language.Texts) -> None:
    with st.popover(text(f"vs_{chosen.versus}"), key="chip_vs"):
        st.pills(
            text("vs"), views.COMPARISONS, key=shows("w_vs", chosen.versus),
            format_func=lambda name: text(f"vs_{name}"), on_change=_take, args=("versus", "w_vs"),
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
    widget = f"w_{name}"
    with st.popover(f"{text(name)}: {said}", key=f"chip_{name}{'_on' if values else ''}"):
        st.pills(
            text(name), options, selection_mode="multi", key=shows(widget, list(values)),
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


def choose_language() -> None:
    """Put the chosen language into the address."""
    st.query_params["lang"] = st.session_state["lang"]
