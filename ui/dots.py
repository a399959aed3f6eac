"""Values one below the other, each under its words: a dot with its interval, and a ring where it stood before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

from metrics.declare import Lang
from ui import tips
from ui.axes import ticks
from ui.theme import Tokens, chart_config

ROW, AXIS = 62, 34  # px of a row: two lines of words and its dot; px of the axis


@dataclass(frozen=True)
class Dot:
    """One row. `first`, `second`: its two lines of words; a row without a value has words only.

    `before`: where it stood; `low_usual`, `high_usual`: its own usual range; `is_worse`: really worse.
    `layer`: of its colour, where that is not the chart's.
    """

    first: str
    second: str
    value: float | None
    low: float | None = None
    high: float | None = None
    before: float | None = None
    low_usual: float | None = None
    high_usual: float | None = None
    is_worse: bool = False
    layer: str = ""


def dots(
    rows: Sequence[Dot], label: str, layer: str, lang: Lang, colours: Tokens, *,
    aim: float | None = None, from_zero: bool = False,
) -> alt.LayerChart | None:  # fmt: skip
    """The chart; None where no row has a value. `label`: how the axis writes a value, as a Vega expression."""
    data = pd.DataFrame([
        {"at": at, **row.__dict__, "colour": colours.layers[row.layer or layer]} for at, row in enumerate(rows)
    ])  # fmt: skip
    if data.empty or data["value"].isna().all():
        return None
    columns = ("value", "low", "high", "before", "low_usual", "high_usual")
    ends = pd.concat([data[name].astype(float) for name in columns]).dropna()
    marks = [float(ends.min()), float(ends.max()), *([aim] if aim is not None else []), *([0.0] if from_zero else [])]
    low, high = min(marks), max(marks)
    room = (high - low) or 0.1
    scale = alt.Scale(domain=[low - (0.0 if from_zero else 0.03 * room), high + 0.03 * room], nice=False)
    axis = alt.Axis(title=None, labelExpr=label, domain=False, ticks=False, values=ticks(low, high), labelFlush=True)
    base = alt.Chart(data).encode(y=alt.Y("at:O", axis=None))
    colour = alt.Color("colour:N", scale=None)
    ink = alt.condition("datum.is_worse", alt.value(colours.worse), alt.value(colours.muted))
    said = tips.lines("first", "second")

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=axis)

    def words(field: str, dy: int) -> alt.Chart:
        line = base.mark_text(align="left", dx=3 if from_zero else 0, dy=dy, limit=alt.ExprRef("width"))
        return line.encode(x=alt.value(0), text=f"{field}:N", tooltip=said)

    layers: list[alt.Chart] = []
    if aim is not None:
        layers.append(
            alt.Chart(pd.DataFrame([{"aim": aim}]))
            .mark_rule(color=colours.ink, strokeDash=[4, 4])
            .encode(x=x("aim"))
        )  # fmt: skip
    if data["low_usual"].notna().any():
        layers.append(
            base.mark_rule(color=colours.muted, strokeWidth=14, opacity=0.18, yOffset=18)
            .encode(x=x("low_usual"), x2="high_usual:Q")
        )  # fmt: skip
    if data["low"].notna().any():
        layers.append(
            base.mark_rule(strokeWidth=4, opacity=0.35, yOffset=18).encode(x=x("low"), x2="high:Q", color=colour)
        )
    if data["before"].notna().any():
        layers.append(
            base.mark_point(color=colours.muted, size=70, filled=False, yOffset=18).encode(x=x("before"), tooltip=said)
        )
    layers += [
        base.mark_circle(size=90, opacity=1, yOffset=18).encode(x=x("value"), tooltip=said, color=colour),
        words("first", -18),
        words("second", -1).encode(color=ink),
    ]
    return alt.layer(*layers).properties(height=ROW * len(data) + AXIS).configure(**chart_config(colours, lang))


def percent_label(value: str = "datum.value") -> str:
    """Shares on an axis, in per cent."""
    return f"format({value} * 100, '~g') + '\u202f%'"


def unit_label(unit: str) -> str:
    """Numbers on an axis with the short word of their unit; none where it is ''."""
    return f"format(datum.value, ',~g') + '{chr(0x202F) + unit if unit else ''}'"
