"""The chain between the layers: the links that stood up, in words that say no more than their grade proves."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import altair as alt
import pandas as pd
import streamlit as st

from metrics import chain as question
from metrics.chain import STEPS, Chain, Link, Step
from metrics.declare import Lang
from metrics.links import Grade
from metrics.load import layers
from ui import facts, fetch, filters, language, theme, tips, what_if
from ui.columns import Column
from ui.panel import panel
from ui.theme import Tokens, chart_config
from ui.view import View

ORDER = ("employee", "operational", "satisfaction", "transactional")
PATHS = (("employee", "operational"), ("operational", "satisfaction"), ("operational", "transactional"),
         ("satisfaction", "transactional"))  # fmt: skip
CAUSES = {
    "engagement": "cause_engagement", "late": "cause_late", "rework": "cause_rework",
    "hand_overs": "cause_hand_overs", "csat": "cause_csat",
}  # fmt: skip
EFFECTS = {
    "late": "effect_late", "rework": "effect_rework", "csat": "effect_csat", "orders": "effect_orders",
    "days_late": "effect_paid_late", "kept": "effect_kept",
}  # fmt: skip
NAMES = {
    "engagement": "fact_engagement", "late": "fact_late", "rework": "fact_rework", "csat": "fact_csat",
    "hand_overs": "fact_hand_overs", "orders": "fact_orders", "days_late": "fact_paid_late", "kept": "fact_kept",
}  # fmt: skip
MEASURED = {"csat": "measured_csat", "days_late": "measured_paid_late"}  # those whose effect has no sign of its unit
GRADES = {Grade.A: "grade_a", Grade.B: "grade_b", Grade.C: "grade_c"}
BRIEF = {Grade.A: "grade_a_brief", Grade.B: "grade_b_brief", Grade.C: "grade_c_brief"}
LATER = {"week": ("same_week", "weeks_later"), "month": ("same_month", "months_later")}
HEIGHT, ROOM = 240, 18  # px; ROOM: of a line of words beyond the ends
EDGE = 2.5  # lags: nearer to an end, words in the middle would be cut


def name(of: str, lang: Lang) -> str:
    """A fact of the chain by its name."""
    return facts.texts(lang)(NAMES[of])


def when(link: Link, lang: Lang) -> str:
    """How much later."""
    same, later = LATER[link.step.period]
    lag = link.lag
    return facts.texts(lang)(later, n=lag) if lag else facts.texts(lang)(same)


def said(link: Link, lang: Lang) -> str:
    """A link in one sentence. Only A and B say that one moves the other."""
    text, step = facts.texts(lang), link.step
    value, low, high = what_if.amounts(step.then, link.effect, lang)
    effect = text(EFFECTS[step.then], amount=value, low=low, high=high)
    key = "moves" if link.judged.grade in (Grade.A, Grade.B) else "goes_with"
    return text(key, cause=text(CAUSES[step.first]), effect=effect, when=when(link, lang))


def surest(links: Sequence[Link]) -> Link | None:
    """Of links that say that one moves the other the surest: first of those to satisfaction, by grade and chance."""
    proven = [one for one in links if one.judged.grade in (Grade.A, Grade.B)]
    return min(proven, key=lambda one: (not is_behind(one), one.judged.grade, one.judged.q), default=None)


def is_behind(link: Link) -> bool:
    """Whether it is a link behind the score; those to behaviour, or to operations, are not."""
    return link.step.to == "satisfaction"


def headline(found: Chain, lang: Lang) -> str:
    """The surest link behind the score as HTML; without one the surest of all, and that it is none of these."""
    link = surest(found.told)
    if link is None:
        return facts.texts(lang)("chain_none")
    return facts.texts(lang)("chain_said" if is_behind(link) else "chain_beside", said=escape(said(link, lang)))


def path(found: Chain, lang: Lang) -> str:
    """The layers one below the other, and under each what it leads to, as HTML."""
    parts = []
    for layer in ORDER:
        label = layers()[layer].label[lang]
        parts.append(
            f'<p style="border-left:4px solid var(--{layer});padding:4px 10px;margin:0;background:var(--page)">'
            f'<b style="color:var(--{layer})">{escape(label)}</b></p>'
        )
        lines = [line for of, to in PATHS if of == layer for line in _lines(found, of, to, lang)]
        parts.append(
            '<div style="padding:6px 0 10px 14px;display:grid;gap:6px">'
            + "".join(f"<p>{line}</p>" for line in lines)
            + "</div>"
        )
    return f'<div class="st">{"".join(parts)}</div>'


def _lines(found: Chain, of: str, to: str, lang: Lang) -> list[str]:
    text = facts.texts(lang)
    between = {"first": layers()[of].label[lang], "then": layers()[to].label[lang]}
    mine = [one for one in found.links if (one.step.of, one.step.to) == (of, to)]
    told = [one for one in mine if one.judged.may_be_told]
    if not mine:
        return [f'<span class="muted">{escape(text("not_asked", **between))}</span>']
    if not told:
        return [f'<span class="muted">{escape(text("not_stood", n=len(mine), **between))}</span>']
    told.sort(key=lambda one: (one.judged.grade, one.judged.q))
    return [
        f'↓ <b title="{escape(text(GRADES[one.judged.grade]))}">{escape(text("grade", grade=one.judged.grade.value))}'
        f'</b> <span class="muted">({escape(text(BRIEF[one.judged.grade]))})</span> · {escape(said(one, lang))}'
        for one in told
    ]


def table(found: Chain, lang: Lang) -> tuple[pd.DataFrame, list[Column]]:
    """Every link that is more than a correlation, with its checks."""
    text = facts.texts(lang)
    rows = pd.DataFrame([
        {
            "first": text(CAUSES[one.step.first]), "then": text(MEASURED.get(one.step.then, NAMES[one.step.then])),
            "grade": one.judged.grade.value,
            "when": when(one, lang),
            **dict(zip(("effect", "low", "high"), what_if.amounts(one.step.then, one.effect, lang), strict=True)),
            "order": one.judged.is_first, "placebo": one.judged.is_placebo_silent, "back": one.judged.is_back,
            "chance": facts.chance(one.judged.q, lang), "q": one.judged.q,
            "units": one.judged.evidence.units, "periods": one.judged.evidence.periods,
            "between": _between(one, lang),
        }
        for one in found.told
    ])  # fmt: skip
    columns = [
        Column("first", text("column_from")), Column("then", text("column_to")), Column("grade", text("column_grade")),
        Column("effect", text("column_effect")), Column("low", text("column_low")),
        Column("high", text("column_high")), Column("when", text("column_when")),
        Column("order", text("column_order"), "flag"), Column("placebo", text("column_placebo"), "flag"),
        Column("back", text("column_back"), "flag"), Column("chance", text("column_q")),
        Column("q", text("column_q"), "number", 4, is_raw=True),
        Column("units", text("column_units"), "count"), Column("periods", text("column_periods"), "count"),
        Column("between", text("column_between")),
    ]  # fmt: skip
    return rows, columns


def _between(link: Link, lang: Lang) -> str:
    across = link.judged.evidence.between
    return "" if across is None else what_if.amount(link.step.then, link.step.per * across.value, lang)


def course(link: Link, lang: Lang) -> pd.DataFrame:
    """One row a lag. Shape: lag, value, low, high, is_best, said; in the unit of the axis."""
    per, scale = link.step.per, 100 if link.step.then in what_if.PER_CENT else 1
    best = link.judged.evidence.best.lag
    return pd.DataFrame([
        {
            "lag": slope.lag, "value": scale * per * slope.value, "low": scale * min(per * slope.low, per * slope.high),
            "high": scale * max(per * slope.low, per * slope.high), "is_best": slope.lag == best,
            "said": what_if.amount(link.step.then, per * slope.value, lang),
        }
        for slope in link.judged.evidence.course
    ])  # fmt: skip


def _interval(link: Link, low: float, high: float, lang: Lang) -> str:
    """The ends of a dot's interval, in the unit of the axis, in words."""
    scale = 100 if link.step.then in what_if.PER_CENT else 1
    ends = what_if.amounts(link.step.then, (low / scale, high / scale), lang)
    return language.texts("units", lang)("between", low=ends[0], high=ends[1])


def lags(link: Link, lang: Lang, colours: Tokens) -> tuple[alt.LayerChart, str]:
    """The effect at every lag, before and after: what comes first shows to the right of 0."""
    data = course(link, lang)
    unit = what_if.amount(link.step.then, 0.0, lang).lstrip("0.,") if link.step.then in what_if.PER_CENT else ""
    colour = colours.layers[link.step.to]
    ends = [float(data["lag"].min()) - 0.5, float(data["lag"].max()) + 0.9]
    x = alt.X("lag:Q", scale=alt.Scale(domain=ends, nice=False), axis=alt.Axis(title=None, tickMinStep=1, grid=False))
    base = alt.Chart(data).encode(x=x)
    axis = alt.Axis(
        title=None, domain=False, ticks=False, tickCount=5, labelExpr=f"format(datum.value, '~g') + '{unit}'"
    )
    data["at"] = [language.number(lag, lang, signed=True) for lag in data["lag"]]
    data["interval"] = [_interval(link, low, high, lang) for low, high in zip(data["low"], data["high"], strict=True)]
    shown = tips.lines(("at", facts.texts(lang)("column_lag")), "said", "interval")
    zero, best = pd.DataFrame([{"zero": 0.0}]), base.transform_filter("datum.is_best")
    told = data[data["is_best"]].iloc[0]
    side = "left" if told["lag"] < ends[0] + EDGE else "right" if told["lag"] > ends[1] - EDGE else "center"
    below = bool(told["value"] < 0)  # beyond the end of its interval, where the next dot does not stand
    beyond = {"align": side, "dy": 11 if below else -11, "fontWeight": 600}
    words = best.encode(y="low:Q" if below else "high:Q", text="said:N")
    chart = (
        alt.layer(
            alt.Chart(zero)
            .mark_rule(color=colours.muted)
            .encode(y=alt.Y("zero:Q", axis=axis, scale=alt.Scale(padding=ROOM))),
            alt.Chart(zero)
            .mark_rule(color=colours.muted, strokeDash=[4, 4])
            .encode(x=alt.X("zero:Q", scale=alt.Scale(domain=ends, nice=False))),
            base.mark_rule(color=colour, strokeWidth=4, opacity=0.3).encode(y=alt.Y("low:Q", axis=axis), y2="high:Q"),
            base.mark_point(color=colour, fill=colours.card, size=45, opacity=1).encode(y="value:Q", tooltip=shown),
            best.mark_point(color=colour, filled=True, size=110, opacity=1).encode(y="value:Q", tooltip=shown),
            words.mark_text(**beyond, stroke=colours.card, strokeWidth=4),  # no line shows through
            words.mark_text(**beyond),
        )
        .properties(height=HEIGHT)
        .configure(**chart_config(colours, lang))
    )
    slopes = link.judged.evidence.course
    before, after = (
        language.number(max((abs(one.t) for one in slopes if (one.lag < 0) == is_before), default=0.0), lang, 1)
        for is_before in (True, False)
    )
    return chart, facts.texts(lang)("lags_alt", said=said(link, lang), before=before, after=after)


def _left_out(found: Chain, lang: Lang) -> str:
    left = len(found.links) - len(found.told)
    return facts.texts(lang)("chain_left", n=left, asked=len(found.links))


def chain(view: View, lang: Lang) -> None:
    """The panel of the chain, the course of one of its links, and what less lateness would be worth."""
    text = facts.texts(lang)
    found = fetch.asked(question.chain, view)
    days = language.span(found.days.start, found.days.last, lang)
    with panel("chain", text("chain"), lang, text("chain_note", days=days)) as here:
        st.html(f'<p class="st">{headline(found, lang)}</p>')
        st.html(path(found, lang))
        if found.told:
            here.takes(*table(found, lang))
        if len(found.told) < len(found.links):
            here.words(_left_out(found, lang))
        with st.expander(text("method")):
            for key in GRADES.values():
                st.html(f'<p class="st"><b>{key[-1].upper()}</b>: {text(key)}</p>')
            weeks, months = question.LONGEST["week"], question.LONGEST["month"]
            st.html(f'<p class="st">{text("method_chain", lags=f"0–{weeks} / 0–{months}")}</p>')  # noqa: RUF001 - a span
            if found.told:
                here.table(*table(found, lang))
    _course(found, lang)
    what_if.what_if(found, lang)


def _course(found: Chain, lang: Lang) -> None:
    text = facts.texts(lang)
    by_name = {one.step.name: one for one in found.told}
    if not by_name:
        return
    steps = {step.name: step for step in STEPS}
    chosen = filters.chosen("link")
    usual = (surest(found.told) or min(found.told, key=lambda one: one.judged.q)).step.name
    chosen = chosen if chosen in by_name else usual
    filters.choice("link", text("link_choice"), tuple(by_name), chosen, lambda key: _pair(steps[key], lang))
    link = by_name[chosen]
    names = {"first": _inside(link.step.first, lang), "then": _inside(link.step.then, lang)}
    columns = (
        Column("lag", text("column_lag"), "count"), Column("value", text("column_effect"), "number", 2),
        Column("low", text("column_low"), "number", 2), Column("high", text("column_high"), "number", 2),
    )  # fmt: skip
    with panel("lags", text("lags", **names), lang, text("lags_note")) as here:
        here.chart(*lags(link, lang, theme.tokens()), course(link, lang), columns)


def _inside(of: str, lang: Lang) -> str:
    """A fact's name inside a sentence; CSAT stays what it is."""
    said_of = name(of, lang)
    return said_of if said_of.isupper() else said_of.lower()


def _pair(step: Step, lang: Lang) -> str:
    return f"{name(step.first, lang)} → {name(step.then, lang)}"
