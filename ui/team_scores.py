"""The teams behind the answers: ranked only where they differ beyond noise, and then by what is sure of them."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from metrics import behind_rows
from metrics.behind import Behind
from metrics.declare import Lang
from ui import answers, facts, fetch, filters, language, theme
from ui.columns import Column
from ui.dots import Dot, dots, unit_label
from ui.panel import panel
from ui.theme import Tokens
from ui.view import View

MOST = 20


def chart(found: Behind, lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """Each team with chance taken out, and a ring at its plain mean; None where the teams do not differ."""
    text = facts.texts(lang)
    if found.spread is None or not found.spread.is_real:
        return None, text("teams_none") if found.spread is None else language.plain(text("teams_alike"))
    rows = []
    for team in found.teams[:MOST]:
        counted = language.texts("units", lang)("answers", n=team.score.n)
        first = text("team_first", team=team.name, score=language.number(team.shrunk.value, lang, 2))
        raw = language.number(team.score.value or 0.0, lang, 2)
        second = text("team_second", n=counted, raw=raw)
        rows.append(Dot(first, second, team.shrunk.value, team.shrunk.low, team.shrunk.high, team.score.value))
    drawn = dots(rows, unit_label(""), "operational", lang, colours)
    return drawn, text("teams_alt", rows="; ".join(row.first for row in rows[:5]))


def table(found: Behind, lang: Lang) -> tuple[pd.DataFrame, list[Column]]:
    """Every team of five people or more."""
    text = facts.texts(lang)
    rows = pd.DataFrame([
        {
            "team": team.name, "shrunk": team.shrunk.value, "low": team.shrunk.low, "high": team.shrunk.high,
            "raw": team.score.value, "n": team.score.n,
        }
        for team in found.teams
    ])  # fmt: skip
    columns = [
        Column("team", text("column_team")), Column("shrunk", text("column_shrunk"), "number", 2),
        Column("low", text("column_low"), "number", 2), Column("high", text("column_high"), "number", 2),
        Column("raw", text("column_raw"), "number", 2), Column("n", text("column_n"), "count"),
    ]  # fmt: skip
    return rows, columns


def teams(found: Behind, view: View, lang: Lang) -> None:
    """The panel, and the answers behind a row that was ticked."""
    text, spread = facts.texts(lang), found.spread
    with panel("team_scores", text("teams"), lang, text("teams_note")) as here:
        if spread is None:
            here.words(text("teams_none"))
        else:
            said = (
                text("teams_differ", sd=language.number(spread.sd, lang, 2)) if spread.is_real else text("teams_alike")
            )
            st.html(f'<p class="st">{said}</p>')
            drawn, words = chart(found, lang, theme.tokens())
            if drawn is not None:
                here.chart(drawn, words, *table(found, lang))
            here.table(*table(found, lang), **answers.ticks("team", [team.name for team in found.teams]))
            here.words(text("teams_tick"))
            here.words(text("teams_why", p=facts.chance(spread.p, lang)))
        if found.few:
            here.words(text("teams_few", n=found.few))
        if found.unshown:
            here.words(text("teams_unshown", n=found.unshown))
    chosen = filters.chosen("team")
    if any(team.name == chosen for team in found.teams):
        rows = fetch.asked(behind_rows.of_team, view, found.instrument, chosen)
        answers.answers("team", chosen, rows, lang)
