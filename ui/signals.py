"""What stood out of all charts this period, with the false alarms counted; and one chart to look at."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from metrics import signals as watch
from metrics.control import Rule
from metrics.declare import Lang
from metrics.load import catalogue
from metrics.signals import Course, Signals
from ui import annotations, baseline, deep, facts, fetch, language, layout, theme, ticks, trend
from ui.columns import Column
from ui.language import DASH, Texts
from ui.panel import panel
from ui.view import View

NAMED = 4
SIDES = {"worse": "signal_worse", "better": "signal_better", "changed": "signal_changed"}
RULES = {Rule.OUTSIDE: "rule_outside", Rule.RUN: "rule_run", Rule.NEAR_LIMIT: "rule_near"}


def _place(one: Course, text: Texts, stages: dict[str, str]) -> str:
    metric = catalogue()[one.metric].short[text.lang]
    return text("signal_place", metric=metric, stage=stages.get(one.stage, one.stage)) if one.stage else metric


def _side(one: Course, text: Texts) -> str:
    """Worse or better, with its mark, and on which side of what is usual; neither where its weeks lie on both."""
    if one.is_both:
        return text(SIDES["changed"], side=_where(one, text))
    better = catalogue()[one.metric].better
    key = "changed" if better == "none" else "better" if (better == "up") == one.is_up else "worse"
    return text(SIDES[key], side=_where(one, text))


def _where(one: Course, text: Texts) -> str:
    return text("signal_both" if one.is_both else "signal_up" if one.is_up else "signal_down")


def said(found: Signals, lang: Lang) -> str:
    """What stood out in one sentence, as HTML."""
    text, stages = language.texts("change", lang), fetch.stage_labels(lang)
    if not found.watched and found.is_short:
        return text("signals_short", n=found.weeks_now, needed=watch.FEWEST_NOW)
    if not found.watched:
        return text("signals_unknown")
    if not found.found:
        return text("signals_none")
    names = []
    for one in found.found[:NAMED]:
        since = f", {text('since', day=language.day(one.since, lang))}" if one.since else ""
        names.append(f"{_place(one, text, stages)} {_side(one, text)}{since}")
    return text("signals_found", n=len(found.found), names=_listed(names, len(found.found), text))


def odd(found: Signals, lang: Lang) -> str:
    """What looks like a signal and may be chance, in one sentence, as HTML: neither better nor worse is claimed."""
    text, stages = language.texts("change", lang), fetch.stage_labels(lang)
    names = [
        text("signal_odd", place=_place(one, text, stages), side=_where(one, text), day=language.day(one.since, lang))
        for one in found.odd[:NAMED]
        if one.since
    ]
    return text("signals_odd", names=_listed(names, len(found.odd), text)) if names else ""


def _listed(names: list[str], count: int, text: Texts) -> str:
    more = text("signals_more", n=count - NAMED) if count > NAMED else ""
    return escape("; ".join(names)) + more


def table(found: Signals, lang: Lang) -> tuple[pd.DataFrame, list[Column]]:
    """One row a signal, the surest first."""
    text, stages = language.texts("change", lang), fetch.stage_labels(lang)
    rows = pd.DataFrame([
        {
            "metric": catalogue()[one.metric].label[lang],
            "stage": stages.get(one.stage, one.stage) if one.stage else text("all_stages"),
            "side": _side(one, text), "since": one.since,
            "rules": ", ".join(text(RULES[rule]) for rule in one.rules),
            "chance": facts.chance(one.q, lang), "q": one.q,
        }
        for one in found.found
    ])  # fmt: skip
    columns = [
        Column("metric", text("column_metric")), Column("stage", text("column_stage")),
        Column("side", text("column_side")), Column("since", text("column_since"), "day"),
        Column("rules", text("column_rules")),
        Column("chance", text("column_q")), Column("q", text("column_q"), "number", 4, is_raw=True),
    ]  # fmt: skip
    return rows, columns


def signals(view: View, lang: Lang) -> None:
    """The signals of all metrics and stages."""
    text = language.texts("change", lang)
    found = fetch.asked(watch.signals, view, baseline.held())
    usual = language.span(found.usual.start, found.usual.last, lang) if found.usual else DASH
    note = text("signals_note", now=language.span(found.now.start, found.now.last, lang), usual=usual)
    with panel("signals", text("signals"), lang, note) as here:
        st.html(f'<p class="st">{said(found, lang)}</p>')
        if found.found:
            here.table(*table(found, lang))
        if found.odd:
            here.words(odd(found, lang))
        if found.watched:
            here.words(text(
                "signals_rate", watched=language.number(found.watched, lang), marked=found.marked,
                chance=language.number(found.by_chance, lang),
            ))  # fmt: skip
        with st.expander(text("method_signals")):
            st.html(f'<p class="st">{text("method_signals_said")}</p>')


def course(view: View, lang: Lang, metric: str) -> None:
    """The control chart of one metric, with the events of its weeks."""
    text, currency = language.texts("change", lang), layout.currency()
    about = catalogue()[metric]
    depth = baseline.applied(fetch.depth(view, about.layer, metric, ""), view)
    with panel("course", text("course", metric=about.label[lang]), lang, text("course_note")) as here:
        noted = annotations.notes(trend.course(depth), depth.layer, view, lang)
        drawn, words = trend.trend(depth, lang, currency, theme.tokens(), noted)
        brush = layout.brushed(view, f"change_{metric}_{depth.now.start}_{depth.now.end}")
        weeks = trend.weeks(depth, lang, currency)
        columns = deep.week_columns(language.texts("depth", lang))
        here.chart(drawn, words, weeks, columns, events=ticks.lines(noted, lang), **brush)
        annotations.under(noted, lang)
        baseline.control(metric, view, lang)
