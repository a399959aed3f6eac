"""The very rows a number counts. Employee numbers are traced to teams, never to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from data.store import Store
from metrics import ask, compose, compute, scan
from metrics.ask import Answer, Wanted
from metrics.declare import Metric
from metrics.load import catalogue
from metrics.window import Period, Window

PAGE = 200


@dataclass(frozen=True)
class Listing:
    """Some of the rows behind a number. `n`: all that it counts; `found`: those that hold what was searched for.

    `rows`: the columns of the metric's model, after the client's name and segment; for employee metrics one row a team:
    team, n, value, low, high, and with team null those that may not be shown. `ignored`: filters it does not know.
    """

    metric: str
    period: Period
    n: int
    found: int
    rows: pd.DataFrame
    ignored: tuple[str, ...] = ()


def listing(
    store: Store,
    window: Window,
    filters: Mapping[str, tuple[str, ...]],
    metric: str,
    search: str,
    first: str,
    many: str,
) -> Listing:
    """`many` rows from number `first` (from 0) that the metric counts in the period looked at and that hold `search`.

    Raises: StrataError without a lake; QueryTooLong; KeyError for a metric that is not declared.
    """
    asked = catalogue()[metric]
    period = window.whole[0]
    ignored = tuple(name for name, chosen in filters.items() if chosen and name not in asked.by)
    if asked.layer == "employee":
        return _of_teams(store, asked, period, filters, ignored, search)
    manifest = store.lake()
    own = ask.known(asked, filters)
    whole, _ = compose.listing(asked, period, own, manifest.last_day, "")
    some, page = compose.listing(asked, period, own, manifest.last_day, search)
    company = scan.company_values(manifest)

    def rows(question: compose.Question, **more: int) -> pd.DataFrame:
        values = question.values | {name: worth for name, worth in company.items() if f"${name}" in question.sql}
        return store.query(question.sql, values | more)

    n = int(rows(whole)["n"].iloc[0])
    found = int(rows(some)["n"].iloc[0]) if search else n
    return Listing(metric, period, n, found, rows(page, first=int(first), many=int(many)), ignored)


def _of_teams(
    store: Store, metric: Metric, period: Period, filters: compose.Filters, ignored: tuple[str, ...], search: str
) -> Listing:
    """One row a team that may be shown; what the others come to together is only their number. Searched by name."""
    whole, split = Wanted(metric.id), Wanted(metric.id, (ask.TEAM,))
    answers = ask.ask(store, [whole, split], Window((period,)), filters)
    n = int(answers[whole].at(period).n)
    teams = _shown(answers[split], period)
    rest = n - int(teams["n"].sum())
    if rest > 0:
        teams.loc[len(teams)] = {"team": None, "n": rest, "value": None, "low": None, "high": None}
    if search:
        teams = teams[[search.lower() in str(name or "").lower() for name in teams["team"]]].reset_index(drop=True)
    return Listing(metric.id, period, n, len(teams), teams, ignored)


def _shown(answer: Answer, period: Period) -> pd.DataFrame:
    rows = []
    for group in answer.groups():
        if (period, group) not in answer.cells:
            continue
        reading = compute.read(answer.metric, answer.at(period, group))
        rows.append(
            {"team": group[0], "n": reading.n, "value": reading.value, "low": reading.low, "high": reading.high}
        )
    return pd.DataFrame(rows, columns=["team", "n", "value", "low", "high"]).astype({"team": object, "n": "int64"})
