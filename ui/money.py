"""Whose money it is: the revenue of 12 months by class of client, who stays, and how money moved between classes."""

from __future__ import annotations

import pandas as pd

from metrics import money as moneys
from metrics.change import Verdict
from metrics.declare import Lang
from metrics.load import catalogue
from metrics.money import Class, Money
from ui import fetch, language, layout, theme, units
from ui.bars import bars
from ui.language import NARROW, Texts
from ui.panel import Column, Panel, panel
from ui.view import View

LAYER = "transactional"
NAMES = {
    "promoter": "promoters", "passive": "passives", "detractor": "detractors", "answered": "other_answers",
    "silent": "silent_clients", "not_asked": "not_asked",
}  # fmt: skip
MOVES = {
    "before": "was", "arrived": "arrived", "left": "went", "spent": "spent", "won": "won", "lost": "lost", "now": "is",
}  # fmt: skip


def name(one: str, found: Money, text: Texts) -> str:
    """What a class is called. Without invitations nobody knows who was asked."""
    return text("no_answer" if one == "not_asked" and not found.has_invitations else NAMES[one])


def percent(share: float, lang: Lang, digits: int = 0) -> str:
    """A share as per cent."""
    return f"{language.number(100 * share, lang, digits)}{NARROW}%"


def _stayed(one: Class, text: Texts) -> str:
    """How a class stands against the others in staying; a word only beyond chance."""
    if 0 < one.kept.n < catalogue()["retention"].minimum_n:
        return text("too_few", n=one.kept.n)
    words = {Verdict.WORSE: text("stay_worse"), Verdict.BETTER: text("stay_better")}
    return words.get(one.verdict, text("stay_alike") if one.verdict == Verdict.NO_REAL_CHANGE else "")


def _interval(one: Class, lang: Lang) -> str:
    return units.between(catalogue()["retention"], one.kept.low or 0.0, one.kept.high or 0.0, lang, "")


def classes(found: Money, lang: Lang, currency: str) -> pd.DataFrame:
    """One row per class: the words and bars of the chart, and the columns of the table."""
    text = language.texts("money", lang)
    rows = []
    for one in found.classes:
        is_told = one.kept.n >= catalogue()["retention"].minimum_n
        was = float(one.move.before)
        rows.append({
            "label": name(one.name, found, text), "value": float(one.revenue),
            "before": was if found.is_compared else None,
            "words": " · ".join([
                language.money(float(one.revenue), currency, lang), percent(one.share or 0.0, lang),
                text("clients_short", n=one.clients),
            ]),
            "clients": one.clients, "share": one.share, "margin": one.margin,
            "kept": one.kept.value if is_told else None, "interval": _interval(one, lang) if is_told else "",
            "of": one.kept.n, "stayed": _stayed(one, text),
        })  # fmt: skip
    return pd.DataFrame(rows)


def columns(found: Money, text: Texts, currency: str) -> list[Column]:
    """The columns of the table of classes, without those of which nothing is known."""
    listed = [
        Column("label", text("class")), Column("clients", text("clients"), "count"),
        Column("value", text("revenue", currency=currency), "money"), Column("share", text("share"), "share"),
    ]  # fmt: skip
    if any(one.costed_clients for one in found.classes):
        listed.append(Column("margin", text("margin"), "share"))
    if found.is_kept_known:
        listed += [
            Column("kept", text("kept"), "share"), Column("interval", text("kept_interval")),
            Column("of", text("kept_of"), "count"), Column("stayed", text("kept_word")),
        ]  # fmt: skip
    return listed


def staying(found: Money, lang: Lang) -> str:
    """Who stays more seldom or more often than the others, in a sentence; where nobody does, that."""
    text = language.texts("money", lang)
    if not found.is_kept_known:
        return text("kept_unknown")
    said = []
    for one in found.classes:
        if one.verdict in (Verdict.WORSE, Verdict.BETTER) and one.kept.value is not None:
            facts = {
                "name": name(one.name, found, text), "share": percent(one.kept.value, lang),
                "interval": _interval(one, lang),
            }  # fmt: skip
            key = "stays_less" if one.verdict == Verdict.WORSE else "stays_more"
            said.append(text(key, n=one.kept.n, **facts))
    if said:
        return " ".join(said)
    tested = any(one.verdict == Verdict.NO_REAL_CHANGE for one in found.classes)
    return text("stay_all_alike") if tested else text("stay_too_few")


def _caveats(found: Money, view: View, lang: Lang) -> list[str]:
    """What keeps these numbers from being what they seem."""
    text = language.texts("money", lang)
    said = [text("kept_about")] if found.is_kept_known else []
    if not any(one.clients for one in found.classes if one.name in ("promoter", "passive", "detractor")):
        said.append(text("no_votes"))
    if not found.is_whole and found.orders_began is not None:
        said.append(text("not_a_year", day=language.day(found.orders_began, lang, year=True)))
    if not found.has_invitations:
        said.append(text("no_invitations"))
    if found.surveys_began is not None:
        said.append(text("surveys_began", day=language.day(found.surveys_began, lang, year=True)))
    costed, clients = sum(one.costed_clients for one in found.classes), found.clients
    if not costed:
        said.append(text("no_costs"))
    elif costed < clients:
        said.append(text("some_costs", n=clients, costed=language.number(costed, lang)))
    if view.stage:
        said.append(text("all_stages"))
    return said


def by_class(view: View, lang: Lang) -> None:
    """The revenue of 12 months by what clients say."""
    text, currency = language.texts("money", lang), layout.currency()
    found = fetch.asked(moneys.by_class, view)
    note = text("year_to", day=language.day(found.now.last, lang, year=True))
    if found.is_compared:
        note = text("with_mark", note=note, day=language.day(found.before.last, lang, year=True))
    with panel("money", text("by_class"), lang, note) as here:
        if not found.clients:
            here.words(text("no_orders"))
            return
        rows = classes(found, lang, currency)
        colours = theme.tokens()
        drawn = bars(rows, lang, colours, colours.layers[LAYER])
        total = language.money(float(found.revenue), currency, lang)
        first = max(found.classes, key=lambda one: one.revenue)
        alternative = text(
            "by_class_alt", total=total, name=name(first.name, found, text), share=percent(first.share or 0.0, lang)
        )
        here.words(text("total", n=found.clients, total=total), is_muted=False)
        listed = columns(found, text, currency)
        here.chart(drawn, alternative, rows, listed)
        here.words(staying(found, lang), is_muted=False)
        here.table(rows, listed)
        caveats = _caveats(found, view, lang)
        if caveats:
            here.words(" ".join(caveats))


def moves(found: Money, lang: Lang) -> pd.DataFrame:
    """One row per class: what its money was, what moved it, what it is; and all of them together."""
    text = language.texts("money", lang)
    rows: list[dict[str, object]] = [
        {"label": name(one.name, found, text)} | {part: float(getattr(one.move, part)) for part in MOVES}
        for one in found.classes
    ]
    whole = {part: float(sum(getattr(one.move, part) for one in found.classes)) for part in MOVES}
    return pd.DataFrame([*rows, {"label": text("all_clients")} | whole])


def _flow(found: Money, here: Panel, lang: Lang, currency: str) -> None:
    """The largest way from one class to another, in a sentence."""
    text = language.texts("money", lang)
    if not found.flows:
        here.words(text("no_flow"), is_muted=False)
        return
    flow = found.flows[0]
    said = text(
        "largest_flow", n=flow.clients, money=language.money(float(flow.money), currency, lang),
        origin=name(flow.origin, found, text), target=name(flow.target, found, text),
    )  # fmt: skip
    back = [one for one in found.flows if (one.origin, one.target) == (flow.target, flow.origin)]
    if back:
        other = language.money(float(back[0].money), currency, lang)
        said = f"{said} {text('flow_back', n=back[0].clients, money=other)}"
    here.words(said, is_muted=False)


def moved(view: View, lang: Lang) -> None:
    """How the money of each class came from what it was at the end of the period compared with."""
    text, currency = language.texts("money", lang), layout.currency()
    found = fetch.asked(moneys.by_class, view)
    if not found.clients:
        return
    days = {
        "before": language.day(found.before.last, lang, year=True), "now": language.day(found.now.last, lang, year=True)
    }  # fmt: skip
    with panel("moved", text("moved"), lang, text("moved_note", **days)) as here:
        if not found.is_compared:
            day = found.orders_began
            here.words(text("not_compared", day=language.day(day, lang, year=True) if day else ""))
            return
        _flow(found, here, lang, currency)
        labels = [Column("label", text("class"))]
        labels += [Column(part, text(key, currency=currency), "money") for part, key in MOVES.items()]
        here.table(moves(found, lang), labels)
        here.words(text("moved_about"))
