"""What every page stands in: look, language, the top bar with its freshness, and the words when something fails."""

from __future__ import annotations

from datetime import date
from html import escape
from pathlib import Path

import streamlit as st

from data.errors import StrataError
from data.lake import Manifest
from ui import access, fetch, filters, language, takeaway

st.set_page_config(page_title="Strata", layout="wide", initial_sidebar_state="collapsed")
access.require("executive")
lang = filters.language_of_reader()
text = language.texts("shell", lang)
st.html(Path(__file__).with_name("strata.css"))
st.html(f'<style>:root {{ --choose-files: "{text("choose_files")}"; }}</style>')  # Streamlit's own word is English

# Days after which a table that still grows would have had news; longer silence is worth a mark.
CADENCE = {"answers": 14, "orders": 7, "cases": 7, "pulse": 45}


def freshness(said: Manifest | None) -> str:
    """How old the latest fact of each layer is, counted from today; what is equally old is named together."""
    ages: dict[tuple[str, bool], list[str]] = {}
    for table, usual in CADENCE.items():
        counts = said.tables.get(table) if said else None
        if counts is None or counts.last is None:
            continue
        days = (date.today() - date.fromisoformat(counts.last)).days  # noqa: DTZ011 - the reader's own day
        age = text("fresh_today") if days <= 0 else text("fresh_days", n=days) if days < 365 else text("fresh_years")
        ages.setdefault((age, days > usual), []).append(text(f"fresh_{table}"))
    return " · ".join(_aged(", ".join(tables), age, is_late) for (age, is_late), tables in ages.items())


def _aged(tables: str, age: str, is_late: bool) -> str:
    late = text("fresh_stale", table=tables)
    mark = f' <span role="img" aria-label="{late}" title="{late}">⚠</span>' if is_late else ""
    return f"{tables} {age}{mark}"


def show(problem: StrataError) -> None:
    """Say what went wrong in the reader's language, where there are words for it; no lake yet is not a failure."""
    if problem.code == "no_lake":
        st.info(text("no_lake"))
    else:
        own = problem.code in ("too_long", "foreign_lake")
        st.error(text("failed", reason=text(problem.code) if own else language.verbatim(str(problem))))


PAGES = (
    "layers", "behind", "change", "satisfaction", "transactional", "operational", "employee",
    "clients", "journey", "upload", "quality_of_data", "rows",
)  # fmt: skip
UNLISTED = ("rows",)  # reached from a number
pages = [st.Page(f"../pages/{name}.py", title=text(name), url_path=name, default=name == "layers") for name in PAGES]
page = st.navigation(pages, position="hidden")

try:
    with st.container(horizontal=True, vertical_alignment="center", key="top"):
        said = fetch.manifest()
        company = f'<span class="muted">{escape(said.title[lang])}</span>' if said else ""
        st.html(f'<div class="st st-top"><span class="brand">Strata</span>{company}</div>')
        st.html(f'<p class="st st-fresh" title="{text("fresh")}">{freshness(said)}</p>')
        take = st.container(width="content", key="take")
        filters.language_switch(lang)
    with st.container(horizontal=True, key="nav"):
        for one in pages:
            if one.url_path not in UNLISTED:
                st.page_link(one, label=one.title, query_params=filters.kept())
    if said is None:
        st.info(text("no_lake"))
    else:
        takeaway.begin()
        page.run()
        with take:
            takeaway.page(page.title, lang)
except StrataError as problem:
    show(problem)
