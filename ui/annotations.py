"""What readers noted about days: read for the charts and exports, and written in a popover of the filter bar."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from data import annotations as kept
from data import database
from data.annotations import Annotation, Annotations, Draft
from data.errors import StrataError
from metrics.declare import LAYERS, Lang
from metrics.load import layers
from metrics.window import Period
from ui import fetch, language, told
from ui import view as views
from ui.ticks import Note, listed
from ui.view import View

KEY = "annotations"
ACTIONS = ("edit", "withdraw")
MOST, MOST_HISTORY = 30, 40
MUTED = "opacity:.75"
# A line breaks rather than push its menu to the next one.
BESIDE = "margin:0;font-size:14px;overflow-wrap:anywhere;width:0;min-width:100%"
AROUND = 5  # years beside those of the data that the calendar still offers, to be refused in the reader's language


def annotations_in(
    period: Period, layer: str | None = None, segments: tuple[str, ...] = (), stages: tuple[str, ...] = ()
) -> tuple[Annotation, ...]:
    """What was noted for the days of a period. Raises: StrataError when it cannot be read.

    `layer`: without those about another one; None keeps all. `segments`, `stages`: the chosen ones; () chooses all.
    """
    return kept.about(_everything().live, period.start, period.last, layer, segments, stages)


def notes(period: Period, layer: str | None, view: View, lang: Lang) -> tuple[Note, ...]:
    """The same for a chart of a view, numbered by their days; none where they cannot be read (`under` says why)."""
    try:
        found = annotations_in(period, layer, view.segment, view.stage)
    except StrataError:
        return ()
    return tuple(Note(i, one.first_on, one.last_on, one.said, about(one, lang)) for i, one in enumerate(found, 1))


def under(noted: tuple[Note, ...], lang: Lang) -> None:
    """The list under a chart; where events cannot be read, the words why they are absent."""
    if noted:
        st.html(listed(noted, lang))
        return
    try:
        _everything()
    except StrataError as problem:
        st.caption(language.texts("annotations", lang)("absent", reason=told.told(problem, lang)))


def about(one: Draft, lang: Lang) -> str:
    """What an event is limited to: layer, segment, stage."""
    stage = fetch.stage_labels(lang).get(one.stage, one.stage) if one.stage else ""
    return ", ".join(filter(None, (layers()[one.layer].label[lang] if one.layer else "", one.segment or "", stage)))


def _zone() -> ZoneInfo:
    """The clock of the company."""
    said = fetch.manifest()
    return ZoneInfo(said.timezone if said else "UTC")


def _everything() -> Annotations:
    return kept.everything(database.database())


def _years() -> range:
    """The years of the lake: from the first fact to the last."""
    said = fetch.manifest()
    last = fetch.last_day().year
    begun = [int(counts.first[:4]) for counts in said.tables.values() if counts.first] if said else []
    return range(min(begun, default=last), last + 1)


def control(view: View, lang: Lang) -> None:
    """A popover to note an event and to change or withdraw those in sight. Its content is made when it is opened."""
    with st.container(width="content", key=f"{KEY}_control"):
        _control(view, lang)


@st.fragment
def _control(view: View, lang: Lang) -> None:
    text = language.texts("annotations", lang)
    if st.session_state.pop(f"{KEY}_changed", False):
        st.rerun()  # the charts outside stand on what was just written
    popover = st.popover(text("control"), key=KEY, on_change="rerun")
    if not popover.open:
        return
    with popover:
        try:
            found = _everything()
        except StrataError as problem:
            st.error(told.told(problem, lang))
            return
        _outcome(text)
        _form(text)
        _in_sight(found, view, text)
        _history(found, text)


def _outcome(text: language.Texts) -> None:
    """What became of the last click."""
    problem: StrataError | None = st.session_state.pop(f"{KEY}_problem", None)
    if problem:
        st.error(told.told(problem, text.lang))
    done: tuple[str, Annotation] | None = st.session_state.get(f"{KEY}_done")
    if done and done[0] == "saved":
        st.success(text("saved"))
    elif done:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(text("withdrawn", said=language.quoted(done[1].said)))
            st.button(text("bring_back"), key=f"{KEY}_undo", on_click=_write, args=("bring_back", done[1]))


def _form(text: language.Texts) -> None:
    before: Annotation | None = st.session_state.get(f"{KEY}_before")
    made = f"{KEY}_{st.session_state.get(f'{KEY}_made', 0)}"  # another form after each that was saved
    years, last_day = _years(), fetch.last_day()
    calendar: dict[str, Any] = {
        "min_value": date(years[0] - AROUND, 1, 1), "max_value": date(years[-1] + AROUND, 12, 31),
        "format": "DD.MM.YYYY" if text.lang == "ru" else "YYYY-MM-DD",
    }  # fmt: skip
    with st.form(f"{made}_form", border=False):
        st.text_input(
            text("change" if before else "new"), before.said if before else "", key=f"{made}_said",
            placeholder=text("example"),
        )  # fmt: skip
        st.caption(text("about_control", longest=kept.LONGEST))
        with st.container(horizontal=True):
            st.date_input(text("first_on"), before.first_on if before else last_day, key=f"{made}_first", **calendar)
            longer = before.last_on if before and before.last_on > before.first_on else None
            st.date_input(text("last_on"), longer, key=f"{made}_last", **calendar)
        with st.container(horizontal=True):
            _choice("layer", LAYERS, before.layer if before else None, made, text)
            for name in ("segment", "stage"):
                _choice(name, fetch.options()[name], getattr(before, name) if before else None, made, text)
        with st.container(horizontal=True):
            st.form_submit_button(text("save"), key=f"{made}_save", on_click=_write, args=("save", before, made))
            if before:
                st.form_submit_button(text("cancel"), key=f"{made}_cancel", on_click=_begin, args=(None,))


def _choice(name: str, options: tuple[str, ...], value: str | None, made: str, text: language.Texts) -> None:
    """What an event may be limited to; a value that the data no longer have stays on offer."""
    known = value or ""
    offered = ["", *options] if known in ("", *options) else ["", known, *options]
    st.selectbox(
        text(name), offered, offered.index(known), key=f"{made}_{name}",
        format_func=lambda one: language.verbatim(_named(name, one, text.lang)) if one else text("any"),
    )  # fmt: skip


def _named(name: str, value: str, lang: Lang) -> str:
    if name == "layer":
        return layers()[value].label[lang]
    return fetch.stage_labels(lang).get(value, value) if name == "stage" else value


def _begin(before: Annotation | None) -> None:
    """Open an empty form, or one with what is to be changed."""
    st.session_state[f"{KEY}_before"] = before
    st.session_state[f"{KEY}_made"] = st.session_state.get(f"{KEY}_made", 0) + 1
    st.session_state.pop(f"{KEY}_done", None)


def _write(what: str, one: Annotation | None, made: str = "") -> None:
    """Do what was clicked; what hinders it is kept to be said."""
    home = database.database()
    try:
        if what == "save":
            draft = _draft(made)
            one = kept.edit(home, one, draft, _years()) if one else kept.annotate(home, draft, _years())
            _begin(None)
        elif one is not None:
            one = (kept.withdraw if what == "withdraw" else kept.bring_back)(home, one)
    except StrataError as problem:
        st.session_state[f"{KEY}_problem"] = problem
        return
    st.session_state[f"{KEY}_done"] = ("withdrawn" if what == "withdraw" else "saved", one)
    st.session_state[f"{KEY}_changed"] = True


def _draft(made: str) -> Draft:
    given = {
        name: st.session_state[f"{made}_{name}"] for name in ("said", "first", "last", "layer", "segment", "stage")
    }
    first, last = given.pop("first"), given.pop("last")
    return Draft(first, last or first, given.pop("said"), **{name: about or None for name, about in given.items()})


def _in_sight(found: Annotations, view: View, text: language.Texts) -> None:
    """Those of the weeks of this view, the latest first."""
    weeks = views.window(view, fetch.last_day()).buckets
    live = kept.about(found.live, weeks[0].start, weeks[-1].last, None, view.segment, view.stage)
    st.caption(text("noted", n=len(live)) if live else text("none"))
    for one in live[: -MOST - 1 : -1]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(f"<p style='{BESIDE}'>{_line(one, text)}</p>", width="stretch")
            key = f"{KEY}_{one.annotation_id}_{one.version}"
            st.menu_button(
                "⋯", ACTIONS, key=key, type="tertiary", on_click=_take, args=(one, key),
                help=text("more", said=language.quoted(one.said)),
                format_func=lambda action: {"edit": text("edit"), "withdraw": text("withdraw")}[action],
            )  # fmt: skip


def _take(one: Annotation, key: str) -> None:
    action = st.session_state[key]
    if action == "edit":
        _begin(one)
    elif action == "withdraw":
        _write("withdraw", one)


def _line(one: Annotation, text: language.Texts) -> str:
    """An event as HTML in the colours of what it stands in: a popover is not where the tokens of the page hold."""
    days = language.span(one.first_on, one.last_on, text.lang)
    limits = about(one, text.lang)
    beside = f" <span style='{MUTED}'>· {escape(limits)}</span>" if limits else ""
    return f"<span style='{MUTED}'>{days}</span> {escape(one.said)}{beside}"


def _history(found: Annotations, text: language.Texts) -> None:
    """Who did what and when, the latest first; what is withdrawn can be brought back."""
    if not found.history:
        return
    before = {(one.annotation_id, one.version + 1): one for one in found.history}
    with st.expander(text("history")):
        for one in found.history[:MOST_HISTORY]:
            past = before.get((one.annotation_id, one.version))
            if one.is_withdrawn:
                what = text("was_withdrawn")
            elif past is None:
                what = text("was_written")
            else:
                what = text("was_brought_back" if past.is_withdrawn else "was_edited")
            signed = f"<span style='{MUTED}'>{what}, {_signed(one, text)}</span>"
            st.html(f"<p style='{BESIDE}'>{_line(one, text)}<br>{signed}</p>")
            if one in found.withdrawn:
                key = f"{KEY}_{one.annotation_id}_{one.version}_back"
                st.button(text("bring_back"), key=key, type="tertiary", on_click=_write, args=("bring_back", one))
        if len(found.history) > MOST_HISTORY:
            st.caption(text("longer_history", n=len(found.history) - MOST_HISTORY))


def _signed(one: Annotation, text: language.Texts) -> str:
    """Who and when, on the company's clock."""
    who = text("local") if one.written_by == database.LOCAL else escape(one.written_by)
    at = one.written_at.astimezone(_zone())
    return text("by", who=who, when=f"{language.day(at.date(), text.lang, year=True)}, {at:%H:%M}")
