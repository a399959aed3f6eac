"""Which skills fall short, in which team; never fewer than five people to a cell."""

from __future__ import annotations

import altair as alt
import pandas as pd

from metrics import skills as skills_of
from metrics.declare import Lang
from metrics.skills import Cell as Level
from metrics.skills import Skills
from ui import fetch, language, theme
from ui import view as views
from ui.language import Texts
from ui.matrix import Cell, Row, matrix
from ui.panel import Column, panel
from ui.theme import Tokens
from ui.view import View

MOST_SKILLS, MOST_TEAMS = 12, 24  # that are drawn
UNSEEN = "\u00d7"  # in a cell that may not be shown


def _team(cell: Level, text: Texts) -> str:
    return cell.team or text("company")


def _cell(cell: Level, text: Texts) -> Cell:
    team, lang = _team(cell, text), text.lang
    if cell.is_hidden:
        return Cell(cell.skill, UNSEEN, 0.0, text("skills_hidden", team=team, skill=cell.skill))
    tip = text(
        "skills_tip", team=team, skill=cell.skill, below=cell.below, people=cell.people,
        required=language.number(cell.required, lang, 1), actual=language.number(cell.actual, lang, 1),
    )  # fmt: skip
    return Cell(cell.skill, language.number(cell.gap, lang, 1, signed=True), cell.part, tip)


def finding(found: Skills, lang: Lang) -> str:
    """Where most people are below what the work requires."""
    text = language.texts("people", lang)
    worst = next((cell for cell in found.cells if not cell.is_hidden), None)
    if worst is None or not worst.below:
        return text("skills_fine")
    return text("skills_worst", skill=worst.skill, team=worst.team, below=worst.below, people=worst.people)


def _order(found: Skills) -> list[str]:
    """The teams, the one with the worst cell first; those without a cell to show last."""
    return list(dict.fromkeys(cell.team for cell in found.cells if cell.team))


def chart(found: Skills, lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """The company and the teams down, skills across; None where no skill may be shown."""
    text = language.texts("people", lang)
    if not any(not cell.is_hidden for cell in found.whole):
        return None, text("skills_none")
    columns = found.skills[:MOST_SKILLS]
    rows = [Row(text("company"), tuple(_cell(cell, text) for cell in found.whole if cell.skill in columns))]
    for team in _order(found)[:MOST_TEAMS]:
        mine = [cell for cell in found.cells if cell.team == team and cell.skill in columns]
        if mine:
            rows.append(Row(team, tuple(_cell(cell, text) for cell in mine)))
    drawn = matrix(rows, columns, "employee", lang, colours, slanted=True)
    return drawn, text("skills_alt", said=finding(found, lang))


def table(found: Skills, lang: Lang) -> tuple[pd.DataFrame, list[Column]]:
    """The company's skills, then every cell that may be shown, worst first."""
    text = language.texts("people", lang)
    rows = pd.DataFrame(
        [
            (cell.skill, _team(cell, text), cell.required, cell.actual, cell.gap, cell.below, cell.people, cell.part)
            for cell in (*found.whole, *found.cells)
            if not cell.is_hidden
        ],
        columns=["skill", "team", "required", "actual", "gap", "below", "people", "part"],
    )  # fmt: skip
    return rows, [
        Column("skill", text("column_skill")), Column("team", text("column_team")),
        Column("part", text("column_below_share"), "share"), Column("below", text("column_below"), "count"),
        Column("people", text("column_people"), "count"), Column("required", text("column_required"), "number"),
        Column("actual", text("column_actual"), "number"), Column("gap", text("column_gap"), "number"),
    ]  # fmt: skip


def skills(view: View, lang: Lang) -> None:
    """Which skills fall short of what the work requires?"""
    text = language.texts("people", lang)
    found = fetch.asked(skills_of.skills, view)
    day = language.day(views.current(view, fetch.last_day()).last, lang, year=True)
    with panel("skills", text("skills"), lang, text("skills_note", day=day)) as here:
        drawn, said = chart(found, lang, theme.tokens())
        if drawn is None:
            here.words(said)
            if not fetch.is_known("skills", "required_level"):
                here.words(text("skills_connect"))
            return
        here.words(finding(found, lang), is_muted=False)
        here.chart(drawn, said, *table(found, lang))
        is_cut = len(found.skills) > MOST_SKILLS or len(_order(found)) > MOST_TEAMS
        here.words(f"{text('skills_more')} {text('skills_key')}" if is_cut else text("skills_key"))
        here.table(*table(found, lang))
