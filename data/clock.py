"""The company's wall clock: stored UTC instants shown as the clocks on its walls went, as SQL.

Both ways, from wall clock to UTC when a lake is built and back when it is read, go by the one calendar of time zones
inside DuckDB. With another calendar on one of the ways, a newer or older one, 10:00 could come back as 11:00.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import duckdb

# Instants this far from the first and last event still take the quick way.
MARGIN = timedelta(days=400)

OFFSETS = """
-- One row per moment in the windows, a step apart, with how much the wall clock differs from UTC then.
with moments as (
    select unnest(generate_series(windows.begins, windows.ends, $step::interval)) as moment
    from (select unnest($begins::timestamp[]) as begins, unnest($ends::timestamp[]) as ends) as windows
)

select moment, epoch(timezone($zone, timezone('UTC', moment))) - epoch(moment) as offset_s
from moments
order by moment
"""


def local(instant: str, zone: str) -> str:
    """The SQL of the wall clock at a stored instant, by the calendar: right everywhere, slow on many rows."""
    return instant if zone == "UTC" else f"timezone('{zone}', timezone('UTC', {instant}))"


def changes(
    calendar: duckdb.DuckDBPyConnection, zone: str, first: datetime, last: datetime
) -> list[tuple[datetime, int]]:
    """When the clocks changed between two UTC instants, and by how much they then differ from UTC. Units: seconds."""
    windows = [(first, last)]
    found: list[tuple[datetime, float]] = []
    for step in (timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)):  # the calendar is slow: narrow it down
        begins, ends = zip(*windows, strict=True)
        asked = {"zone": zone, "begins": list(begins), "ends": list(ends), "step": step}
        moments = calendar.execute(OFFSETS, asked).fetchall()
        found = [(after[0], after[1]) for before, after in pairwise(moments) if before[1] != after[1]]
        if not found:
            break
        windows = [(at - step, at) for at, _ in found]
    start = calendar.execute(OFFSETS, {**asked, "begins": [first], "ends": [first]}).fetchall()
    return [(at, int(offset)) for at, offset in (*start, *found)]


def quick_local(
    calendar: duckdb.DuckDBPyConnection, instant: str, zone: str, first: str | None, last: str | None
) -> str:
    """The same as `local`, as one fixed shift per change of the clocks around the days between `first` and `last`."""
    if zone == "UTC" or first is None or last is None:
        return local(instant, zone)
    begins, ends = datetime.fromisoformat(first) - MARGIN, datetime.fromisoformat(last) + MARGIN
    spans = changes(calendar, zone, begins, ends)
    until = [at for at, _ in spans[1:]] + [ends]
    arms = " ".join(
        f"when {instant} < timestamp '{end}' then make_timestamp(epoch_us({instant}) + {offset * 1_000_000})"
        for (_, offset), end in zip(spans, until, strict=True)
    )
    return (
        f"case when {instant} < timestamp '{begins}' then {local(instant, zone)} {arms} else {local(instant, zone)} end"
    )
