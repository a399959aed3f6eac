"""Changes: published values, examples worked by hand, and how rarely chance alone is called a change."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator
from scipy.special import stdtr

from metrics import change, intervals
from metrics.change import Change, Verdict

DRAWS = 3000  # the error of a rate of 5 % is then 0.4 points
NULL = (0.036, 0.064)  # 3.5 such errors around 5 %


def claims(changes: list[Change]) -> float:
    """The share of changes that would be called real."""
    return sum(each.p is not None and each.p < change.ALPHA for each in changes) / len(changes)


def sums(rows: np.ndarray) -> tuple[float, float, float]:
    return float(rows.sum()), float((rows**2).sum()), len(rows)


def products(y: np.ndarray, x: np.ndarray) -> tuple[float, ...]:
    return tuple(float(each) for each in (y.sum(), x.sum(), (y * y).sum(), (x * y).sum(), (x * x).sum(), len(x)))


def histogram(values: object) -> tuple[np.ndarray, np.ndarray]:
    return np.unique(intervals.log_bins(values), return_counts=True)


def votes(draw: Generator, n: int, mix: tuple[float, float, float]) -> tuple[float, float, float]:
    promoters, _, detractors = draw.multinomial(n, mix).tolist()
    return promoters, detractors, n


def margins(draw: Generator, n: int, size: float) -> tuple[float, ...]:
    x = draw.gamma(4, size, n)
    return products(x * draw.normal(0.3, 0.1, n), x)


def engagement(draw: Generator) -> tuple[list[float], list[float], list[float]]:
    return draw.normal([70, 60], [3, 5]).tolist(), [3, 5], [4, 1]


NOTHING_CHANGED: dict[str, Callable[[Generator], Change]] = {
    "nps": lambda d: change.nps(*(votes(d, n, (0.5, 0.3, 0.2)) for n in (200, 150))),
    "low nps": lambda d: change.nps(*(votes(d, n, (0.3, 0.4, 0.3)) for n in (150, 200))),
    "share": lambda d: change.share((d.binomial(200, 0.3), 200), (d.binomial(300, 0.3), 300)),
    "rate": lambda d: change.rate((d.poisson(40), 100), (d.poisson(80), 200)),
    "mean": lambda d: change.mean(sums(d.normal(70, 8, 40)), sums(d.normal(70, 8, 60))),
    "mean, few rows of unequal spread": lambda d: change.mean(sums(d.normal(70, 2, 6)), sums(d.normal(70, 9, 120))),
    "ratio, while revenue grows": lambda d: change.ratio(margins(d, 90, 25), margins(d, 60, 40)),
    "weighted": lambda d: change.weighted(engagement(d), engagement(d)),
    "median": lambda d: change.quantile(*(histogram(d.lognormal(3, 0.8, n)) for n in (80, 120))),
    "p90": lambda d: change.quantile(*(histogram(d.lognormal(3, 0.8, n)) for n in (400, 300)), q=0.9),
    "totals of 13 weeks": lambda d: change.totals(d.gamma(30, 1000, 13).tolist(), d.gamma(30, 1000, 13).tolist()),
}


@pytest.mark.parametrize("case", NOTHING_CHANGED)
def test_chance_alone_is_rarely_called_a_change(case):
    """Of a hundred pairs of periods between which nothing changed, about five look different on their own."""
    draw = np.random.default_rng(21)

    assert NULL[0] <= claims([NOTHING_CHANGED[case](draw) for _ in range(DRAWS)]) <= NULL[1]


@pytest.mark.parametrize(
    ("before", "after", "difference", "z", "real"),
    [((50, 20, 100), (60, 15, 100), 15, 1.3942, False), ((500, 200, 1000), (560, 170, 1000), 9, 2.6113, True)],
)
def test_nps_change_matches_the_published_values(before, after, difference, z, real):
    """Plus 15 on a hundred answers may be chance; plus 9 on a thousand is not."""
    found = change.nps(before, after)

    assert (found.difference, found.z) == pytest.approx((difference, z), abs=1e-4)
    assert (found.p < change.ALPHA) == real


@pytest.mark.parametrize(
    ("found", "difference", "z", "p"),
    [
        # pooled 0.275, error 0.0631466
        (change.share((20, 100), (35, 100)), 0.15, 2.375423, 0.017529),
        # 1 to 5 against 3 to 7: error 1, 8 degrees of freedom; the normal law would give p 0.0455
        (change.mean((15, 55, 5), (25, 135, 5)), 2, 2, 0.080516),
        (change.ratio((15, 5, 55, 15, 5, 5), (25, 5, 135, 25, 5, 5)), 2, 2, 0.080516),
        (change.totals([1, 2, 3, 4, 5], [3, 4, 5, 6, 7]), 10, 2, 0.080516),
        # 0, 2 against 0, 0, 3, 3: squared errors 1 and 0.75, so 3.0625 / (1 + 0.1875) degrees of freedom
        (change.mean((2, 4, 2), (6, 18, 4)), 0.5, 0.5 / 1.75**0.5, 2 * stdtr(49 / 19, -0.5 / 1.75**0.5)),
        # 75 with error 2.462214 to 70 with error 2
        (change.weighted(([60, 80], [4, 3], [1, 3]), ([70], [2], [5])), -5, -1.576221, 0.114975),
        # 5 of 20 cases in the upper bin and then 15 of 20: 0.5 / sqrt(0.025)
        (change.quantile(([0, 100], [15, 5]), ([0, 100], [5, 15])), 1.02**100.5 - 1.02**0.5, 10**0.5, 0.001565),
        # 30 leavers in as many person-years as 20 before: 5 more than the half that chance gives, error sqrt(12.5)
        (change.rate((20, 100), (30, 100)), 0.1, 2**0.5, 0.157299),
    ],
)
def test_changes_are_worked_by_hand(found, difference, z, p):
    """Each kind of number has the test that fits it; a few rows are judged by Student's law, not the normal one."""
    assert (found.difference, found.z, found.p) == pytest.approx((difference, z, p), abs=1e-6)


def test_a_few_promoters_are_not_different_from_a_happy_crowd():
    """Six promoters out of six are no fall to an NPS of 65; the plain test would call it one, with z -19."""
    found = change.nps((6, 0, 6), (700, 50, 1000))

    assert found.difference == pytest.approx(-35)
    assert found.p > 0.05


def test_nps_near_the_end_of_the_scale_raises_no_false_alarms():
    """With nearly all clients promoters, a month of ten answers is called different less than once in twenty."""
    draw = np.random.default_rng(22)
    found = [change.nps(*(votes(draw, n, (0.95, 0.05, 0)) for n in (10, 200))) for _ in range(DRAWS)]

    assert claims(found) <= 0.05


def test_nps_from_one_end_to_the_other_is_a_change():
    """Eight promoters becoming eight detractors is a change."""
    assert change.nps((8, 0, 8), (0, 8, 8)).p < 1e-6


def test_equal_answers_are_few_and_not_certain():
    """Three answers of 5 are no fall to a mean of 4.2 whose own answers differ."""
    assert change.mean((15, 75, 3), (420, 1860, 100)).p > 0.05


def test_quantile_change_is_seen_when_the_quantile_lies_in_the_last_bin():
    """A p90 among equal longest cases is judged by how many there are: 3 of 50, and then 40 of 50."""
    found = change.quantile(([0, 100], [47, 3]), ([0, 100], [10, 40]), 0.9)

    assert found.difference > 0
    assert found.p < 1e-6


def test_a_slower_median_is_found():
    """Lead times half as long again are called a change nearly always."""
    draw = np.random.default_rng(28)
    found = [
        change.quantile(histogram(draw.lognormal(3, 0.5, 100)), histogram(1.5 * draw.lognormal(3, 0.5, 100)))
        for _ in range(100)
    ]

    assert claims(found) > 0.95


def test_quantile_claims_nothing_when_its_test_points_another_way():
    """When fewer rows lie above the mark but the median rose, the test says nothing about the median."""
    before, after = ([0, 10, 50], [20, 31, 49]), ([0, 11, 50], [45, 7, 48])
    found = change.quantile(before, after, 0.5)

    assert found.difference > 0
    assert found.z < 0
    assert found.p == 1.0


def test_a_longer_period_is_no_growth():
    """Two more weeks of smaller revenue make a larger sum, and no claim."""
    found = change.totals([10, 11, 10, 11], [9, 8, 9, 8, 9, 8])

    assert found.difference == 9
    assert found.p == 1.0


def test_totals_of_fewer_than_four_buckets_are_not_judged():
    """Three weeks tell a difference, but not whether it is real."""
    assert change.totals([1, 2, 3], [4, 5, 6, 7]) == Change(16)
    assert change.totals([1, 2, 3, 4], [5, 6, 7]) == Change(8)


@pytest.mark.parametrize(
    "found",
    [
        change.nps((0, 0, 0), (5, 2, 10)),
        change.share((0, 0), (3, 10)),
        change.rate((0, 0), (3, 10)),
        change.mean((0, 0, 0), (15, 55, 5)),
        change.mean((3, 9, 1), (15, 55, 5)),
        change.mean((15, 75, 3), (12, 48, 3)),
        change.mean((0.1 * 3, 0.03, 3), (0.6, 0.12, 3)),
        change.ratio((5, 0, 25, 0, 0, 1), (6, 6, 14, 13, 14, 3)),
        change.weighted(([], [], []), ([70], [2], [5])),
        change.weighted(([60], [None], [1]), ([70], [2], [5])),
        change.weighted(([60], [0], [1]), ([70], [0], [5])),
        change.quantile(([], []), ([3], [5])),
        change.totals([], [1, 2, 3, 4]),
        change.totals([5, 5, 5, 5], [6, 6, 6, 6]),
    ],
)
def test_what_cannot_be_judged_claims_nothing(found):
    """No rows, one row or no spread at all: nothing is claimed, and nothing fails."""
    assert found.p is None
    assert found.z is None
    assert found.difference is None or math.isfinite(found.difference)


def test_nothing_that_differs_is_certainly_no_change():
    """Two periods that are alike have p 1, even without any spread."""
    assert change.nps((5, 0, 5), (5, 0, 5)) == Change(0, 0, 1.0)
    assert change.share((5, 5), (9, 9)) == Change(0, None, 1.0)
    assert change.rate((0, 5), (0, 9)) == Change(0, None, 1.0)
    assert change.mean((15, 75, 3), (20, 100, 4)) == Change(0, None, 1.0)
    assert change.quantile(([7], [30]), ([7], [50])) == Change(0, None, 1.0)
    assert change.totals([5, 5, 5, 5], [5, 5, 5, 5]) == Change(0, None, 1.0)


counted = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)).map(lambda v: (v[0], v[1], sum(v)))
listed = st.lists(st.integers(-20, 20).map(float), max_size=9)
bins = st.dictionaries(st.integers(-3, 3), st.integers(0, 9), max_size=5).map(lambda d: (list(d), list(d.values())))


@given(counted, counted, listed, listed, bins, bins)
def test_every_test_gives_a_probability_or_none(answers, later, rows, later_rows, bars, later_bars):
    """Whatever the periods hold, a change has p between 0 and 1 or none, and finite numbers."""
    every = [
        change.nps(answers, later),
        change.share((answers[0], answers[2]), (later[0], later[2])),
        change.mean(sums(np.array(rows)), sums(np.array(later_rows))),
        change.totals(rows, later_rows),
        change.quantile(bars, later_bars),
    ]

    for found in every:
        assert found.p is None or 0 <= found.p <= 1
        assert all(part is None or math.isfinite(part) for part in (found.difference, found.z))


def test_holm_matches_the_published_procedure():
    """Of p 0.005, 0.01, 0.03, 0.04 only the first two are news on one screen of four."""
    assert change.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_passes_over_what_could_not_be_judged():
    """A pair without a test does not make the others harder to believe."""
    assert change.holm([None, 0.02, None, 0.03]) == [None, pytest.approx(0.04), None, pytest.approx(0.04)]
    assert change.holm([]) == []


@given(st.lists(st.none() | st.floats(0, 1), max_size=30))
def test_holm_keeps_the_order_and_never_lowers(p_values):
    """Adjusting makes no change more certain than it was, nor less so than a weaker one."""
    adjusted = change.holm(p_values)
    pairs = sorted((p, q) for p, q in zip(p_values, adjusted, strict=True) if p is not None)

    assert [p is None for p in p_values] == [q is None for q in adjusted]
    assert all(p <= q <= 1 for p, q in pairs)
    assert [q for _, q in pairs] == sorted(q for _, q in pairs)


def test_holm_keeps_a_screen_without_changes_quiet():
    """Of a hundred screens of twenty pairs without any change about five show one, not sixty-four."""
    screens = np.random.default_rng(30).uniform(size=(DRAWS, 20)).tolist()
    loud = sum(min(change.holm(screen)) < change.ALPHA for screen in screens) / DRAWS

    assert NULL[0] <= loud <= NULL[1]


@pytest.mark.parametrize(
    ("difference", "p", "better", "word"),
    [
        (9, 0.01, "up", Verdict.BETTER),
        (-9, 0.01, "up", Verdict.WORSE),
        (9, 0.01, "down", Verdict.WORSE),
        (-9, 0.01, "down", Verdict.BETTER),
        (9, 0.01, "none", Verdict.CHANGED),
        (90, 0.05, "up", Verdict.NO_REAL_CHANGE),
        (0, 0.01, "up", Verdict.NO_REAL_CHANGE),
        (9, None, "up", Verdict.UNKNOWN),
        (None, None, "up", Verdict.UNKNOWN),
    ],
)
def test_words_follow_the_test(difference, p, better, word):
    """A large difference that chance explains is no real change; a small real one is better or worse."""
    assert change.verdict(Change(difference, None, 0.001), p, better, 5, 5) is word


@pytest.mark.parametrize("n", [(4, 50), (50, 4), (0, 0)])
def test_too_few_rows_have_no_verdict(n):
    """When either period has fewer rows than the metric asks for, that is all there is to say."""
    assert change.verdict(Change(90, 9, 0.001), 0.001, "up", *n) is Verdict.TOO_FEW


def test_reliability_follows_the_number_of_rows():
    """Below five answers there is no score, below thirty only a direction; a metric may ask for more."""
    assert [change.reliability(n) for n in (4, 5, 29, 30)] == ["too few", "directional", "directional", "solid"]
    assert [change.reliability(n, minimum_n=40) for n in (30, 40)] == ["too few", "solid"]
