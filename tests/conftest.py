"""What several test modules stand on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from company import Company
from hypothesis import HealthCheck, settings

# Others work on the machine too: no property fails for being slow.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """A page opened by Streamlit's own tester stays behind as the main program: what another process would start by."""
    kept = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = kept


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """A company without exports yet."""
    return Company(tmp_path)


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
