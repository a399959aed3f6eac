"""What the timeline of a client stands on: the days it shows, its lanes from the top down, and the strip to move in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import altair as alt
import pandas as pd

from metrics.declare import Lang
from metrics.journey import ANSWERS, Journey
from metrics.load import catalogue
from metrics.window import Period
from ui import language, tips
from ui.language import DASH, Texts
from ui.theme import Tokens, chart_config

PICKED = "answer"
TITLE, ANSWER, MONEY, PAID, STAGE, CONTACTS = 24, 92, 56, 26, 22, 24  # px down
MOST_CASES, MOST_EVENTS, LONGEST = 130, 700, 420  # of cases, events and days that are drawn one by one
MOST_ANSWERS = 1000  # that are drawn
LOW = {"nps": 6, "csat": 2, "ces": 3}  # scores up to these are low
SCALE = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
SHAPES = {"nps": "circle", "csat": "square", "ces": "diamond"}
TIPS = tips.lines("line0", "line1", "line2")


@dataclass(frozen=True)
class Frame:
    """What a drawing needs beside the journey."""

    text: Texts
    currency: str
    stages: Mapping[str, str]
    over: Period
    colours: Tokens

    @property
    def lang(self) -> Lang:
        """The reader's language."""
        return self.text.lang


def day(when: Any, lang: Lang) -> str:
    """A day with its year; a dash where there is none."""
    return DASH if when is None or pd.isna(when) else language.day(pd.Timestamp(when).date(), lang, year=True)


def lateness(days: Any, text: Texts, *, is_open: bool = False) -> str:
    """How late something was, in words."""
    if days is None or pd.isna(days):
        return text("not_due" if is_open else "no_due")
    n = round(float(days))
    if n == 0:
        return text("on_time")
    return text("late", n=n) if n > 0 else text("early", n=-n)


def within(events: pd.DataFrame, over: Period) -> pd.DataFrame:
    """The events of these days: also cases that began before and lasted into them."""
    start, end = pd.Timestamp(over.start), pd.Timestamp(over.end)
    lasts = (events["kind"] == "case") & (events["ends_at"].isna() | (events["ends_at"] >= start))
    return events[(events["at"] < end) & ((events["at"] >= start) | lasts)]


def is_dense(shown: pd.DataFrame, over: Period) -> bool:
    """Whether so much happened that months are drawn instead of each case."""
    many = int((shown["kind"] == "case").sum()) > MOST_CASES or len(shown) > MOST_EVENTS
    return many or over.days > LONGEST


def _edge(when: date) -> datetime:
    return datetime.combine(when, time())


def _late_cases(cases: pd.DataFrame) -> pd.Series:
    return cases["days_late"].fillna(0).astype(float) > 0


def in_words(found: Journey, shown: pd.DataFrame, frame: Frame) -> str:
    """What the drawing says, for those who do not see it; where nothing is drawn, that."""
    if shown.empty:
        days = language.span(frame.over.start, frame.over.last, frame.lang)
        return frame.text("nothing_in_days", name=found.name, days=days)
    cases, payments = (shown[shown["kind"] == kind] for kind in ("case", "payment"))
    said = shown[shown["kind"].isin(ANSWERS)]
    return frame.text(
        "alt", name=found.name, days=language.span(frame.over.start, frame.over.last, frame.lang), answers=len(said),
        low=int((said["score"] <= said["kind"].map(LOW)).sum()), orders=int((shown["kind"] == "order").sum()),
        payments=len(payments), late_payments=int(_late_cases(payments).sum()), cases=len(cases),
        late_cases=int(_late_cases(cases).sum()), contacts=int((shown["kind"] == "contact").sum()),
    )  # fmt: skip


class Drawing:
    """The layers of the chart, from the top down: each lane takes its place and says its name."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.pending: list[tuple[list[dict[str, Any]], Any]] = []
        self.titles: list[dict[str, Any]] = []
        self.height = 0.0

    def x(self, field: str, **how: Any) -> alt.X:
        """The common axis."""
        over = self.frame.over
        domain = [_edge(over.start).isoformat(), _edge(over.end).isoformat()]
        step = {"interval": "month", "step": 1 if over.days <= 450 else 3}
        axis = alt.Axis(
            title=None, format="%d %b" if over.days <= 80 else "%b" if over.days <= 330 else "%b %Y",
            tickCount=8 if over.days <= 80 else step, labelOverlap="greedy", labelSeparation=10, grid=True,
            gridOpacity=0.5,
        )  # fmt: skip
        return alt.X(f"{field}:T", scale=alt.Scale(domain=domain, clamp=True), axis=axis, **how)

    def y(self, field: str) -> alt.Y:
        """px from the top."""
        return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[self.height, 0], nice=False), axis=None)

    def lane(self, title: str, layer: str, height: float) -> float:
        """Begin a lane; gives where its own drawing starts."""
        self.titles.append(
            {"y": self.height + TITLE / 2 + 2, "title": title, "colour": self.frame.colours.layers[layer]}
        )
        top = self.height + TITLE
        self.height += TITLE + height
        return top

    def add(self, rows: list[dict[str, Any]], mark: Any) -> None:
        """A layer of marks, where there are any."""
        if rows:
            self.pending.append((rows, mark))

    def made(self) -> alt.LayerChart:
        """All layers, when every lane has its place; the names of the lanes on top."""
        titles = (
            alt.Chart(pd.DataFrame(self.titles))
            .mark_text(align="left", fontWeight=600, fontSize=13)
            .encode(
                x=alt.value(0), y=self.y("y"), text="title:N", color=alt.Color("colour:N", scale=None, legend=None)
            )
        )  # fmt: skip
        drawn = [mark(alt.Chart(pd.DataFrame(rows))) for rows, mark in self.pending]
        return alt.layer(*drawn, titles).properties(height=self.height)


def overview(found: Journey, frame: Frame) -> alt.LayerChart:
    """The client's whole life in one strip: its answers, and the cases of each month; a brush looks closer."""
    events = found.events
    first = pd.Timestamp(events["at"].min()).floor("D")
    cases = events[events["kind"] == "case"]
    months = cases.groupby(cases["at"].dt.to_period("M").dt.start_time).size().reset_index(name="n")
    months.columns = ["at", "n"]
    months["base"] = 0
    months["until"] = months["at"] + pd.offsets.MonthEnd(0)
    said = events[events["kind"].isin(ANSWERS)]
    points = pd.DataFrame({"at": said["at"], "low": said["score"] <= said["kind"].map(LOW)})
    domain = [first.isoformat(), _edge(found.now).isoformat()]
    axis = alt.Axis(title=None, format="%b %Y", labelOverlap="greedy", labelSeparation=16, grid=False, tickCount=6)
    scale = alt.Scale(domain=domain)
    brush = alt.selection_interval(name="brush", encodings=["x"], mark=alt.BrushConfig(fillOpacity=0.12))
    looked = pd.DataFrame([{"at": _edge(frame.over.start), "until": _edge(frame.over.end)}])
    x = alt.X("at:T", scale=scale, axis=axis)
    layers = [
        alt.Chart(looked).mark_rect(color=frame.colours.muted, opacity=0.18).encode(x=x, x2="until:T"),
        alt.Chart(months)
        .mark_rect(color=frame.colours.layers["operational"], opacity=0.45)
        .encode(x=x, x2="until:T", y=alt.Y("n:Q", axis=None, scale=alt.Scale(domainMin=0)), y2="base:Q")
        .add_params(brush),
    ]
    if len(points):
        layers.append(
            alt.Chart(points)
            .mark_point(size=28, filled=True, color=frame.colours.layers["satisfaction"], opacity=0.9)
            .encode(x=x, y=alt.value(6))
        )
    return alt.layer(*layers).properties(height=84).configure(**chart_config(frame.colours, frame.lang))


def instrument(kind: str, lang: Lang) -> str:
    """The short name of a survey question."""
    return catalogue()[kind].short[lang]


def span(found: Journey, asked: str, first: str, last: str) -> Period:
    """The days to show. `asked`: 13w, 52w or all; or else the days from `first` to `last`."""
    begun = pd.Timestamp(found.events["at"].min()).date() if len(found.events) else found.now - timedelta(days=1)
    end = max(found.now, begun + timedelta(days=1))
    try:
        start, stop = date.fromisoformat(first), date.fromisoformat(last) + timedelta(days=1)
        if begun - timedelta(days=31) <= start < min(stop, end):
            return Period(start, min(stop, end))
    except (ValueError, OverflowError):  # an address typed by hand
        pass
    if asked == "all":
        return Period(min(begun, end - timedelta(days=1)), end)
    weeks = 13 if asked == "13w" else 52
    return Period(max(end - timedelta(weeks=weeks), min(begun, end - timedelta(days=28))), end)
