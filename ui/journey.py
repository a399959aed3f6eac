"""What the page of one client draws: the search, how the client stands, its life, what stands behind a score."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st
from streamlit import runtime

from metrics import finding, served
from metrics import journey as journeys
from metrics.declare import Lang
from metrics.journey import ANSWERS, Journey
from ui import fetch, filters, lanes, lanes_of_people, language, layout, receipt, standing, theme, timeline
from ui.panel import Column, panel
from ui.timeline import Frame
from ui.view import View

SEEN_S = 1.0  # by then the browser has painted what is read meanwhile
MOST_LINES, TALL = 9, 360  # lines of the table that are seen at once, and px of as many
SPANS = ("13w", "52w", "all")
PAGE = "../pages/journey.py"  # as the shell knows it
OWN = ("client", "answer", "show", "from", "to")


def link(client: str, answer: str = "") -> str:
    """The address of a client's journey, under the view of this page."""
    own = {"client": [client]} | ({"answer": [answer]} if answer else {})
    return "journey?" + urlencode({**filters.kept(), **own}, doseq=True)


def visit(row: pd.Series[Any]) -> None:
    """Leave this page for the journey of a row's client, and the receipt of its answer where it is one."""
    own = {"client": [str(row["client_id"])]}
    if "answer_id" in row and not pd.isna(row["answer_id"]):
        own["answer"] = [str(row["answer_id"])]
    st.switch_page(PAGE, query_params={**filters.kept(), **own})


def _open(client: str) -> None:
    for key in OWN:
        st.query_params.pop(key, None)
    st.query_params["client"] = client


def search(view: View, lang: Lang) -> None:
    """The box to find a client in, and who may be meant, as it is typed."""
    text = language.texts("journey", lang)
    said = st.text_input(
        text("search"), key="w_client", placeholder=text("search_hint"), max_chars=100, live="300ms", type="search",
        width=420,
    ).strip()  # fmt: skip
    if not said:
        return
    found = fetch.asked(finding.found, view, said)
    if not found:
        st.html(f'<p class="st muted">{text("none_found", said=escape(said))}</p>')
        return
    with st.container(horizontal=True, gap="small", key="found_clients"):
        for one in found:
            label = f"{language.verbatim(one.name)} · {language.verbatim(one.segment)}"
            st.button(label, key=f"client_{one.id}", on_click=_found, args=(one.id,))


def _found(client: str) -> None:
    st.session_state["w_client"] = ""
    _open(client)


def _choose_span(widget: str) -> None:
    for key in ("from", "to"):
        st.query_params.pop(key, None)
    st.query_params["show"] = st.session_state[widget] or "52w"


def _brush(key: str) -> None:
    """The days under the brush become those that are shown."""
    state = st.session_state.get(key)
    chosen = state["selection"].get("brush", {}).get("at") if state else None
    if not chosen:
        return
    zone = ZoneInfo(st.context.timezone or "UTC")  # the browser drew the days on its own clock
    start, end = (datetime.fromtimestamp(stamp / 1000, zone).date() for stamp in chosen)
    if (end - start).days >= 3:
        st.query_params["from"], st.query_params["to"] = start.isoformat(), min(end, fetch.last_day()).isoformat()


def _pick(key: str) -> None:
    """The answer that was clicked is looked behind."""
    state = st.session_state.get(key)
    picked = state["selection"].get(timeline.PICKED) if state else None
    if picked and picked[0].get("answer"):
        st.query_params["answer"] = picked[0]["answer"]


def _timeline(view: View, found: Journey, lang: Lang) -> pd.DataFrame:
    text = language.texts("journey", lang)
    if found.events.empty:
        with panel("timeline", f"{text('timeline')}: {found.name}", lang) as here:
            here.words(text("nothing_at_all"))
        return found.events
    asked, first, last = (filters.chosen(key) for key in ("show", "from", "to"))
    over = timeline.span(found, asked, first, last)
    frame = Frame(text, layout.currency(), fetch.stage_labels(lang), over, theme.tokens())
    said = receipt.chosen(found, filters.chosen("answer"))
    selected = "" if said is None else str(said["id"])
    teams = fetch.asked(served.served, view, found.client)
    days = language.span(over.start, over.last, lang)
    title = text("of_client", what=text("timeline"), name=found.name, days=days)
    with panel("timeline", title, lang, text("timeline_note")) as here:
        with st.container(horizontal=True, vertical_alignment="center"):
            is_own = over != timeline.span(found, asked, "", "")
            now = None if is_own else asked if asked in SPANS else "52w"
            widget = filters.keyed("w_show", f"{now}_{first}_{last}")
            st.pills(
                text("span"), SPANS, default=now, key=widget, format_func=lambda name: text(f"span_{name}"),
                on_change=_choose_span, args=(widget,), label_visibility="collapsed",
            )  # fmt: skip
        drawn, words, shown = lanes.chart(found, teams, selected, frame)
        key = f"lanes_{found.client}_{selected}_{over.start}_{over.end}"
        can_pick = {"selection_mode": timeline.PICKED, "on_select": lambda: _pick(key)}
        has_answers = bool(shown["kind"].isin(ANSWERS).any())  # without any there is nothing to pick
        here.chart(
            drawn, words, _with_teams(rows(shown, frame), lanes_of_people.rows(teams, frame)),
            columns(frame, has_teams=True), key=key, **(can_pick if has_answers else {})
        )  # fmt: skip
        strip = f"strip_{found.client}_{over.start}_{over.end}"
        here.words(text("overview_hint"))
        st.altair_chart(
            timeline.overview(found, frame), theme=None, alt=text("overview_hint"), key=strip,
            selection_mode="brush", on_select=lambda: _brush(strip),
        )  # fmt: skip
        if shown.empty:
            return shown
        here.words(text("key_dense" if timeline.is_dense(shown, over) else "key"))
        if missing := lanes_of_people.missing(teams, text):
            here.words(missing)
    return shown


def rows(shown: pd.DataFrame, frame: Frame) -> pd.DataFrame:
    """The events of the days shown as rows with every word in the reader's language, the latest first.

    An hour only where one was recorded: an invoice has a day.
    """
    text = frame.text
    table = shown.sort_values("at", ascending=False).copy()
    table["hour"] = [f"{at:%H:%M}" if at != at.floor("D") else None for at in table["at"]]
    table["stage"] = [None if pd.isna(one) else frame.stages.get(one, one) for one in table["stage"]]
    table["what"] = [None if pd.isna(one) else one for one in table["what"]]
    kinds = table["kind"].where(table["status"] != "unpaid", "unpaid")
    table["kind"] = [timeline.instrument(one, frame.lang) if one in ANSWERS else text(f"kind_{one}") for one in kinds]
    return table


def _with_teams(table: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([table, teams], ignore_index=True) if len(teams) else table.assign(value=None, usual=None)


def columns(frame: Frame, *, has_teams: bool = False) -> tuple[Column, ...]:
    """The columns of `rows`, and of lanes_of_people.rows where these are among them."""
    text = frame.text
    told = (Column("value", text("column_of_teams"), "number", 2), Column("usual", text("column_against"), "number", 2))
    return (
        Column("at", text("column_at"), "day"), Column("hour", text("column_hour")),
        Column("kind", text("column_kind")), Column("stage", text("column_stage")),
        Column("what", text("column_about")), Column("score", text("column_score"), "count"),
        Column("amount", text("column_amount"), "money"), Column("due_at", text("column_due"), "day"),
        Column("ends_at", text("column_ends"), "day"), Column("days_late", text("column_late"), "number", 0),
        Column("hand_overs", text("column_hand_overs"), "count"), Column("rework", text("column_rework"), "count"),
        Column("errors", text("column_errors"), "count"), Column("id", text("column_id")), *(told if has_teams else ()),
    )  # fmt: skip


@st.cache_resource(max_entries=2, show_spinner=False)
def _make_ready(version: str) -> None:
    del version
    fetch.meanwhile(journeys.make_ready, SEEN_S)


def make_ready() -> None:
    """Once a lake, while a reader still looks for a client: read in the background what every journey needs."""
    if runtime.exists():
        _make_ready(fetch.lake().version)


def page(view: View, lang: Lang) -> None:
    """One client, or the search for one."""
    text = language.texts("journey", lang)
    search(view, lang)
    client = filters.chosen("client")
    if not client:
        make_ready()
        clients = escape("clients?" + urlencode(filters.kept(), doseq=True))
        said = f'<p>{text("ask")}</p><p><a href="{clients}"><u>{text("worst")}</u></a></p>'
        st.html(f'<div class="st st-sentence">{said}</div>')
        return
    found = fetch.asked(journeys.journey, view, client)
    if found is None:
        st.html(f'<p class="st st-sentence">{text("nobody", said=escape(client[:60]))}</p>')
        return
    standing.head(found, lang)
    shown = _timeline(view, found, lang)
    if found.events.empty:
        return
    receipt.receipt(view, found, lang)
    over = timeline.span(found, *(filters.chosen(key) for key in ("show", "from", "to")))
    frame = Frame(text, layout.currency(), fetch.stage_labels(lang), over, theme.tokens())
    days = language.span(over.start, over.last, lang)
    if len(shown):
        with panel("journey_rows", text("of_client", what=text("rows"), name=found.name, days=days), lang) as here:
            here.table(rows(shown, frame), columns(frame), height=TALL if len(shown) > MOST_LINES else None)
    standing.parts(found, lang)
