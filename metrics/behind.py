"""What stands behind a score: which facts of the cases and teams move it, by how much, and in which teams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from data.store import Store
from metrics import block_sums, compose, drivers, intervals, receipt_sums, shrinkage, troubled
from metrics.compute import Reading
from metrics.drivers import Fit, Refused, Way
from metrics.facts import FACTS, WHEN_CLOSED
from metrics.shrinkage import Shrunk, Spread
from metrics.troubled import Troubled
from metrics.window import Period, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENOUGH = 2000  # answers of the period: with fewer, those of the 52 weeks up to its end are taken
YEAR = timedelta(weeks=52)
KNOWN = 0.7  # the share of linked answers for which a fact must be known to be asked
INSTRUMENTS = ("csat", "ces", "nps")
Matrix: TypeAlias = "NDArray[np.float64]"


@dataclass(frozen=True)
class Dose:
    """The answers that got so much of a fact: from `low` up to, not including, `high` (None: open), and their mean.

    `number`: of the dose, by which its answers are asked for.
    """

    low: float | None
    high: float | None
    score: Reading
    number: int = 0


@dataclass(frozen=True)
class Touched:
    """How many answers a fact touches; and what it costs the mean score, where that can be told, from low to high."""

    share: Reading
    mean: float
    cost: float | None = None
    cost_low: float | None = None
    cost_high: float | None = None


@dataclass(frozen=True)
class Team:
    """One team: the mean of its answers, and where it stands with chance taken out; both against its own stages."""

    name: str
    score: Reading
    shrunk: Shrunk


@dataclass(frozen=True)
class Behind:
    """All that the page shows of one score.

    `days`: the answers asked; `scores`: instrument -> how many of its answers may lead to a case. `linked`: of the
    `answers` of the chosen score; `mean`: theirs. `unknown`: facts known for too few. `spread`: how far teams differ;
    the teams are sorted by the lower bound. `unshown`: teams without an answer of a day on which five people or more
    are known to have worked in them. `few`: teams whose answers are too few, or of too few clients. `troubled`: at
    which steps their cases first went wrong.
    """

    instrument: str
    scores: dict[str, int]
    days: Period
    is_longer: bool
    answers: int
    linked: int
    fit: Fit | Refused
    unknown: tuple[str, ...]
    constant: tuple[str, ...]
    touched: dict[str, Touched]
    doses: dict[str, tuple[Dose, ...]]
    mean: Reading
    spread: Spread | None
    teams: tuple[Team, ...]
    unshown: int
    few: int = 0
    troubled: tuple[Troubled, ...] = ()


def scores(store: Store, days: Period, filters: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """How many answers of each score name something that may lead to a case: the case, an order or a stage."""
    values: dict[str, Any] = {"from": days.start, "to": days.end}
    where = ["answered_at >= $from", "answered_at < $to", "coalesce(case_id, order_id, stage) is not null"]
    where.append(compose.client_filter(filters, values))
    if filters.get("stage"):
        values["stages"] = list(filters["stage"])
        where.append("list_contains($stages, stage)")
    conditions = " and ".join(part for part in where if part)
    rows = store.query(f"select instrument, count(*) as n from answers where {conditions} group by instrument", values)
    found = dict(zip(rows["instrument"].astype(str), rows["n"].astype(int), strict=True))
    return {name: int(found[name]) for name in INSTRUMENTS if name in found}


def days_asked(now: Period, answers: int) -> Period:
    """The period looked at, or the 52 weeks up to its end where it has too few answers for so many facts."""
    return now if now.days >= YEAR.days or answers >= ENOUGH else Period(now.end - YEAR, now.end)


def behind(store: Store, window: Window, filters: Mapping[str, tuple[str, ...]], instrument: str) -> Behind:
    """Everything that stands behind a score of the chosen clients and stages. `instrument`: '' for the usual one.

    Facts are compared inside each stage, so that what differs between stages moves nothing. Aggregated in the database:
    what comes out is a thousand blocks of clients, however many answers there are.
    Raises: StrataError without a lake; QueryTooLong.
    """
    now = window.whole[0]
    of_now, of_year = (scores(store, days, filters) for days in (now, Period(now.end - YEAR, now.end)))
    offered = of_now if now.days >= YEAR.days else of_year
    instrument = instrument if instrument in offered else next(iter(offered), INSTRUMENTS[0])
    days = days_asked(now, of_now.get(instrument, 0))
    rows = receipt_sums.sums(store, filters, days, instrument)
    answers, linked, total = (float(n) for n in _of(rows, "score")[0].sums)
    moments = _of(rows, "moments")
    by_client, names, unknown, constant = _moments([row for row in moments if row.name == "case"])
    fit = drivers.fit(by_client, names, _ways(moments, names)) if len(names) else Refused("facts", int(linked))
    doses = _doses(_of(rows, "dose"))
    mean = Reading(total / linked if linked else None, None, None, int(linked))
    of_teams = _of(rows, "team")
    spread, teams = _teams(of_teams)
    few = sum(not block_sums.enough(row.sums) for row in of_teams)
    unshown = int(_of(rows, "unshown")[0].sums[0])
    return Behind(
        instrument, offered, days, days != now, int(answers), int(linked), fit, unknown, constant,
        _touched(_of(rows, "touched"), fit, doses), doses, mean, spread, teams, unshown, few,
        troubled.troubled(rows[rows["kind"] == "step"]),
    )  # fmt: skip


def _of(rows: pd.DataFrame, kind: str) -> list[Any]:
    return list(rows[rows["kind"] == kind].itertuples(index=False))


def _ways(rows: Sequence[Any], names: Sequence[str]) -> list[Way]:
    """The same answers by team, and by month of each stage: what has one value for many answers is judged so too."""
    found = []
    for of in ("team", "stage"):
        mine = [row for row in rows if row.name == of]
        if of == "stage":
            places = {place: at for at, place in enumerate(dict.fromkeys((row.stage, row.block) for row in mine))}
            mine = [row._replace(block=places[row.stage, row.block]) for row in mine]
        blocks, same, *_ = _moments(mine)
        if same == list(names):
            found.append(Way(blocks, frozenset(name for name in names if FACTS[name].of == of)))
    return found


def _moments(rows: Sequence[Any]) -> tuple[Matrix, list[str], tuple[str, ...], tuple[str, ...]]:
    """The blocks of the answers for which all asked facts are known, each stage about its own means.

    A fact is asked that is known for most linked answers and varies; the others are named. Answers about open cases are
    no evidence of what is known of closed ones only (facts.WHEN_CLOSED), but are of all else: there they stand at the
    mean of their stage.
    """
    names, size = list(FACTS), len(FACTS) + 2
    if not rows:
        return np.zeros((0, size, size)), [], tuple(names), ()
    upper = np.triu_indices(size)
    sums = np.zeros((len(rows), size, size))
    sums[:, upper[0], upper[1]] = np.array([row.sums for row in rows], dtype=float)
    sums = sums + np.swapaxes(np.triu(sums, 1), 1, 2)
    known = np.array([int(row.known) for row in rows])
    n = sums[:, 0, 0]
    not_yet = sums[:, 0, names.index("overdue_open") + 1].sum()
    could = [n.sum() - (not_yet if name in WHEN_CLOSED else 0) for name in names]
    asked = [i for i in range(len(names)) if n[known >> i & 1 == 1].sum() >= KNOWN * could[i]]
    unknown = tuple(name for i, name in enumerate(names) if i not in asked)
    later = [i for i in asked if names[i] in WHEN_CLOSED]
    of_closed = sum(1 << i for i in later)
    wanted = sum(1 << i for i in asked) - of_closed
    complete = ((known & wanted) == wanted) & np.isin(known & of_closed, (0, of_closed))
    stages = np.array([str(row.stage) for row in rows])[complete]
    blocks = np.array([int(row.block) for row in rows])[complete]
    sums, is_closed = sums[complete], (known & of_closed)[complete] == of_closed
    for stage in np.unique(stages):
        here = stages == stage
        at_mean, closed = np.eye(size), sums[here & is_closed].sum(axis=0)
        for i in later:
            at_mean[i + 1, 0] = closed[0, i + 1] / closed[0, 0] if closed[0, 0] else 0.0
        sums[here & ~is_closed] = at_mean @ sums[here & ~is_closed] @ at_mean.T
        whole = sums[here].sum(axis=0)
        shift = np.eye(size)
        shift[1:, 0] = -whole[0, 1:] / whole[0, 0]
        sums[here] = shift @ sums[here] @ shift.T
    places, which = np.unique(blocks, return_inverse=True)
    found = np.zeros((len(places), size, size))
    np.add.at(found, which, sums)
    whole = found.sum(axis=0)
    varies = [i for i in asked if len(places) and whole[i + 1, i + 1] > 1e-9 * whole[0, 0]]
    constant = tuple(names[i] for i in asked if i not in varies)
    keep = [0, *(i + 1 for i in varies), size - 1]
    return found[:, keep][:, :, keep], [names[i] for i in varies], unknown, constant


def _doses(rows: Sequence[Any]) -> dict[str, tuple[Dose, ...]]:
    found: dict[str, list[tuple[int, Dose]]] = {}
    for row in rows:
        edges = FACTS[row.name].edges
        place = int(row.dose)
        ends = (edges[place - 1] if place else None, edges[place] if place < len(edges) else None)
        score = block_sums.mean(row.sums)
        if score.n >= block_sums.FEWEST:
            found.setdefault(row.name, []).append((place, Dose(*ends, score, place)))
    return {name: tuple(dose for _, dose in sorted(doses, key=lambda one: one[0])) for name, doses in found.items()}


def _touched(rows: Sequence[Any], fit: Fit | Refused, doses: Mapping[str, Sequence[Dose]]) -> dict[str, Touched]:
    """No cost where the value that costs nothing is hardly ever seen: a slope says nothing beyond what there was."""
    slopes = {one.name: one for one in fit.drivers} if isinstance(fit, Fit) else {}
    found = {}
    for row in rows:
        n, bad, mean, excess = (float(one) for one in row.sums)
        if not n:
            continue
        within = intervals.share(bad, n)
        share = Reading(bad / n, within.low if within else None, within.high if within else None, round(n))
        one = slopes.get(row.name)
        is_seen = FACTS[row.name].ideal != 0 or any(dose.number == 0 for dose in doses.get(row.name, ()))
        if one is None or FACTS[row.name].ideal is None or not is_seen:
            found[row.name] = Touched(share, mean)
        else:
            found[row.name] = Touched(share, mean, one.slope * excess, one.low * excess, one.high * excess)
    return found


def _teams(rows: Sequence[Any]) -> tuple[Spread | None, tuple[Team, ...]]:
    """How far the teams differ; the teams by their lower bound."""
    shown = [row for row in rows if block_sums.enough(row.sums)]
    scores = [block_sums.mean(row.sums) for row in shown]
    errors = (
        shrinkage.careful([block_sums.error(row.sums) for row in shown], [block_sums.worth(row.sums) for row in shown])
        if shown
        else []
    )
    if not all(errors):
        return None, ()  # no answer of any team differs from any other
    spread = shrinkage.spread([one.value or 0.0 for one in scores], errors)
    if spread is None:
        return None, ()
    teams = [Team(str(row.name), score, at) for row, score, at in zip(shown, scores, spread.groups, strict=True)]
    teams.sort(key=lambda team: (-team.shrunk.low, team.name) if spread.is_real else (0.0, team.name))
    return spread, tuple(teams)
