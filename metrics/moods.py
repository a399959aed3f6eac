"""How engaged each team was, month by month, told only where it may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from data.store import Store
from metrics import ask, compute
from metrics.ask import Wanted
from metrics.window import Period, Window

MOST_MONTHS = 36


def months(first: date, end: date) -> tuple[Period, ...]:
    """The finished calendar months from the one after `first` up to `end`, as many as are followed."""
    found: list[Period] = []
    start, last = _next_month(first), end.replace(day=1)
    while start < last and len(found) < MOST_MONTHS:
        found.append(Period(start, _next_month(start)))
        start = found[-1].end
    return tuple(found)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def moods(store: Store, of: Sequence[Period]) -> dict[tuple[str, Period], tuple[float, float]]:
    """(team, month) -> mean engagement and how many answered, where five or more did and nothing smaller shows by it.

    What is hidden is decided by the question layer (metrics.ask). Raises: StrataError without a lake; QueryTooLong.
    """
    if not of:
        return {}
    wanted = Wanted("engagement", (ask.TEAM,))
    answer = ask.ask(store, [wanted], Window(tuple(of)), {})[wanted]
    found = {}
    for (month, group), evidence in answer.cells.items():
        value = compute.worth(answer.metric, evidence)
        if group[0] is not None and value is not None and evidence.n >= ask.FEWEST_PEOPLE:
            found[str(group[0]), month] = value, evidence.n
    return found
