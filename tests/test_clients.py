"""The list of clients, its order and its search; the matrix; and who is silent."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lakes import answer, days, lake, order, reading
from lakes import clients as rows_of

from data.store import Store
from metrics import clients, declared, matrix, standing, voice
from metrics.clients import Clients
from metrics.window import Window
from ui import clients as page
from ui import investing, language
from ui.theme import DARK, LIGHT

TEXT = language.texts("clients", "en")
HALF = Window((days("2026-04-01", "2026-06-30"), days("2026-01-01", "2026-03-31")))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Five clients: one glad, one sour since May, one silent, one heard long ago, one who left in March."""
    return lake(
        tmp_path_factory.mktemp("clients"),
        clients=[
            *rows_of("glad", "sour", "silent", "quiet", since_on="2020-01-01"),
            *rows_of("left", since_on="2020-01-01", closed_on="2026-03-31"),
            *rows_of("later", since_on="2026-07-01"),
        ],
        orders=[order(f"{i}", who, amount) for i, (who, amount) in enumerate(
            (("glad", 500), ("sour", 1000), ("silent", 300), ("quiet", 200), ("left", 9000))
        )],
        answers=[
            *(answer(f"g{i}", "glad", 10, "2026-02-01") for i in range(4)),
            *(answer(f"s{i}", "sour", 10, "2026-02-01") for i in range(2)),
            *(answer(f"t{i}", "sour", 0, "2026-05-01") for i in range(8)),
            answer("q", "quiet", 9, "2025-06-29"),
            answer("x", "silent", 9, "2025-06-29"),
        ],
        cases=[
            {"case_id": f"{who}{i}", "client_id": who, "process": "p", "stage": "order", "opened_at": "2026-04-01"}
            | {"promised_at": f"2026-06-1{i}", "closed_at": f"2026-06-{10 + i + late}"}
            for who, late in (("glad", 0), ("sour", 5), ("quiet", 0))
            for i in range(5)
        ],
        invitations=[
            {"invitation_id": who, "client_id": who, "survey": "s", "sent_at": "2026-05-01"}
            for who in ("glad", "silent", "sour", "left", "later")  # the last never ordered
        ],
    )  # fmt: skip


@pytest.fixture(scope="module")
def found(store: Store) -> Clients:
    return clients.clients(store, HALF, {})


def one(found: Clients, name: str) -> pd.Series[Any]:
    return found.rows.set_index("client_id").loc[name]


def test_the_list_holds_those_who_were_clients_on_the_last_day(found: Clients) -> None:
    """Who left before, or came after, is not judged; who left is counted."""
    assert sorted(found.rows["client_id"]) == ["glad", "quiet", "silent", "sour"]
    assert found.closed == 2


def test_the_worst_come_first_and_the_unknown_last(found: Clients) -> None:
    """Eight detractors and five broken promises stand above the glad one; of whom too little is known stand below."""
    order = list(page.ordered(found.rows, "health")["client_id"])

    assert order[0] == "sour"
    assert order.index("glad") < order.index("silent")
    assert pd.isna(one(found, "silent")["health"])


def test_a_reason_names_what_costs_most(found: Clients) -> None:
    """Of the sour one it is what it says, or the promises broken to it; not its money."""
    assert one(found, "sour")["reason"] in ("answers", "promises")
    assert one(found, "sour")["lost"] > 20


def test_where_nothing_weighs_no_line_is_left_empty(found: Clients) -> None:
    """On a phone each fact is a line with its name: a reason that is not known has none."""
    rows = found.rows.set_index("client_id", drop=False)
    sour, silent = (page._row(rows.loc[who], ("health", "reason"), TEXT) for who in ("sour", "silent"))

    assert '<td data-column="Weighs most"><span>' in sour
    assert '<td data-column="Weighs most"></td>' in silent


def test_the_health_before_knows_nothing_of_what_came_later(store: Store, found: Clients) -> None:
    """On 31 March the sour one had only praised, and none of these promises was due: nothing bad is said of then."""
    then = standing.states(store, clients.chosen({}), [date(2026, 4, 1)]).set_index("client_id").loc["sour"]
    before = one(found, "sour")["health_before"]

    assert (then["promoters"], then["detractors"], then["due"], then["answered_at"].month) == (2, 0, 0, 2)
    assert pd.isna(before) or before > one(found, "sour")["health"]


def test_silent_is_who_was_asked_and_did_not_answer_for_a_year(found: Clients) -> None:
    """An answer of 366 days ago does not break the silence; who was never asked is not silent."""
    assert found.rows.set_index("client_id")["is_silent"].to_dict() == {
        "glad": False, "sour": False, "silent": True, "quiet": False,
    }  # fmt: skip


@pytest.mark.parametrize("filters", [{}, {"segment": ("Small",)}, {"segment": ("Large",)}])
def test_the_silent_are_those_of_the_satisfaction_page(tmp_path: Path, filters: dict[str, tuple[str, ...]]) -> None:
    """One rule: ordered and asked in 12 months, no answer. Who left since still counts, and is told; who bought nothing
    is no client to be silent; a cancelled order is none."""
    silent = ("quiet", "left", "idle", "cancelled")
    store = lake(
        tmp_path,
        clients=[
            *rows_of("quiet", "loud", "idle", "cancelled"), *rows_of("left", closed_on="2026-05-01"),
            *rows_of("other", segment="Large"),
        ],
        orders=[
            order("1", "quiet", 300), order("2", "loud", 500), order("3", "left", 900, "2026-01-01"),
            order("4", "cancelled", 70) | {"status": "cancelled"}, order("5", "other", 20),
            order("6", "idle", 40, "2025-06-30"),
        ],
        answers=[answer("1", "loud", 9, "2026-02-01")],
        invitations=[
            {"invitation_id": who, "client_id": who, "survey": "s", "sent_at": "2026-02-01"}
            for who in (*silent, "loud", "other")
        ],
    )  # fmt: skip

    found = clients.clients(store, HALF, filters)
    told = voice.silent(store, HALF, filters)

    assert sorted(found.silent["client_id"]) == sorted(told.rows["client_id"])
    assert found.silent["revenue_12m"].sum() == told.amount
    share = reading(store, "silent_revenue", HALF.whole[0], **filters).value
    assert found.silent["revenue_12m"].sum() / found.spent == pytest.approx(share)
    expected = {("Small",): (2, 1), ("Large",): (1, 0), (): (3, 1)}[filters.get("segment", ())]
    assert (len(found.silent), found.silent_left) == expected


def test_the_list_is_searched_and_sorted_as_asked(found: Clients) -> None:
    """By a part of the name in any case; by money, the largest first; a cell keeps its own."""
    assert list(page.matching(found.rows, "SIL", "")["client_id"]) == ["silent"]
    assert list(page.ordered(found.rows, "revenue")["client_id"])[:2] == ["sour", "glad"]
    assert page.ordered(found.rows, "silence")["client_id"].iloc[0] in ("silent", "quiet")
    cells = clients.cells(found.rows)
    assert set(page.matching(found.rows, "", cells.dropna().iloc[0])["client_id"]) <= set(found.rows["client_id"])


def test_who_is_meant_is_listed_beside_who_holds_the_words(found: Clients) -> None:
    """A name in other letters is found as on the journey; nobody twice, and nobody whom the filters leave out."""
    assert list(page.matching(found.rows, "сайлент", "", {"silent", "elsewhere"})["client_id"]) == ["silent"]
    assert list(page.matching(found.rows, "sil", "", {"silent"})["client_id"]) == ["silent"]


def test_the_list_shows_the_scores_that_there_are(tmp_path: Path) -> None:
    """Where only CSAT is asked it stands with its n, and no empty column of NPS; late days are of the broken ones."""
    case = {"client_id": "a", "process": "p", "stage": "order", "opened_at": "2026-05-01", "promised_at": "2026-06-10"}
    store = lake(
        tmp_path,
        clients=rows_of("a", "b", since_on="2020-01-01"),
        orders=[order("1", "a", 500), order("2", "b", 100)],
        answers=[answer(str(i), "a", score, "2026-05-01", instrument="csat") for i, score in enumerate((5, 4, 2))],
        cases=[
            case | {"case_id": name, "closed_at": f"2026-06-{day}"}
            for name, day in (("kept", "08"), ("four", "14"), ("one", "11"))
        ],
    )  # fmt: skip
    rows = clients.clients(store, HALF, {}).rows
    names = page.shown(rows)
    listed = page._row(rows[rows["client_id"] == "a"].iloc[0], names, TEXT)

    assert "csat_half" in names
    assert "nps" not in names
    assert "2 of 3\u00a0answers" in listed
    assert "1 of 3" in listed
    assert "2 late by 2.5\u00a0d on average" in listed


def test_filters_keep_the_chosen_clients(store: Store) -> None:
    """Nobody of another segment, and no error where there is nobody."""
    assert clients.clients(store, HALF, {"segment": ("No such",)}).rows.empty


def test_a_filter_does_not_move_a_client_in_the_matrix(tmp_path: Path) -> None:
    """Of three by revenue the small one is last; alone in its segment it still is, and not in the middle of itself."""
    store = lake(
        tmp_path,
        clients=[*rows_of("big", "middle", segment="Large"), *rows_of("small", segment="Tiny")],
        orders=[order("1", "big", 900), order("2", "middle", 500), order("3", "small", 10)],
    )
    among_all = clients.clients(store, HALF, {}).rows.set_index("client_id")["attractiveness"]
    alone = clients.clients(store, HALF, {"segment": ("Tiny",)}).rows.set_index("client_id")["attractiveness"]

    assert among_all["small"] < among_all["middle"] < among_all["big"]
    assert alone.to_dict() == {"small": among_all["small"]}


def placed_rows(**columns: list[Any]) -> Clients:
    rows = pd.DataFrame({
        "client_id": ["a", "b", "c"], "name": ["A", "B", "C"], "segment": "s", "revenue_12m": [100.0, 50.0, None],
        "health": [1.0, 2.0, 3.0],
    } | columns)  # fmt: skip
    return Clients(date(2026, 7, 1), date(2026, 4, 1), rows, 0, True, True, rows.iloc[:0], 150.0)


def test_a_client_stands_in_the_cell_of_its_levels() -> None:
    """At the edge it belongs to the higher level; moved is who was in another known cell before."""
    low, high = declared.matrix().low, declared.matrix().high
    placed = matrix.placed(placed_rows(
        attractiveness=[high, low, 0.0], relationship=[low - 1, high + 1, float("nan")],
        attractiveness_before=[high, low - 1, 0.0], relationship_before=[high, high, 0.0],
    ))  # fmt: skip
    cells = {cell.id: cell for cell in placed.cells}

    assert len(cells) == 9
    assert (cells["high-low"].clients, cells["high-low"].revenue, cells["high-low"].came) == (1, 100.0, 1)
    assert (cells["middle-high"].clients, cells["middle-high"].came) == (1, 1)
    assert (cells["high-high"].left, cells["low-high"].left) == (1, 1)
    assert placed.unknown == 1
    assert cells["low-low"].advice == "protect"


def test_a_client_that_had_no_place_has_not_moved() -> None:
    """What is known of it only now is no step from somewhere else."""
    none = [float("nan")] * 3
    placed = matrix.placed(placed_rows(
        attractiveness=[90.0] * 3, relationship=[90.0] * 3, attractiveness_before=none, relationship_before=none
    ))  # fmt: skip

    assert [(cell.came, cell.left) for cell in placed.cells if cell.clients] == [(0, 0)]


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_matrix_is_drawn_with_its_advice_and_words(lang: language.Lang, found: Clients) -> None:
    """Nine cells whatever is in them; the words count the clients of each advice; with nobody placed, words alone."""
    some = matrix.placed(placed_rows(
        attractiveness=[90.0, 10.0, 50.0], relationship=[90.0, 10.0, 50.0],
        attractiveness_before=[90.0, 10.0, None], relationship_before=[10.0, 10.0, None],
    ))  # fmt: skip
    chart, words = investing.chart(some, "high-high", lang, "EUR", LIGHT)

    assert chart is not None
    assert chart.to_dict()
    assert "3" in words
    assert len(investing.frame(some, language.texts("clients", lang))) == 9
    nobody = matrix.placed(placed_rows(**dict.fromkeys(
        ("attractiveness", "relationship", "attractiveness_before", "relationship_before"), [float("nan")] * 3
    )))  # fmt: skip
    assert investing.chart(nobody, "", lang, "EUR", DARK)[0] is None
