"""Rows of shaded cells with their numbers in them: for what is read cell by cell, on a wide screen and on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

from metrics.declare import Lang
from ui import tips
from ui.theme import Tokens, chart_config

TITLE, CELL, GAP = 20, 28, 12  # px down: the words above a row, its cells, the room below
AXIS, SLANTED = 24, 110  # px: the names of the columns
STRONGEST = 0.42  # of the layer's colour: words stay readable on it, in both themes


@dataclass(frozen=True)
class Cell:
    """One cell: its words, how strong it is shaded (0 to 1), and what is said of it on touch."""

    column: str
    words: str
    shade: float
    tip: str


@dataclass(frozen=True)
class Row:
    """A row with its title above its cells; columns without a cell stay empty."""

    title: str
    cells: tuple[Cell, ...]


def matrix(
    rows: Sequence[Row], columns: Sequence[str], layer: str, lang: Lang, colours: Tokens, *, slanted: bool = False
) -> alt.LayerChart:
    """The chart. `slanted`: the names of the columns are long."""
    step = TITLE + CELL + GAP
    cells = pd.DataFrame([
        {
            "column": cell.column, "words": cell.words, "shade": STRONGEST * cell.shade, "tip": cell.tip,
            "top": at * step + TITLE, "bottom": at * step + TITLE + CELL, "middle": at * step + TITLE + CELL / 2,
        }
        for at, row in enumerate(rows)
        for cell in row.cells
    ])  # fmt: skip
    titles = pd.DataFrame([{"y": at * step + TITLE / 2, "words": row.title} for at, row in enumerate(rows)])
    height = step * len(rows)
    down = alt.Scale(domain=[height, 0], nice=False)
    label = {"labelAngle": -55, "labelLimit": 150} if slanted else {"labelAngle": 0}
    across = alt.X(
        "column:N", sort=list(columns), scale=alt.Scale(domain=list(columns), paddingInner=0.08, paddingOuter=0),
        axis=alt.Axis(orient="top", title=None, domain=False, ticks=False, **label),
    )  # fmt: skip

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=down, axis=None)

    tip = tips.lines("tip")
    base = alt.Chart(cells)
    return (
        alt.layer(
            base.mark_rect(color=colours.layers[layer], cornerRadius=4, stroke=colours.line).encode(
                x=across, y=y("top"), y2="bottom:Q", tooltip=tip,
                fillOpacity=alt.FillOpacity("shade:Q", scale=None, legend=None),
            ),
            base.mark_text(fontSize=12).encode(x=across, y=y("middle"), text="words:N", tooltip=tip),
            alt.Chart(titles)
            .mark_text(align="left", limit=alt.ExprRef("width"))
            .encode(x=alt.value(0), y=y("y"), text="words:N"),
        )
        .properties(height=height + (SLANTED if slanted else AXIS))
        .configure(**chart_config(colours, lang))
    )  # fmt: skip
