"""The menus through which readers take away what they see: each chart and table as files, the page as a PDF."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import altair as alt
import pandas as pd
import streamlit as st

from metrics.declare import Lang
from ui import exports, fetch, filters, language, paper
from ui import view as views
from ui.columns import Column
from ui.exports import About
from ui.language import Texts
from ui.paper import Item

SHOWN = "shown"  # what the page of this run shows, in its order


def begin() -> None:
    """A new page: nothing is shown yet."""
    st.session_state[SHOWN] = []


def show(item: Item) -> None:
    """Note what the page shows, for its PDF."""
    st.session_state.setdefault(SHOWN, []).append(item)


def about(title: str, lang: Lang) -> About:
    """What a file made now says of itself: the company, the period, the filters, the version of the data, the time."""
    text, shell = language.texts("takeaway", lang), language.texts("shell", lang)
    said, asked = fetch.lake(), filters.asked()
    last_day = fetch.last_day()
    now, before = views.current(asked, last_day), views.compared(asked, last_day)
    facts = [
        (text("company"), said.title[lang]),
        (text("period"), language.span(now.start, now.last, lang)),
        (text("versus"), language.span(before.start, before.last, lang)),
    ]
    labels = fetch.stage_labels(lang)
    for name, values in asked.filters.items():
        facts.append((shell(name), ", ".join(labels.get(v, v) if name == "stage" else v for v in values)))
    facts += [
        (text("version"), said.version),
        (text("made"), language.instant(datetime.now(), lang)),  # noqa: DTZ005 - the reader's own clock
    ]
    return About(title, tuple(facts))


def _name(title: str, ending: str) -> str:
    words = re.sub(r"[^\w-]+", "-", language.plain(title).strip().lower()).strip("-") or "strata"
    return f"strata-{words[:60]}.{ending}"


def _button(text: Texts, kind: str, title: str, key: str, made: Callable[[], bytes | str]) -> None:
    st.download_button(
        text(kind), made, file_name=_name(title, kind), key=f"{key}_{kind}", on_click="ignore", type="tertiary"
    )


def menu(
    key: str, title: str, lang: Lang, rows: Callable[[], pd.DataFrame], columns: Sequence[Column],
    chart: alt.TopLevelMixin | None = None, events: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """The menu of one chart or table. The files are made when they are asked for; `rows` gives all rows there are."""
    text = language.texts("takeaway", lang)
    chosen = st.popover("⤓", key=f"take_{key}", help=text("take"), type="tertiary", on_change="rerun")
    if not chosen.open:
        return
    made = replace(about(title, lang), events=events)
    with chosen:
        _button(text, "csv", title, key, lambda: exports.csv_file(rows(), columns, lang))
        _button(text, "xlsx", title, key, lambda: exports.xlsx_file(rows(), columns, made, lang))
        if chart is not None:
            _button(text, "png", title, key, lambda: exports.png_file(chart, made))
            _button(text, "svg", title, key, lambda: exports.svg_file(chart, made))


def page(title: str, lang: Lang) -> None:
    """The button that takes the whole page away, when all that it shows is known."""
    text = language.texts("takeaway", lang)
    items: list[Item] = list(st.session_state.get(SHOWN, []))
    if not items:
        return
    made = about(title, lang)
    st.download_button(
        "⤓ PDF", lambda: paper.pdf(items, made, lang), file_name=_name(title, "pdf"), key="take_page", help=text("pdf"),
        on_click="ignore", type="tertiary",
    )  # fmt: skip
