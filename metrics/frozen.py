"""A course against a baseline that somebody decided on, instead of the weeks before whatever period is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from data.store import Store
from metrics import ask, board, compute
from metrics.ask import Wanted
from metrics.board import Series
from metrics.compute import Reading
from metrics.load import catalogue
from metrics.window import DAY, Period, Window

WEEK = 7 * DAY
MOST_WEEKS = 260


@dataclass(frozen=True)
class Course:
    """The weeks of a metric from the beginning of its baseline on, with the limits that the baseline gives."""

    series: Series
    readings: tuple[tuple[Period, Reading], ...]


def weeks_from(first: date, weeks: tuple[Period, ...]) -> tuple[Period, ...]:
    """The weeks of a window, and as many before them as reach back to a day; none that begins before it."""
    start = weeks[0].start
    before: list[Period] = []
    while start - WEEK >= first and len(before) < MOST_WEEKS:
        before.append(Period(start - WEEK, start))
        start -= WEEK
    return tuple(reversed(before)) + tuple(week for week in weeks if week.start >= first)


def written(days: Mapping[str, Period]) -> str:
    """Baselines by metric as a text, to be asked with."""
    return ";".join(f"{metric}={one.start.isoformat()}..{one.end.isoformat()}" for metric, one in sorted(days.items()))


def read(said: str) -> dict[str, Period]:
    """The baselines of such a text."""
    parts: Iterable[str] = (part for part in said.split(";") if part)
    found = {}
    for part in parts:
        metric, _, days = part.partition("=")
        start, _, end = days.partition("..")
        found[metric] = Period(date.fromisoformat(start), date.fromisoformat(end))
    return found


def course(
    store: Store, window: Window, filters: Mapping[str, tuple[str, ...]], metric: str, baseline: str
) -> Course | None:
    """One metric by week against a baseline (see `written`); None where the baseline does not end before the period.

    Raises: StrataError without a lake; QueryTooLong.
    """
    days = read(baseline).get(metric)
    now = window.whole[0]
    if days is None or days.end >= now.end:
        return None
    weeks = weeks_from(days.start, tuple(week for week in window.buckets if week.end <= now.end))
    own = Window((Period(days.end, now.end),), weeks)
    wanted = Wanted(metric)
    answer = ask.ask(store, [wanted], own, filters)[wanted]
    about = catalogue()[metric]
    readings = tuple((week, compute.read(about, answer.week(week))) for week in weeks)
    return Course(board.series(answer, own), readings)
