"""The receipts behind a team and a step: as many as the number counts, and nothing of a team of fewer than five."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lakes import clients, days, lake
from streamlit.testing.v1 import AppTest
from ui_fixtures import ROOT

from data.store import Store
from metrics import behind, behind_rows
from metrics.declare import Lang
from metrics.window import Window
from ui import facts

Open = Callable[..., AppTest]

PAGE = ROOT / "pages" / "behind.py"
JUNE = days("2026-06-01", "2026-06-30")
WINDOW = Window((JUNE, JUNE))
AT_NOON = datetime.fromisoformat("2026-06-01 12:00")


def answered(teams: list[str], scores: list[int], closed: list[int]) -> dict[str, list[dict[str, Any]]]:
    """One case, step and answer of each of the clients c0, c1, ...; case i closed on the `closed[i]`-th of June."""
    found: dict[str, list[dict[str, Any]]] = {"cases": [], "steps": [], "answers": []}
    for at, (team, score, day) in enumerate(zip(teams, scores, closed, strict=True)):
        ended = AT_NOON + timedelta(days=day - 1)
        about = {"case_id": f"k{at}", "client_id": f"c{at}", "stage": "order"}
        found["cases"].append({**about, "process": "p", "opened_at": AT_NOON, "closed_at": ended})
        found["steps"].append({
            "step_id": f"s{at}", "case_id": f"k{at}", "step": "pick", "team": team, "started_at": AT_NOON,
            "finished_at": ended,
        })  # fmt: skip
        found["answers"].append({
            **about, "answer_id": f"a{at:02}", "survey": "s", "instrument": "csat", "score": score,
            "answered_at": ended + timedelta(days=1, minutes=at),
        })  # fmt: skip
    return {"clients": clients(*(f"c{at}" for at in range(len(teams)))), **found}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Big has six people, Small four; of Half two of six leave on the 15th."""
    people = [
        {"employee_id": f"{team}{i}", "team": team, "hired_on": "2025-01-01",
         "left_on": "2026-06-14" if team == "Half" and i < 2 else ""}
        for team, size in (("Big", 6), ("Small", 4), ("Half", 6))
        for i in range(size)
    ]  # fmt: skip
    teams = ["Big"] * 8 + ["Small"] * 7 + ["Half"] * 14
    scores = [5, 4] * 4 + [1, 2, 1, 2, 1, 2, 1] + [3, 4] * 7
    closed = [10] * 15 + [10] * 6 + [20] * 8
    return lake(tmp_path_factory.mktemp("rows"), employees=people, **answered(teams, scores, closed))


def test_the_answers_behind_a_team_are_as_many_as_its_n(store: Store) -> None:
    """The latest first, each with its client and case; of Half those of the days before it fell below five."""
    found = behind.behind(store, WINDOW, {}, "csat")
    listed = {team.name: behind_rows.of_team(store, WINDOW, {}, "csat", team.name) for team in found.teams}

    assert {team.name: team.score.n for team in found.teams} == {"Big": 8, "Half": 6}
    assert {name: (one.n, len(one.rows)) for name, one in listed.items()} == {"Big": (8, 8), "Half": (6, 6)}
    assert list(listed["Big"].rows["client"]) == [f"c{at}" for at in reversed(range(8))]
    assert set(listed["Half"].rows["case_id"]) == {f"k{at}" for at in range(15, 21)}
    assert listed["Big"].rows["value"].isna().all()


def test_a_team_of_fewer_than_five_leads_to_no_answer(store: Store) -> None:
    """Neither by its name in the address, nor by another's; it is only counted as not shown."""
    found = behind.behind(store, WINDOW, {}, "csat")

    assert found.unshown == 1
    for team in ("Small", "", "Big' or true --", "nobody"):
        assert behind_rows.of_team(store, WINDOW, {}, "csat", team).n == 0
    assert behind_rows.of_team(store, WINDOW, {}, "score", "Big").n == 0


def test_teams_of_few_answers_are_counted_and_not_compared(tmp_path: Path) -> None:
    """Six answers about one team and three about the other, six people each: nothing to compare, and it is said why."""
    people = [{"employee_id": f"{team}{i}", "team": team, "hired_on": "2025-01-01"} for team in "AB" for i in range(6)]
    few = lake(tmp_path, employees=people, **answered(["A"] * 6 + ["B"] * 3, [5, 4, 3] * 3, [10] * 9))
    found = behind.behind(few, WINDOW, {}, "csat")

    assert (found.spread, found.few, found.unshown) == (None, 1, 0)


def test_the_mean_of_all_answers_counts_those_of_small_teams_too(store: Store) -> None:
    """It is the score as it is: 36 + 10 + 49 points of 29 answers."""
    found = behind.behind(store, WINDOW, {}, "csat")

    assert (found.mean.value, found.mean.n) == (pytest.approx(95 / 29), 29)


def test_filters_narrow_the_number_and_its_answers_alike(store: Store) -> None:
    """A stage nobody answered about has neither."""
    assert behind_rows.of_team(store, WINDOW, {"stage": ("order",)}, "csat", "Big").n == 8
    assert behind_rows.of_team(store, WINDOW, {"stage": ("invoicing",)}, "csat", "Big").n == 0


def said(page: AppTest) -> str:
    return " ".join(str(one.proto.body) for one in page.get("html"))


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_team_in_the_address_opens_its_list_until_it_is_closed(opened: Open, store: Store, lang: Lang) -> None:
    """With how many answers there are; a small team, or one nobody knows, opens none."""
    page = opened(PAGE, store.home, team="Big", lang=lang)
    title, count = facts.texts(lang)("behind_rows", what="Big"), facts.texts(lang)("behind_rows_note", n=8)

    assert not page.exception
    assert title in said(page)
    assert count in said(page)
    page.button(key="close_team").click().run()
    assert title not in said(page)
    assert "team" not in page.query_params
    for other in ("Small", "nobody"):
        assert facts.texts(lang)("behind_rows", what=other) not in said(opened(PAGE, store.home, team=other, lang=lang))


def test_without_troubles_of_steps_the_page_says_so(opened: Open, store: Store) -> None:
    """No step of this company has a due time, rework or an error on record."""
    page = opened(PAGE, store.home)

    assert not page.exception
    assert "No due times, rework or errors of steps are recorded" in said(page)
