"""Companies lived twice with the same draws: as they were, and with no case late, so that its worth is seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from courses import wave

from metrics import chain
from metrics.panel import Panel

MOST_A_WEEK = 8


@dataclass(frozen=True)
class Lived:
    """What is seen of the first life. `late`: its share of late cases; `truth`: how many more orders the second had."""

    seen: Panel
    late: float
    truth: float


def twice(seed: int, effects: tuple[float, ...], clients: int = 150, weeks: int = 104) -> Lived:
    """A promise falls due the week after each order; a share of late ones changes orders by `effects`, lag by lag."""
    rng = np.random.default_rng(seed)
    usual = rng.uniform(0.15, 0.6, clients)
    chance = 1 / (1 + np.exp(1.6 - wave(rng, clients, weeks, 0.85)))
    ordering, failing = rng.random((clients, weeks)), rng.random((clients, weeks, MOST_A_WEEK))
    orders, due, late = _life(usual, ordering, failing < chance[:, :, None], effects)
    again, _, _ = _life(usual, ordering, np.zeros(failing.shape, dtype=bool), effects)
    y, weight = chain._relative(orders)
    seen = Panel(np.where(due > 0, late / np.maximum(due, 1), np.nan), y, weight)
    return Lived(seen, float(late.sum() / due.sum()), float(again.sum() / orders.sum() - 1))


def _life(
    usual: np.ndarray, ordering: np.ndarray, fails: np.ndarray, effects: tuple[float, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(orders, promises due, those broken), each clients x weeks."""
    clients, weeks = ordering.shape
    orders, due, late = (np.zeros((clients, weeks)) for _ in range(3))
    for week in range(weeks):
        moved = np.zeros(clients)
        for lag, effect in enumerate(effects[: week + 1]):
            moved += effect * late[:, week - lag] / np.maximum(due[:, week - lag], 1)
        orders[:, week] = _poisson(ordering[:, week], usual * np.exp(moved))
        if week + 1 < weeks:
            due[:, week + 1] = orders[:, week]
            counted = np.arange(MOST_A_WEEK) < orders[:, week, None]
            late[:, week + 1] = (counted & fails[:, week]).sum(axis=1)
    return orders, due, late


def _poisson(draws: np.ndarray, means: np.ndarray) -> np.ndarray:
    """The same draw gives more where the mean is larger: how a client would have ordered is the one thing changed."""
    term = np.exp(-means)
    so_far, counts = term.copy(), np.zeros(len(means))
    for count in range(1, MOST_A_WEEK + 1):
        counts += draws > so_far
        term = term * means / count
        so_far += term
    return counts
