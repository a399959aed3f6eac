"""What stood out: a planted shift soon and rightly, and in calm companies hardly anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from data import build, demo
from data.store import Store
from metrics import ask, moved, signals
from metrics.compute import Evidence, States
from metrics.control import Rule
from metrics.load import catalogue
from metrics.window import Period, Window, weeks_back

WEEKS = weeks_back(date(2026, 9, 30), 65)
PERIOD = 13


def course(metric: str, states: list[dict[str, float]]) -> signals.Course:
    """The chart of one metric over a year and a quarter, judged in its last quarter."""
    cells: dict[tuple[Period, ask.Group], Evidence] = {
        (week, ()): States({**one}) for week, one in zip(WEEKS, states, strict=True)
    }
    now = Period(WEEKS[-PERIOD].start, WEEKS[-1].end)
    chart = signals._chart(ask.Answer(catalogue()[metric], cells), (), "", (WEEKS, slice(0, -PERIOD)), now)
    assert chart is not None
    return chart[0]


def kept(now: list[int]) -> signals.Course:
    """Promises kept of 200 a week: about 180 for a year, then so many."""
    before = np.random.default_rng(3).binomial(200, 0.9, len(WEEKS) - PERIOD)
    return course("promise_kept_share", [{"hits": float(hits), "n": 200.0} for hits in [*before, *now]])


def test_the_side_is_that_of_the_weeks_that_stand_out() -> None:
    """One week at 71 %, the others a little above usual, on and off: their mean is above, what stands out is below."""
    one = kept([190, 179, 190, 179, 142, 190, 179, 190, 179, 190, 179, 190, 179])

    assert one.mean_now > 0
    assert (one.rules, one.since, one.is_up, one.is_both) == ((Rule.OUTSIDE,), WEEKS[-9].start, False, False)


def test_rules_that_point_both_ways_are_said_to() -> None:
    """One week at 71 %, and eight in a row above usual after it: neither better nor worse can be told of both."""
    one = kept([183, 184, 183, 184, 142, 183, 184, 183, 184, 183, 184, 183, 184])

    assert set(one.rules) == {Rule.OUTSIDE, Rule.RUN}
    assert one.is_both


def test_one_odd_week_is_odd_and_no_signal() -> None:
    """The oddest of 65 weeks falls in the last 13 one time in five, however far off; five weeks do not."""
    alone = replace(kept([182, 178] * 6 + [100]), q=0.5, q_normal=0.001)
    lasting = kept([182, 178] * 4 + [140] * 5)

    assert alone.p >= PERIOD / len(WEEKS)
    assert alone.p_normal < 0.001
    assert (alone.is_odd, alone.is_signal, replace(alone, q=0.01).is_odd) == (True, False, False)
    assert lasting.p < 0.0005


def test_a_mean_of_fewer_rows_is_allowed_to_stray_farther() -> None:
    """Orders worth the same as ever, 40 a week and then 10: no chart of 40 is called a signal."""
    surprising, rng = [], np.random.default_rng(4)
    for _ in range(40):
        worth = [np.exp(rng.normal(8, 0.8, size)) for size in [40] * (len(WEEKS) - PERIOD) + [10] * PERIOD]
        states = [{"total": float(one.sum()), "squares": float((one**2).sum()), "n": float(len(one))} for one in worth]
        surprising.append(course("average_order", states).p)

    assert np.mean([p < 0.05 for p in surprising]) <= 0.15  # 5 % and three errors of so few
    assert min(surprising) > 0.001


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
