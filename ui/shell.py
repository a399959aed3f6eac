"""What every page stands in: look, language, the top bar with its freshness, and the words when something fails."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import streamlit as st

from data.errors import StrataError
from ui import access, fetch, filters, language

st.set_page_config(page_title="Strata", layout="wide", initial_sidebar_state="collapsed")
access.require("executive")
lang = filters.language_of_reader()
text = language.texts("shell", lang)
st.html(Path(__file__).with_name("strata.css"))

# Days after which a table that still grows would have had news; longer silence is worth a mark.
CADENCE = {"answers": 14, "orders": 7, "cases": 7, "pulse": 45}


def freshness() -> str:
    """How old the latest fact of each layer is, counted from today."""
    said = fetch.manifest()
    parts = []
    for table, usual in CADENCE.items():
        counts = said.tables.get(table) if said else None
        if counts is None or counts.last is None:
            continue
        days = (date.today() - date.fromisoformat(counts.last)).days  # noqa: DTZ011 - the reader's own day
        age = text("fresh_today") if days <= 0 else text("fresh_days", n=days) if days < 365 else text("fresh_years")
        stale = f' <span title="{text("fresh_stale", table=text(f"fresh_{table}"))}">⚠</span>' if days > usual else ""
        parts.append(f"{text(f'fresh_{table}')} {age}{stale}")
    return " · ".join(parts)


pages = [st.Page("../pages/layers.py", title=text("layers"), url_path="layers", default=True)]
page = st.navigation(pages, position="hidden")

with st.container(horizontal=True, vertical_alignment="center", key="top"):
    said = fetch.manifest()
    company = f'<span class="muted">{said.title[lang]}</span>' if said else ""
    place = f'<span class="brand">Strata</span><span class="place">{page.title}</span>'
    st.html(f'<div class="st st-top">{place}{company}</div>')
    st.html(f'<p class="st st-fresh">{freshness()}</p>')
    filters.language_switch(lang)

try:
    page.run()
except StrataError as problem:
    known = problem.code if problem.code in ("too_long", "no_lake") else None
    st.error(text("failed", reason=text(known) if known else str(problem)))
