"""From which day to which the facts under a total reach: outside of it nothing can be compared."""

from __future__ import annotations

import re
from datetime import date

from data.lake import Manifest
from metrics.declare import Metric
from metrics.load import model_sql
from metrics.window import Period

WEEK = 7  # days


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
