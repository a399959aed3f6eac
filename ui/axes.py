"""Axes shared by the charts: values in a metric's own unit, and time."""

from __future__ import annotations

import math

import altair as alt

from metrics.declare import Lang, Metric
from ui import language
from ui.language import Texts


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round values from `low` to `high`, about `count` of them, none outside."""
    if high <= low:
        return [low]
    rough = (high - low) / count
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * by for by in (1, 2, 5, 10) if size * by >= rough)
    first = math.ceil(low / step - 1e-9)
    return [round(i * step, 10) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def value_axis(metric: Metric, lang: Lang, values: list[float] | None = None) -> alt.Axis:
    """The axis of a metric's values: per cent for shares, short numbers for money, the unit's word for times."""
    match metric.unit:
        case "share":
            label = "format(datum.value * 100, '~g') + '\u202f%'"
        case "money":
            label = _short(lang)
        case "days" | "months" | "years":
            label = f"format(datum.value, '~g') + '\u202f{Texts('units', lang)(metric.unit + '_short')}'"
        case _:
            label = "format(datum.value, ',~g')"
    at = {"values": values} if values else {"tickCount": 5}
    return alt.Axis(title=None, labelExpr=label, domain=False, ticks=False, **at)


def _short(lang: Lang) -> str:
    """A label as short as it stays true, in the words of the language: 41 M, 41 млн."""
    label = "format(datum.value, '~g')"
    for step, word in list(enumerate(language.THOUSANDS[lang]))[1:]:
        scaled = f"format(datum.value / 1e{3 * step}, '~g') + '\u202f{word}'"
        label = f"abs(datum.value) >= 1e{3 * step} ? {scaled} : ({label})"
    return label


def months(weeks: int) -> alt.Axis:
    """The time axis: months; the year too where the same month comes twice."""
    plain = {"title": None, "grid": False, "labelOverlap": "greedy", "labelSeparation": 6}
    if weeks <= 60:
        return alt.Axis(format="%b", tickCount="month", **plain)
    if weeks <= 270:
        return alt.Axis(format="%b %Y", tickCount={"interval": "month", "step": 3}, **plain)
    return alt.Axis(format="%Y", tickCount="year", **plain)


def brush() -> alt.Parameter:
    """The selection that chooses a period on a chart over weeks."""
    return alt.selection_interval(name="brush", encodings=["x"], mark=alt.BrushConfig(fillOpacity=0.08))
