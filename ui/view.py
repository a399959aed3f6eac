"""What a reader is looking at, as a value and as a link: view -> address -> view gives the same view again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from metrics.window import DAY, Period, Window, weeks_back

WEEKS = {"4w": 4, "13w": 13, "26w": 26, "52w": 52}
TO_DATE = {"month": 1, "quarter": 3, "year": 12}
PERIODS = (*WEEKS, *TO_DATE)
COMPARISONS = ("previous", "year")
DIMENSIONS = ("segment", "region", "stage", "industry", "size", "manager_id")
COURSE_WEEKS, MOST_WEEKS = 52, 520
LONGEST = timedelta(days=3660)  # ten years: what may be asked for at once
KNOWN_YEARS = range(1990, 2200)  # a day outside them is a slip of the pen


@dataclass(frozen=True)
class View:
    """The filters of a page. `period`: one of PERIODS, or two days "2026-01-05..2026-03-29", both included."""

    period: str = "13w"
    versus: str = "previous"
    segment: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    industry: tuple[str, ...] = ()
    size: tuple[str, ...] = ()
    manager_id: tuple[str, ...] = ()

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """Dimension -> chosen values; nothing chosen means all."""
        return {name: chosen for name in DIMENSIONS if (chosen := getattr(self, name))}


def days(period: str) -> Period | None:
    """The two days of a chosen period, or None when the text is not one that can be asked for."""
    first, dots, last = period.partition("..")
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last) + DAY
    except (ValueError, OverflowError):
        return None
    if not dots or not start < end <= start + LONGEST:
        return None
    return Period(start, end) if start.year in KNOWN_YEARS and end.year in KNOWN_YEARS else None


def to_query(view: View) -> dict[str, list[str]]:
    """The view as the keys of an address; what is as usual is left out."""
    usual = View()
    query: dict[str, list[str]] = {}
    if view.period != usual.period:
        query["period"] = [view.period]
    if view.versus != usual.versus:
        query["vs"] = [view.versus]
    for name in DIMENSIONS:
        if getattr(view, name):
            query[name] = list(getattr(view, name))
    return query


def from_query(
    query: Mapping[str, Sequence[str]], options: Mapping[str, Sequence[str]], last_day: date = date.max
) -> tuple[View, list[str]]:
    """The view an address asks for, and the values in it that mean nothing here. Unknown keys are not looked at.

    `options`: dimension -> the values there are. `last_day`: the last one with facts; no period begins after it.
    """
    dropped = []
    period = (query.get("period") or [View.period])[-1]
    own = days(period)
    if period not in PERIODS and (own is None or own.start > last_day):
        dropped.append(period)
        period = View.period
    versus = (query.get("vs") or [View.versus])[-1]
    if versus not in COMPARISONS:
        dropped.append(versus)
        versus = View.versus
    chosen = {}
    for name in DIMENSIONS:
        asked = list(dict.fromkeys(query.get(name, ())))
        chosen[name] = tuple(value for value in asked if value in options[name])
        dropped += [value for value in asked if value not in options[name]]
    return View(period, versus, **chosen), dropped


def _months_before(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - DAY).day
    return date(year, month + 1, min(day.day, last))


def current(view: View, last_day: date) -> Period:
    """The days looked at. `last_day`: the last one with facts; no period goes on after it."""
    end = last_day + DAY
    if view.period in WEEKS:
        return Period(end - timedelta(days=7 * WEEKS[view.period]), end)
    if view.period in TO_DATE:
        months = TO_DATE[view.period]
        index = (last_day.year * 12 + last_day.month - 1) // months * months
        return Period(date(index // 12, index % 12 + 1, 1), end)
    chosen = days(view.period)
    if chosen is None:
        raise ValueError(f"{view.period} is not a period")
    return Period(min(chosen.start, last_day), min(chosen.end, end))


def compared(view: View, last_day: date) -> Period:
    """The days they are compared with: as many, and for an unfinished month the same days of the month before.

    They end before the days looked at begin: what is longer than a year is compared with as many years before.
    """
    now = current(view, last_day)
    if view.versus == "year":
        if view.period in TO_DATE:
            start = _months_before(now.start, 12)
            return Period(start, max(start + DAY, _months_before(now.last, 12) + DAY))
        back = 364 * -(-now.days // 364) * DAY  # 52 weeks, or twice that ...: the same days of the week
        return Period(now.start - back, now.end - back)
    if view.period in TO_DATE:
        start = _months_before(now.start, TO_DATE[view.period])
        return Period(start, min(start + now.days * DAY, now.start))
    return Period(now.start - now.days * DAY, now.start)


def window(view: View, last_day: date) -> Window:
    """The periods of a page: the days looked at, those they are compared with, and the weeks that cover both."""
    now, before = current(view, last_day), compared(view, last_day)
    end = last_day + DAY
    weeks = max(COURSE_WEEKS, -(-(end - before.start).days // 7))
    return Window((now, before), weeks_back(end, min(weeks, MOST_WEEKS)))
