"""What stands behind one answer: its cases and its team, each against what is usual, the oddest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from data.store import Store
from metrics import compose, receipts, served
from metrics.load import model_sql
from metrics.served import STAFF, Staff
from metrics.window import DAY, Period, Window

SPAN = timedelta(days=90)  # the cases that an answer without a stage speaks of
YEAR = timedelta(days=365)
MOST_CASES = 6
BEGUN = {"hand_overs": "is_hand_over", "rework": "is_rework", "errors": "is_error"}  # how often in the steps begun
FACTS = ("days_late", *BEGUN)
Told = tuple[str, str]


@dataclass(frozen=True)
class Fact:
    """One fact of a case. `value`: None where not known; `usual`: the mean of such cases.

    `as_bad`: the share of them that is as bad or worse, 1 where there is nothing bad; both of `n` closed cases of the
    same process and stage. `so_far`: of a case still open, which can only grow: it is held against no mean of closed
    cases, and what is not bad yet is not called good; but what few of them came to in the end is odd already.
    """

    name: str
    value: float | None
    usual: float | None = None
    as_bad: float | None = None
    n: int = 0
    so_far: bool = False


@dataclass(frozen=True)
class Case:
    """One case behind the answer, as it stood then: what was begun later is not behind it.

    `steps`: models/case_steps.sql. `facts`: the oddest first. `closed_at`: also where that came later.
    """

    id: str
    process: str
    stage: str
    opened_at: pd.Timestamp
    promised_at: pd.Timestamp | None
    closed_at: pd.Timestamp | None
    is_open: bool
    team: str | None
    facts: tuple[Fact, ...]
    steps: pd.DataFrame

    @property
    def late(self) -> float:
        """Days late; 0 where that is not known."""
        return next((fact.value for fact in self.facts if fact.name == "days_late"), None) or 0.0

    @property
    def oddity(self) -> float:
        """The share of such cases that are as bad in what it was worst at."""
        return min((fact.as_bad for fact in self.facts if fact.as_bad is not None), default=1.0)


@dataclass(frozen=True)
class Receipt:
    """What stands behind one answer. `linked_by`: see models/receipts.sql.

    'span': it speaks of no stage, and these are the client's cases closed in the 90 days before, or open then, the
    oddest of `all_cases`. `unknown`: what is not known.
    `order`: the order the answer names, as it stood then; `order_late`: calendar days past its promise by then.
    """

    answer: pd.Series[Any]
    linked_by: str
    cases: tuple[Case, ...]
    all_cases: int
    team: str | None
    staff: tuple[Staff, ...]
    unknown: tuple[str, ...]
    order: pd.Series[Any] | None = None
    order_late: int | None = None


def receipt(
    store: Store, window: Window, filters: compose.Filters, client: str, answer: str, day: str
) -> Receipt | None:
    """What stands behind an answer that a client gave on a `day`; None where there is no such answer.

    Raises: StrataError without a lake; QueryTooLong.
    """
    del window, filters
    on = date.fromisoformat(day)
    asked = receipts.of_client(client, Period(on, on + DAY))
    rows = store.query(asked.sql, asked.values)
    rows = rows[rows["answer_id"] == answer]
    if rows.empty:
        return None
    said = rows.iloc[0]
    usual = _usual(store)
    behind, linked_by = _cases(store, client, said)
    steps = store.query(
        model_sql("case_steps"), {"client": client, "cases": list(behind["case_id"]), "at": said["answered_at"]}
    )
    cases = sorted(
        (_case(row, steps[steps["case_id"] == row["case_id"]], usual) for _, row in behind.iterrows()),
        key=lambda case: (case.oddity, -case.late, -case.opened_at.timestamp()),
    )
    team = cases[0].team if cases else None
    staff = served.staff(store, team, _at_on(cases[0], said)) if team else ()
    order = _order(store, client, said)
    return Receipt(
        said, linked_by, tuple(cases[:MOST_CASES]), len(cases), team, staff, _unknown(cases, staff), order,
        None if order is None else _order_late(order, said["answered_at"]),
    )  # fmt: skip


def _order(store: Store, client: str, said: pd.Series[Any]) -> pd.Series[Any] | None:
    """The order the answer names, or that its case serves."""
    if pd.isna(said["order_id"]):
        return None
    rows = store.query(
        "select order_id, status, ordered_at, promised_at, fulfilled_at from orders "
        "where client_id = $client and order_id = $order",
        {"client": client, "order": said["order_id"]},
    )
    return None if rows.empty else _then(rows.iloc[0], said["answered_at"])


def _then(order: pd.Series[Any], at: pd.Timestamp) -> pd.Series[Any]:
    """An order as it stood when the client answered: open where it was fulfilled later. When it was cancelled is not
    recorded."""
    later = {"status": "open", "fulfilled_at": pd.NaT} if order["fulfilled_at"] > at else {}
    return pd.Series(order.to_dict() | later, dtype=object)


def _order_late(order: pd.Series[Any], at: pd.Timestamp) -> int | None:
    """Calendar days past the promise of an order when the client answered; None without one, or while it was ahead."""
    if pd.isna(order["promised_at"]) or order["status"] == "cancelled":
        return None
    until = at if pd.isna(order["fulfilled_at"]) else min(at, order["fulfilled_at"])
    days = (until.floor("D") - order["promised_at"].floor("D")).days
    return None if days <= 0 and not order["fulfilled_at"] <= at else int(days)


def _at_on(case: Case, said: pd.Series[Any]) -> date:
    """The day the case closed, or of the answer if it was open then."""
    then = said["answered_at"] if case.is_open or case.closed_at is None else case.closed_at
    return pd.Timestamp(then).date()


def _cases(store: Store, client: str, said: pd.Series[Any]) -> tuple[pd.DataFrame, str]:
    """The cases behind the answer, and how they are linked to it."""
    columns = (
        "case_id, order_id, process, stage, opened_at, promised_at, closed_at, hand_overs, reworks as rework, errors"
    )
    at = said["answered_at"]
    if said["linked_by"] == "none" and pd.isna(said["stage"]):
        condition = "opened_at <= $at and (closed_at is null or closed_at >= $since)"
        values: dict[str, Any] = {"at": at, "since": at - SPAN, "client": client}
        linked_by = "span"
    elif pd.isna(said["case_id"]):
        return pd.DataFrame(columns=["case_id"]), str(said["linked_by"])
    else:
        condition, values = "case_id = $case", {"case": said["case_id"], "client": client}
        linked_by = str(said["linked_by"])
    found = store.query(f"select {columns} from cases where client_id = $client and {condition}", values)
    return found.assign(is_open=~(found["closed_at"] <= at), at=at), linked_by


def _usual(store: Store) -> dict[Told, pd.DataFrame]:
    """What the cases of a process and stage closed in the last year were like."""
    end = store.lake().last_day + DAY
    rows = store.kept(model_sql("usual_cases"), {"from": end - YEAR, "to": end})
    return {(str(process), str(stage)): mine for (process, stage), mine in rows.groupby(["process", "stage"])}


def _late(row: pd.Series[Any]) -> float | None:
    """Calendar days late as the client knew it; None without a promise or while it was ahead."""
    if pd.isna(row["promised_at"]):
        return None
    until = min(row["closed_at"], row["at"]) if not pd.isna(row["closed_at"]) else row["at"]
    days = (until.floor("D") - row["promised_at"].floor("D")).days
    return None if row["is_open"] and days <= 0 else float(days)


def _case(row: pd.Series[Any], steps: pd.DataFrame, usual: Mapping[Told, pd.DataFrame]) -> Case:
    such = usual.get((str(row["process"]), str(row["stage"])))
    values = {"days_late": _late(row)} | {
        name: None if pd.isna(row[name]) else float(steps[flag].eq(True).sum()) for name, flag in BEGUN.items()
    }
    is_open = bool(row["is_open"])
    facts = sorted(
        (_fact(name, value, such, is_open) for name, value in values.items()),
        key=lambda fact: 9.0 if fact.as_bad is None else fact.as_bad,
    )
    teams = steps["team"].dropna().value_counts()
    most = sorted(teams[teams == teams.max()].index)[-1] if len(teams) else None
    return Case(
        id=str(row["case_id"]), process=str(row["process"]), stage=str(row["stage"]), opened_at=row["opened_at"],
        promised_at=None if pd.isna(row["promised_at"]) else row["promised_at"],
        closed_at=None if pd.isna(row["closed_at"]) else row["closed_at"],
        is_open=is_open, team=most, facts=tuple(facts), steps=steps,
    )  # fmt: skip


def _fact(name: str, value: float | None, such: pd.DataFrame | None, is_open: bool) -> Fact:
    known = such[such[name].notna()] if such is not None else None
    n = 0 if known is None else int(known["n"].sum())
    if known is None or not n:
        return Fact(name, value, so_far=is_open)
    usual = None if is_open else float((known[name] * known["n"]).sum()) / n
    if value is None:
        return Fact(name, None, usual, None, n, is_open)
    if value <= 0:
        return Fact(name, value, usual, None if is_open else 1.0, n, is_open)
    return Fact(name, value, usual, float(known.loc[known[name] >= value, "n"].sum()) / n, n, is_open)


def _unknown(cases: list[Case], staff: tuple[Staff, ...]) -> tuple[str, ...]:
    """What would belong to the receipt and is not known."""
    if not cases:
        return ("case",)
    known = {fact.name for case in cases for fact in case.facts if fact.value is not None}
    if any(case.promised_at is not None for case in cases):
        known.add("days_late")  # or not due yet
    missing = [name for name in FACTS if name not in known]
    told = {one.name for one in staff}
    if cases[0].team is None:
        missing.append("team")
    else:
        missing += [name for name in (*STAFF, "workload") if name not in told]
    return tuple(missing)
