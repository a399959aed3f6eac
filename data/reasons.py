"""Why a row was rejected: the closed list of reasons, in the words the lake keeps, and what they say to a reader.

A rejected row is written down once, in English, and never changed: it is a record. Readers get the same reason in
their own language by its code. A rule of a table has its reason in the contract instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from data import contract

# The first six are named as the types of columns are. The last three are DuckDB's words for lines that are no rows.
FORMS = {
    "integer": "not a whole number",
    "number": "not a number",
    "money": "not an amount",
    "instant": "not a date and time",
    "date": "not a date",
    "boolean": "not true or false",
    "empty": "empty, but required",
    "choice": "not one of {allowed}",
    "below": "below {limit}",
    "above": "above {limit}",
    "years": "not between the years {first} and {last}",
    "future": "lies in the future",
    "lost": "no such row in {table}",
    "twin": "the same {columns} as in row {row}",
    "columns": "Expected Number of Columns: {expected} Found: {found}",
    "quotes": "Value with unterminated quote found.",
    "encoding": "Invalid unicode (byte sequence mismatch) detected. This file is not utf-8 encoded.",
}


def written(code: str, **facts: object) -> str:
    """A reason as the lake keeps it."""
    return FORMS[code].format(**facts)


@cache
def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(form)))


def read(said: str, forms: Mapping[str, str] = FORMS) -> tuple[str, dict[str, str]] | None:
    """Which reason of a list was written, and the facts in it; None when it is none of them."""
    for code, form in forms.items():
        if found := _pattern(form).fullmatch(said):
            return code, found.groupdict()
    return None


def of_rule(table: str, said: str) -> dict[str, str] | None:
    """The reason of a table's own rule, by language; None when no rule of the table says so."""
    rules = contract.tables()[table].rules if table in contract.tables() else ()
    return next((rule.reason for rule in rules if rule.reason["en"] == said), None)
