"""The page that takes survey files in: choose, decide, see what would change, take in; then the history of it all."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from data.errors import StrataError
from data.ingest import commit, draft, ledger, mappings, recognise, survey
from data.ingest.commit import Receipt
from data.ingest.decisions import UploadError
from data.ingest.draft import Draft
from data.ingest.ledger import Counts
from data.ingest.survey import Survey
from data.written import NotSaved
from metrics.declare import Lang
from ui import deciding, decisions, dry_run, fetch, in_words, language, panel, refusal, told, upload_history
from ui.watched import Work, watched

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
        if files:
            st.caption(text("stay"))
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
        del _mine()[gone]


def _one(file: Any, lang: Lang) -> None:
    """One file, as far as it has come."""
    known = _mine().setdefault(file.file_id, {"choices": {}, "saved": None})
    if "receipt" not in known and "commit" not in known:
        _open(file, known, lang)
    if "commit" in known and not _taken(file, known, lang):
        return
    if "receipt" in known:
        _received(file, known, lang)


def _open(file: Any, known: dict[str, Any], lang: Lang) -> None:
    """A file that is not taken in yet: what it is, what is open, what it would change."""
    text, key = language.texts("upload", lang), file.file_id
    try:
        found = _looked(file, known)
    except (UploadError, NotSaved) as problem:
        with panel.panel(f"file_{key}", file.name, lang):
            st.error(refusal.refusal(problem, file.name, lang))
            if known["choices"] or known["saved"] is None:
                st.button(text("start_over"), key=f"{key}_over", on_click=_start_over, args=(known,))
        return
    with panel.panel(f"file_{key}", file.name, lang, _what(found, lang)):
        choose = _choice(known)
        _recognised(found, known, key, choose, lang)
        if found.unsure:
            dry_run.first_rows(found, lang)
            return
        try:
            made = _drafted(file.name, found, known, lang)
            deciding.open_questions(made.survey, key, choose, lang)  # what only the whole file shows
            dry_run.shown(made, key, lang)
            if not made.survey.unsure:
                _take_in(made, key, known, lang)
        except StrataError as problem:
            known.pop("draft", None)
            st.error(refusal.refusal(problem, file.name, lang))


def _start_over(known: dict[str, Any]) -> None:
    """Forget what was chosen, and any saved way of reading."""
    known["choices"].clear()
    known["saved"] = ""


def _looked(file: Any, known: dict[str, Any]) -> Survey:
    """The file as it would be read with the choices made so far; what another choice has made impossible is dropped."""
    choices = known["choices"]
    while known.get("asked") != (asked := (tuple(sorted(choices.items())), known["saved"])):
        known.pop("draft", None)  # forgotten, it leaves nothing behind
        try:
            known["survey"] = survey.look(
                fetch.store_of_lake(), file.getvalue(), file.name, choices, known["saved"], MB * 1_000_000
            )
        except UploadError as problem:
            about = problem.facts["place"].removeprefix(f"{file.name}, ")
            if problem.code != "no_such_choice" or about not in choices:
                raise
            del choices[about]
            continue
        known["asked"] = asked
    return known["survey"]  # type: ignore[no-any-return]  # as put there


def _what(found: Survey, lang: Lang) -> str:
    """The tool and how wide the file is."""
    text = language.texts("upload", lang)
    tool = recognise.tools()[found.found.tool.id].title or text("tool_other")
    return text("what", tool=tool, columns=text("columns", n=len(found.header)))


def _choice(known: dict[str, Any]) -> decisions.Choose:
    """What to do with a choice: keep it, or take the proposal again where it is empty."""

    def choose(about: str, value: str) -> None:
        if value:
            known["choices"][about] = value
        else:
            known["choices"].pop(about, None)

    return choose


def _recognised(found: Survey, known: dict[str, Any], key: str, choose: decisions.Choose, lang: Lang) -> None:
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
    deciding.open_questions(found, key, choose, lang)
    in_words.not_taken(found, lang)
    deciding.settled(found, key, choose, lang)


def _drafted(name: str, found: Survey, known: dict[str, Any], lang: Lang) -> Draft:
    """The dry run, made once for the choices as they are; compared anew after somebody else's upload."""
    label = language.texts("upload", lang)("checking", name=language.quoted(name))
    made = watched(known, "draft", label, partial(draft.draft, fetch.store_of_lake(), found))
    if made.seen != ledger.of(made.home).version(ledger.SUBJECT):
        made.refresh()
    return made


def _take_in(made: Draft, key: str, known: dict[str, Any], lang: Lang) -> None:
    """The button that takes it in, and the name under which its reading is remembered."""
    text = language.texts("upload", lang)
    if not made.counts.stored:
        st.info(text(_nothing(made.counts)))
        return
    remember = ""
    if made.survey.saved is None and st.checkbox(text("save_mapping"), key=f"{key}_remember"):
        remember = st.text_input(
            text("mapping_name"), made.survey.mapping.survey[: mappings.LONGEST], key=f"{key}_name", width=420,
            max_chars=mappings.LONGEST,
        )  # fmt: skip

    def begin() -> None:
        known["remember"] = (remember, made.survey.fingerprint, made.survey.kept())
        known["commit"] = Work(lambda progress: commit.commit_upload(made, progress=progress))

    st.button(text("take_in", n=made.counts.stored), key=f"commit_{key}", type="primary", on_click=begin)


def _nothing(made: Counts) -> str:
    """Why nothing of a file is to be taken."""
    return "nothing_new" if made.duplicate or not made.rejected else "nothing_fit"


def _taken(file: Any, known: dict[str, Any], lang: Lang) -> bool:
    """Whether a file that is being taken in has arrived; it goes on, whatever else is clicked meanwhile."""
    label = language.texts("upload", lang)("taking_in", name=language.quoted(file.name))
    try:
        known["receipt"] = known["commit"].watched(label)  # another click ends the waiting here, and not the work
    except StrataError as problem:
        _let_go(known)
        with panel.panel(f"file_{file.file_id}", file.name, lang):
            st.error(refusal.refusal(problem, file.name, lang))
            st.button(language.texts("upload", lang)("start_over"), key=f"{file.file_id}_again")
        return False
    _let_go(known)
    name, fingerprint, kept = known["remember"]
    if name:
        try:
            mappings.save(fetch.store_of_lake().home, name, fingerprint, kept)
        except StrataError as problem:  # the answers are there all the same
            known["forgotten"] = problem
    return True


def _let_go(known: dict[str, Any]) -> None:
    """Forget the work on a file that has ended, well or not."""
    for name in ("commit", "draft", "asked"):
        known.pop(name, None)


def _received(file: Any, known: dict[str, Any], lang: Lang) -> None:
    """What became of a file that was taken in."""
    text = language.texts("upload", lang)
    receipt: Receipt = known["receipt"]
    one = receipt.upload
    title = text("receipt", name=file.name) if one else file.name
    with panel.panel(f"file_{file.file_id}", title, lang):
        if "forgotten" in known:
            st.warning(told.told(known["forgotten"], lang))
        if one is None:
            st.info(text(_nothing(receipt.counts)))
            return
        at = language.instant(one.uploaded_at, lang)
        state = ledger.everything(ledger.of(fetch.store_of_lake().home)).upload(one.upload_id)
        if not state.is_live:
            said = text("undone", reason=language.verbatim(state.states[-1].reason))
            st.info(f"{said[0].upper()}{said[1:]}")
            return
        st.success(text("receipt_words", n=receipt.counts.stored - receipt.counts.awaiting, id=one.upload_id, at=at))
        dry_run.counts(receipt.counts, lang)
