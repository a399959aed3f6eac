"""Why something was not saved, in the reader's language."""

from __future__ import annotations

from datetime import date

from data.errors import StrataError
from data.written import NotSaved
from metrics.declare import Lang
from ui import language

# What is told with the place and what was found there; the others with the values they have counted.
BY_FACTS = (
    "no_memory", "no_room", "unwritable", "upload_missing", "upload_damaged", "ledger_missing",
    "database_busy", "database_unwritable", "database_unreachable", "database_newer", "database_address",
)  # fmt: skip
WORDED = (
    "annotation_empty", "annotation_too_long", "annotation_ends_early", "annotation_other_years", "annotation_changed",
    "baseline_empty", "baseline_too_long", "baseline_too_short", "baseline_changed",
    "view_name_empty", "view_name_too_long", "view_name_taken", "view_address_too_long", "view_gone",
    "upload_reason_empty", "upload_reason_too_long", "upload_counts", "upload_undone", "upload_changed",
    "upload_unknown", "mapping_name_empty", "mapping_name_too_long", "mapping_unknown", "alias_client", "alias_empty",
    "alias_unknown",
    *BY_FACTS,
)  # fmt: skip
LONGEST = 160  # characters of what a database complains of


def told(problem: StrataError, lang: Lang) -> str:
    """What went wrong, as Markdown in which other people's words stay words."""
    if problem.code not in WORDED:
        return language.verbatim(str(problem))
    if isinstance(problem, NotSaved):
        facts: dict[str, object] = {name: _shown(name, value, lang) for name, value in problem.counted.items()}
    else:
        facts = {name: language.quoted(problem.facts[name], LONGEST) for name in ("place", "found")}
    return language.texts("written", lang)(problem.code, **facts)


def _shown(name: str, value: int | str | date, lang: Lang) -> object:
    if isinstance(value, date):
        return language.day(value, lang, year=True)
    if isinstance(value, str):
        return language.quoted(value)
    return language.number(value, lang) if name == "longest" else value
