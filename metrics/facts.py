"""What is known of the case and the team behind an answer: the facts that may move a score, each with its doses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """One fact of a receipt. `sql`: over the columns of models/receipts.sql, team_days.sql and stage_days.sql.

    `layer`: operational, or employee for the state of the team. `unit`: how its values are told; `per`: how much more
    of it a slope is told for. `edges`: where one dose ends and the next begins. `is_bad_up`: whether more of it is
    worse. `ideal`: the value at which it can cost nothing; None where there is no such value. `bad_from`: from here on
    (down to here, where less is worse) an answer counts as touched by it. `is_banded`: of single answers only its dose
    is told, for the values of two days side by side would give away what one employee changed. `of`: what has one value
    of it on a day - the case, its team or its stage - so that answers of many clients share it.
    """

    name: str
    layer: str
    sql: str
    unit: str
    edges: tuple[float, ...]
    bad_from: float
    is_bad_up: bool = True
    per: float = 1.0
    ideal: float | None = None
    is_banded: bool = False
    of: str = "case"


WEEK_LATE = 7  # whoever waits longer than a week is no angrier for each further day, and one month late would drown all
DAYS_LATE = f"case when promised_at is not null then least({WEEK_LATE}, greatest(0, coalesce(days_late, 0))) end"
# Who still waits past the promise is in another state than who got it late: one slope over both would be of neither.
OVERDUE_OPEN = "case when promised_at is not null then cast(is_open and coalesce(days_late, 0) > 0 as integer) end"
# Of an open case hand-overs, errors and rework are still to come: few of them say how far it is, not how well it goes.
HAND_OVERS = (
    "case when not is_open and hand_overs is not null then least(hand_overs, 10) end"  # least() makes 10 of null
)
REWORK, ERRORS = (f"case when not is_open then cast({of} > 0 as integer) end" for of in ("rework", "errors"))
# What is still open has taken as long as it has: left out, the slowest cases would be missing.
SO_FAR = "coalesce(lead_time, date_diff('second', opened_at, answered_at) / 86400e0)"
# How much work lay waiting at the stage (models/stage_days.sql). Not its open cases as such: a stage that opens and
# closes twice as many is busy, not behind, so they are told in days of its own pace; and against its own usual, so that
# slow and quick stages compare. Workload is of the people of one team and counts what has begun: while a stage falls
# behind, its teams may be no busier than always.
BACKLOG = Fact(
    "backlog", "operational", "backlog", "ratio", (0.7, 0.85, 1.0, 1.15, 1.3, 1.5, 2.0), 1.15, ideal=1.0, of="stage"
)
FACTS = {
    fact.name: fact
    for fact in (
        Fact("days_late", "operational", DAYS_LATE, "days", (1, 2, 3, 4, 5, 7), 1, ideal=0),
        Fact("overdue_open", "operational", OVERDUE_OPEN, "flag", (1,), 1, ideal=0),
        Fact("rework", "operational", REWORK, "flag", (1,), 1, ideal=0),
        Fact("errors", "operational", ERRORS, "flag", (1,), 1, ideal=0),
        Fact("hand_overs", "operational", HAND_OVERS, "count", (1, 2, 3, 4, 5), 1, ideal=0),
        Fact("lead_time", "operational", SO_FAR, "days", (1, 2, 3, 5, 7, 10, 14, 21, 30), 7),
        BACKLOG,
        Fact("workload", "employee", "workload", "ratio", (0.7, 0.85, 1.0, 1.15, 1.3, 1.5, 2.0), 1.15, ideal=1.0,
             of="team"),
        Fact("engagement", "employee", "engagement", "score", (3.0, 3.4, 3.7, 4.0, 4.3), 3.7, is_bad_up=False,
             per=-0.5, is_banded=True, of="team"),
        Fact("newcomers", "employee", "newcomers", "share", (0.0001, 0.05, 0.1, 0.2, 0.3), 0.1, per=0.1, ideal=0,
             is_banded=True, of="team"),
        Fact("attrition", "employee", "attrition", "share", (0.0001, 0.05, 0.1, 0.2), 0.1, per=0.1, ideal=0,
             is_banded=True, of="team"),
        Fact("tenure", "employee", "tenure", "months", (12, 24, 36, 48, 72), 24, is_bad_up=False, per=12,
             is_banded=True, of="team"),
        Fact("skill_fit", "employee", "skill_fit", "share", (0.5, 0.6, 0.7, 0.8, 0.9), 0.8, is_bad_up=False, per=0.1,
             is_banded=True, of="team"),
    )
}  # fmt: skip


WHEN_CLOSED = ("rework", "errors", "hand_overs")  # known of closed cases only


def dose_sql(fact: Fact) -> str:
    """The number of the dose a value belongs to: 0 below the first edge; null where the fact is not known."""
    steps = " ".join(
        f"when {fact.name} >= {edge!r} then {place}" for place, edge in reversed([*enumerate(fact.edges, 1)])
    )
    return f"case when {fact.name} is not null then case {steps} else 0 end end"


def bad_sql(fact: Fact) -> str:
    """Whether an answer is touched by the fact."""
    return f"{fact.name} >= {fact.bad_from!r}" if fact.is_bad_up else f"{fact.name} < {fact.bad_from!r}"
