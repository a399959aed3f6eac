"""Results from sums against the same worked row by row by statsmodels: slopes, errors, R2, to the eighth digit."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import combinations
from math import comb
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from courses import linked
from lakes import clients, days, lake
from scipy.special import stdtrit
from statsmodels.stats.outliers_influence import variance_inflation_factor

from metrics import behind, drivers, panel, receipt_sums
from metrics.clustered import Witnesses
from metrics.drivers import Driver, Fit
from metrics.panel import Panel
from metrics.window import Window

CLOSE = 1e-8
NAMES = ["late", "length", "colour"]


def answers(clients: int = 60, each: int = 10) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Facts, scores, clients and stages: every stage has its own usual score and its own usual lateness."""
    rng = np.random.default_rng(7)
    n = clients * each
    who, stage = np.repeat(np.arange(clients), each), rng.integers(3, size=n)
    late = rng.poisson(0.6 + stage) + rng.normal(0, 0.4, clients)[who].clip(0)
    facts = np.column_stack([late, 5 + late + rng.normal(0, 0.8, n), rng.normal(0, 1, clients)[who]])
    score = 4 - 0.3 * late + 0.9 * stage + rng.normal(0, 0.3, clients)[who] + rng.normal(0, 0.6, n)
    return facts, score, who, stage


def centred(column: np.ndarray, stage: np.ndarray) -> np.ndarray:
    """Rows about the means of their stage."""
    means = np.array([column[stage == one].mean(axis=0) for one in range(stage.max() + 1)])
    return column - means[stage]


def in_order(found: object) -> list[Driver]:
    """The drivers in the order they were given."""
    assert isinstance(found, Fit)
    by_name = {driver.name: driver for driver in found.drivers}
    return [by_name[name] for name in NAMES]


def freedom(design: np.ndarray, left: np.ndarray, who: np.ndarray) -> np.ndarray:
    """Satterthwaite's degrees of freedom of each slope, from how far each client's rows pull it."""
    pulls = pd.DataFrame(design * left[:, None]).groupby(who).sum().to_numpy() @ np.linalg.inv(design.T @ design)
    return (pulls**2).sum(axis=0) ** 2 / (pulls**4).sum(axis=0) - 1


def test_slopes_errors_and_r2_of_drivers_are_those_of_the_rows() -> None:
    """Ordinary least squares with errors clustered by client; each fact alone; VIF; what all of them explain."""
    facts, score, who, _ = answers()
    found = drivers.fit(drivers.blocks(facts, score, who), NAMES)
    by_rows = sm.OLS(score, sm.add_constant(facts)).fit(cov_type="cluster", cov_kwds={"groups": who}, use_t=True)
    reach = -stdtrit(freedom(sm.add_constant(facts), by_rows.resid, who), 0.025) * by_rows.bse

    assert isinstance(found, Fit)
    assert found.r2 == pytest.approx(by_rows.rsquared, abs=CLOSE)
    for at, driver in enumerate(in_order(found), 1):
        assert driver.slope == pytest.approx(by_rows.params[at], abs=CLOSE)
        assert [driver.low, driver.high] == pytest.approx(by_rows.params[at] + reach[at] * np.array([-1, 1]), abs=CLOSE)
        assert driver.vif == pytest.approx(variance_inflation_factor(sm.add_constant(facts), at), abs=CLOSE)
        alone = sm.OLS(score, sm.add_constant(facts[:, at - 1])).fit(cov_type="cluster", cov_kwds={"groups": who})
        assert driver.alone == pytest.approx(alone.params[1], abs=CLOSE)


def test_parts_of_what_is_explained_are_those_of_every_order_asked_by_rows() -> None:
    """LMG: what R2 gains by a fact, averaged over all orders, each R2 fitted over the rows."""
    facts, score, who, _ = answers()
    r2 = {
        some: sm.OLS(score, sm.add_constant(facts[:, list(some)])).fit().rsquared if some else 0.0
        for size in range(4)
        for some in combinations(range(3), size)
    }
    for at, driver in enumerate(in_order(drivers.fit(drivers.blocks(facts, score, who), NAMES))):
        gains = [
            (r2[tuple(sorted((*some, at)))] - r2[some]) / (3 * comb(2, len(some))) for some in r2 if at not in some
        ]
        assert driver.weight == pytest.approx(sum(gains), abs=CLOSE)


def test_facts_held_against_the_means_of_their_stage_are_those_with_a_level_for_each_stage() -> None:
    """Taking the stage's means out gives the slopes of one dummy a stage; without it, another number."""
    facts, score, who, stage = answers()
    found = in_order(drivers.fit(drivers.blocks(centred(facts, stage), centred(score, stage), who), NAMES))
    by_rows = sm.OLS(score, np.column_stack([facts, np.eye(3)[stage]])).fit()
    blind = sm.OLS(score, sm.add_constant(facts)).fit()

    assert [driver.slope for driver in found] == pytest.approx(by_rows.params[:3], abs=CLOSE)
    assert abs(found[0].slope - blind.params[1]) > 0.05


def test_the_whole_way_from_the_lake_gives_what_the_rows_give(tmp_path: Path) -> None:
    """Answers about cases of three stages, read and summed by the database: slopes, errors and R2 of the rows.

    The errors are those of clients or of the twelve teams, whichever doubt more.
    """
    rng = np.random.default_rng(3)
    n, stages = 240, ("order", "delivery", "invoicing")
    stage, who, team = rng.integers(3, size=n), rng.integers(40, size=n), rng.integers(12, size=n)
    late = rng.integers(0, 4, n) + stage
    took = rng.integers(1, 9, n)  # days from the opening to the promised day
    score = np.clip(np.round(5 - 0.4 * late - 0.1 * took + 0.8 * stage + rng.normal(0, 0.7, n)), 1, 5).astype(int)
    promised = datetime.fromisoformat("2026-06-12 12:00")
    cases, said, done = [], [], []
    for at in range(n):
        about = {"client_id": f"c{who[at]}", "case_id": f"k{at}", "stage": stages[stage[at]]}
        cases.append({
            **about, "process": "p", "opened_at": promised - timedelta(days=int(took[at])),
            "promised_at": promised, "closed_at": promised + timedelta(days=int(late[at])),
        })  # fmt: skip
        said.append({
            **about, "answer_id": f"a{at}", "survey": "s", "instrument": "csat", "score": int(score[at]),
            "answered_at": "2026-06-29 12:00",
        })  # fmt: skip
        done.append({
            "step_id": f"s{at}", "case_id": f"k{at}", "step": "do", "team": f"t{team[at]}",
            "started_at": promised - timedelta(days=int(took[at])), "finished_at": promised,
        })  # fmt: skip
    store = lake(tmp_path, clients=clients(*(f"c{at}" for at in range(40))), cases=cases, answers=said, steps=done)
    june = days("2026-06-01", "2026-06-30")
    fit = behind.behind(store, Window((june, june)), {}, "csat").fit
    assert isinstance(fit, Fit)
    found = {driver.name: driver for driver in fit.drivers}

    facts = np.column_stack([np.minimum(late, 7), took + late]).astype(float)
    by_rows = sm.OLS(score, np.column_stack([facts, np.eye(3)[stage]])).fit()
    inside = sm.OLS(centred(score, stage), centred(facts, stage))
    block = duckdb.sql(f"select hash(unnest({[f'c{one}' for one in who]})) % {receipt_sums.BLOCKS}").fetchall()
    of_client = np.array(block, dtype=int)[:, 0]
    reach = []
    for groups in (of_client, team):
        plain = inside.fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False})
        g = len(set(groups))
        own = freedom(inside.exog, inside.fit().resid, groups) if groups is of_client else g - 1
        reach.append(-stdtrit(own, 0.025) * plain.bse * np.sqrt(g / (g - 1) * (n - 1) / (n - 3)))
    for at, name in enumerate(("days_late", "lead_time")):
        assert found[name].slope == pytest.approx(by_rows.params[at], abs=CLOSE)
        assert found[name].high - found[name].slope == pytest.approx(max(one[at] for one in reach), abs=CLOSE)
    assert (fit.n, fit.blocks) == (n, len(set(of_client)))
    assert fit.r2 == pytest.approx(inside.fit().rsquared, abs=CLOSE)


def dummies(facts: Panel, lag: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """x, the y of `lag` periods later, weights, units, and a column for each unit and period: one row a known pair."""
    units, periods = facts.x.shape
    x, y, weight = facts.x[:, : periods - lag], facts.y[:, lag:], facts.weight[:, lag:]
    use = np.isfinite(x) & np.isfinite(y) & (weight > 0)
    unit, period = np.nonzero(use)
    levels = np.column_stack([np.eye(units)[unit], np.eye(periods - lag)[period][:, 1:]])  # one of them is free
    return x[use], y[use], weight[use], unit, levels


@pytest.mark.parametrize("lag", [0, 2, 5])
def test_the_slope_inside_units_is_that_with_a_level_for_each_unit_and_period(lag: int) -> None:
    """Weighted rows with holes: the slope of dummy variables, and the error of leaving out one unit at a time."""
    facts = linked(4, 0.5, units=12, periods=30)
    found = panel.within(facts, lag)
    x, y, weight, unit, levels = dummies(facts, lag)
    by_rows = sm.WLS(y, np.column_stack([x, levels]), weights=weight).fit()
    left = [sm.WLS(fact, levels, weights=weight).fit().resid for fact in (x, y)]
    without = np.array([
        sm.WLS(left[1][unit != one], left[0][unit != one], weights=weight[unit != one]).fit().params[0]
        for one in range(12)
    ])  # fmt: skip
    error = np.sqrt(11 / 12 * ((without - by_rows.params[0]) ** 2).sum())

    assert found is not None
    assert found.cells == len(x)
    assert found.value == pytest.approx(by_rows.params[0], abs=CLOSE)
    assert found.value / found.t == pytest.approx(error, abs=CLOSE)


def test_the_slope_between_units_is_that_of_their_means() -> None:
    """Each unit once, by what it stands on."""
    facts = linked(4, 0.5, units=12, periods=30)
    found = panel.between(facts)
    x, y, weight, unit, _ = dummies(facts, 0)
    means = [np.array([np.average(fact[unit == one], weights=weight[unit == one]) for one in range(12)])
             for fact in (x, y)]  # fmt: skip
    by_rows = sm.WLS(means[1], sm.add_constant(means[0]), weights=np.bincount(unit, weight)).fit()

    assert found is not None
    assert found.value == pytest.approx(by_rows.params[1], abs=CLOSE)


def test_a_change_told_by_clients_is_that_of_the_rows_less_one_client_at_a_time() -> None:
    """The slope on a dummy of the period, and its spread when each client in turn is left out."""
    rng = np.random.default_rng(2)
    n = 300
    who, after = rng.integers(25, size=n), rng.integers(2, size=n)
    score = rng.normal(rng.normal(7, 1, 25)[who] - 0.5 * after, 1)
    y, x = np.zeros((2, 1, 25)), np.zeros((2, 1, 25))
    np.add.at(y, (after, 0, who), score)
    np.add.at(x, (after, 0, who), 1.0)
    found = Witnesses(("all",), y, x).change("all")

    def slope(use: np.ndarray) -> float:
        return float(sm.OLS(score[use], sm.add_constant(after[use].astype(float))).fit().params[1])

    without = np.array([slope(who != one) for one in range(25)])
    assert found is not None
    assert found.value == pytest.approx(slope(who >= 0), abs=CLOSE)
    assert found.error == pytest.approx(np.sqrt(24 / 25 * ((without - without.mean()) ** 2).sum()), abs=CLOSE)
