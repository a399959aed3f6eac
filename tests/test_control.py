"""Control charts: published limits, the three rules by hand, and how rarely noise is called a signal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import control
from metrics.control import Rule, Signal

COURSE = [42, 38, 45, 41, 39, 44, 40, 43, 37, 46, 41]
LANEY = {"hits": [18, 9, 30, 14, 6, 22], "n": [120, 80, 150, 100, 90, 110]}
CHARTS = 1000


def points(found: list[Signal], rule: Rule) -> list[tuple[int, ...]]:
    return [signal.points for signal in found if signal.rule is rule]


def test_xmr_limits_match_the_published_case():
    """The usual range of 42, 38, 45 ... 41 is 28.42 to 54.49."""
    limits = control.xmr(COURSE)

    assert (limits.lower[0], limits.upper[-1]) == pytest.approx((28.4205, 54.4885), abs=1e-4)
    assert len(limits.lower) == len(limits.upper) == len(COURSE)
    assert control.signals(COURSE, limits.centre, limits.lower, limits.upper) == []


def test_xmr_limits_stand_on_the_baseline_alone():
    """A jump after the baseline does not widen the limits it is judged by."""
    limits = control.xmr([*COURSE, 60, None], baseline=slice(0, 11))

    assert (limits.lower[12], limits.upper[11]) == pytest.approx((28.4205, 54.4885), abs=1e-4)
    assert control.signals([*COURSE, 60, None], limits.centre, limits.lower, limits.upper) == [
        Signal(Rule.OUTSIDE, (11,))
    ]


def test_xmr_leaves_out_the_step_across_a_gap():
    """Between the months beside a missing one more than one month's noise can lie, so that step is not counted."""
    limits = control.xmr([10, 12, None, 20, 22])

    assert limits.centre == 16
    assert limits.upper[0] == pytest.approx(16 + 2.66 * 2)


@pytest.mark.parametrize("values", [[], [5], [None, 5, None], [5, None, 6], [5, 5, 5, 5], [0.1, 0.1, 0.1 + 1e-17]])
def test_xmr_needs_neighbours_that_differ(values):
    """A course that has not moved yet has no usual range."""
    assert control.xmr(values) is None


def test_laney_limits_match_the_published_case():
    """Where months differ by twice what chance gives, the limits are twice as wide."""
    limits = control.laney_p(**LANEY)

    assert limits.centre == pytest.approx(0.152308, abs=1e-6)
    assert control.sigma_z(**LANEY) == pytest.approx(1.964002, abs=1e-6)
    assert limits.upper == pytest.approx((0.3456, 0.3890, 0.3252, 0.3640, 0.3755, 0.3542), abs=5e-5)


def test_p_limits_are_worked_by_hand():
    """20 of 200 pooled: 0.1 +- 3 x 0.03 for a hundred rows; more rows narrow the limits, no rows have none."""
    limits = control.p([12, 8, 0, 0], [100, 100, 400, 0], baseline=slice(0, 2))

    assert limits.centre == pytest.approx(0.1)
    assert limits.upper == (pytest.approx(0.19), pytest.approx(0.19), pytest.approx(0.145), None)
    assert limits.lower == (pytest.approx(0.01), pytest.approx(0.01), pytest.approx(0.055), None)


def test_nps_limits_are_worked_by_hand():
    """100 of 200 promoters and 40 detractors: 30 +- 3 x 7.8102 for a hundred answers."""
    limits = control.nps([45, 55], [25, 15], [100, 100])

    assert limits.centre == pytest.approx(30)
    assert (limits.lower[0], limits.upper[1]) == pytest.approx((30 - 23.4307, 30 + 23.4307), abs=1e-4)


def test_limits_are_cut_only_for_drawing():
    """A chart shows no share below 0, while the rules measure from the whole limits."""
    limits = control.p([1, 1, 0], [20, 20, 0])

    assert limits.lower[0] < 0
    assert limits.within(0, 1).lower == (0, 0, None)
    assert limits.within(0, 1).upper == limits.upper


@pytest.mark.parametrize(
    "limits",
    [
        control.p([], []),
        control.p([0, 0], [9, 9]),
        control.p([9, 9], [9, 9]),
        control.p([0, 3], [0, 9], baseline=slice(0, 1)),
        control.laney_p([3], [9]),
        control.laney_p([3, 3, 3], [9, 9, 9]),
        control.laney_p([3, 0, 2], [9, 0, 9]),
        control.nps([], [], []),
        control.nps([5, 5], [0, 0], [5, 5]),
    ],
)
def test_a_baseline_without_spread_has_no_limits(limits):
    """Months without rows, or all alike, do not tell what is usual."""
    assert limits is None


def test_a_point_outside_is_a_signal_and_one_on_the_limit_is_not():
    """Rule one is for points beyond a limit."""
    found = control.signals([6, 0, 6.1, -6.1, -6], 0, -6, 6)

    assert points(found, Rule.OUTSIDE) == [(2,), (3,)]


def test_eight_on_one_side_are_a_signal_and_seven_are_not():
    """Rule two needs eight in a row; a longer run is one signal, a point on the centre ends it."""
    assert points(control.signals([1] * 7 + [-1] * 7, 0, -6, 6), Rule.RUN) == []
    assert points(control.signals([-1, *[1] * 9, -1], 0, -6, 6), Rule.RUN) == [tuple(range(1, 10))]
    assert points(control.signals([-1] * 4 + [0] + [-1] * 4, 0, -6, 6), Rule.RUN) == []
    assert points(control.signals([0] * 9, 0, -6, 6), Rule.RUN) == []


def test_three_of_four_near_a_limit_are_a_signal():
    """Rule three: beyond half the way to one limit, three times of four, on the same side."""
    assert points(control.signals([4, 1, 4, 4, 0], 0, -6, 6), Rule.NEAR_LIMIT) == [(0, 2, 3)]
    assert points(control.signals([4, 1, 1, 4, 4], 0, -6, 6), Rule.NEAR_LIMIT) == []
    assert points(control.signals([4, -4, 4, -4], 0, -6, 6), Rule.NEAR_LIMIT) == []
    assert points(control.signals([3, 3, 3, 3], 0, -6, 6), Rule.NEAR_LIMIT) == []
    assert points(control.signals([-4, -4, -4, 0, -4, -4, -4], 0, -6, 6), Rule.NEAR_LIMIT) == [(0, 1, 2, 4, 5, 6)]


def test_each_point_is_judged_by_its_own_limits():
    """The same share is a signal on many rows and none on few."""
    found = control.signals([0.2, 0.2, 0.2], 0.1, [-0.1, 0.05, None], [0.3, 0.15, None])

    assert found == [Signal(Rule.OUTSIDE, (1,))]


def test_gaps_are_passed_over():
    """A missing month neither ends a run nor counts in it, and the places stay those of the course."""
    found = control.signals([1, 1, 1, 1, None, 1, None, 1, 1, 1], 0, -6, 6)

    assert found == [Signal(Rule.RUN, (0, 1, 2, 3, 5, 7, 8, 9))]
    assert control.signals([None, None], 0, -6, 6) == []
    assert control.signals([], 0, -6, 6) == []


def test_points_outside_are_rare_in_pure_noise():
    """Of new points of a steady course about 1 in 300 falls outside; theory says 0.27 % for a long baseline."""
    courses = np.random.default_rng(31).normal(40, 3, (200, 600))
    outside = 0
    for course in courses.tolist():
        limits = control.xmr(course, baseline=slice(0, 400))
        found = control.signals(course[400:], limits.centre, limits.lower[400:], limits.upper[400:])
        outside += len(points(found, Rule.OUTSIDE))

    assert 0.0020 <= outside / (200 * 200) <= 0.0037  # 0.27 % +- 3 errors, and what a baseline of 400 adds


def test_two_years_of_pure_noise_seldom_show_a_signal():
    """Of a hundred steady courses of 24 months about six show a point outside, three a run, three a near limit."""
    courses = np.random.default_rng(32).normal(40, 3, (CHARTS, 24)).tolist()
    shown = dict.fromkeys(Rule, 0)
    for course in courses:
        limits = control.xmr(course)
        found = control.signals(course, limits.centre, limits.lower, limits.upper)
        for rule in {signal.rule for signal in found}:
            shown[rule] += 1

    rates = {rule: count / CHARTS for rule, count in shown.items()}
    assert 0.035 <= rates[Rule.OUTSIDE] <= 0.085  # theory: 24 x 0.27 %
    assert 0.01 <= rates[Rule.RUN] <= 0.05
    assert 0.01 <= rates[Rule.NEAR_LIMIT] <= 0.05


@pytest.mark.parametrize("chart", [control.p, control.laney_p])
def test_shares_moved_by_chance_alone_stay_within_their_limits(chart):
    """Where chance alone moves a share, both charts agree: about 3 points in 1000 fall outside."""
    draw = np.random.default_rng(33)
    sizes = draw.integers(300, 900, (100, 100))
    outside = 0
    for size, hits in zip(sizes.tolist(), draw.binomial(sizes, 0.3).tolist(), strict=True):
        limits = chart(hits, size)
        shares = [hit / n for hit, n in zip(hits, size, strict=True)]
        outside += len(points(control.signals(shares, limits.centre, limits.lower, limits.upper), Rule.OUTSIDE))

    assert 0.001 <= outside / 10_000 <= 0.005


def test_laneys_chart_keeps_quiet_where_the_plain_one_cries_wolf():
    """With 50,000 rows a month, months that differ by a point each are signals for p, and noise for Laney's p'."""
    draw = np.random.default_rng(34)
    size = [50_000] * 60
    hits = draw.binomial(50_000, draw.normal(0.3, 0.01, 60)).tolist()
    shares = [hit / 50_000 for hit in hits]
    plain, laney = control.p(hits, size), control.laney_p(hits, size)

    assert len(points(control.signals(shares, plain.centre, plain.lower, plain.upper), Rule.OUTSIDE)) > 25
    assert len(points(control.signals(shares, laney.centre, laney.lower, laney.upper), Rule.OUTSIDE)) <= 1


def test_nps_moved_by_chance_alone_stays_within_its_limits():
    """About 3 monthly scores in 1000 fall outside when the clients' mind does not change."""
    answers = np.random.default_rng(35).multinomial(250, (0.5, 0.3, 0.2), (100, 100))
    outside = 0
    for months in answers.tolist():
        promoters, detractors = [month[0] for month in months], [month[2] for month in months]
        limits = control.nps(promoters, detractors, [250] * 100)
        scores = [100 * (up - down) / 250 for up, down in zip(promoters, detractors, strict=True)]
        outside += len(points(control.signals(scores, limits.centre, limits.lower, limits.upper), Rule.OUTSIDE))

    assert 0.001 <= outside / 10_000 <= 0.005


@given(st.lists(st.none() | st.floats(-1e6, 1e6), max_size=40))
def test_signals_point_at_measured_values(values):
    """Whatever the course, each signal names places that hold a value, in order."""
    limits = control.xmr(values)
    if limits is None:
        return
    for signal in control.signals(values, limits.centre, limits.lower, limits.upper):
        assert all(values[place] is not None for place in signal.points)
        assert list(signal.points) == sorted(set(signal.points))
