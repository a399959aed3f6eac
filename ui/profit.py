"""What a client is worth: the lifetime value as a line of its factors, and what it would be with other ones."""

from __future__ import annotations

import math
from functools import partial
from html import escape
from pathlib import Path

import pandas as pd
import streamlit as st

from metrics import profit as profits
from metrics.compute import Reading
from metrics.declare import Lang
from metrics.load import catalogue
from metrics.profit import Factors, Profit, Unknown
from ui import fetch, filters, language, layout, units
from ui.language import MINUS, Texts
from ui.money import percent
from ui.panel import Column, panel
from ui.view import View

WHY = {
    Unknown.NO_ORDERS: "why_no_orders", Unknown.TOO_FEW: "why_too_few", Unknown.SHORT_HISTORY: "why_short",
    Unknown.NO_COSTS: "why_no_costs", Unknown.NO_RETURNS: "why_no_returns", Unknown.NOBODY_LEFT: "why_nobody_left",
}  # fmt: skip
TIMES = "\u00d7"
SIGNS = {"margin": TIMES, "returns": MINUS, "lifetime": TIMES, "value": "="}
AROUND = {"margin": ("(", ""), "returns": ("", ")")}  # of the line: what a client leaves of each 100
LABELS = {
    "arpu": "arpu", "margin": "gross_margin", "returns": "returns", "lifetime": "lifetime", "value": "value"
}  # fmt: skip
ARPU_PERCENT, MARGIN_POINTS, RETURN_POINTS, RETENTION_POINTS = 30.0, 10.0, 10.0, 20.0  # how far the sliders go


def _part(name: str, said: str, below: str, text: Texts, *, is_known: bool = True) -> str:
    """One number of the line: the sign before it, the number, what it is, and its range."""
    sign = f"<i>{SIGNS[name]}</i>" if name in SIGNS else ""
    before, after = AROUND.get(name, ("", ""))
    css = "first" if name == "arpu" else "result" if name == "value" else ""
    number = f'<p class="number{"" if is_known else " muted"}">{before}{escape(said)}{after}</p>'
    more = f'<p class="range">{escape(below)}</p>' if below else ""
    return f'{sign}<div class="{css}">{number}<p>{escape(text(LABELS[name]))}</p>{more}</div>'


def _written(name: str, value: float, lang: Lang, currency: str) -> str:
    """A factor as it is read: money, per cent or years."""
    metric = {"arpu": "revenue_per_client", "lifetime": "lifetime", "value": "lifetime_value"}.get(name)
    return percent(value, lang, 1) if metric is None else units.shown(catalogue()[metric], value, lang, currency)


def _range(name: str, reading: Reading, lang: Lang, currency: str) -> str:
    if reading.low is None or reading.high is None:
        return ""
    text = language.Texts("units", lang)
    low, high = (_written(name, end, lang, currency) for end in (reading.low, reading.high))
    return text("between", low=low, high=high)


def line(found: Profit, lang: Lang, currency: str) -> str:
    """The formula with the numbers of the chosen clients, as HTML; what is not known says why."""
    text = language.texts("money", lang)
    values = {
        "arpu": found.arpu, "margin": found.margin, "returns": found.returns, "lifetime": found.lifetime.value,
        "value": found.value.value,
    }  # fmt: skip
    ranges = {"lifetime": found.lifetime, "value": found.value}
    parts = []
    for name, value in values.items():
        if value is None:
            why = text(WHY[found.unknown[name]]) if name in found.unknown else ""
            parts.append(_part(name, text("not_known"), why, text, is_known=False))
        else:
            below = _range(name, ranges[name], lang, currency) if name in ranges else ""
            parts.append(_part(name, _written(name, value, lang, currency), below, text))
    return f'<div class="st st-formula">{"".join(parts)}</div>'


def other_line(factors: Factors, lang: Lang, currency: str) -> str:
    """The formula with factors that somebody tries out, as HTML."""
    text = language.texts("money", lang)
    values = {
        "arpu": factors.arpu, "margin": factors.margin, "returns": factors.returns, "lifetime": factors.lifetime,
        "value": factors.value,
    }  # fmt: skip
    parts = [_part(name, _written(name, value, lang, currency), "", text) for name, value in values.items()]
    return f'<div class="st st-formula">{"".join(parts)}</div>'


def words(found: Profit, lang: Lang) -> list[str]:
    """What the line stands on, and how far it may be trusted."""
    text = language.texts("money", lang)
    said = []
    retention = found.retention
    if retention.value is not None and retention.low is not None and retention.high is not None:
        between = units.between(catalogue()["retention"], retention.low, retention.high, lang, "")
        share, lost = percent(retention.value, lang, 1), language.number(retention.n - _hits(retention), lang)
        said.append(text("stayed", n=retention.n, share=share, interval=between, lost=lost))
    if found.value.value is not None:
        if found.lost < profits.FEWEST_LOST:
            said.append(text("few_lost", n=found.lost))
        if found.lifetime.value is not None and found.lifetime.value > 2:
            said.append(text("longer_than_facts"))
    if 0 < found.clients < found.active:
        said.append(text("costed_only", n=found.active, costed=language.number(found.clients, lang)))
    if found.value.value is not None:
        said.append(text("before_rounding"))
    return said


def _hits(retention: Reading) -> int:
    return round((retention.value or 0.0) * retention.n)


def rows(found: Profit, lang: Lang) -> pd.DataFrame:
    """One row per number of the line."""
    text = language.texts("money", lang)
    values = {"arpu": found.arpu, "margin": found.margin, "returns": found.returns}
    listed: list[dict[str, object]] = [
        {"factor": text(LABELS[name]), "value": value, "low": None, "high": None} for name, value in values.items()
    ]
    for name, reading in (("lifetime", found.lifetime), ("value", found.value)):
        listed.append({
            "factor": text(LABELS[name]), "value": reading.value, "low": reading.low, "high": reading.high
        })  # fmt: skip
    return pd.DataFrame(listed)


def worth(view: View, lang: Lang) -> None:
    """The lifetime value and its factors, and the sliders to try others."""
    text, currency = language.texts("money", lang), layout.currency()
    found = fetch.asked(profits.profit, view)
    st.html(Path(__file__).with_name("profit.css"))
    note = text("worth_note", day=language.day(found.year.last, lang, year=True))
    with panel("worth", text("worth"), lang, note) as here:
        st.html(line(found, lang, currency))
        listed = [
            Column("factor", text("factor")), Column("value", text("number"), "number", 4),
            Column("low", text("from"), "number", 4), Column("high", text("to"), "number", 4),
        ]  # fmt: skip
        here.takes(rows(found, lang), listed)
        here.words(" ".join(words(found, lang)))
        if found.factors is not None:
            _what_if(found, found.factors, lang, currency)


def room(retention: float) -> tuple[float, float]:
    """How far the retention may be moved: down to 20 points less, up to half of what is lost now. Units: points."""
    return -min(RETENTION_POINTS, math.floor(1000 * retention) / 10), math.floor(1000 * (1 - retention) / 2) / 10


def _slider(name: str, low: float, high: float, label: str, start: float, lang: Lang) -> float:
    """How much a factor is changed; `start`: the factor, so that another company or filter begins at nothing again."""
    digits = 1 if high - low <= 40 else 0
    steps = 10**digits
    options = [step / steps for step in range(round(low * steps), round(high * steps) + 1)]
    key = filters.keyed(f"what_if_{name}", start)
    written = partial(language.number, lang=lang, digits=digits, signed=True)
    return float(st.select_slider(label, options, 0.0, format_func=written, key=key))


def _back(factors: Factors) -> None:
    """All sliders to nothing."""
    for name in ("retention", "arpu", "margin", "returns"):
        st.session_state[filters.keyed(f"what_if_{name}", factors.value)] = 0.0


@st.fragment
def _what_if(found: Profit, factors: Factors, lang: Lang, currency: str) -> None:
    """Other factors, and what a client would be worth with them. Nothing is kept: not in the address, not on disk."""
    text = language.texts("money", lang)
    st.html(f'<p class="st st-panel"><b>{text("what_if")}</b><span class="muted">{text("what_if_note")}</span></p>')
    start = factors.value
    least, most = room(factors.retention)
    returned = math.floor(1000 * factors.returns) / 10
    first, second, third, fourth = st.columns(4)
    with first:
        label = text("change_retention", now=percent(factors.retention, lang, 1))
        kept = _slider("retention", least, most, label, start, lang)
    with second:
        label = text("change_arpu", now=language.money(factors.arpu, currency, lang))
        bought = _slider("arpu", -ARPU_PERCENT, ARPU_PERCENT, label, start, lang)
    with third:
        label = text("change_margin", now=percent(factors.margin, lang, 1))
        earned = _slider("margin", -MARGIN_POINTS, MARGIN_POINTS, label, start, lang)
    with fourth:
        label = text("change_returns", now=percent(factors.returns, lang, 1))
        gave_back = _slider("returns", -returned, RETURN_POINTS, label, start, lang)
    tried = factors.changed(
        retention=kept / 100, arpu=bought / 100, margin=earned / 100, returns=gave_back / 100
    )  # fmt: skip
    if tried == factors:
        st.html(f'<p class="st muted">{text("unchanged")}</p>')
        return
    difference = tried.value - factors.value
    st.html(other_line(tried, lang, currency))
    said = text(
        "differs", n=found.clients, difference=language.money(difference, currency, lang, signed=True),
        whole=language.money(difference * found.clients, currency, lang, signed=True),
    )  # fmt: skip
    st.html(f'<p class="st"><b>{escape(said)}</b></p>')
    low, high = found.retention.low, found.retention.high
    if kept and low is not None and high is not None and low <= tried.retention <= high:
        known = units.between(catalogue()["retention"], low, high, lang, "")
        st.html(f'<p class="st muted">{text("within_noise", interval=known)}</p>')
    st.button(text("back_to_now"), key="what_if_back", on_click=_back, args=(factors,), type="tertiary")
