"""How much lies on each team's desks, against what is usual for that team."""

from __future__ import annotations

import altair as alt
import pandas as pd

from metrics import workload as workloads
from metrics.change import Verdict
from metrics.declare import Lang
from metrics.workload import Desk, Workload
from ui import fetch, language, theme
from ui import view as views
from ui.dots import Dot, dots, unit_label
from ui.language import Texts
from ui.panel import Column, panel
from ui.teams import MOST
from ui.theme import Tokens
from ui.view import View


def against(desk: Desk, text: Texts) -> str:
    """How a team stands against its own usual range, in words."""
    if desk.low is None or desk.high is None or desk.now.value is None:
        return text("load_unknown")
    facts = {name: language.number(end, text.lang, 1) for name, end in (("low", desk.low), ("high", desk.high))}
    if desk.verdict == Verdict.WORSE:
        return text("load_above", **facts)
    if desk.verdict == Verdict.CHANGED:
        return text("load_below", **facts)
    if desk.low <= desk.now.value <= desk.high:
        return text("load_usual", **facts)
    return text("load_outside", **facts)


def finding(found: Workload, lang: Lang) -> str:
    """Which teams carry more than their usual, or that none does, where it is known; which are not shown."""
    text = language.texts("people", lang)
    above = [desk.team for desk in found.desks if desk.verdict == Verdict.WORSE]
    said = []
    if above:
        said.append(text("load_found", n=len(above), teams=", ".join(above)))
    elif any(desk.p is not None for desk in found.desks):
        said.append(text("load_quiet"))  # not where no team's usual range is known
    if found.idle:
        said.append(text("load_idle", teams=", ".join(found.idle)))
    if found.hidden:
        said.append(text("teams_hidden", n=len(found.hidden), names=", ".join(found.hidden)))
    return " ".join(said)


def _dot(desk: Desk, text: Texts) -> Dot:
    people = language.texts("units", text.lang)("people", n=desk.now.n)
    value = language.number(desk.now.value or 0.0, text.lang, 1)
    return Dot(
        text("load_row", team=desk.team, value=value, people=people), against(desk, text), desk.now.value,
        low_usual=desk.low, high_usual=desk.high, is_worse=desk.verdict == Verdict.WORSE,
    )  # fmt: skip


def chart(found: Workload, lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """A dot a team over its usual range; None where nothing may be shown."""
    text = language.texts("people", lang)
    rows = [_dot(desk, text) for desk in found.desks[:MOST]]
    drawn = dots(rows, unit_label(""), "employee", lang, colours, from_zero=True)
    if drawn is None:
        return None, text("load_none")
    said = "; ".join(f"{row.first}, {row.second}" for row in rows[:3])
    return drawn, text("load_alt", said=finding(found, lang), rows=said)


def table(found: Workload, lang: Lang) -> tuple[pd.DataFrame, list[Column]]:
    """Every team that may be shown."""
    text = language.texts("people", lang)
    rows = pd.DataFrame(
        [(desk.team, desk.now.n, desk.now.value, desk.low, desk.high, against(desk, text)) for desk in found.desks],
        columns=["team", "people", "load", "low", "high", "said"],
    )
    return rows, [
        Column("team", text("column_team")), Column("people", text("column_people"), "count"),
        Column("load", text("column_load"), "number"), Column("low", text("column_usual_low"), "number"),
        Column("high", text("column_usual_high"), "number"), Column("said", text("column_said")),
    ]  # fmt: skip


def workload(view: View, lang: Lang) -> None:
    """Which teams carry more than is usual for them?"""
    text = language.texts("people", lang)
    found = fetch.asked(workloads.workload, view)
    day = language.day(views.current(view, fetch.last_day()).last, lang, year=True)
    with panel("workload", text("load"), lang, text("load_note", day=day, weeks=workloads.BASELINE)) as here:
        if found.desks and (said := finding(found, lang)):
            here.words(said, is_muted=False)
        here.chart(*chart(found, lang, theme.tokens()), *table(found, lang))
        if not found.desks and not fetch.is_known("steps", "employee_id"):
            here.words(text("load_connect"))
        if len(found.desks) > MOST:
            here.words(text("more_teams", n=len(found.desks) - MOST))
            here.table(*table(found, lang))
