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
# In a question, words beside the ends of its scale: "1 is excellent", "5 (terrible)"; or before them, "terrible - 1".
IS = r"[-\u2013\u2014=(]|\bis\b|\bmeans\b|\bbeing\b|\b\u044d\u0442\u043e\b|\b\u0437\u043d\u0430\u0447\u0438\u0442\b"
WORDS = r"[^\W\d][^\d,;:()\u2013\u2014=]*?"
BESIDE = re.compile(
    rf"(?<!\d)(\d{{1,2}})\s*(?:{IS})\s*({WORDS})\s*(?:\b(?:and|to|\u0438|\u0430|\u0434\u043e)\b|[\d,;:().]|$)"
)
BEHIND = re.compile(rf"({WORDS})\s*[-\u2013\u2014=]\s*(\d{{1,2}})(?!\d)(?!\s*[-\u2013\u2014]\s*\d)")
TOPS = (5, 7, 10)  # of the scales there usually are
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


def said_anchors(text: str) -> dict[int, str]:
    """The words that a question puts beside the ends of its scale: "1 is excellent and 5 is terrible"."""
    plain = text.casefold()
    found = {int(met[1]): met[2].strip() for met in BESIDE.finditer(plain)}
    found = found or {int(met[2]): met[1].strip() for met in BEHIND.finditer(plain)}
    return {number: words for number, words in found.items() if number <= TOPS[-1]}


def possible(seen: Seen, said: tuple[int, int] | None) -> list[tuple[int, int]]:
    """The scales that a column's numbers may lie on: the one its question names; else those that hold them all. What
    was answered is not the scale: where nobody gave less than 4, it may begin with 1 all the same."""
    if said is not None and said[0] <= seen.low and seen.high <= said[1]:
        return [said]
    top = next(top for top in (*TOPS, seen.high) if top >= seen.high)
    own = [(seen.low, seen.high)] if seen.low <= 1 else []
    usual = [(1, top), (1, TOPS[-1]), (0, TOPS[-1])]
    return list(dict.fromkeys([*own, *(scale for scale in usual if scale[0] <= seen.low and seen.high <= scale[1])]))


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
    is_words = not all(text.isdecimal() for text in values)
    said = f"lower({cell})" if is_words else cell
    arms = " ".join(f"when {_quoted(text.lower())} then {score:d}" for text, score in values.items())
    plain = " ".join(f"when {int(text)} then {score:d}" for text, score in values.items() if text.isdecimal())
    by_number = f"case {number} {plain} end" if plain else "null"
    return f"(case {said} {arms} else {by_number} end)::integer"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
