"""How did one metric go over time? Weeks with their intervals, the usual range, the target, and what stood out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise

import altair as alt
import pandas as pd

from metrics.declare import Lang
from metrics.depth import Depth
from metrics.load import catalogue
from metrics.window import Period
from ui import language, ticks, tips, units
from ui.axes import brush, months, value_axis
from ui.theme import Tokens, chart_config
from ui.ticks import Note

HEIGHT = 260
WORD, WIDTH = 10, timedelta(weeks=5)  # px from a line to the middle of its word; what it reaches over on a phone


def _middle(week: Period) -> datetime:
    return datetime.combine(week.start, time()) + timedelta(days=week.days / 2)


def weeks(depth: Depth, lang: Lang, currency: str) -> pd.DataFrame:
    """One row per week with a value.

    Shape: run, week, value, low, high, lower, upper, centre, mark, bad, and the words of the hover.
    """
    metric = catalogue()[depth.series.metric]
    centre = depth.series.centre
    rows = []
    run, before = 0, None  # weeks without a value part the course: only a thin thread leads over them
    for point, (_, reading) in zip(depth.series.points, depth.readings, strict=True):
        if point.value is None:
            continue
        run += before is not None and point.period.start > before
        before = point.period.end
        mark = None
        if point.is_signal and centre is not None:
            mark = "▲" if point.value > centre else "▼"
        interval = (
            ""
            if reading.low is None or reading.high is None
            else units.between(metric, reading.low, reading.high, lang, currency)
        )
        rows.append({
            "run": run, "week": _middle(point.period), "value": point.value, "low": reading.low, "high": reading.high,
            "lower": point.lower, "upper": point.upper, "centre": centre, "mark": mark,
            "bad": mark is not None and (mark == "▲") == (metric.better == "down"),
            "when": language.span(point.period.start, point.period.last, lang),
            "shown": units.shown(metric, point.value, lang, currency),
            "interval": interval, "stands_on": units.counted(metric, point.n, lang),
        })  # fmt: skip
    return pd.DataFrame(rows)


def free(data: pd.DataFrame, target: float) -> tuple[datetime, int]:
    """Where the word of the target is farthest from the course: the week at which it ends, and px below the line.

    Of places as free as each other the latest, above the line. `data`: as of `weeks`.
    """
    drawn = data[["value", "low", "high", "lower", "upper"]].astype(float)
    word = (max(drawn.max().max(), target) - min(drawn.min().min(), target)) / HEIGHT * WORD
    values, when = data["value"].tolist(), data["week"].tolist()
    found: tuple[float, datetime, int] = (-1.0, when[-1], -8)
    for last in reversed(range(len(when))):
        begins = when[last] - WIDTH
        if begins < when[0] and last < len(when) - 1:
            break  # no room for the whole word
        first = next(at for at, week in enumerate(when) if week >= begins)
        for dy, height in ((-8, target + word), (9, target - word)):
            apart = [value - height for value in values[max(0, first - 1) : last + 2]]
            crossed = any(one * after <= 0 for one, after in pairwise(apart))
            room = 0.0 if crossed else min(2 * word, *map(abs, apart))
            if room > found[0]:
                found = (room, when[last], dy)
    return found[1:]


def course(depth: Depth) -> Period:
    """The days that the chart covers: from the first week with a value to the last."""
    points = depth.series.points
    drawn = [point.period for point in points if point.value is not None] or [point.period for point in points]
    return Period(drawn[0].start, drawn[-1].end)


def trend(
    depth: Depth, lang: Lang, currency: str, colours: Tokens, noted: Sequence[Note] = ()
) -> tuple[alt.LayerChart | None, str]:
    """The chart and what it says in words; None when no week has enough rows. `noted`: the events of its weeks."""
    metric = catalogue()[depth.series.metric]
    text = language.texts("depth", lang)
    data = weeks(depth, lang, currency)
    if data.empty:
        return None, text("no_weeks_of_teams" if metric.is_monthly else "no_weeks")
    colour = colours.layers[depth.layer]
    first, end = (datetime.combine(day, time()) for day in (course(depth).start, course(depth).end))
    x = alt.X(
        "week:T", axis=months(len(depth.series.points)),
        scale=alt.Scale(domain=[first.isoformat(), end.isoformat()]),
    )  # fmt: skip
    scale = alt.Scale(zero=metric.unit in ("money", "count"), nice=True)
    axis = value_axis(metric, lang)

    def height(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=scale, axis=axis)

    said = tips.lines("when", "shown", ("interval", text("interval")), "stands_on")
    base = alt.Chart(data).encode(x=x)
    layers = [
        base.mark_area(opacity=0.1, color=colour, interpolate="step").encode(y=height("lower"), y2="upper:Q"),
        base.mark_line(color=colour, strokeDash=[1, 3], strokeWidth=1).encode(y=height("centre")),
        base.mark_rule(color=colour, opacity=0.35).encode(y=height("low"), y2="high:Q"),
        base.mark_line(color=colour, strokeWidth=1, opacity=0.35).encode(y=height("value")),
        base.mark_line(color=colour, strokeWidth=2).encode(y=height("value"), detail="run:N"),
        base.mark_circle(color=colour, size=34, opacity=1).encode(y=height("value"), tooltip=said).add_params(brush()),
        alt.Chart(data[data["mark"].notna()])
        .mark_text(fontSize=15, dy=-12)
        .encode(
            x=x, y=height("value"), text="mark:N", tooltip=said,
            color=alt.condition("datum.bad", alt.value(colours.worse), alt.value(colours.ink)),
        ),
    ]  # fmt: skip
    if metric.target is not None:
        place, dy = free(data, metric.target)
        aim = pd.DataFrame([{"value": metric.target, "week": place, "word": text("target")}])
        layers += [
            alt.Chart(aim).mark_rule(color=colours.ink, strokeDash=[4, 4]).encode(y=height("value")),
            alt.Chart(aim)
            .mark_text(align="right", dy=dy, color=colours.muted)
            .encode(x=x, y=height("value"), text="word:N"),
        ]
    events = ticks.ticks(noted, first, end, lang, colours)
    tall = HEIGHT + (ticks.HEAD if events else 0)
    chart = alt.layer(*events, *layers).properties(height=tall).configure(**chart_config(colours, lang))
    marked = int(data["mark"].notna().sum())
    words = text("trend_alt", metric=metric.label[lang], n=marked, last=str(data["shown"].iloc[-1]))
    return chart, words + ticks.in_words(ticks.within(noted, first, end), lang)
