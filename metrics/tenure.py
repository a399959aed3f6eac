"""How long do people stay, when do they leave, and how long have those been here who are here?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from data.store import Store
from metrics import change, intervals, survival
from metrics.ask import FEWEST_PEOPLE
from metrics.change import Verdict
from metrics.compute import Reading
from metrics.load import model_sql
from metrics.survival import Point, Stays
from metrics.window import DAY, Window

MARKS = (1, 45, 90, 180, 365)  # days since hiring at which the curve is told in words
LONGEST = 730  # days of the curve, and of the time looked back over
EDGES = (0, 91, 365, 730, 1826, 3652)  # days since hiring at which the bands begin
YEAR = 365.25


@dataclass(frozen=True)
class Band:
    """People by time since hiring: from `first` days up to, not including, `end` (None: and more).

    `people`: of the band on staff at the end of the period, `part` of all; `left`: leavers in the band over the time
    looked back; `rate`: leavers a person-year; `verdict`: how it stands against all the other bands together.
    """

    first: int
    end: int | None
    people: int
    part: float
    left: int
    years: float
    rate: Reading
    verdict: Verdict = Verdict.UNKNOWN


@dataclass(frozen=True)
class Tenure:
    """How long people stay. `since`, `last`: the days looked over; None where nobody is known to have left.

    `hires`: people hired within them. `curve`: one point a day since hiring, as far as enough people are at risk.
    `marks`: the points of MARKS that the curve reaches. `people`: on staff at the end. `bands`: each of enough people.
    """

    since: date | None
    last: date
    hires: int
    curve: tuple[Point, ...]
    marks: tuple[Point, ...]
    people: int
    bands: tuple[Band, ...]


@dataclass
class _Part:
    """What one band adds up to, before it is known whether it has enough people to stand alone."""

    first: int
    end: int | None
    people: int = 0
    watched: int = 0
    left: int = 0
    days: int = 0

    def add(self, other: _Part) -> None:
        self.people += other.people
        self.watched += other.watched
        self.left += other.left
        self.days += other.days
        self.end = other.end


def _parts(stays: list[Stays]) -> list[_Part]:
    """Each band of EDGES with its people, leavers and days."""
    found = []
    for first, end in zip(EDGES, (*EDGES[1:], None), strict=True):
        part = _Part(first, end)
        until = end if end is not None else 10**9
        for stay in stays:
            begun, over = max(stay.entered, 0), stay.seen_until + 1
            days = min(over, until) - max(begun, first)
            if days > 0:
                part.watched += stay.n
                part.days += days * stay.n
            if stay.is_over and first <= stay.seen_until < until:
                part.left += stay.n
            if not stay.is_over and first <= over < until:  # the end of the period is the day after the last seen
                part.people += stay.n
        found.append(part)
    return found


def _joined(parts: list[_Part]) -> list[_Part]:
    """Bands with too few people put together with the one after, the last one with the one before."""
    found: list[_Part] = []
    for part in parts:
        if found and min(found[-1].people, found[-1].watched) < FEWEST_PEOPLE:
            found[-1].add(part)
        else:
            found.append(part)
    if len(found) > 1 and min(found[-1].people, found[-1].watched) < FEWEST_PEOPLE:
        last = found.pop()
        found[-1].add(last)
    return [part for part in found if min(part.people, part.watched) >= FEWEST_PEOPLE]


def _bands(parts: list[_Part]) -> tuple[Band, ...]:
    whole = sum(part.people for part in parts)
    left, days = sum(part.left for part in parts), sum(part.days for part in parts)
    tests = [
        change.rate((left - part.left, (days - part.days) / YEAR), (part.left, part.days / YEAR)) for part in parts
    ]
    raised = change.holm([test.p for test in tests])
    found = []
    for part, test, p in zip(parts, tests, raised, strict=True):
        years = part.days / YEAR
        interval = intervals.rate(part.left, years)
        rate = Reading(part.left / years, *(interval.low, interval.high), part.watched) if interval else None
        if rate is None:
            continue
        others = sum(other.watched for other in parts) - part.watched
        word = change.verdict(test, p, "down", others, part.watched, FEWEST_PEOPLE)
        found.append(Band(part.first, part.end, part.people, part.people / whole, part.left, years, rate, word))
    return tuple(found)


def tenure(store: Store, window: Window, filters: Mapping[str, tuple[str, ...]]) -> Tenure:
    """How long people stay, over the two years up to the end of the period, for the whole company.

    Filters of clients and stages do not apply: people have neither. People hired earlier join the curve at the tenure
    they had when these years began, or when leavers began to be recorded. Leaving by a day means the same as in the
    metric early_attrition: the last day at work is at most so many days after the first. Nothing stands on fewer than
    five people. Raises: StrataError without a lake; QueryTooLong.
    """
    del filters
    end = window.whole[0].end
    known = store.query(model_sql("leavers_known"), {"to": end}).iloc[0]
    none_left = pd.isna(known["first_left_on"])
    since = end - timedelta(days=LONGEST)
    if not none_left:  # before the first leaver was recorded nobody could be seen to leave
        since = max(since, pd.Timestamp(known["first_left_on"]).date() + DAY)
    rows = store.query(model_sql("employments"), {"since": since, "to": end})
    columns = (rows[name] for name in ("entered", "left_after", "is_leaver", "n"))
    stays = [Stays(int(e), int(seen), bool(over), int(n)) for e, seen, over, n in zip(*columns, strict=True)]
    curve = () if none_left else survival.curve(stays, FEWEST_PEOPLE, LONGEST)
    parts = [] if none_left else _joined(_parts(stays))
    present = sum(stay.n for stay in stays if not stay.is_over)
    hires = sum(stay.n for stay in stays if stay.entered < 0)
    return Tenure(
        since=None if none_left else since,
        last=end - DAY,
        hires=hires,
        curve=curve,
        marks=tuple(point for point in curve if point.day in MARKS),
        people=present,
        bands=_bands(parts),
    )
