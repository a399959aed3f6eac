"""Intervals: published values, examples worked by hand, and how often they hold the truth."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator

from metrics import intervals
from metrics.intervals import Interval

DRAWS = 2500  # the error of a coverage of 95 % is then 0.44 points


def histogram(values: object) -> tuple[np.ndarray, np.ndarray]:
    return np.unique(intervals.log_bins(values), return_counts=True)


def nps(answers: np.ndarray, clients: int | None = None) -> Interval | None:
    promoters, _, detractors = answers.tolist()
    return intervals.nps(promoters, detractors, sum(answers.tolist()), clients)


def mean(x: np.ndarray) -> Interval | None:
    return intervals.mean(x.sum(), (x * x).sum(), len(x))


def margin(x: np.ndarray, part: np.ndarray) -> Interval | None:
    y = x * part
    return intervals.ratio(y.sum(), x.sum(), (y * y).sum(), (x * y).sum(), (x * x).sum(), len(x))


def by_revenue(draw: Generator, n: int, spread: float) -> tuple[float, ...]:
    """Promoters and detractors as counts of equal clients, where a few clients hold most of the revenue."""
    revenue, vote = draw.lognormal(0, spread, n), draw.choice([1, 0, -1], n, p=(0.5, 0.25, 0.25))
    sides = [float(revenue[vote == side].sum()) for side in (1, -1)]
    return intervals.equal_rows(sides, revenue.sum(), (revenue**2).sum())


# the truth, one draw of its interval, and the bounds of how often it may hold: 95 %, or what theory says
DRAWN: dict[str, tuple[float, Callable[[Generator], Interval | None], float, float]] = {
    "nps": (30, lambda d: nps(d.multinomial(100, (0.5, 0.3, 0.2))), 0.935, 0.965),
    "nps of 20 (coarse)": (30, lambda d: nps(d.multinomial(20, (0.5, 0.3, 0.2))), 0.935, 0.97),
    "nps near the top": (55, lambda d: nps(d.multinomial(100, (0.6, 0.35, 0.05))), 0.935, 0.965),
    "nps, 60 of 200": (35, lambda d: nps(d.multivariate_hypergeometric([110, 50, 40], 60), 200), 0.93, 0.97),
    "nps, 150 of 200": (35, lambda d: nps(d.multivariate_hypergeometric([110, 50, 40], 150), 200), 0.93, 0.97),
    "share": (0.5, lambda d: intervals.share(d.binomial(100, 0.5), 100), 0.93, 0.97),
    "rare share": (0.04, lambda d: intervals.share(d.binomial(400, 0.04), 400), 0.93, 0.97),
    "share, 90 of 120": (0.25, lambda d: intervals.share(d.hypergeometric(30, 90, 90), 90, 120), 0.93, 0.98),
    "rate": (0.15, lambda d: intervals.rate(d.poisson(30), 200), 0.945, 0.975),
    "mean of 3": (50, lambda d: mean(d.normal(50, 9, 3)), 0.938, 0.962),
    "mean": (50, lambda d: mean(d.normal(50, 9, 100)), 0.938, 0.962),
    "ratio": (0.3, lambda d: margin(d.gamma(4, 25, 80), d.normal(0.3, 0.1, 80)), 0.93, 0.965),
    "nps by revenue": (25, lambda d: intervals.nps(*by_revenue(d, 100, 1.5)), 0.93, 0.97),
    "nps by revenue, few hold most": (25, lambda d: intervals.nps(*by_revenue(d, 30, 2.0)), 0.94, 0.98),
    "share by revenue": (0.25, lambda d: intervals.share(*by_revenue(d, 100, 1.5)[1:]), 0.93, 0.97),
    "weighted": (69, lambda d: intervals.weighted(d.normal([70, 60], [3, 5]), [3, 5], [9, 1]), 0.938, 0.962),
    "median": (40, lambda d: intervals.quantile_interval(*histogram(d.normal(40, 30, 400)), 0.5), 0.945, 0.985),
    "median of 25": (3, lambda d: intervals.quantile_interval(*histogram(d.normal(3, 1, 25)), 0.5), 0.945, 0.985),
    "p90": (math.log(10), lambda d: intervals.quantile_interval(*histogram(d.exponential(1, 150)), 0.9), 0.945, 0.985),
}


@pytest.mark.parametrize("case", DRAWN)
def test_intervals_hold_the_truth_19_times_of_20(case):
    """Of a hundred intervals about ninety-five hold the truth; those of a quantile a little more, never fewer."""
    truth, drawn, least, most = DRAWN[case]
    draw = np.random.default_rng(11)
    found = [drawn(draw) for _ in range(DRAWS)]
    held = sum(each is not None and each.low <= truth <= each.high for each in found) / DRAWS

    assert least <= held <= most


@st.composite
def votes(draw: st.DrawFn) -> tuple[int, int, int]:
    promoters, detractors, passives = (draw(st.integers(0, 10**6)) for _ in range(3))
    return promoters, detractors, promoters + detractors + passives


@pytest.mark.parametrize(
    ("promoters", "detractors", "n", "low", "high"),
    [
        (50, 20, 100, 14.0511, 44.2013),
        (12, 3, 20, 8.4311, 69.8297),
        (5, 0, 5, 17.4915, 100.0),
        (0, 0, 8, -21.8223, 21.8223),
        (500, 200, 1000, 25.0770, 34.7435),
    ],
)
def test_nps_interval_matches_the_published_method(promoters, detractors, n, low, high):
    """Five promoters out of five answers do not prove an NPS of 100."""
    interval = intervals.nps(promoters, detractors, n)

    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-4)


def test_nps_interval_narrows_when_many_of_the_clients_answered():
    """A hundred answers say more about 400 clients than about the whole world."""
    interval = intervals.nps(50, 20, 100, clients=400)

    assert (interval.low, interval.high) == pytest.approx((16.2172, 42.4594), abs=1e-3)


@pytest.mark.parametrize(("promoters", "detractors", "n"), [(5, 0, 5), (2, 1, 4), (0, 1, 1)])
def test_nps_of_all_clients_is_certain(promoters, detractors, n):
    """When every client has answered, the interval is the score itself, not one beside it."""
    interval = intervals.nps(promoters, detractors, n, clients=n)

    assert (interval.low, interval.high) == pytest.approx((100 * (promoters - detractors) / n,) * 2)


@pytest.mark.parametrize("parts", [(6, 0, 5), (3, 3, 5), (-1, 0, 5), (0, -1, 5)])
def test_nps_refuses_parts_that_exceed_the_answers(parts):
    """More promoters than answers is an error in the data, not a score."""
    with pytest.raises(ValueError, match="cannot be parts of"):
        intervals.nps(*parts)


def test_more_answers_than_clients_are_refused():
    """Six answers cannot come from five clients."""
    with pytest.raises(ValueError, match="population of 5"):
        intervals.nps(3, 1, 6, clients=5)
    with pytest.raises(ValueError, match="population of 5"):
        intervals.share(3, 6, population=5)


@given(votes())
def test_nps_interval_stays_on_the_scale(parts):
    """No interval of an NPS leaves -100 to 100, and none has width 0."""
    interval = intervals.nps(*parts)

    assert interval is None if parts[2] == 0 else -100 <= interval.low < interval.high <= 100


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(8, 10, 0.490162, 0.943318), (0, 10, 0.0, 0.277533), (10, 10, 0.722467, 1.0), (1, 1, 0.206549, 1.0)],
)
def test_share_interval_is_wilsons(hits, n, low, high):
    """Ten out of ten may still be seven out of ten."""
    interval = intervals.share(hits, n)

    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-6)


def test_share_of_the_whole_population_is_certain():
    """When every invoice was looked at, nothing is left to guess."""
    interval = intervals.share(30, 100, population=100)

    assert (interval.low, interval.high) == pytest.approx((0.3, 0.3))


@pytest.mark.parametrize("hits", [11, -1])
def test_share_refuses_hits_that_are_not_a_part(hits):
    """Eleven out of ten is an error in the data."""
    with pytest.raises(ValueError, match="cannot be a part"):
        intervals.share(hits, 10)


@given(st.integers(1, 10**9), st.floats(0, 1))
def test_share_interval_holds_the_share_and_stays_between_0_and_1(n, part):
    """A share and both its bounds are shares."""
    hits = round(part * n)
    interval = intervals.share(hits, n)

    assert 0 <= interval.low <= hits / n <= interval.high <= 1
    assert interval.low < interval.high


def test_rate_interval_matches_the_poisson_tables():
    """Ten leavers are 4.795 to 18.390 expected ones; none in two years may still be 1.844 a year."""
    ten, none = intervals.rate(10, 1), intervals.rate(0, 2)

    assert (ten.low, ten.high) == pytest.approx((4.7954, 18.3904), abs=1e-4)
    assert (none.low, none.high) == pytest.approx((0, 1.8444), abs=1e-4)
    assert intervals.rate(0, 0) is None


def test_share_error_of_five_out_of_five_is_not_zero():
    """Five of five are read as seven of nine: typically 13.9 points off."""
    assert intervals.share_error(5, 5) == pytest.approx(math.sqrt(14 / 9**3))
    assert intervals.share_error(0, 0) is None


def test_mean_interval_is_students():
    """For 1, 2, 3, 4, 5 the mean 3 is known to 3 +- 2.7764 x 0.7071, not to the normal law's 3 +- 1.3859."""
    interval = intervals.mean(15, 55, 5)

    assert (interval.low, interval.high) == pytest.approx((1.036757, 4.963243), abs=1e-6)


@pytest.mark.parametrize("rows", [[], [7.0], [5.0, 5.0, 5.0], [0.1] * 10, [1e9 + 0.1] * 7])
def test_mean_has_no_interval_without_spread(rows):
    """Three equal answers do not prove a mean: there is no interval, rather than one of width 0."""
    assert intervals.mean(sum(rows), sum(row**2 for row in rows), len(rows)) is None


def test_ratio_interval_is_linearised():
    """6 orders of 6 clients in rows 1/1, 3/2, 2/3: residuals 0, 1, -1, error 0.288675, t with 2 degrees 4.302653."""
    interval = intervals.ratio(6, 6, 14, 13, 14, 3)

    assert (interval.low, interval.high) == pytest.approx((1 - 1.242069, 1 + 1.242069), abs=1e-6)


def test_unequal_weights_tell_as_much_as_fewer_equal_ones() -> None:
    """Equal weights count as they are; 300 and 100 tell as much as 1.6 equal ones; no weight tells nothing."""
    assert intervals.equal_rows([14, 7], 5 * 7, 5 * 49) == pytest.approx((2, 1, 5))
    assert intervals.equal_rows([300], 400, 300**2 + 100**2) == pytest.approx((1.2, 1.6))
    assert intervals.equal_rows([0.0, 0.0], 0, 0) == (0, 0, 0)


def test_ratio_to_a_constant_is_a_mean():
    """Sums divided by a count of rows have the interval of their mean."""
    assert intervals.ratio(15, 5, 55, 15, 5, 5) == intervals.mean(15, 55, 5)


@pytest.mark.parametrize("sums", [(1, 1, 1, 1, 1, 1), (0, 0, 0, 0, 0, 0), (5, 0, 25, 0, 2, 2), (6, 3, 20, 10, 5, 2)])
def test_ratio_has_no_interval_without_rows_divisor_or_spread(sums):
    """One row, nothing to divide by, or rows all in one ratio: no interval is claimed."""
    assert intervals.ratio(*sums) is None


def test_weighted_mean_counts_each_team_by_its_steps():
    """Teams at 60 and 80 with 1 and 3 steps make 75, not 70; the error is that of the weighted parts."""
    interval = intervals.weighted([60, 80], [4, 3], [1, 3])

    assert (interval.low, interval.high) == pytest.approx((75 - 4.825851, 75 + 4.825851), abs=1e-6)


def test_weighted_mean_leaves_out_teams_that_did_nothing():
    """A team without steps for these clients changes neither the mean nor the interval, even with an unknown error."""
    assert intervals.weighted([60, 80, 5], [4, 3, None], [1, 3, 0]) == intervals.weighted([60, 80], [4, 3], [1, 3])


@pytest.mark.parametrize(
    "parts", [([], [], []), ([60], [4], [0]), ([60, 80], [4, None], [1, 3]), ([60, 80], [0, 0], [1, 3])]
)
def test_weighted_mean_has_no_interval_when_a_part_has_none(parts):
    """A team whose own spread is unknown leaves the whole unknown, when it weighs."""
    assert intervals.weighted(*parts) is None


def test_weighted_mean_refuses_a_negative_weight():
    """Nobody does a negative number of steps."""
    with pytest.raises(ValueError, match="negative"):
        intervals.weighted([60, 80], [4, 3], [1, -3])


def test_bins_are_two_percent_wide():
    """A bin reaches from a power of 1.02 to the next; 0 and below have a bin of their own."""
    assert intervals.log_bins([1, 1.019, 1.021, 0.99, 2, 0, -5, 1e-300]).tolist() == [0, 0, 1, -1, 35, *[-1000] * 3]


@given(st.lists(st.floats(1e-6, 1e9), min_size=1, max_size=60), st.sampled_from([0.1, 0.5, 0.9]))
def test_quantile_is_at_most_one_percent_off(values, q):
    """A median from bins is the median of the rows, to 1 %."""
    exact = float(np.quantile(values, q))

    assert intervals.quantile_value(*histogram(values), q) == pytest.approx(exact, rel=0.01)


def test_quantile_reads_zero_and_below_as_zero():
    """Parcels that came on time or early are 0 days late, not a little late."""
    bins, counts = histogram([-3, 0, 0, 12])

    assert intervals.quantile_value(bins, counts, 0.5) == 0.0
    assert intervals.quantile_interval(*histogram([0] * 9), 0.5) == Interval(0.0, 0.0)


def test_quantile_takes_bins_in_any_order():
    """Bins need no order: two rows of 100 before seven of 1 still leave the median at 1."""
    assert intervals.quantile_value([232, 0], [2, 7], 0.5) == pytest.approx(1.02**0.5)
    assert intervals.quantile_interval([232, 0], [2, 7], 0.5) == Interval(1.0, 1.02**233)


def test_quantile_of_nothing_is_nothing():
    """No rows have no median, rather than 0."""
    assert intervals.quantile_value([], [], 0.5) is None
    assert intervals.quantile_value([3], [0], 0.5) is None
    assert intervals.quantile_interval([], [], 0.5) is None


@pytest.mark.parametrize(
    ("n", "q", "ranks"),
    [(5, 0.5, None), (6, 0.5, (1, 6)), (10, 0.5, (2, 9)), (20, 0.5, (6, 15)), (30, 0.5, (10, 21)), (35, 0.9, None)],
)
def test_quantile_ranks_match_the_binomial_tables(n, q, ranks):
    """The 2nd and the 9th of ten rows enclose the median; of five rows none do."""
    assert intervals.quantile_ranks(n, q) == ranks


@pytest.mark.parametrize("q", [0.1, 0.25, 0.5, 0.9])
@pytest.mark.parametrize("n", [36, 50, 137, 1000])
def test_quantile_ranks_leave_just_under_a_fortieth_outside_on_each_side(n, q):
    """The ranks are the tightest that still promise 95 %: one step inward on either side would break it."""
    low, high = intervals.quantile_ranks(n, q)
    law = [math.comb(n, k) * q**k * (1 - q) ** (n - k) for k in range(n + 1)]

    assert math.fsum(law[:low]) <= 0.025 < math.fsum(law[: low + 1])
    assert math.fsum(law[high:]) <= 0.025 < math.fsum(law[high - 1 :])


@given(st.lists(st.floats(0, 1e6), min_size=6, max_size=80))
def test_quantile_interval_holds_the_quantile_shown(values):
    """The median shown always lies within its own interval."""
    interval = intervals.quantile_interval(*histogram(values), 0.5)

    assert interval.low <= intervals.quantile_value(*histogram(values), 0.5) <= interval.high
