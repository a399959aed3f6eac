"""What less lateness would be worth by the links that are proven, with intervals; in money where they reach it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from metrics.chain import Chain, Link
from metrics.declare import Lang
from metrics.links import Grade
from ui import facts, fetch, filters, language
from ui.language import NARROW
from ui.panel import panel

SHARE = "late_share"  # the key of the address
PER_CENT = ("late", "rework", "orders", "kept")


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
    """What the proven links from lateness say of a lower share of late cases; nothing where none is proven."""
    text, late = facts.texts(lang), found.late_now
    proven = [
        one
        for one in (found.link("late", "csat"), found.link("late", "orders"))
        if one is not None and one.judged.grade in (Grade.A, Grade.B) and (one.step.then == "csat" or found.revenue_now)
    ]
    if not proven or late is None or late < 0.02:
        return
    with panel("what_if", text("what_if"), lang, text("what_if_note")) as here:
        asked = _slider(text("what_if_choice", now=facts.percent(late, lang)), round(100 * late))
        st.html(f'<p class="st">{worth(proven, asked / 100, found, lang)}</p>')
        here.words(text("what_if_lag", n=proven[-1].asked))
        if found.revenue_now and proven[-1].step.then == "orders" and found.weeks_after(proven[-1].lag):
            here.words(_money_from(found, proven[-1], lang))


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


def _money_from(found: Chain, link: Link, lang: Lang) -> str:
    """What the money was reckoned from: the revenue of the weeks after the lag, and of no others."""
    weeks = (found.weeks_after(link.lag), found.now.days / 7)
    left, whole = (language.number(one, lang, 0 if one == round(one) else 1) for one in weeks)
    from_revenue = language.money(found.revenue_now or 0.0, _currency(), lang)
    return facts.texts(lang)("what_if_money", revenue=from_revenue, left=left, whole=whole)


def _from(lag: int, lang: Lang) -> str:
    """From which week on an effect is seen."""
    text = facts.texts(lang)
    return text("what_if_from", n=lag) if lag else text("what_if_at_once")


def _currency() -> str:
    said_of = fetch.manifest()
    return said_of.currency if said_of else ""


def worth(proven: list[Link], share: float, found: Chain, lang: Lang) -> str:
    """What another share of late cases would bring by each proven link, as HTML.

    A slope is of one lag, so it is told from that week on, and money of the period's weeks after it only.
    """
    text = facts.texts(lang)
    by = (share - (found.late_now or 0.0)) / 0.1
    effects = []
    for one in proven:
        value, *ends = (by * part for part in one.effect)
        low, high = sorted(ends)
        said = amounts(one.step.then, (value, low, high), lang)
        told = dict(zip(("amount", "low", "high"), said, strict=True))
        told["when"] = _from(one.lag, lang)
        left = found.weeks_after(one.lag)
        if one.step.then == "orders" and found.revenue_now and not left:
            effects.append(text("what_if_orders_later", **told))
        elif one.step.then == "orders" and found.revenue_now:
            touched = found.revenue_now * left * 7 / found.now.days
            money = {
                key: language.money(part * touched, _currency(), lang, signed=True)
                for key, part in (("money", value), ("money_low", low), ("money_high", high))
            }
            effects.append(text("what_if_orders", **told, **money))
        elif one.step.then == "csat":
            effects.append(text("what_if_csat", **told))
    shares = {"share": facts.percent(share, lang), "now": facts.percent(found.late_now or 0.0, lang)}
    return text("what_if_said", effects="; ".join(effects), **shares)
