"""How surprising a period is: hardly where nothing changes, whatever its weeks are like; nearly always else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from metrics import control, surprise

BEFORE, NOW = 52, 13
Rng = np.random.Generator


def remembering(rng: Rng, memory: float, weeks: int = BEFORE + NOW) -> np.ndarray:
    """Weeks in which nothing changes, each so much like the one before."""
    draws = rng.normal(size=weeks)
    for at in range(1, weeks):
        draws[at] = memory * draws[at - 1] + np.sqrt(1 - memory**2) * draws[at]
    return draws


def few_large_orders(rng: Rng) -> np.ndarray:
    return np.array([np.exp(rng.normal(8, 1.2, 5)).sum() for _ in range(BEFORE + NOW)])


def nearly_all_kept(rng: Rng) -> np.ndarray:
    return rng.binomial(10, 0.97, BEFORE + NOW) / 10


CALM: dict[str, Callable[[Rng], np.ndarray]] = {
    "independent": lambda rng: remembering(rng, 0.0),
    "alike": lambda rng: remembering(rng, 0.3),
    "very alike": lambda rng: remembering(rng, 0.6),
    "few large orders": few_large_orders,
    "a share near 1": nearly_all_kept,
    "crooked and alike": lambda rng: np.exp(0.5 * remembering(rng, 0.6)),
}


@pytest.mark.parametrize("kind", CALM)
def test_calm_courses_are_surprising_as_seldom_as_is_said(kind: str) -> None:
    """Of 150 calm charts about one in twenty has p below 0.05, hardly one below 0.005: normal, alike or crooked."""
    rng = np.random.default_rng(1)
    found = [surprise.judged(CALM[kind](rng), BEFORE).p for _ in range(150)]

    assert np.mean([p < 0.05 for p in found]) <= 0.1
    assert np.mean([p < 0.005 for p in found]) <= 0.02
    assert min(found) > 0.0005


@pytest.mark.parametrize("kind", ["few large orders", "a share near 1"])
def test_normal_courses_alone_would_be_surprised_by_crooked_weeks(kind: str) -> None:
    """This is what dealing out a chart's own weeks is for."""
    rng = np.random.default_rng(1)
    found = [surprise.judged(CALM[kind](rng), BEFORE).p_normal for _ in range(150)]

    assert np.mean([p < 0.005 for p in found]) > 0.05


@pytest.mark.parametrize(("weeks", "p"), [(13, 0.0005), (6, 0.005)])
def test_a_shift_of_three_spreads_is_nearly_always_seen(weeks: int, p: float) -> None:
    """Silence is not bought with blindness: also where half of the period is as ever."""
    rng, seen = np.random.default_rng(2), []
    for _ in range(50):
        course = remembering(rng, 0.0)
        course[-weeks:] += 3
        seen.append(surprise.judged(course, BEFORE).p < p)

    assert np.mean(seen) >= 0.9


def test_the_three_rules_are_measured_by_hand() -> None:
    """The farthest week, the longest run on one side, and the third nearest of four neighbours to a limit."""
    weeks = [[0.1, 0.2, -3.5, 2.0, 1.6, 0.3, 1.7, -0.1], [-1.0, -1.0, -1.0, 1.0, 1.0, -2.0, -2.0, -2.0]]
    found = surprise.strength(np.array(weeks))

    assert found[0].tolist() == [3.5, 4.0, 1.6]
    assert found[1].tolist() == [2.0, 3.0, 2.0]
    assert surprise.strength(np.array([[2.0, 1.8, 2.5], [-2.0, -1.8, 2.5]])).tolist() == [[2.5, 3, 1.8], [2.5, 2, 0]]
    assert surprise.strength(np.array([[2.0, 1.8]])).tolist() == [[2.0, 2.0, 0.0]]


def test_the_oddest_week_of_all_falls_in_the_period_as_often_as_that_is_long() -> None:
    """One week of twenty far off, in a period of four: that is so in 4 of 20 orders, not in one of 1000."""
    course = np.array([1.0, -1.0] * 9 + [50.0, 1.0])
    own = surprise.strength(surprise.standardised(course[None, :], 16))[0]
    rng = np.random.default_rng(1)
    places = np.array([rng.permutation(20)[:4] for _ in range(4000)])

    assert surprise.dealt(course, own, places) == pytest.approx(4 / 20, abs=0.02)


def test_the_likeness_of_few_weeks_is_not_taken_for_less_than_it_is() -> None:
    """Weeks alike by 0.4, twenty of them a chart: the mean over many charts is 0.4, where the bare one is below 0.3."""
    rng = np.random.default_rng(5)
    courses = [remembering(rng, 0.4, 20) for _ in range(1500)]
    found, bare = np.mean([surprise.likeness(one) for one in courses]), np.mean([_bare(one) for one in courses])

    assert found == pytest.approx(0.4, abs=0.04)
    assert bare < 0.32


def _bare(course: np.ndarray) -> float:
    apart = course - course.mean()
    return float(apart[1:] @ apart[:-1] / (apart @ apart))


@pytest.mark.parametrize("weeks", [4, 13])
@pytest.mark.parametrize("memory", [0.0, 0.3])
def test_as_many_calm_charts_are_marked_as_is_said(weeks: int, memory: float) -> None:
    """Charts as they are drawn, limits by XmR, runs that began before the period: counted, and said beforehand."""
    rng, marked, said = np.random.default_rng(6), [], []
    for _ in range(600):
        values = [float(value) for value in remembering(rng, memory, BEFORE + weeks)]
        limits = control.xmr(values, slice(0, BEFORE))
        assert limits is not None
        broken = control.signals(values, limits.centre, limits.lower, limits.upper)
        marked.append(any(signal.points[-1] >= BEFORE for signal in broken))
        tenths = round(10 * surprise.likeness(np.array(values[:BEFORE])))
        said.append(surprise.marked_by_chance(BEFORE, weeks, tenths))

    assert np.mean(said) == pytest.approx(np.mean(marked), abs=0.03 if weeks == 4 else 0.05)


def test_one_lasting_fall_is_told_however_many_charts_there_are() -> None:
    """Four hundred charts, one of which falls by ten spreads for good: chance over all of them stays below 1 in 20."""
    course = np.random.default_rng(7).normal(size=BEFORE + NOW)
    course[BEFORE:] -= 10
    drawn = surprise.draws(400)

    assert surprise.draws(100) == 20_000
    assert 400 * surprise.judged(course, BEFORE, drawn).p < 0.05


def test_the_same_weeks_are_judged_the_same_twice() -> None:
    """Whoever opens the page again reads the same number."""
    course = remembering(np.random.default_rng(8), 0.3) + np.r_[np.zeros(BEFORE), np.full(NOW, 1.5)]
    first = surprise.judged(course, BEFORE)
    surprise._calm.cache_clear()

    assert surprise.judged(course, BEFORE) == first
