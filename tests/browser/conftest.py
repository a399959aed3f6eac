"""One real server over the demo company and one real Chromium, both started once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from lakes import NOW
from playwright.sync_api import Browser, Playwright, expect, sync_playwright
from readers import PATIENCE_MS, UNTIL, Reader, reader
from ui_fixtures import server

from data import build, demo, source

FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo company up to the last day of June."""
    home = tmp_path_factory.mktemp("demo")
    demo.write_raw(home / "raw", demo.SEED, UNTIL)
    build.build(source.read("demo"), home / "raw", home / "data", lambda share, doing: None, NOW)
    return home / "data"


@pytest.fixture(scope="session")
def site(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real server over the demo company."""
    with server(demo_home, tmp_path_factory.mktemp("server") / "log") as address:
        yield address


def executable(playwright: Playwright) -> str | None:
    """The system's Chromium; None for the one Playwright brought."""
    system = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if system is None and not Path(playwright.chromium.executable_path).exists():
        pytest.fail("no Chromium: run sh tests/browser/chromium.sh")
    return system


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium with a profile of its own, gone at the end."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(playwright), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def somebody(chromium: Browser) -> Iterator[Reader]:
    """An English reader at a desk."""
    with reader(chromium) as one:
        yield one
