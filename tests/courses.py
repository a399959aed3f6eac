"""Courses of made-up units over periods, with or without a link between two of their facts."""

from __future__ import annotations

import numpy as np

from metrics.panel import Panel

WARM_UP = 50


def wave(rng: np.random.Generator, units: int, periods: int, memory: float) -> np.ndarray:
    """Courses with a spread of 1 in which each period remembers the one before."""
    draws = rng.normal(0, 1, (units, periods + WARM_UP))
    course = np.zeros_like(draws)
    for at in range(1, periods + WARM_UP):
        course[:, at] = memory * course[:, at - 1] + np.sqrt(1 - memory**2) * draws[:, at]
    return course[:, WARM_UP:]


def linked(seed: int, effect: float, *, units: int = 24, periods: int = 100, lag: int = 3) -> Panel:
    """x moves y `lag` periods later by `effect`. Units differ in level and in how much they vary; both have seasons."""
    rng = np.random.default_rng(seed)
    wide = np.exp(rng.normal(0, 0.5, units))[:, None]  # units that vary much in x do so in y: a trap for plain tests
    season = rng.normal(0, 1, periods + lag)
    x = wave(rng, units, periods + lag, 0.9) * wide
    noise = wave(rng, units, periods + lag, 0.6) * wide * np.exp(rng.normal(0, 0.5, units))[:, None]
    moved = np.zeros_like(x)
    moved[:, lag:] = effect * x[:, : x.shape[1] - lag]
    y = moved + noise + season + rng.normal(0, 2, units)[:, None]
    weight = rng.poisson(8, y.shape).astype(float)
    seen = np.where(rng.random(x.shape) < 0.05, np.nan, x + season + rng.normal(0, 2, units)[:, None])
    return Panel(seen[:, lag:], np.where(weight > 0, y, np.nan)[:, lag:], weight[:, lag:])
