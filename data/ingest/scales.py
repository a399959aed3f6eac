"""On which scale a column's numbers lie, whether it is that of an instrument, and the SQL that reads them.

nps is 0-10, csat 1-5, ces 1-7. A column on any other scale is no instrument's until a person chooses how it becomes
one: 1-10 looks like nps and is not, because nobody can give it a zero.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
WHOLE = re.compile(r"(\d{1,3})(?:[.,]0+)?")
ANCHORED = re.compile(r"(\d{1,2})\s*[-\u2013\u2014=:.)(]\s*(\D.*)")
SAID = re.compile(r"\b(\d)\s*(?:[-\u2013\u2014]|to|until|\u0434\u043e|\u043f\u043e)\s*(\d{1,2})\b")
MOST_WORDS = 11  # different texts, for a column to be one of words such as "satisfied"


@dataclass(frozen=True)
class Seen:
    """The numbers of a column, and how often each is met. `share`: of its values that are whole numbers. `anchors`:
    words beside some of them."""

    numbers: Mapping[int, int]
    share: float
    low: int
    high: int
    count: int
    anchors: Mapping[int, str]
    texts: tuple[str, ...]

    def on(self, low: int, high: int) -> float:
        """The share of its numbers that lie on a scale."""
        fitting = sum(count for number, count in self.numbers.items() if low <= number <= high)
        return fitting / max(sum(self.numbers.values()), 1)


def seen(values: Iterable[str]) -> Seen | None:
    """What lies in a column, or None when it is empty."""
    numbers: Counter[int] = Counter()
    anchors: dict[int, str] = {}
    texts: Counter[str] = Counter()
    count = 0
    for value in (value.strip(" \u00a0") for value in values):
        if not value:
            continue
        count += 1
        found = WHOLE.fullmatch(value)
        if found:
            numbers[int(found[1])] += 1
        elif anchored := ANCHORED.fullmatch(value):
            numbers[int(anchored[1])] += 1
            anchors[int(anchored[1])] = anchored[2]
        else:
            texts[value] += 1
    if not count:
        return None
    low, high = (min(numbers), max(numbers)) if numbers else (0, -1)
    words = tuple(sorted(texts)) if len(texts) <= MOST_WORDS else ()
    return Seen(numbers, sum(numbers.values()) / count, low, high, count, anchors, words)


def said_scale(text: str) -> tuple[int, int] | None:
    """The scale that a question names: "from 1 to 10", "0-10"."""
    for found in SAID.finditer(text.casefold()):
        low, high = int(found[1]), int(found[2])
        if low in (0, 1) and 3 <= high <= 10:
            return low, high
    return None


def conversions(low: int, high: int) -> dict[str, dict[str, int]]:
    """What a person may choose to make of a scale that is no instrument's: choice -> the score of each value.

    Stretched: the ends on the ends and the others evenly between, rounded. Reversed: for questions where 1 is best.
    """
    offered = {}
    for instrument, (first, last) in SCALES.items():
        span = {value: (value - low) / (high - low) for value in range(low, high + 1)} if high > low else {}
        if span and (low, high) != (first, last):
            offered[f"{instrument} from {low}-{high}"] = {
                str(value): first + int(part * (last - first) + 0.5) for value, part in span.items()
            }
        offered[f"{instrument} reversed"] = {str(value): first + last - value for value in range(first, last + 1)}
    return offered


def sql(cell: str, values: Mapping[str, int] | None) -> str:
    """The score that a cell of text without blanks around it says, null where it says none.

    `values`: what a person chose for each text.
    """
    number = (
        f"case when length({cell}) <= 2 then try_cast({cell} as tinyint) "
        f"when regexp_full_match({cell}, '\\d{{1,3}}[.,]0+') then try_cast(regexp_extract({cell}, '\\d+') as smallint) "
        f"else try_cast(regexp_extract({cell}, '^(\\d{{1,2}})\\s*[-\u2013\u2014=:.)(]\\s*\\D', 1) as tinyint) end"
    )
    if values is None:
        return f"({number})::integer"
    arms = " ".join(f"when {_quoted(text)} then {score:d}" for text, score in values.items())
    plain = " ".join(f"when {int(text)} then {score:d}" for text, score in values.items() if text.isdecimal())
    by_number = f"case {number} {plain} end" if plain else "null"
    return f"(case {cell} {arms} else {by_number} end)::integer"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
