"""The rows behind a number: all of them, no other, and nobody's own answers."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from company import at
from lakes import NOW, clients, days, lake

from data import build, demo, source
from data.store import Store
from metrics import ask, rows
from metrics.ask import Wanted
from metrics.load import catalogue
from metrics.window import Window
from ui import language
from ui import rows as rows_of_page

JUNE = days("2026-06-01", "2026-06-30")
QUARTER = days("2026-04-01", "2026-06-30")
FILTERS: list[dict[str, tuple[str, ...]]] = [
    {},
    {"segment": ("Small", "Enterprise"), "region": ("North",)},
    {"stage": ("delivery",)},
    {"manager_id": ("nobody",)},
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The demo company up to the last day of June."""
    home = tmp_path_factory.mktemp("demo")
    demo.write_raw(home / "raw", demo.SEED, QUARTER.last)
    build.build(source.read("demo"), home / "raw", home / "data", lambda share, doing: None, NOW)
    return Store(home / "data")


def listing(
    store: Store, metric: str, search: str = "", first: int = 0, many: int = 1_000_000, **filters: tuple[str, ...]
) -> rows.Listing:
    """The rows behind a metric in June, or in what the lake has of the quarter."""
    return rows.listing(store, Window((JUNE,)), filters, metric, search, str(first), str(many))


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_every_number_leads_to_exactly_as_many_rows_as_it_counts(
    store: Store, filters: dict[str, tuple[str, ...]]
) -> None:
    """For every metric there is: the shown n, the count, and the rows that can be taken away are one number."""
    window = Window((QUARTER,))
    answers = ask.ask(store, [Wanted(name) for name in catalogue()], window, filters)
    counted = 0
    for metric in catalogue().values():
        shown = answers[Wanted(metric.id)].at(QUARTER).n
        found = rows.listing(store, window, filters, metric.id, "", "0", "1000000")
        listed = found.rows["n"].sum() if metric.layer == "employee" else len(found.rows)
        assert (metric.id, found.n, listed) == (metric.id, shown, shown)
        counted += shown
    assert counted or filters.get("manager_id")


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_column_has_a_name_for_readers(store: Store, lang: Literal["en", "ru"]) -> None:
    """Whatever a metric counts, its rows are headed in words."""
    names = {name for metric in catalogue() for name in listing(store, metric, many=1).rows.columns}
    labels = [language.texts("rows", lang)(name) for name in names]

    assert len(names) > 40
    assert not [label for label in labels if "_" in label]


def test_rows_of_employee_numbers_are_teams(store: Store) -> None:
    """No person, no team below five; what may not be shown is only a number of people, itself five or more."""
    for metric in catalogue().values():
        if metric.layer == "employee":
            found = rows.listing(store, Window((QUARTER,)), {}, metric.id, "", "0", "1000")
            assert list(found.rows) == ["team", "n", "value", "low", "high"]
            assert (found.rows["n"] >= 5).all()
            assert found.rows.loc[found.rows["team"].isna(), ["value", "low", "high"]].isna().all(axis=None)


def test_teams_are_searched_by_name(store: Store) -> None:
    """What is found of an employee number are the teams of that name; the sum of the others has none."""
    whole = listing(store, "workload")
    plants = [team for team in whole.rows["team"].dropna() if "Plant" in team]
    found, lost = listing(store, "workload", search="PLANT"), listing(store, "workload", search="nowhere")

    assert plants
    assert (list(found.rows["team"]), found.found, found.n) == (plants, len(plants), whole.n)
    assert (len(lost.rows), lost.found) == (0, 0)


def test_only_rows_the_metric_counts_are_listed(tmp_path: Path) -> None:
    """Another instrument, another month and another segment stay out; the client's name leads the row; latest first."""
    store = lake(
        tmp_path,
        clients=[*clients("a", "b"), *clients("big", segment="Large")],
        answers=[
            {"answer_id": key, "client_id": client, "survey": "s", "instrument": kind, "score": 4, "answered_at": when}
            for key, client, kind, when in (
                ("1", "a", "nps", "2026-06-01"),
                ("2", "b", "nps", "2026-06-30 23:59"),
                ("3", "a", "csat", "2026-06-10"),
                ("4", "a", "nps", "2026-05-31 23:59"),
                ("5", "big", "nps", "2026-06-10"),
            )
        ],
    )  # fmt: skip
    found = listing(store, "nps", segment=("Small",))

    assert list(found.rows["answer_id"]) == ["2", "1"]
    assert list(found.rows.columns[:2]) == ["client", "segment"]
    assert found.rows["answered_at"].iloc[0].to_pydatetime() == at("2026-06-30 23:59")


def test_searching_and_paging_lose_nothing(store: Store) -> None:
    """Pages put together are the whole; a search finds what any column holds, whatever the case."""
    whole = listing(store, "revenue").rows
    parts = [listing(store, "revenue", first=first, many=50).rows["order_id"] for first in range(0, len(whole), 50)]
    assert [one for part in parts for one in part] == list(whole["order_id"])

    name = whole["client"].iloc[0]
    found = listing(store, "revenue", search=name.upper())
    assert (found.n, found.found) == (len(whole), int((whole["client"] == name).sum()))
    assert set(found.rows["client"]) == {name}
    assert listing(store, "revenue", search="%' or 1=1 --").found == 0


def test_a_stage_filter_works_where_no_stage_settles_invoices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A company that names no stage for its payments has none there: nothing is counted, nothing breaks."""
    monkeypatch.setattr("lakes.SOURCE", 'title = { en = "T", ru = "Т" }\ncurrency = "EUR"\ntimezone = "%s"\n'
                        'stages = [{ id = "order", label = { en = "Order", ru = "Заказ" } }]\n')  # fmt: skip
    store = lake(tmp_path, payments=[{"invoice_id": "1", "client_id": "a", "amount": 1, "due_on": "2026-06-10"}])

    assert listing(store, "paid_on_time_share").n == 1
    assert listing(store, "paid_on_time_share", stage=("order",)).n == 0


@pytest.mark.parametrize(
    ("metric", "first"),
    [
        ("csat", ["client", "score", "answered_at"]),
        ("promise_kept_share", ["client", "is_kept", "promised_at"]),
        ("revenue", ["client", "amount", "ordered_at"]),
        ("open_cases", ["client", "age"]),
    ],
)
def test_a_row_begins_with_what_was_counted_and_when(store: Store, metric: str, first: list[str]) -> None:
    """A phone shows three columns: numbers of records, which nobody reads there, stand last; none gets lost."""
    names = list(listing(store, metric, many=1).rows.columns)
    ordered = rows_of_page.order(catalogue()[metric], names)

    assert ordered[: len(first)] == first
    assert sorted(ordered) == sorted(names)
    assert ordered[-1].endswith("_id")
