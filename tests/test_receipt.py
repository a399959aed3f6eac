"""The receipt of one answer: its cases against what is usual, the oddest first, and its team but no single person."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lakes import clients, lake

from data.store import Store
from metrics import ask, receipt
from metrics.receipt import Receipt
from metrics.served import Staff, told_month
from metrics.window import DAY as ONE
from metrics.window import Period, Window

NOWHERE = Window(())


def case(name: str, client: str, late: int, stage: str = "order", **facts: Any) -> dict[str, Any]:
    """A case closed on 10 June, so many days past its promise."""
    return {
        "case_id": name, "client_id": client, "process": "p", "stage": stage, "opened_at": "2026-05-20",
        "promised_at": f"2026-06-{10 - late:02}", "closed_at": "2026-06-10 12:00",
    } | facts  # fmt: skip


def step(name: str, of: str, who: str = "", team: str = "", **facts: Any) -> dict[str, Any]:
    return {
        "step_id": name, "case_id": of, "step": "pick", "employee_id": who, "team": team,
        "started_at": "2026-06-08 08:00", "finished_at": "2026-06-09 08:00",
    } | facts  # fmt: skip


def answer(name: str, client: str = "a", at: str = "2026-06-20 12:00", **facts: Any) -> dict[str, Any]:
    return {
        "answer_id": name, "client_id": client, "survey": "s", "instrument": "nps", "score": 2, "answered_at": at
    } | facts  # fmt: skip


def of(store: Store, name: str, client: str = "a", day: str = "2026-06-20") -> Receipt:
    found = receipt.receipt(store, NOWHERE, {}, client, name, day)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Ten cases of others, one five days late and one five early; a's own: one late, one long open, one in time."""
    others = [case(f"o{i}", "b", {0: 5, 1: -5}.get(i, 0)) for i in range(10)]
    mine = [
        case("late", "a", 3),
        case("in time", "a", 0),
        case("open past it", "a", 0, stage="delivery", closed_at="", promised_at="2026-06-12"),
        case("long ago", "a", 9, opened_at="2026-01-01", promised_at="2026-03-01", closed_at="2026-03-10"),
        case("of b", "b", 8),
    ]
    return lake(
        tmp_path_factory.mktemp("receipt"),
        clients=clients("a", "b"),
        orders=[
            {"order_id": "never came", "client_id": "a", "ordered_at": "2026-05-01", "amount": 1, "status": "open",
             "promised_at": "2026-06-15"},
        ],
        answers=[
            answer("of all"),
            answer("of a case", instrument="csat", case_id="late", stage="order"),
            answer("of an order", instrument="csat", score=1, order_id="never came", stage="delivery"),
            answer("of nothing", client="b", at="2026-01-05 10:00"),
        ],
        cases=[*others, *mine],
        steps=[step("1", "late", is_rework=True), step("2", "in time", is_rework=False)],
    )  # fmt: skip


def test_an_answer_of_no_stage_speaks_of_all_cases_before_it(store: Store) -> None:
    """Those closed in the 90 days before it or open then, the oddest first; neither older ones nor another client's."""
    found = of(store, "of all")

    assert found.linked_by == "span"
    assert found.all_cases == 3
    assert [case.id for case in found.cases] == ["late", "open past it", "in time"]


def test_a_fact_is_held_against_such_cases(store: Store) -> None:
    """Of 14 closed cases of the stage three were three or more days late: 9, 8 and 5; with its own, four."""
    fact = next(fact for fact in of(store, "of a case").cases[0].facts if fact.name == "days_late")

    assert (fact.value, fact.n) == (3, 14)
    assert fact.as_bad == pytest.approx(4 / 14)
    assert fact.usual == pytest.approx((5 + 3 + 9 + 8) / 14)


def test_what_is_in_time_is_not_odd_however_rare(store: Store) -> None:
    """A case in time has nothing unusual to be ashamed of, and an unrecorded fact none at all."""
    found = of(store, "of all").cases[-1]

    assert found.oddity == 1
    assert [fact.value for fact in found.facts if fact.name == "errors"] == [None]


def test_an_open_case_is_late_so_far(store: Store) -> None:
    """Eight days past its promise on the day of the answer; that it is open is said."""
    found = next(case for case in of(store, "of all").cases if case.id == "open past it")

    assert found.is_open
    assert next(fact.value for fact in found.facts if fact.name == "days_late") == 8


def test_an_order_without_a_case_still_shows_what_became_of_it(store: Store) -> None:
    """Promised for the 15th, not fulfilled on the 20th: five days late, and no case is put in its place."""
    found = of(store, "of an order")

    assert (found.linked_by, found.cases) == ("order", ())
    assert found.order is not None
    assert (found.order["order_id"], found.order_late) == ("never came", 5)
    assert found.unknown == ("case",)


def test_nothing_is_claimed_where_nothing_is_linked(store: Store) -> None:
    """An answer before any case has a receipt that says so; an answer that nobody gave has none."""
    assert of(store, "of nothing", "b", "2026-01-05").cases == ()
    assert receipt.receipt(store, NOWHERE, {}, "a", "of nothing", "2026-01-05") is None


def test_what_is_not_recorded_is_said(store: Store) -> None:
    """Steps without names and errors: no team, no hand-overs, and no zero in their place."""
    assert set(of(store, "of a case").unknown) == {"hand_overs", "errors", "team"}


def test_the_receipt_tells_a_case_as_it_stood_then(tmp_path: Path) -> None:
    """Passed on and redone twice in the end, once each when the client answered; the open step was not finished yet."""
    store = lake(
        tmp_path,
        clients=clients("a"),
        answers=[answer("amid", at="2026-06-08 12:00", case_id="c"), answer("after", case_id="c")],
        cases=[case("c", "a", 0)],
        steps=[
            step("1", "c", team="First", started_at="2026-06-07", finished_at="2026-06-07 10:00", is_rework=False),
            step("2", "c", team="Second", is_rework=True),
            step("3", "c", team="Third", started_at="2026-06-08 13:00", is_rework=True),
            step("4", "c", team="Third", started_at="2026-06-08 14:00", is_rework=False),
        ],
    )  # fmt: skip
    amid, after = (of(store, name, day=day).cases[0] for name, day in (("amid", "2026-06-08"), ("after", "2026-06-20")))
    told = [{fact.name: fact.value for fact in one.facts} for one in (amid, after)]

    assert [(one["hand_overs"], one["rework"]) for one in told] == [(1, 1), (2, 2)]
    assert [one["errors"] for one in told] == [None, None]
    assert (len(amid.steps), amid.team, after.team) == (2, "Second", "Third")
    assert amid.steps["finished_at"].notna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("day", "month"),
    [("2026-06-15", "2026-06"), ("2026-06-01", "2026-06"), ("2026-06-30", "2026-06"), ("2026-07-02", "2026-06")],
)
def test_people_are_told_by_whole_finished_months(day: str, month: str) -> None:
    """The month of the day, or the one before while it is not over: any day of a month tells the same."""
    told = told_month(date.fromisoformat(day), date(2026, 7, 1))

    assert f"{told.start:%Y-%m}" == month
    assert told.start.day == 1
    assert (told.end - ONE).month == told.start.month


@pytest.fixture(scope="module")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Teams of six (Large), seven (Wide) and one (Alone, who is a's manager); everybody answers on 10 June.

    a's case was done by Alone, b's by Large, c's by Wide, of whom only four answered.
    """
    teams = {"Large": 6, "Wide": 7, "Alone": 1}
    people = [
        {"employee_id": f"{team}{i}", "team": team, "hired_on": "2025-01-01"}
        for team, n in teams.items()
        for i in range(n)
    ]
    answering = [one["employee_id"] for one in people if one["employee_id"] not in ("Wide0", "Wide1", "Wide2")]
    return lake(
        tmp_path_factory.mktemp("peopled"),
        clients=[*clients("a", manager_id="Alone0"), *clients("b", "c", "d", manager_id="Large0")],
        employees=people,
        pulse=[
            {"pulse_id": who, "employee_id": who, "asked_on": "2026-06-10", "instrument": "engagement"}
            | {"score": 1 if who == "Alone0" else 4}
            for who in answering
        ],
        cases=[case(f"of {one}", one, 2) for one in "abc"],
        steps=[
            step("1", "of a", "Alone0", "Alone"), step("2", "of b", "Large1", "Large"),
            step("3", "of c", "Wide1", "Wide"),
        ],
        answers=[answer(f"from {one}", one, case_id=f"of {one}", stage="order") for one in "abc"],
    )  # fmt: skip


def engagement(found: Receipt) -> Staff:
    return next(one for one in found.staff if one.name == "engagement")


def test_the_one_manager_of_a_client_cannot_be_read_from_its_receipt(peopled: Store) -> None:
    """The attack: one client, one manager who did all its work. Nothing of that person is told, in no number."""
    found = of(peopled, "from a", "a")

    assert found.team == "Alone"
    assert {one.unit for one in found.staff} <= {None}
    assert all(one.n >= ask.FEWEST_PEOPLE for one in found.staff)
    assert engagement(found).value != 1


def test_no_two_receipts_give_the_hidden_one_by_difference(peopled: Store) -> None:
    """The attack by subtraction: whole company less every team told leaves at least five people, never one."""
    told = [engagement(of(peopled, f"from {one}", one)) for one in "abc"]
    teams = {one.unit: one.n for one in told if one.unit}
    company = next(one.n for one in told if one.unit is None)

    assert company - sum(teams.values()) >= ask.FEWEST_PEOPLE


def test_a_team_that_hides_a_smaller_one_is_not_told(peopled: Store) -> None:
    """Large is the next smallest beside the one alone: its load and its newcomers are kept back with that one's."""
    assert {one.unit for one in of(peopled, "from b", "b").staff} == {None}


def test_a_team_of_which_too_few_answered_is_told_as_the_company(peopled: Store) -> None:
    """Seven people, four answers: the smallest unit of five or more who answered is named instead."""
    found = engagement(of(peopled, "from c", "c"))

    assert (found.unit, found.n) == (None, 11)


def test_neighbouring_days_tell_the_same_of_people(tmp_path: Path) -> None:
    """The attack by dates: answers a day apart, with one employee's answer between them, tell the same of the team."""
    people = [{"employee_id": f"e{i}", "team": "T", "hired_on": "2025-01-01"} for i in range(6)]
    store = lake(
        tmp_path,
        clients=clients("a"),
        employees=people,
        pulse=[
            {"pulse_id": f"{i}", "employee_id": f"e{i}", "asked_on": f"2026-05-{10 + i}", "instrument": "engagement"}
            | {"score": 1 + i % 5}
            for i in range(6)
        ],
        cases=[
            case(f"c{i}", "a", 0, opened_at="2026-05-01", promised_at=f"2026-05-{i + 10}")
            | {"closed_at": f"2026-05-{i + 10} 12:00"}
            for i in range(6)
        ],
        steps=[step(f"{i}", f"c{i}", f"e{i}", "T", started_at="2026-05-02") for i in range(6)],
        answers=[
            answer(f"{i}", at=f"2026-05-{10 + i} 18:00", case_id=f"c{i}", stage="order") for i in range(6)
        ],
    )  # fmt: skip

    told = {engagement(of(store, f"{i}", day=f"2026-05-{10 + i}")) for i in range(6)}

    assert len(told) == 1
    assert told.pop().over == Period(date(2026, 5, 1), date(2026, 6, 1))
