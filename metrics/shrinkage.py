"""Ranking groups of different size: how far they really differ, and where each stands once chance is taken out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import chdtrc, stdtrit

from metrics.intervals import TAIL

ALPHA = 0.05
UNSURE = 2.0  # the doubt that the spread between groups is itself a guess, over the number of groups less 3


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A group's value drawn towards the mean of all, the more the less it stands on; with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Spread:
    """How far groups differ. `p`: how often chance alone makes groups that are all alike look as different.

    `sd`: how far their true values lie apart, once chance is taken out; 0 when chance explains all of it. `reach`: the
    mean of all lies so far to either side of `mean`, with 95 % confidence.
    """

    mean: float
    sd: float
    p: float
    groups: tuple[Shrunk, ...]
    reach: float = 0.0

    @property
    def is_real(self) -> bool:
        """Whether the groups differ beyond noise, so that their order means something."""
        return self.p < ALPHA


def careful(errors: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """The error of each group, never less than what the answers of all groups give for one of its size.

    Few answers may agree by luck, and a group as sure as that would look different from all others: of companies in
    which groups of 5 to 60 answers are all alike, 9 % would be told that they differ; so 2 % are. `errors`: standard
    errors, 0 where a group's answers do not differ. `sizes`: how many answers; above 0.
    """
    each = math.fsum((error * size) ** 2 for error, size in zip(errors, sizes, strict=True)) / math.fsum(sizes)
    return [max(error, math.sqrt(each / size)) for error, size in zip(errors, sizes, strict=True)]


def spread(values: Sequence[float], errors: Sequence[float]) -> Spread | None:
    """Whether groups differ at all, and each one's value with chance taken out.

    Random effects: Cochran's Q for the test, DerSimonian and Laird's variance between groups, and the mean of each
    group and of all weighted by how sure each is. `errors`: standard errors of the values, above 0. None for
    fewer than two groups. Units: those of the values. Raises: ValueError for an error that is not above 0.
    Source: Cochran 1954; DerSimonian and Laird 1986; Morris 1983; Hartung and Knapp 2001.
    """
    if any(error <= 0 for error in errors):
        raise ValueError("a value without any error cannot be weighed against others")
    if len(values) < 2:
        return None
    sure = [error**-2 for error in errors]
    whole = math.fsum(sure)
    middle = math.fsum(w * v for w, v in zip(sure, values, strict=True)) / whole
    q = math.fsum(w * (v - middle) ** 2 for w, v in zip(sure, values, strict=True))
    freedom = len(values) - 1
    between = max(0.0, (q - freedom) / (whole - math.fsum(w**2 for w in sure) / whole))
    weights = [1 / (error**2 + between) for error in errors]
    mean = math.fsum(w * v for w, v in zip(weights, values, strict=True)) / math.fsum(weights)
    doubt = 1 / math.fsum(weights)
    reach = -float(stdtrit(freedom, TAIL))  # groups are the witnesses of how far groups differ
    groups = []
    for value, error in zip(values, errors, strict=True):
        own = between / (between + error**2)
        # what the group itself leaves open, what is not known of the mean it is drawn to, and of how far to draw it
        unsure = UNSURE / max(1, len(values) - 3) * ((1 - own) * (value - mean)) ** 2
        half = reach * math.sqrt(own * error**2 + (1 - own) ** 2 * doubt + unsure)
        at = own * value + (1 - own) * mean
        groups.append(Shrunk(at, at - half, at + half))
    return Spread(mean, math.sqrt(between), float(chdtrc(freedom, q)), tuple(groups), reach * math.sqrt(doubt))
