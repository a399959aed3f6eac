"""What is still open, how long it has waited, and what is past its promise."""

from __future__ import annotations

import altair as alt
import pandas as pd

from metrics import ageing as ageings
from metrics.ageing import BANDS, Ageing, Group
from metrics.declare import Lang
from ui import fetch, filters, journey, language, theme
from ui import view as views
from ui.elapsed import elapsed, percent
from ui.language import DASH, Texts
from ui.matrix import Cell, Row, matrix
from ui.panel import Column, panel
from ui.theme import Tokens
from ui.view import View

KEY = "open_by"
MOST = 12  # groups that are drawn
CHOICES = {"stage": "by_stage", "process": "by_process"}


def bands() -> list[str]:
    """The names of the bands of age, in days."""
    names = [f"{first}{DASH}{last}" for first, last in BANDS if last is not None]
    return [*names, f">{language.NARROW}{BANDS[-1][0] - 1}"]


def whole(ageing: Ageing, lang: Lang) -> str:
    """How many are open, the oldest of them, and how many are past their promise."""
    text, all_ = language.texts("flow", lang), ageing.whole
    if not all_.n:
        return text("open_none")
    said = text("open_whole", n=all_.n, age=elapsed(float(ageing.oldest["age"].iloc[0]), lang))
    if not all_.promised:
        return f"{said} {text('open_unpromised')}"
    return f"{said} {text('open_past', n=all_.past, share=percent(all_.past / all_.promised, lang))}"


def _title(group: Group, name: str, text: Texts) -> str:
    said = text("open_row", name=name, n=language.number(group.n, text.lang))
    return f"{said} · {text('open_row_past', past=language.number(group.past, text.lang))}" if group.promised else said


def chart(ageing: Ageing, names: dict[str, str], lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """Groups down, bands of age across, the number of cases in each cell; None where nothing is open."""
    text = language.texts("flow", lang)
    if not ageing.whole.n:
        return None, text("open_none")
    columns = bands()
    drawn = ageing.groups[:MOST]
    most = max(max(group.counts) for group in drawn)
    rows = []
    for group in drawn:
        title = _title(group, names.get(group.name, group.name), text)
        cells = tuple(
            Cell(column, language.number(n, lang), n / most, f"{title} · {text('band_days', days=column)}: {n}")
            for column, n in zip(columns, group.counts, strict=True)
            if n
        )
        rows.append(Row(title, cells))
    said = "; ".join(row.title for row in rows[:3])
    return matrix(rows, columns, "operational", lang, colours), text("ageing_alt", whole=whole(ageing, lang), rows=said)


def counts(ageing: Ageing, names: dict[str, str], lang: Lang) -> tuple[pd.DataFrame, list[Column]]:
    """The rows behind the chart: one per group, with all of its bands."""
    text = language.texts("flow", lang)
    columns = [f"band_{at}" for at in range(len(BANDS))]
    rows = pd.DataFrame(
        [
            [names.get(group.name, group.name), group.n, *group.counts, group.past]
            for group in ageing.groups
        ],
        columns=["name", "n", *columns, "past"],
    )  # fmt: skip
    return rows, [
        Column("name", text("column_group")), Column("n", text("column_open"), "count"),
        *(Column(name, text("band_days", days=band), "count") for name, band in zip(columns, bands(), strict=True)),
        Column("past", text("column_past_n"), "count"),
    ]  # fmt: skip


def cases(ageing: Ageing, names: dict[str, str], lang: Lang) -> tuple[pd.DataFrame, list[Column]]:
    """The oldest open cases, one a row."""
    text = language.texts("flow", lang)
    rows = ageing.oldest.copy()
    rows["stage"] = [names.get(stage, stage) for stage in rows["stage"]]
    rows["past"] = rows["past"].where(rows["past"] > 0)  # the promise still ahead is not a negative delay
    return rows, [
        Column("case_id", text("column_case")), Column("name", text("column_client")),
        Column("stage", text("column_stage")), Column("process", text("column_process")),
        Column("opened_at", text("column_opened"), "day"), Column("promised_at", text("column_promised"), "day"),
        Column("age", text("column_age"), "number", 0), Column("past", text("column_past"), "number", 0),
    ]  # fmt: skip


def ageing(view: View, lang: Lang) -> None:
    """What is still open, how long, where; then the oldest cases themselves."""
    text = language.texts("flow", lang)
    found = fetch.asked(ageings.ageing, view, filters.chosen(KEY))
    names = fetch.stage_labels(lang)
    of_groups = names if found.by == "stage" else {}
    day = language.day(views.current(view, fetch.last_day()).last, lang, year=True)
    with panel("ageing", text("ageing"), lang, text("ageing_note", day=day)) as here:
        here.words(whole(found, lang), is_muted=False)
        if found.whole.n:
            options = tuple(CHOICES)
            filters.choice(KEY, text("ageing_by"), options, found.by, lambda name: text(CHOICES[name]))
            here.chart(*chart(found, of_groups, lang, theme.tokens()), *counts(found, of_groups, lang))
            if len(found.groups) > MOST:
                here.words(text("groups_left_out", n=len(found.groups) - MOST))
    if found.whole.n:
        with panel("oldest", text("oldest"), lang, text("oldest_note", day=day)) as here:
            here.table(*cases(found, names, lang), opens=journey.visit)
            here.words(language.texts("journey", lang)("tick"))
