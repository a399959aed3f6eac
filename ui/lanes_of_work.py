"""The lanes of a client's timeline where work and money move: one by one, or by week or month."""

from __future__ import annotations

from datetime import date
from typing import Any

import altair as alt
import pandas as pd

from metrics.window import Period
from ui import language
from ui.timeline import LONGEST, MONEY, PAID, STAGE, TIPS, Drawing, day, is_dense, lateness


def by(over: Period) -> str:
    """The word for how what is dense is put together."""
    return "by_week" if over.days <= LONGEST else "by_month"


def money(drawing: Drawing, shown: pd.DataFrame) -> None:
    """Orders as bars by their amount, payments under them by how late they were, returns."""
    frame, text = drawing.frame, drawing.frame.text
    orders, payments = (shown[shown["kind"] == kind] for kind in ("order", "payment"))
    is_empty = orders.empty and payments.empty
    dense = is_dense(shown, frame.over)
    title = text("lane_empty", lane=text("lane_money")) if is_empty else text("lane_money")
    if dense and not is_empty:
        title = f"{title} · {text(by(frame.over))}"
    top = drawing.lane(title, "transactional", 0 if is_empty else MONEY + PAID)
    if is_empty:
        return
    colour, base = frame.colours.layers["transactional"], top + MONEY
    good = orders[orders["status"] != "cancelled"]

    def sized(amount: float, most: float) -> float:
        return base - max(2.0, (MONEY - 12) * amount / most) if most else base - 2

    rows: list[dict[str, Any]] = []
    if dense:
        sums = spans(good, drawing.frame.over, amount="sum")
        most = float(sums["amount"].max()) if len(sums) else 0.0
        for _, one in sums.iterrows():
            amount = language.money(one["amount"], frame.currency, frame.lang)
            rows.append({
                "at": one["at"], "until": one["until"], "y": sized(one["amount"], most), "base": base,
                "line0": language.span(one["at"].date(), one["last"].date(), frame.lang),
                "line1": text("tip_month_orders", n=int(one["n"]), amount=amount), "line2": "",
            })  # fmt: skip
        drawing.add(
            rows,
            lambda c: c.mark_rect(color=colour, opacity=0.55).encode(
                x=drawing.x("at"), x2="until:T", y=drawing.y("y"), y2="base:Q", tooltip=TIPS
            ),
        )
    else:
        most = float(good["amount"].max()) if len(good) else 0.0
        for _, one in orders.iterrows():
            amount = language.money(one["amount"], frame.currency, frame.lang)
            gone = one["status"] == "cancelled"
            said = "tip_order_cancelled" if gone else "tip_order"
            rows.append({
                "at": one["at"], "y": sized(min(one["amount"], most), most), "base": base, "gone": gone,
                "line0": f"{text(said, amount=amount)} · {day(one['at'], frame.lang)}",
                "line1": "" if pd.isna(one["what"]) else str(one["what"]),
                "line2": text("tip_returned", amount=language.money(one["returned"], frame.currency, frame.lang))
                if one["returned"] > 0 else "",
                "back": "↩" if one["returned"] > 0 else "",
            })  # fmt: skip
        drawing.add(
            rows,
            lambda c: c.mark_rule(color=colour, strokeWidth=4).encode(
                x=drawing.x("at"), y=drawing.y("y"), y2="base:Q", tooltip=TIPS,
                opacity=alt.condition("datum.gone", alt.value(0.25), alt.value(0.8)),
            ),
        )  # fmt: skip
        drawing.add(
            [row for row in rows if row["back"]],
            lambda c: c.mark_text(fontSize=14, dy=-8).encode(
                x=drawing.x("at"), y=drawing.y("y"), text="back:N", tooltip=TIPS
            ),
        )
    _payments(drawing, payments, base + PAID / 2 + 2, is_monthly=dense)


def _payments(drawing: Drawing, payments: pd.DataFrame, y: float, *, is_monthly: bool) -> None:
    """A mark for each invoice: ▲ paid late, △ unpaid and overdue, ▼ early, · in time; by month how many were late."""
    frame, text = drawing.frame, drawing.frame.text
    colour = frame.colours.layers["transactional"]
    late = payments["days_late"].fillna(0).astype(float)
    if is_monthly:
        sums = spans(payments.assign(late=late > 0), drawing.frame.over, late="sum")
        rows = [
            {
                "at": one["middle"], "y": y, "mark": "▲" if one["late"] else "·",
                "size": 8 + min(10.0, 2.0 * one["late"]) if one["late"] else 12,
                "line0": language.span(one["at"].date(), one["last"].date(), frame.lang),
                "line1": text("tip_month_payments", n=int(one["n"]), late=int(one["late"])), "line2": "",
            }
            for _, one in sums.iterrows()
        ]  # fmt: skip
    else:
        rows = []
        for (_, one), days in zip(payments.iterrows(), late, strict=True):
            unpaid = one["status"] == "unpaid"
            amount = language.money(one["amount"], frame.currency, frame.lang)
            when = lateness(one["days_late"], text, is_open=unpaid)
            rows.append({
                "at": one["at"], "y": y, "mark": ("△" if unpaid else "▲") if days > 0 else "▼" if days < 0 else "·",
                "line0": text("tip_unpaid" if unpaid else "tip_paid", amount=amount, when=when),
                "line1": day(one["at"], frame.lang), "line2": "",
                "size": 9 + min(7.0, abs(days) / 5) if days else 14,
            })  # fmt: skip
    drawing.add(
        rows,
        lambda c: c.mark_text(color=colour, fontSize=11).encode(
            x=drawing.x("at"), y=drawing.y("y"), text="mark:N", tooltip=TIPS,
            size=alt.Size("size:Q", scale=None, legend=None),
        ),
    )  # fmt: skip


def spans(rows: pd.DataFrame, over: Period, **sums: str) -> pd.DataFrame:
    """What happened week by week, over longer times month by month: at, until, middle, last, n, and the sums."""
    kind = "W-SUN" if over.days <= LONGEST else "M"
    periods = rows["at"].dt.to_period(kind)
    found = rows.groupby(periods.dt.start_time).agg(
        n=("id", "count"), **{name: (name, how) for name, how in sums.items()}
    )
    found = found.reset_index()
    length = pd.DateOffset(days=7) if kind != "M" else pd.DateOffset(months=1)
    after = found["at"] + length
    found["last"] = after - pd.Timedelta(days=1)
    found["until"] = after - (after - found["at"]) * 0.1
    found["middle"] = found["at"] + (after - found["at"]) / 2
    return found


def cases(drawing: Drawing, shown: pd.DataFrame, now: date) -> None:
    """Each stage a row: cases as bars whose end past the promise is strong, or how many a month and how many late."""
    frame, text = drawing.frame, drawing.frame.text
    of = shown[shown["kind"] == "case"]
    stages = [stage for stage in frame.stages if (of["stage"] == stage).any()]
    stages += sorted(set(of["stage"]) - set(stages))
    dense = is_dense(shown, frame.over)
    title = text("lane_cases") if len(of) else text("lane_empty", lane=text("lane_cases"))
    if dense and len(of):
        title = f"{title} · {text(by(frame.over))}"
    top = drawing.lane(title, "operational", (STAGE + 12) * len(stages))
    names, rows = [], []
    for at, stage in enumerate(stages):
        y = top + at * (STAGE + 12)
        names.append({"y": y + 6, "name": frame.stages.get(stage, stage)})
        mine = of[of["stage"] == stage]
        rows += (
            _monthly(mine, y + 12, stage, drawing) if dense else _each(mine, y + 12 + STAGE / 2, stage, drawing, now)
        )
    colour = frame.colours.layers["operational"]
    drawing.add(
        names,
        lambda c: c.mark_text(align="left", fontSize=12, color=frame.colours.muted).encode(
            x=alt.value(0), y=drawing.y("y"), text="name:N"
        ),
    )
    if dense:
        for top_field, low_field, opacity in (("all_top", "base", 0.35), ("late_top", "base", 1.0)):
            drawing.add(
                rows,
                lambda c, a=top_field, b=low_field, o=opacity: c.mark_rect(color=colour, opacity=o).encode(
                    x=drawing.x("at"), x2="until:T", y=drawing.y(a), y2=f"{b}:Q", tooltip=TIPS
                ),
            )
        return
    drawing.add(
        rows,
        lambda c: c.mark_rule(color=colour, strokeWidth=7, opacity=0.4, strokeCap="butt").encode(
            x=drawing.x("at"), x2="until:T", y=drawing.y("y"), tooltip=TIPS
        ),
    )
    drawing.add(
        [row for row in rows if row["is_late"]],
        lambda c: c.mark_rule(color=colour, strokeWidth=7, opacity=1).encode(
            x=drawing.x("due"), x2="until:T", y=drawing.y("y"), tooltip=TIPS
        ),
    )
    drawing.add(
        [row for row in rows if row["mark"]],
        lambda c: c.mark_text(fontSize=12, dy=-8).encode(
            x=drawing.x("until"), y=drawing.y("y"), text="mark:N", tooltip=TIPS
        ),
    )


def _each(cases: pd.DataFrame, y: float, stage: str, drawing: Drawing, now: date) -> list[dict[str, Any]]:
    frame, text = drawing.frame, drawing.frame.text
    rows = []
    for at, (_, one) in enumerate(cases.iterrows()):
        when = lateness(one["days_late"], text, is_open=bool(one["is_open"]))
        promised = day(one["due_at"], frame.lang)
        state = (
            text("tip_case_open", promised=promised, when=when)
            if one["is_open"]
            else text("tip_case_state", promised=promised, closed=day(one["ends_at"], frame.lang), when=when)
        )
        known = {
            name: language.DASH if pd.isna(one[name]) else int(one[name]) for name in ("hand_overs", "rework", "errors")
        }
        marks = ("↻" if not pd.isna(one["rework"]) and one["rework"] > 0 else "") + (
            "✕" if not pd.isna(one["errors"]) and one["errors"] > 0 else ""
        )
        rows.append({
            "at": one["at"], "until": one["ends_at"] if not pd.isna(one["ends_at"]) else pd.Timestamp(now),
            "due": one["due_at"], "y": y + (at % 3 - 1) * 5,  # neighbours do not cover each other
            "is_late": not pd.isna(one["days_late"]) and one["days_late"] > 0, "mark": marks,
            "line0": text("tip_case", stage=frame.stages.get(stage, stage), id=one["id"]), "line1": state,
            "line2": text("tip_work", **known),
        })  # fmt: skip
    return rows


def _monthly(cases: pd.DataFrame, top: float, stage: str, drawing: Drawing) -> list[dict[str, Any]]:
    frame, text = drawing.frame, drawing.frame.text
    late = cases["days_late"].fillna(0).astype(float) > 0
    sums = spans(cases.assign(late=late), drawing.frame.over, late="sum")
    most = float(sums["n"].max()) if len(sums) else 1.0
    base = top + STAGE
    return [
        {
            "at": one["at"], "until": one["until"], "base": base, "all_top": base - (STAGE - 4) * one["n"] / most,
            "late_top": base - (STAGE - 4) * one["late"] / most,
            "line0": language.span(one["at"].date(), one["last"].date(), frame.lang),
            "line1": text(
                "tip_month_cases", stage=frame.stages.get(stage, stage), n=int(one["n"]), late=int(one["late"])
            ),
            "line2": "",
        }
        for _, one in sums.iterrows()
    ]  # fmt: skip
