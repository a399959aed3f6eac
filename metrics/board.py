"""The four layers side by side: every number of the page, judged together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from data.lake import Manifest
from data.store import Store
from metrics import ask, change, clustered, compute, control, lack, reach
from metrics.ask import Answer, Wanted
from metrics.change import Change, Reliability, Verdict
from metrics.compute import Evidence, Reading
from metrics.declare import Layer
from metrics.lack import Lack
from metrics.load import catalogue, layers
from metrics.window import Period, Window

# What is asked of each layer at every stage of the journey.
BY_STAGE = {
    "satisfaction": ("csat", "nps"),
    "transactional": ("paid_on_time_share",),
    "operational": ("promise_kept_share",),
    "employee": ("engagement",),
}
CLAIMS = (Verdict.WORSE, Verdict.BETTER, Verdict.CHANGED)


@dataclass(frozen=True)
class Tile:
    """One number with all that may be said of it.

    `p`: of the change, raised for how many changes the screen shows. `course`: the weeks, oldest first. `ignored`:
    filters it does not know. `is_hidden`: it stands on too few people to be shown. `since`: the first week of the
    period that was outside the usual range on the side of the change. `facts_end`: the last day of its facts, where it
    lies so far before the period's end that a total of the period cannot be compared. `is_of_few_clients`: its rows
    claim a change, but too few clients stand behind them. `lack`: why there is no value, where there is none.
    """

    metric: str
    now: Reading
    before: Reading
    change: Change
    p: float | None = None
    verdict: Verdict = Verdict.UNKNOWN
    reliability: Reliability = Reliability.TOO_FEW
    course: tuple[tuple[Period, float | None], ...] = ()
    ignored: tuple[str, ...] = ()
    is_hidden: bool = False
    is_weighed: bool = False
    since: date | None = None
    facts_end: date | None = None
    is_of_few_clients: bool = False
    lack: Lack = Lack.NO_FACTS

    @property
    def is_measured(self) -> bool:
        """Whether the company has the facts it stands on, in this period."""
        return self.now.value is not None or self.is_hidden

    @property
    def is_shown(self) -> bool:
        """Whether its value stands on enough rows to be read."""
        return self.now.value is not None and self.reliability != Reliability.TOO_FEW


Placed: TypeAlias = tuple[Tile, tuple[str, ...], ask.Group]


@dataclass(frozen=True)
class Point:
    """One week of a series: its value, its usual range, and whether it is a signal."""

    period: Period
    value: float | None
    n: int
    lower: float | None
    upper: float | None
    is_signal: bool


@dataclass(frozen=True)
class Series:
    """The course of a layer's headline. `centre`: what is usual, from the weeks before the period looked at."""

    layer: str
    metric: str
    centre: float | None
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Column:
    """One layer: its headline, its tiles, and the tables it lacks when nothing in it can be measured."""

    layer: str
    headline: Tile | None
    tiles: tuple[Tile, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Board:
    """Everything the page shows. `stages`: layer -> (stage -> tile), in the order of the journey."""

    now: Period
    before: Period
    columns: tuple[Column, ...]
    series: tuple[Series, ...]
    stages: dict[str, dict[str, Tile]]


def _course(answer: Answer, window: Window, group: ask.Group = ()) -> list[tuple[bool, Evidence]]:
    """The whole weeks inside the two periods, each with whether it belongs to the period looked at.

    Of a level all weeks before: what is usual is the surer the longer it was watched.
    """
    now, before = window.whole[:2]
    since = date.min if answer.metric.is_level else before.start
    weeks = []
    for week in window.buckets:
        if since <= week.start and week.end <= before.end:
            weeks.append((False, answer.week(week, group)))
        elif now.start <= week.start and week.end <= now.end:
            weeks.append((True, answer.week(week, group)))
    return weeks


def tile(answer: Answer, window: Window, manifest: Manifest, group: ask.Group = ()) -> Tile:
    """One metric of one group as a tile; its verdict comes later, from all changes of the screen together."""
    metric = answer.metric
    now, before = window.whole[:2]
    later, earlier = answer.at(now, group), answer.at(before, group)
    readings = compute.read(metric, later), compute.read(metric, earlier)
    ended = reach.facts_end(metric, now, manifest)
    moved = compute.compare(metric, earlier, later, _course(answer, window, group))
    return Tile(
        metric=metric.id,
        now=readings[0],
        before=readings[1],
        change=Change(None) if ended or reach.is_before_the_facts(metric, before, manifest) else moved,
        reliability=Reliability.SOLID
        if metric.is_tally and readings[0].n
        else change.reliability(readings[0].n, metric.minimum_n),
        course=tuple((week, compute.worth(metric, answer.week(week, group))) for week in window.buckets)
        if not group
        else (),
        ignored=answer.ignored,
        is_hidden=(now, group) in answer.hidden,
        is_weighed=answer.is_weighed,
        facts_end=ended,
    )


def dated(one: Tile, answer: Answer, window: Window, group: ask.Group = ()) -> Tile:
    """A tile whose change is real, with the week since which its course has been outside its usual range."""
    later, earlier = one.now.value, one.before.value
    if one.verdict not in (Verdict.WORSE, Verdict.BETTER) or later is None or earlier is None:
        return one
    course, now = series(answer, window, group), window.whole[0]
    if course.centre is None:
        return one
    marked = [
        point.period.start
        for point in course.points
        if point.is_signal
        and point.value is not None
        and point.period.start >= now.start
        and point.period.end <= now.end
        and (point.value > course.centre) == (later > earlier)
    ]
    return replace(one, since=min(marked, default=None))


def judged(tiles: list[Tile]) -> list[Tile]:
    """The verdicts of a whole screen: the more changes it shows, the more each has to prove."""
    raised = change.holm([one.change.p if one.is_shown else None for one in tiles])
    found = []
    for one, p in zip(tiles, raised, strict=True):
        metric = catalogue()[one.metric]
        verdict = change.verdict(one.change, p, metric.better, one.before.n, one.now.n, metric.minimum_n)
        found.append(replace(one, p=p, verdict=verdict))
    return found


def judged_by_clients(
    store: Store, window: Window, filters: Mapping[str, tuple[str, ...]], placed: Sequence[Placed]
) -> list[Tile]:
    """The verdicts of a whole screen, those that claim a change only where clients vouch for it as its rows do.

    `placed`: each tile with its split and group. The p of tiles that claim nothing stays that of their rows.
    """
    tiles = reach.ended(store, window, [one for one, _, _ in placed])
    claimed = [at for at, one in enumerate(judged(tiles)) if one.verdict in CLAIMS]
    if not claimed:
        return judged(tiles)
    claims = [clustered.Claim(tiles[at].metric, *placed[at][1:], tiles[at].change) for at in claimed]
    periods = Window(window.whole[:2])
    for at, surer in zip(claimed, clustered.surer(store, periods, filters, claims), strict=True):
        tiles[at] = replace(tiles[at], change=surer, is_of_few_clients=surer.p is None)
    return judged(tiles)


def series(answer: Answer, window: Window, group: ask.Group = ()) -> Series:
    """The weeks of a headline with their usual range: limits from the weeks before the period looked at."""
    now = window.whole[0]
    metric = answer.metric
    weeks = [answer.week(week, group) for week in window.buckets]
    baseline = slice(0, sum(week.end <= now.start for week in window.buckets))
    limits = compute.usual_range(metric, weeks, baseline)
    values = [compute.worth(metric, week) if week.n >= metric.minimum_n else None for week in weeks]
    marked: set[int] = set()
    if limits is not None:
        for signal in control.signals(values, limits.centre, limits.lower, limits.upper):
            if metric.is_level and signal.rule != control.Rule.OUTSIDE:
                continue  # what is open this week was mostly open last week: a run is no sign
            marked |= set(signal.points) if signal.rule == control.Rule.OUTSIDE else {signal.points[-1]}
        limits = limits.within(*compute.scale(metric))
    points = tuple(
        Point(
            period=week,
            value=values[i],
            n=round(weeks[i].n),
            lower=limits.lower[i] if limits else None,
            upper=limits.upper[i] if limits else None,
            is_signal=i in marked,
        )
        for i, week in enumerate(window.buckets)
    )
    return Series(metric.layer, metric.id, limits.centre if limits else None, points)


def _headline(layer: Layer, answers: Mapping[Wanted, Answer], window: Window) -> str:
    """The first of the layer's headlines that the company measures."""
    measured = [name for name in layer.headline if answers[Wanted(name)].cells or answers[Wanted(name)].hidden]
    in_period = [name for name in measured if window.whole[0] in {period for period, _ in answers[Wanted(name)].cells}]
    return (in_period or measured or list(layer.headline))[0]


def wanted(stages: Iterable[str]) -> list[Wanted]:
    """What the page asks of the lake."""
    asked = [Wanted(name) for layer in layers().values() for name in (*layer.headline, *layer.tiles)]
    if list(stages):
        asked += [Wanted(name, ("stage",)) for names in BY_STAGE.values() for name in names]
    return list(dict.fromkeys(asked))


def board(store: Store, window: Window, filters: Mapping[str, tuple[str, ...]]) -> Board:
    """Ask and judge everything the page of the four layers shows. Raises: StrataError without a lake; QueryTooLong."""
    manifest = store.lake()
    stages = [stage.id for stage in manifest.stages]
    answers = ask.ask(store, wanted(stages), window, filters)
    has = {name for name, counts in manifest.tables.items() if counts.kept}

    names: dict[str, list[str]] = {}
    heads: dict[str, str] = {}
    for layer in layers().values():
        heads[layer.id] = _headline(layer, answers, window)
        rest = [name for name in layer.tiles if name != heads[layer.id]]
        names[layer.id] = [heads[layer.id], *rest]
    by_stage = {layer: _measured(options, answers) for layer, options in BY_STAGE.items()} if stages else {}

    shown: list[tuple[Answer, ask.Group]] = [(answers[Wanted(name)], ()) for tiles in names.values() for name in tiles]
    shown += [(answers[Wanted(name, ("stage",))], (stage,)) for name in by_stage.values() for stage in stages]
    verdicts = lack.explained(store, window, judged_by_clients(store, window, filters, [
        (tile(answer, window, manifest, group), ("stage",) if group else (), group) for answer, group in shown
    ]))  # fmt: skip
    found = [dated(one, answer, window, group) for one, (answer, group) in zip(verdicts, shown, strict=True)]
    columns = []
    for layer in layers().values():
        mine, found = found[: len(names[layer.id])], found[len(names[layer.id]) :]
        missing = tuple(table for table in layer.tables if table not in has)
        is_missing = layer.tables[0] in missing
        columns.append(
            Column(layer.id, None if is_missing else mine[0], () if is_missing else tuple(mine[1:]), missing)
        )
    grid = {
        layer: dict(zip(stages, found[i * len(stages) : (i + 1) * len(stages)], strict=True))
        for i, layer in enumerate(by_stage)
    }
    courses = tuple(series(answers[Wanted(heads[c.layer])], window) for c in columns if c.headline is not None)
    return Board(window.whole[0], window.whole[1], tuple(columns), courses, grid)


def _measured(options: tuple[str, ...], answers: Mapping[Wanted, Answer]) -> str:
    asked = [name for name in options if answers[Wanted(name, ("stage",))].cells]
    return (asked or list(options))[0]
