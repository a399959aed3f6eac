"""The filter bar: the same on every page. What is chosen lies in the address, so that a link opens the same view."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from metrics.declare import CLIENT_DIMENSIONS, Lang
from ui import annotations, fetch, language, saved
from ui import view as views
from ui.view import View

KEYS = ("period", "vs", *views.DIMENSIONS)
ALWAYS = ("segment", "region", "stage")  # the rest stands behind one chip
IN_SIGHT = 12  # as many values are all shown; more are searched in
NAMED = 5  # as many values are named one by one


def language_of_reader() -> Lang:
    """The language asked for in the address, else the browser's, else English."""
    asked = st.query_params.get("lang")
    if asked in language.LANGUAGES:
        return "ru" if asked == "ru" else "en"
    return "ru" if (st.context.locale or "").lower().startswith("ru") else "en"


def _asked() -> tuple[View, list[str]]:
    query = {key: st.query_params.get_all(key) for key in KEYS}
    return views.from_query(query, fetch.options(), fetch.last_day())


def asked() -> View:
    """What the address asks for."""
    return _asked()[0]


def view() -> View:
    """What the address asks for. Values that mean nothing here are dropped, with a word about it."""
    wanted, dropped = _asked()
    if dropped:
        named = ", ".join(language.quoted(value) for value in dropped[:NAMED]) + (", …" if len(dropped) > NAMED else "")
        st.toast(language.texts("shell", language_of_reader())("dropped", values=named))
        go(wanted)
    return wanted


def go(chosen: View) -> None:
    """Put a view into the address; the page follows. Keys that are not a view's, such as the language, stay."""
    kept = {key: st.query_params.get_all(key) for key in st.query_params if key not in (*KEYS, "page")}
    kept.setdefault("lang", [language_of_reader()])  # a copied link opens in the language it was copied in
    st.query_params.from_dict(kept | views.to_query(chosen))


def _set(**parts: object) -> None:
    go(View(**{**asked().__dict__, **parts}))  # type: ignore[arg-type]  # the names are View's own


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
            required=chosen.period in views.PERIODS,
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
            format_func=lambda name: text(f"vs_{name}"), on_change=_take, args=("versus", widget), required=True,
        )  # fmt: skip
        before = views.compared(chosen, fetch.last_day())
        st.caption(language.span(before.start, before.last, text.lang))


def _dimension(name: str, chosen: View, text: language.Texts) -> None:
    """The values of one dimension to choose from: all in sight when they are few, a box to search in when many."""
    options, values = fetch.options()[name], getattr(chosen, name)
    widget = keyed(f"w_{name}", values)
    how: dict[str, Any] = {
        "default": list(values), "key": widget, "on_change": _take, "args": (name, widget),
        "format_func": lambda value: _named(name, value, text),
    }  # fmt: skip
    if len(options) <= IN_SIGHT:
        st.pills(text(name), options, selection_mode="multi", **how)
    else:
        st.multiselect(text(name), options, placeholder=text("search"), select_all=False, **how)


def _named(name: str, value: str, text: language.Texts) -> str:
    labels = fetch.stage_labels(text.lang) if name == "stage" else {}
    return language.verbatim(labels.get(value, value))


def _without(name: str, values: tuple[str, ...]) -> None:
    _set(**{name: tuple(one for one in st.query_params.get_all(name) if one not in values)})


def _chips(names: Iterable[str], chosen: View, text: language.Texts) -> None:
    """What is chosen, each to be taken back by a click; what would be a wall of chips is one."""
    for name in names:
        values: tuple[str, ...] = getattr(chosen, name)
        many = len(values) > NAMED
        for some in [values] if many else [(value,) for value in values]:
            said = text("several", name=text(name), n=len(values)) if many else _named(name, some[0], text)
            st.button(
                f"{said}\u2002✕", key=f"drop_{name}_{some[0]}", help=text("drop", name=text(name)),
                on_click=_without, args=(name, some),
            )  # fmt: skip


def bar(chosen: View, lang: Lang, *, is_of_clients: bool = True) -> None:
    """Draw the bar. Where no client is like what is chosen, a page of clients says so and ends here.

    Whatever it would go on to say of a layer without facts would be taken for a fault of the source.
    """
    text = language.texts("shell", lang)
    offered = [name for name in views.DIMENSIONS if fetch.options()[name]]
    more = [name for name in offered if name not in ALWAYS]
    with st.container(horizontal=True, gap="small", key="filter_bar", vertical_alignment="center"):
        _period_chip(chosen, text)
        _versus_chip(chosen, text)
        for name in (name for name in offered if name in ALWAYS):
            with st.popover(
                text(name) if getattr(chosen, name) else text("all_of", name=text(name)), key=f"chip_{name}"
            ):
                _dimension(name, chosen, text)
            _chips([name], chosen, text)
        if more:
            with st.popover(text("more"), key="chip_more"):
                for name in more:
                    _dimension(name, chosen, text)
            _chips(more, chosen, text)
        if chosen != View():
            st.button(text("reset"), type="tertiary", key="reset", on_click=go, args=(View(),))
        st.space("stretch")
        annotations.control(chosen, lang)
        saved.control(lang)
    if is_of_clients and fetch.is_nobody(chosen):
        named = ", ".join(one for name in CLIENT_DIMENSIONS for one in getattr(chosen, name))
        st.html(f'<p class="st st-sentence">{escape(text("nobody", values=named))}</p>')
        st.stop()


def toggle(name: str, value: str) -> None:
    """Choose a value of a dimension, or take it back when it is chosen."""
    values = tuple(st.query_params.get_all(name))
    _set(**{name: tuple(one for one in values if one != value) if value in values else (*values, value)})


def kept() -> dict[str, list[str]]:
    """What goes along from page to page: the view and the language."""
    return {key: values for key in (*KEYS, "lang") if (values := st.query_params.get_all(key))}


def link(metric: str, **more: str) -> str:
    """The address of the rows a number counts, under the view of this page; `more` narrows it."""
    query = {**kept(), "metric": [metric], **{key: [value] for key, value in more.items()}}
    return "rows?" + urlencode(query, doseq=True)


def behind(stage: str) -> str:
    """The address of what stands behind the score of a stage, under the view of this page."""
    return "behind?" + urlencode({**kept(), "stage": [stage]}, doseq=True)


def chosen(key: str) -> str:
    """What the address says for a choice of one page, or ''."""
    return st.query_params.get(key, "")


def choice(key: str, label: str, options: tuple[str, ...], value: str, name: Callable[[str], str]) -> None:
    """A choice of one page among a few; it lies in the address under `key`."""
    widget = keyed(f"w_{key}", f"{value}_{len(options)}")

    def take() -> None:
        st.query_params[key] = st.session_state[widget]

    st.pills(label, options, default=value, key=widget, format_func=name, required=True, on_change=take)


def box(key: str, label: str, options: tuple[str, ...], value: str, name: Callable[[str], str]) -> None:
    """A choice of one page among many; it lies in the address under `key`."""
    widget = keyed(f"w_{key}", value)

    def take() -> None:
        _put(key, st.session_state[widget])

    st.selectbox(label, options, index=options.index(value), key=widget, format_func=name, on_change=take, width=420)


def words(key: str, label: str, hint: str) -> str:
    """Words to search for; they lie in the address under `key`."""
    said = chosen(key)
    widget = keyed(f"w_{key}", said)

    def take() -> None:
        _put(key, st.session_state[widget].strip())

    st.text_input(label, said, key=widget, placeholder=hint, on_change=take, width=320)
    return said


def _put(key: str, value: str) -> None:
    """Another choice shows its first page."""
    st.query_params.pop("page", None)
    if value:
        st.query_params[key] = value
    else:
        st.query_params.pop(key, None)


def turn(page: int) -> None:
    """Turn to a page of a long table."""
    st.query_params["page"] = str(page)


def language_switch(lang: Lang) -> None:
    """Draw the choice of language; it lies in the address too."""
    widget = keyed("w_lang", lang)

    def choose() -> None:
        st.query_params["lang"] = st.session_state[widget]

    st.segmented_control(
        "Language / Язык", ("ru", "en"), default=lang, key=widget, format_func=str.upper, required=True,
        label_visibility="collapsed", on_change=choose,
    )  # fmt: skip
