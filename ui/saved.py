"""Views saved under a name: a popover of the filter bar that saves, opens, renames and deletes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from data import database, saved_views
from data.errors import StrataError
from data.saved_views import SavedView
from metrics.declare import Lang
from ui import language, told

KEY = "saved"
FIRST_PAGE = "layers"
PAGES = frozenset(path.stem for path in (Path(__file__).parents[1] / "pages").glob("*.py"))
ACTIONS = ("rename", "delete")


def here() -> str:
    """The page in the address."""
    last = urlsplit(st.context.url or "").path.rstrip("/").rpartition("/")[2]
    return last if last in PAGES else FIRST_PAGE


def query() -> saved_views.Query:
    """The address of this view but for the language: whoever opens it keeps his own."""
    return {key: st.query_params.get_all(key) for key in st.query_params if key != "lang"}


def control(lang: Lang) -> None:
    """A popover to save this view and to open, rename or delete saved ones. Its content is made when it is opened."""
    with st.container(width="content", key=f"{KEY}_control"):
        _control(lang)


@st.fragment
def _control(lang: Lang) -> None:
    text = language.texts("saved", lang)
    popover = st.popover(text("control"), key=f"{KEY}_{here()}", on_change="rerun")  # another page, another popover
    if not popover.open:
        return
    with popover:
        try:
            views = saved_views.saved_by(database.database())
        except StrataError as problem:
            st.error(told.told(problem, lang))
            return
        _outcome(text)
        _form(text)
        for view in views:
            if st.session_state.get(f"{KEY}_renamed") == view.view_id:
                _rename(view, text)
            else:
                _one(view, text)
        if not views:
            st.caption(text("none"))


def _outcome(text: language.Texts) -> None:
    """What became of the last click."""
    problem: StrataError | None = st.session_state.pop(f"{KEY}_problem", None)
    if problem:
        st.error(told.told(problem, text.lang))
    done: str | None = st.session_state.pop(f"{KEY}_done", None)
    if done:
        st.success(text("saved", name=language.quoted(done)))
    gone: SavedView | None = st.session_state.get(f"{KEY}_deleted")
    if gone:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(text("deleted", name=language.quoted(gone.name)))
            st.button(text("undo"), key=f"{KEY}_undo", on_click=_restore, args=(gone,))


def _form(text: language.Texts) -> None:
    made = f"{KEY}_{st.session_state.get(f'{KEY}_made', 0)}"  # another form after each that was saved
    with st.form(f"{made}_form", border=False):
        st.text_input(text("save_as"), key=f"{made}_name", placeholder=text("example"))
        st.caption(text("limit", longest=saved_views.LONGEST))
        st.form_submit_button(text("save"), key=f"{made}_save", on_click=_save, args=(made,))


def _one(view: SavedView, text: language.Texts) -> None:
    """A saved view as a link, so that it can be opened in a tab of its own too, and what else can be done with it."""
    name = language.verbatim(view.name)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        if view.page in PAGES:
            page = language.texts("shell", text.lang)(view.page)
            asked: dict[str, str | Iterable[str]] = {**view.query, "lang": text.lang}
            st.page_link(f"../pages/{view.page}.py", label=name, help=page, query_params=asked)
        else:
            st.caption(text("lost", name=name))
        key = f"{KEY}_{view.view_id}_more"
        st.menu_button(
            "⋯", ACTIONS, key=key, help=text("more", name=name), type="tertiary", on_click=_take, args=(view, key),
            format_func=lambda action: {"rename": text("rename"), "delete": text("delete")}[action],
        )  # fmt: skip


def _rename(view: SavedView, text: language.Texts) -> None:
    key = f"{KEY}_{view.view_id}_name"
    with st.form(f"{key}_form", border=False):
        st.text_input(text("new_name"), view.name, key=key)
        with st.container(horizontal=True):
            st.form_submit_button(text("rename"), key=f"{key}_save", on_click=_name, args=(view, key))
            st.form_submit_button(text("cancel"), key=f"{key}_cancel", on_click=_choose, args=(None,))


def _choose(view_id: str | None) -> None:
    """Which view's name is being changed."""
    st.session_state[f"{KEY}_renamed"] = view_id
    st.session_state.pop(f"{KEY}_deleted", None)


def _take(view: SavedView, key: str) -> None:
    action = st.session_state[key]
    if action == "rename":
        _choose(view.view_id)
    elif action == "delete" and _done(lambda: saved_views.delete(database.database(), view)):
        _choose(None)
        st.session_state[f"{KEY}_deleted"] = view


def _save(made: str) -> None:
    name = st.session_state[f"{made}_name"]
    if _done(lambda: saved_views.save(database.database(), name, here(), query())):
        st.session_state[f"{KEY}_made"] = st.session_state.get(f"{KEY}_made", 0) + 1
        st.session_state[f"{KEY}_done"] = name
        _choose(None)


def _name(view: SavedView, key: str) -> None:
    if _done(lambda: saved_views.rename(database.database(), view, st.session_state[key])):
        _choose(None)


def _restore(view: SavedView) -> None:
    if _done(lambda: saved_views.restore(database.database(), view)):
        _choose(None)


def _done(change: Callable[[], object]) -> bool:
    """Whether a change was saved; what hindered it is kept to be said."""
    try:
        change()
    except StrataError as problem:
        st.session_state[f"{KEY}_problem"] = problem
        return False
    return True
