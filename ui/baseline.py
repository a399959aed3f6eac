"""Which weeks tell what is usual for a metric: a reader may freeze others, with a reason that everybody sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from html import escape

import streamlit as st

from data import baselines as kept
from data import database
from data.baselines import Baseline, Baselines
from data.errors import StrataError
from metrics import frozen
from metrics.declare import Lang
from metrics.depth import Depth
from metrics.window import DAY, Period
from ui import fetch, language, told
from ui import view as views
from ui.language import Texts
from ui.view import View

KEY = "baseline"
MOST_HISTORY = 10


def _everything() -> Baselines:
    """All decisions; none where they cannot be read, which the popover says."""
    try:
        return kept.everything(database.database())
    except StrataError:
        return Baselines({}, ())


def held() -> str:
    """The baselines that hold, as a question takes them."""
    return frozen.written({
        metric: Period(one.first_on, one.last_on + DAY) for metric, one in _everything().live.items()
    })  # fmt: skip


def applied(depth: Depth, view: View) -> Depth:
    """A metric's course against the baseline somebody decided on, where one holds and ends before the period does."""
    metric = depth.chosen.metric
    if metric not in _everything().live:
        return depth
    course = fetch.asked(frozen.course, view, metric, held())
    return depth if course is None else replace(depth, series=course.series, readings=course.readings)


def control(metric: str, view: View, lang: Lang) -> None:
    """What holds now, in words, and the popover to decide otherwise."""
    text = language.texts("change", lang)
    one = _everything().live.get(metric)
    if one is not None:
        st.html(f'<p class="st muted">{_line(one, text)}{_later(one, view, text)}</p>')
    with st.popover(text("baseline"), key=f"{KEY}_{metric}"):
        _outcome(text)
        try:
            found = kept.everything(database.database())
        except StrataError as problem:
            st.error(told.told(problem, lang))
            return
        _form(metric, found, view, text)
        _history(metric, found, text)


def _later(one: Baseline, view: View, text: Texts) -> str:
    now = views.current(view, fetch.last_day())
    return "" if one.last_on < now.last else f" {text('baseline_later')}"


def _line(one: Baseline, text: Texts) -> str:
    who = text("baseline_local") if one.written_by == database.LOCAL else one.written_by
    return escape(text(
        "baseline_held", days=language.span(one.first_on, one.last_on, text.lang), reason=one.reason, who=who,
        day=language.day(one.written_at.date(), text.lang, year=True),
    ))  # fmt: skip


def _outcome(text: Texts) -> None:
    """What became of the last click."""
    problem: StrataError | None = st.session_state.pop(f"{KEY}_problem", None)
    if problem:
        st.error(told.told(problem, text.lang))
    done = st.session_state.pop(f"{KEY}_done", "")
    if done:
        st.success(text("baseline_withdrawn" if done == "withdrawn" else "baseline_saved"))


def _form(metric: str, found: Baselines, view: View, text: Texts) -> None:
    before, version = found.live.get(metric), found.version(metric)
    made = f"{KEY}_{metric}_{version}"  # another form after each decision
    weeks = views.window(view, fetch.last_day()).buckets
    days = (
        (before.first_on, before.last_on) if before else (weeks[0].start, views.compared(view, fetch.last_day()).last)
    )
    how = "DD.MM.YYYY" if text.lang == "ru" else "YYYY-MM-DD"
    with st.form(f"{made}_form", border=False):
        st.caption(text("baseline_about", longest=kept.LONGEST))
        with st.container(horizontal=True):
            st.date_input(text("baseline_first"), days[0], key=f"{made}_first", format=how)
            st.date_input(text("baseline_last"), days[1], key=f"{made}_last", format=how)
        st.text_input(text("baseline_reason"), key=f"{made}_reason", placeholder=text("baseline_example"))
        st.form_submit_button(text("baseline_save"), key=f"{made}_save", on_click=_freeze, args=(metric, version, made))
    if before is not None:
        st.button(text("baseline_withdraw"), key=f"{made}_withdraw", on_click=_withdraw, args=(before,))


def _history(metric: str, found: Baselines, text: Texts) -> None:
    for one in [one for one in found.history if one.metric == metric][:MOST_HISTORY]:
        given_up = f" · {text('baseline_was')}" if one.is_withdrawn else ""
        st.html(f'<p style="margin:0;font-size:13px;opacity:.75">{_line(one, text)}{given_up}</p>')


def _freeze(metric: str, version: int, made: str) -> None:
    first: date = st.session_state[f"{made}_first"]
    last: date = st.session_state[f"{made}_last"]
    try:
        kept.rebase(database.database(), metric, first, last, st.session_state[f"{made}_reason"], version)
    except StrataError as problem:
        st.session_state[f"{KEY}_problem"] = problem
        return
    st.session_state[f"{KEY}_done"] = "saved"


def _withdraw(before: Baseline) -> None:
    try:
        kept.withdraw(database.database(), before)
    except StrataError as problem:
        st.session_state[f"{KEY}_problem"] = problem
        return
    st.session_state[f"{KEY}_done"] = "withdrawn"
