"""Everything that was taken in, with undoing and bringing back; answers that wait; ways of reading that were saved."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from data.database import LOCAL
from data.errors import StrataError
from data.ingest import aliases, ledger, mappings
from data.ingest.aliases import Waiting
from data.ingest.ledger import Upload
from metrics.declare import Lang
from ui import fetch, language, panel, told
from ui.columns import Column
from ui.language import Texts

MOST_NAMES = 20


def history(lang: Lang) -> None:
    """The uploads, what waits for its client, and the saved mappings."""
    text = language.texts("upload", lang)
    home = fetch.store_of_lake().home
    try:
        uploads = ledger.everything(ledger.of(home)).uploads[::-1]
        with panel.panel("history", text("history"), lang, text("history_note")) as here:
            if uploads:
                here.table(_rows(uploads, text), _columns(text))
                _change(uploads, lang)
            else:
                here.words(text("no_history"))
            _outcome(text)  # below the buttons: as it goes, nothing moves away from under a click
        _waiting(lang)
        _mappings(lang)
    except StrataError as problem:
        st.error(told.told(problem, lang))


def _columns(text: Texts) -> tuple[Column, ...]:
    counts = ("rows_in", "added", "changed", "duplicate", "rejected", "awaiting")
    return (
        Column("file", text("file")), Column("when", text("when"), "instant"), Column("by", text("by")),
        Column("state", text("state")), *(Column(name, text(name), "count") for name in counts),
        Column("hash", text("hash"), is_raw=True), Column("mapping", text("mapping"), is_raw=True),
        Column("id", text("which"), is_raw=True),
    )  # fmt: skip


def _state(one: Upload, text: Texts) -> str:
    return text("live") if one.is_live else text("undone", reason=one.states[-1].reason)


def _rows(uploads: tuple[Upload, ...], text: Texts) -> pd.DataFrame:
    return pd.DataFrame([
        {
            "file": one.file_name, "when": one.uploaded_at.replace(tzinfo=None),
            "by": text("local") if one.uploaded_by == LOCAL else one.uploaded_by, "state": _state(one, text),
            "rows_in": one.counts.rows_in, "added": one.counts.added,
            "changed": one.counts.changed, "duplicate": one.counts.duplicate,
            "rejected": one.counts.rejected + one.counts.rows_rejected, "awaiting": one.counts.awaiting,
            "hash": one.file_hash, "mapping": json.dumps(dict(one.choices), ensure_ascii=False), "id": one.upload_id,
        }
        for one in uploads
    ])  # fmt: skip


def _change(uploads: tuple[Upload, ...], lang: Lang) -> None:
    """Undo an upload, or bring it back."""
    text = language.texts("upload", lang)
    named = {one.upload_id: one for one in uploads}

    def said(upload_id: str) -> str:
        one = named[upload_id]
        return f"{one.file_name} · {language.instant(one.uploaded_at, lang)} · {_state(one, text)}"

    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            text("undo_which"),
            list(named),
            None,
            key="undo_which",
            format_func=said,
            width=420,
            placeholder=text("which"),
        )
        if chosen is None:
            return
        if named[chosen].is_live:
            st.text_input(text("reason"), key="undo_reason", placeholder=text("reason_undo"), width=320)
            st.button(text("undo"), key="undo", on_click=_undo, args=(named[chosen],))
        else:
            st.button(text("redo"), key="redo", on_click=_redo, args=(named[chosen],))
    if named[chosen].is_live:
        st.caption(text("undo_note"))


def _undo(one: Upload) -> None:
    home, reason = fetch.store_of_lake().home, st.session_state["undo_reason"]
    tried("undo", one.file_name, lambda: ledger.undo_upload(home, one.upload_id, reason))


def _redo(one: Upload) -> None:
    tried("redo", one.file_name, lambda: ledger.redo_upload(fetch.store_of_lake().home, one.upload_id))


def tried(what: str, name: str, change: Callable[[], object]) -> None:
    """Do what a click asks for, and keep what became of it for the next drawing of the page."""
    try:
        change()
        st.session_state["upload_outcome"] = (what, name)
        if what in ("undo", "redo"):
            st.session_state["undo_which"] = None
            st.session_state["undo_reason"] = ""
    except StrataError as problem:
        st.session_state["upload_outcome"] = problem


def _outcome(text: Texts) -> None:
    """What became of the last click."""
    said = st.session_state.pop("upload_outcome", None)
    if isinstance(said, StrataError):
        st.error(told.told(said, text.lang))
    elif said:
        st.success(text(f"done_{said[0]}", name=language.verbatim(said[1])))


def _waiting(lang: Lang) -> None:
    """The names nobody knows, and what was decided about others."""
    text = language.texts("upload", lang)
    store = fetch.store_of_lake()
    found, decided = aliases.waiting(store), aliases.decided(store.home)
    if not (found or decided):
        return
    with panel.panel("waiting", text("waiting"), lang, text("unknown_note")):
        for one in found[:MOST_NAMES]:
            who(one, "waiting", lang)
        if len(found) > MOST_NAMES:
            st.caption(text("more_unknown", n=len(found) - MOST_NAMES))
        for alias in decided:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(
                    text("means", name=language.verbatim(alias.said), client=language.verbatim(_name(alias.client_id)))
                )
                st.button(
                    text("take_back"), key=f"alias_{alias.said_key}", type="tertiary",
                    on_click=tried,
                    args=("forget", alias.said, partial(aliases.take_back, store.home, alias.said)),
                )  # fmt: skip


def _name(client_id: str | None) -> str:
    return fetch.clients().get(client_id or "", client_id or "")


def who(one: Waiting, key: str, lang: Lang) -> None:
    """Ask who is meant by a name: the likely clients first, then all others."""
    text = language.texts("upload", lang)
    names = fetch.clients()
    likely = {candidate.client_id: candidate for candidate in one.candidates}
    offered = [*likely, *(client for client in names if client not in likely)]
    widget = f"{key}_{one.said}"

    def said(client: str) -> str:
        if client in likely:
            score = f"{language.number(100 * likely[client].score, lang)}\u202f%"
            return text("likely", client=likely[client].name, score=score)
        return f"{names[client]} ({client})"

    def take() -> None:
        if (client := st.session_state[widget]) is not None:
            tried("means", one.said, lambda: aliases.decide(fetch.store_of_lake(), one.said, client))

    st.selectbox(
        text("who", name=language.verbatim(one.said)), offered, None, key=widget, format_func=said, on_change=take,
        placeholder=f"{text('leave')} · {text('who_note', n=one.answers)}", width=420,
    )  # fmt: skip


def _mappings(lang: Lang) -> None:
    """The saved ways of reading, each of which can be forgotten."""
    text = language.texts("upload", lang)
    home = fetch.store_of_lake().home
    if not (saved := mappings.everything(home)):
        return
    with panel.panel("mappings", text("mappings"), lang):
        for one in saved:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{language.verbatim(one.name)}** · {language.instant(one.saved_at, lang)} UTC")
                st.button(
                    text("forget"), key=f"mapping_{one.mapping_id}", type="tertiary", on_click=tried,
                    args=("forget", one.name, partial(mappings.forget, home, one.mapping_id)),
                )  # fmt: skip
