"""Why a total moved: because its groups did better or worse, or because their weights shifted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Group: TypeAlias = tuple[float, float | None]  # weight, value; the value may be missing only where the weight is 0

_ROUNDING = 1e-9  # parts below this share of the values are what rounding leaves, and have no sign


@dataclass(frozen=True, slots=True)
class Part:
    """What one group gave to the change: by its own value, and by its weight."""

    group: str
    performance: float
    mix: float

    @property
    def change(self) -> float:
        """All that the group gave to the change of the total."""
        return self.performance + self.mix


@dataclass(frozen=True, slots=True)
class Split:
    """The change of a total, split into performance and mix, which add up to it exactly.

    Units: those of the values. Shape: parts, one per group, in the order they first appear.
    """

    before: float
    after: float
    performance: float
    mix: float
    parts: tuple[Part, ...]

    @property
    def change(self) -> float:
        """By how much the total moved."""
        return self.after - self.before

    @property
    def signs_disagree(self) -> bool:
        """The total moved one way while the groups, at equal weights, moved the other (Simpson's paradox)."""
        nothing = _ROUNDING * max(abs(self.before), abs(self.after), abs(self.performance), abs(self.mix))
        return min(abs(self.change), abs(self.performance)) > nothing and (self.change > 0) != (self.performance > 0)


def split(before: Mapping[str, Group], after: Mapping[str, Group]) -> Split | None:
    """How much of a change is the groups' own, and how much is only their changed weights.

    Performance is mean weight x change in value; mix is (mean value - mean total) x change in weight: a growing group
    lifts the total only if it is better than the whole. Weights may have any scale: each period's are made to sum to 1.
    A group seen in one period only has weight 0 in the other and, having no value there, keeps the one it has: it gives
    nothing to performance and all it gives to mix. None when a period has no weight at all.
    Raises: ValueError for a negative weight, or a weight without a value.
    Source: Kitagawa 1955; symmetric (midpoint) form.
    """
    for groups in (before, after):
        for group, (weight, value) in groups.items():
            if weight < 0 or (weight > 0 and value is None):
                raise ValueError(f"group {group!r}: weight {weight} with value {value}")
    whole_before, whole_after = (math.fsum(weight for weight, _ in groups.values()) for groups in (before, after))
    if whole_before == 0 or whole_after == 0:
        return None

    rows: list[tuple[str, float, float, float, float]] = []
    for group in dict.fromkeys([*before, *after]):
        weight_before, value_before = before.get(group, (0.0, None))
        weight_after, value_after = after.get(group, (0.0, None))
        # a weight of 0 gives no say to a value that happens to be there: it was not part of that total
        known_before = value_before if weight_before > 0 else value_after
        known_after = value_after if weight_after > 0 else value_before
        if known_before is None or known_after is None or weight_before == weight_after == 0:
            continue
        rows.append((group, weight_before / whole_before, known_before, weight_after / whole_after, known_after))

    total_before = math.fsum(share * value for _, share, value, _, _ in rows)
    total_after = math.fsum(share * value for _, _, _, share, value in rows)
    middle = (total_before + total_after) / 2
    parts = tuple(
        Part(
            group,
            performance=(share_before + share_after) / 2 * (value_after - value_before),
            mix=((value_before + value_after) / 2 - middle) * (share_after - share_before),
        )
        for group, share_before, value_before, share_after, value_after in rows
    )
    return Split(
        before=total_before,
        after=total_after,
        performance=math.fsum(part.performance for part in parts),
        mix=math.fsum(part.mix for part in parts),
        parts=parts,
    )
