"""How much lies on the desks of each team, against what is usual for this very team?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.store import Store
from metrics import ask, change, compute, control, scan
from metrics.ask import FEWEST_PEOPLE, Wanted
from metrics.change import ALPHA, Verdict
from metrics.compute import Reading
from metrics.load import model_sql
from metrics.window import Window, weeks_back

BASELINE = 26  # weeks before the period that tell what is usual
FEWEST_WEEKS = 8  # of them that must be known
METRIC = "workload"
Column: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Desk:
    """One team. `now`: open steps a person at the end of the period. `low`, `high`: between which it usually stays.

    `p`: how often chance alone would lead as far from the usual, raised for how many teams are looked at. `verdict`:
    WORSE above the usual range, CHANGED below it, UNKNOWN where too few weeks are known.
    """

    team: str
    now: Reading
    low: float | None = None
    high: float | None = None
    p: float | None = None
    verdict: Verdict = Verdict.UNKNOWN


@dataclass(frozen=True)
class Workload:
    """The teams, those beyond their usual range first. `hidden`: teams of too few people to be shown, by name.

    `idle`: teams that had no step on their desks in all these weeks: their work is not recorded in steps.
    """

    desks: tuple[Desk, ...]
    hidden: tuple[str, ...]
    idle: tuple[str, ...] = ()


def weekly(store: Store, window: Window) -> tuple[pd.DataFrame, int]:
    """Open steps and people of each team at the end of each week up to the end of the period; weeks of the baseline.

    Shape: team, week (from 0), people, open_steps.
    """
    now = window.whole[0]
    weeks = weeks_back(now.end, BASELINE + -(-now.days // 7))
    values = {"origin": weeks[0].start, "to": now.end, "weeks": len(weeks)}
    began = scan.company_values(store.lake())["steps_began"]
    rows = store.query(model_sql("desks"), {**values, "steps_began": began})
    return rows, sum(week.end <= now.start for week in weeks)


@dataclass(frozen=True)
class _Usual:
    """A team's weeks before the period, in order, and the limits drawn from them."""

    weeks: Column
    low: float
    high: float


def _usual(rows: pd.DataFrame, baseline: int) -> _Usual | None:
    """A team's weeks before the period; None where too few are known or nothing ever varied."""
    known = rows[(rows["week"] < baseline) & (rows["people"] >= FEWEST_PEOPLE)].sort_values("week")
    of_week = dict(zip(known["week"], known["open_steps"] / known["people"], strict=True))
    if len(of_week) < FEWEST_WEEKS:
        return None
    limits = control.xmr([of_week.get(week) for week in range(baseline)])
    if limits is None or limits.lower[0] is None or limits.upper[0] is None:
        return None
    return _Usual(np.array(list(of_week.values()), dtype=float), limits.lower[0], limits.upper[0])


def workload(store: Store, window: Window, filters: Mapping[str, tuple[str, ...]]) -> Workload:
    """Each team's open steps a person at the end of the period, against the 26 weeks before the period.

    A team is beyond its usual range when it lies outside its limits and chance, among so many teams, is no explanation.
    Raises: StrataError without a lake; QueryTooLong.
    """
    now = window.whole[0]
    wanted = Wanted(METRIC, (ask.TEAM,))
    answer = ask.ask(store, [wanted], Window(window.whole[:1]), filters)[wanted]
    shown = {str(group[0]): compute.read(answer.metric, evidence) for (_, group), evidence in answer.cells.items()}
    hidden = sorted(str(group[0]) for period, group in answer.hidden if period == now)
    if not shown:
        return Workload((), tuple(hidden))
    rows, baseline = weekly(store, window)
    usual = {str(team): _usual(mine, baseline) for team, mine in rows.groupby("team")}
    busy = set(rows.loc[rows["open_steps"] > 0, "team"])
    teams = sorted(team for team in shown if team in busy)
    raised = change.holm([
        change.beyond(weeks.weeks, shown[team].value or 0.0).p if (weeks := usual.get(team)) else None for team in teams
    ])  # fmt: skip
    found = []
    for team, p in zip(teams, raised, strict=True):
        limits, value = usual.get(team), shown[team].value or 0.0
        if limits is None or p is None:
            found.append(Desk(team, shown[team]))
            continue
        low, high = limits.low, limits.high
        is_news = p < ALPHA and not low <= value <= high
        word = (Verdict.WORSE if value > high else Verdict.CHANGED) if is_news else Verdict.NO_REAL_CHANGE
        found.append(Desk(team, shown[team], max(0.0, low), high, p, word))
    order = {Verdict.WORSE: 0, Verdict.CHANGED: 1}
    found.sort(key=lambda desk: (order.get(desk.verdict, 2), -(desk.now.value or 0.0), desk.team))
    return Workload(tuple(found), tuple(hidden), tuple(sorted(shown.keys() - busy)))
