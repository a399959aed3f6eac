"""How often does the work change hands, between which teams, and how long do such cases take?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from data.store import Store
from metrics import against, ask, change, clustered, compute, scope
from metrics.change import Change, Verdict
from metrics.compute import NOTHING, Reading, States
from metrics.declare import CLIENT_DIMENSIONS, Example, Metric, State
from metrics.flow import FEWEST, share
from metrics.window import Window

MOST = 5  # hand-overs that have a row of their own; cases with more are put with them

# How long cases took, told apart by their hand-overs: shown only so, hence no metric of the catalogue.
LEAD_TIME = Metric(
    id="lead_time_by_hand_overs", layer="operational", label={}, about={}, model="cases", at="closed_at",
    states={"bins": State("bins", "bins", "lead_time"), "n": State("n", "count", "hand_overs")}, value="quantile",
    unit="days", better="down", interval="quantile", by=(*CLIENT_DIMENSIONS, "process", "stage"), minimum_n=FEWEST,
    counted="cases", example=Example((), None), where="hand_overs is not null",
)  # fmt: skip


@dataclass(frozen=True)
class Rung:
    """The cases with one number of hand-overs (`is_more`: or more). `part`: of all; `lead_time`: their median, days."""

    hand_overs: int
    is_more: bool
    n: int
    part: Reading
    lead_time: Reading


@dataclass(frozen=True)
class Pair:
    """Two teams and how often work passed from the first to the second."""

    first: str
    then: str
    n: int


@dataclass(frozen=True)
class HandOvers:
    """The hand-overs in the closed cases of one process.

    `cases`: whose steps name anybody. `against`: how far the lead time of cases with `from_` or more hand-overs lies
    from that of the others, and the `verdict` on it: an association, not a cause. `pairs`: between teams, most often
    first; `within`: from one person of a team to another of it; `unnamed`: where a team is not named.
    """

    process: str
    cases: int
    rungs: tuple[Rung, ...]
    from_: int
    against: Change
    verdict: Verdict
    pairs: tuple[Pair, ...]
    within: int
    unnamed: int


def _rungs(found: Mapping[int, States]) -> list[tuple[int, States]]:
    """One set of states a number of hand-overs, the many put together."""
    few = [(at, states) for at, states in sorted(found.items()) if at < MOST]
    many = [states for at, states in found.items() if at >= MOST]
    return [*few, (MOST, compute.merged(LEAD_TIME, many))] if many else few


def _split(rungs: list[tuple[int, States]]) -> int:
    """Where to part the rungs so that the smaller part has as many cases as can be."""
    sizes = [states.n for _, states in rungs]
    return max(range(1, len(rungs)), key=lambda at: min(sum(sizes[:at]), sum(sizes[at:])), default=0)


def _pairs(rows: pd.DataFrame) -> tuple[list[Pair], int, int]:
    named = rows[rows["team_before"].notna() & rows["team"].notna()]
    across = named[named["team_before"] != named["team"]]
    pairs = [
        Pair(str(first), str(then), int(n))
        for first, then, n in across[["team_before", "team", "n"]].itertuples(index=False)
    ]
    within = int(named["n"].sum()) - int(across["n"].sum())
    return (
        sorted(pairs, key=lambda pair: (-pair.n, pair.first, pair.then)),
        within,
        int(rows["n"].sum() - named["n"].sum()),
    )


def _by_client(store: Store, now: Window, filters: Mapping[str, tuple[str, ...]], test: Change, from_: int) -> Change:
    """What cases claim, asked again by clients: one client with many slow cases proves nothing about hand-overs."""
    counted = clustered.counted(LEAD_TIME, test)
    split = ("hand_overs",)
    rows = clustered.by_block(store, [counted], now, ask.known(counted, filters), split, against.SINGLE)
    rows = rows[rows["hand_overs"].notna()]
    is_many = (rows["hand_overs"] >= from_).to_numpy().astype(int)
    y, x = clustered.gathered(rows, counted, now, is_many, 2)
    return against.believed(test, against.Sides(("few", "many"), y[0], x[0]).between("few", "many"))


def hand_overs(store: Store, window: Window, filters: Mapping[str, tuple[str, ...]], process: str) -> HandOvers:
    """The hand-overs in the cases of one process that were closed in the period.

    One process, because different ones take different times for other reasons. Raises: StrataError without a lake;
    QueryTooLong.
    """
    today = Window(window.whole[:1])
    chosen = {**filters, "process": (process,)}
    groups = scope.states(store, LEAD_TIME, today, chosen, ("hand_overs",))
    found = {round(float(group[0])): states for (_, group), states in groups.items() if group[0] is not None}
    rungs = _rungs(found)
    cases = round(sum(states.n for _, states in rungs))
    at = _split(rungs)
    few, many = (compute.merged(LEAD_TIME, [states for _, states in part]) for part in (rungs[:at], rungs[at:]))
    told = change.quantile(few.histogram, many.histogram)
    if told.p is not None and told.p < change.ALPHA:
        told = _by_client(store, today, chosen, told, rungs[at][0])
    pairs, within, unnamed = _pairs(scope.rows(store, "team_passages", today, filters, process=process))
    return HandOvers(
        process=process,
        cases=cases,
        rungs=tuple(
            Rung(
                number, number == MOST, round(states.n), share(round(states.n), cases),
                compute.read(LEAD_TIME, states) if states.n >= FEWEST else NOTHING,
            )
            for number, states in rungs
        ),
        from_=rungs[at][0] if rungs else 0,
        against=told,
        verdict=change.verdict(told, told.p, "down", few.n, many.n, FEWEST),
        pairs=tuple(pairs),
        within=within,
        unnamed=unnamed,
    )  # fmt: skip
