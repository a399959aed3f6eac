"""One metric step by step: where it is bad, and where it really changed against the period before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.store import Store
from metrics import ask, board, compute, scope
from metrics.ask import Wanted
from metrics.board import Tile
from metrics.compute import NOTHING, Reading
from metrics.declare import CLIENT_DIMENSIONS, Example, Metric, State
from metrics.load import catalogue
from metrics.window import Window

SPLIT = ("process", "step")
BY = (*CLIENT_DIMENSIONS, "process", "stage", "step", "team")

# How late a step is that missed its due time: shown only beside the share of steps done in time.
DAYS_LATE = Metric(
    id="days_late_of_steps", layer="operational", label={}, about={}, model="late_steps", at="due_at",
    states={
        "bins": State("bins", "bins", "days_late"), "n": State("n", "count", "*"),
        "still_open": State("still_open", "count", "*", "is_open"),
    },
    value="quantile", unit="days", better="down", interval="quantile", by=BY, minimum_n=5, counted="steps",
    example=Example((), None),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One step of one process.

    `late`: median days late of those that missed their due time, `still_open` of which count the days so far.
    """

    process: str
    step: str
    tile: Tile
    late: Reading = NOTHING
    still_open: int = 0


@dataclass(frozen=True)
class Steps:
    """One metric by step, the surest worst first.

    `unknown`: steps that were done, or fell due, without the fact the metric stands on, as process and step.
    """

    metric: str
    rows: tuple[Row, ...]
    unknown: tuple[tuple[str, str], ...]


def _sureness(metric: Metric, row: Row) -> tuple[bool, float]:
    """Sorts the surest worst first: by the end of the interval that speaks for the step, not by the value."""
    now = row.tile.now
    end = now.high if metric.better == "up" else now.low
    if not row.tile.is_shown or end is None:
        return True, 0.0
    return False, end if metric.better == "up" else -end


def steps(store: Store, window: Window, filters: Mapping[str, tuple[str, ...]], metric: str) -> Steps:
    """A metric of the steps (done in time, rework) for each step, with its change.

    Judged together, by Holm's rule, and by clients as by rows. Raises: StrataError without a lake; QueryTooLong.
    """
    about = catalogue()[metric]
    periods = Window(window.whole[:2])
    now = periods.whole[0]
    answer = ask.ask(store, [Wanted(metric, SPLIT)], periods, filters)[Wanted(metric, SPLIT)]
    manifest = store.lake()
    groups = [group for group in answer.groups() if (now, group) in answer.cells]
    placed = [(board.tile(answer, periods, manifest, group), SPLIT, group) for group in groups]
    tiles = board.judged_by_clients(store, periods, filters, placed)
    today = Window(periods.whole[:1])
    late = scope.states(store, DAYS_LATE, today, filters, SPLIT) if metric == "sla_kept_share" else {}
    found = []
    for group, tile in zip(groups, tiles, strict=True):
        missed = late.get((now, group), compute.States())
        still_open = round(missed.values.get("still_open") or 0)
        found.append(Row(str(group[0]), str(group[1]), tile, compute.read(DAYS_LATE, missed), still_open))
    found.sort(key=lambda row: (_sureness(about, row), row.process, row.step))
    done = scope.states(store, ask.WORK, today, filters, SPLIT)
    unknown = sorted({group for _, group in done} - set(groups), key=str)
    return Steps(metric, tuple(found), tuple((str(process), str(step)) for process, step in unknown))
