"""The teams side by side: people, what they say, skills and load; never a team of fewer than five."""

from __future__ import annotations

import altair as alt
import pandas as pd

from metrics import teams as teams_of
from metrics.change import Verdict
from metrics.compute import NOTHING, Reading
from metrics.declare import Lang
from metrics.load import catalogue
from metrics.teams import Team, Teams
from ui import fetch, language, layout, theme, units
from ui import view as views
from ui.language import DASH, Texts
from ui.matrix import Cell, Row, matrix
from ui.panel import Column, panel
from ui.theme import Tokens
from ui.view import View

MOST, NAMED = 24, 6  # teams that are drawn; cells and teams that are named in a sentence
MARKS = {Verdict.WORSE: "▼", Verdict.BETTER: "▲"}


def _value(metric: str, now: Reading, lang: Lang) -> str:
    """A value without its unit's word: the column says what it is."""
    if now.value is None:
        return DASH
    about = catalogue()[metric]
    if about.unit == "months":
        return language.number(now.value, lang)
    return units.shown(about, now.value, lang, layout.currency())


def _tip(team: str, metric: str, now: Reading, text: Texts) -> str:
    about, lang = catalogue()[metric], text.lang
    interval = ""
    if now.low is not None and now.high is not None:
        interval = f" ({units.between(about, now.low, now.high, lang, layout.currency())})"
    return text(
        "teams_cell", team=team, metric=about.short[lang], interval=interval, n=units.counted(about, now.n, lang),
        value=units.shown(about, now.value or 0.0, lang, layout.currency()),
    )  # fmt: skip


def _row(title: str, name: str, readings: dict[str, Reading], verdicts: dict[str, Verdict], text: Texts) -> Row:
    cells = []
    for metric in teams_of.METRICS:
        now, verdict = readings.get(metric, NOTHING), verdicts.get(metric, Verdict.UNKNOWN)
        if now.value is None:
            continue
        column = catalogue()[metric].short[text.lang]
        mark = f" {MARKS[verdict]}" if verdict in MARKS else ""
        shade = {Verdict.WORSE: 1.0, Verdict.BETTER: 0.35}.get(verdict, 0.0)
        cells.append(Cell(column, _value(metric, now, text.lang) + mark, shade, _tip(name, metric, now, text)))
    return Row(title, tuple(cells))


def finding(found: Teams, lang: Lang) -> str:
    """Which teams stand out and in what; that none does, where none does; which are not shown."""
    text = language.texts("people", lang)
    marked = [
        f"{team.name} {MARKS[verdict]} {catalogue()[metric].short[lang]}"
        for wanted in MARKS  # the worse first
        for team in found.teams
        for metric, verdict in team.verdicts.items()
        if verdict == wanted
    ]
    hidden = [team.name for team in found.teams if team.is_hidden]
    tested = any(Verdict.NO_REAL_CHANGE in team.verdicts.values() for team in found.teams)
    said = [text("teams_weighed")] if found.is_weighed else []
    if marked:
        said.append(text("teams_differ", cells=_listed(marked)))
    elif tested:
        said.append(text("teams_alike"))
    if hidden:
        said.append(text("teams_hidden", n=len(hidden), names=_listed(hidden)))
    return " ".join(said)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (f" +{len(names) - NAMED}" if len(names) > NAMED else "")


def chart(found: Teams, lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """Teams down, metrics across; None where no team may be shown."""
    text = language.texts("people", lang)
    shown = [team for team in found.teams if not team.is_hidden]
    if not shown:
        return None, text("teams_none")
    company = text("company_weighed" if found.is_weighed else "company")
    rows = [_row(company, company, found.whole, {}, text)]
    rows += [_row(_title(team, text), team.name, team.readings, team.verdicts, text) for team in shown[:MOST]]
    filled = {cell.column for row in rows for cell in row.cells}  # what nobody measures has no column
    columns = [name for metric in teams_of.METRICS if (name := catalogue()[metric].short[lang]) in filled]
    drawn = matrix(rows, columns, "employee", lang, colours, slanted=True)
    return drawn, text("teams_alt", said=finding(found, lang))


def _title(team: Team, text: Texts) -> str:
    people = language.texts("units", text.lang)("people", n=team.people or 0)
    return text("teams_row", team=team.name, people=people)


def table(found: Teams, lang: Lang) -> tuple[pd.DataFrame, list[Column]]:
    """Every team that may be shown, each number beside the n it stands on; the company first."""
    text = language.texts("people", lang)
    shown = [team for team in found.teams if not team.is_hidden]
    whole = (
        text("company_weighed" if found.is_weighed else "company"),
        found.whole.get(teams_of.PEOPLE, NOTHING).n,
        found.whole,
    )
    rows = []
    for name, people, readings in (whole, *((team.name, team.people, team.readings) for team in shown)):
        row: dict[str, object] = {"team": name, "people": people}
        for metric in teams_of.METRICS:
            now = readings.get(metric, NOTHING)
            row |= {metric: now.value, f"n_{metric}": now.n if now.value is not None else None}
        rows.append(row)
    columns = [Column("team", text("column_team")), Column("people", text("column_people"), "count")]
    for metric in teams_of.METRICS:
        about = catalogue()[metric]
        kind = "share" if about.unit == "share" else "number"
        columns.append(Column(metric, about.short[lang], kind))
        if metric != teams_of.PEOPLE:
            columns.append(Column(f"n_{metric}", text("column_stands_on", metric=about.short[lang]), "count"))
    return pd.DataFrame(rows), columns


def teams(view: View, lang: Lang) -> None:
    """The teams side by side."""
    text = language.texts("people", lang)
    found = fetch.asked(teams_of.teams, view)
    now = views.current(view, fetch.last_day())
    note = text("teams_note", period=language.span(now.start, now.last, lang))
    with panel("teams", text("teams"), lang, note) as here:
        said = finding(found, lang)
        if said:
            here.words(said, is_muted=False)
        shown = sum(not team.is_hidden for team in found.teams)
        here.chart(*chart(found, lang, theme.tokens()), *table(found, lang))
        if shown:
            more = f"{text('more_teams', n=shown - MOST)} " if shown > MOST else ""
            here.words(more + text("teams_key"))
            here.table(*table(found, lang))
