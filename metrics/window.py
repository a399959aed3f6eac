"""Which days a question is about: the period, the one it is compared with, and the course over time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Period:
    """Days from `start` up to, not including, `end`."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - DAY


@dataclass(frozen=True)
class Window:
    """All periods of one question. `whole`: those asked for as such; `buckets`: the course, oldest first.

    Every period is a run of slots: the days between two neighbouring cuts. A row falls into one slot; a period is the
    sum of its slots. So overlapping periods cost one scan.
    """

    whole: tuple[Period, ...]
    buckets: tuple[Period, ...] = ()

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Every period once, the whole ones first."""
        return tuple(dict.fromkeys(self.whole + self.buckets))

    @cached_property
    def cuts(self) -> tuple[date, ...]:
        """The days on which some period begins or ends."""
        return tuple(sorted({day for period in self.periods for day in (period.start, period.end)}))

    def slots(self, period: Period) -> range:
        """The slots a period is made of."""
        cuts = self.cuts
        return range(cuts.index(period.start), cuts.index(period.end))

    def runs(self) -> Iterator[tuple[int, date, date]]:
        """Each slot with its first day and the day after its last.

        Slots in no period too: what was opened or closed in them tells whether it was open when a later period ended.
        """
        for slot, (start, end) in enumerate(pairwise(self.cuts)):
            yield slot, start, end


def buckets(kind: str, start: date, end: date) -> tuple[Period, ...]:
    """The days, weeks, months, quarters or years that cover start up to end; the outer ones are cut off there."""
    edges = [start, *(day for day in _edges(kind, start, end) if start < day < end), end]
    return tuple(Period(a, b) for a, b in pairwise(edges))


def weeks_back(end: date, count: int) -> tuple[Period, ...]:
    """The last `count` runs of seven days that end with the day before `end`, oldest first."""
    return tuple(Period(end - 7 * (i + 1) * DAY, end - 7 * i * DAY) for i in reversed(range(count)))


def months_back(end: date, count: int) -> tuple[Period, ...]:
    """The last `count` calendar months up to `end`, the last one as far as it has got, oldest first."""
    edges = [end]
    day = (end - DAY).replace(day=1)
    for _ in range(count):
        edges.append(day)
        day = (day - DAY).replace(day=1)
    return tuple(Period(a, b) for a, b in pairwise(reversed(edges)))


def _edges(kind: str, start: date, end: date) -> Iterable[date]:
    day = start
    while day < end:
        if kind == "day":
            day += DAY
        elif kind == "week":
            day += timedelta(days=7 - day.weekday())
        else:
            months = {"month": 1, "quarter": 3, "year": 12}[kind]
            index = (day.year * 12 + day.month - 1) // months * months + months
            day = date(index // 12, index % 12 + 1, 1)
        yield day
