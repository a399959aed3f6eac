"""Which points of a course are signals, and which are its usual noise: control charts.

Limits come from a baseline and hold for every point. They are not cut at the ends of a scale, because the rules measure
distances to them; `Limits.within` cuts them for drawing. A baseline without any spread gives no limits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TypeAlias

from metrics import change

D2 = 1.128  # the mean range of two draws from a normal law, in standard deviations
XMR = 2.66  # 3 / D2
FEWEST_OF_LEVEL = 8
RUN = 8
NEAR, NEAR_OF = 3, 4
_ROUNDING = 1e-12  # a range below this part of the mean is what sums leave, not a range

Values: TypeAlias = Sequence[float | None]


class Rule(StrEnum):
    """Why a point is a signal."""

    OUTSIDE = "outside"
    RUN = "run"
    NEAR_LIMIT = "near limit"


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that noise alone rarely does: the rule it breaks and the places of its points, in order."""

    rule: Rule
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """The usual range of a course.

    Shape: lower and upper have one value per point; None where the point stands on no rows.
    """

    centre: float
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]

    def within(self, low: float, high: float) -> Limits:
        """The same limits cut at the ends of the scale, for drawing only."""
        return Limits(
            self.centre,
            tuple(None if limit is None else max(low, limit) for limit in self.lower),
            tuple(None if limit is None else min(high, limit) for limit in self.upper),
        )


def xmr(values: Values, baseline: slice = slice(None)) -> Limits | None:
    """Between which values single figures, one per period, usually stay: mean +- 2.66 x mean moving range.

    A missing value (None) is left out, and so is the step across it. None when the baseline has no two neighbours, or
    does not vary. Units: those of the values. Source: Wheeler 1993, Understanding Variation.
    """
    known = [value for value in values[baseline] if value is not None]
    steps = _steps(values[baseline])
    if not steps:
        return None
    centre = math.fsum(known) / len(known)
    reach = XMR * math.fsum(steps) / len(steps)
    if reach <= _ROUNDING * abs(centre):
        return None
    return Limits(centre, (centre - reach,) * len(values), (centre + reach,) * len(values))


def level(values: Values, baseline: slice = slice(None)) -> Limits | None:
    """Between which values a level usually stays whose weeks resemble the ones before: mean +- 3 of their own spread.

    By its steps from week to week, which are small, most of its slow waves would stand out. None with fewer than 8
    weeks, or where they do not vary. Units: those of the values.
    """
    known = [value for value in values[baseline] if value is not None]
    if len(known) < FEWEST_OF_LEVEL:
        return None
    centre, spread, _ = change.usual(known)
    reach = 3 * spread
    return Limits(centre, (centre - reach,) * len(values), (centre + reach,) * len(values)) if reach else None


def p(hits: Sequence[float], n: Sequence[float], baseline: slice = slice(None)) -> Limits | None:
    """Between which values a share usually stays when only chance moves it: pooled share +- 3 binomial errors.

    None without rows in the baseline, or when all or none of them are hits. Units: 0 to 1. Source: Shewhart 1931.
    """
    centre = _pooled(hits, n, baseline)
    return None if centre is None else _limits(centre, centre * (1 - centre), n)


def laney_p(hits: Sequence[float], n: Sequence[float], baseline: slice = slice(None)) -> Limits | None:
    """Between which values a share of many rows usually stays, where periods differ by more than chance.

    The p chart's limits, stretched by how much the standardised shares move from one point to the next (`sigma_z`).
    With thousands of rows a plain p chart calls nearly every point a signal. None as for `p`, or when sigma_z is 0 or
    cannot be told. Units: 0 to 1. Source: Laney 2002.
    """
    centre = _pooled(hits, n, baseline)
    stretch = sigma_z(hits, n, baseline)
    return None if centre is None or not stretch else _limits(centre, centre * (1 - centre) * stretch**2, n)


def sigma_z(hits: Sequence[float], n: Sequence[float], baseline: slice = slice(None)) -> float | None:
    """How many times more a share varies between periods than chance alone would make it; 1 for chance alone."""
    centre = _pooled(hits, n, baseline)
    if centre is None:
        return None
    scores = [
        (hit / size - centre) / math.sqrt(centre * (1 - centre) / size) if size else None
        for hit, size in zip(hits[baseline], n[baseline], strict=True)
    ]
    steps = _steps(scores)
    return math.fsum(steps) / len(steps) / D2 if steps else None


def nps(
    promoters: Sequence[float], detractors: Sequence[float], n: Sequence[float], baseline: slice = slice(None)
) -> Limits | None:
    """Between which values the NPS usually stays when only chance moves it: pooled NPS +- 3 of its own errors.

    None without answers in the baseline, or when all of them are alike. Units: points.
    """
    answers = math.fsum(n[baseline])
    if answers == 0:
        return None
    promoting, detracting = math.fsum(promoters[baseline]) / answers, math.fsum(detractors[baseline]) / answers
    variance = promoting + detracting - (promoting - detracting) ** 2
    if variance <= 0:
        return None
    return _limits(100 * (promoting - detracting), 100**2 * variance, n)


def signals(values: Values, centre: float, lower: float | Values, upper: float | Values) -> list[Signal]:
    """What in a course is more than noise, by three rules.

    A point outside the limits; 8 in a row on one side of the centre; 3 of 4 in a row nearer one limit than the centre.
    Longer runs are one signal with all their points. Missing values (None) are passed over: the points on their two
    sides follow each other. A point on the centre ends a run. Source: Wheeler 1993.
    """
    lowers, uppers = (
        [limit] * len(values) if isinstance(limit, int | float) else list(limit) for limit in (lower, upper)
    )
    points = [
        (place, value, low, high)
        for place, (value, low, high) in enumerate(zip(values, lowers, uppers, strict=True))
        if value is not None
    ]
    places = [place for place, *_ in points]
    found = [
        Signal(Rule.OUTSIDE, (place,))
        for place, value, low, high in points
        if (low is not None and value < low) or (high is not None and value > high)
    ]
    sides = [(value > centre) - (value < centre) for _, value, _, _ in points]
    near = [
        side if limit is not None and abs(value - limit) < abs(value - centre) else 0
        for side, (_, value, low, high) in zip(sides, points, strict=True)
        for limit in [high if side > 0 else low]
    ]
    found += _runs(sides, places)
    found += [*_near(near, places, 1), *_near(near, places, -1)]
    return sorted(found, key=lambda signal: (signal.points[0], signal.rule))


def _runs(sides: list[int], places: list[int]) -> list[Signal]:
    found: list[Signal] = []
    start = 0
    for at in range(1, len(sides) + 1):
        if at == len(sides) or sides[at] != sides[start]:
            if sides[start] and at - start >= RUN:
                found.append(Signal(Rule.RUN, tuple(places[start:at])))
            start = at
    return found


def _near(near: list[int], places: list[int], side: int) -> list[Signal]:
    """Windows of four with three near the limit of one side; windows that share such points are one signal."""
    groups: list[list[int]] = []
    for end in range(len(near)):
        window = [at for at in range(max(0, end + 1 - NEAR_OF), end + 1) if near[at] == side]
        if len(window) < NEAR:
            continue
        if groups and groups[-1][-1] >= window[0]:
            groups[-1] += [at for at in window if at > groups[-1][-1]]
        else:
            groups.append(window)
    return [Signal(Rule.NEAR_LIMIT, tuple(places[at] for at in group)) for group in groups]


def _limits(centre: float, variance: float, n: Sequence[float]) -> Limits:
    """Three errors to each side, for points that stand on n rows of this variance."""
    reach = [3 * math.sqrt(variance / size) if size else None for size in n]
    return Limits(
        centre,
        tuple(None if each is None else centre - each for each in reach),
        tuple(None if each is None else centre + each for each in reach),
    )


def _pooled(hits: Sequence[float], n: Sequence[float], baseline: slice) -> float | None:
    rows = math.fsum(n[baseline])
    share = math.fsum(hits[baseline]) / rows if rows else 0.0
    return share if 0 < share < 1 else None


def _steps(values: Values) -> list[float]:
    """How far each value lies from the one before it; steps to or from a missing value are not taken."""
    return [abs(after - before) for before, after in pairwise(values) if before is not None and after is not None]
