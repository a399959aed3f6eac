"""The lane of a client's timeline where people stand: who spoke with whom, and how the teams were that did the work."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from metrics.served import STAFF, Month, Served
from ui import lanes_of_work, language
from ui.language import Texts
from ui.timeline import CONTACTS, STAGE, TIPS, Drawing, Frame, day, is_dense

ROW, WORDS = STAGE + 12, 18  # px down: of a row with its name, and of a name alone
SPREAD = {"engagement": 1.0, "skill_fit": 0.4}  # the least that a row's height stands for, so that noise stays small
NAMED = 3  # so many teams of a month are named when it is touched
EARLY = 0.7  # of the width: where a line ends before it, the name of its row may be above its end
MOST_LOAD = 1.6  # the least that the height of the load stands for


def people(drawing: Drawing, shown: pd.DataFrame, teams: Served) -> None:
    """Contacts, by who began them; under them the teams at work: their load, engagement and skills, each a row."""
    frame, text = drawing.frame, drawing.frame.text
    contacts = shown[shown["kind"] == "contact"]
    weeks = _within(teams.load, frame)
    rows = [(name, _of(teams.months[name], frame)) for name in STAFF] if teams.is_named else []
    told = [(name, months) for name, months in rows if months or name not in teams.missing]
    heights = (CONTACTS if len(contacts) else 0, ROW if len(weeks) else 0)
    height = sum(heights) + sum(ROW if months else WORDS for _, months in told)
    title = text("lane_people" if height > heights[0] else "lane_contacts")
    if contacts.empty:
        title = text("lane_no_contacts", lane=title) if height else text("lane_empty", lane=title)
    top = drawing.lane(title, "employee", height)
    if len(contacts):
        _contacts(drawing, contacts, top, is_dense(shown, frame.over))
    top += heights[0]
    if len(weeks):
        _load(drawing, weeks, top)
    top += heights[1]
    for name, months in told:
        if months:
            _course(drawing, name, months, top)
        else:
            _named(drawing, top, text("row_unknown", what=text(f"short_{name}")))
        top += ROW if months else WORDS


def missing(teams: Served, text: Texts) -> str:
    """What of the teams' state the company has no facts of, in words; '' where nothing is missing."""
    if not teams.is_named:
        return text("teams_unnamed")
    what = [text(f"unknown_{name}") for name in STAFF if name in teams.missing]
    return text("teams_missing", what=", ".join(what)) if what else ""


def in_words(teams: Served, frame: Frame) -> list[str]:
    """The latest of what is told of the teams, for those who do not see the drawing."""
    said = []
    for name in STAFF:
        if months := _of(teams.months[name], frame):
            said.append(f"{_against(name, months[-1], frame)}.")
    return said


def rows(teams: Served, frame: Frame) -> pd.DataFrame:
    """What is drawn of the teams as rows, as it can be read there by touching it: by week the load, by month the rest.

    Shape: at, ends_at, kind, what, value, usual: the load as a share of the usual, 1; the rest against the company's.
    """
    text = frame.text
    week = pd.Timedelta(days=6)
    drawn = [
        {"at": one["week"], "ends_at": one["week"] + week, "kind": text("kind_load"), "what": None,
         "value": one["share"], "usual": 1.0}
        for _, one in _within(teams.load, frame).iterrows()
    ]  # fmt: skip
    for name in STAFF if teams.is_named else ():
        drawn += [
            {"at": pd.Timestamp(month.over.start), "ends_at": pd.Timestamp(month.over.last),
             "kind": text("kind_teams", what=text(f"staff_{name}")), "what": _units(name, month, frame) or None,
             "value": month.value, "usual": month.company}
            for month in _of(teams.months[name], frame)
        ]  # fmt: skip
    return pd.DataFrame(drawn, columns=["at", "ends_at", "kind", "what", "value", "usual"])


def _units(name: str, month: Month, frame: Frame) -> str:
    """The teams that a month is told by, those with the most steps named."""
    units = [
        frame.text("tip_unit", team=one.team, value=_worth(name, one.value, frame), n=one.people)
        for one in month.units if one.team
    ]  # fmt: skip
    more = frame.text("tip_more", n=len(units) - NAMED) if len(units) > NAMED else ""
    return ", ".join(units[:NAMED]) + more


def _within(load: pd.DataFrame, frame: Frame) -> pd.DataFrame:
    start, end = pd.Timestamp(frame.over.start), pd.Timestamp(frame.over.end)
    return load[(load["week"] >= start) & (load["week"] < end)] if len(load) else load


def _of(months: tuple[Month, ...], frame: Frame) -> list[Month]:
    """Those of which a day is shown."""
    return [month for month in months if month.over.end > frame.over.start and month.over.start < frame.over.end]


def _percent(share: float, frame: Frame) -> str:
    return f"{language.number(100 * share, frame.lang)}{language.NARROW}%"


def _worth(name: str, worth: float, frame: Frame) -> str:
    return _percent(worth, frame) if name == "skill_fit" else language.number(worth, frame.lang, 1)


def _against(name: str, month: Month, frame: Frame) -> str:
    mine, company = (_worth(name, worth, frame) for worth in (month.value, month.company))
    days = language.span(month.over.start, month.over.last, frame.lang)
    return frame.text("tip_teams", what=frame.text(f"staff_{name}"), days=days, value=mine, company=company)


def _named(drawing: Drawing, top: float, name: str) -> None:
    drawing.add(
        [{"y": top + 6, "name": name}],
        lambda c: c.mark_text(align="left", fontSize=12, color=drawing.frame.colours.muted).encode(
            x=alt.value(0), y=drawing.y("y"), text="name:N"
        ),
    )


def _load(drawing: Drawing, weeks: pd.DataFrame, top: float) -> None:
    frame, text = drawing.frame, drawing.frame.text
    _named(drawing, top, text("row_load"))
    colour, base = frame.colours.layers["employee"], top + ROW - 2
    most = max(MOST_LOAD, float(weeks["share"].max()))
    rows = [
        {
            "at": one["week"], "until": one["week"] + pd.Timedelta(days=7), "base": base,
            "y": base - STAGE * one["share"] / most,
            "line0": text("tip_load", week=day(one["week"], frame.lang), share=_percent(one["share"], frame)),
            "line1": "", "line2": "",
        }
        for _, one in weeks.iterrows()
    ]  # fmt: skip
    drawing.add(
        rows,
        lambda c: c.mark_rect(color=colour, opacity=0.22).encode(
            x=drawing.x("at"), x2="until:T", y=drawing.y("y"), y2="base:Q", tooltip=TIPS
        ),
    )
    drawing.add(
        [{"y": base - STAGE / most, "at": pd.Timestamp(frame.over.start), "until": pd.Timestamp(frame.over.end)}],
        lambda c: _dotted(drawing, c),
    )


def _dotted(drawing: Drawing, chart: Any) -> Any:
    colour = drawing.frame.colours.layers["employee"]
    return chart.mark_rule(color=colour, strokeDash=[2, 3], opacity=0.7).encode(
        x=drawing.x("at"), x2="until:T", y=drawing.y("y")
    )


def _course(drawing: Drawing, name: str, months: list[Month], top: float) -> None:
    """One of STAFF by month: a thin line of the teams at work over a dotted one of the whole company."""
    frame, text = drawing.frame, drawing.frame.text
    _named(drawing, top, text(f"row_{name}"))
    colour, base = frame.colours.layers["employee"], top + ROW - 3
    worths = [worth for month in months for worth in (month.value, month.company)]
    middle = (min(worths) + max(worths)) / 2
    spread = max(SPREAD[name], max(worths) - min(worths))

    def placed(worth: float) -> float:
        return base - (STAGE - 6) * ((worth - middle) / spread + 0.5)

    rows = []
    for month in months:
        told = [one for one in month.units if one.team]
        rows.append({
            "at": pd.Timestamp(month.over.start), "until": pd.Timestamp(month.over.end), "top": top, "base": base + 3,
            "y": placed(month.value), "company": placed(month.company), "is_told": bool(told),
            "line0": _against(name, month, frame),
            "line1": _units(name, month, frame),
            "line2": text("tip_company") if len(told) < len(month.units) else "",
        })  # fmt: skip
    drawing.add([row | {"y": row["company"]} for row in rows], lambda c: _dotted(drawing, c))
    drawing.add(
        [row for row in rows if row["is_told"]],
        lambda c: c.mark_rule(color=colour, strokeWidth=2.5).encode(x=drawing.x("at"), x2="until:T", y=drawing.y("y")),
    )
    drawing.add(  # the whole height of a month answers to the touch
        rows,
        lambda c: c.mark_rect(color=colour, opacity=0.001).encode(
            x=drawing.x("at"), x2="until:T", y=drawing.y("top"), y2="base:Q", tooltip=TIPS
        ),
    )
    last = rows[-1] | {"value": _worth(name, months[-1].value, frame)}
    is_early = (last["until"] - pd.Timestamp(frame.over.start)).days < frame.over.days * EARLY
    beside = {"align": "left", "dx": 5, "dy": 0} if is_early else {"align": "right", "dx": -2, "dy": -8}
    drawing.add(  # above its line, or behind it where the name of the row is above
        [last],
        lambda c: c.mark_text(**beside, fontSize=12, fontWeight=600).encode(
            x=drawing.x("until"), y=drawing.y("y"), text="value:N"
        ),
    )


def _contacts(drawing: Drawing, contacts: pd.DataFrame, top: float, dense: bool) -> None:
    frame, text = drawing.frame, drawing.frame.text
    if dense:
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
        lambda c: c.mark_text(color=frame.colours.layers["employee"]).encode(
            x=drawing.x("at"), y=drawing.y("y"), text="mark:N", tooltip=TIPS,
            size=alt.Size("size:Q", scale=None, legend=None),
        ),
    )  # fmt: skip
