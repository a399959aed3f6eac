"""The receipt of one answer: what was said, the cases behind it, what was unusual about them, and the team then."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from metrics import receipt as receipts
from metrics.journey import ANSWERS, Journey
from metrics.load import catalogue
from metrics.receipt import Case, Fact, Receipt
from ui import fetch, filters, language, layout, units
from ui.language import NARROW, Texts
from ui.panel import Column, Panel, panel
from ui.timeline import LOW, day, instrument, lateness
from ui.view import View

RARE = 0.01
SAID = 0.2  # a fact that at most so many of such cases share is worth a line of its own
NUMBERED = {"engagement": 1, "workload": 1}


def chosen(found: Journey, asked: str) -> pd.Series[Any] | None:
    """The answer asked for; else the latest low one, else the latest."""
    said = found.events[found.events["kind"].isin(ANSWERS)]
    if said.empty:
        return None
    mine = said[said["id"] == asked]
    if len(mine):
        return mine.iloc[0]
    related = said[said["kind"] == "nps"]
    of = related if len(related) else said
    low = of[of["score"] <= of["kind"].map(LOW)]
    return (low if len(low) else of).iloc[-1]


def _share(value: float, lang: language.Lang) -> str:
    percent = 100 * value
    return f"{language.number(percent, lang, 0 if percent >= 10 else 1)}{NARROW}%"


def _value(fact: Fact, case: Case, text: Texts) -> str:
    if fact.value is None:
        is_ahead = fact.name == "days_late" and case.promised_at is not None
        return text("not_due" if is_ahead else "unknown_value")
    said = lateness(fact.value, text) if fact.name == "days_late" else language.number(fact.value, text.lang)
    return text("so_far", value=said) if fact.so_far else said


def _fact(fact: Fact, case: Case, text: Texts) -> str:
    """One fact against what is usual, which that of an open case is not yet; what is rare comes with its share."""
    said = escape(_value(fact, case, text))
    if fact.value is not None:
        said = f"<b>{said}</b>"
    if fact.usual is not None and fact.value is not None:
        said += f" <span class='muted'>{text('usual', usual=language.number(fact.usual, text.lang, 1))}</span>"
    rare = ""
    if fact.as_bad is not None and fact.as_bad <= SAID:
        rarely, usually = ("as_bad_rare_so_far", "as_bad_so_far") if fact.so_far else ("as_bad_rare", "as_bad")
        rare = text(rarely if fact.as_bad < RARE else usually, share=_share(fact.as_bad, text.lang))
        rare = f"<br><span class='muted'>{escape(rare)}</span>"
    return f"<tr><th scope='row'>{text(f'fact_{fact.name}')}</th><td>{said}{rare}</td></tr>"


def _case(case: Case, stages: dict[str, str], text: Texts) -> str:
    promised = day(case.promised_at, text.lang) if case.promised_at is not None else text("unpromised")
    key = "case_days_open" if case.is_open else "case_days"
    opened, closed = (day(at, text.lang) for at in (case.opened_at, case.closed_at))
    days = text(key, opened=opened, promised=promised, closed=closed)
    name = text("case_line", stage=stages.get(case.stage, case.stage), id=case.id)
    facts = "".join(_fact(fact, case, text) for fact in case.facts)
    team = f" · {escape(case.team)}" if case.team else ""
    odd = "" if case.oddity <= SAID else f" · {text('not_compared' if case.is_open else 'nothing_odd')}"
    return (
        f'<div class="st st-behind"><p><b>{escape(name)}</b>{team}<span class="muted">{odd}</span></p>'
        f'<p class="muted">{escape(days)}</p><table>{facts}</table></div>'
    )


def _linked(found: Receipt, text: Texts) -> str:
    if found.linked_by == "span":
        return text("linked_span", n=found.all_cases) if found.cases else text("linked_span_none")
    if found.linked_by == "order" and not found.cases:
        return text("linked_order_none")
    return text(f"linked_{found.linked_by}")


def _order(found: Receipt, text: Texts) -> str:
    """What is known of the order itself, where an answer names one."""
    order = found.order
    if order is None:
        return ""
    promised = day(order["promised_at"], text.lang) if not pd.isna(order["promised_at"]) else text("unpromised")
    fulfilled = day(order["fulfilled_at"], text.lang) if not pd.isna(order["fulfilled_at"]) else text("order_never")
    said = text(f"order_{order['status']}", id=order["order_id"], promised=promised, fulfilled=fulfilled)
    if found.order_late is not None and found.order_late > 0:
        said += f" · {text('order_late', when=lateness(found.order_late, text))}"
    return said


def odd(found: Receipt) -> list[Case]:
    """The cases worth reading: those with something unusual, and the first where there is none."""
    return [case for case in found.cases if case.oddity <= SAID] or list(found.cases[:1])


def rows(found: Receipt, stages: dict[str, str], text: Texts) -> pd.DataFrame:
    """The facts as a table: one row per case and fact."""
    return pd.DataFrame(
        [
            {
                "case": case.id, "stage": stages.get(case.stage, case.stage), "fact": text(f"fact_{fact.name}"),
                "value": fact.value, "usual": fact.usual, "as_bad": fact.as_bad, "n": fact.n,
            }
            for case in found.cases
            for fact in case.facts
        ],
        columns=["case", "stage", "fact", "value", "usual", "as_bad", "n"],
    )  # fmt: skip


def _columns(text: Texts) -> tuple[Column, ...]:
    return (
        Column("case", text("column_case")), Column("stage", text("column_stage")), Column("fact", text("column_fact")),
        Column("value", text("column_value"), "number", 0), Column("usual", text("column_usual"), "number"),
        Column("as_bad", text("column_as_bad"), "share"), Column("n", text("part_n"), "count"),
    )  # fmt: skip


def _staff_value(name: str, value: float | None, lang: language.Lang) -> str:
    if value is None:
        return language.DASH
    if name in NUMBERED:
        return language.number(value, lang, NUMBERED[name])
    if name == "newcomers":
        return f"{language.number(100 * value, lang)}{NARROW}%"
    return units.shown(catalogue()[name], value, lang, layout.currency())


def staff(found: Receipt, text: Texts) -> pd.DataFrame:
    """The team's state as a table: one row a fact."""
    return pd.DataFrame([
        {
            "fact": text(f"staff_{one.name}"), "then": _staff_value(one.name, one.value, text.lang),
            "usual": _staff_value(one.name, one.usual, text.lang), "n": one.n,
            "days": language.span(one.over.start, one.over.last, text.lang), "of": one.unit or text("company_unit"),
        }
        for one in found.staff
    ])  # fmt: skip


def _team(found: Receipt, lang: language.Lang) -> None:
    text = language.texts("journey", lang)
    if not found.staff:
        return
    with panel("team_then", text("team"), lang, text("team_note", team=found.team)) as here:
        columns = (
            Column("fact", text("column_fact")), Column("then", text("column_then")),
            Column("usual", text("column_usual")), Column("n", text("column_people"), "count"),
            Column("days", text("column_days")), Column("of", text("column_of")),
        )  # fmt: skip
        here.table(staff(found, text), columns)


def _steps(here: Panel, case: Case, text: Texts) -> None:
    here.words(text("steps", id=case.id))
    here.table(case.steps, (
        Column("step", text("column_step")), Column("team", text("column_team")),
        Column("started_at", text("column_started"), "instant"), Column("due_at", text("column_due_at"), "instant"),
        Column("finished_at", text("column_finished"), "instant"),
        Column("is_hand_over", text("column_hand_over"), "flag"), Column("is_rework", text("column_redone"), "flag"),
        Column("is_error", text("column_error"), "flag"),
    ))  # fmt: skip


def receipt(view: View, found: Journey, lang: language.Lang) -> None:
    """The receipt of the answer in the address."""
    text, stages = language.texts("journey", lang), fetch.stage_labels(lang)
    said = chosen(found, filters.chosen("answer"))
    with panel("receipt", f"{text('receipt')}: {found.name}", lang) as here:
        if said is None:
            here.words(text("receipt_none"))
            return
        on = pd.Timestamp(said["at"]).date().isoformat()
        behind = fetch.asked(receipts.receipt, view, found.client, str(said["id"]), on)
        name = text(
            "receipt_said",
            instrument=instrument(said["kind"], lang),
            score=int(said["score"]),
            day=day(said["at"], lang),
        )
        comment = text("no_comment") if pd.isna(said["what"]) else f"“{said['what']}”"
        st.html(f'<p class="st"><b>{escape(name)}</b> {escape(str(comment))}</p>')
        if behind is None:
            return
        here.words(_linked(behind, text))
        if order := _order(behind, text):
            here.words(order, is_muted=False)
        if behind.cases:
            shown = odd(behind)
            st.html('<div class="st-behinds">' + "".join(_case(case, stages, text) for case in shown) + "</div>")
            if len(shown) < behind.all_cases:
                here.words(text("others", n=behind.all_cases - len(shown)))
            here.takes(rows(behind, stages, text), _columns(text))
            first = behind.cases[0]
            here.words(f"{text('as_then')} {text('such_cases', n=max((fact.n for fact in first.facts), default=0))}")
            if len(first.steps):
                _steps(here, first, text)
        if behind.unknown:
            here.words(text("not_known", what=", ".join(text(f"unknown_{name}") for name in behind.unknown)))
    if said is not None and behind is not None:
        _team(behind, lang)
