"""The four lanes of a client's timeline, put together: what it said above, who spoke with whom below."""

from __future__ import annotations

import altair as alt
import pandas as pd

from metrics.journey import ANSWERS, Journey
from ui import lanes_of_work, language
from ui.theme import chart_config
from ui.timeline import (
    ANSWER,
    COMMENTED,
    LOW,
    MOST_ANSWERS,
    PEOPLE,
    PICKED,
    SCALE,
    SHAPES,
    TIPS,
    Drawing,
    Frame,
    day,
    in_words,
    instrument,
    is_dense,
    within,
)

CUT = 34  # characters of a comment beside its point


def _short(said: str) -> str:
    one = " ".join(said.split())
    return f"“{one[:CUT].rstrip()}…”" if len(one) > CUT else f"“{one}”"


def answers(drawing: Drawing, shown: pd.DataFrame, selected: str) -> None:
    """Each score at its height; low ones filled; what was said in the relationship survey beside its point."""
    frame, text = drawing.frame, drawing.frame.text
    said = shown[shown["kind"].isin(ANSWERS)]
    title = text("lane_answers") if len(said) else text("lane_empty", lane=text("lane_answers"))
    if len(said) > MOST_ANSWERS:
        title = f"{title} · {text('latest', n=MOST_ANSWERS, all=language.number(len(said), frame.lang))}"
        said = said.tail(MOST_ANSWERS)
    top = drawing.lane(title, "satisfaction", ANSWER if len(said) else 0)
    rows = []
    for _, one in said.iterrows():
        low, high = SCALE[one["kind"]]
        height = (int(one["score"]) - low) / (high - low)
        comment = "" if pd.isna(one["what"]) else str(one["what"])
        rows.append({
            "at": one["at"], "y": top + 10 + (1 - height) * (ANSWER - 26), "kind": one["kind"], "answer": one["id"],
            "is_low": int(one["score"]) <= LOW[one["kind"]], "score": str(int(one["score"])),
            "is_chosen": one["id"] == selected, "comment": comment,
            "line0": f"{text('tip_answer', instrument=instrument(one['kind'], frame.lang), score=int(one['score']))}"
            f" · {day(one['at'], frame.lang)}",
            "line1": comment or text("no_comment"),
            "line2": frame.stages.get(str(one["stage"]), "") if not pd.isna(one["stage"]) else "",
        })  # fmt: skip
    colour, card = frame.colours.layers["satisfaction"], frame.colours.card
    big = [row for row in rows if row["kind"] == "nps"]
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
        big,
        lambda c: c.mark_text(dy=-16, fontWeight=600).encode(x=drawing.x("at"), y=drawing.y("y"), text="score:N"),
    )
    worded = [row for row in big if row["comment"]][-COMMENTED:]
    middle = pd.Timestamp(frame.over.start) + (pd.Timestamp(frame.over.end) - pd.Timestamp(frame.over.start)) / 2
    for align, dx, mine in (
        ("left", 12, [row for row in worded if row["at"] <= middle]),
        ("right", -12, [row for row in worded if row["at"] > middle]),
    ):
        if len(worded) <= 3:
            rows = [row | {"short": _short(row["comment"])} for row in mine]
            for halo in ({"stroke": card, "strokeWidth": 5}, {}):  # readable over the points behind it
                drawing.add(
                    rows,
                    lambda c, align=align, dx=dx, halo=halo: c.mark_text(
                        align=align, dx=dx, fontSize=12, limit=alt.ExprRef("width / 2"), **halo
                    ).encode(x=drawing.x("at"), y=drawing.y("y"), text="short:N"),
                )


def people(drawing: Drawing, shown: pd.DataFrame, load: pd.DataFrame) -> None:
    """Contacts, by who began them, over the weekly load of the teams that worked for the client."""
    frame, text = drawing.frame, drawing.frame.text
    contacts = shown[shown["kind"] == "contact"]
    start, end = pd.Timestamp(frame.over.start), pd.Timestamp(frame.over.end)
    weeks = load[(load["week"] >= start) & (load["week"] < end)] if len(load) else load
    is_empty = contacts.empty and weeks.empty
    name = text("lane_people" if weeks.empty else "lane_load")
    dense = is_dense(shown, frame.over)
    top = drawing.lane(text("lane_empty", lane=name) if is_empty else name, "employee", 0 if is_empty else PEOPLE)
    if is_empty:
        return
    colour, base = frame.colours.layers["employee"], top + PEOPLE - 4
    if len(weeks):
        most = max(1.6, float(weeks["share"].max()))
        rows = [
            {
                "at": one["week"], "y": base - (PEOPLE - 26) * one["share"] / most, "base": base,
                "line0": text(
                    "tip_load", week=day(one["week"], frame.lang),
                    share=f"{language.number(100 * one['share'], frame.lang)}{language.NARROW}%",
                ),
                "line1": "", "line2": "",
            }
            for _, one in weeks.iterrows()
        ]  # fmt: skip
        drawing.add(
            rows,
            lambda c: c.mark_area(color=colour, opacity=0.22, interpolate="step").encode(
                x=drawing.x("at"), y=drawing.y("y"), y2="base:Q", tooltip=TIPS
            ),
        )
        drawing.add(
            [{"y": base - (PEOPLE - 26) / most, "at": start, "until": end}],
            lambda c: c.mark_rule(color=colour, strokeDash=[2, 3], opacity=0.7).encode(
                x=drawing.x("at"), x2="until:T", y=drawing.y("y")
            ),
        )
    if dense and len(contacts):
        sums = lanes_of_work.spans(contacts.assign(of_client=contacts["status"] == "in"), frame.over, of_client="sum")
        rows = [
            {
                "at": one["middle"], "y": top + 8, "mark": "●", "size": 7 + min(9.0, 1.5 * one["n"]),
                "line0": language.span(one["at"].date(), one["last"].date(), frame.lang),
                "line1": text("tip_month_contacts", n=int(one["n"]), of_client=int(one["of_client"])), "line2": "",
            }
            for _, one in sums.iterrows()
        ]  # fmt: skip
    else:
        rows = [
            {
                "at": one["at"], "y": top + (14 if one["status"] == "in" else 4), "size": 15,
                "mark": "▾" if one["status"] == "in" else "▴",
                "line0": text("tip_in" if one["status"] == "in" else "tip_out", channel=str(one["what"])),
                "line1": day(one["at"], frame.lang), "line2": "",
            }
            for _, one in contacts.iterrows()
        ]  # fmt: skip
    drawing.add(
        rows,
        lambda c: c.mark_text(color=colour).encode(
            x=drawing.x("at"),
            y=drawing.y("y"),
            text="mark:N",
            tooltip=TIPS,
            size=alt.Size("size:Q", scale=None, legend=None),
        ),
    )


def chart(
    found: Journey, load: pd.DataFrame, selected: str, frame: Frame
) -> tuple[alt.LayerChart | None, str, pd.DataFrame]:
    """The four lanes, what they say in words, and the rows they are drawn from. `selected`: the answer looked behind.

    `load`: week, share (of the usual load of the teams that worked for the client); empty where it is not known.
    """
    shown = within(found.events, frame.over)
    words = in_words(found, shown, frame)
    if shown.empty:
        return None, words, shown
    drawing = Drawing(frame)
    answers(drawing, shown, selected)
    lanes_of_work.money(drawing, shown)
    lanes_of_work.cases(drawing, shown, found.now)
    people(drawing, shown, load)
    return drawing.made().configure(**chart_config(frame.colours, frame.lang)), words, shown
