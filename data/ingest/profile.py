"""What the columns of a file hold, seen in its first rows: dates, numbers, texts, and the words of their names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data.ingest import dates, scales
from data.ingest.bare import bare
from data.ingest.names import Column, plain

MOST_CELLS = 150_000  # looked at: rows of a wide file are fewer
CODE = re.compile(r"[a-z]{2,3}([-_][a-z]{2,8})?", re.IGNORECASE)
DATED = ("answered_at", "asked_at")
STRENGTHS = ("is", "has", "weak")


@dataclass(frozen=True)
class Profile:
    """One column as its first rows show it. `filled`: share of rows with a value. `length`: mean letters of a value."""

    column: Column
    filled: float
    distinct: int
    count: int
    length: float
    codes: float
    dates: dates.Judged | None
    seen: scales.Seen | None
    example: str = ""  # of a column without dates: a value that is none

    @property
    def is_text(self) -> bool:
        """Whether people wrote it: neither numbers nor dates, not the same few words, and words with blanks between."""
        numbers = self.seen.share if self.seen else 0.0
        return bool(self.count) and numbers < 0.5 and self.dates is None

    @property
    def is_told(self) -> bool:
        """Whether it looks like what people say in their own words."""
        return self.is_text and self.length >= 20 and self.distinct > 0.5 * self.count


def profiles(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], choices: Mapping[str, str], place: str, usual: str = "dmy"
) -> list[Profile]:
    """Every column as the first rows show it. A column that a person called one of dates is one, however few of its
    values are. `usual`: see dates.judge."""
    taken = rows[: max(50, MOST_CELLS // max(len(columns), 1))]
    return [_profile(column, [row[column.place] for row in taken], choices, place, usual) for column in columns]


def _profile(
    column: Column, cells: Sequence[str], choices: Mapping[str, str], place: str, usual: str
) -> Profile:  # fmt: skip
    is_dated = column.name in {choices.get(role) for role in DATED}
    values = [value for value in map(bare, cells) if value.strip()]
    count = len(values)
    judged = dates.judge(values, choices, place, 0.0 if is_dated else dates.FEWEST, usual)
    return Profile(
        column=column,
        filled=count / len(cells) if cells else 0.0,
        distinct=len(set(values)),
        count=count,
        length=sum(map(len, values)) / count if count else 0.0,
        codes=sum(bool(CODE.fullmatch(value)) for value in values) / count if count else 0.0,
        dates=judged,
        seen=scales.seen(values),
        example="" if judged else next((value[:40] for value in values if not dates.is_date(value)), ""),
    )


@cache
def words() -> dict[str, Any]:
    """By which words a column gives itself away, by role."""
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def languages() -> dict[str, str]:
    """Languages as people write them, and their codes."""
    return dict(words()["languages"])


@cache
def _pattern(role: str, strength: str) -> re.Pattern[str] | None:
    known = words()[role].get(strength, [])
    if not known:
        return None
    forms = "|".join(re.escape(word).replace(r"\*", r"\w*") for word in known)
    return re.compile(forms if strength == "is" else rf"\b(?:{forms})\b")


def strength(role: str, column: Column) -> tuple[int, str]:
    """How plainly a column's name says a role: 2 its whole name, 1 a word in it, 0 not; and the name that says so."""
    for place, how in enumerate(STRENGTHS):
        pattern = _pattern(role, how)
        for name in column.known_as if pattern else ():
            met = pattern.fullmatch(name) if how == "is" else pattern.search(name)  # type: ignore[union-attr]
            if met:
                return (2 - min(place, 1)), met[0]
    return 0, ""


def says(role: str, text: str) -> bool:
    """Whether words of a role stand in a text."""
    pattern = _pattern(role, "has")
    return bool(pattern and pattern.search(plain(text)))


def is_weak(role: str, column: Column) -> bool:
    """Whether a column is only the kind of thing that may stand for a role, as an address does for a client."""
    pattern = _pattern(role, "weak")
    return bool(pattern) and not any(
        (_pattern(role, how) or re.compile("(?!)")).search(name) for name in column.known_as for how in ("is", "has")
    )
