"""How long people stay, when they leave, and how long those have been here who are here."""

from __future__ import annotations

import altair as alt
import pandas as pd

from metrics import tenure as tenures
from metrics.change import Verdict
from metrics.declare import Lang
from metrics.survival import Point
from metrics.tenure import Band, Tenure
from ui import fetch, language, theme, tips
from ui.dots import Dot, dots, percent_label, unit_label
from ui.elapsed import percent
from ui.language import Texts
from ui.panel import Column, panel
from ui.theme import Tokens, chart_config
from ui.view import View

HEIGHT = 260
CROWDED = 90  # the mark whose words would lie on those of the one before, on a phone
WORDS = {Verdict.WORSE: "rate_worse", Verdict.BETTER: "rate_better"}
MONTH, YEAR, YEARS_FROM = 30.4375, 365.25, 360  # days; from where on a tenure is told in years


def mark(point: Point, text: Texts) -> str:
    """One mark of the curve in words."""
    return text(
        "mark", n=point.day, share=percent(point.share, text.lang), at_risk=language.number(point.at_risk, text.lang),
        low=language.number(100 * point.low, text.lang), high=percent(point.high, text.lang, 0),
    )  # fmt: skip


def chart(found: Tenure, lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """The curve with its band and its marks; None where nobody is known to have left, or too few were hired."""
    text = language.texts("people", lang)
    if found.since is None:
        return None, text("no_leavers", day=language.day(found.last, lang, year=True))
    if not found.curve:
        return None, text("few_hires")
    data = pd.DataFrame([{"day": p.day, "share": p.share, "low": p.low, "high": p.high} for p in found.curve])
    marks = pd.DataFrame(
        [
            (p.day, p.share, "" if p.day == CROWDED else percent(p.share, lang), mark(p, text))
            for p in found.marks
        ],
        columns=["day", "share", "words", "tip"],
    )  # fmt: skip
    colour = colours.layers["employee"]
    ticks = [day for day in (*tenures.MARKS[1:], tenures.LONGEST) if day <= found.curve[-1].day]
    x = alt.X(
        "day:Q", scale=alt.Scale(nice=False),
        axis=alt.Axis(
            title=text("day_axis"), titleFontWeight="normal", values=ticks, grid=False, format="d", labelOverlap=True
        ),
    )  # fmt: skip

    def y(field: str) -> alt.Y:
        axis = alt.Axis(title=None, labelExpr=percent_label(), domain=False, ticks=False, tickCount=5)
        return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[0, 1]), axis=axis)

    tip = tips.lines("tip")
    base, at = alt.Chart(data), alt.Chart(marks)
    drawn = alt.layer(
        base.mark_area(color=colour, opacity=0.14, interpolate="step-after").encode(x=x, y=y("low"), y2="high:Q"),
        base.mark_line(color=colour, interpolate="step-after").encode(x=x, y=y("share")),
        at.mark_circle(color=colour, size=60, opacity=1).encode(x=x, y=y("share"), tooltip=tip),
        at.mark_text(align="left", dx=5, dy=-12, fontWeight=600).encode(x=x, y=y("share"), text="words:N"),
    ).properties(height=HEIGHT)  # fmt: skip
    said = "; ".join(mark(point, text) for point in found.marks)
    return drawn.configure(**chart_config(colours, lang)), text("staying_alt", marks=said)


def points(found: Tenure, lang: Lang) -> tuple[pd.DataFrame, list[Column]]:
    """The curve, one row a day."""
    text = language.texts("people", lang)
    rows = pd.DataFrame(
        [(p.day, p.share, p.low, p.high, p.at_risk) for p in found.curve],
        columns=["day", "share", "low", "high", "at_risk"],
    )  # fmt: skip
    return rows, [
        Column("day", text("column_day"), "count"), Column("share", text("column_staying"), "share"),
        Column("low", text("column_from"), "share"), Column("high", text("column_to"), "share"),
        Column("at_risk", text("column_at_risk"), "count"),
    ]  # fmt: skip


def _time(days: int, text: Texts) -> str:
    """A tenure as people say it: 3 months, 2 years."""
    if days < YEARS_FROM:
        return text("band_months", n=round(days / MONTH))
    return text("band_years", n=round(days / YEAR))


def name(band: Band, text: Texts) -> str:
    """The tenure a band stands for."""
    if band.end is None:
        return text("band_from", first=_time(band.first, text)) if band.first else text("band_all")
    if not band.first:
        return text("band_until", end=_time(band.end, text))
    return text("band_between", first=_time(band.first, text), end=_time(band.end, text))


def _dot(band: Band, text: Texts) -> Dot:
    lang, rate = text.lang, band.rate
    people = language.texts("units", lang)("people", n=band.people)
    interval = ""
    if rate.low is not None and rate.high is not None:
        low, high = (language.number(100 * end, lang) for end in (rate.low, rate.high))
        interval = language.texts("flow", lang)("in_interval", low=low, high=high)
    value = 100 * (rate.value or 0.0)
    said = [text("band_rate", rate=language.number(value, lang), interval=interval)]
    if band.verdict in WORDS:
        said.append(text(WORDS[band.verdict]))
    return Dot(
        text("band_row", band=name(band, text), people=people, share=percent(band.part, lang), left=band.left),
        " · ".join(said), value,
        None if rate.low is None else 100 * rate.low, None if rate.high is None else 100 * rate.high,
        is_worse=band.verdict == Verdict.WORSE,
    )  # fmt: skip


def band_chart(found: Tenure, lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """People and leavers by tenure; None where there are too few."""
    text = language.texts("people", lang)
    rows = [_dot(band, text) for band in found.bands]
    drawn = dots(rows, unit_label(""), "employee", lang, colours, from_zero=True)
    if drawn is None:
        return None, text("few_people")
    return drawn, text("bands_alt", rows="; ".join(f"{row.first}, {row.second}" for row in rows))


def bands(found: Tenure, lang: Lang) -> tuple[pd.DataFrame, list[Column]]:
    """The rows behind that chart."""
    text = language.texts("people", lang)
    rows = pd.DataFrame(
        [
            (name(band, text), band.people, band.part, band.left, band.years,
             *(None if end is None else 100 * end for end in (band.rate.value, band.rate.low, band.rate.high)))
            for band in found.bands
        ],
        columns=["band", "people", "part", "left", "years", "rate", "low", "high"],
    )  # fmt: skip
    return rows, [
        Column("band", text("column_band")), Column("people", text("column_people"), "count"),
        Column("part", text("column_part"), "share"), Column("left", text("column_left"), "count"),
        Column("years", text("column_years"), "number"), Column("rate", text("column_rate"), "number"),
        Column("low", text("column_from"), "number"), Column("high", text("column_to"), "number"),
    ]  # fmt: skip


def staying(view: View, lang: Lang) -> None:
    """How long new people stay, told at the marks; then who is here and who leaves, by tenure."""
    text = language.texts("people", lang)
    found = fetch.asked(tenures.tenure, view)
    if found.since is None:
        with panel("staying", text("staying"), lang) as here:
            here.words(chart(found, lang, theme.tokens())[1])
        return
    since, last = (language.day(day, lang, year=True) for day in (found.since, found.last))
    with panel("staying", text("staying"), lang, text("staying_note", since=since, last=last)) as here:
        if found.marks:
            here.words(
                text("staying_marks", marks="; ".join(mark(point, text) for point in found.marks)), is_muted=False
            )
        here.chart(*chart(found, lang, theme.tokens()), *points(found, lang))
        said = [text("benchmark")] if found.curve else []
        if found.curve and found.curve[-1].day < tenures.LONGEST:
            said.append(text("staying_cut", n=found.curve[-1].day))
        here.words(" ".join([*said, text("staying_key")]))
    with panel("bands", text("bands"), lang, text("bands_note", since=since, last=last)) as here:
        here.chart(*band_chart(found, lang, theme.tokens()), *bands(found, lang))
        here.words(text("bands_key"))
