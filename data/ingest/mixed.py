"""Dates of one file in two orders: days first in its first rows, months first further down, or the other way round.

A file is judged by its first rows. Whoever joins two exports, or changes the language of his account halfway, gets
dates of which most can be read in both orders: they would silently lie in wrong months. What gives such a file away is
a date that is none, or lies in the future, as it is read, and is a day of the past in the other order.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb

from data import written
from data.ingest import dates
from data.ingest.decisions import Decision
from data.ingest.survey import Survey

MANY = 10_000
# One row per text of a date that could not be taken.
WRONG = """
with faults as (
    select unnest(from_json(faults, '[{"column": "VARCHAR", "value": "VARCHAR"}]')) as fault
    from read_parquet($given)
    where faults is not null
)

select distinct fault.value as said
from faults
where fault."column" = 'answered_at' and fault.value is not null
order by said
limit $many
"""


def judged(work: duckdb.DuckDBPyConnection, survey: Survey, given: Path) -> Survey:
    """The survey, its dates unsure where the whole file has some in the other order than its first rows; a person who
    has looked at this very file and chosen knows better."""
    kinds = {survey.mapping.dates[name].kind for name in survey.mapping.answered_at} & {"dmy", "mdy"}
    if not kinds or "dates" in survey.asked or "answered_at" in survey.mapping.constants:
        return survey
    (kind, *_) = sorted(kinds)
    today = (written.now() + timedelta(days=1)).date()
    texts = (row[0] for row in work.execute(WRONG, {"given": str(given), "many": MANY}).fetchall())
    met = next((turned for said in texts if (turned := dates.turned(said, kind, today))), "")
    if not met:
        return survey
    decisions = tuple(_unsure(one, kind, met) if one.about == "dates" else one for one in survey.decisions)
    return replace(survey, decisions=decisions)


def _unsure(one: Decision, kind: str, met: str) -> Decision:
    facts = {"one": str(one.facts.get("example") or dates.KINDS[kind]), "other": met}
    return Decision("dates", one.value, "dates_mixed", facts, False, ("dmy", "mdy"))
