"""What the headline numbers would become if a file were taken in: the same question asked without it and with it."""

from __future__ import annotations

from dataclasses import dataclass

from data.store import Store
from metrics import depth
from metrics.board import Tile
from metrics.load import layers
from metrics.window import Window

LAYER = "satisfaction"  # the layer that answers belong to


@dataclass(frozen=True)
class Effect:
    """One metric as it is and as it would be."""

    metric: str
    now: Tile
    after: Tile

    @property
    def is_none(self) -> bool:
        """Whether the file changes nothing about it."""
        return self.now.now == self.after.now


def effect(store: Store, with_file: Store, window: Window) -> tuple[Effect, ...]:
    """Every metric of the layer of answers over one period, without a file and with it. Raises: StrataError."""
    first = layers()[LAYER].metrics[0]
    now, after = (depth.depth(one, window, {}, LAYER, first, "").tiles for one in (store, with_file))
    return tuple(Effect(one.metric, one, other) for one, other in zip(now, after, strict=True))
