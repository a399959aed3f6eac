"""What moves a score: published tables, the same by rows, and silence where nothing moves it."""

from __future__ import annotations

import numpy as np
import pytest

from metrics import drivers
from metrics.drivers import Fit, Refused, Way

# R's mtcars: mpg, cyl, disp, hp, wt. Henderson and Velleman 1981.
MTCARS = """
21 6 160 110 2.62; 21 6 160 110 2.875; 22.8 4 108 93 2.32; 21.4 6 258 110 3.215; 18.7 8 360 175 3.44
18.1 6 225 105 3.46; 14.3 8 360 245 3.57; 24.4 4 146.7 62 3.19; 22.8 4 140.8 95 3.15; 19.2 6 167.6 123 3.44
17.8 6 167.6 123 3.44; 16.4 8 275.8 180 4.07; 17.3 8 275.8 180 3.73; 15.2 8 275.8 180 3.78; 10.4 8 472 205 5.25
10.4 8 460 215 5.424; 14.7 8 440 230 5.345; 32.4 4 78.7 66 2.2; 30.4 4 75.7 52 1.615; 33.9 4 71.1 65 1.835
21.5 4 120.1 97 2.465; 15.5 8 318 150 3.52; 15.2 8 304 150 3.435; 13.3 8 350 245 3.84; 19.2 8 400 175 3.845
27.3 4 79 66 1.935; 26 4 120.3 91 2.14; 30.4 4 95.1 113 1.513; 15.8 8 351 264 3.17; 19.7 6 145 175 2.77
15 8 301 335 3.57; 21.4 4 121 109 2.78
"""
# R's swiss: Fertility, Agriculture, Examination, Education, Catholic, Infant.Mortality. Mosteller and Tukey 1977.
SWISS = """
80.2 17 15 12 9.96 22.2; 83.1 45.1 6 9 84.84 22.2; 92.5 39.7 5 5 93.4 20.2; 85.8 36.5 12 7 33.77 20.3
76.9 43.5 17 15 5.16 20.6; 76.1 35.3 9 7 90.57 26.6; 83.8 70.2 16 7 92.85 23.6; 92.4 67.8 14 8 97.16 24.9
82.4 53.3 12 7 97.67 21; 82.9 45.2 16 13 91.38 24.4; 87.1 64.5 14 6 98.61 24.5; 64.1 62 21 12 8.52 16.5
66.9 67.5 14 7 2.27 19.1; 68.9 60.7 19 12 4.43 22.7; 61.7 69.3 22 5 2.82 18.7; 68.3 72.6 18 2 24.2 21.2
71.7 34 17 8 3.3 20; 55.7 19.4 26 28 12.11 20.2; 54.3 15.2 31 20 2.15 10.8; 65.1 73 19 9 2.84 20
65.5 59.8 22 10 5.23 18; 65 55.1 14 3 4.52 22.4; 56.6 50.9 22 12 15.14 16.7; 57.4 54.1 20 6 4.2 15.3
72.5 71.2 12 1 2.4 21; 74.2 58.1 14 8 5.23 23.8; 72 63.5 6 3 2.56 18; 60.5 60.8 16 10 7.72 16.3
58.3 26.8 25 19 18.46 20.9; 65.4 49.5 15 8 6.1 22.5; 75.5 85.9 3 2 99.71 15.1; 69.3 84.9 7 6 99.68 19.8
77.3 89.7 5 2 100 18.3; 70.5 78.2 12 6 98.96 19.4; 79.4 64.9 7 3 98.22 20.2; 65 75.9 9 9 99.06 17.8
92.2 84.6 3 3 99.46 16.3; 79.3 63.1 13 13 96.83 18.1; 70.4 38.4 26 12 5.62 20.3; 65.7 7.7 29 11 13.79 20.5
72.7 16.7 22 13 11.22 18.9; 64.4 17.6 35 32 16.92 23; 77.6 37.6 15 7 4.97 20; 67.6 18.7 25 7 8.65 19.5
35 1.2 37 53 42.34 18; 44.7 46.6 16 29 50.43 18.2; 42.8 27.7 22 29 58.33 19.3
"""


def table(said: str) -> np.ndarray:
    """Its rows; the score stands first."""
    return np.array([[float(n) for n in row.split()] for line in said.split("\n") for row in line.split(";") if row])


def correlated(rows: np.ndarray) -> np.ndarray:
    """The correlations of the facts, the score last."""
    return np.corrcoef(np.roll(rows, -1, axis=1), rowvar=False)


def planted(
    seed: int, effect: float = 1.0, clients: int = 60, each: int = 10
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Facts, scores and clients: `late` moves the score, `length` only goes with `late`, `colour` does nothing."""
    rng = np.random.default_rng(seed)
    n = clients * each
    who = np.repeat(np.arange(clients), each)
    late = rng.poisson(0.6, n) + rng.normal(0, 0.4, clients)[who].clip(0)
    length = 5 + late + rng.normal(0, 0.8, n)
    colour = rng.normal(0, 1, clients)[who]
    score = 4 - 0.35 * effect * late + rng.normal(0, 0.3, clients)[who] + rng.normal(0, 0.6, n)
    return np.column_stack([late, length, colour]), score, who


NAMES = ["late", "length", "colour"]


def test_relative_weights_are_those_published_for_cars():
    """Johnson's weights of four facts of 32 cars, in per cent of what they explain."""
    weights = drivers.relative_weights(correlated(table(MTCARS)))

    assert weights.sum() == pytest.approx(0.8486348, abs=1e-7)
    assert 100 * weights / weights.sum() == pytest.approx([24.70914, 22.18908, 21.20570, 31.89607], abs=1e-5)


def test_lmg_is_that_published_for_swiss_districts():
    """Each fact's part, averaged over all orders, which add up to what all of them explain."""
    weights = drivers.lmg(correlated(table(SWISS)))

    assert weights == pytest.approx([0.057091, 0.171173, 0.260135, 0.105570, 0.112766], abs=1e-6)
    assert weights.sum() == pytest.approx(0.706735, abs=1e-6)


def test_the_fact_that_moves_the_score_leads_and_its_shadow_is_called_one():
    """Length goes with the score because late cases are long; beside lateness it does nothing, and is not claimed."""
    facts, score, who = planted(3)
    found = drivers.fit(drivers.blocks(facts, score, who), NAMES)
    assert isinstance(found, Fit)
    late, length = found.drivers[0], next(one for one in found.drivers if one.name == "length")

    assert late.name == "late"
    assert late.is_proven
    assert late.low < -0.35 < late.high
    assert not length.is_proven
    assert length.only_looks_so
    assert length.alone < 0
    assert late.weight_low < late.weight < late.weight_high


def test_a_fact_of_clients_is_not_taken_for_proven_by_their_many_answers():
    """Six hundred answers of sixty clients are sixty witnesses of what differs between clients."""
    claims = {"blocks": 0, "rows": 0}
    for seed in range(60):
        facts, score, who = planted(seed, effect=0.0)
        for how, witnesses in (("blocks", who), ("rows", np.arange(len(who)))):
            found = drivers.fit(drivers.blocks(facts[:, 2:], score, witnesses), ["colour"])
            assert isinstance(found, Fit)
            claims[how] += found.drivers[0].is_proven

    assert claims["blocks"] <= 7  # one in twenty by chance: 3 of 60, 8 or more once in a hundred
    assert claims["rows"] > 7


def served(seed: int, of_teams: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Facts (late; the team's tenure), score, clients and teams: 18 teams, each with a level nobody recorded."""
    rng = np.random.default_rng(seed)
    n = 1800
    who, team = rng.integers(300, size=n), rng.integers(18, size=n)
    late = rng.poisson(0.8, n).astype(float)
    tenure = rng.normal(36, 12, 18)[team] + rng.normal(0, 2, n)
    score = 4 - 0.3 * late + rng.normal(0, of_teams, 18)[team] + rng.normal(0, 0.3, 300)[who] + rng.normal(0, 0.6, n)
    return np.column_stack([late, tenure]), score, who, team


def test_a_fact_of_teams_is_judged_by_teams() -> None:
    """Eighteen hundred answers are eighteen witnesses of tenure: by clients alone it seems proven every other time.

    Lateness, which differs inside each team, is found in every company none the less.
    """
    claims, found_late = {"clients": 0, "teams": 0}, 0
    for seed in range(100):
        facts, score, who, team = served(seed, 0.2)
        by_client, by_team = drivers.blocks(facts, score, who), drivers.blocks(facts, score, team)
        for how, ways in (("clients", []), ("teams", [Way(by_team, frozenset({"tenure"}))])):
            found = drivers.fit(by_client, ["late", "tenure"], ways)
            assert isinstance(found, Fit)
            claims[how] += next(one for one in found.drivers if one.name == "tenure").is_proven
        found_late += found.drivers[0].name == "late" and found.drivers[0].is_proven

    assert claims["clients"] > 40
    assert claims["teams"] <= 10  # five by chance, eleven or more once in a hundred
    assert found_late == 100


def test_how_much_a_fact_of_teams_explains_is_drawn_by_teams() -> None:
    """Eighteen teams leave open how much tenure explains; lateness keeps the interval that clients give it."""
    facts, score, who, team = served(1, 0.2)
    by_client, by_team = drivers.blocks(facts, score, who), drivers.blocks(facts, score, team)
    fits = [drivers.fit(by_client, ["late", "tenure"], ways) for ways in ([], [Way(by_team, frozenset({"tenure"}))])]
    (late, tenure), (late_too, tenure_too) = (
        sorted(fit.drivers, key=lambda one: one.name) for fit in fits if isinstance(fit, Fit)
    )

    assert (late.weight_low, late.weight_high) == (late_too.weight_low, late_too.weight_high)
    assert tenure_too.weight_high > tenure.weight_high
    assert tenure_too.weight_high - tenure_too.weight_low > 2 * (tenure.weight_high - tenure.weight_low)


def test_few_teams_leave_what_differs_inside_them_to_clients() -> None:
    """Three teams prove nothing of tenure, and take nothing from lateness."""
    facts, score, who, team = served(1, 0.2)
    alone = drivers.fit(drivers.blocks(facts, score, who), ["late", "tenure"])
    both = drivers.fit(
        drivers.blocks(facts, score, who), ["late", "tenure"],
        [Way(drivers.blocks(facts, score, team % 3), frozenset({"tenure"}))],
    )  # fmt: skip
    assert isinstance(alone, Fit)
    assert isinstance(both, Fit)
    late, before = (next(one for one in fit.drivers if one.name == "late") for fit in (both, alone))
    tenure, tenure_before = (next(one for one in fit.drivers if one.name == "tenure") for fit in (both, alone))

    assert (late.low, late.high) == (before.low, before.high)
    assert tenure.high - tenure.low > 2 * (tenure_before.high - tenure_before.low)


def test_a_key_account_is_one_witness() -> None:
    """Forty clients as unequal as a company's, and a fact of clients that moves nothing: one in twenty hears of it."""
    told = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        size = np.exp(rng.normal(0, 1.5, 40))
        who = rng.choice(40, 600, p=size / size.sum())
        facts = rng.normal(0, 1, (40, 2))[who] + rng.normal(0, 0.3, (600, 2))
        score = 4 + rng.normal(0, 0.35, 40)[who] + rng.normal(0, 0.6, 600)
        found = drivers.fit(drivers.blocks(facts, score, who), ["a", "b"])
        assert isinstance(found, Fit)
        told += any(one.is_proven for one in found.drivers)

    assert told <= 19  # ten by chance, twenty or more once in three hundred; with freedom by clients it is 42


def test_asking_many_facts_does_not_make_one_of_them_news():
    """Twelve facts that do nothing: in about one of twenty companies one is claimed, not in half of them."""
    told = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        found = drivers.fit(
            drivers.blocks(rng.normal(size=(300, 12)), rng.normal(size=300), np.arange(300)), list("abcdefghijkl")
        )
        assert isinstance(found, Fit)
        told += any(one.is_proven for one in found.drivers)

    assert told <= 12


def test_intervals_of_slopes_hold_the_truth_as_often_as_they_say():
    """The planted slope lies within in 95 of 100 companies."""
    within = 0
    for seed in range(300):
        facts, score, who = planted(seed)
        found = drivers.fit(drivers.blocks(facts[:, :2], score, who), NAMES[:2])
        assert isinstance(found, Fit)
        late = next(one for one in found.drivers if one.name == "late")
        within += late.low <= -0.35 <= late.high

    assert 0.92 <= within / 300 <= 0.98


def test_with_too_few_rows_or_clients_nothing_is_said():
    """Ten answers a fact, ten clients, and facts that vary: else the reason instead of a number."""
    facts, score, who = planted(1)
    few = drivers.fit(drivers.blocks(facts[:29], score[:29], np.arange(29)), NAMES)
    same = drivers.fit(drivers.blocks(facts[:90], score[:90], who[:90]), NAMES)
    flat = drivers.fit(drivers.blocks(np.ones((60, 1)), score[:60], np.arange(60)), ["one"])

    assert few == Refused("rows", 29, 30)
    assert same == Refused("clients", 9, 10)
    assert flat == Refused("facts", 60)


def test_many_facts_are_weighed_by_johnson():
    """Sixteen facts have 65,536 sets: the weights are near and still add up."""
    rng = np.random.default_rng(5)
    facts = rng.normal(size=(400, 16))
    score = facts[:, 0] + 0.5 * facts[:, 1] + rng.normal(size=400)
    found = drivers.fit(drivers.blocks(facts, score, np.arange(400)), [f"f{i}" for i in range(16)])

    assert isinstance(found, Fit)
    assert found.method == "johnson"
    assert [driver.name for driver in found.drivers[:2]] == ["f0", "f1"]
    assert sum(driver.weight for driver in found.drivers) == pytest.approx(found.r2)


def test_two_copies_of_one_fact_share_what_it_explains():
    """A fact told twice is not twice as important, and the two stand beside each other without an error."""
    facts, score, who = planted(2)
    found = drivers.fit(drivers.blocks(np.column_stack([facts[:, 0], facts[:, 0]]), score, who), ["a", "b"])
    single = drivers.fit(drivers.blocks(facts[:, :1], score, who), ["a"])

    assert isinstance(found, Fit)
    assert isinstance(single, Fit)
    assert found.r2 == pytest.approx(single.r2)
    assert found.drivers[0].weight == pytest.approx(found.drivers[1].weight)
