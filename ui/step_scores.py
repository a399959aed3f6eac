"""The steps at which cases first went wrong: what the answers about them are like, and whether it matters at which."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from metrics import behind_rows
from metrics.behind import Behind
from metrics.declare import Lang
from metrics.troubled import TROUBLES, Step, Troubled
from ui import answers, facts, fetch, filters, language, theme
from ui.columns import Column
from ui.dots import Dot, dots, unit_label
from ui.language import Texts
from ui.panel import panel
from ui.theme import Tokens
from ui.view import View

MOST = 15
LABELS = {"late": "trouble_late", "redone": "trouble_redone", "error": "trouble_error"}
NOTES = {"late": "note_late", "redone": "note_redone", "error": "note_error"}
UNKNOWN = {"late": "unknown_late", "redone": "unknown_redone", "error": "unknown_error"}


def texts(lang: Lang) -> Texts:
    """The texts of the panel."""
    return language.texts("behind_steps", lang)


def gap(value: float, lang: Lang) -> str:
    """A difference between two means."""
    return language.number(value, lang, 2, signed=True)


def said(one: Troubled, lang: Lang) -> str:
    """Whether it matters at which step it began, as HTML; what it goes with where it does not matter."""
    text, spread = texts(lang), one.spread
    if spread is None:
        return text("none")
    if spread.is_real:
        return text("differ", sd=language.number(spread.sd, lang, 2))
    ends = {"low": gap(spread.mean - spread.reach, lang), "high": gap(spread.mean + spread.reach, lang)}
    key = "alike" if abs(spread.mean) > spread.reach else "alike_none"
    return text(key, gap=gap(spread.mean, lang), **ends)


def title(one: Step, stages: dict[str, str], text: Texts) -> str:
    """A step with its stage."""
    return text("title", step=one.name, stage=stages.get(one.stage, one.stage))


def chart(one: Troubled, stages: dict[str, str], lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """Each step with chance taken out, a ring at its plain difference; None where the steps do not differ."""
    text = texts(lang)
    if one.spread is None or not one.spread.is_real:
        return None, language.plain(said(one, lang))
    rows = []
    for step in one.steps[:MOST]:
        first = text("row_first", step=title(step, stages, text), gap=gap(step.shrunk.value, lang))
        counted = language.texts("units", lang)("answers", n=step.score.n)
        share = facts.percent(step.share, lang)
        second = text("row_second", n=counted, share=share)
        rows.append(Dot(first, second, step.shrunk.value, step.shrunk.low, step.shrunk.high, step.gap))
    drawn = dots(rows, unit_label(""), "operational", lang, colours, aim=0.0)
    return drawn, text("alt", rows="; ".join(row.first for row in rows[:5]))


def table(one: Troubled, stages: dict[str, str], lang: Lang) -> tuple[pd.DataFrame, list[Column]]:
    """Every step with enough answers."""
    text, of_page = texts(lang), facts.texts(lang)
    rows = pd.DataFrame([
        {
            "title": title(step, stages, text), "shrunk": step.shrunk.value, "low": step.shrunk.low,
            "high": step.shrunk.high, "n": step.score.n, "share": step.share, "gap": step.gap,
            "score": step.score.value, "rest": step.rest.value, "step": step.name,
            "stage": stages.get(step.stage, step.stage), "process": step.process,
        }
        for step in one.steps
    ])  # fmt: skip
    columns = [
        Column("title", text("column_step")), Column("shrunk", text("column_gap"), "number", 2),
        Column("low", of_page("column_low"), "number", 2), Column("high", of_page("column_high"), "number", 2),
        Column("n", of_page("column_n"), "count"), Column("share", text("column_share"), "share"),
        Column("gap", text("column_plain"), "number", 2), Column("score", of_page("column_score"), "number", 2),
        Column("rest", text("column_rest"), "number", 2), Column("step", text("column_name"), is_raw=True),
        Column("stage", of_page("column_stage"), is_raw=True), Column("process", text("column_process")),
    ]  # fmt: skip
    return rows, columns


def _key(trouble: str, step: Step) -> str:
    """The name of a row in the address."""
    return "/".join((trouble, step.stage, step.process, step.name))


def steps(found: Behind, view: View, lang: Lang) -> None:
    """The panel, and the answers behind a row that was ticked."""
    text, stages = texts(lang), fetch.stage_labels(lang)
    known = {one.trouble: one for one in found.troubled}
    absent = [text(UNKNOWN[name]) for name in TROUBLES if name not in known]
    offered = tuple(known)
    if not offered:
        with panel("step_scores", text("steps"), lang) as here:
            here.words(text("nothing"))
        return
    asked = filters.chosen("trouble")
    one = known[asked if asked in known else offered[0]]
    if len(offered) > 1:
        filters.choice("trouble", text("choice"), offered, one.trouble, lambda name: text(LABELS[name]))
    with panel("step_scores", text("steps"), lang, text(NOTES[one.trouble])) as here:
        st.html(f'<p class="st">{said(one, lang)}</p>')
        drawn, words = chart(one, stages, lang, theme.tokens())
        if drawn is not None:
            here.chart(drawn, words, *table(one, stages, lang))
        if one.steps:
            here.table(*table(one, stages, lang), **answers.ticks("step", [_key(one.trouble, at) for at in one.steps]))
            here.words(facts.texts(lang)("teams_tick"))
        if one.spread is not None:
            here.words(text("why", p=facts.chance(one.spread.p, lang)))
        if one.few:
            here.words(text("few", n=one.few))
        if absent:
            here.words(text("unknown", what=", ".join(absent)))
    chosen = next((step for step in one.steps if _key(one.trouble, step) == filters.chosen("step")), None)
    if chosen is not None:
        rows = fetch.asked(
            behind_rows.of_step, view, found.instrument, one.trouble, chosen.stage, chosen.process, chosen.name
        )
        answers.answers("step", f"{title(chosen, stages, text)}, {text(LABELS[one.trouble])}", rows, lang)
