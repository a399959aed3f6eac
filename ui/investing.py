"""The 3 x 3 matrix of clients: nine cells with their advice, the largest clients, and where each came from."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from metrics import declared, matrix
from metrics.clients import Clients
from metrics.declare import Lang
from metrics.declared import ADVICE, LEVELS, Measure
from metrics.matrix import Cell, Placed
from ui import clients, filters, language, layout, theme, tips
from ui.language import NARROW, Texts
from ui.panel import Column, panel
from ui.theme import Tokens, chart_config

MOST = 250  # bubbles
TAILS = 40
HEIGHT = 470
SHADES = {"protect": 0.03, "select": 0.1, "invest": 0.2}
PICKED = "cell"


def _drawn(scores: pd.Series[float]) -> pd.Series[float]:
    """Where scores are drawn: each level of three takes a third, however wide it is declared."""
    axes = declared.matrix()
    return pd.Series(np.interp(scores, (0, axes.low, axes.high, 100), (0, 1, 2, 3)), index=scores.index)


def _cells(cells: tuple[Cell, ...], text: Texts, currency: str) -> pd.DataFrame:
    rows = []
    for cell in cells:
        left, low = LEVELS.index(cell.relationship), LEVELS.index(cell.attractiveness)
        moved = text("cell_moved", came=cell.came, left=cell.left) if cell.came or cell.left else ""
        counted, earned = text("cell_words", n=cell.clients), language.money(cell.revenue, currency, text.lang)
        rows.append({
            "cell": cell.id, "left": left, "right": left + 1, "low": low, "high": low + 1,
            "advice": text(f"advice_{cell.advice}").replace(" ", "\n"), "is_long": " " in text(f"advice_{cell.advice}"),
            "shade": SHADES[cell.advice], "moved": moved,
            "words": f"{counted}\n{earned}", "counted": counted, "earned": earned,
            "advised": text(f"advice_{cell.advice}"),
            "name": clients.cell_name(cell.id, text),
        })  # fmt: skip
    return pd.DataFrame(rows)


def chart(found: Placed, chosen: str, lang: Lang, currency: str, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """The matrix, and what it says in words; None where no client has a place. `chosen`: the cell that is listed."""
    text = language.texts("clients", lang)
    if found.rows.empty:
        return None, text("matrix_none")
    by_advice = {word: sum(cell.clients for cell in found.cells if cell.advice == word) for word in ADVICE}
    words = text("matrix_alt", n=len(found.rows), **by_advice)
    cells = _cells(found.cells, text, currency)
    shown = found.rows.nlargest(MOST, "revenue_12m").copy()
    shown["money"] = [language.money(one, currency, lang) for one in shown["revenue_12m"].fillna(0.0)]
    shown["tail"] = range(len(shown))
    for axis_name in ("attractiveness", "relationship", "attractiveness_before", "relationship_before"):
        shown[axis_name] = _drawn(shown[axis_name])
    tails = shown[
        (shown["tail"] < TAILS) & shown["attractiveness_before"].notna() & shown["relationship_before"].notna()
    ]
    scale = alt.Scale(domain=[0, 3], nice=False)
    axis = {"values": [], "domain": False, "ticks": False, "labels": False, "titleFontWeight": 600}

    def x(field: str) -> alt.X:
        title = text("axis_relationship")
        return alt.X(f"{field}:Q", scale=scale, axis=alt.Axis(title=title, titleAnchor="end", **axis))

    def y(field: str) -> alt.Y:
        title = text("axis_attractiveness")
        return alt.Y(
            f"{field}:Q",
            scale=scale,
            axis=alt.Axis(title=title, titleAngle=0, titleAlign="left", titleX=0, titleY=-12, **axis),
        )

    colour = colours.layers["transactional"]
    said = {
        "align": "left", "baseline": "top", "dx": 6, "fontSize": 12, "lineBreak": "\n", "lineHeight": 13,
        "limit": alt.ExprRef("width / 3 - 8"),
    }  # fmt: skip
    pick = alt.selection_point(name=PICKED, fields=["cell"], on="click", clear=False, empty=False)
    of_cell = tips.lines("name", "advised", "counted", "earned", "moved")
    base = alt.Chart(cells)
    corner = base.encode(x=x("left"), y=y("high"), tooltip=of_cell)
    layers = [
        base.mark_rect(stroke=colours.line, cursor="pointer", color=colour)
        .encode(
            x=x("left"), x2="right:Q", y=y("low"), y2="high:Q", tooltip=of_cell,
            fillOpacity=alt.FillOpacity("shade:Q", scale=None, legend=None),
        )
        .add_params(pick),
    ]  # fmt: skip
    if chosen:
        mine = alt.Chart(cells[cells["cell"] == chosen])
        layers.append(
            mine.mark_rect(stroke=colours.ink, strokeWidth=2, fillOpacity=0).encode(
                x=x("left"), x2="right:Q", y=y("low"), y2="high:Q"
            )
        )
    if len(tails):
        layers.append(
            alt.Chart(tails)
            .mark_rule(color=colour, opacity=0.45)
            .encode(
                x=x("relationship_before"), y=y("attractiveness_before"), x2="relationship:Q", y2="attractiveness:Q"
            )
        )
    of_client = tips.lines("name", "segment", "money")
    layers += [
        alt.Chart(shown)
        .mark_circle(color=colour, opacity=0.55, stroke=colours.card, strokeWidth=1)
        .encode(
            x=x("relationship"), y=y("attractiveness"), tooltip=of_client,
            size=alt.Size("revenue_12m:Q", scale=alt.Scale(domainMin=0, rangeMin=12, rangeMax=900), legend=None),
        ),
    ]  # fmt: skip
    named = (
        (corner.encode(text="advice:N"), {"dy": 6, "fontWeight": 600}),
        *(
            (alt.Chart(cells[cells["is_long"] == is_long]).encode(x=x("left"), y=y("high"), text="words:N"), {"dy": dy})
            for is_long, dy in ((False, 20), (True, 33))
        ),
    )
    for halo in ({"stroke": colours.card, "strokeWidth": 4, "strokeOpacity": 0.8}, {}):  # readable over the bubbles
        layers += [part.mark_text(**how, **said, **halo) for part, how in named]
    return alt.layer(*layers).properties(height=HEIGHT).configure(**chart_config(colours, lang)), words


def _criteria(measures: Mapping[str, Measure], text: Texts) -> str:
    return ", ".join(
        text(
            "matrix_criterion",
            label=one.label[text.lang],
            weight=f"{language.number(100 * one.weight, text.lang)}{NARROW}%",
        )
        for one in measures.values()
    )


def frame(found: Placed, text: Texts) -> pd.DataFrame:
    """The nine cells as rows to take away."""
    return pd.DataFrame([
        {
            "cell": clients.cell_name(cell.id, text), "advice": text(f"advice_{cell.advice}"), "clients": cell.clients,
            "revenue": cell.revenue, "came": cell.came, "left": cell.left,
        }
        for cell in found.cells
    ])  # fmt: skip


def columns(text: Texts) -> tuple[Column, ...]:
    """The columns of `frame`."""
    return (
        Column("cell", text("cell")), Column("advice", text("advice")), Column("clients", text("clients_n"), "count"),
        Column("revenue", text("revenue"), "money"), Column("came", text("came"), "count"),
        Column("left", text("gone"), "count"),
    )  # fmt: skip


def investing(found: Clients, lang: Lang) -> None:
    """The matrix; a click on a cell lists its clients."""
    text = language.texts("clients", lang)
    if found.rows.empty:
        return
    placed, chosen = matrix.placed(found), clients.chosen_cell()
    key = filters.keyed("matrix", chosen)

    def take() -> None:
        picked = st.session_state[key]["selection"].get(PICKED)
        if picked and picked[0].get("cell"):
            st.query_params["cell"] = picked[0]["cell"]
            st.query_params.pop("page", None)

    with panel("investing", text("matrix"), lang, text("matrix_note")) as here:
        drawn, words = chart(placed, chosen, lang, layout.currency(), theme.tokens())
        how = {"key": key, "selection_mode": PICKED, "on_select": take} if drawn is not None else {}
        here.chart(drawn, words, frame(placed, text), columns(text), **how)
        if drawn is None:
            return
        axes = declared.matrix()
        here.words(
            text(
                "matrix_rule", attractiveness=_criteria(axes.attractiveness, text),
                relationship=_criteria(axes.relationship, text),
            )
        )  # fmt: skip
        if placed.unknown:
            here.words(text("matrix_unknown", n=placed.unknown))
        if len(placed.rows) > MOST:
            here.words(text("matrix_drawn", n=MOST))
