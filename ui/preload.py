"""What the browser may fetch at once with the page: Streamlit asks for it only when the first chart has arrived."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit as st

STATIC = Path(st.__file__).parent / "static"
DRAWN = ("ArrowVegaLiteChart", "ButtonGroup", "Html", "PageLink")  # what every page of ours is made of
IMPORT = re.compile(r'(?:from|import)\s*"\./([\w.-]+\.js)"')


def modules(static: Path = STATIC) -> list[str]:
    """The scripts behind the elements of our pages, each before those it needs; without what the page itself names."""
    named = (static / "index.html").read_text(encoding="utf-8")
    folder = static / "static" / "js"
    wanted = [file.name for name in DRAWN for file in folder.glob(f"{name}.*.js")]
    found: list[str] = []
    while wanted:
        name = wanted.pop(0)
        if name not in found and name not in named:
            found.append(name)
            wanted += IMPORT.findall((folder / name).read_text(encoding="utf-8"))
    return found


def header() -> str:
    """The scripts as a `Link` header. Source: RFC 8288; HTML, link type "modulepreload"."""
    return ", ".join(f"<./static/js/{name}>; rel=modulepreload; crossorigin; fetchpriority=low" for name in modules())
