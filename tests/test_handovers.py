"""Hand-overs: how many cases have how many, how long these took, and between which teams the work passed."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lakes import clients, days, lake, reading

from metrics import handovers
from metrics.change import Verdict
from metrics.handovers import HandOvers
from metrics.window import Window
from ui import handovers as panels
from ui import theme

JUNE = days("2026-06-01", "2026-06-30")
CLIENTS = "abcdefghijkl"
START = datetime.fromisoformat("2026-06-02 08:00")


def run(
    name: str, took: float, *teams: str | None, process: str = "p", who: bool = False, client: str = ""
) -> list[dict[str, Any]]:
    """A case that took so many days, and one step by each team; `who`: everybody in it is another person.

    Without a `client` it is one of twelve, by the digits of its name.
    """
    of = client or CLIENTS[int("0" + "".join(sign for sign in name if sign.isdigit())) % len(CLIENTS)]
    case = {
        "case_id": name, "client_id": of, "process": process, "stage": "order", "opened_at": START,
        "closed_at": START + timedelta(days=took),
    }  # fmt: skip
    steps = [
        {
            "step_id": f"{name}{at}", "case_id": name, "step": f"s{at}", "team": team,
            "employee_id": f"e{at}" if who else None, "started_at": START + timedelta(hours=at),
            "finished_at": START + timedelta(hours=at + 1),
        }
        for at, team in enumerate(teams)
    ]  # fmt: skip
    return [case, *steps]


def found(folder: Path, *runs: list[dict[str, Any]]) -> HandOvers:
    """The hand-overs of process p."""
    people = [{"employee_id": f"e{at}", "team": "A", "hired_on": "2025-01-01"} for at in range(9)]
    store = lake(
        folder, clients=clients(*CLIENTS), employees=people, cases=[one[0] for one in runs],
        steps=[step for one in runs for step in one[1:]],
    )  # fmt: skip
    answer = handovers.hand_overs(store, Window((JUNE,)), {}, "p")
    per_case = reading(store, "hand_overs_per_case", JUNE, process=("p",))
    counted = sum(pair.n for pair in answer.pairs) + answer.within + answer.unnamed
    assert counted == pytest.approx((per_case.value or 0) * per_case.n), "the pairs come to the catalogue's hand-overs"
    assert answer.cases == per_case.n
    return answer


def test_each_number_of_hand_overs_has_its_cases_and_their_time(tmp_path: Path) -> None:
    """Six cases in one pair of hands took 2 days, six with one hand-over 8; a mean over all would say 5."""
    runs = [run(f"a{i}", 2, "A", "A") for i in range(6)] + [run(f"b{i}", 8, "A", "B") for i in range(6)]
    answer = found(tmp_path, *runs)

    assert [(rung.hand_overs, rung.n, rung.part.value) for rung in answer.rungs] == [(0, 6, 0.5), (1, 6, 0.5)]
    assert [rung.lead_time.value for rung in answer.rungs] == pytest.approx([2, 8], rel=0.011)


def test_many_hand_overs_are_put_together(tmp_path: Path) -> None:
    """Five, six and seven hand-overs stand in one row: five or more."""
    runs = [run(f"c{i}", 3, *("AB" * 4)[: 6 + i]) for i in range(3)]
    answer = found(tmp_path, *runs)

    assert [(rung.hand_overs, rung.is_more, rung.n) for rung in answer.rungs] == [(5, True, 3)]
    assert answer.rungs[0].lead_time.value is None, "three cases are too few to tell their time"
    assert "too few to tell" in panels._dot(answer.rungs[0], panels.language.texts("flow", "en")).second


def test_longer_beyond_chance_is_an_association(tmp_path: Path) -> None:
    """Twelve quick cases without and twelve slow ones with a hand-over: longer, and said not to be a cause."""
    runs = [run(f"a{i}", 2 + i % 3, "A", "A") for i in range(12)]
    answer = found(tmp_path, *runs, *(run(f"b{i}", 8 + i % 3, "A", "B") for i in range(12)))

    assert answer.verdict == Verdict.WORSE
    assert "an association, not a cause" in panels.finding(answer, "en")


def test_one_client_with_many_slow_cases_proves_nothing_of_hand_overs(tmp_path: Path) -> None:
    """Eleven clients wait as long with a hand-over as without; the twelfth has all the slow cases, with hand-overs."""
    alike = [run(f"{team}{i}", 2 + i % 3, "A", team) for team in "AB" for i in range(11)]
    answer = found(tmp_path, *alike, *(run(f"c{i}", 20, "A", "B", client="l") for i in range(30)))

    assert answer.against.difference == pytest.approx(20 - 3, rel=0.05)
    assert answer.verdict == Verdict.NO_REAL_CHANGE


def test_the_same_times_prove_nothing(tmp_path: Path) -> None:
    """Times that do not depend on the hand-overs are called neither longer nor shorter."""
    runs = [run(f"a{i}", 2 + i % 5, "A", "A") for i in range(15)]
    answer = found(tmp_path, *runs, *(run(f"b{i}", 2 + (i + 2) % 5, "A", "B") for i in range(15)))

    assert answer.verdict == Verdict.NO_REAL_CHANGE
    assert "neither longer nor less beyond chance" in panels.finding(answer, "en")


def test_another_process_does_not_mix_in(tmp_path: Path) -> None:
    """A slow process with many hand-overs would make hand-overs look slow in a quick one."""
    slow = [run(f"q{i}", 20, "A", "B", "A", process="q") for i in range(9)]
    answer = found(tmp_path, *(run(f"a{i}", 2, "A", "B") for i in range(9)), *slow)

    assert [(rung.hand_overs, rung.n) for rung in answer.rungs] == [(1, 9)]
    assert answer.verdict == Verdict.TOO_FEW


def test_pairs_of_teams_from_the_most_frequent_on(tmp_path: Path) -> None:
    """From A to B twice, from B to A once: told apart by direction. Inside a team is counted, but no pair."""
    runs = [run("x", 2, "A", "B", "A"), run("y", 2, "A", "B"), run("z", 2, "A", "A", who=True)]
    answer = found(tmp_path, *runs)

    assert [(pair.first, pair.then, pair.n) for pair in answer.pairs] == [("A", "B", 2), ("B", "A", 1)]
    assert (answer.within, answer.unnamed) == (1, 0)
    assert panels.between_teams(answer, "en") == "3 hand-overs between teams, 1 inside a team."


def test_a_hand_over_without_a_team_is_said(tmp_path: Path) -> None:
    """One person after another, with no team named: a hand-over, but between nobody knows whom."""
    answer = found(tmp_path, run("x", 2, None, None, who=True))

    assert (answer.pairs, answer.within, answer.unnamed) == ((), 0, 1)
    assert "At 1 more a team is not named." in panels.between_teams(answer, "en")


def test_nobody_named_is_not_no_hand_over(tmp_path: Path) -> None:
    """Steps that name neither person nor team: nothing is known, and no 0 is shown."""
    answer = found(tmp_path, run("x", 2, None, None), run("y", 2, None, None))

    assert (answer.rungs, answer.verdict) == ((), Verdict.TOO_FEW)
    assert panels.chart(answer, "en", theme.LIGHT)[1].startswith("No step of these cases names a person or a team")


def test_no_person_is_named(tmp_path: Path) -> None:
    """What is shown of hand-overs speaks of teams alone."""
    answer = found(tmp_path, *(run(f"x{i}", 2, "A", "B", who=True) for i in range(6)))
    shown = panels.pairs(answer, "en")[0].to_csv() + panels.rungs(answer, "en")[0].to_csv()

    assert "e0" not in shown
    assert "e1" not in shown
