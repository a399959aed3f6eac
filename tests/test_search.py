"""Finding comments: by words in any form and by theme, and always saying how many of how many."""

from __future__ import annotations

from pathlib import Path

import pytest
from said import WINDOW, answers, lake

from data.store import Store
from metrics import dictionary, search

SAID = ["Счёт снова с ошибкой.", "Счётчик сломан.", "Invoices are late", "late again", "Доставка опоздала", "Fine"]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Six comments, the last of them the newest."""
    return lake(tmp_path, answers(*SAID))


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("счета", [0]),
        ("СЧЕТОВ ошибки", [0]),
        ("счет*", [1, 0]),
        ("Счёт*", [1, 0]),
        ("invoice", [2]),
        ("late invoice", [2]),
        ("late", [3, 2]),
        ("доставкой", [4]),
        ("дост*", [4]),
        ("дост", []),
        ("", [5, 4, 3, 2, 1, 0]),
        ("!?", [5, 4, 3, 2, 1, 0]),
        ("*", [5, 4, 3, 2, 1, 0]),
    ],
)
def test_a_search_finds_all_its_words_in_any_form(store: Store, said: str, found: list[int]) -> None:
    """Each word must be there, in whatever form and order; with a star, whatever it ends in; newest first."""
    rows = search.found(store, WINDOW, {}, said).rows

    assert list(rows["comment"]) == [SAID[i] for i in found]


def test_a_theme_keeps_its_comments(store: Store) -> None:
    """A theme, together with a search, or those without any; a theme nobody declared is no theme."""
    assert search.found(store, WINDOW, {}, "", "delivery").matched == 3
    assert list(search.found(store, WINDOW, {}, "invoice", "delivery").rows["themes"]) == [("delivery", "documents")]
    assert list(search.found(store, WINDOW, {}, "", dictionary.UNCODED).rows["comment"]) == [
        "Fine",
    ]
    assert search.found(store, WINDOW, {}, "", "nonsense").matched == 6


def test_every_comment_is_on_some_page(tmp_path: Path) -> None:
    """121 comments on three pages: each once, none lost; pages that do not exist are the nearest that do."""
    store = lake(tmp_path, answers(*[f"late {i}" for i in range(121)]))
    pages = [search.found(store, WINDOW, {}, "late", "", str(page)) for page in (1, 2, 3)]
    seen = [comment for page in pages for comment in page.rows["comment"]]

    assert [len(page.rows) for page in pages] == [50, 50, 21]
    assert sorted(seen) == sorted(f"late {i}" for i in range(121))
    assert {(page.matched, page.read, page.of, page.pages) for page in pages} == {(121, 121, 121, 3)}
    asked = {text: search.found(store, WINDOW, {}, "", "", text).page for text in ("0", "9", "-1", "x", "²", "")}
    assert asked == {"0": 1, "9": 3, "-1": 1, "x": 1, "²": 1, "": 1}
    assert len(search.every_one(store, WINDOW, {}, "late")) == 121


def test_a_period_without_comments_finds_nothing(tmp_path: Path) -> None:
    """One empty page, and 0 of 0."""
    found = search.found(lake(tmp_path, answers(None)), WINDOW, {}, "late")

    assert (found.matched, found.of, found.page, found.pages, len(found.rows)) == (0, 0, 1, 1, 0)
