"""How things stood on the day of a case: the backlog of its stage, and who had left its team."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lakes import clients, days, lake

from data.store import Store
from metrics import behind, receipt_sums, receipts
from metrics.window import Window

JUNE = days("2026-06-01", "2026-06-30")


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day} 12:00")


def case(name: str, stage: str, opened: datetime, closed: datetime | None) -> dict[str, Any]:
    return {"case_id": name, "client_id": "a", "process": stage, "stage": stage, "opened_at": opened,
            "closed_at": closed or ""}  # fmt: skip


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Each case takes four days. Order: one a day, two from 20 May on, and one that nobody ever closed. Invoicing: one
    a day, and none closed after 20 June. An answer about an invoice that lies open."""
    cases = [case("forgotten", "order", at("2025-12-01"), None)]
    day = at("2026-03-01")
    while day <= at("2026-06-30"):
        closed = day + timedelta(days=4)
        for number in range(1 if day < at("2026-05-20") else 2):
            cases.append(case(f"o{day:%m%d}{number}", "order", day, closed if closed <= at("2026-06-30") else None))
        cases.append(case(f"i{day:%m%d}", "invoicing", day, closed if closed <= at("2026-06-20") else None))
        day += timedelta(days=1)
    answers = [
        {"answer_id": "1", "client_id": "a", "survey": "s", "instrument": "csat", "score": 2, "case_id": "i0617",
         "answered_at": at("2026-06-30"), "stage": "invoicing"}
    ]  # fmt: skip
    return lake(tmp_path_factory.mktemp("stages"), cases=cases, answers=answers)


def backlogs(store: Store) -> pd.DataFrame:
    return receipt_sums.stage_days(store).set_index(["stage", "day"])


def test_backlog_is_how_many_days_of_work_lay_open(stages: Store) -> None:
    """Four days of work at either pace: who gets and closes twice as much is busy, not behind."""
    found = backlogs(stages)["backlog"]

    assert found["order", pd.Timestamp("2026-05-19")] == pytest.approx(4 + 1)  # and the one that is never closed
    assert found["order", pd.Timestamp("2026-06-30")] == pytest.approx(4)  # which is forgotten after 180 days
    assert found["invoicing", pd.Timestamp("2026-06-16")] == pytest.approx(4)


def test_backlog_grows_when_less_is_closed_than_opened(stages: Store) -> None:
    """In the last week 8 to 14 invoices lay open; of the last 28 days 18 had seen one closed."""
    found = backlogs(stages)["backlog"]

    assert found["invoicing", pd.Timestamp("2026-06-30")] == pytest.approx(11 / (18 / 28))


def test_an_answer_is_joined_with_the_backlog_of_its_stage_against_its_usual(stages: Store) -> None:
    """Of the day of the answer, for the case lay open; against the mean of all days after the first 28."""
    found = backlogs(stages)
    of_stage = found.loc["invoicing"]
    one = behind.behind(stages, Window((JUNE, JUNE)), {}, "csat")

    assert of_stage["usual"].nunique() == 1
    assert of_stage["usual"].iloc[0] == pytest.approx(of_stage["backlog"].mean())
    assert one.touched["backlog"].mean == pytest.approx(11 / (18 / 28) / of_stage["backlog"].mean())
    assert one.touched["backlog"].share.value == 1


def test_without_cases_no_backlog_is_made_up(tmp_path: Path) -> None:
    """It is not known, which is not the same as none."""
    assert receipt_sums.stage_days(lake(tmp_path)).empty
    assert "backlog" in behind.behind(lake(tmp_path / "more"), Window((JUNE, JUNE)), {}, "csat").unknown


@pytest.fixture(scope="module")
def teams(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Five stay in Five and three leave it; Four has four; Grown had three until three more came in June."""

    def person(name: str, team: str, left: str = "", hired: str = "2025-01-01") -> dict[str, str]:
        return {"employee_id": name, "team": team, "hired_on": hired, "left_on": left}

    people = [
        *(person(f"f{i}", "Five") for i in range(5)),
        person("december", "Five", "2025-12-01"), person("march", "Five", "2026-03-01"),
        person("may", "Five", "2026-05-31"), person("june", "Five", "2026-06-10"),
        *(person(f"s{i}", "Four") for i in range(4)), person("gone", "Four", "2026-04-10"),
        *(person(f"g{i}", "Grown") for i in range(2)), person("left", "Grown", "2026-04-10"),
        *(person(f"h{i}", "Grown", hired="2026-06-02") for i in range(3)),
    ]  # fmt: skip
    steps = [
        {"step_id": team, "case_id": "c", "step": "s", "team": team, "started_at": at("2026-01-02")}
        for team in ("Five", "Four", "Grown")
    ]
    cases = [case("c", "order", at("2026-01-01"), None)]
    store = lake(tmp_path_factory.mktemp("teams"), clients=clients("a"), employees=people, cases=cases, steps=steps)
    return receipts.team_days(store).set_index(["team", "day"])


def test_attrition_is_the_share_that_left_in_the_three_months_before(teams: pd.DataFrame) -> None:
    """Of all who worked there in them; nothing of the month still going on, in which one more left."""
    found = teams["attrition"]["Five"]

    assert found[pd.Timestamp("2026-06-09")] == pytest.approx(2 / 8)  # March and May of five, these two and June
    assert found[pd.Timestamp("2026-06-30")] == pytest.approx(2 / 8)
    assert found[pd.Timestamp("2026-05-15")] == pytest.approx(1 / 8)
    assert found[pd.Timestamp("2026-03-15")] == pytest.approx(1 / 9)


def test_before_the_first_leaving_on_record_attrition_is_not_known(teams: pd.DataFrame) -> None:
    """In February it would need November, when leaving may not have been recorded yet."""
    assert pd.isna(teams["attrition"]["Five"][pd.Timestamp("2026-02-15")])


def test_attrition_of_fewer_than_five_is_never_told(teams: pd.DataFrame) -> None:
    """Neither of four who are left when one has gone, nor of three who were there when one of them went."""
    assert teams.loc["Four"].index.max() == pd.Timestamp("2026-04-10")
    assert len(teams.loc["Grown"]) == 29
    assert teams["attrition"]["Grown"].isna().all()
