"""What moves the score: the facts in the order of what they explain, and those not told apart from others."""

from __future__ import annotations

from html import escape

import altair as alt
import pandas as pd
import streamlit as st

from metrics.behind import Behind, Touched
from metrics.declare import Lang
from metrics.drivers import Driver, Fit, Refused
from metrics.facts import FACTS
from ui import facts, language, theme
from ui.columns import Column
from ui.dots import Dot, dots, percent_label
from ui.facts import points
from ui.panel import panel
from ui.theme import Tokens

REFUSED = {"rows": "said_rows", "clients": "said_clients", "facts": "said_facts"}


def said(found: Behind, lang: Lang) -> str:
    """The page in one sentence, as HTML; what cannot be said is not said smaller."""
    text = facts.texts(lang)
    score = escape(text(facts.SCORES[found.instrument]))
    fit = found.fit
    if isinstance(fit, Refused):
        n, needed = language.number(fit.n, lang), language.number(fit.needed, lang)
        return text(REFUSED[fit.reason], score=score, n=n, needed=needed)
    r2 = facts.percent(fit.r2, lang)
    first = fit.drivers[0]
    if not first.is_proven:
        n, beside = language.number(fit.n, lang), [one.name for one in fit.drivers if one.only_looks_so]
        if not beside:
            return text("said_none", score=score, r2=r2, n=n)
        return text("said_joint", score=score, facts=facts.listed(beside, lang), r2=r2, n=n)
    slope, low, high = _slope(first, lang)
    return text(
        "said_first", score=score, fact=facts.inside(first.name, lang), slope=_told(first, slope, lang), low=low,
        high=high, r2=r2,
    )  # fmt: skip


def _slope(one: Driver, lang: Lang) -> tuple[str, str, str]:
    by = FACTS[one.name].per
    return points(by * one.slope, lang), points(by * one.low, lang), points(by * one.high, lang)


def _told(one: Driver, slope: str, lang: Lang) -> str:
    """A slope with what it is told for; in Russian a clause stands after a comma."""
    key = "slope_when" if FACTS[one.name].unit == "flag" else "slope_for"
    return facts.texts(lang)(key, slope=slope, per=facts.per(one.name, lang))


def _cost(touched: Touched | None, lang: Lang) -> str:
    """What a fact takes from the mean score; nothing where it takes nothing, or where that cannot be told."""
    if touched is None or touched.cost is None or touched.cost > -0.005:
        return ""
    return facts.texts(lang)("driver_cost", cost=language.number(-touched.cost, lang, 2))


def _words(one: Driver, found: Behind, lang: Lang) -> tuple[str, str]:
    text = facts.texts(lang)
    slope, low, high = _slope(one, lang)
    first = text(
        "driver_first", fact=facts.name(one.name, lang), weight=facts.percent(one.weight, lang),
        cost=_cost(found.touched.get(one.name), lang),
    )  # fmt: skip
    return first, text("driver_second", slope=_told(one, slope, lang), low=low, high=high)


def chart(found: Behind, lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """The proven drivers, the strongest first, each with the interval of what it explains."""
    fit = found.fit
    proven = [one for one in fit.drivers if one.is_proven] if isinstance(fit, Fit) else []
    if not proven:
        return None, language.plain(said(found, lang))
    rows = [
        Dot(
            *_words(one, found, lang), max(0.0, one.weight), max(0.0, one.weight_low), one.weight_high,
            layer=FACTS[one.name].layer,
        )
        for one in proven
    ]  # fmt: skip
    drawn = dots(rows, percent_label(), "operational", lang, colours, from_zero=True)
    listed = "; ".join(f"{row.first}, {row.second}" for row in rows[:4])
    return drawn, facts.texts(lang)("drivers_alt", rows=listed)


def table(fit: Fit, lang: Lang) -> tuple[pd.DataFrame, list[Column]]:
    """Every fact that was asked."""
    text = facts.texts(lang)
    rows = pd.DataFrame([
        {
            "fact": facts.name(one.name, lang),
            "verdict": text(
                "verdict_moves" if one.is_proven else "verdict_looks" if one.only_looks_so else "verdict_nothing"
            ),
            "weight": one.weight, "low": one.weight_low, "high": one.weight_high, "per": facts.per(one.name, lang),
            **{name: FACTS[one.name].per * worth for name, worth in
               (("slope", one.slope), ("slope_low", one.low), ("slope_high", one.high), ("alone", one.alone))},
            "chance": facts.chance(one.p, lang), "p": one.p, "vif": one.vif,
        }
        for one in fit.drivers
    ])  # fmt: skip
    columns = [
        Column("fact", text("column_fact")), Column("verdict", text("column_verdict")),
        Column("weight", text("column_weight"), "share"), Column("low", text("column_low"), "share"),
        Column("high", text("column_high"), "share"), Column("slope", text("column_slope"), "number", 3),
        Column("slope_low", text("column_slope_low"), "number", 3),
        Column("slope_high", text("column_slope_high"), "number", 3), Column("per", text("column_per")),
        Column("alone", text("column_alone"), "number", 3), Column("chance", text("column_p")),
        Column("p", text("column_p"), "number", 4, is_raw=True),
        Column("vif", text("column_vif"), "number", 1),
    ]  # fmt: skip
    return rows, columns


def not_claimed(found: Behind, lang: Lang) -> list[str]:
    """What goes with the score unproven, what shows no effect, and what could not be asked; a line each."""
    text, fit = facts.texts(lang), found.fit
    asked = fit.drivers if isinstance(fit, Fit) else ()
    waiting = found.touched.get("overdue_open")
    nobody = ("overdue_open",) if waiting and not waiting.share.value else ()  # "the same for all" would say all waited
    groups = (
        ("only_looks", [one.name for one in asked if one.only_looks_so]),
        ("no_effect", [one.name for one in asked if not one.is_proven and not one.only_looks_so]),
        ("unknown_facts", list(found.unknown)),
        ("constant_facts", [name for name in found.constant if name not in nobody]),
    )
    return [text(key, facts=facts.listed(names, lang)) for key, names in groups if names]


def still_open(found: Behind, lang: Lang) -> str:
    """How the answers given while a case was overdue and open differ from all others; '' where there are too few."""
    doses = found.doses.get("overdue_open", ())
    if len(doses) < 2 or "overdue_open" not in found.touched:
        return ""
    others, waiting = (language.number(one.score.value or 0.0, lang, 2) for one in doses)
    share = facts.percent(found.touched["overdue_open"].share.value or 0.0, lang)
    return facts.texts(lang)("open_said", share=share, open=waiting, others=others)


def drivers(found: Behind, lang: Lang) -> None:
    """The panel of the drivers."""
    text, fit = facts.texts(lang), found.fit
    with panel("drivers", text("drivers"), lang, text("drivers_note")) as here:
        drawn, words = chart(found, lang, theme.tokens())
        if isinstance(fit, Fit):
            here.chart(drawn, words, *table(fit, lang))
        else:
            here.words(words)
        if told := still_open(found, lang):
            here.words(told)
        here.words(" ".join(not_claimed(found, lang)))
        if isinstance(fit, Fit):
            with st.expander(text("method")):
                vif = language.number(max(one.vif for one in fit.drivers), lang, 1)
                n, blocks = language.number(fit.n, lang), language.number(fit.blocks, lang)
                st.html(f'<p class="st">{text("method_drivers", n=n, blocks=blocks, vif=vif)}</p>')
                st.html(f'<p class="st">{text("method_facts")}</p>')
                here.table(*table(fit, lang))
