"""Ranking groups of different size: how far they really differ, and where each stands once chance is taken out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, stdtrit

from metrics.intervals import TAIL

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
    """The error of each group, never less than what all groups together give for one of its size.

    Few clients may agree by luck, and a group as sure as that would look different from all others. Of companies whose
    clients are as unequal as companies' are, and whose teams of 6 or 12 of them are all alike, 2 % are told that teams
    differ, where each is as sure as it looks 37 to 53 %. `errors`: standard errors, 0 where a group's clients do not
    differ. `sizes`: how many clients of equal size would tell as much; above 0.
    """
    each = math.fsum((error * size) ** 2 for error, size in zip(errors, sizes, strict=True)) / math.fsum(sizes)
    return [max(error, math.sqrt(each / size)) for error, size in zip(errors, sizes, strict=True)]


def spread(
    values: Sequence[float], errors: Sequence[float], together: NDArray[np.float64] | None = None
) -> Spread | None:  # fmt: skip
    """Whether groups differ at all, and each one's value with chance taken out.

    Random effects: Cochran's Q for the test, DerSimonian and Laird's variance between groups, and the mean of each
    group and of all weighted by how sure each is. `errors`: standard errors of the values, above 0. `together`: the
    covariances of the errors where groups share some of their chance, such as what they are compared with; its diagonal
    is not read. None for fewer than two groups. Units: those of the values.
    Raises: ValueError for an error that is not above 0.
    Source: Cochran 1954; DerSimonian and Laird 1986; Morris 1983; Hartung and Knapp 2001; with covariances Jackson,
    White and Riley 2013.
    """
    if any(error <= 0 for error in errors):
        raise ValueError("a value without any error cannot be weighed against others")
    k = len(values)
    if k < 2:
        return None
    at = np.asarray(values, dtype=float)
    chance = np.zeros((k, k)) if together is None else np.array(together, dtype=float)
    np.fill_diagonal(chance, np.square(np.asarray(errors, dtype=float)))
    sure = np.linalg.inv(chance)
    whole = float(sure.sum())
    q = float(at @ sure @ at - (sure.sum(axis=0) @ at) ** 2 / whole)
    between = max(0.0, (q - (k - 1)) / float(np.trace(sure) - np.square(sure.sum(axis=0)).sum() / whole))
    weights = np.linalg.inv(chance + between * np.eye(k))
    doubt = 1 / float(weights.sum())
    mean = float(weights.sum(axis=0) @ at) * doubt
    reach = -float(stdtrit(k - 1, TAIL))  # groups are the witnesses of how far groups differ
    own = between * weights
    drawn = np.eye(k) - own
    shrunk = mean + own @ (at - mean)
    # what the group itself leaves open, what is not known of the mean it is drawn to, and of how far to draw it
    unsure = UNSURE / max(1, k - 3) * np.square(drawn @ (at - mean))
    half = reach * np.sqrt(between * np.diagonal(drawn) + drawn.sum(axis=1) ** 2 * doubt + unsure)
    groups = tuple(Shrunk(float(v), float(v - h), float(v + h)) for v, h in zip(shrunk, half, strict=True))
    return Spread(mean, math.sqrt(between), float(chdtrc(k - 1, q)), groups, reach * math.sqrt(doubt))
