"""The page that takes survey files in: choose, decide, see what would change, take in; then the history of it all."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import streamlit as st

from data.errors import StrataError
from data.ingest import commit, draft, ledger, mappings, recognise, survey
from data.ingest.commit import Receipt
from data.ingest.decisions import UploadError
from data.ingest.draft import Draft
from data.ingest.survey import Survey
from data.written import NotSaved
from metrics.declare import Lang
from ui import deciding, decisions, dry_run, fetch, language, panel, told, upload_history
from ui.language import Texts
from ui.watched import watched

MB = 200
STATE = "upload"


def page(lang: Lang) -> None:
    """The page. Stops where there is no lake: answers need clients."""
    text = language.texts("upload", lang)
    st.html(f'<p class="st st-sentence">{text("sentence")}</p>')
    fetch.lake()
    with st.container(key="panel_choose"):
        files = st.file_uploader(
            text("choose", mb=MB), accept_multiple_files=True, key=f"{STATE}_files", help=text("larger")
        )
    for file in files:
        _one(file, lang)
    _forget({file.file_id for file in files})
    upload_history.history(lang)


def _mine() -> dict[str, dict[str, Any]]:
    """What this reader's session knows of each file: its choices, its dry run, its receipt."""
    return st.session_state.setdefault(STATE, {})  # type: ignore[no-any-return]  # what is put there


def _forget(kept: set[str]) -> None:
    """Let go of files that were taken off the page."""
    for gone in _mine().keys() - kept:
        _let_go(_mine().pop(gone))


def _let_go(known: dict[str, Any]) -> None:
    known.pop("draft", None)  # forgotten, it leaves nothing behind


def _one(file: Any, lang: Lang) -> None:
    """One file, as far as it has come."""
    known = _mine().setdefault(file.file_id, {"choices": {}, "saved": None})
    if "receipt" in known:
        _received(file.name, known["receipt"], lang)
        return
    try:
        found = _looked(file, known)
        title, note = file.name, _what(found, lang)
    except (UploadError, NotSaved) as problem:
        with panel.panel(f"file_{file.file_id}", file.name, lang):
            st.error(refusal(problem, file.name, lang))
        return
    with panel.panel(f"file_{file.file_id}", title, lang, note):
        _recognised(found, known, file.file_id, lang)
        if found.unsure:
            dry_run.first_rows(found, lang)
            return
        try:
            made = _drafted(file.name, found, known, lang)
            dry_run.shown(made, lang)
            _take_in(file.name, made, known, lang)
        except StrataError as problem:
            st.error(refusal(problem, file.name, lang))


def _looked(file: Any, known: dict[str, Any]) -> Survey:
    """The file as it would be read with the choices made so far."""
    asked = (tuple(sorted(known["choices"].items())), known["saved"])
    if known.get("asked") != asked:
        _let_go(known)
        known["survey"] = survey.look(
            fetch.store_of_lake(), file.getvalue(), file.name, known["choices"], known["saved"], MB * 1_000_000
        )
        known["asked"] = asked
    return known["survey"]  # type: ignore[no-any-return]  # as put there


def _what(found: Survey, lang: Lang) -> str:
    """The tool and how wide the file is."""
    text = language.texts("upload", lang)
    tool = recognise.tools()[found.found.tool.id].title or text("tool_other")
    return text("what", tool=tool, columns=text("columns", n=len(found.header)))


def _recognised(found: Survey, known: dict[str, Any], key: str, lang: Lang) -> None:
    """How it was recognised, what is open and what was decided."""
    text = language.texts("upload", lang)
    tool = next(one for one in found.decisions if one.about == "tool")
    rows = next(one for one in found.decisions if one.about == "header_rows")
    if found.saved is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(text("by_mapping", name=language.verbatim(found.saved.name)))
            st.button(text("without_mapping"), key=f"{key}_anew", on_click=known.update, args=({"saved": ""},))
    told = (tool, rows) if tool.why != "imports" else (tool,)  # which tells of the header rows itself
    said = "; ".join(decisions.why(one, lang) for one in told if one.sure)
    if tool.sure:
        said = f"{decisions.value('tool', tool.value, lang)}: {said}"
    if said and found.saved is None:
        st.markdown(language.verbatim(f"{said[0].upper()}{said[1:]}."))

    def choose(about: str, value: str) -> None:
        if value:
            known["choices"][about] = value
        else:
            known["choices"].pop(about, None)

    deciding.open_questions(found, key, choose, lang)
    deciding.settled(found, key, choose, lang)


def _drafted(name: str, found: Survey, known: dict[str, Any], lang: Lang) -> Draft:
    """The dry run, made once for the choices as they are; compared anew after somebody else's upload."""
    label = language.texts("upload", lang)("checking", name=language.quoted(name))
    made = watched(known, "draft", label, partial(draft.draft, fetch.store_of_lake(), found))
    if made.seen != ledger.of(made.home).version(ledger.SUBJECT):
        made.refresh()
    return made


def _take_in(name: str, made: Draft, known: dict[str, Any], lang: Lang) -> None:
    """The button that takes it in, and the name under which its reading is remembered."""
    text = language.texts("upload", lang)
    if not made.counts.stored:
        st.info(text("nothing_new"))
        return
    key = f"commit_{made.file_hash[:12]}"
    remember = None
    if made.survey.saved is None and st.checkbox(text("save_mapping"), key=f"{key}_remember"):
        remember = st.text_input(text("mapping_name"), made.survey.mapping.survey, key=f"{key}_name", width=420)
    if not st.button(text("take_in", n=made.counts.stored), key=key, type="primary") and "commit" not in known:
        return
    label = text("taking_in", name=language.quoted(name))
    known["receipt"] = watched(known, "commit", label, lambda progress: commit.commit_upload(made, progress=progress))
    if remember:
        mappings.save(made.home, remember, made.survey.fingerprint, made.survey.kept())
    known.pop("draft", None)
    st.rerun()


def _received(name: str, receipt: Receipt, lang: Lang) -> None:
    """What became of a file that was taken in."""
    text = language.texts("upload", lang)
    one = receipt.upload
    with panel.panel(f"receipt_{name}", text("receipt", name=name), lang):
        if one is None:
            st.info(text("nothing_new"))
            return
        at = one.uploaded_at.strftime("%Y-%m-%d %H:%M")
        state = ledger.everything(ledger.of(fetch.store_of_lake().home)).upload(one.upload_id)
        if not state.is_live:
            said = text("undone", reason=language.verbatim(state.states[-1].reason))
            st.info(f"{said[0].upper()}{said[1:]}")
            return
        st.success(text("receipt_words", n=receipt.counts.stored - receipt.counts.awaiting, id=one.upload_id, at=at))
        dry_run.counts(receipt.counts, lang)


def refusal(problem: StrataError, name: str, lang: Lang) -> str:
    """Why a file was not taken in, as Markdown in the reader's language."""
    text = language.texts("upload", lang)
    facts = {key: language.quoted(said, 200) for key, said in problem.facts.items()}
    facts |= {key: _found(problem.facts[key], text) for key in ("found", "allowed")}
    if language.has("upload", f"refused_{problem.code}"):
        return f"**{language.verbatim(text('refused', name=name))}**  \n{text(f'refused_{problem.code}', **facts)}"
    return told.told(problem, lang)


def _found(said: str, text: Texts) -> str:
    """What was found in a file's place, or is allowed there, in words where there are words for it."""
    if inside := re.fullmatch(r"a ZIP archive with (.*) in it", said):
        return text("found_a_zip_archive_with", inside=language.quoted(inside[1], 100))
    if columns := re.fullmatch(r"(\d+) columns", said):
        return text("columns", n=int(columns[1]))
    if size := re.fullmatch(r"(\d+) MB( in the browser)?", said):
        return text("megabytes", n=int(size[1]))
    key = f"found_{re.sub(r'[^a-z0-9]+', '_', said.lower()).strip('_')}"
    return text(key) if language.has("upload", key) else language.quoted(said, 200)
