"""What stands behind an answer: which case it is linked to, how that stood when the client answered, and its team."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lakes import clients, days, lake

from metrics import receipts
from metrics.window import Window

JUNE = Window((days("2026-06-01", "2026-06-30"),))


def answer(name: str, at: str = "2026-06-20 12:00", **facts: Any) -> dict[str, Any]:
    return {
        "answer_id": name, "client_id": "a", "survey": "s", "instrument": "csat", "score": 3, "answered_at": at
    } | facts  # fmt: skip


def case(name: str, opened: str, closed: str = "", **facts: Any) -> dict[str, Any]:
    return {
        "case_id": name, "client_id": "a", "process": "p", "stage": "order", "opened_at": opened, "closed_at": closed
    } | facts  # fmt: skip


def step(name: str, of: str, team: str, started: str = "2026-06-02 08:00", finished: str = "", **facts: Any) -> Any:
    return {
        "step_id": name, "case_id": of, "step": "pick", "team": team, "started_at": started, "finished_at": finished
    } | facts  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The receipts of June 2026, by answer."""
    orders = [
        {"order_id": name, "client_id": "a", "ordered_at": "2026-03-01", "amount": 1, "status": "open"}
        for name in ("o1", "o2", "o3")
    ]
    store = lake(
        tmp_path_factory.mktemp("receipts"),
        clients=clients("a", "b"),
        orders=orders,
        answers=[
            answer("names its case", case_id="first", order_id="o1"),
            answer("names its order", order_id="o1", stage="order"),
            answer("names an order and no stage", order_id="o1"),
            answer("names an order without such a case", order_id="o2", stage="order"),
            answer("names nothing", stage="order"),
            answer("on the day", "2026-06-10 09:00", stage="order"),
            answer("of another stage", stage="support"),
            answer("of no stage"),
            answer("of another client", client_id="b", stage="order"),
            answer("names another's case", client_id="b", case_id="first"),
            answer("long after", "2026-06-20 12:00", stage="delivery"),
            answer("late so far", case_id="open"),
            answer("promise ahead", "2026-06-14 23:00", case_id="open"),
            answer("closed since", "2026-06-16 09:00", case_id="closed since"),
            answer("while it was going on", "2026-06-02 11:00", case_id="first"),
            answer("before its first step", "2026-06-01 09:00", case_id="first"),
            answer("May", "2026-05-31 23:59", case_id="first"),
        ],
        cases=[
            case("first", "2026-05-20 10:00", "2026-06-03 10:00", order_id="o1", promised_at="2026-06-01 23:00"),
            case("second", "2026-06-01 10:00", "2026-06-10 08:00", order_id="o1", promised_at="2026-06-10 01:00"),
            case("delivery of o1", "2026-06-04 10:00", "2026-06-11 10:00", order_id="o1", stage="delivery"),
            case("after the answer", "2026-06-25 10:00", "2026-06-26 10:00", order_id="o1"),
            case("closed after it", "2026-06-19 10:00", "2026-06-20 13:00"),
            case("long ago", "2026-03-01 10:00", "2026-03-22 11:00", stage="support"),
            case("other order", "2026-06-01 10:00", "2026-06-15 10:00", stage="delivery", order_id="o3"),
            case("open", "2026-06-05 10:00", promised_at="2026-06-15 10:00", stage="production"),
            case("closed since", "2026-06-05 10:00", "2026-06-29 10:00", promised_at="2026-06-15 10:00"),
        ],
        steps=[
            step("1", "first", "Small", finished="2026-06-02 09:00", is_rework=True, is_error=False),
            step("2", "first", "Large", "2026-06-02 10:00", "2026-06-02 11:00", is_rework=False, is_error=False),
            step("3", "first", "Large", "2026-06-02 12:00", "2026-06-02 13:00", is_rework=True, is_error=False),
            step("4", "second", "", finished="2026-06-02 09:00"),
        ],
    )
    return receipts.receipts(store, JUNE, {}).set_index("answer_id")


@pytest.mark.parametrize(
    ("name", "linked_by", "case_id"),
    [
        ("names its case", "case", "first"),  # although its order has a later one
        ("names its order", "order", "second"),  # the latest of the stage opened before the answer
        ("names an order and no stage", "order", "delivery of o1"),
        ("names an order without such a case", "order", None),  # not the case of another order
        ("names nothing", "recent", "second"),  # not the one that closed an hour after the answer
        ("on the day", "recent", "second"),
        ("of another stage", "none", None),  # its last case closed 90 days and an hour before
        ("of no stage", "none", None),
        ("of another client", "none", None),
        ("long after", "recent", "other order"),
        ("late so far", "case", "open"),
    ],
)
def test_an_answer_is_linked_by_case_else_order_else_the_latest_of_its_stage(
    found: pd.DataFrame, name: str, linked_by: str, case_id: str | None
) -> None:
    """The answer's own word comes first; what is only near in time is called that; nothing is linked by force."""
    linked = found.loc[name]

    assert linked["linked_by"] == linked_by
    assert (None if pd.isna(linked["case_id"]) else linked["case_id"]) == case_id


def test_there_is_one_receipt_an_answer_and_only_of_the_days_asked_for(found: pd.DataFrame) -> None:
    """However many cases an order has, its answer counts once."""
    assert len(found) == 16
    assert found.index.is_unique
    assert "May" not in found.index


def test_another_clients_case_is_not_shown(found: pd.DataFrame) -> None:
    """An answer that names a case of another client by mistake shows nothing of it."""
    assert pd.isna(found.loc["names another's case", "case_id"])
    assert pd.isna(found.loc["names another's case", "team"])


@pytest.mark.parametrize(
    ("name", "days_late", "is_late", "is_open"),
    [
        ("names its case", 2, True, False),
        ("names its order", 0, False, False),  # seven hours late on the promised day is in time
        ("late so far", 5, True, True),
        ("promise ahead", None, None, True),
        ("closed since", 1, True, True),  # 14 days in the end, but one when the client said it
        ("names an order and no stage", None, None, False),  # nothing was promised
    ],
)
def test_lateness_is_what_the_client_knew_when_answering(
    found: pd.DataFrame, name: str, days_late: int | None, is_late: bool | None, is_open: bool
) -> None:
    """A delay that came after the answer is not behind it; a promise still ahead is neither kept nor broken."""
    row = found.loc[name]

    assert (None if pd.isna(row["days_late"]) else row["days_late"]) == days_late
    assert (None if pd.isna(row["is_late"]) else bool(row["is_late"])) == is_late
    assert bool(row["is_open"]) == is_open


def test_a_case_brings_its_work_and_the_team_that_did_most_of_it(found: pd.DataFrame) -> None:
    """Two of three steps were Large's, two were done again; what no step records stays unknown."""
    first, second = found.loc["names its case"], found.loc["names its order"]

    assert (first["team"], first["rework"], first["errors"], first["hand_overs"]) == ("Large", 2, 0, 1)
    assert first["lead_time"] == 14
    assert pd.isna(second["team"])
    assert pd.isna(second["rework"])
    assert pd.isna(found.loc["late so far", "lead_time"])


def test_steps_begun_after_the_answer_are_not_behind_it(found: pd.DataFrame) -> None:
    """An hour before the third step: one of the two reworks, the hand-over, and of one step each the last team by name;
    before any step nothing has happened, which is 0 where it is recorded at all, and nobody has done it."""
    amid, early = found.loc["while it was going on"], found.loc["before its first step"]

    assert (amid["team"], amid["rework"], amid["errors"], amid["hand_overs"]) == ("Small", 1, 0, 1)
    assert (early["rework"], early["errors"], early["hand_overs"]) == (0, 0, 0)
    assert pd.isna(early["team"])


def test_filters_of_clients_and_stages_keep_their_answers(tmp_path: Path) -> None:
    """Chosen clients and stages are those of the answers; others have no receipt."""
    store = lake(
        tmp_path,
        clients=[*clients("a"), *clients("b", segment="Large")],
        answers=[answer("1", stage="order"), answer("2", stage="support"), answer("3", client_id="b", stage="order")],
    )

    of_large = receipts.receipts(store, JUNE, {"segment": ("Large",)})
    at_order = receipts.receipts(store, JUNE, {"stage": ("order",)})

    assert list(of_large["answer_id"]) == ["3"]
    assert sorted(at_order["answer_id"]) == ["1", "3"]
    assert list(at_order["linked_by"]) == ["none", "none"]


@pytest.fixture(scope="module")
def teams(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Team Five of five people, one of whom leaves after 20 June, and a step open from 10 June noon to 12 June noon."""
    people = [
        {"employee_id": f"e{i}", "team": "Five", "hired_on": "2026-05-02" if i == 0 else "2025-06-01"} for i in range(5)
    ]
    people[4]["left_on"] = "2026-06-20"
    store = lake(
        tmp_path_factory.mktemp("teams"),
        employees=[
            *people,
            {"employee_id": "x", "team": "One", "hired_on": "2025-01-01"},
            *({"employee_id": f"x{i}", "team": "Half", "hired_on": "2025-01-01"} for i in range(6)),
        ],
        cases=[case("c", "2026-05-01 00:00")],
        steps=[
            step("0", "c", "Five", "2026-05-01 00:00", "2026-05-01 00:00"),  # the lake's first, open for no time
            step("1", "c", "Five", "2026-06-10 12:00", "2026-06-12 12:00"),
            step("2", "c", "One", "2026-06-10 12:00"),
        ],
        skills=[
            {"employee_id": who, "skill": "s", "required_level": 2, "actual_level": level, "assessed_on": day}
            for who, level, day in (
                *((f"e{i}", i % 2 + 1, "2026-05-10") for i in range(5)),
                ("e2", 2, "2026-05-20"),
                ("e4", 2, "2026-06-15"),
                *((f"x{i}", 2, "2026-05-10") for i in range(4)),
            )
        ],
    )
    return receipts.team_days(store).set_index(["team", "day"])


def test_workload_counts_the_hours_a_step_lay_open_a_person(teams: pd.DataFrame) -> None:
    """Two days of one open step, over seven days of five people; the usual is the mean of all days from the 29th on."""
    at = teams.loc["Five"]["open_steps"]

    assert at["2026-06-09"] == 0
    assert at["2026-06-10"] == pytest.approx(0.5 / 35)
    assert at["2026-06-16"] == pytest.approx(2 / 35)
    assert at["2026-06-19"] == pytest.approx(0)
    # from 29 May on, 33 days; 10 to 18 June see of the two days 0.5, 1.5, five times 2, 1.5 and 0.5
    assert teams.loc["Five"]["usual"]["2026-06-16"] == pytest.approx(14 / 35 / 33)


def test_newcomers_tenure_and_skills_are_of_the_people_there_that_day(teams: pd.DataFrame) -> None:
    """Who was hired less than 90 days before is new; who reaches the level is told of the end of the month before."""
    team = teams.loc["Five"]

    assert team["newcomers"]["2026-06-16"] == pytest.approx(1 / 5)
    assert team["tenure"]["2026-06-16"] == pytest.approx((4 * 380 + 45) / 5 / 30.4375)
    assert pd.isna(team["skill_fit"]["2026-05-31"])  # nobody was assessed by the end of April
    assert set(team["skill_fit"]["2026-06-01":]) == {
        3 / 5
    }  # e1, e3 and, since 20 May, e2; e4 only in the middle of June


def test_skills_of_fewer_than_five_assessed_are_never_told(teams: pd.DataFrame) -> None:
    """Six people, four of them assessed: the share would be theirs."""
    team = teams.loc["Half"]

    assert set(team["people"]) == {6}
    assert team["skill_fit"].isna().all()


def test_a_team_of_fewer_than_five_has_no_state(teams: pd.DataFrame) -> None:
    """From the day after the fifth has left, nothing is told of the team; of a person alone, never."""
    shown = teams.loc["Five"].index

    assert str(shown.min().date()) == "2026-05-02"
    assert str(shown.max().date()) == "2026-06-20"
    assert set(teams.index.get_level_values("team")) == {"Five", "Half"}
