"""The four lanes of a client's timeline, put together: what it said above, who served it below."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from metrics.journey import ANSWERS, Journey
from metrics.served import Served
from ui import lanes_of_people, lanes_of_work, language
from ui.theme import chart_config
from ui.timeline import (
    ANSWER,
    LOW,
    MOST_ANSWERS,
    PICKED,
    SCALE,
    SHAPES,
    TIPS,
    Drawing,
    Frame,
    day,
    in_words,
    instrument,
    within,
)

CUT = 80  # characters of a comment under its point
MOST_NUMBERED = 24  # scores written above their points; of more, only the chosen one
MOST_WORDED = 3  # comments under the points: the latest of the relationship survey
COMMENT = 18  # px down of each


def _short(said: str) -> str:
    one = " ".join(said.split())
    return f"“{one[:CUT].rstrip()}…”" if len(one) > CUT else f"“{one}”"


def answers(drawing: Drawing, shown: pd.DataFrame, selected: str) -> None:
    """Each score at its height; low ones filled; what was said last in the relationship survey under its point."""
    frame, text = drawing.frame, drawing.frame.text
    said = shown[shown["kind"].isin(ANSWERS)]
    title = text("lane_answers") if len(said) else text("lane_empty", lane=text("lane_answers"))
    if len(said) > MOST_ANSWERS:
        title = f"{title} · {text('latest', n=MOST_ANSWERS, all=language.number(len(said), frame.lang))}"
        said = said.tail(MOST_ANSWERS)
    worded = said[(said["kind"] == "nps") & said["what"].notna()].tail(MOST_WORDED)
    top = drawing.lane(title, "satisfaction", ANSWER + COMMENT * len(worded) if len(said) else 0)
    rows = []
    for _, one in said.iterrows():
        low, high = SCALE[one["kind"]]
        height = (int(one["score"]) - low) / (high - low)
        comment = "" if pd.isna(one["what"]) else str(one["what"])
        rows.append({
            "at": one["at"], "y": top + 18 + (1 - height) * (ANSWER - 34), "kind": one["kind"], "answer": one["id"],
            "is_low": int(one["score"]) <= LOW[one["kind"]], "score": str(int(one["score"])),
            "is_chosen": one["id"] == selected, "comment": comment,
            "line0": f"{text('tip_answer', instrument=instrument(one['kind'], frame.lang), score=int(one['score']))}"
            f" · {day(one['at'], frame.lang)}",
            "line1": comment or text("no_comment"),
            "line2": frame.stages.get(str(one["stage"]), "") if not pd.isna(one["stage"]) else "",
        })  # fmt: skip
    rows.sort(key=lambda row: row["kind"] == "nps")  # the large points over the small
    colour, card = frame.colours.layers["satisfaction"], frame.colours.card
    big = [row for row in rows if row["kind"] == "nps"]
    numbered = big if len(big) <= MOST_NUMBERED else [row for row in big if row["is_chosen"]]
    lines = _lined(drawing, [row for row in big if row["answer"] in set(worded["id"])], top + ANSWER)
    drawing.add(
        lines,
        lambda c: c.mark_rule(color=frame.colours.muted, opacity=0.5).encode(
            x=drawing.x("at"), y=drawing.y("y"), y2="foot:Q"
        ),
    )
    drawing.add(
        [row for row in rows if row["is_chosen"]],
        lambda c: c.mark_point(size=420, color=frame.colours.ink, strokeWidth=2, filled=False).encode(
            x=drawing.x("at"), y=drawing.y("y")
        ),
    )
    pick = alt.selection_point(name=PICKED, fields=["answer"], on="click", clear=False, empty=False)
    drawing.add(
        rows,
        lambda c: c.mark_point(filled=True, stroke=colour, strokeWidth=1.5, opacity=1, cursor="pointer")
        .encode(
            x=drawing.x("at"), y=drawing.y("y"), tooltip=TIPS,
            size=alt.condition("datum.kind === 'nps'", alt.value(150), alt.value(52)),
            fill=alt.condition("datum.is_low", alt.value(colour), alt.value(card)),
            shape=alt.Shape("kind:N", scale=alt.Scale(domain=list(SHAPES), range=list(SHAPES.values())), legend=None),
        )
        .add_params(pick),
    )  # fmt: skip
    drawing.add(
        numbered,
        lambda c: c.mark_text(dy=-16, fontWeight=600).encode(x=drawing.x("at"), y=drawing.y("y"), text="score:N"),
    )
    _words(drawing, lines)


def _lined(drawing: Drawing, worded: list[dict[str, Any]], top: float) -> list[dict[str, Any]]:
    """Each comment on a line of its own under all points, so that it covers none: those of the later half first."""
    over = drawing.frame.over
    middle = pd.Timestamp(over.start) + (pd.Timestamp(over.end) - pd.Timestamp(over.start)) / 2
    early = [row | {"side": "left"} for row in worded if row["at"] <= middle]
    late = [row | {"side": "right"} for row in worded if row["at"] > middle]
    found = []
    for row in (*late, *reversed(early)):  # so that no rule runs through the words of its own side
        found.append(row | {"short": _short(row["comment"]), "line": top + COMMENT / 2, "foot": top + COMMENT - 3})
        top += COMMENT
    return found


def _words(drawing: Drawing, lines: list[dict[str, Any]]) -> None:
    for side, dx in (("left", 6), ("right", -6)):
        mine = [row for row in lines if row["side"] == side]
        for halo in ({"stroke": drawing.frame.colours.card, "strokeWidth": 5}, {}):  # readable over a rule behind it
            drawing.add(
                mine,
                lambda c, side=side, dx=dx, halo=halo: c.mark_text(
                    align=side, dx=dx, fontSize=12, limit=alt.ExprRef("width / 2 - 8"), **halo
                ).encode(x=drawing.x("at"), y=drawing.y("line"), text="short:N", tooltip=TIPS),
            )


def chart(
    found: Journey, teams: Served, selected: str, frame: Frame
) -> tuple[alt.LayerChart | None, str, pd.DataFrame]:
    """The four lanes, what they say in words, and the rows they are drawn from. `selected`: the answer looked behind.

    `teams`: those that worked for the client.
    """
    shown = within(found.events, frame.over)
    words = " ".join((in_words(found, shown, frame), *lanes_of_people.in_words(teams, frame)))
    if shown.empty:
        return None, words, shown
    drawing = Drawing(frame)
    answers(drawing, shown, selected)
    lanes_of_work.money(drawing, shown)
    lanes_of_work.cases(drawing, shown, found.now)
    lanes_of_people.people(drawing, shown, teams)
    return drawing.made().configure(**chart_config(frame.colours, frame.lang)), words, shown
