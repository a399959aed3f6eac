"""The teams that served a client over time: whole months, five people or more, and no single person by any way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from lakes import clients, lake

from data.store import Store
from metrics import ask, served
from metrics.served import STAFF, Served, Unit
from metrics.window import Period, Window

NOWHERE = Window(())
MAY, JUNE = (Period(date(2026, month, 1), date(2026, month + 1, 1)) for month in (5, 6))
SIZES = {"Large": 6, "Wide": 7, "Broad": 8, "Alone": 1}


def of(store: Store, client: str) -> Served:
    return served.served(store, NOWHERE, {}, client)


def peopled(home: Path, late: Iterable[tuple[str, int]] = (), until: str = "2026-06-30") -> Store:
    """Teams of six, seven, eight and one; all answer in May and in June, of Wide only four in June.

    Each of a, b, c, d had one step a month of one team, e three of Broad and one of Alone, f one of Wide and of Alone.
    `late`: answers of (who, score) on the last day.
    """
    people = [
        {"employee_id": f"{team}{at}", "team": team, "hired_on": "2025-01-01"}
        for team, n in SIZES.items()
        for at in range(n)
    ]
    months = (5, 6) if until > "2026-06-28" else (5,)
    did = {
        "a": ["Alone"],
        "b": ["Large"],
        "c": ["Wide"],
        "d": ["Broad"],
        "e": ["Broad", "Broad", "Broad", "Alone"],
        "f": ["Wide", "Alone"],
    }
    steps = [
        {"step_id": f"{client}{month}{at}", "case_id": client, "step": "pick", "team": team, "employee_id": f"{team}0"}
        | {"started_at": f"2026-0{month}-0{at + 1}", "finished_at": f"2026-0{month}-07"}
        for client, teams in did.items()
        for month in months
        for at, team in enumerate(teams)
    ]
    pulse = [
        {"pulse_id": f"{who['employee_id']}{month}", "employee_id": who["employee_id"], "instrument": "engagement"}
        | {"asked_on": f"2026-0{month}-10", "score": {"Alone": 1, "Broad": 5}.get(who["team"], 4)}
        for who in people
        for month in months
        if month == 5 or who["employee_id"] not in ("Wide0", "Wide1", "Wide2")
    ]
    pulse += [
        {"pulse_id": f"{who}late", "employee_id": who, "instrument": "engagement", "asked_on": until, "score": score}
        for who, score in late
    ]
    return lake(
        home,
        until,
        clients=clients(*did),
        employees=people,
        pulse=pulse,
        cases=[
            {"case_id": one, "client_id": one, "process": "p", "stage": "order", "opened_at": "2026-05-01"}
            for one in did
        ],
        steps=steps,
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return peopled(tmp_path_factory.mktemp("served"))


def units(found: Served, month: Period) -> tuple[Unit, ...]:
    return next(one.units for one in found.months["engagement"] if one.over == month)


def test_a_month_is_told_by_the_teams_that_did_the_work(store: Store) -> None:
    """Three steps of Broad at 5, one of a team of one: the company, 4.3 in May, stands for that one alone."""
    may = of(store, "e").months["engagement"][0]
    company = (13 * 4 + 8 * 5 + 1) / 22

    assert (may.over, may.company) == (MAY, pytest.approx(company))
    assert may.units == (Unit("Broad", 5.0, 8, 3), Unit(None, pytest.approx(company), 22, 1))
    assert may.value == pytest.approx((3 * 5 + company) / 4)


def test_a_team_of_which_four_answered_is_told_as_the_company(store: Store) -> None:
    """In May seven of Wide answered and it is named; in June four."""
    assert units(of(store, "c"), MAY) == (Unit("Wide", 4.0, 7, 1),)
    assert [(one.team, one.people) for one in units(of(store, "c"), JUNE)] == [(None, 19)]


def test_the_company_stands_once_for_all_teams_that_may_not_be_told(store: Store) -> None:
    """In June neither Wide nor Alone is told of: one unit with the steps of both."""
    assert [(one.team, one.people, one.steps) for one in units(of(store, "f"), JUNE)] == [(None, 19, 2)]


def test_what_is_not_connected_is_named(store: Store) -> None:
    """No skills in this company; of a client without steps no team is known."""
    assert of(store, "a").missing == ("skill_fit",)
    assert of(store, "a").months["skill_fit"] == ()
    assert of(store, "nobody").is_named is False


def test_the_one_manager_of_a_client_cannot_be_read_from_its_lane(store: Store) -> None:
    """The attack: one person did all the work of a. Only the company is told, never of fewer than five."""
    for month in of(store, "a").months["engagement"]:
        assert {one.team for one in month.units} == {None}
        assert month.value == month.company != 1


def test_no_lanes_together_give_the_hidden_one_by_difference(store: Store) -> None:
    """The attack by subtraction: the company less all teams told by any client leaves five people or more, or none."""
    for month in (MAY, JUNE):
        told = [unit for client in "abcdef" for unit in units(of(store, client), month)]
        teams = {one.team: one.people for one in told if one.team}
        company = next(one.people for one in told if one.team is None)

        assert all(one.people >= ask.FEWEST_PEOPLE for one in told)
        assert "Alone" not in teams
        assert company - sum(teams.values()) >= ask.FEWEST_PEOPLE


def test_the_month_that_is_not_over_is_not_told(tmp_path: Path) -> None:
    """The attack by dates: a lake a day longer, with one more answer in it, tells the same of the people."""
    found = [
        of(peopled(tmp_path / name, late, until="2026-06-20"), "b").months
        for name, late in (("before", ()), ("after", [("Large1", 1)]))
    ]

    assert found[0] == found[1]
    assert [month.over for month in found[0]["engagement"]] == [MAY]


def test_the_load_weighs_each_team_by_its_steps_and_leaves_small_ones_out(store: Store) -> None:
    """Alone has no load to tell; Broad has."""
    assert of(store, "a").load.empty
    assert not of(store, "d").load.empty
    assert set(of(store, "d").months) == set(STAFF)
