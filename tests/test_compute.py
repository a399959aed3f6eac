"""From states to value, interval and change."""

import math

import numpy as np
import pytest

from metrics import change, compute, intervals
from metrics.compute import States, Weighted
from metrics.load import catalogue

NPS, CSAT, CES, ORDERS, ATTRITION, LEAD, REVENUE, OPEN, OLDEST, RETURNS, ACCOUNTS = (
    catalogue()[name]
    for name in (
        "nps", "csat", "ces", "gross_margin_share", "attrition", "lead_time", "revenue", "open_cases",
        "oldest_open_case", "return_share", "account_nps",
    )
)  # fmt: skip


def votes(promoters: float, detractors: float, n: float) -> States:
    return States({"promoters": promoters, "detractors": detractors, "n": n})


def hits(count: float, n: float) -> States:
    return States({"hits": count, "n": n})


def test_nothing_has_no_value() -> None:
    """No rows: no value, no interval, n of 0, for every metric there is."""
    for metric in catalogue().values():
        assert compute.read(metric, States()) == compute.NOTHING


def test_a_reading_carries_the_interval_of_its_kind() -> None:
    """Each metric is as sure as its kind of number allows."""
    for metric, states, value, interval in [
        (NPS, votes(50, 20, 100), 30.0, intervals.nps(50, 20, 100)),
        (CSAT, hits(8, 10), 0.8, intervals.share(8, 10)),
        (CES, States({"total": 12, "squares": 50, "n": 3}), 4.0, intervals.mean(12, 50, 3)),
        (ATTRITION, States({"hits": 3, "exposure": 30, "n": 40}), 0.1, intervals.rate(3, 30)),
    ]:
        reading = compute.read(metric, states)
        assert interval is not None
        assert (reading.value, reading.low, reading.high) == (pytest.approx(value), interval.low, interval.high)


def test_the_interval_of_one_vote_a_client_knows_how_many_clients_there_are() -> None:
    """When all clients have voted nothing is left to guess."""
    all_heard = compute.read(ACCOUNTS, States({"promoters": 6, "detractors": 2, "n": 10, "clients": 10}))
    few_heard = compute.read(ACCOUNTS, States({"promoters": 6, "detractors": 2, "n": 10, "clients": 500}))

    assert (all_heard.low, all_heard.high) == (pytest.approx(40), pytest.approx(40))
    assert few_heard.high is not None
    assert few_heard.high > 60


def test_a_number_without_value_has_no_interval_either() -> None:
    """Returns that nobody records are not returns of 0, give or take a little."""
    states = States({"y": 0, "x": 100, "yy": 0, "xy": 0, "xx": 2000, "n": 5, "recorded": 0})

    assert compute.read(RETURNS, states) == compute.Reading(None, None, None, 5)


def test_states_are_merged_as_they_were_declared() -> None:
    """Sums and counts add up, the greatest stays the greatest, bins add up bin by bin."""
    cases = compute.merged(
        OLDEST, [States({"oldest": 3.0, "n": 2}), States({"oldest": 40.0, "n": 1}), States({"n": 0})]
    )
    bins = compute.merged(LEAD, [States({"n": 3}, {5: 2, 6: 1}), States({"n": 1}, {6: 1})])

    assert cases.values == {"oldest": 40.0, "n": 3}
    assert (bins.values, bins.bins) == ({"n": 4}, {5: 2, 6: 2})


def test_a_part_without_rows_changes_nothing() -> None:
    """A state that no row gave stays unknown until one does."""
    whole = compute.merged(REVENUE, [States({"amount": None, "n": 0}), States({"amount": 5.0, "n": 1})])

    assert whole.values == {"amount": 5.0, "n": 1}


def test_teams_count_by_what_they_did() -> None:
    """A weighed mean is of the teams' values, by their steps, not by their heads; n is the people."""
    happy, sad = States({"total": 50, "squares": 251, "n": 10}), States({"total": 60, "squares": 185, "n": 20})

    reading = compute.read(catalogue()["engagement"], Weighted((happy, sad), (30, 10)))

    assert (reading.value, reading.n) == ((5 * 30 + 3 * 10) / 40, 30)
    assert reading.low is not None
    assert reading.low < 4.5


def test_a_change_is_judged_by_the_test_of_its_kind() -> None:
    """The published pair: +15 points on 100 answers are not significant, +9 on 1000 are."""
    small = compute.compare(NPS, votes(50, 20, 100), votes(60, 15, 100))
    big = compute.compare(NPS, votes(500, 200, 1000), votes(560, 170, 1000))

    assert (small.difference, small.z) == (pytest.approx(15), pytest.approx(1.3942, abs=1e-4))
    assert (big.difference, big.z) == (pytest.approx(9), pytest.approx(2.6113, abs=1e-4))


def test_a_share_a_mean_a_ratio_a_rate_and_a_median_have_their_tests() -> None:
    """Each kind of number hands its own states to its own test."""
    margin = [States({"y": y, "x": 100, "yy": y * y / 9, "xy": y * 11, "xx": 1200, "n": 10}) for y in (30, 35)]
    pairs = [
        (CSAT, hits(80, 100), hits(60, 100), change.share((80, 100), (60, 100))),
        (
            CES,
            States({"total": 30, "squares": 100, "n": 10}),
            States({"total": 40, "squares": 170, "n": 10}),
            change.mean((30, 100, 10), (40, 170, 10)),
        ),
        (
            ORDERS,
            margin[0],
            margin[1],
            change.ratio((30, 100, 100, 330, 1200, 10), (35, 100, 35 * 35 / 9, 385, 1200, 10)),
        ),
        (
            ATTRITION,
            States({"hits": 3, "exposure": 30, "n": 40}),
            States({"hits": 9, "exposure": 30, "n": 40}),
            change.rate((3, 30), (9, 30)),
        ),
        (LEAD, States({"n": 9}, {10: 9}), States({"n": 9}, {60: 9}), change.quantile(([10], [9]), ([60], [9]), 0.5)),
    ]
    for metric, before, after, expected in pairs:
        found = compute.compare(metric, before, after)
        assert (found.difference, found.z, found.p) == pytest.approx((expected.difference, expected.z, expected.p))
        assert found.p is not None


def test_without_one_of_the_two_there_is_no_change() -> None:
    """A metric that begins to be measured has not risen."""
    assert compute.compare(NPS, States(), votes(5, 1, 10)).difference is None


def test_a_total_is_judged_by_its_weeks() -> None:
    """Ten per cent more revenue is news when the weeks hardly differ, and none when they jump about."""

    def weeks(*amounts: float) -> list[tuple[bool, States]]:
        return [(place >= 6, States({"amount": amount, "n": 10})) for place, amount in enumerate(amounts)]

    steady = weeks(100, 101, 99, 100, 101, 99, 110, 111, 109, 110, 111, 109)
    jumpy = weeks(50, 150, 60, 140, 100, 100, 210, 10, 150, 70, 140, 80)
    before, after = States({"amount": 600, "n": 60}), States({"amount": 660, "n": 60})

    for course, is_news in ((steady, True), (jumpy, False)):
        found = compute.compare(REVENUE, before, after, course)
        assert found.difference == 60
        assert found.p is not None
        assert (found.p < 0.05) == is_news


def test_a_level_is_news_outside_its_usual_range() -> None:
    """Open cases are judged by the weeks before: 42 is usual there, 90 is not; with few weeks nothing is claimed."""
    usual = [42, 38, 45, 41, 39, 44, 40, 43, 37, 46, 41]

    def found(last: float, before: list[int] = usual) -> change.Change:
        course = [(False, States({"n": n})) for n in before] + [(True, States({"n": last}))]
        return compute.compare(OPEN, States({"n": before[-1]}), States({"n": last}), course)

    assert (found(90).p or 1) < 0.001
    assert (found(42).p or 0) > 0.5
    assert found(90, usual[:7]).p is None


def test_a_level_that_had_already_left_its_usual_range_is_no_news() -> None:
    """90 after a last week of 90 has not changed; 90 after a last week far below has."""
    usual = [42, 38, 45, 41, 39, 44, 40, 43, 37, 46, 41, 40, 43]

    def p(last_before: float) -> float | None:
        course = [(False, States({"n": n})) for n in (*usual, last_before)] + [(True, States({"n": 140}))]
        return compute.compare(OPEN, States({"n": last_before}), States({"n": 140}), course).p

    assert p(110) == 1.0
    assert (p(1) or 1) < 0.05


@pytest.mark.parametrize("alike", [0.0, 0.6])
def test_a_level_that_only_drifts_is_seldom_called_news(alike: float) -> None:
    """Of 400 courses without any change, at most 7 % are called one, also where weeks resemble each other."""
    chance = np.random.default_rng(7)
    claimed = 0
    for _ in range(400):
        steps = chance.normal(size=152)
        course = [0.0]
        for step in steps:
            course.append(alike * course[-1] + step)
        weeks = [100 + 5 * value for value in course[-52:]]
        said = [(place >= 39, States({"n": week})) for place, week in enumerate(weeks)]
        found = compute.compare(OPEN, States({"n": weeks[38]}), States({"n": weeks[-1]}), said)
        claimed += (found.p or 1) < 0.05
    assert claimed <= 28


def test_no_interval_reaches_beyond_the_scale() -> None:
    """Half an open case is possible in a sum, fewer than none is not; a margin may be a loss, a returned share not."""
    assert compute.scale(NPS) == (-100, 100)
    assert compute.scale(CSAT) == (0, 1)
    assert compute.scale(ORDERS)[0] == -math.inf
    assert compute.scale(RETURNS)[0] == 0
    assert compute.scale(OPEN) == (0, math.inf)
    assert (compute.scale(CES), compute.scale(catalogue()["engagement"])) == ((1, 7), (1, 5))
    happy = compute.read(catalogue()["engagement"], States({"total": 22.0, "squares": 98.0, "n": 5.0}))
    assert (happy.low, happy.high) == (pytest.approx(3.7199, abs=1e-4), 5)  # 4.4 -+ 2.776 x 0.245
    one_return = States({"y": 10, "x": 500, "yy": 100, "xy": 1000, "xx": 50_000, "n": 5, "recorded": 5})
    assert (compute.read(RETURNS, one_return).low or 0) == 0


def test_the_usual_range_follows_the_kind_of_number() -> None:
    """A share's limits widen where few rows stand behind a week; a number without rows has one width."""
    weeks = [hits(80, 100), hits(7, 10), hits(84, 100), hits(9, 10), hits(77, 100), hits(6, 10)]

    limits = compute.usual_range(CSAT, weeks)
    amounts = (42, 38, 45, 41, 39, 44, 40, 43, 37, 46, 41)
    level = compute.usual_range(REVENUE, [States({"amount": amount, "n": 1}) for amount in amounts])

    assert limits is not None
    assert level is not None
    assert limits.upper[1] is not None
    assert limits.upper[0] is not None
    assert limits.upper[1] > limits.upper[0]
    assert level.lower[0] == pytest.approx(28.4205, abs=1e-4)


def test_a_metric_of_people_is_kept_back_below_five_of_them() -> None:
    """Four engaged people are too few to be shown; four answers of clients are only few."""
    assert compute.suppressed(ATTRITION, States({"n": 4}), 5)
    assert not compute.suppressed(ATTRITION, States({"n": 5}), 5)
    assert not compute.suppressed(NPS, States({"n": 1}), 5)


def test_a_median_is_at_most_one_per_cent_off() -> None:
    """It is read from bins 2 % wide."""
    bins = {math.floor(math.log(days) / math.log(1.02)): 1.0 for days in (1, 5, 30)}

    assert compute.read(LEAD, States({"n": 3}, bins)).value == pytest.approx(5, rel=0.01)
