"""Which client a survey file speaks of: by id, by number, by what a person said, by name. Never by likeness alone.

A name that only resembles a client's is offered with its score and waits for a person; nothing below the threshold
merges by itself.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

THRESHOLD = 0.95
LIKENESS_AT_MOST = 0.94  # however alike two names are letter by letter: "Alpha 1" is not "Alpha 2"
WORTH_OFFERING = 0.5
FORM_LEFT_OUT = 0.97  # the legal form stands in one of the two names only
OTHER_FORM = 0.9  # the same name, but another legal form: another legal person
MOST_KEPT = 200_000  # names whose match is remembered
SHORTEST_NUMBER = 8  # digits; tax numbers have 10 or 12, and lose their zeros at the front in spreadsheets

KNOWN_FORMS = tomllib.loads((Path(__file__).parent / "forms.toml").read_text(encoding="utf-8"))
SHORT_FORMS = frozenset(KNOWN_FORMS["short"])
LONG_FORMS: Mapping[str, str] = KNOWN_FORMS["long"]
LONG_FORM = re.compile("|".join(rf"\b{form}\b" for form in LONG_FORMS))
DOTTED = re.compile(r"\b(?:\w\.){2,}")  # "S.A."


@dataclass(frozen=True)
class Name:
    """A name without what does not tell two clients apart. `bare`: its words without `form`, the legal one."""

    bare: str
    form: str


@dataclass(frozen=True)
class Match:
    """The client a name means. `how`: id, number, person, name; empty where nobody knows. `score`: 0-1."""

    client_id: str | None
    how: str
    score: float


UNKNOWN = Match(None, "", 0.0)


@dataclass(frozen=True)
class Candidate:
    """A client that a name may mean, and how alike the two are."""

    client_id: str
    name: str
    score: float


@lru_cache(100_000)
def key(said: str) -> str:
    """A name without regard to case, kinds of blanks, quotes and punctuation: by it a person's decision is kept."""
    plain = unicodedata.normalize("NFKC", said).casefold().replace("\u0451", "\u0435")
    plain = DOTTED.sub(lambda met: met[0].replace(".", ""), plain)
    return " ".join(re.sub(r"[\W_]+", " ", plain.replace("&", " and ").replace("'", "")).split())[:400]


@lru_cache(100_000)
def name(said: str) -> Name:
    """A name taken apart into what it is called and its legal form."""
    words = LONG_FORM.sub(lambda met: LONG_FORMS[met[0]], key(said)).split()
    rest = [word for word in words if word not in SHORT_FORMS]
    form = " ".join(sorted(word for word in words if word in SHORT_FORMS))
    return Name(" ".join(rest), form) if rest else Name(" ".join(words), "")


def number(said: str) -> str:
    """An id of digits alone without its zeros at the front, empty for one that is shorter or has other signs."""
    digits = said.replace(" ", "")
    is_number = digits.isascii() and digits.isdigit() and len(digits) >= SHORTEST_NUMBER
    return digits.lstrip("0") if is_number else ""


def alike(one: Name, other: Name) -> float:
    """How alike two names are, 0-1. Equal ones are at the threshold or above it; no others are."""
    if one.bare == other.bare:
        if one.form == other.form:
            return 1.0
        return OTHER_FORM if one.form and other.form else FORM_LEFT_OUT
    if re.findall(r"\d+", one.bare) != re.findall(r"\d+", other.bare):
        return min(WORTH_OFFERING, _dice(one.bare, other.bare))
    return min(LIKENESS_AT_MOST, _dice(one.bare, other.bare))


def _dice(one: str, other: str) -> float:
    mine, theirs = _threes(one), _threes(other)
    return 2 * (mine & theirs).total() / (mine.total() + theirs.total())


def _threes(text: str) -> Counter[str]:
    """The runs of three letters in a text; its beginning counts as one."""
    padded = f"  {text} "
    return Counter(padded[place : place + 3] for place in range(len(padded) - 2))


class Clients:
    """The clients there are, to be met by what files say. `meant`: what people decided, by `key` of the name."""

    def __init__(self, names: Mapping[str, str], meant: Mapping[str, str] | None = None) -> None:
        self.names = names
        self.meant = meant or {}
        self._met: dict[str, Match] = {}
        self._numbers = _unique((number(one), one) for one in names)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found = defaultdict(list)
        for client_id, said in self.names.items():
            found[name(said).bare].append(client_id)
        return found

    def match(self, said: str) -> Match:
        """The client that a file means by an id or a name, as far as that is sure."""
        met = self._met.get(said)
        if met is None:
            if len(self._met) > MOST_KEPT:
                self._met.clear()
            met = self._met[said] = self._match(said)
        return met

    def _match(self, said: str) -> Match:
        if said in self.names:
            return Match(said, "id", 1.0)
        if not said:
            return UNKNOWN
        if (decided := self.meant.get(key(said))) in self.names:
            return Match(decided, "person", 1.0)
        if (met := self._numbers.get(number(said))) is not None:
            return Match(met, "number", 1.0)
        mine = name(said)
        ranked = sorted(
            ((alike(mine, name(self.names[one])), one) for one in self._by_name.get(mine.bare, ())), reverse=True
        )
        if not ranked or ranked[0][0] < THRESHOLD or not mine.bare:
            return UNKNOWN
        best = [(score, one) for score, one in ranked if score >= THRESHOLD]
        exact = [one for score, one in best if score == 1.0]
        if len(exact) == 1 or len(best) == 1:
            score, one = best[0]
            return Match(one, "name", score)
        return UNKNOWN  # several clients are called so: a person has to say which

    def candidates(self, said: str, many: int = 3) -> tuple[Candidate, ...]:
        """The clients whose names are most like one that nobody knows, the best first."""
        mine = name(said)
        shared: Counter[str] = Counter()
        for three in _threes(mine.bare):
            shared.update(self._threes_of.get(three, ()))
        nearest = {one for one, _ in shared.most_common(20 * many)} | set(self._by_name.get(mine.bare, ()))
        ranked = sorted((-alike(mine, name(self.names[one])), one) for one in nearest)
        return tuple(
            Candidate(one, self.names[one], -score) for score, one in ranked[:many] if -score >= WORTH_OFFERING
        )

    @cached_property
    def _threes_of(self) -> dict[str, list[str]]:
        found = defaultdict(list)
        for client_id, said in self.names.items():
            for three in _threes(name(said).bare):
                found[three].append(client_id)
        return found


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The first of each pair that stands for one second alone."""
    met: dict[str, str | None] = {}
    for one, other in pairs:
        if one:
            met[one] = None if one in met else other
    return {one: other for one, other in met.items() if other is not None}
