"""How alike weeks are to those before them: what lies on a desk this week mostly lay there last week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

MOST_ALIKE = 0.9  # the correlation from week to week beyond which so few weeks say nothing of it


def likeness(weeks: ArrayLike, least: float = -MOST_ALIKE) -> float:
    """The correlation from week to week, raised by what so few weeks hide of it; from `least` to 0.9.

    The weeks must vary. Source: Marriott and Pope 1954, for what few weeks hide.
    """
    course = np.asarray(weeks, dtype=float)
    apart = course - course.mean()
    found = float(apart[1:] @ apart[:-1]) / float(apart @ apart)
    return min(MOST_ALIKE, max(least, found + (1 + 3 * found) / len(course)))
