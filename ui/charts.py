"""Charts, each named for the question it answers: pure functions from what was measured to a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import altair as alt
import pandas as pd

from metrics.board import Board, Series
from metrics.declare import Lang
from metrics.load import catalogue, layers
from metrics.window import Period
from ui import language, ticks, tips, units
from ui.axes import brush, months
from ui.columns import Column
from ui.theme import Tokens, chart_config
from ui.ticks import Note

STRIP = 92  # px a layer
ROOM, FLOOR = 0.62, 0.08  # the part of a strip that its course may fill, and what is left under it; its name is above


def _midnight(day: date) -> datetime:
    """Where a day begins; with an hour, the browser reads it on its own clock, as it does the weeks."""
    return datetime.combine(day, time())


def _noon(period: Period) -> datetime:
    """The middle of a week, where its point stands."""
    return datetime.combine(period.start, time()) + timedelta(days=period.days / 2)


def _strip(series: Series, place: int, lang: Lang, currency: str) -> list[dict[str, object]]:
    """One layer's weeks, squeezed into its own strip of the common axis."""
    metric = catalogue()[series.metric]
    known = [point for point in series.points if point.value is not None]
    heights = [v for p in known for v in (p.value, p.lower, p.upper) if v is not None]
    if not heights:
        return []
    low, high = min(heights), max(heights)
    size = (high - low) or 1.0

    def at(value: float | None) -> float | None:
        return None if value is None else place + FLOOR + ROOM * (value - low) / size

    rows: list[dict[str, object]] = []
    run = 0  # weeks without a value part the course: only a thin thread leads over them
    before = known[0].period.start
    for point in known:
        run += point.period.start > before
        before = point.period.end
        if point.value is None or series.centre is None:
            mark = None
        else:
            mark = ("▲" if point.value > series.centre else "▼") if point.is_signal else None
        rows.append({
            "layer": series.layer,
            "run": run,
            "week": _noon(point.period),
            "y": at(point.value),
            "lower": at(point.lower),
            "upper": at(point.upper),
            "centre": at(series.centre),
            "mark": mark,
            "bad": mark is not None and (mark == "▲") == (metric.better == "down"),
            "name": metric.short[lang],
            "when": language.span(point.period.start, point.period.last, lang),
            "value": units.shown(metric, point.value or 0.0, lang, currency),
            "stands_on": units.counted(metric, point.n, lang),
            "usual": ""
            if point.lower is None or point.upper is None
            else units.between(metric, point.lower, point.upper, lang, currency),
        })  # fmt: skip
    if rows:
        rows[-1]["last"] = rows[-1]["value"]
    return rows


def four_layers(
    board: Board, lang: Lang, currency: str, colours: Tokens, noted: Sequence[Note] = ()
) -> tuple[alt.LayerChart | None, str]:
    """The four headlines over one time axis, each in its strip with its usual range; a brush chooses a period.

    Gives the chart and what it says in words; None when there is nothing to draw. `noted`: the events of its weeks.
    """
    text = language.texts("layers", lang)
    count = len(board.series)
    rows = [
        row for i, one in enumerate(board.series) for row in _strip(one, count - 1 - i, lang, currency)
    ]  # the first layer on top
    if not rows:
        return None, ""
    weeks = pd.DataFrame(rows)
    shown, drawn = [one.layer for one in board.series], {row["layer"] for row in rows}
    points = board.series[0].points
    first, last = _midnight(points[0].period.start), _midnight(points[-1].period.end)
    room = (last - first) * 0.08
    x = alt.X(
        "week:T",
        scale=alt.Scale(domain=[first.isoformat(), (last + room).isoformat()]),
        axis=months(len(points)),
    )
    scale = alt.Scale(domain=[0, count])

    def height(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=scale, axis=None)

    colour = alt.Color(
        "layer:N", legend=None, scale=alt.Scale(domain=shown, range=[colours.layers[layer] for layer in shown])
    )
    looked_at = pd.DataFrame([{"from": _midnight(board.now.start), "to": _midnight(board.now.end)}])
    said = tips.lines("name", "when", "value", "stands_on", ("usual", text("usual")))
    titles = pd.DataFrame([
        {
            "layer": one.layer, "week": first, "y": count - i - 0.14,
            "title": f"{layers()[one.layer].label[lang]} · {catalogue()[one.metric].short[lang]}"
            + ("" if one.layer in drawn else f" · {text('too_few_weekly')}"),
        }
        for i, one in enumerate(board.series)
    ])  # fmt: skip
    title = (
        alt.Chart(titles)
        .mark_text(align="left", fontWeight=600, fontSize=14)
        .encode(x=x, y=height("y"), text="title:N", color=colour)
    )
    period = (
        alt.Chart(looked_at)
        .mark_rect(color=colours.muted, opacity=0.07)
        .encode(x=alt.X("from:T", title=None), x2="to:T")
    )
    base = alt.Chart(weeks).encode(x=x, color=colour)
    band = base.mark_area(opacity=0.1, interpolate="step").encode(y=height("lower"), y2="upper:Q")
    centre = base.mark_line(strokeDash=[1, 3], strokeWidth=1).encode(y=height("centre"))
    thread = base.mark_line(strokeWidth=1, opacity=0.35).encode(y=height("y"))
    line = base.mark_line(strokeWidth=2).encode(y=height("y"), detail="run:N")
    hovered = base.mark_point(size=70, opacity=0, filled=True).encode(y=height("y"), tooltip=said).add_params(brush())
    signals = (
        alt.Chart(weeks[weeks["mark"].notna()])
        .mark_text(fontSize=14)
        .encode(
            x=x, y=height("y"), text="mark:N", tooltip=said,
            color=alt.condition("datum.bad", alt.value(colours.worse), alt.value(colours.ink)),
        )
    )  # fmt: skip
    ends = base.transform_filter("isValid(datum.last)").mark_text(align="left", dx=8, fontWeight=600, fontSize=14)
    events = ticks.ticks(noted, first, last, lang, colours)
    ends = ends.encode(y=height("y"), text="last:N")
    chart = (
        alt.layer(period, *events, band, centre, thread, line, hovered, signals, ends, title)
        .properties(height=STRIP * count + (ticks.HEAD if events else 0))
        .configure(**chart_config(colours, lang))
    )
    return chart, in_words(board, lang) + ticks.in_words(ticks.within(noted, first, last), lang)


def in_words(board: Board, lang: Lang) -> str:
    """What the course says, for those who do not see it."""
    text = language.texts("layers", lang)
    names = ", ".join(catalogue()[one.metric].short[lang] for one in board.series)
    marked = sum(point.is_signal for one in board.series for point in one.points)
    return text("series_alt", names=names, signals=text("signals", n=marked))


def columns(lang: Lang) -> tuple[Column, ...]:
    """The columns of `weeks`."""
    text = language.texts("depth", lang)
    return (
        Column("name", text("column_metric")),
        Column("when", text("column_week")),
        Column("shown", text("column_value")),
        Column("stands_on", text("column_n")),
        Column("mark", text("column_signal")),
        Column("value", text("column_value"), "number", is_raw=True),
        Column("lower", text("column_usual_low"), "number", is_raw=True),
        Column("upper", text("column_usual_high"), "number", is_raw=True),
    )


def weeks(board: Board, lang: Lang, currency: str) -> pd.DataFrame:
    """The series as rows to take away: one row per layer and week with a value. Shape: see `columns`."""
    rows = []
    for one in board.series:
        metric = catalogue()[one.metric]
        for point in one.points:
            if point.value is not None:
                rows.append({
                    "name": metric.short[lang], "when": language.span(point.period.start, point.period.last, lang),
                    "shown": units.shown(metric, point.value, lang, currency),
                    "stands_on": units.counted(metric, point.n, lang), "mark": "●" if point.is_signal else "",
                    "value": point.value, "lower": point.lower, "upper": point.upper,
                })  # fmt: skip
    return pd.DataFrame(rows)
