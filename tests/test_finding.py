"""Finding a client: as it is typed, misspelt, in Russian or Latin letters, by number."""

from __future__ import annotations

from pathlib import Path

import pytest
from lakes import days, lake

from data.store import Store
from metrics import finding
from metrics.window import Window

NAMES = (
    "Ravenholm Steel", "Stenholm Mills", "Quillmoor Foods", "ООО Василёк", "Kelmoor Retail", "Bergmoor Oil",
    "ООО Ромашка",
)  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Seven clients; the number of the fifth holds that of the first; the last has a Russian letter."""
    ids = ("C1", "C2", "C3", "C4", "C10", "K77", "С5")
    rows = [{"client_id": i, "name": name, "segment": "s"} for i, name in zip(ids, NAMES, strict=True)]
    return lake(tmp_path_factory.mktemp("names"), clients=rows)


def names(store: Store, said: str) -> list[str]:
    return [one.name for one in finding.found(store, Window((days("2026-06-01", "2026-06-30"),)), {}, said)]


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("rav", "Ravenholm Steel"),
        ("STEEL", "Ravenholm Steel"),
        ("Ravnholm stel", "Ravenholm Steel"),
        ("Рейвенхолм", "Ravenholm Steel"),
        ("квилмур", "Quillmoor Foods"),
        ("vasilek", "ООО Василёк"),
        ("василек", "ООО Василёк"),
        ("C3", "Quillmoor Foods"),
        ("c1", "Ravenholm Steel"),  # exactly its number, not the one that begins so
        ("С3", "Quillmoor Foods"),  # the letter of a Russian keyboard that looks like it, and lies on the same key
        ("Л77", "Bergmoor Oil"),  # the key of K
        ("К77", "Bergmoor Oil"),  # the look of it
        ("C5", "ООО Ромашка"),  # whose own number has the Russian letter
    ],
)
def test_a_client_is_found_however_it_is_typed(store: Store, said: str, first: str) -> None:
    """What is typed leads to the client that is meant."""
    assert names(store, said)[0] == first


def test_who_begins_so_comes_before_who_only_sounds_like_it(store: Store) -> None:
    """Of two that fit, the nearer one is first; what has nothing to do with it is not shown."""
    assert names(store, "kelmoor")[0] == "Kelmoor Retail"
    assert "ООО Василёк" not in names(store, "kelmoor")


@pytest.mark.parametrize("said", ["", "   ", "zzzzzz", "№№№", "'; drop table clients"])
def test_nothing_is_found_for_what_nobody_is_called(store: Store, said: str) -> None:
    """No guess is better than a wrong one."""
    assert names(store, said) == []


def test_all_who_are_called_so_are_meant_and_near_names_only_where_nobody_is(store: Store) -> None:
    """In whatever letters, and nobody who only sounds so; misspelt, the nearest; two letters sound like too much."""
    window = Window((days("2026-06-01", "2026-06-30"),))

    assert finding.meant(store, window, {}, "кельмур") == {"C10"}
    assert finding.meant(store, window, {}, "ooo") == set()
    assert finding.meant(store, window, {}, "Ravnholm") == {"C1"}
    assert finding.meant(store, window, {}, "Ravenholm") == {"C1"}
    assert finding.meant(store, window, {}, "no such steel") == set()  # the journey offers the one of steel
    assert finding.meant(store, window, {}, " ") == set()


def test_what_is_found_follows_a_new_lake(tmp_path: Path) -> None:
    """The names are those of the lake that is live."""
    assert names(lake(tmp_path, clients=[{"client_id": "x", "name": "Newcomer", "segment": "s"}]), "newc") == [
        "Newcomer"
    ]
