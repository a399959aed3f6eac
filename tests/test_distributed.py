"""What a lasting change is worth over all lags: held against companies lived twice, and silent where it cannot tell."""

from __future__ import annotations

import numpy as np
import pytest
from courses import wave
from lived import twice

from metrics.distributed import distributed
from metrics.panel import Panel, profile


def test_effects_at_all_lags_are_summed_over_what_they_reach() -> None:
    """Minus 2 at once and minus 1 a period later, x known in every second period: each reaches half, in all -1.5."""
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1, (20, 41))
    x[:, 1::2] = np.nan
    moved = np.nan_to_num(x)
    y = rng.normal(0, 5, (20, 1)) + rng.normal(0, 5, (1, 40)) - 2 * moved[:, 1:] - moved[:, :-1]
    y += rng.normal(0, 1e-3, y.shape)
    found = distributed(Panel(x[:, 1:], y, np.ones_like(y)), 2)

    assert found is not None
    assert found.value == pytest.approx(-1.5, abs=0.05)
    assert found.low < found.value < found.high < 0
    assert (found.lags, found.known) == (3, pytest.approx(0.5, abs=0.03))


def test_that_a_promise_fell_due_is_no_effect_of_its_lateness() -> None:
    """A known x goes with 5 more of y by itself; units with more of x know it seldom. Minus 2 for each x stays that."""
    rng = np.random.default_rng(4)
    is_often = np.arange(20)[:, None] < 10
    known = rng.random((20, 60)) < np.where(is_often, 0.95, 0.5)
    x = np.where(known, rng.normal(0, 1, known.shape) + np.where(is_often, -1, 1), np.nan)
    y = 5 * known - 2 * np.nan_to_num(x) + rng.normal(0, 0.1, x.shape)
    found = distributed(Panel(x, y, np.ones_like(y)), 2)

    assert found is not None
    assert found.value == pytest.approx(-2 * known[:, 2:].mean(), abs=0.02)


@pytest.mark.parametrize("effects", [(0.0,), (0.0, 0.0, 0.0, -0.7), (-0.15,) * 6])
def test_a_company_lived_again_without_lateness_is_what_was_told(effects: tuple[float, ...]) -> None:
    """Nothing, one week late, or six weeks in a row: nine of ten intervals hold what the second life shows."""
    lives = [twice(seed, effects, clients=120, weeks=80) for seed in range(100, 120)]
    told = [distributed(life.seen, 12) for life in lives]
    held = [
        one is not None and -life.late * one.high <= life.truth <= -life.late * one.low
        for life, one in zip(lives, told, strict=True)
    ]
    worth = np.mean([-life.late * one.value for life, one in zip(lives, told, strict=True) if one])

    assert sum(held) >= 18
    assert worth == pytest.approx(np.mean([life.truth for life in lives]), abs=0.012)


def test_the_slope_of_one_lag_for_all_weeks_would_be_another_number() -> None:
    """Told of all orders, the slope of the surest lag is twice what the second life shows: few weeks have a promise."""
    life = twice(3, (0.0, 0.0, 0.0, -0.7), clients=120, weeks=80)
    surest = max(profile(life.seen, range(13)), key=lambda slope: abs(slope.t))

    assert -life.late * surest.high > 1.3 * life.truth


def test_without_enough_to_stand_on_nothing_is_told() -> None:
    """Seven units, too few periods after the longest lag, one unit that moves, no x, lags that tell each other."""
    rng = np.random.default_rng(1)
    x, y = wave(rng, 20, 60, 0.5), rng.normal(0, 1, (20, 60))
    weight = np.ones_like(y)
    few = x.copy()
    few[3:] = 0.0

    assert distributed(Panel(x, y, weight), 12) is not None
    assert distributed(Panel(x[:7], y[:7], weight[:7]), 12) is None
    assert distributed(Panel(x[:, :23], y[:, :23], weight[:, :23]), 12) is None
    assert distributed(Panel(few, y, weight), 12) is None
    assert distributed(Panel(np.full_like(x, np.nan), y, weight), 12) is None
    straight = np.linspace(1, 2, 20)[:, None] * np.arange(60)  # each lag is the one before it
    assert distributed(Panel(straight, y, weight), 12) is None
    assert distributed(Panel(np.broadcast_to(rng.normal(size=(20, 1)), x.shape).copy(), y, weight), 12) is None
