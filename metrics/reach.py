"""From which day to which the facts under a total reach: outside of it nothing can be compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from data.lake import Manifest
from data.store import Store
from metrics import ask
from metrics.change import Change
from metrics.declare import Metric
from metrics.load import catalogue, model_sql
from metrics.window import Period, Window

if TYPE_CHECKING:
    from metrics.board import Tile

WEEK = 7  # days
FEWEST_SILENT = 2  # weeks


def facts_end(metric: Metric, now: Period, manifest: Manifest) -> date | None:
    """The last day of the facts under a total, when it is more than a week before the end of the period looked at."""
    if not metric.is_tally:
        return None
    for table in re.findall(r"\bfrom (\w+)", model_sql(metric.model)):
        counts = manifest.tables.get(table)
        if counts is not None and counts.last is not None:
            last = date.fromisoformat(counts.last)
            return last if (now.last - last).days > WEEK else None
    return None


def is_before_the_facts(metric: Metric, before: Period, manifest: Manifest) -> bool:
    """Whether the period compared with lies before the facts: all of it, or, for a total, more than a week of it.

    A company's history does not begin with a change.
    """
    firsts = {name: date.fromisoformat(counts.first) for name, counts in manifest.tables.items() if counts.first}
    if firsts and before.end <= min(firsts.values()):
        return True
    if not metric.is_tally:
        return False
    under = [firsts[table] for table in re.findall(r"\bfrom (\w+)", model_sql(metric.model)) if table in firsts]
    return bool(under) and (under[0] - before.start).days > WEEK


def silent_since(store: Store, window: Window, metric: str) -> date | None:
    """The last day of the last week with a row of a metric, of whatever client, when its facts seem to end there.

    So they do when more weeks in a row have none since than ever had before in the course. Single rows that come late,
    such as cancelled orders, keep a table's last day from telling it.
    Raises: StrataError without a lake; QueryTooLong.
    """
    wanted = ask.Wanted(metric)
    weeks = [week for week in window.buckets if week.end <= window.whole[0].end]
    answer = ask.ask(store, [wanted], replace(window, whole=()))[wanted]
    runs = [(is_told, list(same)) for is_told, same in groupby(weeks, lambda week: answer.week(week).n > 0)]
    if len(runs) < 2 or runs[-1][0]:
        return None
    inner = runs[1:-1] if not runs[0][0] else runs[:-1]  # before the first row there was nothing to be silent
    longest = max((len(same) for is_told, same in inner if not is_told), default=0)
    return runs[-2][1][-1].last if len(runs[-1][1]) >= max(FEWEST_SILENT, longest + 1) else None


def ended(store: Store, window: Window, tiles: Sequence[Tile]) -> list[Tile]:
    """The tiles; totals whose facts seem to end before the period does are not compared. Asks only where weeks lack."""
    found = []
    for one in tiles:
        weeks = [value for week, value in one.course if week.end <= window.whole[0].end][-FEWEST_SILENT:]
        is_open = catalogue()[one.metric].interval == "total" and one.facts_end is None and one.now.value is not None
        last = silent_since(store, window, one.metric) if is_open and weeks and not any(weeks) else None
        found.append(replace(one, facts_end=last, change=Change(None)) if last else one)
    return found
