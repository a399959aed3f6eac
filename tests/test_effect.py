"""What a survey file would make of the headline numbers, and what was decided about it, in words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from ui_fixtures import company

from data.ingest import draft, survey
from data.ingest.decisions import REJECTED, said
from data.store import Store
from metrics import effect
from metrics.declare import Lang
from metrics.window import Period, Window, weeks_back
from ui import decisions

WINDOW = Window(
    (Period(date(2026, 4, 1), date(2026, 7, 1)), Period(date(2026, 1, 1), date(2026, 4, 1))),
    weeks_back(date(2026, 7, 1), 26),
)
LAYOUTS = sorted((Path(__file__).parent / "layouts").glob("*.*"))


def detractors(day: str) -> bytes:
    """A survey in which twenty clients give a 0, and one a 10, on one day."""
    scores = [("Client 1", 10), *((f"Client {i}", 0) for i in range(2, 22))]
    rows = "".join(f"{client},{score},{day}\n" for client, score in scores)
    return f"Company,NPS (0-10),Date\n{rows}".encode()


def test_only_what_the_file_touches_would_change(tmp_path: Path) -> None:
    """Twenty detractors pull the NPS down and leave the CSAT as it is; asked again without the file, nothing moved."""
    home = company(tmp_path)
    store = Store(home)
    made = draft.draft(store, survey.look(store, detractors("2026-06-15"), "june.csv"))
    with_file = Store(home, beside=(made.part,))
    found = {one.metric: one for one in effect.effect(store, with_file, WINDOW)}

    nps, csat = found["nps"], found["csat"]
    assert nps.after.now.n == nps.now.now.n + 21
    assert (nps.after.now.value or 0) < (nps.now.now.value or 0)
    assert csat.is_none
    assert not nps.is_none
    assert {one.metric: one.now.now for one in effect.effect(store, store, WINDOW)} == {
        name: one.now.now for name, one in found.items()
    }


def test_answers_of_another_time_change_nothing_here(tmp_path: Path) -> None:
    """A survey of the year before touches no number of this period."""
    home = company(tmp_path)
    store = Store(home)
    made = draft.draft(store, survey.look(store, detractors("2025-02-15"), "old.csv"))
    with_file = Store(home, beside=(made.part,))

    assert made.counts.added == 21
    assert all(one.is_none for one in effect.effect(store, with_file, WINDOW) if one.metric in ("nps", "csat", "ces"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A small company, only looked at."""
    return Store(company(tmp_path_factory.mktemp("words")))


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("file", LAYOUTS, ids=lambda file: file.name)
def test_every_decision_has_its_words(file: Path, lang: Lang, small: Store) -> None:
    """What was decided about the export of any tool, why, and what else may be chosen: in both languages."""
    found = survey.look(small, file, file.name)

    for one in found.decisions:
        assert decisions.label(one.about, lang)
        assert decisions.why(one, lang)
        for value in (one.value, *one.others):
            assert decisions.value(one.about, value, lang)


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("code", REJECTED)
def test_every_fault_of_a_row_has_its_words(code: str, lang: Lang) -> None:
    """A reason kept in English is read back into the reader's language, its facts with it."""
    facts = {"expected": 5, "found": 3, "row": 41, "column": 2, "limit": 100, "encoding": "cp1251"}
    told = decisions.reason(said(REJECTED, code, facts), lang)

    assert told
    if lang == "ru":
        assert any("а" <= sign <= "я" for sign in told)
    if code in ("inside", "nul", "long", "columns"):
        assert any(sign.isdigit() for sign in told)
