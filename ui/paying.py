"""How clients pay: the invoices that fell due by how late they were paid, and whose money is past due now."""

from __future__ import annotations

import pandas as pd

from metrics import paying as payings
from metrics.board import Tile
from metrics.declare import Lang
from metrics.load import catalogue
from metrics.paying import Ageing, Paying
from ui import cards, fetch, filters, journey, language, layout, theme, units
from ui.bars import bars
from ui.language import Texts
from ui.money import LAYER, percent
from ui.panel import Column, panel
from ui.view import View

FEWEST = 5
LARGEST = 10  # debts that are put together in words
WAYS = {
    "on_time": "paid_on_time", "week": "paid_week", "month": "paid_month", "quarter": "paid_quarter",
    "longer": "paid_longer", "unpaid": "paid_unpaid",
}  # fmt: skip


def shares(found: Ageing) -> dict[str, float]:
    """Way of paying -> its share of the invoices; nothing where they are too few."""
    return {way.name: way.invoices / found.invoices for way in found.ways} if found.invoices >= FEWEST else {}


def ways(found: Paying, lang: Lang, currency: str) -> pd.DataFrame:
    """One row per way of paying: the words and bars of the chart, and the columns of the table."""
    text = language.texts("money", lang)
    now, before = shares(found.now), shares(found.before)
    rows = []
    for way in found.now.ways:
        share = now.get(way.name)
        said = [percent(share, lang, 1 if 0 < share < 0.0995 else 0)] if share is not None else []
        said += [text("invoices", n=way.invoices), language.money(float(way.amount), currency, lang)]
        could_be = found.now.could_be(way.name)
        if not could_be:
            said = [text("not_yet")]
        rows.append({
            "label": text(WAYS[way.name]), "value": share or 0.0, "before": before.get(way.name) if could_be else None,
            "words": " · ".join(said), "invoices": way.invoices, "share": share, "money": float(way.amount),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _on_time(tile: Tile, late: Tile, lang: Lang, currency: str) -> str:
    """What the catalogue says of paying on time, with its verdict: the same as in the table of the layer's metrics."""
    text = language.texts("money", lang)
    metric = catalogue()[tile.metric]
    if not tile.is_shown or tile.now.value is None or tile.now.low is None or tile.now.high is None:
        return ""
    change = language.plain(cards.verdict(tile, language.texts("layers", lang)))
    if tile.change.difference is not None:
        by = units.difference(metric, tile.change.difference, tile.before.value, lang, currency)
        change = text("changed_by", by=by, verdict=change)
    said = text(
        "on_time", share=units.shown(metric, tile.now.value, lang, currency),
        interval=units.between(metric, tile.now.low, tile.now.high, lang, currency), change=change,
    )  # fmt: skip
    if late.is_shown and late.now.value is not None:
        days = units.shown(catalogue()[late.metric], late.now.value, lang, currency)
        said = f"{said} {text('late_by', days=days)}"
    return said


def nothing(found: Paying, text: Texts) -> str:
    """Why nothing can be said of paying; '' where something can."""
    if found.payments_began is None:
        return text("no_payments")
    if found.is_elsewhere:
        return text("other_stage")
    return "" if found.has_due_days else text("no_due_days")


def ageing(view: View, lang: Lang) -> None:
    """The invoices of the period by how they were paid."""
    text, currency = language.texts("money", lang), layout.currency()
    found = fetch.asked(payings.paying, view)
    now, before = found.now.period, found.before.period
    note = text("ageing_note", period=language.span(now.start, now.last, lang))
    if shares(found.before):
        note = text("ageing_mark", note=note, period=language.span(before.start, before.last, lang))
    why = nothing(found, text)
    with panel("ageing", text("ageing"), lang, "" if why else note) as here:
        if why or not found.now.invoices:
            here.words(why or text("none_due"))
            return
        if found.now.invoices < FEWEST:
            here.words(text("few_due", n=found.now.invoices))
            return
        depth = fetch.depth(view, LAYER, filters.chosen("metric"), filters.chosen("by"))
        tiles = {tile.metric: tile for tile in depth.tiles}
        said = _on_time(tiles["paid_on_time_share"], tiles["days_late"], lang, currency)
        if said:
            here.words(said, is_muted=False)
        rows = ways(found, lang, currency)
        colours, of = theme.tokens(), shares(found.now)
        alternative = text(
            "ageing_alt", share=percent(of["on_time"], lang), unpaid=percent(of["unpaid"], lang, 1)
        )  # fmt: skip
        columns = [
            Column("label", text("column_way")), Column("invoices", text("column_invoices"), "count"),
            Column("share", text("column_invoices_share"), "share"),
            Column("money", text("column_money", currency=currency), "money"),
            Column("before", text("column_before"), "share"),
        ]  # fmt: skip
        here.chart(bars(rows, lang, colours, colours.layers[LAYER]), alternative, rows, columns)
        here.words(text("dso"))


def debtors(view: View, lang: Lang) -> None:
    """Whose money is past due now, the most first."""
    text, currency = language.texts("money", lang), layout.currency()
    found = fetch.asked(payings.paying, view)
    if nothing(found, text):
        return
    with panel("debtors", text("debtors"), lang, text("debtors_note")) as here:
        if not found.debtors:
            here.words(text("nobody_owes"), is_muted=False)
            return
        said = [text("owed", n=found.owing, total=language.money(float(found.owed), currency, lang))]
        if found.days_owed is not None:
            said.append(text("owed_days", n=round(found.days_owed)))
        if found.owing > LARGEST:
            most = sum(one.amount for one in found.debtors[:LARGEST])
            said.append(text("most_of_it", n=LARGEST, share=percent(float(most / found.owed), lang)))
        here.words(" ".join(said), is_muted=False)
        rows = pd.DataFrame([
            {
                "client_id": one.client, "name": one.name, "segment": one.segment,
                "amount": float(one.amount), "invoices": one.invoices,
                "oldest": one.oldest_due_on,
            }
            for one in found.debtors
        ])  # fmt: skip
        columns = [
            Column("name", text("client")), Column("amount", text("past_due", currency=currency), "money"),
            Column("segment", text("segment_column")),
            Column("invoices", text("column_invoices"), "count"), Column("oldest", text("oldest"), "day"),
        ]  # fmt: skip
        here.table(rows, columns, opens=journey.visit)
        here.words(language.texts("journey", lang)("tick"))
