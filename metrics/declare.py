"""What a metric is: its declaration as an object, and the form its parts must have."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

Lang = Literal["en", "ru"]
Better = Literal["up", "down", "none"]

LAYERS = ("satisfaction", "transactional", "operational", "employee")
CLIENT_DIMENSIONS = ("segment", "region", "industry", "size", "manager_id")
TIME_DIMENSIONS = ("day", "week", "month", "quarter", "year")
DIMENSIONS = (
    *CLIENT_DIMENSIONS, "stage", "channel", "category", "process", "step", "team", "role", *TIME_DIMENSIONS
)  # fmt: skip
UNITS = ("points", "share", "money", "count", "score", "days", "months", "years", "per")
# Each kind of interval, and the states it is worked out from.
INTERVALS: dict[str, tuple[str, ...]] = {
    "nps": ("promoters", "detractors", "n"),
    "share": ("hits", "n"),
    "mean": ("total", "squares", "n"),
    "quantile": ("bins", "n"),
    "ratio": ("y", "x", "yy", "xy", "xx", "n"),
    "weighted_nps": ("promoters", "detractors", "x", "xx", "n"),
    "weighted_share": ("y", "x", "xx", "n"),
    "rate": ("hits", "exposure", "n"),
    "total": ("n",),  # no interval; a change is judged by the totals of the weeks
    "none": ("n",),
}
STATE = re.compile(r"(?P<fold>count|sum|min|max|bins)\((?P<of>.*?)\)(?: filter \(where (?P<where>.*)\))?", re.DOTALL)


@dataclass(frozen=True)
class State:
    """One mergeable part of a metric: an aggregate over some rows. `fold` says how two parts become one."""

    name: str
    fold: str
    of: str
    where: str = ""

    def sql(self, where: str) -> str:
        """The aggregate over the rows that are the metric's (`where`) and the state's."""
        both = " and ".join(f"({part})" for part in (where, self.where) if part)
        only = f" filter (where {both})" if both else ""
        return f"{self.fold}({self.of}){only}"

    @property
    def bin_sql(self) -> str:
        """The log bin of a value, 2 % wide; see intervals.ZERO_BIN for what is not positive."""
        return f"case when {self.of} > 0 then floor(ln({self.of}) / ln(1.02)) when {self.of} <= 0 then -1000 end"


@dataclass(frozen=True)
class Example:
    """Rows of the model worked by hand, and the value they must come to."""

    given: tuple[dict[str, Any], ...]
    expect: float | None


@dataclass(frozen=True)
class Metric:
    """One declared metric. `at`: the column that puts a row into a period, or "period" when the model already did.

    `label`, `about`, `short`, `note`: texts by language; `short` is for tiles, `note` the line under a tile's value.
    `counted`: the word for what n counts. `is_weighed`: teams always count by the work they did for the chosen clients.
    `is_signed`: a share that can be below 0, such as a margin. `is_monthly`: what people answered, told for whole
    finished months only: of two periods that differ by a day, the difference would be what one of them said.
    `is_level`: what stands at the end of a period, such as a backlog: it swings from week to week for all at once, so a
    change has also to lie beyond the usual range of the weeks, whatever the rows of that one evening say.
    `scale`: the lowest and the highest score that can be given; what a mean of them never leaves.
    """

    id: str
    layer: str
    label: dict[Lang, str]
    about: dict[Lang, str]
    model: str
    at: str
    states: dict[str, State]
    value: str
    unit: str
    better: Better
    interval: str
    by: tuple[str, ...]
    minimum_n: int
    counted: str
    example: Example
    where: str = ""
    short: dict[Lang, str] = field(default_factory=dict)
    note: dict[Lang, str] = field(default_factory=dict)
    quantile: float = 0.5
    digits: int | None = None
    target: float | None = None
    is_weighed: bool = False
    is_signed: bool = False
    is_monthly: bool = False
    is_level: bool = False
    scale: tuple[float, float] | None = None

    @property
    def is_mergeable_over_time(self) -> bool:
        """Whether weeks add up to months. Not so where a client or employee counts once a period."""
        return self.at != "period"

    @property
    def is_tally(self) -> bool:
        """Whether its value is a plain total, count or extreme: a fact at any n, not an estimate."""
        return self.value in self.states

    @property
    def is_binned(self) -> bool:
        """Whether its value comes from a histogram."""
        return self.interval == "quantile"


@dataclass(frozen=True)
class Layer:
    """One of the four layers: its words, the metric that leads it (the first that is measured) and its tiles."""

    id: str
    label: dict[Lang, str]
    question: dict[Lang, str]
    headline: tuple[str, ...]
    tiles: tuple[str, ...]
    tables: tuple[str, ...]
    metrics: tuple[str, ...]
