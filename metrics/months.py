"""What employees answered, told for whole finished months only.

Whoever could choose the days could take two periods that differ by a day: the difference is what one person said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from metrics.compute import States
from metrics.window import Period, Window

SHORTEST = 28  # days of a month


def in_whole_months(period: Period, now: date) -> Period | None:
    """The finished calendar months that a period is nearest to; None where there is none, or the period is shorter.

    `now`: the end of the facts. A day up to the 15th is nearest to the beginning of its month; so periods that follow
    each other still do.
    """
    if period.days < SHORTEST:
        return None
    start, end = (_nearest_month(day) for day in (period.start, period.end))
    end = min(end, now.replace(day=1))
    return Period(start, end) if start < end else None


def _nearest_month(day: date) -> date:
    return day.replace(day=1) if day.day <= 15 else (day.replace(day=1) + timedelta(days=32)).replace(day=1)


@dataclass(frozen=True)
class Months:
    """A window in whole finished months. `of`: period asked for -> the months it is told for, where there are any.

    `untold`: the periods asked for in which there is no whole month.
    """

    window: Window
    of: dict[Period, Period]
    untold: set[Period]

    def told(self, found: Mapping[Any, States], *, with_course: bool) -> dict[Any, States]:
        """The evidence of the periods asked for, and with it the course over weeks.

        Of a team there is no course: weeks and months together would give away the few who answered in between.
        """
        whole = {
            (asked, group): states
            for asked, months in self.of.items()
            for (period, group), states in found.items()
            if period == months
        }
        weeks = {place: states for place, states in found.items() if place[0] in self.window.buckets}
        return weeks | whole if with_course else whole


def told_in_months(window: Window, now: date) -> Months:
    """A window as it may be told of what employees answered. `now`: the end of the facts."""
    of = {period: months for period in window.whole if (months := in_whole_months(period, now))}
    return Months(Window(tuple(dict.fromkeys(of.values())), window.buckets), of, set(window.whole) - of.keys())
