"""What happened to this client? Everything known of one client, in the order in which it happened."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from data.store import Store
from metrics import compose, declared, intervals, scoring, served, standing
from metrics.load import model_sql
from metrics.window import DAY, Window

WEEK = timedelta(days=7)
ANSWERS = ("nps", "csat", "ces")
INVITED = "select client_id, sent_at from invitations where client_id = $client"


@dataclass(frozen=True)
class Journey:
    """One client. `facts`: a row of standing.measured and scoring.health at the end of the last day.

    `events`: models/journey.sql, with days_late (orders, payments, cases: calendar days past the promised or due
    day, so far while open; missing without one, or while it is ahead) and is_open.
    `health`: by week, oldest first: day, score, known. `promises`: the share kept between low and high.
    """

    client: str
    now: date
    facts: pd.Series
    events: pd.DataFrame
    health: pd.DataFrame
    promises: intervals.Interval | None

    @property
    def name(self) -> str:
        """The client's name."""
        return str(self.facts["name"])


def journey(store: Store, window: Window, filters: compose.Filters, client: str) -> Journey | None:
    """Everything known of one client up to the last day; None where nobody is called that.

    The period and the filters do not count: a journey is seen whole. Raises: StrataError without a lake; QueryTooLong.
    """
    del window, filters
    now = store.lake().last_day + DAY
    rules = declared.health()
    weeks = _weeks(now)
    with ThreadPoolExecutor(2) as pool:
        usual = pool.submit(standing.habits, store, weeks)
        asked = pool.submit(store.query, INVITED, {"client": client})
        events = store.query(model_sql("journey"), {"client": client})
        read = _tables(client, events) | {"invitations": asked.result()}
        found = standing.states(store, standing.one(client), weeks, read)
        habits = usual.result()
    if found.empty:
        return None
    measured = standing.measured(found, habits)
    course = measured.join(scoring.health(measured, rules)).rename(columns={"score": "health"})
    facts = course.iloc[0]
    health = pd.DataFrame({"day": weeks, "score": course["health"], "known": course["known"]}).iloc[::-1]
    kept = intervals.share(float(facts["kept"]), float(facts["due"])) if facts["due"] else None
    return Journey(client, now, facts, _told(events, now), health.reset_index(drop=True), kept)


def _weeks(now: date) -> list[date]:
    """The days at whose beginning the course of health is told, the latest first."""
    return [now - i * WEEK for i in range(declared.health().weeks)]


def make_ready(store: Store) -> None:
    """Ask what every journey is judged by, so that it lies in memory when one is opened: it is the same for all.

    Raises: StrataError without a lake; QueryTooLong.
    """
    standing.habits(store, _weeks(store.lake().last_day + DAY))
    served.make_ready(store)


def _tables(client: str, events: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The client's rows as the tables they came from, with the columns that its standing is worked out from.

    Costs are not among them: a journey shows no margin.
    """
    columns = {
        "answers": {"answered_at": "at", "instrument": "kind", "score": "score"},
        "orders": {"ordered_at": "at", "amount": "amount", "status": "status"},
        "payments": {"due_on": "due_at", "paid_on": "ends_at"},
        "cases": {"opened_at": "at", "closed_at": "ends_at", "promised_at": "due_at"},
        "contacts": {"at": "at"},
    }
    kinds = {"orders": ("order",), "payments": ("payment",), "cases": ("case",), "contacts": ("contact",)}
    found = {}
    for table, names in columns.items():
        mine = events[events["kind"].isin(kinds.get(table, ANSWERS))]
        found[table] = pd.DataFrame({name: mine[event] for name, event in names.items()}).assign(client_id=client)
    return found | {"orders": found["orders"].assign(cost=None)}


def _told(events: pd.DataFrame, now: date) -> pd.DataFrame:
    """The events with how late they were, or are so far."""
    shown = events.copy()
    for name in ("at", "ends_at", "due_at"):
        shown[name] = pd.to_datetime(shown[name])
    end = pd.Timestamp(now)
    can_end = shown["kind"].isin(("order", "payment", "case")) & (shown["status"] != "cancelled")
    shown["is_open"] = can_end & shown["ends_at"].isna()
    until = shown["ends_at"].fillna(end).dt.floor("D")
    late = (until - shown["due_at"].dt.floor("D")).dt.days
    is_known = can_end & shown["due_at"].notna() & (shown["ends_at"].notna() | (shown["due_at"] < end))
    shown["days_late"] = late.where(is_known).astype("Float64")
    return shown
