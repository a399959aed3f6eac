"""Where are due times missed, and where is work done twice? One metric step by step, against the period before."""

from __future__ import annotations

import altair as alt
import pandas as pd

from metrics import steps as steps_of
from metrics.board import Tile
from metrics.change import Verdict
from metrics.declare import Lang
from metrics.load import catalogue
from metrics.steps import Row, Steps
from ui import cards, fetch, language, layout, theme, units
from ui import view as views
from ui.dots import Dot, dots, percent_label
from ui.elapsed import elapsed
from ui.language import Texts
from ui.panel import Column, panel
from ui.theme import Tokens
from ui.view import View

SLA, REWORK = "sla_kept_share", "rework_share"
TITLES = {SLA: ("sla", "sla_note"), REWORK: ("rework_by_step", "rework_note")}
UNKNOWN = {SLA: ("no_due", "no_due_at_all"), REWORK: ("no_rework", "no_rework_at_all")}
FACTS = {SLA: ("due_at", "none_due"), REWORK: ("is_rework", "none_marked")}
MARKED = (Verdict.WORSE, Verdict.BETTER)
MOST, NAMED = 16, 8  # steps that are drawn; steps that are named in a sentence


def _verdict(tile: Tile, lang: Lang) -> str:
    """The change and its word, as plain text."""
    text = language.texts("layers", lang)
    return language.plain(cards.change(tile, catalogue()[tile.metric], text, layout.currency()))


def words(row: Row, steps: Steps, text: Texts) -> tuple[str, str]:
    """The two lines above a step's dot: name, value and n; its change and how late it is."""
    metric, lang, tile = catalogue()[steps.metric], text.lang, row.tile
    name = row.step if len({one.process for one in steps.rows}) == 1 else f"{row.process} · {row.step}"
    if not tile.is_shown or tile.now.value is None:
        return name, cards.absent(tile, language.texts("layers", lang))
    value = units.shown(metric, tile.now.value, lang, layout.currency())
    said = [_verdict(tile, lang), lateness(row, text)]
    return f"{name}: {value} · {units.counted(metric, tile.now.n, lang)}", " · ".join(one for one in said if one)


def lateness(row: Row, text: Texts) -> str:
    """How late those are that are late; nothing where none is, or too few."""
    if row.late.value is None or row.late.n < steps_of.DAYS_LATE.minimum_n:
        return ""
    said = text("late", time=elapsed(row.late.value, text.lang))
    return f"{said} ({text('late_open', open=language.number(row.still_open, text.lang))})" if row.still_open else said


def drawn_rows(steps: Steps) -> list[Row]:
    """The rows a chart has room for; of rework, those that have any or whose change is real."""
    rows = steps.rows
    if steps.metric == REWORK:
        rows = tuple(row for row in rows if row.tile.now.value or row.tile.verdict in MARKED)
    return list(rows[:MOST])


def chart(steps: Steps, lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """Dots with intervals, and rings where the step stood before; None where there is no step to show."""
    metric, text = catalogue()[steps.metric], language.texts("flow", lang)
    rows = []
    for row in drawn_rows(steps):
        now, before = row.tile.now, row.tile.before
        first, second = words(row, steps, text)
        if not row.tile.is_shown:
            rows.append(Dot(first, second, None))
            continue
        was = before.value if before.n >= metric.minimum_n and row.tile.change.difference is not None else None
        rows.append(Dot(first, second, now.value, now.low, now.high, was, is_worse=row.tile.verdict == Verdict.WORSE))
    drawn = dots(rows, percent_label(), "operational", lang, colours, aim=metric.target)
    if drawn is None and steps.rows:
        return None, text("steps_few" if rows else "none_redone")
    if drawn is None:
        return None, text(UNKNOWN[steps.metric][1])
    said = "; ".join(f"{row.first}, {row.second}" for row in rows[:3])
    return drawn, text("steps_alt", metric=metric.label[lang], rows=said)


def _before(tile: Tile) -> float | None:
    return tile.before.value if tile.before.n >= catalogue()[tile.metric].minimum_n else None


def table(steps: Steps, lang: Lang) -> tuple[pd.DataFrame, list[Column]]:
    """Every step of the split, also those that are not drawn."""
    text = language.texts("flow", lang)
    shown = [(row, row.tile.now if row.tile.is_shown else None) for row in steps.rows]
    rows = pd.DataFrame([
        {
            "process": row.process, "step": row.step, "share": now and now.value, "low": now and now.low,
            "high": now and now.high, "n": row.tile.now.n, "before": _before(row.tile),
            "verdict": _verdict(row.tile, lang),
            "late": row.late.value if row.late.n >= steps_of.DAYS_LATE.minimum_n else None,
        }
        for row, now in shown
    ])  # fmt: skip
    columns = [
        Column("step", text("column_step")), Column("process", text("column_process")),
        Column("share", text("column_share"), "share"), Column("low", text("column_low"), "share"),
        Column("high", text("column_high"), "share"), Column("n", text("column_steps"), "count"),
        Column("before", text("column_before"), "share"), Column("verdict", text("column_verdict")),
    ]  # fmt: skip
    return rows, columns + ([Column("late", text("column_late"), "number")] if steps.metric == SLA else [])


def unknown(steps: Steps, lang: Lang) -> str:
    """The steps that lack the fact, by name; nothing where none does."""
    if not steps.unknown:
        return ""
    names = [f"{process} · {step}" for process, step in steps.unknown]
    listed = ", ".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")
    return language.texts("flow", lang)(UNKNOWN[steps.metric][0], steps=listed)


def by_step(view: View, lang: Lang, metric: str) -> None:
    """One metric of the steps: a dot a step, what is not known, and the table."""
    text = language.texts("flow", lang)
    steps = fetch.asked(steps_of.steps, view, metric)
    now, before = (one(view, fetch.last_day()) for one in (views.current, views.compared))
    title, note = TITLES[metric]
    with panel(metric, text(title), lang, text(note, period=language.span(now.start, now.last, lang))) as here:
        if not steps.rows:
            fact, none = FACTS[metric]
            here.words(text(none if fetch.is_known("steps", fact) else UNKNOWN[metric][1]))
            return
        drawn, words_of_it = chart(steps, lang, theme.tokens())
        here.chart(drawn, words_of_it, *table(steps, lang))
        more = len(steps.rows) - len(drawn_rows(steps))
        about = catalogue()[metric]
        target = about.target and units.shown(about, about.target, lang, layout.currency())
        said = [
            text("dots", before=language.span(before.start, before.last, lang)) if drawn else "",
            text("aim", target=target) if target and drawn else "",
            text("steps_left_out", n=more) if more > 0 else "",
            unknown(steps, lang),
        ]  # fmt: skip
        if any(said):
            here.words(" ".join(one for one in said if one))
        here.table(*table(steps, lang))


def sla(view: View, lang: Lang) -> None:
    """Which step misses its due times?"""
    by_step(view, lang, SLA)


def rework(view: View, lang: Lang) -> None:
    """Which step is done twice?"""
    by_step(view, lang, REWORK)
