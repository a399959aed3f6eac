"""The names of a file's columns: out of one header row or several, each different, none empty."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count

TAG = re.compile(r"<[^<>]{1,200}>")
CODE = re.compile(r"([\w\[\]]+)\. \S")  # LimeSurvey's "submitdate. Date submitted"
HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")  # between words written as one
# What stands in front of the columns of a file of rejected rows; see rejects.
NOTES = ("strata_row", "strata_column", "strata_value", "strata_reason")
NOTED = (*NOTES, "strata_answer")  # where the tool gives no ids: which of the answers of a client and minute it was
SAYS_NOTHING = frozenset({"response", "open ended response", "ответ", "развернутый ответ", ""})


@dataclass(frozen=True)
class Column:
    """One column. `place`: from 0. `name`: unlike all others. `label`: the question asked, where there is one.

    `headers`: what the header rows say, as it was written.
    """

    place: int
    name: str
    label: str
    headers: tuple[str, ...]

    @cached_property
    def known_as(self) -> tuple[str, ...]:
        """All its names in plain form, the code in front of a text among them."""
        return tuple(dict.fromkeys(name for said in self.headers for name in forms(said)))


def forms(said: str) -> list[str]:
    """A name in the plain forms it may be known by: as words, and those written as one; the code before a text too."""
    code = CODE.match(said)
    names = [plain(said), *([plain(code[1])] if code else [])]
    return [name for name in dict.fromkeys([*names, *(name.replace(" ", "") for name in names)]) if name]


def plain(said: str) -> str:
    """A name without what tools differ in: case, tags, punctuation, the mark of an encoding, kinds of blanks, words
    written as one (ResponseId)."""
    apart = HUMP.sub(" ", TAG.sub(" ", said.replace("\ufeff", "").replace("\u00a0", " ")))
    bare = apart.casefold().replace("\u0451", "\u0435")
    return "#" if bare.strip() == "#" else " ".join(re.sub(r"[\W_]+", " ", bare).split())


def _readable(said: str) -> str:
    return " ".join(TAG.sub(" ", said.replace("\ufeff", "")).split())


def columns(headers: Sequence[Sequence[str]], width: int, texts: Sequence[int]) -> tuple[Column, ...]:
    """The columns under some header rows. `texts`: which of the rows hold names or texts for people, not codes for
    machines. A name that is empty is taken from its left, as in an export whose choices stand under one question."""
    made: list[Column] = []
    taken: dict[str, int] = {}
    question = ""
    for place in range(width):
        cells = tuple(row[place] if place < len(row) else "" for row in headers)
        said = [_readable(cells[row]) for row in texts]
        question = said[0] if said and said[0] else question if len(said) > 1 and said[1] else ""
        below = said[1] if len(said) > 1 else ""
        choice = "" if plain(below) in SAYS_NOTHING else below
        name = " / ".join(dict.fromkeys(part for part in (question, choice) if part)) or f"#{place + 1}"
        nth = next(nth for nth in count(taken.get(name, 0) + 1) if nth == 1 or f"{name} ({nth})" not in taken)
        taken[name] = nth
        unlike = f"{name} ({nth})" if nth > 1 else name
        taken.setdefault(unlike, 1)
        made.append(Column(place, unlike, choice or question, cells))
    return tuple(made)


def fingerprint(found: Sequence[Column]) -> str:
    """The same for every export with the same columns, in whatever order; a saved mapping is recognised by it."""
    said = "\n".join(sorted("\t".join(plain(cell) for cell in column.headers[:2]) for column in found))
    return hashlib.sha256(said.encode()).hexdigest()
