"""What several test modules stand on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
import ui_fixtures
from company import Company
from hypothesis import HealthCheck, settings
from streamlit.runtime.context import ContextProxy, StreamlitHeaders
from streamlit.testing.v1 import AppTest

from data import store

# Others work on the machine too: no property fails for being slow.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """A page opened by Streamlit's own tester stays behind as the main program: what another process would start by."""
    kept = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = kept


@pytest.fixture(scope="session", autouse=True)
def nothing_left_running() -> Iterator[None]:
    """What pages got ready in the background ends before the tests do."""
    yield
    for thread in threading.enumerate():
        if thread.name == "get ready":
            thread.join()


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """A company without exports yet."""
    return Company(tmp_path)


@pytest.fixture(scope="session")
def with_people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small company with all four layers."""
    return ui_fixtures.company(tmp_path_factory.mktemp("company"))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    """Opens a script over a data folder as a reader who sits at the machine, or elsewhere."""

    def open_(script: Path, data: Path, lang: str = "en", *, host: str = "127.0.0.1:8501", **query: Any) -> AppTest:
        monkeypatch.setenv("STRATA_DATA", str(data))
        monkeypatch.setattr(ContextProxy, "ip_address", property(lambda self: None))
        monkeypatch.setattr(ContextProxy, "headers", property(lambda self: StreamlitHeaders([("Host", host)])))
        store.store_of.cache_clear()
        st.cache_data.clear()
        page = AppTest.from_file(script, default_timeout=60)
        page.query_params = {"lang": lang, **query}
        return page.run()

    yield open_
    store.store_of.cache_clear()
    st.cache_data.clear()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: Any, log: Any) -> Any:
    """Every test goes to whichever worker is free; those in the browser stay together.

    One server and one Chromium serve them all. (The groups of xdist 3.8 group nothing under pytest 9.2.)
    """
    from xdist.scheduler import LoadScopeScheduling

    class BrowserTogether(LoadScopeScheduling):  # type: ignore[misc]  # xdist is not typed here
        def _split_scope(self, nodeid: str) -> str:
            return "browser" if nodeid.startswith("tests/browser/") else nodeid

    return BrowserTogether(config, log)
