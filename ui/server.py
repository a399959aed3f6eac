"""What the server adds to Streamlit: security headers, a health address, and words instead of a traceback."""

from __future__ import annotations

import logging
import re
import secrets
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data import store
from ui import filters, language, preload

LOG = logging.getLogger("strata")


def inline_scripts() -> str:
    """The hashes of the scripts that stand inside Streamlit's own page, so that only these may run inline."""
    page = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    return " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts)


# Streamlit needs inline styles; Vega runs interpreted, so scripts need no eval. Nothing comes from elsewhere.
HEADERS = {
    "content-security-policy": (
        f"default-src 'self'; script-src 'self' 'wasm-unsafe-eval' {inline_scripts()}; "
        "style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; "
        "frame-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "cross-origin-opener-policy": "same-origin",
}
LINK = preload.header().encode()


class Answers:
    """Puts HEADERS on every answer; on the page LINK, and the reader's language, by which it is read aloud."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_page = False

        async def ours(message: Message) -> None:
            nonlocal is_page
            if message["type"] == "http.response.start":
                given = [(k, v) for k, v in message["headers"] if k.decode().lower() not in HEADERS]
                message["headers"] = given + [(k.encode(), v.encode()) for k, v in HEADERS.items()]
                is_page = any(k.lower() == b"content-type" and v.startswith(b"text/html") for k, v in given)
                if is_page:
                    message["headers"].append((b"link", LINK))
            elif is_page and speaks_russian(Request(scope)):
                message["body"] = message["body"].replace(b'<html lang="en">', b'<html lang="ru">')
            await send(message)

        await self.app(scope, receive, ours if scope["type"] == "http" else send)


def speaks_russian(request: Request) -> bool:
    """Whether a page is asked for in Russian: by its address, else by the browser."""
    asked = request.query_params.get("lang")
    if asked in language.LANGUAGES:
        return asked == "ru"
    return request.headers.get("accept-language", "").lower().startswith("ru")


async def health(request: Request) -> JSONResponse:
    """Whether the server answers and which lake it reads; 503 when there is none."""
    del request
    manifest = store.reader().manifest()
    if manifest is None:
        return JSONResponse({"status": "no lake"}, status_code=503)
    return JSONResponse({"status": "ok", "lake": manifest.version, "as_of": manifest.as_of})


async def home(request: Request) -> RedirectResponse:
    """The first page stands at the root; asked for by its name it is the same page with the same view."""
    return RedirectResponse(f"/?{request.url.query}" if request.url.query else "/")


def on_script_error(problem: Exception) -> bool:
    """Write an unforeseen error to the log under a mark, and show the reader the mark instead of a traceback."""
    mark = secrets.token_hex(4)
    LOG.error("page failed, mark %s", mark, exc_info=problem)
    text = language.texts("shell", filters.language_of_reader())
    st.error(text("failed", reason=text("unexpected", mark=mark)))
    return True


ROUTES = [Route("/health", health), Route("/layers", home)]
MIDDLEWARE = [Middleware(Answers)]
