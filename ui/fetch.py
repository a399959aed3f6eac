"""Cached reads: everything a page shows comes through here, keyed by what was asked and by the version of the data."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import date
from threading import Thread
from typing import TypeVar

import pandas as pd
import streamlit as st
from streamlit import runtime

from data import quality, store
from data.lake import Manifest
from data.store import Store
from data.uploaded import Part
from metrics import board as boards
from metrics import clients as everybody
from metrics import depth as depths
from metrics import effect as effects
from metrics import scan
from metrics.board import Board
from metrics.declare import CLIENT_DIMENSIONS, Lang
from metrics.depth import Depth
from metrics.effect import Effect
from metrics.window import Window
from ui import view as views
from ui.view import View

TALL = 320  # px
READING_S = 2.0  # as long a reader looks at a page before choosing something: the browser has painted it by then
LOG = logging.getLogger("strata")
T = TypeVar("T")
# What the local reader may see; with sign-in it becomes the reader's own scope. Part of every cache key.
SCOPE = "all"


def store_of_lake() -> Store:
    """The store of the lake; only what takes files in asks it directly."""
    return store.reader()


def manifest() -> Manifest | None:
    """What the live lake says of itself; None when there is none."""
    return store_of_lake().manifest()


def last_day() -> date:
    """The last day with facts."""
    said = manifest()
    return said.last_day if said else date.today()  # noqa: DTZ011 - no lake, so no zone either


def options() -> dict[str, tuple[str, ...]]:
    """The values each filter offers."""
    said = manifest()
    if said is None:
        return dict.fromkeys(views.DIMENSIONS, ())
    return _options(said.version) | {"stage": tuple(stage.id for stage in said.stages)}


@st.cache_data(max_entries=4, show_spinner=False)
def _options(version: str) -> dict[str, tuple[str, ...]]:
    del version
    columns = ", ".join(CLIENT_DIMENSIONS)
    rows = store_of_lake().query(
        f"select name, value from (unpivot (select {columns} from clients) on {columns}) "
        "group by all order by name, count(*) desc, value"
    )
    return {name: tuple(rows.loc[rows["name"] == name, "value"]) for name in CLIENT_DIMENSIONS}


def is_nobody(view: View) -> bool:
    """Whether no client is like what is chosen; never where nothing is chosen of clients."""
    chosen = tuple((name, values) for name, values in view.filters.items() if name in CLIENT_DIMENSIONS)
    return bool(chosen) and _is_nobody(chosen, store_of_lake().version())


@st.cache_data(max_entries=100, show_spinner=False)
def _is_nobody(chosen: tuple[tuple[str, tuple[str, ...]], ...], version: str) -> bool:
    del version
    asked = everybody.chosen(dict(chosen))
    return store_of_lake().query(f"{asked.sql} limit 1", asked.values).empty


def clients() -> dict[str, str]:
    """The names of all clients by id, in alphabetical order."""
    return _clients(store_of_lake().version())


@st.cache_data(max_entries=4, show_spinner=False)
def _clients(version: str) -> dict[str, str]:
    del version
    rows = store_of_lake().query("select client_id, name from clients order by name, client_id")
    return dict(zip(rows["client_id"], rows["name"], strict=True))


def stage_labels(lang: Lang) -> dict[str, str]:
    """The names of the stages, in the order of the journey."""
    said = manifest()
    return {stage.id: stage.label[lang] for stage in said.stages} if said else {}


def asked(question: Callable[..., T], view: View, *rest: str) -> T:
    """The answer to a question about a view: `question(store, window, filters, *rest)`, of a module of metrics.

    Where it takes a while, a grey shape stands in its place meanwhile.

    Raises: StrataError without a lake; QueryTooLong.
    """
    name = f"{question.__module__}.{question.__qualname__}"
    with st.skeleton(TALL):
        return _asked(name, question, view, rest, store_of_lake().version(), SCOPE)


def once(question: Callable[..., T], view: View, *rest: str) -> T:
    """The same, kept nowhere: for what is too large to keep, such as all rows of a download."""
    return question(store_of_lake(), views.window(view, last_day()), view.filters, *rest)


@st.cache_data(max_entries=400, max_size="400MB", show_spinner=False)
def _asked(
    name: str, _question: Callable[..., T], view: View, rest: tuple[str, ...], version: str, scope: str
) -> T:  # fmt: skip
    del name, version, scope
    return _question(store_of_lake(), views.window(view, last_day()), view.filters, *rest)


def board(view: View) -> Board:
    """The four layers for a view. Whoever looks at all clients will soon choose some: that is got ready meanwhile."""
    shown = asked(boards.board, view)
    if not view.filters:
        _get_ready(view, store_of_lake().version())
    return shown


@st.cache_resource(max_entries=20, show_spinner=False)
def _get_ready(view: View, version: str) -> None:
    """Once a view and version: ask what every choice of a segment, region or stage is answered from."""
    del version
    if runtime.exists():
        beside(view, {scan.ROLLED[0]: ("",)}, READING_S)


def beside(view: View, filters: dict[str, tuple[str, ...]], after_s: float = 0.0) -> None:
    """Ask the questions of the first page in the background, so that the answers lie in memory for who asks next."""
    meanwhile(lambda store: boards.board(store, views.window(view, last_day()), filters), after_s)


def meanwhile(ask: Callable[[Store], object], after_s: float) -> None:
    """Ask something in the background, so that it lies in memory for whoever asks next; without a lake, nothing."""

    asked = store_of_lake()  # now: by then the settings may name another

    def get_ready() -> None:
        time.sleep(after_s)
        try:
            if asked.manifest() is not None:
                ask(asked)
        except Exception:
            LOG.debug("not got ready; whoever asks is answered then, or told", exc_info=True)

    Thread(target=get_ready, name="get ready", daemon=True).start()


def depth(view: View, layer: str, metric: str, by: str) -> Depth:
    """One layer in depth for a view."""
    return asked(depths.depth, view, layer, metric, by)


def effect(part: Part, seen: str) -> tuple[Window, tuple[Effect, ...]]:
    """What a file not yet taken in would make of the headline numbers of the last weeks, and of which weeks.

    `seen`: what it was compared with. Raises: StrataError; QueryTooLong.
    """
    with st.skeleton(TALL):
        return _effect(part.path, seen, store_of_lake().version(), part)


@st.cache_data(max_entries=20, show_spinner=False)
def _effect(path: str, seen: str, version: str, _part: Part) -> tuple[Window, tuple[Effect, ...]]:
    del path, seen, version
    with_file = Store(store_of_lake().home, beside=(_part,))
    window = views.window(View(), with_file.lake().last_day)
    return window, effects.effect(store_of_lake(), with_file, window)


def lake() -> Manifest:
    """The manifest of the lake. Raises: StrataError without one."""
    return store_of_lake().lake()


@st.cache_data(max_entries=40, show_spinner=False)
def _completeness(table: str, version: str, scope: str) -> pd.DataFrame:
    del version, scope
    return quality.completeness(store_of_lake(), table)


@st.cache_data(max_entries=100, show_spinner=False)
def _is_known(table: str, column: str, version: str) -> bool:
    del version
    return quality.is_known(store_of_lake(), table, column)


def is_known(table: str, column: str) -> bool:
    """Whether the company records a fact at all, of any client and time; where not, a page says what to connect."""
    return _is_known(table, column, store_of_lake().version())


def completeness(table: str) -> pd.DataFrame:
    """How many of a table's rows have each column; see data.quality."""
    return _completeness(table, store_of_lake().version(), SCOPE)


def rejects(table: str) -> pd.DataFrame:
    """The rows of a table that the checks rejected; see data.quality."""
    return quality.rejects(store_of_lake(), table)


def unmatched() -> pd.DataFrame:
    """The clients that rows speak of and nobody knows; see data.quality."""
    return quality.unmatched(store_of_lake())
