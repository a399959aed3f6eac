"""The score by dose of one fact: no day late, one, two ...; a click leads to the answers behind a point."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from metrics import behind_rows
from metrics.behind import Behind
from metrics.declare import Lang
from metrics.drivers import Fit
from metrics.facts import FACTS
from ui import answers, facts, fetch, filters, language, theme, tips
from ui.columns import Column, Kind
from ui.panel import panel
from ui.theme import Tokens, chart_config
from ui.view import View

PICKED = "picked"
HEIGHT = 280


def offered(found: Behind) -> tuple[str, ...]:
    """The facts with at least two doses; those that move the score first."""
    fit = found.fit
    order = [one.name for one in fit.drivers] if isinstance(fit, Fit) else list(FACTS)
    return tuple(name for name in order if len(found.doses.get(name, ())) > 1)


def rows(found: Behind, fact: str, lang: Lang) -> pd.DataFrame:
    """One row a dose. Shape: number, dose, score, low, high, n, said."""
    return pd.DataFrame([
        {
            "number": one.number, "dose": facts.dose(FACTS[fact], one, lang), "score": one.score.value,
            "low": one.score.low, "high": one.score.high, "n": one.score.n,
            "said": language.number(one.score.value or 0.0, lang, 2), "counted": language.number(one.score.n, lang),
        }
        for one in found.doses.get(fact, ())
    ])  # fmt: skip


def chart(found: Behind, fact: str, lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """The mean score of each dose with its interval, and under it the number of answers."""
    text, data = facts.texts(lang), rows(found, fact, lang)
    if len(data) < 2:
        return None, text("dose_none")
    ends = pd.concat([data["score"], data["low"], data["high"]]).dropna().astype(float)
    room = float(ends.max() - ends.min()) or 1.0
    low, high = float(ends.min()) - 0.16 * room, float(ends.max()) + 0.1 * room
    scale = alt.Scale(domain=[low, high], nice=False)
    x = alt.X(
        "dose:N", sort=list(data["dose"]),
        axis=alt.Axis(title=None, labelAngle=0, labelOverlap="greedy", ticks=False, grid=False, labelLimit=90),
    )  # fmt: skip
    axis = alt.Axis(title=None, domain=False, ticks=False, tickCount=5)
    colour = colours.layers["satisfaction"]
    base = alt.Chart(data).encode(x=x)
    data["interval"] = [
        ""
        if pd.isna(low) or pd.isna(high)
        else language.texts("units", lang)(
            "between", low=language.number(low, lang, 2), high=language.number(high, lang, 2)
        )
        for low, high in zip(data["low"], data["high"], strict=True)
    ]
    shown = tips.lines(
        ("dose", facts.name(fact, lang)), ("said", text("column_score")), "interval", ("counted", text("column_n"))
    )
    y = alt.Y("score:Q", scale=scale, axis=axis)
    pick = alt.selection_point(PICKED, fields=["number"])
    layers = [
        base.mark_line(color=colour, strokeWidth=1.5, opacity=0.5).encode(y=y),
        base.mark_rule(color=colour, strokeWidth=4, opacity=0.35).encode(
            y=alt.Y("low:Q", scale=scale, axis=axis), y2="high:Q"
        ),
        base.mark_circle(color=colour, size=90, opacity=1, cursor="pointer")
        .encode(y=y, tooltip=shown)
        .add_params(pick),
        base.mark_text(align="left", dx=8, dy=-7).encode(y=y, text="said:N"),
        base.mark_text(color=colours.muted, fontSize=12, baseline="bottom").encode(
            y=alt.value(HEIGHT - 4), text="counted:N"
        ),
    ]
    if found.mean.value is not None:
        whole = pd.DataFrame([{"mean": found.mean.value}])
        layers.insert(0, alt.Chart(whole).mark_rule(color=colours.muted, strokeDash=[4, 4]).encode(
            y=alt.Y("mean:Q", scale=scale, axis=axis)
        ))  # fmt: skip
    drawn = alt.layer(*layers).properties(height=HEIGHT).configure(**chart_config(colours, lang))
    listed = "; ".join(
        text("dose_words", dose=dose, score=score) for dose, score in zip(data["dose"], data["said"], strict=True)
    )
    return drawn, text("dose_alt", fact=facts.inside(fact, lang), rows=listed)


def dose(found: Behind, view: View, lang: Lang) -> None:
    """The panel: the choice of a fact, its curve, and the answers behind a point that was clicked."""
    text, options = facts.texts(lang), offered(found)
    if not options:
        return
    asked = filters.chosen("fact")
    fact = asked if asked in options else options[0]
    filters.choice("fact", text("dose_choice"), options, fact, lambda name: facts.name(name, lang))
    columns = (
        Column("dose", text("column_dose")), Column("score", text("column_score"), "number", 2),
        Column("low", text("column_low"), "number", 2), Column("high", text("column_high"), "number", 2),
        Column("n", text("column_n"), "count"),
    )  # fmt: skip
    with panel("doses", text("doses", fact=facts.inside(fact, lang)), lang, text("doses_note")) as here:
        drawn, words = chart(found, fact, lang, theme.tokens())
        here.chart(drawn, words, rows(found, fact, lang), columns, **(_picks(fact) if drawn is not None else {}))
        here.words(text("dose_raw"))
    _answers(found, fact, view, lang)


def _picks(fact: str) -> dict[str, Any]:
    """A click on a point puts its dose into the address."""
    key = filters.keyed("dose", f"{fact}_{filters.chosen('dose')}")

    def take() -> None:
        picked = st.session_state[key]["selection"].get(PICKED)
        if picked:
            st.query_params["dose"] = f"{fact}.{picked[0]['number']}"

    return {"key": key, "selection_mode": PICKED, "on_select": take}


def _answers(found: Behind, fact: str, view: View, lang: Lang) -> None:
    """The answers of the dose that was clicked."""
    text = facts.texts(lang)
    of, _, number = filters.chosen("dose").partition(".")
    one = next((dose for dose in found.doses.get(fact, ()) if of == fact and str(dose.number) == number), None)
    if one is None:
        return
    found_rows = fetch.asked(behind_rows.of_dose, view, found.instrument, fact, number)
    band = facts.dose(FACTS[fact], one, lang)
    kind: Kind = "share" if FACTS[fact].unit in ("ratio", "share") else "number"
    rows = found_rows.rows
    if FACTS[fact].is_banded:
        rows, kind = rows.assign(value=band), "text"
    # what a team said of its work stands on its own page only, not beside single answers
    told = () if fact == "engagement" else (
        Column("value", facts.name(fact, lang), kind, 1), Column("team", text("column_team")),
    )  # fmt: skip
    answers.answers("dose", f"{facts.name(fact, lang)}, {band}", found_rows, lang, told, rows)
