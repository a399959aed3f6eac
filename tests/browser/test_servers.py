"""Servers of their own: without a lake, opened at any address first, asked by strangers, with a lake that broke."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from readers import Reader, reader
from ui_fixtures import answer, server

from ui import language
from ui.server import HEADERS

pytestmark = pytest.mark.browser


def test_every_answer_of_the_real_server_carries_every_header(site: str) -> None:
    """The page, its scripts, its own addresses, what is not there, what is refused: all headers, on each."""
    page = answer(site)[2].decode()
    script = re.findall(r'src="\.?/?(static/[^"]+\.js)"', page)[0]
    for path in (
        "",
        script,
        "health",
        "layers?x=1",
        "_stcore/health",
        "_stcore/host-config",
        "nowhere",
        "static/none.js",
    ):
        _, headers, _ = answer(f"{site}/{path}")
        assert {name: headers[name] for name in HEADERS} == HEADERS, path
    assert answer(site, "POST")[1]["x-frame-options"] == "DENY"
    assert answer(f"{site}/health")[0] == 200
    assert "http" not in re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL).replace("http-equiv", "")


def test_a_stranger_is_refused_at_every_address(chromium: Browser, site: str) -> None:
    """A request that came through a proxy sees the refusal and nothing of the company."""
    for path in ("", "layers", "nonsense"):
        with reader(chromium, extra_http_headers={"X-Forwarded-For": "203.0.113.9"}) as stranger:
            stranger.is_lost = path == "nonsense"
            stranger.page.goto(f"{site}/{path}")
            expect(stranger.page.get_by_test_id("stAlert")).to_have_text(language.texts("shell", "en")("refused"))
            assert "Demo company" not in stranger.page.locator("body").inner_text()


def test_a_fresh_server_runs_the_shell_at_any_address(chromium: Browser, demo_home: Path, tmp_path: Path) -> None:
    """The very first visit, to an address that does not exist, still stands in the shell, guard included."""
    with server(demo_home, tmp_path / "log") as address:
        with reader(chromium, extra_http_headers={"X-Forwarded-For": "203.0.113.9"}) as stranger:
            stranger.page.goto(f"{address}/nonsense")
            expect(stranger.page.get_by_test_id("stAlert")).to_be_visible()
            assert stranger.page.locator(".st-card").count() == 0
            stranger.is_lost = True
        with reader(chromium) as one:
            one.page.goto(f"{address}/nonsense")
            expect(one.page.locator(".st-top")).to_contain_text("Demo company")
            one.is_lost = True
        with reader(chromium) as one:
            one.open(f"{address}/layers?segment=Enterprise")
            one.leads_to(r"/\?segment=Enterprise$")
            expect(one.chosen("Enterprise")).to_be_visible()


def test_a_server_without_a_lake_picks_up_the_first_build(somebody: Reader, demo_home: Path, tmp_path: Path) -> None:
    """Words until there is a lake; the lake at the next look; words and a mark if it breaks. No restart."""
    data, log = tmp_path / "data", tmp_path / "log"
    with server(data, log) as address:
        somebody.page.goto(address)
        expect(somebody.page.get_by_test_id("stAlert")).to_have_text(language.texts("shell", "en")("no_lake"))
        assert answer(f"{address}/health")[0] == 503

        shutil.copytree(demo_home / "lake", data / "lake", dirs_exist_ok=True)
        somebody.open(address)
        expect(somebody.page.locator(".st-card")).to_have_count(4)
        assert answer(f"{address}/health")[0] == 200

        version = (data / "lake" / "current").read_text()
        (data / "lake" / "broken").mkdir()
        shutil.copy(data / "lake" / version / "lake.json", data / "lake" / "broken" / "lake.json")
        (data / "lake" / "current").write_text("broken")
        somebody.page.reload()
        alert = somebody.page.get_by_test_id("stAlert")
        expect(alert).to_contain_text("with the mark")
        said = alert.inner_text()
        assert "Traceback" not in somebody.page.locator("body").inner_text()
        mark = re.findall(r"mark (\w{8})", said)[0]
        for _ in range(50):
            if f"mark {mark}" in log.read_text():
                break
            time.sleep(0.1)
        assert f"page failed, mark {mark}" in log.read_text()
        assert "Traceback" in log.read_text()
