"""The map of a process: steps from top to bottom, what passes some by on the right, what comes back on the left.

Places are worked out here, in pixels down and in parts of the width across, so that the map fits any screen.
"""

from __future__ import annotations

from dataclasses import dataclass

import altair as alt
import pandas as pd

from metrics.declare import Lang
from metrics.flow import Flow, Passage, Step
from ui import language, tips
from ui.elapsed import elapsed, percent
from ui.language import Texts
from ui.theme import Tokens, chart_config

LEFT, RIGHT, MIDDLE = 0.26, 0.74, 0.5  # of the width: the sides of a box
PILL = 0.13  # half the width of the beginning and the end
LINE, PAD, GAP = 17, 9, 46  # px: a line of words, above and below the words, between two boxes
BULGE, REACH = 0.055, 0.05  # of the width: how far a bow goes out at least, and how much further the longest
ROOM = 32  # px between two labels of one side
POINTS = 14  # of a bow
COLUMNS = {  # of what there may be none
    "lines": ["line", "x", "y", "at", "width", "back", "tip"], "heads": ["x", "y", "head"],
    "labels": ["x", "y", "side", "words"],
}  # fmt: skip


@dataclass(frozen=True)
class Box:
    """Where a step, the beginning (None, True) or the end stands. Units: px down; left and right in parts."""

    top: float
    bottom: float
    left: float
    right: float

    @property
    def middle(self) -> float:
        """Its height in the middle."""
        return (self.top + self.bottom) / 2


def _words(step: Step, flow: Flow, text: Texts) -> list[str]:
    """The lines in a box: name, time and runs, what came again, and what it is the most of."""
    lang = text.lang
    time = "" if step.time.value is None else f"{elapsed(step.time.value, lang)} · "
    said = [step.name, f"{time}{text('runs', n=step.runs)}"]
    if step.again.value:
        said.append(text("again", share=percent(step.again.value, lang)))
    if flow.slowest and flow.slowest.place == step:
        said.append(text("mark_slowest" if flow.slowest.is_clear else "mark_slow"))
    if flow.most_again and flow.most_again.place == step:
        said.append(text("mark_again" if flow.most_again.is_clear else "mark_often"))
    return said


def _boxes(flow: Flow, text: Texts) -> tuple[dict[str | bool, Box], dict[str | bool, list[str]]]:
    """Every box by its step's name, the beginning under True and the end under False, and the words in them."""
    words: dict[str | bool, list[str]] = {True: [text("opened")]}
    words |= {step.name: _words(step, flow, text) for step in flow.drawn_steps}
    words[False] = [text("closed")]
    places: dict[str | bool, Box] = {}
    top = 2.0
    for name, lines in words.items():
        is_step = isinstance(name, str)
        pad = PAD if is_step else 3
        bottom = top + LINE * len(lines) + 2 * pad
        half = RIGHT - MIDDLE if is_step else PILL
        places[name] = Box(top, bottom, MIDDLE - half, MIDDLE + half)
        top = bottom + GAP
    return places, words


def _bow(start: tuple[float, float], end: tuple[float, float], out: float) -> list[tuple[float, float]]:
    """A curve that leaves sideways and comes back sideways; `out`: where its two levers stand."""
    found = []
    for at in range(POINTS):
        t = at / (POINTS - 1)
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
        found.append((a * start[0] + (b + c) * out + d * end[0], (a + b) * start[1] + (c + d) * end[1]))
    return found


@dataclass(frozen=True)
class Line:
    """One passage as it is drawn: its points, which way its head looks, and where its words stand."""

    passage: Passage
    points: list[tuple[float, float]]
    head: str
    label: tuple[float, float, str]  # x, y, side


def _line(one: Passage, places: dict[str | bool, Box], order: list[str | bool]) -> Line:
    first: str | bool = True if one.first is None else one.first
    then: str | bool = False if one.then is None else one.then
    a, b = places[first], places[then]
    span = order.index(then) - order.index(first)
    if span == 1:
        return Line(
            one, [(MIDDLE, a.bottom), (MIDDLE, b.top - 5)], "triangle-down", (MIDDLE, (a.bottom + b.top) / 2, "on")
        )
    bulge = BULGE + REACH * min(1.0, abs(span) / max(4, len(order) - 1))
    if span > 1:
        out = RIGHT + bulge * 4 / 3
        points = _bow((a.right, a.middle + 8), (b.right + 0.008, b.middle - 8), out)
        return Line(one, points, "triangle-left", (RIGHT + bulge + 0.02, (a.middle + b.middle) / 2, "right"))
    out = LEFT - bulge * 4 / 3
    points = _bow((a.left, a.middle - (8 if span else -10)), (b.left - 0.008, b.middle + (8 if span else -10)), out)
    return Line(one, points, "triangle-right", (LEFT - bulge - 0.02, (a.middle + b.middle) / 2, "left"))


def _apart(lines: list[Line], side: str) -> dict[int, float]:
    """The heights of the labels of one side, moved down where they would lie on each other."""
    by_height = sorted(
        (at for at, line in enumerate(lines) if line.label[2] == side), key=lambda at: lines[at].label[1]
    )
    heights: dict[int, float] = {}
    reached = float("-inf")
    for at in by_height:
        reached = max(lines[at].label[1], reached + ROOM)
        heights[at] = reached
    return heights


def _label(one: Passage, flow: Flow, text: Texts, side: str) -> list[str]:
    """The words beside a passage, line by line: how many, how long it waits, and whether it is the longest wait."""
    said = [("↺ " if one.is_back else "") + language.number(one.n, text.lang)]
    if one.wait.value:
        said.append(elapsed(one.wait.value, text.lang))
    mark = _waits_longest(one, flow, text)
    lines = [" · ".join(said)] if side == "on" else said
    return [*lines, mark if side == "on" else mark[0]] if mark else lines


def _waits_longest(one: Passage, flow: Flow, text: Texts) -> str:
    """That a passage waits longest, or may only seem to; nothing for the others."""
    found = flow.longest_wait
    if found is None or found.place != one:
        return ""
    return text("mark_wait" if found.is_clear else "mark_long")


def _tip(one: Passage, flow: Flow, text: Texts) -> str:
    """All that is said of a passage, on touch."""
    said = [_edge(one, text), language.number(one.n, text.lang)]
    if one.wait.value:
        said.append(text("waits", time=elapsed(one.wait.value, text.lang)))
    return " · ".join([*said, mark] if (mark := _waits_longest(one, flow, text)) else said)


def _frames(flow: Flow, text: Texts) -> tuple[dict[str, pd.DataFrame], float]:
    """What is drawn, one frame a kind of mark, and how high it all is."""
    places, words = _boxes(flow, text)
    order = list(places)
    lines = [_line(one, places, order) for one in flow.drawn]
    most = max((one.n for one in flow.drawn), default=1)
    slow = max((step.time.value or 0.0 for step in flow.drawn_steps), default=0.0) or 1.0
    by_name = {step.name: step for step in flow.drawn_steps}

    boxes, said = [], []
    for name, box in places.items():
        step = by_name.get(name) if isinstance(name, str) else None
        marked = step is not None and any(one and one.place == step for one in (flow.slowest, flow.most_again))
        boxes.append({
            "left": box.left, "right": box.right, "top": box.top, "bottom": box.bottom,
            "shade": 0.0 if step is None else 0.05 + 0.3 * (step.time.value or 0.0) / slow,
            "border": 2.2 if marked else 1.0, "tip": " · ".join(words[name]),
        })  # fmt: skip
        pad = PAD if step else 3
        said += [
            {"x": MIDDLE, "y": box.top + pad + LINE * (at + 0.5), "words": line, "bold": at == 0 and step is not None}
            for at, line in enumerate(words[name])
        ]
    drawn, heads, labels = [], [], []
    for number, line in enumerate(lines):
        tip = _tip(line.passage, flow, text)
        width = 1 + 6 * line.passage.n / most
        drawn += [
            {"line": number, "x": x, "y": y, "at": at, "width": width, "back": line.passage.is_back, "tip": tip}
            for at, (x, y) in enumerate(line.points)
        ]
        x, y = line.points[-1]
        heads.append({"x": x, "y": y, "head": line.head})
    for side in ("on", "left", "right"):
        for number, y in _apart(lines, side).items():
            rows = _label(lines[number].passage, flow, text, side)
            labels += [
                {"x": lines[number].label[0], "y": y + 15 * (at - (len(rows) - 1) / 2), "side": side, "words": row}
                for at, row in enumerate(rows)
            ]
    bottom = max([box.bottom for box in places.values()] + [label["y"] + 8 for label in labels])
    frames = {"boxes": boxes, "words": said, "lines": drawn, "heads": heads, "labels": labels}
    return {name: pd.DataFrame(rows, columns=COLUMNS.get(name)) for name, rows in frames.items()}, bottom + 2


def _edge(one: Passage, text: Texts) -> str:
    return f"{one.first or text('opened')} → {one.then or text('closed')}"


def flow_map(flow: Flow, lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """The map and what it says in words; None where no steps are recorded."""
    text = language.texts("flow", lang)
    if not flow.steps:
        return None, text("no_steps", n=flow.cases)
    frames, height = _frames(flow, text)
    colour = colours.layers["operational"]
    across = alt.Scale(domain=[0, 1], nice=False)
    down = alt.Scale(domain=[height, 0], nice=False)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=across, axis=None)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=down, axis=None)

    tip = tips.lines("tip")
    layers: list[alt.Chart] = []
    for is_back in (False, True):
        some = frames["lines"][frames["lines"]["back"] == is_back]
        layers.append(
            alt.Chart(some)
            .mark_line(
                color=colour if is_back else colours.muted, opacity=0.75, strokeDash=[6, 4] if is_back else [1, 0]
            )
            .encode(
                x=x("x"), y=y("y"), order="at:Q", detail="line:N", tooltip=tip,
                strokeWidth=alt.StrokeWidth("width:Q", scale=None, legend=None),
            )
        )  # fmt: skip
    for head in ("triangle-down", "triangle-left", "triangle-right"):
        some = frames["heads"][frames["heads"]["head"] == head]
        layers.append(
            alt.Chart(some)
            .mark_point(shape=head, filled=True, size=90, color=colours.muted, opacity=1)
            .encode(x=x("x"), y=y("y"))
        )
    shades = alt.FillOpacity("shade:Q", scale=None, legend=None)
    for fill, opacity in ((colours.card, alt.value(1)), (colour, shades)):  # the card first: no line shows through
        box = alt.Chart(frames["boxes"]).mark_rect(color=fill, cornerRadius=8, stroke=colours.ink, strokeOpacity=0.45)
        layers.append(
            box.encode(
                x=x("left"), x2="right:Q", y=y("top"), y2="bottom:Q", tooltip=tip,
                fillOpacity=opacity, strokeWidth=alt.StrokeWidth("border:Q", scale=None, legend=None),
            )
        )  # fmt: skip
    for bold in (True, False):
        some = frames["words"][frames["words"]["bold"] == bold]
        layers.append(
            alt.Chart(some)
            .mark_text(fontWeight=600 if bold else 400, limit=alt.ExprRef(f"width * {RIGHT - LEFT - 0.02}"))
            .encode(x=x("x"), y=y("y"), text="words:N")
        )
    for side, align, dx in (("on", "left", 10), ("left", "right", 0), ("right", "left", 0)):
        some = frames["labels"][frames["labels"]["side"] == side]
        layers.append(
            alt.Chart(some)
            .mark_text(align=align, dx=dx, fontSize=12, color=colours.muted)
            .encode(x=x("x"), y=y("y"), text="words:N")
        )  # fmt: skip
    layers = [layer for layer in layers if not layer.data.empty]
    chart = alt.layer(*layers).properties(height=height).configure(**chart_config(colours, lang))
    steps = "; ".join(", ".join(_words(step, flow, text)) for step in flow.drawn_steps)
    return chart, text("map_alt", process=flow.process, steps=steps)
