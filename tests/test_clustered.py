"""What moved is told by clients: on the home page, in depth and on the page of changes alike."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lakes import clients, days, lake

from data.store import Store
from metrics import board, change, depth, moved
from metrics.change import Verdict
from metrics.clustered import Witnesses, difference, surely
from metrics.window import Window, weeks_back

NOW, BEFORE = days("2026-05-01", "2026-06-30"), days("2026-03-01", "2026-04-30")
WINDOW = Window((NOW, BEFORE), weeks_back(NOW.end, 17))


def answers(stage: str, *sides: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """Answers on csat about a stage, before and now: (satisfied, not) of each client in turn."""
    return [
        {
            "answer_id": f"{stage}-{month}-{client}-{at}", "client_id": f"c{client}", "survey": "s", "stage": stage,
            "instrument": "csat", "score": 5 if at < good else 2, "answered_at": f"2026-{month}-10 12:00",
        }
        for month, side in zip(("03", "05"), sides, strict=True)
        for client, (good, bad) in enumerate(side)
        for at in range(good + bad)
    ]  # fmt: skip


def company(home: Path, *sides: list[tuple[int, int]]) -> Store:
    """Clients who answer about one stage."""
    return lake(home, clients=clients(*(f"c{at}" for at in range(21))), answers=answers("order", *sides))


def verdicts(store: Store) -> list[Verdict]:
    """What the pages say of CSAT: home, its cell of the stage, in depth, and what changed."""
    shown = board.board(store, WINDOW, {})
    satisfaction = next(column for column in shown.columns if column.layer == "satisfaction")
    tiles = [one for one in (satisfaction.headline, *satisfaction.tiles) if one is not None and one.metric == "csat"]
    in_depth = depth.depth(store, WINDOW, {}, "satisfaction", "csat", "segment").chosen
    whole = moved.moved(store, WINDOW, {}, "csat", "segment")
    return [tiles[0].verdict, shown.stages["satisfaction"]["order"].verdict, in_depth.verdict, whole.verdict]


def test_one_client_who_answers_often_moves_no_company(tmp_path: Path) -> None:
    """Twenty clients as before, one angry one with sixty answers: 260 rows would swear to it, 21 clients do not."""
    as_ever = [(8, 2)] * 20
    store = company(tmp_path, [*as_ever, (3, 2)], [*as_ever, (5, 55)])
    of_rows = change.share((163, 205), (165, 260))

    assert of_rows.p is not None
    assert of_rows.p < 0.001
    assert verdicts(store) == [Verdict.NO_REAL_CHANGE] * 4


def test_what_moves_at_most_clients_is_told_everywhere(tmp_path: Path) -> None:
    """Twenty clients, each from eight satisfied answers of ten to five: worse on every page."""
    store = company(tmp_path, [(8, 2)] * 10 + [(9, 1)] * 10, [(5, 5)] * 10 + [(6, 4)] * 10)

    assert verdicts(store) == [Verdict.WORSE] * 4


def test_a_cell_of_a_stage_is_told_by_its_own_clients(tmp_path: Path) -> None:
    """At the order all twenty clients are less content; at invoicing one angry client answers often."""
    as_ever = [(8, 2)] * 20
    said = answers("order", as_ever, [(4, 6)] * 20) + answers("invoicing", as_ever, [*as_ever, (0, 60)])
    store = lake(tmp_path, clients=clients(*(f"c{at}" for at in range(21))), answers=said)
    stages = board.board(store, WINDOW, {}).stages["satisfaction"]

    assert stages["order"].verdict == Verdict.WORSE
    assert stages["invoicing"].verdict == Verdict.NO_REAL_CHANGE


def test_of_fewer_than_five_clients_nothing_is_claimed(tmp_path: Path) -> None:
    """Four clients, a hundred answers each, from 90 to 60 %: what two or three of them do is not what clients do."""
    store = company(tmp_path, [(90, 10)] * 4, [(60, 40)] * 4)

    assert verdicts(store) == [Verdict.UNKNOWN] * 4
    assert depth.depth(store, WINDOW, {}, "satisfaction", "csat", "segment").chosen.is_of_few_clients


def cases(home: Path, *sides: list[list[float]]) -> Store:
    """Cases before and now: the days each took, of each client in turn."""
    facts = [
        {
            "case_id": f"{closed}-{client}-{at}", "client_id": f"c{client}", "process": "p", "stage": "order",
            "opened_at": str(datetime.fromisoformat(closed) - timedelta(days=took)), "closed_at": closed,
        }
        for closed, side in zip(("2026-03-28 12:00", "2026-05-28 12:00"), sides, strict=True)
        for client, days_taken in enumerate(side)
        for at, took in enumerate(days_taken)
    ]  # fmt: skip
    return lake(home, clients=clients(*(f"c{at}" for at in range(12))), cases=facts)


@pytest.mark.parametrize("day", [1, 0.01], ids=["days", "minutes"])
@pytest.mark.parametrize("metric", ["lead_time", "lead_time_p90"])
def test_a_median_that_moved_is_told_by_clients_too(tmp_path: Path, day: float, metric: str) -> None:
    """Every client slower: told. One client that brings most of the slow cases: not told. Cases may take minutes."""
    usual = [[took * day for took in (2, 3, 4, 5, 6, 7)]] * 12
    slower = cases(tmp_path / "all", usual, [[took + 5 * day for took in one] for one in usual])
    one = cases(tmp_path / "one", usual, [*usual[:11], [12 * day] * 80])
    said = {
        name: next(tile for tile in depth.depth(store, WINDOW, {}, "operational", metric, "segment").tiles
                   if tile.metric == metric)
        for name, store in (("slower", slower), ("one", one))
    }  # fmt: skip

    assert said["slower"].verdict == Verdict.WORSE
    assert said["one"].verdict == Verdict.NO_REAL_CHANGE


def test_where_one_client_makes_most_of_the_doubt_its_freedom_is_that_of_few() -> None:
    """Thirty clients of ten rows each: freedom 29. One of a thousand rows among them: as few as 2, a wide interval."""
    content = np.array([4.0, 6.0] * 15)
    rows = np.full(30, 10.0)
    even = difference(np.full(30, 5.0), rows, content, rows)
    heavy, many = content.copy(), rows.copy()
    heavy[0], many[0] = 900.0, 1000.0
    uneven = difference(np.full(30, 5.0), rows, heavy, many)
    assert even is not None
    assert uneven is not None

    assert even.freedom == pytest.approx(29)
    assert even.reach / even.error == pytest.approx(2.045, abs=0.001)  # Student's t of 29
    assert uneven.freedom == 2
    assert uneven.reach / uneven.error == pytest.approx(4.303, abs=0.001)  # and of 2


def claims(count: int, fell: float, companies: int) -> tuple[float, float]:
    """How often a change is called real, by rows and by clients, in companies whose clients differ.

    How often a client answers is another thing in each period, so other clients make up most of it.
    """
    rng, by_rows, by_clients = np.random.default_rng(11), 0, 0
    for _ in range(companies):
        content = rng.beta(2, 1, size=count)
        x = rng.poisson(rng.gamma(0.5, 10, size=(2, count)))
        y = rng.binomial(x, np.stack([content, np.clip(content - fell, 0, 1)]))
        hits, n = y.sum(axis=1), x.sum(axis=1)
        test = change.share((hits[0], n[0]), (hits[1], n[1]))
        witnesses = Witnesses(("all",), y[:, None].astype(float), x[:, None].astype(float))
        surer = surely(test, witnesses.change("all"))
        by_rows += test.p is not None and test.p < change.ALPHA
        by_clients += surer.p is not None and surer.p < change.ALPHA
    return by_rows / companies, by_clients / companies


def test_where_clients_differ_and_nothing_changes_hardly_any_company_hears_of_a_change() -> None:
    """600 companies of 100 clients: at most 5 in 100 and chance; by rows, several times as many."""
    by_rows, by_clients = claims(100, 0.0, 600)

    assert 0.01 <= by_clients <= 0.068  # 5 % and two errors; far below 1 % the test would be blind
    assert by_rows > 0.15


@pytest.mark.parametrize(("count", "fell", "least"), [(300, 0.2, 0.97), (1000, 0.1, 0.97), (100, 0.3, 0.9)])
def test_a_real_fall_is_still_told(count: int, fell: float, least: float) -> None:
    """Every client less content by so much: nearly every company hears of it."""
    assert claims(count, fell, 150)[1] >= least
