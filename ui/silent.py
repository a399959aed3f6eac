"""The clients who say nothing: how much of the revenue is theirs, and when anybody last heard of them."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from metrics.clients import Clients
from metrics.declare import Lang
from ui import clients, journey, language, layout
from ui.language import NARROW, Texts
from ui.panel import Column, panel
from ui.timeline import day

MOST = 15  # listed; all of them are in the file


def silent(found: Clients, lang: Lang) -> None:
    """The clients who were asked and did not answer for a year, by revenue, and when anybody last spoke to them."""
    text = language.texts("clients", lang)
    with panel("silent", text("silent"), lang, text("silent_note")) as here:
        if not found.has_invitations:
            here.words(text("silent_unknown"))
            return
        rows = clients.ordered(found.silent, "revenue")
        if rows.empty:
            here.words(text("silent_none"))
            return
        revenue = float(rows["revenue_12m"].sum())
        share = f"{language.number(100 * revenue / found.spent, lang)}{NARROW}%" if found.spent else language.DASH
        money = language.money(revenue, layout.currency(), lang)
        said = [text("silent_said", n=len(rows), revenue=money, share=share)]
        if found.silent_left:
            said.append(text("silent_left", n=found.silent_left))
        here.words(" ".join(said), is_muted=False)
        if not found.has_contacts:
            here.words(text("contacts_missing"))
        _silent_table(rows.head(MOST), text)
        here.takes(clients.frame(rows, text).assign(invited_at=rows["invited_at"]), (
            *clients.columns(text), Column("invited_at", text("invited"), "day"),
            Column("closed_on", text("left_on"), "day"),
        ))  # fmt: skip
        if len(rows) > MOST:
            here.words(text("silent_more", n=len(rows) - MOST))


def _silent_table(rows: pd.DataFrame, text: Texts) -> None:
    lang = text.lang
    names = ("client", "revenue", "heard", "invited", "contact")
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in names)
    body = []
    for _, one in rows.iterrows():
        money = (
            text("none") if pd.isna(one["revenue_12m"]) else language.money(one["revenue_12m"], layout.currency(), lang)
        )
        heard = text("never") if pd.isna(one["answered_at"]) else day(one["answered_at"], lang)
        cells = (money, heard, day(one["invited_at"], lang), day(one["contacted_at"], lang))
        link = escape(journey.link(str(one["client_id"])))
        segment = f'<span class="muted">{escape(str(one["segment"]))}</span>'
        name = f'<a href="{link}"><b>{escape(str(one["name"]))}</b></a> {segment}'
        drawn = "".join(
            f'<td data-column="{escape(text(key))}">{cell}</td>' for key, cell in zip(names[1:], cells, strict=True)
        )
        body.append(f'<tr><th scope="row">{name}</th>{drawn}</tr>')
    st.html(f'<table class="st st-metrics"><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table>')
