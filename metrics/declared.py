"""What the company declares about its clients: what makes up their health, and what makes them attractive."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data.errors import DeclarationError
from metrics.declare import Lang

HEALTH = Path(__file__).with_name("health.toml")
ATTRACTIVENESS = Path(__file__).with_name("attractiveness.toml")
LEVELS = ("low", "middle", "high")
ADVICE = ("protect", "select", "invest")
WHOLE = 1e-9


@dataclass(frozen=True)
class Measure:
    """One part of a score. `bad`, `good`: what gives 0 and 100 points; `by_rank`: ranked among clients instead;
    `by_ratio`: a change, so that twice as much is as far up as half as much is down.

    `days`: how long its facts count. `pull`: cases of the segment's usual mixed in. `minimum_n`: facts it needs.
    """

    id: str
    label: dict[Lang, str]
    weight: float
    bad: float = 0.0
    good: float = 1.0
    days: int | None = None
    pull: float = 0.0
    minimum_n: int = 1
    by_rank: bool = False
    by_ratio: bool = False


@dataclass(frozen=True)
class Health:
    """The measures of health. `known_at_least`: the weight that must be known. Bad below `low`, good from `high`."""

    measures: dict[str, Measure]
    known_at_least: float
    weeks: int
    low: float
    high: float

    @property
    def days(self) -> dict[str, int]:
        """How old facts may be, as the models ask for it."""
        return {f"{name}_days": one.days for name, one in self.measures.items() if one.days is not None}


@dataclass(frozen=True)
class Matrix:
    """The axes of the 3 x 3 matrix, the ends of the middle level, the advice by (attractiveness, relationship)."""

    attractiveness: dict[str, Measure]
    relationship: dict[str, Measure]
    low: float
    high: float
    known_at_least: float
    advice: dict[tuple[str, str], str]


def _refuse(place: str, found: str, allowed: str) -> DeclarationError:
    return DeclarationError(
        "declared", place=place, found=found, allowed=allowed,
        do="Correct the declaration", state="no client was judged",
    )  # fmt: skip


def _measures(place: str, said: dict[str, Any]) -> dict[str, Measure]:
    found = {}
    for name, facts in said.items():
        try:
            found[name] = Measure(name, **facts)
        except TypeError as problem:
            allowed = "label, weight, bad, good and what the file explains"
            raise _refuse(f"{place}, {name}", str(problem), allowed) from None
        if not found[name].by_rank and found[name].bad == found[name].good:
            raise _refuse(f"{place}, {name}", "bad and good are the same", "two values")
        if found[name].by_ratio and min(found[name].bad, found[name].good) <= -1:
            raise _refuse(f"{place}, {name}", "a change of -100 % or less", "changes above -100 %")
    total = sum(one.weight for one in found.values())
    if abs(total - 1) > WHOLE or any(one.weight <= 0 for one in found.values()):
        raise _refuse(place, f"weights that come to {100 * total:g} %", "positive weights that come to 100 %")
    return found


def read_health(path: Path) -> Health:
    """What makes up health. Raises: DeclarationError."""
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    measures = _measures(path.name, said.pop("measures"))
    return Health(measures, **said)


def read_matrix(path: Path) -> Matrix:
    """What the matrix stands on. Raises: DeclarationError."""
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    axes = {name: _measures(f"{path.name}, {name}", said.pop(name)) for name in ("attractiveness", "relationship")}
    advice = {
        (row, column): word
        for row, words in said.pop("advice").items()
        for column, word in zip(LEVELS, words, strict=True)
    }
    if set(advice) != {(row, column) for row in LEVELS for column in LEVELS} or not set(advice.values()) <= set(ADVICE):
        raise _refuse(f"{path.name}, advice", str(advice), f"high, middle and low, three of {', '.join(ADVICE)} each")
    return Matrix(axes["attractiveness"], axes["relationship"], advice=advice, **said)


@cache
def health() -> Health:
    """What makes up the health of a client."""
    return read_health(HEALTH)


@cache
def matrix() -> Matrix:
    """What makes a client attractive and its relationship strong."""
    return read_matrix(ATTRACTIVENESS)
