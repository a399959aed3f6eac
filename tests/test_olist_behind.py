"""What stands behind the scores of the real marketplace: lateness, before anything else that is known."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest

from data import build, source
from data.store import Store
from metrics import behind, chain
from metrics.drivers import Fit
from metrics.window import DAY, Period, Window

ROOT = Path(__file__).parents[1]
RAW = ROOT / source.read("olist").raw

pytestmark = pytest.mark.skipif(not RAW.is_dir(), reason=f"the marketplace's files are not part of the product: {RAW}")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The marketplace."""
    folder = tmp_path_factory.mktemp("olist")
    with contextlib.chdir(ROOT), contextlib.redirect_stdout(io.StringIO()):
        assert build.main(["olist", "--into", str(folder)]) == 0
    return Store(folder)


@pytest.fixture(scope="module")
def window(store: Store) -> Window:
    """All its days."""
    end = store.lake().last_day + DAY
    days = Period(end.replace(year=end.year - 2), end)
    return Window((days, days))


def test_lateness_is_the_first_driver_of_the_review_score(store: Store, window: Window) -> None:
    """Who still waits past the promise gives two stars less; who got it late is not mixed with those who wait."""
    found = behind.behind(store, window, {}, "")
    assert isinstance(found.fit, Fit)
    first = found.fit.drivers[0]

    assert found.instrument == "csat"
    assert (first.name, first.is_proven) == ("overdue_open", True)
    assert first.high < -1.5
    scores = [dose.score.value or 0.0 for dose in found.doses["days_late"]]
    assert scores[0] > 4.1
    assert max(scores[2:]) < 2.5


def test_hand_overs_cost_stars_among_orders_that_came(store: Store, window: Window) -> None:
    """Over all reviews more hand-overs seem better, only because an order not yet on its way was handed over less."""
    fit = behind.behind(store, window, {}, "").fit
    assert isinstance(fit, Fit)

    assert next(one for one in fit.drivers if one.name == "hand_overs").high < 0


def test_what_the_marketplace_has_not_connected_is_named(store: Store, window: Window) -> None:
    """No employees, no rework: those facts are said to be unknown, and no chain from employees is asked."""
    found = behind.behind(store, window, {}, "")
    links = chain.chain(store, window, {})

    assert set(found.unknown) == {
        "rework", "errors", "workload", "engagement", "newcomers", "attrition", "tenure", "skill_fit"
    }  # fmt: skip
    assert {step.first for step in links.unasked} >= {"engagement"}
    assert not [one for one in links.links if one.step.first == "engagement"]
