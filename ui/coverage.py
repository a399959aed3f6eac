"""Who is heard and who stays silent: four numbers, and the silent clients by what they are worth."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from metrics.board import Tile
from metrics.declare import Lang
from metrics.lack import Lack
from metrics.load import catalogue
from metrics.voice import Silent
from ui import cards, language, units
from ui.panel import Column

TILES = ("coverage_by_clients", "coverage_by_revenue", "response_rate", "silent_revenue")


def tiles(shown: Sequence[Tile], lang: Lang, currency: str) -> str:
    """The numbers as HTML, each with its interval, what it stands on and its change."""
    return (
        '<div class="st st-tiles" style="grid-template-columns:repeat(auto-fit,minmax(150px,1fr));border-top:0;'
        f'margin-top:0;padding-top:0">{"".join(_tile(one, lang, currency) for one in shown)}</div>'
    )


def _tile(one: Tile, lang: Lang, currency: str) -> str:
    metric = catalogue()[one.metric]
    text = language.texts("layers", lang)
    name = f'<p class="name">{cards.explained(metric, metric.label[lang], lang)}</p>'
    if not one.is_shown or one.now.value is None:
        return (
            f'<div class="st-tile">{name}<p class="value muted">{language.DASH}</p>'
            f'<p class="muted">{cards.absent(one, text)}</p></div>'
        )
    sure = (
        units.between(metric, one.now.low, one.now.high, lang, currency)
        if one.now.low is not None and one.now.high is not None
        else ""
    )
    note = metric.note[lang] if metric.note else ""
    lines = " · ".join(part for part in (sure, cards.stands_on(one, metric, text), note) if part)
    return (
        f'<div class="st-tile">{name}<p class="value">{units.shown(metric, one.now.value, lang, currency)}</p>'
        f'<p>{cards.change(one, metric, text, currency)}</p><p class="muted">{lines}</p></div>'
    )


def said(silent: Silent, share: Tile, coverage: Tile, lang: Lang, currency: str) -> str:
    """How many are silent and what they are worth; or why that cannot be told."""
    text = language.texts("voice", lang)
    if not coverage.now.n:
        return text("no_orders" if coverage.lack == Lack.NOT_MEASURED else "none_active")
    if share.now.value is None:
        return text("no_invitations" if share.lack == Lack.NOT_MEASURED else "none_invited")
    if not silent.clients:
        return text("no_silent")
    part = units.shown(catalogue()["silent_revenue"], share.now.value, lang, currency)
    amount = language.money(silent.amount, currency, lang)
    whole = text("silent_said", n=silent.clients, amount=amount, share=part)
    if len(silent.rows) < silent.clients:
        return f"{whole} {text('silent_listed', shown=language.number(len(silent.rows), lang))}"
    return f"{whole} {text('silent_dates')}"


def rows(silent: Silent) -> pd.DataFrame:
    """The silent clients with their revenue in whole units."""
    return silent.rows.assign(amount=silent.rows["amount"].round())


def columns(lang: Lang, *, with_contacts: bool) -> list[Column]:
    """The columns of the silent clients."""
    text = language.texts("voice", lang)
    found = [
        Column("client", text("client")),
        Column("amount", text("revenue_year"), "money"),
        Column("answered_at", text("last_answer"), "day"),
        Column("invited_at", text("last_invitation"), "day"),
        Column("contacted_at", text("last_contact"), "day"),
        Column("segment", text("segment_of")),
    ]
    return [column for column in found if with_contacts or column.name != "contacted_at"]
