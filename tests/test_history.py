"""A company's history does not begin with a change: nothing is claimed against days before its facts."""

from __future__ import annotations

from datetime import date

import pytest
from ui_fixtures import company

from data.store import Store
from metrics import board as boards
from metrics.board import Board
from metrics.change import Verdict
from ui import view as views
from ui.view import View

LAST = date(2026, 6, 30)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Facts from 23 September 2025 to 30 June 2026, on one day a week."""
    return Store(company(tmp_path_factory.mktemp("company")))


def seen(store: Store, period: str, versus: str = "previous") -> Board:
    """What the page of the four layers shows for a period."""
    return boards.board(store, views.window(View(period, versus), LAST), {})


def changed(one: Board) -> set[str]:
    """The metrics of the cards whose change is told."""
    tiles = [tile for column in one.columns if column.headline for tile in (column.headline, *column.tiles)]
    return {tile.metric for tile in tiles if tile.change.difference is not None}


def test_the_first_quarter_is_compared_with_nothing(store: Store) -> None:
    """Orders, promises, people and desks: nothing before means no change, not a rise from 0."""
    first = seen(store, "2025-09-20..2025-12-20")

    assert changed(first) == set()
    assert {tile.verdict for column in first.columns if column.headline for tile in column.tiles} <= {
        Verdict.UNKNOWN, Verdict.TOO_FEW
    }  # fmt: skip


def test_a_total_is_not_compared_with_a_period_the_facts_cover_in_part(store: Store) -> None:
    """Revenue of 13 weeks against 7 weeks with orders looks like a rise; a share of the same weeks is a fair one."""
    second = seen(store, "2025-11-15..2026-02-13")

    assert "revenue" not in changed(second)
    assert "promise_kept_share" in changed(second)
    assert "revenue" in changed(seen(store, "13w"))


def test_before_the_facts_there_is_no_number(store: Store) -> None:
    """A year before the first order nobody's desk was empty: nothing is known of it."""
    before = seen(store, "2024-01-01..2024-03-31")
    workload = next(tile for tile in before.columns[3].tiles if tile.metric == "workload")

    assert workload.now.value is None
