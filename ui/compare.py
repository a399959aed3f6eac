"""Where is one metric better and where worse? Its groups in order, each with its interval and how it stands."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from metrics.change import Verdict
from metrics.declare import Lang
from metrics.depth import Depth, Row
from metrics.load import catalogue
from ui import language, tips, units
from ui.axes import ticks, value_axis
from ui.theme import Tokens, chart_config

PICKED = "picked"
ROW, AXIS = 46, 34  # px of a group: its words above, its dot and interval below; px of the axis
NARROW = 300  # px of width under which the words are shorter
MARKS = {Verdict.BETTER: "▲", Verdict.WORSE: "▼", Verdict.CHANGED: "◆"}


def _words(row: Row, depth: Depth, lang: Lang, currency: str, *, is_brief: bool = False) -> str:
    """What stands behind a group's dot: its value, its n, and a word where it differs beyond chance.

    `is_brief`: without what it differs from, which the note above the chart says too.
    """
    metric = catalogue()[depth.chosen.metric]
    text = language.texts("depth", lang)
    if row.is_hidden:
        return text("hidden")
    if row.now.value is None:
        return text("nothing")
    if row.now.n < metric.minimum_n:
        return text("too_few", n=row.now.n)
    said = f"{units.shown(metric, row.now.value, lang, currency)} · {units.counted(metric, row.now.n, lang)}"
    if row.verdict not in MARKS:
        return said
    differs = language.texts("layers", lang)(f"verdict_{row.verdict.value}") if is_brief else text(row.verdict.value)
    return f"{said} · {MARKS[row.verdict]} {differs}"


def _rows(depth: Depth, names: dict[str, str], lang: Lang, currency: str) -> list[dict[str, Any]]:
    metric = catalogue()[depth.chosen.metric]
    text = language.texts("depth", lang)
    rows = []
    for row in depth.rows:
        shown = not row.is_hidden and row.now.value is not None and row.now.n >= metric.minimum_n
        rows.append({
            "key": row.group, "group": names.get(row.group or "", row.group or text("unnamed")),
            "value": row.now.value if shown else None, "low": row.now.low if shown else None,
            "high": row.now.high if shown else None, "words": _words(row, depth, lang, currency),
            "brief": _words(row, depth, lang, currency, is_brief=True), "worse": row.verdict == Verdict.WORSE,
        })  # fmt: skip
    return rows


def groups(depth: Depth, names: dict[str, str], lang: Lang, currency: str) -> pd.DataFrame:
    """One row a group, best first. Shape: key, group, value, low, high, words, brief, worse.

    No value where none is shown.
    """
    return pd.DataFrame(_rows(depth, names, lang, currency))


def compare(
    depth: Depth, names: dict[str, str], lang: Lang, currency: str, colours: Tokens, *, can_filter: bool = False
) -> tuple[alt.LayerChart | None, str]:
    """The chart and what it says in words. `names`: group -> its name for readers, where it has another.

    `can_filter`: a click on a dot selects its group, as the selection PICKED.
    """
    metric = catalogue()[depth.chosen.metric]
    text = language.texts("depth", lang)
    rows = _rows(depth, names, lang, currency)
    known = [row for row in rows if row["value"] is not None]
    if not known:
        return None, text("no_groups")
    data = pd.DataFrame(rows)
    heights = pd.concat([data["value"], data["low"], data["high"]]).dropna()
    low, high = float(heights.min()), float(heights.max())
    low = min(low, 0.0) if metric.unit in ("money", "count") else low
    room = (high - low) or 1.0
    order = list(data["group"])
    y = alt.Y("group:N", sort=order, axis=alt.Axis(title=None, labelLimit=170, domain=False, ticks=False))
    scale = alt.Scale(domain=[low - 0.04 * room, high + 0.04 * room], nice=False)
    axis = value_axis(metric, lang, ticks(low, high))
    x = alt.X("value:Q", scale=scale, axis=axis)
    data["interval"] = [
        ""
        if row["low"] is None or row["high"] is None
        else units.between(metric, row["low"], row["high"], lang, currency)
        for row in rows
    ]
    said = tips.lines("group", "words", ("interval", text("interval")))
    base = alt.Chart(data).encode(y=y)
    colour = colours.layers[depth.layer]
    chart = (
        alt.layer(
            base.mark_rule(color=colour, strokeWidth=4, opacity=0.35, yOffset=6).encode(
                x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q"
            ),
            base.mark_circle(color=colour, size=90, opacity=1, yOffset=6, cursor="pointer" if can_filter else "default")
            .encode(x=x, tooltip=said)
            .add_params(*([alt.selection_point(PICKED, fields=["key"])] if can_filter else [])),
            base.transform_calculate(fits=f"width < {NARROW} ? datum.brief : datum.words")
            .mark_text(align="left", dy=-13)
            .encode(
                x=alt.value(0),
                text="fits:N",
                color=alt.condition("datum.worse", alt.value(colours.worse), alt.value(colours.ink)),
            ),
        )
        .properties(height=ROW * len(order) + AXIS)
        .configure(**chart_config(colours, lang))
    )
    first, last = (
        f"{row['group']} {units.shown(metric, row['value'], lang, currency)}" for row in (known[0], known[-1])
    )
    return chart, text("compare_alt", metric=metric.label[lang], first=first, last=last)


def finding(depth: Depth, lang: Lang) -> str:
    """Whether the groups differ at all: said instead of a ranking when they do not.

    An interval counts rows, a mark needs clients: where only rows stand apart that is said, or the two contradict.
    """
    text = language.texts("depth", lang)
    said = text("left_out", n=depth.left_out) if depth.left_out else _standing(depth, lang)
    return f"{said}. {text('of_rows_only')}" if any(row.is_of_rows_only for row in depth.rows) else said


def _standing(depth: Depth, lang: Lang) -> str:
    text = language.texts("depth", lang)
    if any(row.verdict in MARKS for row in depth.rows):
        return text("differ")
    if any(row.verdict == Verdict.NO_REAL_CHANGE for row in depth.rows):
        return text("alike")
    return text("unproven") if any(row.is_of_rows_only for row in depth.rows) else text("not_tested")
