"""What stood out: a planted shift soon and rightly, and in calm companies hardly anything."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from data import build, demo
from data.store import Store
from metrics import moved, signals
from metrics.control import Rule
from metrics.window import Period, Window, weeks_back

CALM_BEFORE, NOW = 39, 13


def calm(seed: int, memory: float, charts: int = 300) -> np.ndarray:
    """Courses in which nothing changes; each week remembers something of the one before."""
    rng = np.random.default_rng(seed)
    draws = rng.normal(size=(charts, CALM_BEFORE + NOW))
    for at in range(1, draws.shape[1]):
        draws[:, at] = memory * draws[:, at - 1] + np.sqrt(1 - memory**2) * draws[:, at]
    return draws


@pytest.mark.parametrize("memory", [0.0, 0.3, 0.6])
def test_calm_courses_are_surprising_as_seldom_as_is_said(memory: float) -> None:
    """One in twenty has p below 0.05, also where weeks are alike; a plain chart marks one in ten and more."""
    surprising, marked = [], []
    for course in calm(1, memory):
        scores = signals.standardised(course[None, :], CALM_BEFORE)
        p, _ = signals.judged(scores[0], CALM_BEFORE, signals.likeness(course[:CALM_BEFORE]))
        surprising.append(p < 0.05)
        far, run, near = signals.strength(scores)[0]
        marked.append(far > 3 or run >= 8 or near > 1.5)

    assert np.mean(surprising) <= 0.08
    assert np.mean(marked) > 0.08


def test_a_shift_of_three_spreads_is_nearly_always_seen() -> None:
    """Silence is not bought with blindness."""
    courses = calm(2, 0.3, 100)
    courses[:, CALM_BEFORE:] += 3
    seen = [
        signals.judged(
            signals.standardised(course[None, :], CALM_BEFORE)[0], CALM_BEFORE, signals.likeness(course[:CALM_BEFORE])
        )[0]
        < 0.01
        for course in courses
    ]

    assert np.mean(seen) > 0.9


def test_the_three_rules_are_measured_by_hand() -> None:
    """The farthest week, the longest run on one side, and the third nearest of four neighbours to a limit."""
    weeks = [[0.1, 0.2, -3.5, 2.0, 1.6, 0.3, 1.7, -0.1], [-1.0, -1.0, -1.0, 1.0, 1.0, -2.0, -2.0, -2.0]]
    found = signals.strength(np.array(weeks))

    assert found[0].tolist() == [3.5, 4.0, 1.6]
    assert found[1].tolist() == [2.0, 3.0, 2.0]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The demo company."""
    home = tmp_path_factory.mktemp("demo")
    build.main(["demo", "--into", str(home)])
    return Store(home)


def seen(store: Store, weeks_after: int) -> signals.Signals:
    """What a reader sees so many weeks after the day on which deliveries of the North began to be late."""
    fell = store.lake().last_day - timedelta(days=7 * demo.truth()["shift"]["weeks_ago"])
    end = fell + timedelta(days=7 * weeks_after)
    now = Period(fell, end)
    return signals.signals(store, Window((now, now), weeks_back(end, 52)), {})


def test_the_planted_shift_is_signalled_within_three_weeks(company: Store) -> None:
    """Promises kept at delivery, below usual, on the third week; and hardly anything else."""
    found = seen(company, 3)

    assert found.found[0].metric in ("promise_kept_share", "sla_kept_share")
    assert ("promise_kept_share", "delivery", False) in [(one.metric, one.stage, one.is_up) for one in found.found]
    assert found.watched > 50
    assert len(found.found) <= found.marked


def test_the_planted_shift_of_the_mix_is_named(company: Store) -> None:
    """The NPS falls by 8.4 while every segment rises: the mix took 10.5, and that is said instead of a fall."""
    end = company.lake().last_day + timedelta(days=1)
    now, before = Period(end - timedelta(days=91), end), Period(end - timedelta(days=182), end - timedelta(days=91))
    found = moved.moved(company, Window((now, before)), {}, "nps", "segment")
    assert found.mix is not None
    assert found.performance is not None

    assert found.difference == pytest.approx(-8.4, abs=0.1)
    assert found.mix.value == pytest.approx(-10.5, abs=0.1)
    assert found.performance.value > 0
    assert found.is_against
    assert not found.performance.is_real


def test_before_the_shift_nothing_is_said_of_delivery(company: Store) -> None:
    """The same charts, three weeks earlier."""
    fell = company.lake().last_day - timedelta(days=7 * demo.truth()["shift"]["weeks_ago"])
    now = Period(fell - timedelta(days=28), fell)
    found = signals.signals(company, Window((now, now), weeks_back(now.end, 52)), {})

    assert not [one for one in found.found if one.stage == "delivery" and one.metric.endswith("kept_share")]
    assert all(set(one.rules) & set(Rule) for one in found.found)


@pytest.mark.parametrize(("days", "weeks", "is_short"), [(5, 0, True), (7, 1, True), (14, 2, False)])
def test_a_period_of_one_week_is_called_short(company: Store, days: int, weeks: int, is_short: bool) -> None:
    """A week lies in the period only where the whole of it does; two are needed before anything can stand out."""
    end = company.lake().last_day
    now = Period(end - timedelta(days=days), end)
    found = signals.signals(company, Window((now, now), weeks_back(end, 52)), {})

    assert (found.weeks_now, found.is_short) == (weeks, is_short)
    assert bool(found.watched) is not is_short
