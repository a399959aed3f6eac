"""Questions to the lake: which metrics, over which periods, for which clients, split by what. One scan a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import pandas as pd

from data.lake import Manifest
from data.store import Store
from metrics import compose, compute
from metrics.compute import Evidence, States, Weighted
from metrics.declare import CLIENT_DIMENSIONS, Example, Metric, State
from metrics.load import catalogue, model_sql
from metrics.window import Period, Window

FEWEST_PEOPLE = 5
TEAM = "team"
Group = tuple[str | None, ...]

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
    so that its number is of all clients, stages ... and has to be labelled so. `hidden`: (period, group) with fewer
    people than may be shown. `is_weighed`: teams count by the work they did for the chosen clients.
    """

    metric: Metric
    cells: dict[tuple[Period, Group], Evidence] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    hidden: set[tuple[Period, Group]] = field(default_factory=set)
    is_weighed: bool = False

    def at(self, period: Period, group: Group = ()) -> Evidence:
        """The evidence of one period and group; empty when there is none."""
        return self.cells.get((period, group), States())

    def groups(self) -> list[Group]:
        """The groups that occur, in order."""
        return sorted({group for _, group in self.cells} | {group for _, group in self.hidden}, key=str)


def _known(metric: Metric, filters: compose.Filters) -> compose.Filters:
    return {name: chosen for name, chosen in filters.items() if chosen and name in metric.by}


def _needs_weights(metric: Metric, filters: compose.Filters, split: tuple[str, ...]) -> bool:
    """Employees have no clients and no stage of their own: their teams' work connects them."""
    asked = {name for name, chosen in filters.items() if chosen} | set(split)
    return metric.layer == "employee" and (metric.is_weighed or bool(asked & {*CLIENT_DIMENSIONS, "stage"}))


def _rows(
    store: Store, manifest: Manifest, metrics: list[Metric], window: Window, filters: compose.Filters, split: Group
) -> pd.DataFrame:
    asked = compose.question(metrics, window, filters, tuple(str(s) for s in split), manifest.last_day)
    values: dict[str, Any] = dict(asked.values)
    if "$payments_stage" in asked.sql:
        values["payments_stage"] = next((stage.id for stage in manifest.stages if stage.payments), None)
    return store.query(asked.sql, values)


def _cells(rows: pd.DataFrame, metric: Metric, window: Window, split: tuple[str, ...]) -> dict[Any, States]:
    """Fold the rows of one question into (period, group) -> states of one metric."""
    over = "period" if metric.at == "period" else "slot"
    finest: dict[tuple[int, Group], States] = {}
    names = {name: compose.state_name(metric, name) for name, s in metric.states.items() if s.fold != "bins"}
    columns = {name: rows[column].to_numpy(dtype=float, na_value=float("nan")) for name, column in names.items()}
    places = rows[over].to_numpy()
    groups = list(zip(*(rows[name] for name in split), strict=True)) if split else [()] * len(rows)
    bins = rows["bin"].to_numpy(dtype=float, na_value=float("nan")) if metric.is_binned else None
    counts = columns.get("n")
    for i in range(len(rows)):
        key = (int(places[i]), tuple(None if pd.isna(part) else str(part) for part in groups[i]))
        states = States({name: None if (v := column[i]) != v else float(v) for name, column in columns.items()})
        if not states.n:
            continue
        if bins is not None and counts is not None and bins[i] == bins[i]:
            states.bins = {int(bins[i]): float(counts[i])}
        if key in finest:
            finest[key].add(metric, states)
        else:
            finest[key] = states
    if over == "period":
        return {(window.periods[place], group): states for (place, group), states in finest.items()}
    cells: dict[Any, States] = {}
    by_slot: dict[int, list[tuple[Group, States]]] = {}
    for (slot, group), states in finest.items():
        by_slot.setdefault(slot, []).append((group, states))
    for period in window.periods:
        for slot in window.slots(period):
            for group, states in by_slot.get(slot, ()):
                cells.setdefault((period, group), States()).add(metric, states)
    return cells


def _folded(
    cells: Mapping[Any, States], metric: Metric, have: tuple[str, ...], want: tuple[str, ...]
) -> dict[Any, Any]:
    """Cells of a finer split added up to a coarser one."""
    if have == want:
        return dict(cells)
    places = [have.index(name) for name in want]
    folded: dict[Any, States] = {}
    for (period, group), states in cells.items():
        folded.setdefault((period, tuple(group[place] for place in places)), States()).add(metric, states)
    return folded


def ask(
    store: Store, wanted: Iterable[Wanted], window: Window, filters: compose.Filters | None = None
) -> dict[Wanted, Answer]:
    """Answer all wanted metrics, with one scan per model and set of filters.

    `filters`: dimension -> chosen values (none: all). Raises: StrataError without a lake; QueryTooLong.
    """
    manifest = store.manifest()
    if manifest is None:
        store.query("select 1")  # raises the error that says so
        raise AssertionError("a store without a lake answered")
    filters = filters or {}
    answers: dict[Wanted, Answer] = {}
    jobs: list[tuple[tuple[Any, ...], Wanted, tuple[str, ...]]] = []
    for one in wanted:
        metric = catalogue()[one.metric]
        weighed = _needs_weights(metric, filters, one.split)
        known = {} if weighed else _known(metric, filters)
        if weighed:
            known = {name: chosen for name, chosen in _known(metric, filters).items() if name in (TEAM, "role")}
        split = tuple(dict.fromkeys((TEAM, *(s for s in one.split if s in (TEAM, "role"))))) if weighed else one.split
        ignored = tuple(name for name, chosen in filters.items() if chosen and name not in metric.by)
        answers[one] = Answer(metric, ignored=ignored, is_weighed=weighed)
        key = (metric.model, metric.at, tuple(sorted(known.items())), metric.is_binned and metric.states["bins"].of)
        jobs.append((key, one, split))
    for key, same in groupby(sorted(jobs, key=lambda job: repr(job[0])), key=lambda job: job[0]):
        group = list(same)
        splits = tuple(dict.fromkeys(name for _, _, split in group for name in split))
        metrics = list({one.metric: catalogue()[one.metric] for _, one, _ in group}.values())
        rows = _rows(store, manifest, metrics, window, dict(key[2]), splits)
        for _, one, split in group:
            metric = answers[one].metric
            cells = _folded(_cells(rows, metric, window, splits), metric, splits, split)
            answers[one].cells = cells
    _weigh(store, manifest, answers, window, filters)
    for answer in answers.values():
        _hide(answer)
    return answers


def _weigh(
    store: Store, manifest: Manifest, answers: dict[Wanted, Answer], window: Window, filters: compose.Filters
) -> None:
    """Put the teams of weighed metrics together by the steps they did for the chosen clients in the first period."""
    by_split: dict[tuple[str, ...], list[Answer]] = {}
    for one, answer in answers.items():
        if answer.is_weighed:
            by_split.setdefault(tuple(s for s in one.split if s not in (TEAM, "role")), []).append(answer)
    now = replace(window, whole=window.whole[:1], buckets=())
    for split, weighed in by_split.items():
        rows = _rows(store, manifest, [WORK], now, _known(WORK, filters), (*split, TEAM))
        work = _cells(rows, WORK, now, (*split, TEAM))
        weights: dict[Group, dict[str | None, float]] = {}
        for (_, group), states in work.items():
            weights.setdefault(group[:-1], {})[group[-1]] = states.n
        for answer in weighed:
            answer.cells = _weighted_cells(answer, weights)


def _weighted_cells(
    answer: Answer, weights: Mapping[Group, Mapping[str | None, float]]
) -> dict[tuple[Period, Group], Evidence]:
    """Teams below the fewest people are left out: their share of the whole would give them away."""
    by_period: dict[Period, dict[str | None, States]] = {}
    for (period, group), states in answer.cells.items():
        if isinstance(states, States) and states.n >= FEWEST_PEOPLE:
            by_period.setdefault(period, {})[group[0]] = states
    cells: dict[tuple[Period, Group], Evidence] = {}
    for group, of_team in weights.items():
        for period, teams in by_period.items():
            shared = [(teams[team], weight) for team, weight in of_team.items() if team in teams]
            if shared:
                cells[period, group] = Weighted(tuple(s for s, _ in shared), tuple(w for _, w in shared))
    return cells


def _hide(answer: Answer) -> None:
    for key, evidence in list(answer.cells.items()):
        if compute.suppressed(answer.metric, evidence, FEWEST_PEOPLE):
            del answer.cells[key]
            answer.hidden.add(key)


def model_columns(store: Store, model: str) -> dict[str, str]:
    """The columns of a model and their types, from an empty window over whatever the store holds."""
    text = model_sql(model).replace("$payments_stage", "cast(null as varchar)")
    ctes = (
        "calendar(day, slot) as (values (date '2000-01-01', 0)), "
        "periods(period, starts_on, ends_on, start_slot, end_slot) as "
        "(values (0, date '2000-01-01', date '2000-01-02', 0, 1)), spans as (select * from periods)"
    )
    for name in ("from", "to", "now"):
        text = text.replace(f"${name}", "timestamp '2000-01-01'")
    for name in ("ym_from", "ym_to"):
        text = text.replace(f"${name}", "'2000-01'")
    rows = store.query(f"describe with {ctes}, model as ({text}) select * from model")
    return dict(zip(rows["column_name"], rows["column_type"], strict=True))
