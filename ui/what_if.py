"""What less lateness would be worth by the links that are proven, with intervals; in money where they reach it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from metrics.chain import Chain, Link
from metrics.declare import Lang
from ui import facts, fetch, filters, language
from ui.language import NARROW
from ui.panel import panel

SHARE = "late_share"  # the key of the address
PER_CENT = ("late", "rework", "orders", "kept")
EFFECTS = {"csat": "what_if_csat", "orders": "what_if_orders"}
REACHED = {"csat": "what_if_of_answers", "orders": "what_if_of_orders"}


def amount(of: str, value: float, lang: Lang, more: int = 0) -> str:
    """How much of an effect, with its sign and unit: pp for shares, per cent for orders, points, days.

    `more`: decimals beyond the usual.
    """
    scaled, digits = _usual(of, value)
    said = language.number(scaled, lang, digits + more, signed=True)
    if of in PER_CENT:
        return f"{said}{NARROW}{'%' if of == 'orders' else language.texts('units', lang)('pp')}"
    return said


def _usual(of: str, value: float) -> tuple[float, int]:
    """A value in the unit it is told in, and the usual number of its decimals."""
    return (100 * value, 1) if of in PER_CENT else (value, 1 if of == "days_late" else 2)


def amounts(of: str, values: Sequence[float], lang: Lang) -> list[str]:
    """A value and the ends of its interval: with one decimal more where an end that is not 0 would be told as 0."""
    told = [_usual(of, value) for value in values]
    more = int(any(value != 0 and round(value, digits) == 0 for value, digits in told))
    return [amount(of, value, lang, more) for value in values]


def what_if(found: Chain, lang: Lang) -> None:
    """What the proven links from lateness say of a lower share of late cases; nothing where none can say it."""
    text, late = facts.texts(lang), found.late_now
    proven = [
        one
        for one in (found.link("late", "csat"), found.link("late", "orders"))
        if one is not None and one.in_all is not None and (one.step.then == "csat" or found.revenue_now)
    ]
    if not proven or late is None or late < 0.02:
        return
    with panel("what_if", text("what_if"), lang, text("what_if_note")) as here:
        asked = _slider(text("what_if_choice", now=facts.percent(late, lang)), round(100 * late))
        st.html(f'<p class="st">{worth(proven, asked / 100, found, lang)}</p>')
        here.words(_reach(proven, lang))
        if proven[-1].step.then == "orders":
            from_revenue = language.money(found.revenue_now or 0.0, _currency(), lang)
            here.words(text("what_if_money", revenue=from_revenue))


def _slider(label: str, top: int) -> int:
    """The share of late cases to try, in per cent; it lies in the address. Where that means nothing, half of now."""
    said = filters.chosen(SHARE)
    value = int(said) if said in [str(share) for share in range(top + 1)] else top // 2
    widget = f"w_what_if_{top}"
    if st.session_state.get(widget) != value:  # one widget for every address: it keeps the focus while arrows move it
        st.session_state[widget] = value

    def take() -> None:
        st.query_params[SHARE] = str(st.session_state[widget])

    return st.slider(label, 0, top, key=widget, format="%d", on_change=take)


def _after(proven: list[Link]) -> int:
    """How many weeks after the promised one are summed."""
    return max(one.in_all.lags for one in proven if one.in_all) - 1


def _reach(proven: list[Link], lang: Lang) -> str:
    """Over which weeks effects are summed, and how much of the outcome they reach at all."""
    text = facts.texts(lang)
    reached = ", ".join(
        text(REACHED[one.step.then], share=facts.percent(one.in_all.known, lang)) for one in proven if one.in_all
    )
    return text("what_if_reach", n=_after(proven), reached=reached)


def _currency() -> str:
    said_of = fetch.manifest()
    return said_of.currency if said_of else ""


def worth(proven: list[Link], share: float, found: Chain, lang: Lang) -> str:
    """What another share of late cases would have brought by each proven link, over all its lags, as HTML.

    That is how the period would have been, had lateness been so in it and in the weeks before from which it follows.
    """
    text = facts.texts(lang)
    by = share - (found.late_now or 0.0)
    effects = []
    for one in proven:
        if one.in_all is None:
            continue
        value, low, high = by * one.in_all.value, *sorted((by * one.in_all.low, by * one.in_all.high))
        said = amounts(one.step.then, (value, low, high), lang)
        told = dict(zip(("amount", "low", "high"), said, strict=True))
        if one.step.then == "orders":
            for key, part in (("money", value), ("money_low", low), ("money_high", high)):
                told[key] = language.money(part * (found.revenue_now or 0.0), _currency(), lang, signed=True)
        effect = text(EFFECTS[one.step.then], **told)
        effects.append(effect if one.in_all.is_proven else text("what_if_open", effect=effect))
    shares = {"share": facts.percent(share, lang), "now": facts.percent(found.late_now or 0.0, lang)}
    return text("what_if_said", effects="; ".join(effects), n=_after(proven), **shares)
