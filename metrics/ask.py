"""Questions to the lake: which metrics, over which periods, for which clients, split by what. One scan a model."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.lake import Manifest
from data.store import Store
from metrics import compose, compute, months, scan
from metrics.compute import Evidence, States, Weighted
from metrics.declare import CLIENT_DIMENSIONS, Example, Metric, State
from metrics.load import catalogue
from metrics.window import DAY, Period, Window

FEWEST_PEOPLE = 5
AT_ONCE = 2
TEAM = "team"
Group = tuple[str | None, ...]
Scan: TypeAlias = tuple[compose.Filters, list[tuple["Wanted", tuple[str, ...]]]]
Column: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.int64]

# How much each team did for the chosen clients: not a metric that is shown, but the weight of those that are.
WORK = Metric(
    id="work", layer="operational", label={}, about={}, model="steps", at="finished_at",
    states={"n": State("n", "count", "*")}, value="n", unit="count", better="none", interval="none",
    by=(*CLIENT_DIMENSIONS, "process", "stage", "step", TEAM), minimum_n=1, counted="steps", example=Example((), None),
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """One metric, split by some of its dimensions; not split by default."""

    metric: str
    split: tuple[str, ...] = ()


@dataclass
class Answer:
    """What the lake says to one wanted metric.

    `cells`: (period, group) -> evidence; groups without rows are absent. `ignored`: filters the metric does not know,
    so that its number is of all clients, stages ... and has to be labelled so. `hidden`: (period, group) that would let
    fewer people than may be shown be singled out. `is_weighed`: teams count by their work for the chosen clients.
    `weeks`: weeks of the course that may not be told as the period asked for, although they are the same days.
    """

    metric: Metric
    cells: dict[tuple[Period, Group], Evidence] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    hidden: set[tuple[Period, Group]] = field(default_factory=set)
    is_weighed: bool = False
    weeks: dict[tuple[Period, Group], Evidence] = field(default_factory=dict)

    def at(self, period: Period, group: Group = ()) -> Evidence:
        """The evidence of one period and group; empty when there is none."""
        return self.cells.get((period, group), States())

    def week(self, week: Period, group: Group = ()) -> Evidence:
        """The evidence of one week of the course."""
        return self.weeks.get((week, group)) or self.at(week, group)

    def groups(self) -> list[Group]:
        """The groups that occur, in order."""
        return sorted({group for _, group in self.cells} | {group for _, group in self.hidden}, key=str)


def known(metric: Metric, filters: compose.Filters) -> compose.Filters:
    """The filters a metric is declared for; the others it does not know."""
    return {name: chosen for name, chosen in filters.items() if chosen and name in metric.by}


def _needs_weights(metric: Metric, filters: compose.Filters, split: tuple[str, ...]) -> bool:
    """Employees have no clients and no stage of their own: their teams' work connects them."""
    asked = {name for name, chosen in filters.items() if chosen} | set(split)
    return metric.layer == "employee" and (metric.is_weighed or bool(asked & {*CLIENT_DIMENSIONS, "stage"}))


def _groups(rows: pd.DataFrame, split: tuple[str, ...]) -> tuple[Codes, list[Group]]:
    """The number of each row's group, and the groups by number."""
    codes: Codes = np.zeros(len(rows), dtype=np.int64)
    groups: list[Group] = [()]
    for name in split:
        which, found = pd.factorize(rows[name].to_numpy(dtype=object), use_na_sentinel=False)
        values = [None if pd.isna(value) else str(value) for value in found]
        codes = codes * max(1, len(values)) + which
        groups = [(*group, value) for group in groups for value in values]
    return codes, groups


def _added(column: Column, into: Codes, size: int, fold: str) -> Column:
    """The parts of one state put together by the number of the cell they go into; nan where there are none."""
    known = ~np.isnan(column)
    whole = np.full(size, np.nan)
    if fold in ("min", "max"):
        (np.fmin if fold == "min" else np.fmax).at(whole, into[known], column[known])
        return whole
    present = np.bincount(into[known], minlength=size) > 0
    whole[present] = np.bincount(into[known], weights=column[known], minlength=size)[present]
    return whole


def _over(slots: Column, fold: str) -> Column:
    """The slots of a period (the first axis) put together; nan where there are none."""
    if len(slots) == 1:
        return np.asarray(slots[0])
    if fold in ("min", "max"):
        return np.asarray((np.fmin if fold == "min" else np.fmax).reduce(slots, axis=0))
    known = ~np.isnan(slots)
    return np.where(known.any(axis=0), np.where(known, slots, 0.0).sum(axis=0), np.nan)


def cells(rows: pd.DataFrame, metric: Metric, window: Window, split: tuple[str, ...]) -> dict[Any, States]:
    """Fold the rows of one question into (period, group) -> states of one metric."""
    codes, groups = _groups(rows, split)
    if metric.at == "period":
        over, depth = "period", len(window.periods)
        spans = [(period, range(place, place + 1)) for place, period in enumerate(window.periods)]
    else:
        over, depth = "slot", len(window.cuts) - 1
        spans = [(period, window.slots(period)) for period in window.periods]
    into = rows[over].to_numpy(dtype=np.int64) * len(groups) + codes
    folds = {name: state.fold for name, state in metric.states.items() if state.fold != "bins"}
    given = {
        name: rows[compose.state_name(metric, name)].to_numpy(dtype=float, na_value=float("nan")) for name in folds
    }
    parts = {
        name: _added(column, into, depth * len(groups), folds[name]).reshape(depth, len(groups))
        for name, column in given.items()
    }
    if metric.is_binned:
        in_bins = rows["bin"].notna().to_numpy() & (given["n"] > 0)
        bins, which = np.unique(rows["bin"].to_numpy(dtype=float, na_value=0.0)[in_bins], return_inverse=True)
        size = depth * len(groups) * len(bins)
        counts = _added(given["n"][in_bins], into[in_bins] * len(bins) + which, size, "sum")
        histograms = counts.reshape(depth, len(groups), len(bins))
    found: dict[Any, States] = {}
    for period, slots in spans:
        within = slice(slots.start, slots.stop)
        whole = {name: _over(part[within], folds[name]) for name, part in parts.items()}
        for place in np.flatnonzero(whole["n"] > 0):
            states = States({name: None if (v := part[place]) != v else float(v) for name, part in whole.items()})
            if metric.is_binned:
                histogram = _over(histograms[within, place], "sum")
                states.bins = {int(bins[at]): float(histogram[at]) for at in np.flatnonzero(histogram > 0)}
            found[period, groups[place]] = states
    return found


def ask(
    store: Store, wanted: Iterable[Wanted], window: Window, filters: compose.Filters | None = None
) -> dict[Wanted, Answer]:
    """Answer all wanted metrics, with one scan per model and set of filters.

    `filters`: dimension -> chosen values (none: all). Raises: StrataError without a lake; QueryTooLong.
    """
    manifest = store.lake()
    filters = filters or {}
    answers: dict[Wanted, Answer] = {}
    jobs: list[tuple[tuple[Any, ...], Wanted, tuple[str, ...]]] = []
    for one in wanted:
        metric = catalogue()[one.metric]
        weighed = _needs_weights(metric, filters, one.split)
        own = known(metric, filters)
        if weighed:
            own = {name: chosen for name, chosen in own.items() if name == TEAM}
        split = (TEAM,) if weighed else one.split
        ignored = tuple(name for name, chosen in filters.items() if chosen and name not in metric.by)
        answers[one] = Answer(metric, ignored=ignored, is_weighed=weighed)
        jobs.append(((metric.model, metric.at, metric.is_monthly, tuple(sorted(own.items()))), one, split))

    monthly = months.told_in_months(window, manifest.last_day + DAY)

    def read(job: Scan) -> pd.DataFrame:
        known, group = job
        splits = tuple(dict.fromkeys(name for _, split in group for name in split))
        metrics = list({one.metric: catalogue()[one.metric] for one, _ in group}.values())
        days = monthly.window if metrics[0].is_monthly else window
        if not days.periods:
            return pd.DataFrame()
        return scan.rows(store, manifest, metrics, days, known, splits)

    scans = _scans(jobs)
    with ThreadPoolExecutor(AT_ONCE) as pool:  # a scan waits for planning and files as long as it computes
        for (_, group), rows in zip(scans, pool.map(read, scans), strict=True):
            for one, split in group:
                answer = answers[one]
                if not answer.metric.is_monthly:
                    answer.cells |= cells(rows, answer.metric, window, split)
                elif not rows.empty:
                    found = cells(rows, answer.metric, monthly.window, split)
                    answer.cells |= monthly.told(found, with_course=not answer.is_weighed and not split)
    _weigh(store, manifest, answers, window, filters)
    for answer in answers.values():
        _hide(answer)
        if answer.metric.is_monthly:
            _withhold(answer, monthly.untold)
    return answers


def _scans(jobs: list[tuple[tuple[str, str, bool, Any], Wanted, tuple[str, ...]]]) -> list[Scan]:
    """What can be answered together: one model under the same filters, and at most one histogram a scan."""
    found: list[Scan] = []
    for (_, _, _, known), same in groupby(sorted(jobs, key=lambda job: repr(job[0])), key=lambda job: job[0]):
        by_bin: dict[str, list[tuple[Wanted, tuple[str, ...]]]] = {}
        for _, one, split in same:
            metric = catalogue()[one.metric]
            by_bin.setdefault(metric.states["bins"].of if metric.is_binned else "", []).append((one, split))
        plain = by_bin.pop("", [])
        groups = list(by_bin.values()) or [[]]
        groups[0] = plain + groups[0]
        found += [(dict(known), group) for group in groups]
    return found


def _weigh(
    store: Store, manifest: Manifest, answers: dict[Wanted, Answer], window: Window, filters: compose.Filters
) -> None:
    """Put the teams of weighed metrics together by the steps they did for the chosen clients in the first period."""
    now = replace(window, whole=window.whole[:1], buckets=())
    weights: dict[tuple[str, ...], dict[Group, float]] = {}
    for one, answer in answers.items():
        if not answer.is_weighed:
            continue
        served = tuple(name for name in one.split if name != TEAM)
        if served not in weights:
            rows = scan.rows(store, manifest, [WORK], now, known(WORK, filters), (*served, TEAM))
            work = cells(rows, WORK, now, (*served, TEAM))
            weights[served] = {group: states.n for (_, group), states in work.items()}
        _put_together(answer, one.split, served, weights[served])


def _put_together(answer: Answer, split: tuple[str, ...], served: tuple[str, ...], work: dict[Group, float]) -> None:
    """Only teams that may be shown by themselves count: where one alone did the work, the whole is that team's value.

    That holds for those hidden for the sake of a smaller one too: the company less all other teams is the smaller one.
    """
    unseen = _unseen(answer)
    of_team: dict[str | None, list[tuple[Period, Group, States]]] = {}
    for (period, group), states in answer.cells.items():
        if isinstance(states, States):
            of_team.setdefault(group[0], []).append((period, group, states))
    shared: dict[tuple[Period, Group], list[tuple[States, float]]] = {}
    small: set[tuple[Period, Group]] = set()
    for key, weight in work.items():
        for period, group, states in of_team.get(key[-1], ()):
            named = dict(zip((*served, TEAM), (*key[:-1], *group), strict=True))
            place = (period, tuple(named[name] for name in split))
            if (period, group) not in unseen:
                shared.setdefault(place, []).append((states, weight))
            else:
                small.add(place)
    answer.cells = {place: Weighted(*zip(*parts, strict=True)) for place, parts in shared.items()}
    answer.hidden = small - shared.keys()


def _unseen(answer: Answer) -> set[tuple[Period, Group]]:
    """Who may not be shown: groups of too few people, and as many more as keep these from being worked out.

    Whoever knows the whole and all groups but one knows that one too. So what is hidden of a period comes to at least
    the fewest people, the next smallest group being hidden with it where need be.
    """
    by_period: dict[Period, list[tuple[float, Group]]] = {}
    for (period, group), evidence in answer.cells.items():
        by_period.setdefault(period, []).append((evidence.n, group))
    unseen = set()
    for period, groups in by_period.items():
        people = 0.0
        for n, group in sorted(groups, key=lambda one: (one[0], str(one[1]))):
            is_small = compute.suppressed(answer.metric, answer.cells[period, group], FEWEST_PEOPLE)
            if is_small or 0 < people < FEWEST_PEOPLE:
                people += n
                unseen.add((period, group))
    return unseen


def _withhold(answer: Answer, untold: set[Period]) -> None:
    """Keep a week of the course from passing for a period without whole months that happens to be the same days."""
    answer.weeks = {place: answer.cells.pop(place) for place in list(answer.cells) if place[0] in untold}
    answer.hidden = {place for place in answer.hidden if place[0] not in untold}


def _hide(answer: Answer) -> None:
    for place in _unseen(answer):
        del answer.cells[place]
        answer.hidden.add(place)
