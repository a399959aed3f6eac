"""One layer in depth: all its metrics, and one of them over time and by one of its dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.store import Store
from metrics import against, ask, board, change, clustered, compute, lack
from metrics.ask import Answer, Wanted
from metrics.board import Series, Tile
from metrics.change import Verdict
from metrics.compute import Reading, States
from metrics.declare import TIME_DIMENSIONS, Metric
from metrics.load import catalogue, layers
from metrics.window import Period, Window

MOST_GROUPS = 30


@dataclass(frozen=True)
class Row:
    """One group of a split. `verdict`: how it stands against all the others together; UNKNOWN where that is not told.

    `is_hidden`: it would let fewer people than may be shown be singled out. `is_of_rows_only`: its rows alone would
    claim a difference, its clients do not: they differ among themselves as much, or are fewer than five.
    """

    group: str | None
    now: Reading
    verdict: Verdict = Verdict.UNKNOWN
    is_hidden: bool = False
    is_of_rows_only: bool = False


@dataclass(frozen=True)
class Depth:
    """What a layer's page shows. `readings`: week -> value with interval of the chosen metric. `rows`: best first."""

    layer: str
    now: Period
    before: Period
    tiles: tuple[Tile, ...]
    chosen: Tile
    series: Series
    readings: tuple[tuple[Period, Reading], ...]
    by: str
    rows: tuple[Row, ...]
    left_out: int
    missing: tuple[str, ...]


def dimensions(metric: Metric) -> tuple[str, ...]:
    """What a metric can be compared by, beyond time."""
    return tuple(name for name in metric.by if name not in TIME_DIMENSIONS)


def _against_the_rest(answer: Answer, now: Period, groups: list[ask.Group]) -> list[change.Change]:
    """Each group compared with all others put together. Only counted rows can be put together."""
    found = []
    for group in groups:
        mine = answer.at(now, group)
        others = [answer.at(now, other) for other in groups if other != group]
        whole = [part for part in others if isinstance(part, States)]
        if not isinstance(mine, States) or len(whole) < len(others) or not whole:
            found.append(change.Change(None))
            continue
        found.append(compute.compare(answer.metric, compute.merged(answer.metric, whole), mine))
    return found


def rows(
    store: Store, answer: Answer, now: Period, filters: Mapping[str, tuple[str, ...]], by: str
) -> tuple[tuple[Row, ...], int]:
    """The groups of a split, best first, and how many were left out because there are too many.

    What the rows of a group claim is asked again by clients; where they claim nothing, nothing is asked.
    Raises: StrataError without a lake; QueryTooLong.
    """
    metric = answer.metric
    groups = [group for group in answer.groups() if (now, group) in answer.cells and group[0] is not None]
    groups.sort(key=lambda group: -answer.at(now, group).n)
    kept, left_out = groups[:MOST_GROUPS], max(0, len(groups) - MOST_GROUPS)
    changes = _against_the_rest(answer, now, kept)
    readings = [compute.read(metric, answer.at(now, group)) for group in kept]
    of_rows = _verdicts(metric, readings, changes)
    claimed = [place for place, verdict in enumerate(of_rows) if verdict in board.CLAIMS]
    if claimed and clustered.is_of_clients(metric):
        claims = {kept[place][0]: changes[place] for place in claimed}
        surer = against.surer(store, now, filters, metric, by, [group[0] for group in kept], claims)
        changes = [surer.get(group[0], one) for group, one in zip(kept, changes, strict=True)]
    verdicts = _verdicts(metric, readings, changes)
    found = [
        Row(group[0], reading, verdict, is_of_rows_only=place in claimed and verdict not in board.CLAIMS)
        for place, (group, reading, verdict) in enumerate(zip(kept, readings, verdicts, strict=True))
    ]
    worst_first = metric.better == "down"
    found.sort(key=lambda row: (row.now.value is None, (row.now.value or 0.0) * (1 if worst_first else -1)))
    hidden = sorted({group[0] for period, group in answer.hidden if period == now and group[0] is not None})
    return tuple(found) + tuple(Row(name, compute.NOTHING, is_hidden=True) for name in hidden), left_out


def _verdicts(metric: Metric, readings: list[Reading], changes: list[change.Change]) -> list[Verdict]:
    """All groups judged together: the more there are, the more each has to prove."""
    shown = [reading.n >= metric.minimum_n for reading in readings]
    raised = change.holm([one.p if ok else None for one, ok in zip(changes, shown, strict=True)])
    total = sum(reading.n for reading in readings)
    return [
        change.verdict(one, p, metric.better, total - reading.n, reading.n, metric.minimum_n)
        for reading, one, p in zip(readings, changes, raised, strict=True)
    ]


def depth(
    store: Store, window: Window, filters: Mapping[str, tuple[str, ...]], layer: str, metric: str, by: str
) -> Depth:
    """Ask and judge everything a layer's page shows. `metric` and `by`: the chosen ones, or '' for the usual.

    Raises: StrataError without a lake; QueryTooLong.
    """
    about = layers()[layer]
    manifest = store.lake()
    has = {name for name, counts in manifest.tables.items() if counts.kept}
    answers = ask.ask(store, [Wanted(name) for name in about.metrics], window, filters)
    if metric not in about.metrics:
        measured = [name for name in about.headline if answers[Wanted(name)].cells]
        metric = (measured or list(about.headline))[0]
    offered = dimensions(catalogue()[metric])
    if by not in offered:  # one group alone has nothing to stand beside
        by = next((name for name in offered if len(filters.get(name, ())) != 1), offered[0])
    split = Wanted(metric, (by,))
    parted = ask.ask(store, [split], Window(window.whole), filters)[split]

    placed = [(board.tile(answers[Wanted(name)], window, manifest), (), ()) for name in about.metrics]
    tiles = lack.explained(store, window, board.judged_by_clients(store, window, filters, placed))
    chosen = next(tile for tile in tiles if tile.metric == metric)
    answer = answers[Wanted(metric)]
    now = window.whole[0]
    found, left_out = rows(store, parted, now, filters, by)
    return Depth(
        layer=layer,
        now=now,
        before=window.whole[1],
        tiles=tuple(tiles),
        chosen=board.dated(chosen, answer, window),
        series=board.series(answer, window),
        readings=tuple((week, compute.read(answer.metric, answer.week(week))) for week in window.buckets),
        by=by,
        rows=found,
        left_out=left_out,
        missing=tuple(table for table in about.tables if table not in has),
    )
