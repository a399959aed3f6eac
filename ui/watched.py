"""Work that takes a while: done beside the page, its progress shown, its result kept until the page asks again."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")
Progress = Callable[[float, str], None]
LOOK_S = 0.1


class Work:
    """One piece of work in a thread of its own. It goes on when the reader clicks elsewhere meanwhile."""

    def __init__(self, work: Callable[[Progress], Any]) -> None:
        self.share = 0.0
        self._done: Future[Any] = Future()
        Thread(target=self._run, args=(work,), name="work of a page", daemon=True).start()

    def _run(self, work: Callable[[Progress], Any]) -> None:
        try:
            self._done.set_result(work(self._told))
        except BaseException as problem:  # told to whoever waits
            self._done.set_exception(problem)

    def _told(self, share: float, doing: str) -> None:
        del doing
        self.share = min(max(share, 0.0), 1.0)

    def watched(self, label: str) -> Any:
        """Its result, with a bar that moves until it is there. Raises: what the work raised."""
        place = st.empty()
        while not self._done.done():
            place.progress(self.share, label)
            time.sleep(LOOK_S)
        place.empty()
        return self._done.result()


def watched(known: dict[str, Any], name: str, label: str, work: Callable[[Progress], T]) -> T:
    """The result of some work, begun once and kept under a name; what has failed is begun anew when asked again."""
    if name not in known:
        known[name] = Work(work)
    try:
        return known[name].watched(label)  # type: ignore[no-any-return]  # what the work gives
    except Exception:
        known.pop(name, None)
        raise
