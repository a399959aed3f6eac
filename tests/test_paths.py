"""The ways of orders through the stages: counted, scored, and called lower only beyond chance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lakes import answer, days, lake, order
from lakes import clients as rows_of

from data.store import Store
from metrics import paths
from metrics.window import Window
from ui import paths as drawn
from ui.theme import LIGHT

HALF = Window((days("2026-04-01", "2026-06-30"), days("2026-01-01", "2026-03-31")))
STAGES = ("order", "invoicing")


def case(name: str, of: str, stage: str, late: int = 0, closed: bool = True, client: str = "a") -> dict[str, Any]:
    place = STAGES.index(stage)
    return {
        "case_id": name, "client_id": client, "order_id": of, "process": "p", "stage": stage,
        "opened_at": f"2026-05-0{1 + 2 * place}", "promised_at": f"2026-05-0{3 + 2 * place}",
        "closed_at": f"2026-05-{3 + 2 * place + late:02}" if closed else "",
    }  # fmt: skip


def two_ways(home: Path, who_is_good: list[str], who_is_bad: list[str]) -> Store:
    """Ten orders through both stages in time with scores of 5 and 4, eight late at the first with scores of 1 and 2."""
    orders = [order(f"good{i}", who_is_good[i], 1) for i in range(10)]
    orders += [order(f"bad{i}", who_is_bad[i], 1) for i in range(8)]
    orders += [order("only begun", "a", 1), order("of March", "a", 1, "2026-03-01")]
    cases, answers = [], []
    for i in range(10):
        who = who_is_good[i]
        cases += [case(f"g{i}{stage}", f"good{i}", stage, client=who) for stage in STAGES]
        answers.append(answer(f"g{i}", who, 4 + i % 2, "2026-05-20", "csat", case_id=f"g{i}invoicing"))
    for i in range(8):
        who = who_is_bad[i]
        cases += [case(f"b{i}{stage}", f"bad{i}", stage, late=4, client=who) for stage in STAGES[:1]]
        cases.append(case(f"b{i}i", f"bad{i}", "invoicing", client=who))
        answers.append(answer(f"b{i}", who, 5, "2026-05-10", "csat", order_id=f"bad{i}"))
        answers.append(answer(f"b{i}x", who, 1 + i % 2, "2026-05-20", "csat", order_id=f"bad{i}"))
    cases.append(case("begun", "only begun", "order", closed=False))
    cases.append(case("march", "of March", "order", late=9))
    ids = sorted({"a", *who_is_good, *who_is_bad})
    return lake(home, clients=rows_of(*ids), orders=orders, cases=cases, answers=answers)


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Every order of another client."""
    return two_ways(tmp_path_factory.mktemp("ways"), [f"g{i}" for i in range(10)], [f"b{i}" for i in range(8)])


def test_orders_are_counted_by_their_way_and_the_score_it_ends_with(ways: Store) -> None:
    """The last answer to each order counts; days run from its first case to its last; an open one has none yet."""
    found = {(path.stages, path.late): path for path in paths.paths(ways, HALF, {}).paths}
    good, bad = found[STAGES, ()], found[STAGES, ("order",)]

    assert (good.orders, good.scored, good.score, good.days) == (10, 10, 4.5, 4)
    assert (bad.orders, bad.scored, bad.score, bad.days) == (8, 8, 1.5, 6)
    assert (found[("order",), ("order",)].orders, found[("order",), ("order",)].days) == (1, None)
    assert paths.paths(ways, HALF, {}).orders == 19


def test_a_way_is_called_lower_only_beyond_chance(ways: Store) -> None:
    """The late way is; the good one is not lower than the rest; a way with no answers is not judged."""
    found = {path.late: path.is_worse for path in paths.paths(ways, HALF, {}).paths if len(path.stages) == 2}

    assert found == {(): False, ("order",): True}


def test_one_sour_client_is_no_way_that_ends_lower(tmp_path: Path) -> None:
    """Eight low scores of one client are one witness: it may be the client, not the way. Two clients are not enough."""
    others = [f"g{i}" for i in range(10)]
    for number, sour in enumerate((["sour"] * 8, ["sour", "bitter"] * 4)):
        found = paths.paths(two_ways(tmp_path / str(number), others, sour), HALF, {}).paths
        assert not any(path.is_worse for path in found)
        assert [path.score for path in found if path.late and len(path.stages) == 2] == [1.5]


def test_a_score_is_as_sure_as_its_clients_are_many(tmp_path: Path, ways: Store) -> None:
    """The same ten scores of ten clients, and of six, four of whom gave two alike: the interval of the six is wider."""
    fewer = two_ways(tmp_path, [f"g{i % 2}{i // 4}" for i in range(10)], [f"b{i}" for i in range(8)])
    widths = []
    for store in (ways, fewer):
        good = next(path for path in paths.paths(store, HALF, {}).paths if path.stages == STAGES and not path.late)
        assert good.low is not None
        assert good.high is not None
        assert good.score == 4.5
        widths.append(good.high - good.low)

    assert widths[0] == pytest.approx(2 * 2.262 * (0.25 / 9) ** 0.5, rel=1e-3)
    assert widths[1] > widths[0]


def test_ways_that_do_not_differ_are_not_told_apart(tmp_path: Path) -> None:
    """The null case: late or not, the scores are the same, and nothing is claimed."""
    who = [f"c{i}" for i in range(20)]
    orders = [order(f"{i}", who[i], 1) for i in range(20)]
    cases = [case(f"{i}", f"{i}", "order", late=4 * (i % 2), client=who[i]) for i in range(20)]
    answers = [answer(f"{i}", who[i], 3 + i // 2 % 2, "2026-05-20", "csat", order_id=f"{i}") for i in range(20)]
    store = lake(tmp_path, clients=rows_of(*who), orders=orders, cases=cases, answers=answers)

    assert not any(path.is_worse for path in paths.paths(store, HALF, {}).paths)


def test_the_chart_of_the_ways_begins_with_the_surest_low_score(ways: Store) -> None:
    """In words too: which way that is, and where it was late."""
    found = paths.paths(ways, HALF, {})
    chart, words = drawn.chart(found, {"order": "Order", "invoicing": "Invoicing"}, "en", LIGHT)

    assert chart is not None
    assert "Order late → Invoicing, 1.5" in words
    assert drawn.frame(found, {})["orders"].iloc[0] == 8


def test_a_way_can_be_told_from_others_on_a_phone(ways: Store) -> None:
    """What is cut there stands last: first that it is worse, then its score; a late stage has a short mark."""
    found = paths.paths(ways, HALF, {})
    said = drawn.chart(found, {"order": "Order", "invoicing": "Invoicing"}, "en", LIGHT)[0]
    assert said is not None
    rows = {
        row["first"]: row["second"] for data in said.to_dict()["datasets"].values() for row in data if "first" in row
    }

    assert rows["Order\u00a0▲ → Invoicing"].startswith("▼ lower than the others · score 1.5 on 8 answers · 8 orders")
    assert rows["Order\u00a0▲"].endswith("1 order · not finished yet")


def test_the_mean_of_all_ways_stands_beside_each_score_and_nowhere_else(ways: Store) -> None:
    """A way without a score has no mark of it; the axis does not begin at 0 for its sake."""
    found = paths.paths(ways, HALF, {})
    said = drawn.chart(found, {}, "en", LIGHT)[0]
    assert said is not None
    told = said.to_dict()
    (tick,) = (layer for layer in told["layer"] if layer["mark"]["type"] == "tick")

    assert [row["mean"] for row in told["datasets"][tick["data"]["name"]]] == [found.score] * 2
    assert tick["encoding"]["x"]["scale"]["zero"] is False
    assert not [layer for layer in told["layer"] if "strokeDash" in layer["mark"]]


def test_cases_that_name_no_orders_give_no_ways(tmp_path: Path) -> None:
    """It is said that the ways are not known, not that there are none."""
    store = lake(
        tmp_path, clients=rows_of("a"),
        cases=[{"case_id": "c", "client_id": "a", "process": "p", "stage": "order", "opened_at": "2026-05-01"}],
    )  # fmt: skip

    found = paths.paths(store, HALF, {})

    assert (found.paths, found.is_known) == ((), False)
