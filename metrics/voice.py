"""How are the scores spread, why do three ways of counting the NPS differ, and who stays silent?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.store import Store
from metrics import ask, change, clustered, compose, compute, scan
from metrics.ask import Wanted
from metrics.compute import Reading, States
from metrics.load import catalogue
from metrics.window import Period, Window

# Every score an instrument knows, also those nobody gave.
SCALES = {"nps": range(11), "csat": range(1, 6), "ces": range(1, 8)}
YEAR = timedelta(days=365)
FEWEST_CLIENTS = 30  # below, an explanation of a difference is a guess
MOST_SILENT = 100

Column = NDArray[np.float64]
ByScore = dict[str, dict[Period, dict[int, States]]]


@dataclass(frozen=True)
class Bar:
    """One score of an instrument: how many answers in each period, and which part of the scale it belongs to."""

    score: int
    part: str
    now: int
    before: int


@dataclass(frozen=True)
class Spread:
    """The answers of one instrument by score. `now`, `before`: its metric over all of them."""

    instrument: str
    bars: tuple[Bar, ...]
    now: Reading
    before: Reading


@dataclass(frozen=True)
class Reason:
    """Why two ways of counting the NPS differ. `points`: by how much; `p`: how often chance alone would do that.

    `kind`: "size", by revenue less by client; "habit", all answers less the clients' own means; "latest", the clients'
    latest answers less their own means; "time", the period's answers less those of the rest of the 365 days.
    """

    kind: str
    points: float
    p: float | None

    @property
    def is_real(self) -> bool:
        """Whether chance is no explanation."""
        return self.p is not None and self.p < change.ALPHA


@dataclass(frozen=True)
class Silent:
    """The silent clients with the most revenue, and how many there are in all with how much revenue.

    Shape: rows: client_id, client, segment, amount (over 365 days); answered_at, invited_at, contacted_at (the last
    ever, null where there was none). One row per client, the largest first.
    """

    rows: pd.DataFrame
    clients: int
    amount: float


def by_score(store: Store, window: Window, filters: compose.Filters) -> ByScore:
    """The states of each instrument's metric for every score given: instrument -> period -> score -> states."""
    metrics = [catalogue()[name] for name in SCALES]
    periods = Window(window.whole[:2])
    split = ("instrument", "score")
    asked = compose.question(metrics, periods, filters, split, store.lake().last_day)
    rows = store.query(asked.sql, asked.values)
    found: ByScore = {name: {period: {} for period in periods.whole} for name in SCALES}
    for metric in metrics:
        for (period, (instrument, score)), states in ask.cells(rows, metric, periods, split).items():
            if instrument == metric.id and period in found[metric.id]:
                found[metric.id][period][int(score)] = states
    return found


def _part(states: States) -> str:
    """Which part of its scale a score belongs to, as the catalogue counts it; one part where it takes the mean."""
    for name in ("promoters", "detractors"):
        if name in states.values:
            if states.values[name]:
                return name
            if name == "detractors":
                return "passives"
    if "hits" in states.values:
        return "satisfied" if states.values["hits"] else "unsatisfied"
    return "all"


def _parts(instrument: str, given: dict[int, str]) -> dict[int, str]:
    """Scores nobody gave belong where their neighbours do: parts are runs of scores."""
    scale = list(SCALES[instrument])
    usual = {"nps": {9: "promoters", 7: "passives", 0: "detractors"}, "csat": {4: "satisfied", 1: "unsatisfied"}}
    fallback = usual.get(instrument, {scale[0]: "all"})
    return {s: given.get(s, next(part for start, part in fallback.items() if s >= start)) for s in scale}


def spreads(store: Store, window: Window, filters: compose.Filters) -> tuple[Spread, ...]:
    """The scores of every instrument that was answered in the period, against the period compared with.

    Raises: StrataError without a lake; QueryTooLong.
    """
    now, before = window.whole[:2]
    found = []
    for name, periods in by_score(store, window, filters).items():
        if not periods[now]:
            continue
        parts = _parts(name, {score: _part(states) for period in periods.values() for score, states in period.items()})
        bars = tuple(
            Bar(score, part, *(round(periods[period].get(score, States()).n) for period in (now, before)))
            for score, part in parts.items()
        )
        metric = catalogue()[name]
        whole = [compute.read(metric, compute.merged(metric, periods[period].values())) for period in (now, before)]
        found.append(Spread(name, bars, *whole))
    return tuple(found)


def reasons(store: Store, window: Window, filters: compose.Filters) -> tuple[Reason, ...]:
    """Why the NPS of all answers, of clients and of revenue differ, the largest reason first.

    None below FEWEST_CLIENTS. p is raised for how many reasons are looked at. Raises: StrataError without a lake;
    QueryTooLong.
    """
    now = window.whole[0]
    rows = _votes(store, Window((now,)), filters)
    if len(rows) < FEWEST_CLIENTS:
        return ()
    vote, amount, answers, votes = (rows[name].to_numpy(dtype=float) for name in ("vote", "amount", "answers", "votes"))
    own = votes / answers
    found = {
        "size": by_weight(vote, amount),
        "habit": by_weight(own, answers),
        "latest": by_pairs(vote, own),
        "time": _against_the_year(store, now, filters),
    }
    told = {kind: one for kind, one in found.items() if one is not None and one.difference is not None}
    raised = change.holm([one.p for one in told.values()])
    kinds = [
        Reason(kind, one.difference or 0.0, p) for (kind, one), p in zip(told.items(), raised, strict=True)
    ]  # fmt: skip
    return tuple(sorted(kinds, key=lambda reason: -abs(reason.points)))


def _relation(store: Store, model: str, window: Window) -> tuple[str, dict[str, Any]]:
    """A model as a table to select from, with the values it asks for."""
    manifest = store.lake()
    asked = compose.relation(model, window, manifest.last_day)
    own = {name: worth for name, worth in scan.company_values(manifest).items() if f"${name}" in asked.sql}
    return f"({asked.sql})", dict(asked.values) | own


def _votes(store: Store, window: Window, filters: compose.Filters) -> pd.DataFrame:
    """One row per active client with a vote: vote, amount, answers, votes."""
    years, values = _relation(store, "client_years", window)
    said, more = _relation(store, "votes", window)
    values |= more
    within = compose.client_filter(filters, values)
    return store.query(
        f"select vote, amount, answers, votes from {years} as years join {said} as said using (client_id) "
        f"where is_active and vote is not null {f'and {within}' if within else ''}",
        values,
    )


def by_weight(values: Column, weights: Column) -> change.Change | None:
    """How the weighted mean differs from the plain one, in points, and how often chance alone would do that.

    Chance deals the weights out among the clients anew; the spread of that is known exactly, however unequal they are.
    (Linearised, as ratios are elsewhere, one difference in six would be called real that is none: revenue is that
    unequal.) None without weights. Source: Pitman 1937.
    """
    n, whole = len(values), float(weights.sum())
    if whole <= 0:
        return None
    difference = float(values @ weights) / whole - float(values.mean())
    spread = ((values - values.mean()) ** 2).sum() * ((weights - weights.mean()) ** 2).sum() / (n - 1)
    return _told(difference, float(np.sqrt(spread)) / whole)


def by_pairs(values: Column, others: Column) -> change.Change:
    """How the mean of one value a client differs from that of another, in points, and how often chance would do that.

    Chance swaps the two within a client. Source: Pitman 1937.
    """
    pairs = values - others
    return _told(float(pairs.mean()), float(np.sqrt((pairs**2).sum())) / len(pairs))


def _told(difference: float, error: float) -> change.Change:
    if error < 1e-12:
        return change.Change(0.0, p=1.0)
    z = difference / error
    return change.Change(100 * difference, z, change.two_sided(z))


def _against_the_year(store: Store, now: Period, filters: compose.Filters) -> change.Change | None:
    """The period's answers against the others of the 365 days up to its end; None where there are too few of them."""
    rest = Period(now.end - YEAR, now.start)
    if rest.days <= 0:
        return None
    answer = ask.ask(store, [Wanted("nps")], Window((now, rest)), filters)[Wanted("nps")]
    if min(answer.at(now).n, answer.at(rest).n) < answer.metric.minimum_n:
        return None
    of_rows = compute.compare(answer.metric, answer.at(rest), answer.at(now))
    return clustered.surer(store, Window((now, rest)), filters, [clustered.Claim("nps", (), (), of_rows)])[0]


def silent(store: Store, window: Window, filters: compose.Filters, most: str = str(MOST_SILENT)) -> Silent:
    """Who ordered and was asked in the 365 days up to the period's end, and did not answer; see client_years.

    `most`: as many are listed. Raises: StrataError without a lake; QueryTooLong.
    """
    now = Window(window.whole[:1])
    years, values = _relation(store, "client_years", now)
    heard, more = _relation(store, "last_heard", now)
    values |= more | {"most": int(most)}
    within = compose.client_filter(filters, values)
    rows = store.query(
        f"with silent as (select client_id, amount from {years} as years "
        f"where is_silent {f'and {within}' if within else ''}) "
        "select client_id, clients.name as client, clients.segment, silent.amount, "
        "heard.answered_at, heard.invited_at, heard.contacted_at, "
        "count(*) over () as clients, sum(silent.amount) over () as amount_of_all "
        f"from silent join clients using (client_id) left join {heard} as heard using (client_id) "
        "order by silent.amount desc, client_id limit $most",
        values,
    )
    counted, amount = (rows["clients"].iloc[0], rows["amount_of_all"].iloc[0]) if len(rows) else (0, 0.0)
    return Silent(rows.drop(columns=["clients", "amount_of_all"]), int(counted), float(amount))
