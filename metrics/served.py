"""How the teams that served a client were over time: loaded, engaged, skilled; never one person."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeAlias

import pandas as pd

from data.store import Store
from metrics import ask, compose, compute, moods, receipts
from metrics.ask import Answer, Wanted
from metrics.load import catalogue, model_sql
from metrics.window import DAY, Period, Window

STAFF = ("engagement", "skill_fit")
SOURCES = {"engagement": "pulse", "skill_fit": "skills"}  # the table each is read from
YEARS = timedelta(days=3 * 366)  # as far back as months are followed
Answers: TypeAlias = dict[Wanted, Answer]


@dataclass(frozen=True)
class Unit:
    """Those who stand for a part of a month's work: a team, or the whole company (None) in the place of teams that may
    not be told. `value` of so many `people`; `steps`: how many they began for the client."""

    team: str | None
    value: float
    people: int
    steps: int


@dataclass(frozen=True)
class Month:
    """What is told of a finished month's teams. `units`: those with the most steps first; `company`: all together."""

    over: Period
    units: tuple[Unit, ...]
    company: float

    @property
    def value(self) -> float:
        """The mean of the units, each weighing by its steps for the client."""
        return sum(one.value * one.steps for one in self.units) / sum(one.steps for one in self.units)


@dataclass(frozen=True)
class Served:
    """Who served a client. `load`: week (its Monday), share (1 is usual), of weeks with work.

    `months`: one of STAFF -> the finished months with work of which something is told, oldest first. `is_named`: does
    any step name its team? `missing`: those of STAFF of which the company has no facts.
    """

    load: pd.DataFrame
    months: dict[str, tuple[Month, ...]]
    is_named: bool
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Staff:
    """One fact of those who did the work. `n`: people. `over`: the days it is of.

    `unit`: the team, or None for the whole company where the team may not be shown or did not answer.
    """

    name: str
    unit: str | None
    value: float
    usual: float | None
    n: int
    over: Period


def people(store: Store, of: Iterable[Period]) -> Answers:
    """What is told of teams and of the company in these whole months, for `told`."""
    wanted = [Wanted(name, split) for name in (*STAFF, "tenure") for split in ((), (ask.TEAM,))]
    return ask.ask(store, wanted, Window(tuple(of)))


def is_shown(answers: Answers, team: str, month: Period) -> bool:
    """Whether a team may be told of at all in a month: five people or more, and no smaller one is known by it."""
    return (month, (team,)) in answers[Wanted("tenure", (ask.TEAM,))].cells


def told(answers: Answers, name: str, team: str | None, month: Period) -> tuple[float, int] | None:
    """One of STAFF in a month, and of how many people: of a team, of the whole company without one.

    None where it is not known, or would tell of fewer than five people.
    """
    if team and not is_shown(answers, team, month):
        return None
    answer = answers[Wanted(name, (ask.TEAM,) if team else ())]
    found = compute.read(catalogue()[name], answer.at(month, (team,) if team else ()))
    return None if found.value is None else (found.value, found.n)


def served(store: Store, window: Window, filters: compose.Filters, client: str) -> Served:
    """How the teams that worked for a client were. The period and the filters do not count: a journey is seen whole.

    Raises: StrataError without a lake; QueryTooLong.
    """
    del window, filters
    tables = store.lake().tables
    counts = {name: tables.get(table) for name, table in SOURCES.items()}
    missing = tuple(name for name, one in counts.items() if one is None or one.kept == 0)
    with ThreadPoolExecutor(ask.AT_ONCE) as pool:
        days = pool.submit(receipts.team_days, store)
        work = store.query(model_sql("served"), {"client": client})
        months = _months(store, work)
        return Served(_load(work, days.result()), months, len(work) > 0, missing)


def make_ready(store: Store) -> None:
    """Ask what is the same for all clients, so that it lies in memory.

    Raises: StrataError without a lake; QueryTooLong.
    """
    receipts.team_days(store)
    _of_lake(store, store.lake().version)


@lru_cache(maxsize=2)
def _of_lake(store: Store, version: str) -> tuple[tuple[Period, ...], Answers]:
    """The finished months that are followed, and what is told of people in them."""
    del version
    last_day = store.lake().last_day
    months = moods.months((last_day - YEARS).replace(day=1), last_day + DAY)
    return months, people(store, months)


def _months(store: Store, work: pd.DataFrame) -> dict[str, tuple[Month, ...]]:
    steps: dict[date, Counter[str]] = defaultdict(Counter)
    for day, team, n in work.assign(day=work["day"].dt.date)[["day", "team", "steps"]].itertuples(index=False):
        steps[day.replace(day=1)][str(team)] += int(n)
    of, answers = _of_lake(store, store.lake().version) if steps else ((), {})
    found: dict[str, list[Month]] = {name: [] for name in STAFF}
    for month in (one for one in of if one.start in steps):
        for name in STAFF:
            company = told(answers, name, None, month)
            if company is None:
                continue
            units: dict[str | None, Unit] = {}
            for team, n in steps[month.start].items():
                mine = told(answers, name, team, month)
                unit, (value, people_n) = (team, mine) if mine else (None, company)
                before = units[unit].steps if unit in units else 0
                units[unit] = Unit(unit, value, people_n, before + n)
            most_first = sorted(units.values(), key=lambda one: (-one.steps, one.team or ""))
            found[name].append(Month(month, tuple(most_first), company[0]))
    return {name: tuple(months) for name, months in found.items()}


def _load(work: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """The load of the teams week by week against their usual, each weighing by the steps it began for the client.

    Teams of fewer than five people are left out.
    """
    both = work.merge(days, on=["team", "day"]) if len(work) and len(days) else pd.DataFrame()
    if both.empty:
        return pd.DataFrame({"week": pd.Series(dtype="datetime64[us]"), "share": pd.Series(dtype=float)})
    both = both[both["usual"] > 0]
    both["week"] = both["day"] - pd.to_timedelta(both["day"].dt.day_of_week, unit="D")
    both["weight"] = both["steps"] * both["open_steps"] / both["usual"]
    weeks = both.groupby("week")[["steps", "weight"]].sum().reset_index()
    weeks["share"] = weeks["weight"] / weeks["steps"]
    return weeks[["week", "share"]]


def told_month(day: date, now: date) -> Period:
    """The whole finished month that a day is told in: its own, or the one before while that is not over."""
    first = day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    if after > now:
        after, first = first, (first - DAY).replace(day=1)
    return Period(first, after)


def staff(store: Store, team: str, day: date) -> tuple[Staff, ...]:
    """How the team was then: its load that week, and what its people said and can, by whole months.

    What people answered and can is asked for as on every page (metrics.ask): never of fewer than five, nor of a team
    that would let a smaller one be worked out; the whole company then stands for it.
    """
    found = []
    month = told_month(day, store.lake().last_day + DAY)
    months = [month]
    for _ in range(12):
        months.append(Period((months[-1].start - DAY).replace(day=1), months[-1].start))
    answers = people(store, months)
    for name in STAFF:
        for unit in (team, None):
            now = told(answers, name, unit, month)
            if now is None:
                continue
            past = [before[0] for one in months[1:] if (before := told(answers, name, unit, one))]
            found.append(Staff(name, unit, now[0], sum(past) / len(past) if past else None, now[1], month))
            break
    if is_shown(answers, team, month):
        days = receipts.team_days(store)
        at = days[(days["team"] == team) & (days["day"] == pd.Timestamp(day))]
        mine = days[days["team"] == team]
        if len(at):
            row = at.iloc[0]
            week = Period(day - 6 * DAY, day + DAY)
            n = int(row["people"])
            if not pd.isna(row["usual"]):
                found.append(Staff("workload", team, float(row["open_steps"]), float(row["usual"]), n, week))
            newcomers = float(row["newcomers"])
            found.append(
                Staff("newcomers", team, newcomers, float(mine["newcomers"].mean()), n, Period(day, day + DAY))
            )
    return tuple(found)
