"""The way through a process: its map, what stands out in it, and the table of all passages."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from metrics import flow as flows
from metrics.declare import Lang
from metrics.flow import Flow, Largest, Passage
from ui import fetch, filters, language, theme
from ui import view as views
from ui.elapsed import between, elapsed, percent, percent_between
from ui.flowmap import flow_map
from ui.language import Texts
from ui.panel import Column, panel
from ui.view import View

KEY = "process"


def _time(found: Largest, text: Texts) -> dict[str, str]:
    value = found.value
    return {
        "time": elapsed(value.value or 0.0, text.lang),
        "interval": between(value.low, value.high, text.lang),
    }  # fmt: skip


def _share(found: Largest, text: Texts) -> dict[str, str]:
    value = found.value
    return {
        "time": percent(value.value or 0.0, text.lang),
        "interval": percent_between(value.low, value.high, text.lang),
    }  # fmt: skip


def findings(flow: Flow, lang: Lang) -> list[str]:
    """What stands out, each in a sentence; where nothing does, that."""
    text = language.texts("flow", lang)
    said = []
    if flow.slowest is not None:
        said.append((text("slowest", step=_name(flow.slowest, text), **_time(flow.slowest, text)), flow.slowest))
    if flow.longest_wait is not None:
        edge = _name(flow.longest_wait, text)
        said.append((text("longest_wait", edge=edge, **_time(flow.longest_wait, text)), flow.longest_wait))
    else:
        said.append((text("no_wait"), None))
    if flow.most_again is not None:
        step = _name(flow.most_again, text)
        said.append((text("most_again", step=step, **_share(flow.most_again, text)), flow.most_again))
    else:
        said.append((text("never_again"), None))
    # in Russian a unit ends with a full stop of its own: дн.
    ended = [(one.replace("..", "."), found) for one, found in said]
    return [one if found is None or found.is_clear else f"{one} {text('not_clear')}" for one, found in ended]


def left_out(flow: Flow, lang: Lang) -> list[str]:
    """What the map does not show, each in a sentence."""
    text = language.texts("flow", lang)
    said = []
    not_drawn, fewer = len(flow.passages) - len(flow.drawn), len(flow.steps) - len(flow.drawn_steps)
    if not_drawn:
        said.append(text("rare", n=not_drawn, share=percent(flows.RARE, lang, 0)))
    if fewer:
        said.append(text("more_steps", n=fewer))
    if flow.cases > flow.with_steps:
        said.append(text("without_steps", n=flow.cases - flow.with_steps))
    return said


def _name(found: Largest, text: Texts) -> str:
    place = found.place
    if isinstance(place, Passage):
        return f"{place.first or text('opened')} → {place.then or text('closed')}"
    return place.name


def passages(flow: Flow, lang: Lang) -> tuple[pd.DataFrame, list[Column]]:
    """Every passage, the rare ones too, most frequent first."""
    text = language.texts("flow", lang)
    drawn = set(flow.drawn)
    rows = pd.DataFrame([
        {
            "first": one.first or text("opened"), "then": one.then or text("closed"), "n": one.n,
            "wait": one.wait.value, "back": text("yes" if one.is_back else "no"),
            "drawn": text("yes" if one in drawn else "no"),
        }
        for one in flow.passages
    ])  # fmt: skip
    return rows, [
        Column("first", text("column_first")), Column("then", text("column_then")),
        Column("n", text("column_passages"), "count"),
        Column("wait", text("column_wait"), "number", 2, is_raw=not waits(flow)),
        Column("back", text("column_back")), Column("drawn", text("column_drawn"), is_raw=True),
    ]  # fmt: skip


def waits(flow: Flow) -> bool:
    """Whether the source records any wait between two steps."""
    return any(one.wait.value for one in flow.passages)


def key(flow: Flow, lang: Lang) -> str:
    """What the map's marks mean; nothing of waits where none is drawn."""
    text = language.texts("flow", lang)
    return text("map_key", waits=text("map_key_waits") if waits(flow) else "")


def process_map(view: View, lang: Lang) -> None:
    """How does the process really run? With the choice of the process, where there are several."""
    text = language.texts("flow", lang)
    flow = fetch.asked(flows.flow, view, filters.chosen(KEY))
    if flow is None:
        with panel("map", text("map"), lang) as here:
            here.words(text("no_flow"))
        return
    now = views.current(view, fetch.last_day())
    note = text("map_note", process=flow.process, period=language.span(now.start, now.last, lang))
    with panel("map", text("map"), lang, note) as here:
        if len(flow.processes) > 1:
            names = tuple(name for name, _ in flow.processes)
            filters.choice(KEY, text("process_choice"), names, flow.process, language.verbatim)
        wide, beside = st.columns([3, 2], gap="medium")
        with wide:
            here.chart(*flow_map(flow, lang, theme.tokens()), *passages(flow, lang))
        with beside:
            if flow.steps:
                for said in findings(flow, lang):
                    here.words(said, is_muted=False)
                here.words(" ".join((*left_out(flow, lang), key(flow, lang))))
                here.table(*passages(flow, lang))
