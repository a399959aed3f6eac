"""What the server adds: security headers on every answer, a health address, nothing from elsewhere."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from ui_fixtures import ROOT, company

from data import store
from ui import preload, server

Answer = tuple[int, dict[str, str], bytes]


async def own_headers(request: Request) -> PlainTextResponse:
    """An answer that sets a policy of its own, as Streamlit may one day."""
    return PlainTextResponse("ok", headers={"X-Frame-Options": "SAMEORIGIN", "x-other": "kept"})


async def page(request: Request) -> HTMLResponse:
    """A page as Streamlit sends it."""
    return HTMLResponse('<!DOCTYPE html><html lang="en"></html>')


async def failing(request: Request) -> PlainTextResponse:
    """An address that breaks."""
    raise RuntimeError("broken")


def ask(path: str, query: str = "") -> Answer:
    """One request through the product's routes and middleware, without a network."""
    app = Starlette(
        routes=[*server.ROUTES, Route("/own", own_headers), Route("/page", page), Route("/failing", failing)],
        middleware=server.MIDDLEWARE,
    )
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(b"host", b"127.0.0.1")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    with ThreadPoolExecutor(1) as aside:  # the browser tests of the same worker have a loop of their own
        aside.submit(lambda: asyncio.run(app(scope, receive, send))).result()  # type: ignore[arg-type]  # a dictionary
    headers = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    assert len(headers) == len(sent[0]["headers"]), "a header is there twice"
    return sent[0]["status"], headers, b"".join(part.get("body", b"") for part in sent[1:])


@pytest.fixture
def lakeless(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A data folder in which nothing was built yet."""
    monkeypatch.setenv("STRATA_DATA", str(tmp_path / "data"))
    store.store_of.cache_clear()
    yield tmp_path
    store.store_of.cache_clear()


@pytest.mark.parametrize("path", ["/health", "/layers", "/own", "/nowhere"])
def test_every_answer_carries_every_header(lakeless: Path, path: str) -> None:
    """Found or not, redirected or not: each header once, with the server's own value."""
    _, headers, _ = ask(path)

    assert {name: headers[name] for name in server.HEADERS} == server.HEADERS


def test_other_headers_pass_through(lakeless: Path) -> None:
    """Only the security headers are replaced."""
    assert ask("/own")[1]["x-other"] == "kept"


def test_a_page_says_what_it_needs_and_in_which_language_it_is_written() -> None:
    """The scripts of its elements are named with the page, and with nothing else; Russian pages say that they are."""
    assert (preload.STATIC / "static" / "js" / preload.modules()[0]).is_file()
    assert preload.modules()[0].startswith("ArrowVegaLiteChart.")
    assert any(name.startswith("embed.") for name in preload.modules()), "what draws a chart is needed by it"

    assert f"<./static/js/{preload.modules()[0]}>; rel=modulepreload" in ask("/page")[1]["link"]
    assert "link" not in ask("/own")[1]
    assert b'lang="en"' in ask("/page")[2]
    assert b'lang="ru"' in ask("/page", "lang=ru")[2]


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    """No source but the server itself; no eval; no script inside the page but Streamlit's own, by its hash."""
    policy = dict(part.strip().split(" ", 1) for part in server.HEADERS["content-security-policy"].split(";"))

    sources = {source for kind in policy.values() for source in kind.split()}
    assert not {source for source in sources if re.match(r"https?:|\*|//", source)}
    assert "'unsafe-eval'" not in sources
    assert "'unsafe-inline'" not in policy["script-src"]
    assert re.search(r"'sha256-[\w+/]{43}='", policy["script-src"])
    assert (policy["frame-ancestors"], policy["object-src"]) == ("'none'", "'none'")


def test_without_a_lake_the_health_address_says_so(lakeless: Path) -> None:
    """A watchdog sees 503 until the first build, and 200 right after it, without a restart."""
    status, _, body = ask("/health")
    assert (status, json.loads(body)) == (503, {"status": "no lake"})

    company(lakeless)

    status, _, body = ask("/health")
    assert status == 200
    assert json.loads(body)["status"] == "ok"
    assert json.loads(body)["as_of"] == "2026-06-30"


def test_the_first_page_can_be_asked_for_by_its_name(lakeless: Path) -> None:
    """/layers leads to the root with the same view, and nowhere else."""
    status, headers, _ = ask("/layers", "segment=Small&segment=%2F%2Fevil.example")

    assert (status, headers["location"]) == (307, "/?segment=Small&segment=%2F%2Fevil.example")
    assert ask("/layers")[1]["location"] == "/"


def test_nothing_of_ours_names_an_address_elsewhere() -> None:
    """No stylesheet, text or page of ours loads or links anything from the internet."""
    ours = [path for folder in ("ui", "pages") for path in (ROOT / folder).rglob("*") if path.suffix != ".pyc"]
    found = {
        path.name: links
        for path in [*ours, ROOT / "app.py", ROOT / ".streamlit" / "config.toml"]
        if path.is_file() and (links := set(re.findall(r"https?://[^\s\"'<>]+", path.read_text(encoding="utf-8"))))
    }

    assert found == {"cards.py": {"http://www.w3.org/2000/svg"}}  # the name of a format; nobody opens it


def test_streamlit_calls_nobody() -> None:
    """The settings keep its statistics off and its errors from the reader, and the server on this machine."""
    settings = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")

    for line in ("gatherUsageStats = false", 'showErrorDetails = "none"', 'address = "127.0.0.1"'):
        assert line in settings
