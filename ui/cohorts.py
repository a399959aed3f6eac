"""Do clients come back: cohorts down, spans after the first order across, the share that ordered in every cell."""

from __future__ import annotations

import altair as alt
import pandas as pd

from metrics import cohorts as series
from metrics.change import Verdict
from metrics.cohorts import Cell, Cohort, Cohorts
from metrics.compute import Reading
from metrics.declare import Lang
from metrics.load import catalogue
from ui import fetch, language, theme, tips, units
from ui.language import Texts
from ui.money import LAYER, percent
from ui.panel import Column, panel
from ui.theme import Tokens, chart_config
from ui.view import View

ROW = 34  # px
MOST_COHORTS, MOST_AGES = 12, 8
MARKS = {Verdict.WORSE: "▼", Verdict.BETTER: "▲"}
NOT_OVER, FEW = "…", "·"


def name(one: Cohort, months: int, text: Texts) -> str:
    """A cohort as people call it: Q3 2025, H1 2026; with a star where its clients may not be new."""
    key = "quarter" if months == series.QUARTER else "half_year"
    said = text(key, number=(one.start.month - 1) // months + 1, year=one.start.year)
    return f"{said}{' *' if one.is_marked else ''} · n {language.number(one.clients, text.lang)}"


def _state(cell: Cell, text: Texts) -> str:
    """What may be said of a cell, in words."""
    if not cell.is_over:
        return text("not_over")
    if cell.reading.n < series.FEWEST:
        return text("cell_few")
    words = {Verdict.WORSE: text("cohort_worse"), Verdict.BETTER: text("cohort_better")}
    return words.get(cell.verdict, text("finished"))


def _row(label: str, cell: Cell, text: Texts) -> dict[str, object]:
    lang, reading = text.lang, cell.reading
    is_told = cell.is_over and reading.n >= series.FEWEST
    shown = FEW if reading.n < series.FEWEST else NOT_OVER
    interval = ""
    if is_told and reading.value is not None:
        digits = 1 if 0 < reading.value < 0.0995 else 0
        shown = f"{MARKS.get(cell.verdict, '')}{language.number(100 * reading.value, lang, digits)}"
        interval = units.between(catalogue()["retention"], reading.low or 0.0, reading.high or 0.0, lang, "")
    return {
        "label": label, "age": cell.age, "share": reading.value if is_told else None, "shown": shown,
        "ordered": cell.hits if is_told else None, "of": reading.n, "interval": interval, "state": _state(cell, text),
    }  # fmt: skip


def cells(found: Cohorts, lang: Lang) -> pd.DataFrame:
    """One row per cell that is drawn: cohort, age, share, words; all cohorts together come first."""
    text = language.texts("money", lang)
    rows = [_row(text("all_cohorts"), cell, text) for cell in found.whole if cell.age <= MOST_AGES]
    for one in found.cohorts[-MOST_COHORTS:]:
        label = name(one, found.months, text)
        rows += [_row(label, cell, text) for cell in one.cells if cell.age <= MOST_AGES]
        if not one.cells:  # still forming: nothing to count yet, but it is there
            rows.append(_row(label, Cell(1, Reading(None, None, None, one.clients), is_over=False), text))
    return pd.DataFrame(rows)


def heat(data: pd.DataFrame, found: Cohorts, lang: Lang, colours: Tokens) -> alt.LayerChart | None:
    """The table as a chart; None without cells."""
    text = language.texts("money", lang)
    if data.empty:
        return None
    order = list(dict.fromkeys(data["label"]))
    title = text("span_quarter" if found.months == series.QUARTER else "span_half")
    x = alt.X(
        "age:O",
        axis=alt.Axis(title=title, orient="top", labelAngle=0, domain=False, ticks=False),
        scale=alt.Scale(paddingInner=0.04, paddingOuter=0),
    )
    y = alt.Y(
        "label:N", sort=order, axis=alt.Axis(title=None, domain=False, ticks=False, labelLimit=150),
        scale=alt.Scale(paddingInner=0.08, paddingOuter=0),
    )  # fmt: skip
    named = {
        "label": "cohort", "age": "after", "ordered": "ordered", "of": "of_clients", "interval": "kept_interval",
        "state": "state",
    }  # fmt: skip
    lines = tips.lines(*((field, text(name)) for field, name in named.items()))
    counted = {
        name: ["" if pd.isna(one) else language.number(one, text.lang) for one in data[name]]
        for name in ("ordered", "of")
    }
    base = alt.Chart(data.assign(**counted)).encode(x=x, y=y, tooltip=lines)
    # Strong enough to be compared, never so strong that the number on it could not be read.
    strength = alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 1], range=[0.06, 0.5]), legend=None)
    return (
        alt.layer(
            base.mark_rect(cornerRadius=4, stroke=colours.line, fillOpacity=0),
            base.transform_filter("isValid(datum.share)")
            .mark_rect(cornerRadius=4, color=colours.layers[LAYER])
            .encode(opacity=strength),
            base.mark_text(fontSize=13).encode(
                text="shown:N",
                color=alt.condition("isValid(datum.share)", alt.value(colours.ink), alt.value(colours.muted)),
            ),
        )
        .properties(height=ROW * len(order))
        .configure(**chart_config(colours, lang))
    )


def finding(found: Cohorts, lang: Lang) -> str:
    """How many come back at all, and whether any cohort differs."""
    text = language.texts("money", lang)
    said = []
    first = found.whole[0] if found.whole and found.whole[0].age == 1 else None
    if first is not None and first.reading.value is not None and first.reading.n >= series.FEWEST:
        digits = 1 if 0 < first.reading.value < 0.0995 else 0
        low = language.number(100 * (first.reading.low or 0.0), lang, digits)
        between = language.texts("units", lang)(
            "between", low=low, high=percent(first.reading.high or 0.0, lang, digits)
        )
        share = percent(first.reading.value, lang, digits)
        said.append(text("first_age", share=share, interval=between, n=language.number(first.reading.n, lang)))
    drawn = [cell for one in found.cohorts for cell in one.cells]
    if any(cell.verdict == Verdict.NO_REAL_CHANGE for cell in drawn) and not any(
        cell.verdict in MARKS for cell in drawn
    ):
        said.append(text("cohorts_alike"))
    return " ".join(said)


def _caveats(found: Cohorts, lang: Lang) -> list[str]:
    """How to read the cells, and who is left out and why."""
    text = language.texts("money", lang)
    day = language.day(found.orders_began, lang, year=True) if found.orders_began else ""
    said = [text("cells_key")] if found.cohorts else []
    if any(one.is_marked for one in found.cohorts):
        said.append(text("marked_cohorts"))
    if found.cohorts and found.months == series.HALF_YEAR:
        said.append(text("by_half_years"))
    if found.known_before:
        said.append(text("left_out_old", n=found.known_before, day=day))
    if found.unsure:
        said.append(text("left_out_unsure", n=found.unsure, day=day))
    if len(found.cohorts) > MOST_COHORTS:
        said.append(text("older_cohorts", n=len(found.cohorts) - MOST_COHORTS))
    return said


def again(view: View, lang: Lang) -> None:
    """The cohorts up to the period's end."""
    text = language.texts("money", lang)
    found = fetch.asked(series.again, view)
    with panel("cohorts", text("again_title"), lang, text("again_note")) as here:
        data = cells(found, lang)
        said = finding(found, lang)
        if said:
            here.words(said, is_muted=False)
        columns = [
            Column("label", text("cohort")), Column("age", text("after"), "count"),
            Column("share", text("share"), "share"), Column("ordered", text("ordered"), "count"),
            Column("of", text("of_clients"), "count"), Column("interval", text("kept_interval")),
            Column("state", text("state")),
        ]  # fmt: skip
        drawn = heat(data, found, lang, theme.tokens())
        here.chart(drawn, text("again_alt", finding=said) if drawn else text("no_cohorts"), data, columns)
        caveats = _caveats(found, lang)
        if caveats:
            here.words(" ".join(caveats))
