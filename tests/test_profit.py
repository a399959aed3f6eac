"""What a client is worth: the factors of the lifetime value, and what it would be with other ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lakes import clients, days, lake, reading

from metrics import profit
from metrics.profit import Factors, Unknown
from metrics.window import Window

NOW = days("2026-04-01", "2026-06-30")
WINDOW = Window((NOW, days("2026-01-01", "2026-03-31")))
YEAR = days("2025-07-01", "2026-06-30")


def company(home: Path, *, kept: int = 6, uncosted: int = 0, years: int = 2, **facts: Any) -> Any:
    """Eight clients of the year before, of whom `kept` ordered again, 200 each, and one new client with 650."""
    names = [f"c{i}" for i in range(8)]
    usual = {"status": "fulfilled", "cost": 120, "returned_amount": 10} | facts
    orders: list[dict[str, Any]] = (
        [{"client_id": "old", "ordered_at": "2024-06-01", "amount": 500}] if years > 1 else []
    )
    orders += [{"client_id": name, "ordered_at": "2025-01-10", "amount": 999} for name in names] if years > 1 else []
    orders += [{"client_id": name, "ordered_at": "2025-07-01", "amount": 200} for name in names[:kept]]
    orders.append({"client_id": "new", "ordered_at": "2026-01-10", "amount": 650})
    orders += [{"client_id": f"u{i}", "ordered_at": "2026-01-10", "amount": 900, "cost": ""} for i in range(uncosted)]
    rows = [{"order_id": str(i), **usual, **row} for i, row in enumerate(orders)]
    who = clients("old", "new", *names, *(f"u{i}" for i in range(uncosted)))
    return lake(home, clients=who, orders=rows)


def test_the_factors_multiply_to_the_lifetime_value_of_the_catalogue(tmp_path: Path) -> None:
    """1850 from seven clients, 840 of it cost and 70 given back; six of eight stayed: four years."""
    store = company(tmp_path)
    found = profit.profit(store, WINDOW, {})

    assert found.arpu == pytest.approx(1850 / 7)
    assert found.margin == pytest.approx(1 - 840 / 1850)
    assert found.returns == pytest.approx(70 / 1850)
    assert found.lifetime.value == pytest.approx(4)
    assert (found.clients, found.active, found.base, found.lost, found.unknown) == (7, 7, 8, 2, {})
    assert found.value.value == pytest.approx((1850 - 840 - 70) / 7 * 4)
    assert found.factors is not None
    assert found.factors.value == pytest.approx(found.value.value)
    assert found.value.value == reading(store, "lifetime_value", NOW).value
    for name, value in {
        "revenue_per_client": found.arpu, "gross_margin_share": found.margin, "return_share": found.returns,
        "lifetime": found.lifetime.value,
    }.items():  # fmt: skip
        assert reading(store, name, YEAR).value == pytest.approx(value)


def test_the_lifetime_is_no_surer_than_the_retention(tmp_path: Path) -> None:
    """Six of eight is between 41 and 93 %: the years and the value stretch as far."""
    found = profit.profit(company(tmp_path), WINDOW, {})
    low, high = found.retention.low, found.retention.high
    assert low is not None
    assert high is not None

    assert (found.lifetime.low, found.lifetime.high) == (pytest.approx(1 / (1 - low)), pytest.approx(1 / (1 - high)))
    assert found.value.low == pytest.approx((1850 - 840 - 70) / 7 / (1 - low))
    assert found.value.high == pytest.approx((1850 - 840 - 70) / 7 / (1 - high))
    assert found.lifetime.high > 3 * 4


def test_the_factors_are_of_the_clients_whose_costs_are_known(tmp_path: Path) -> None:
    """The product still is the catalogue's value, though its revenue per client is of other clients too."""
    store = company(tmp_path, uncosted=3)
    found = profit.profit(store, WINDOW, {})

    assert (found.clients, found.active) == (7, 10)
    assert found.arpu == pytest.approx(1850 / 7)
    assert found.arpu != pytest.approx(reading(store, "revenue_per_client", YEAR).value)
    assert found.factors is not None
    assert found.factors.value == pytest.approx(reading(store, "lifetime_value", NOW).value)


def test_what_is_not_recorded_is_named_and_not_zero(tmp_path: Path) -> None:
    """Without costs there is no margin and no value, but the revenue and the years are known."""
    found = profit.profit(company(tmp_path, cost="", returned_amount=""), WINDOW, {})

    assert (found.margin, found.returns, found.value.value, found.factors) == (None, None, None, None)
    assert found.unknown == {"margin": Unknown.NO_COSTS, "returns": Unknown.NO_RETURNS}
    assert found.arpu == pytest.approx(1850 / 7)
    assert found.lifetime.value == pytest.approx(4)


def test_returns_that_are_not_recorded_are_not_taken_off(tmp_path: Path) -> None:
    """As the catalogue has it: the value is before returns, and says so."""
    store = company(tmp_path, returned_amount="")
    found = profit.profit(store, WINDOW, {})

    assert found.unknown == {"returns": Unknown.NO_RETURNS}
    assert found.factors is not None
    assert found.factors.value == pytest.approx((1850 - 840) / 7 * 4)
    assert found.factors.value == pytest.approx(reading(store, "lifetime_value", NOW).value)


def test_when_nobody_left_the_lifetime_is_not_known(tmp_path: Path) -> None:
    """Eight of eight stayed: no value, and not an endless one."""
    found = profit.profit(company(tmp_path, kept=8), WINDOW, {})

    assert found.unknown == {"lifetime": Unknown.NOBODY_LEFT}
    assert (found.lifetime.value, found.value.value, found.factors) == (None, None, None)


def test_a_year_of_orders_is_too_short_for_a_lifetime(tmp_path: Path) -> None:
    """The orders begin with the year: its revenue per client is whole, who stayed is not known yet."""
    found = profit.profit(company(tmp_path, years=1), WINDOW, {})

    assert found.unknown == {"lifetime": Unknown.SHORT_HISTORY}
    assert found.arpu == pytest.approx(1850 / 7)
    assert found.value.value is None


def test_a_few_clients_have_no_factors(tmp_path: Path) -> None:
    """Four clients are too few to speak of a mean one."""
    found = profit.profit(company(tmp_path, kept=3), WINDOW, {})

    assert found.active == 4
    assert {found.unknown[name] for name in ("arpu", "margin", "returns")} == {Unknown.TOO_FEW}
    assert (found.arpu, found.value.value, found.factors) == (None, None, None)
    assert profit.profit(company(tmp_path / "no costs", kept=3, cost=""), WINDOW, {}).arpu is None


def test_other_factors_give_another_value() -> None:
    """1000 a year, 40 % margin less 10 % returns, four of five stay: five years of 300 are 1500."""
    assert Factors(1000, 0.4, 0.1, 0.8).value == pytest.approx(1500)
    assert Factors(1000, 0.4, 0.1, 0.9).value == pytest.approx(3000)
    assert Factors(1000, 0.1, 0.2, 0.8).value == pytest.approx(-500)
