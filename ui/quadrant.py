"""Where to begin: how strongly a fact moves the score against how many answers it touches, and what is unclear."""

from __future__ import annotations

import altair as alt
import pandas as pd

from metrics.behind import Behind
from metrics.declare import Lang
from metrics.drivers import Driver, Fit
from metrics.facts import FACTS
from ui import facts, language, theme, tips
from ui.axes import ticks
from ui.columns import Column
from ui.dots import percent_label
from ui.panel import panel
from ui.theme import Tokens, chart_config

OFTEN = 0.2
HEIGHT = 320
ZONES = ("first", "rare", "minor", "unclear")
WORDS = {"first": "zone_first", "rare": "zone_rare", "minor": "zone_minor", "unclear": "zone_unclear"}
APART, NEAR = 0.07, 0.45  # of the height and width: labels nearer than both would stand on each other
DOT, LONG = 0.04, 0.15  # the same for a dot in the way of a label


def zone(one: Driver, touched: float, equal: float) -> str:
    """Strong and frequent, strong but rare, weak; unclear where the interval does not decide.

    Weak is proven too: what goes with another fact, and so is not told apart from it, may be the stronger of the two.
    """
    if one.weight_high < equal:
        return "minor"
    if not one.is_proven or one.weight_low <= equal:
        return "unclear"
    return "first" if touched >= OFTEN else "rare"


def rows(found: Behind, lang: Lang) -> pd.DataFrame:
    """One row a fact. Shape: name, fact, zone, said, weight, low, high, touched, is_clear, is_left, layer."""
    fit, text = found.fit, facts.texts(lang)
    if not isinstance(fit, Fit):
        return pd.DataFrame()
    equal = fit.r2 / len(fit.drivers)
    made = []
    for one in fit.drivers:
        if one.name not in found.touched:
            continue
        share = found.touched[one.name].share.value or 0.0
        where = zone(one, share, equal)
        made.append({
            "name": one.name, "fact": facts.name(one.name, lang), "zone": where, "said": text(WORDS[where]),
            "weight": max(0.0, one.weight), "low": max(0.0, one.weight_low), "high": one.weight_high,
            "touched": share, "is_clear": where != "unclear", "is_left": share < 0.5, "layer": FACTS[one.name].layer,
        })  # fmt: skip
    return pd.DataFrame(made)


def drawn_rows(data: pd.DataFrame) -> pd.DataFrame:
    """The facts that matter or may, with a place for each label free of others and dots. The weak are only named."""
    data = data[data["zone"] != "minor"].sort_values("weight", ascending=False).reset_index(drop=True)
    high = float(data["high"].max()) if len(data) else 1.0
    points = list(zip(data["weight"].astype(float), data["touched"].astype(float), strict=True))
    taken: list[tuple[float, float]] = []
    for (weight, touched), is_left in zip(points, data["is_left"], strict=True):
        near = [(at, APART) for at, beside in taken if abs(touched - beside) < NEAR]
        side_of = 1 if is_left else -1
        near += [(at, DOT) for at, beside in points if 0 < side_of * (beside - touched) < LONG]
        tried = (weight + side * step * high * DOT / 2 for step in range(8 * len(data) + 1) for side in (1, -1))
        place = next(one for one in tried if one >= 0 and all(abs(one - at) >= room * high for at, room in near))
        taken.append((place, touched))
    return data.assign(label_at=[at for at, _ in taken])


def _shown(data: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """The facts with their numbers in words, for the hover."""
    weight, low, high, touched = (
        [facts.percent(one, lang) for one in data[name]] for name in ("weight", "low", "high", "touched")
    )
    between = language.texts("units", lang)
    ends = [between("between", low=one, high=other) for one, other in zip(low, high, strict=True)]
    return data.assign(explains=[f"{one} ({both})" for one, both in zip(weight, ends, strict=True)], touches=touched)


def chart(found: Behind, lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """Facts as dots with the interval of what they explain; hollow where it is unclear."""
    all_rows, fit, text = rows(found, lang), found.fit, facts.texts(lang)
    data = _shown(drawn_rows(all_rows), lang) if not all_rows.empty else all_rows
    if data.empty or not isinstance(fit, Fit):
        return None, ". ".join(said(all_rows, lang)) if not all_rows.empty else ""
    equal = fit.r2 / len(fit.drivers)
    top = max(float(data["high"].max()), float(data["label_at"].max()), 1.2 * equal) * 1.06
    x_scale, y_scale = alt.Scale(domain=[0, 1], nice=False), alt.Scale(domain=[0, top], nice=False)
    x_axis = alt.Axis(title=None, labelExpr=percent_label(), values=[0, 0.2, 0.4, 0.6, 0.8, 1], ticks=False, grid=False)
    y_axis = alt.Axis(
        title=None, labelExpr=percent_label(), values=ticks(0, top), ticks=False, domain=False, grid=False
    )
    x = alt.X("touched:Q", scale=x_scale, axis=x_axis)
    y = alt.Y("weight:Q", scale=y_scale, axis=y_axis)
    base = alt.Chart(data.assign(colour=[colours.layers[layer] for layer in data["layer"]]))
    colour = alt.Color("colour:N", scale=None)
    shown = tips.lines("fact", "said", ("explains", text("column_weight")), ("touches", text("column_touched")))
    lines = pd.DataFrame([{"equal": equal, "often": OFTEN}])
    dashed = {"color": colours.muted, "strokeDash": [4, 4], "opacity": 0.8}
    names = base.mark_text(align="left", dx=9)
    flipped = base.mark_text(align="right", dx=-9)
    labels = [
        side.transform_filter(f"datum.is_left == {at}").encode(
            x=x, y=alt.Y("label_at:Q", scale=y_scale, axis=y_axis), text="fact:N", tooltip=shown
        )
        for side, at in ((names, "true"), (flipped, "false"))
    ]
    drawn = (
        alt.layer(
            alt.Chart(lines).mark_rule(**dashed).encode(y=alt.Y("equal:Q", scale=y_scale, axis=y_axis)),
            alt.Chart(lines).mark_rule(**dashed).encode(x=alt.X("often:Q", scale=x_scale, axis=x_axis)),
            base.mark_rule(strokeWidth=3, opacity=0.3).encode(
                x=x, y=alt.Y("low:Q", scale=y_scale, axis=y_axis), y2="high:Q", color=colour
            ),
            base.transform_filter("datum.is_clear")
            .mark_point(filled=True, size=90, opacity=1)
            .encode(x=x, y=y, tooltip=shown, color=colour),
            base.transform_filter("!datum.is_clear")
            .mark_point(fill=colours.card, size=90, opacity=1)
            .encode(x=x, y=y, tooltip=shown, color=colour),
            *labels,
        )
        .properties(height=HEIGHT)
        .configure(**chart_config(colours, lang))
    )
    return drawn, text("quadrant_alt", rows=". ".join(said(all_rows, lang)))


def said(data: pd.DataFrame, lang: Lang) -> list[str]:
    """Which facts lie in which zone, a line each."""
    text = facts.texts(lang)
    lines = []
    for where in ZONES:
        names = list(data.loc[data["zone"] == where, "name"])
        if names:
            lines.append(text("quadrant_said", zone=text(WORDS[where]), facts=facts.listed(names, lang)))
    return lines


def quadrant(found: Behind, lang: Lang) -> None:
    """The panel."""
    text, data = facts.texts(lang), rows(found, lang)
    if data.empty:
        return
    columns = (
        Column("fact", text("column_fact")), Column("said", text("column_zone")),
        Column("weight", text("column_weight"), "share"), Column("low", text("column_low"), "share"),
        Column("high", text("column_high"), "share"), Column("touched", text("column_touched"), "share"),
    )  # fmt: skip
    with panel("quadrant", text("quadrant"), lang, text("quadrant_note")) as here:
        here.words(" ".join(f"{line[0].upper()}{line[1:]}." for line in said(data, lang)), is_muted=False)
        here.chart(*chart(found, lang, theme.tokens()), data, columns)
        drawn = drawn_rows(data)["name"]
        touched = "; ".join(f"{facts.inside(name, lang)}: {text(facts.TOUCHED[name])}" for name in drawn)
        here.words(text("quadrant_key", touched=touched))
