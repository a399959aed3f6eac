"""One scan is kept for every choice of a filter: the numbers are those of a question of its own."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from lakes import NOW, days

from data import build, demo, source
from data.store import Store
from metrics import ask, compute, scan
from metrics.ask import Wanted
from metrics.load import catalogue
from metrics.window import Window, weeks_back

QUARTER, BEFORE = days("2026-04-01", "2026-06-30"), days("2026-01-01", "2026-03-31")
WANTED = [Wanted(name) for name in catalogue()] + [
    Wanted(name, (by,))
    for name, metric in catalogue().items()
    for by in ("stage", "segment", "team")
    if by in metric.by
]
FILTERS: list[dict[str, tuple[str, ...]]] = [
    {"segment": ("Enterprise",)},
    {"segment": ("Small", "Mid-market"), "region": ("North",)},
    {"stage": ("delivery",), "segment": ("Small",), "industry": ("Food",)},
    {"region": ("nowhere",)},
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The demo company up to the last day of June."""
    home = tmp_path_factory.mktemp("demo")
    demo.write_raw(home / "raw", demo.SEED, QUARTER.last)
    build.build(source.read("demo"), home / "raw", home / "data", lambda share, doing: None, NOW)
    return Store(home / "data")


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_a_kept_scan_gives_the_numbers_of_a_filter_asked_for_itself(
    store: Store, monkeypatch: pytest.MonkeyPatch, filters: Mapping[str, tuple[str, ...]]
) -> None:
    """Every metric, whole and split, over two periods and their weeks; the same groups shown, the same kept back."""
    window = Window((QUARTER, BEFORE), weeks_back(QUARTER.end, 26))
    kept = ask.ask(store, WANTED, window, filters)
    monkeypatch.setattr(scan, "ROLLED", ())
    asked = ask.ask(store, WANTED, window, filters)

    for one in WANTED:
        metric = catalogue()[one.metric]
        assert kept[one].hidden == asked[one].hidden
        assert kept[one].cells.keys() == asked[one].cells.keys(), one
        for place, evidence in kept[one].cells.items():
            here, there = compute.read(metric, evidence), compute.read(metric, asked[one].cells[place])
            assert here.n == there.n
            for ours, theirs in ((here.value, there.value), (here.low, there.low), (here.high, there.high)):
                assert ours == (None if theirs is None else pytest.approx(theirs, rel=1e-9, abs=1e-9))


def test_another_choice_asks_nothing_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """After one filter by segment, region or stage, the next one finds its rows in memory; a histogram is asked for."""
    window = Window((QUARTER, BEFORE))
    wanted = [Wanted("nps"), Wanted("promise_kept_share"), Wanted("retention"), Wanted("lead_time")]
    ask.ask(store, wanted, window, {"segment": ("Small",)})
    questions: list[str] = []
    query = store.query
    monkeypatch.setattr(store, "query", lambda sql, values=None: questions.append(sql) or query(sql, values))
    ask.ask(store, wanted, window, {"region": ("North",), "stage": ("delivery",)})

    assert len(questions) == 1
    assert "lead_time" in questions[0]
