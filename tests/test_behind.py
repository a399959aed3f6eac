"""What stands behind a score: worked by hand on a tiny lake, and the planted truth of the demo company found again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lakes import clients, days, lake

from data import build, demo, source
from data.store import Store
from metrics import behind, behind_rows, receipt_sums
from metrics.behind import Behind
from metrics.drivers import Fit, Refused
from metrics.facts import FACTS
from metrics.window import Period, Window

JUNE = days("2026-06-01", "2026-06-30")
UNTIL = date(2026, 6, 30)
DRIVERS = ("days_late", "hand_overs", "workload", "rework")
DECOYS = ("lead_time", "errors", "backlog", "engagement", "newcomers", "attrition", "tenure", "skill_fit")


def tiny(home: Path, late: list[int], scores: list[int]) -> Store:
    """One case and one answer a client; case i closed `late[i]` days after the promised day."""
    people = [f"c{at}" for at in range(len(late))]
    promised = datetime.fromisoformat("2026-06-10 12:00")
    cases = [
        {
            "case_id": f"k{at}", "client_id": one, "process": "p", "stage": "order", "opened_at": "2026-06-01 12:00",
            "promised_at": promised, "closed_at": promised + timedelta(days=days_late),
        }
        for at, (one, days_late) in enumerate(zip(people, late, strict=True))
    ]  # fmt: skip
    answers = [
        {
            "answer_id": f"a{at}", "client_id": one, "survey": "s", "instrument": "csat", "score": score,
            "answered_at": "2026-06-29 12:00", "case_id": f"k{at}", "stage": "order",
        }
        for at, (one, score) in enumerate(zip(people, scores, strict=True))
    ]  # fmt: skip
    return lake(home, clients=clients(*people), cases=cases, answers=answers)


def found(store: Store, instrument: str = "", **filters: tuple[str, ...]) -> Behind:
    return behind.behind(store, Window((JUNE, JUNE)), filters, instrument)


def test_the_sums_of_the_database_give_the_slope_of_the_rows(tmp_path: Path) -> None:
    """Early counts as in time, beyond a week as a week: the slope of least squares over those days, by hand."""
    late = [-3, 0, 0, 1, 2, 3, 4, 9, 15, 0, 1, 5] * 3
    scores = [5, 5, 4, 4, 4, 3, 3, 1, 2, 5, 5, 2] * 3
    one = found(tiny(tmp_path, late, scores))
    assert isinstance(one.fit, Fit)
    days_late = next(driver for driver in one.fit.drivers if driver.name == "days_late")
    x = np.clip(late, 0, 7)

    assert days_late.alone == pytest.approx(np.polyfit(x, scores, 1)[0], abs=1e-8)
    assert (one.answers, one.linked, one.fit.n) == (36, 36, 36)
    assert one.touched["days_late"].share.value == pytest.approx(24 / 36)
    assert one.touched["days_late"].mean == pytest.approx(x.mean())
    assert {"workload", "hand_overs", "rework"} <= set(one.unknown)  # nobody recorded a step


def test_a_case_still_open_has_taken_as_long_as_it_has(tmp_path: Path) -> None:
    """Opened on the first, promised for the tenth, asked on the 29th: 28 days so far, a week late or more."""
    store = tiny(tmp_path, [0] * 6 + [18, 20], [5] * 6 + [1, 1])  # the last is closed after it was asked about
    one = found(store)

    assert one.touched["lead_time"].mean == pytest.approx((6 * 9 + 27 + 28) / 8)
    assert one.doses["days_late"][-1].score.n == 6
    rows = behind_rows.of_dose(store, Window((JUNE, JUNE)), {}, "csat", "days_late", "6").rows
    assert sorted(rows["case_id"]) == ["k6", "k7"]


def test_doses_are_plain_means_with_their_n(tmp_path: Path) -> None:
    """0, 1, 2 ... days late; a dose of fewer than five answers is left out."""
    late, scores = [-1] * 6 + [1] * 6 + [2] * 4 + [8] * 6, [5, 5, 5, 5, 4, 4] + [4] * 6 + [3] * 4 + [1, 2] * 3
    one = found(tiny(tmp_path, late, scores))

    assert [(dose.low, dose.high, dose.score.value, dose.score.n) for dose in one.doses["days_late"]] == [
        (None, 1, pytest.approx(28 / 6), 6), (1, 2, 4.0, 6), (7, None, 1.5, 6),
    ]  # fmt: skip
    low, high = one.doses["days_late"][2].score.low, one.doses["days_late"][2].score.high
    assert low is not None
    assert high is not None
    assert low < 1.5 < high


def test_the_answers_behind_a_dose_are_listed(tmp_path: Path) -> None:
    """As many as the point counts, with their client and case; a dose or fact that does not exist has none."""
    store = tiny(tmp_path, [0] * 6 + [1] * 5, [5] * 6 + [4] * 5)
    window = Window((JUNE, JUNE))
    listed = behind_rows.of_dose(store, window, {}, "csat", "days_late", "1")

    assert (listed.n, set(listed.rows["client"])) == (5, {f"c{at}" for at in range(6, 11)})
    assert set(listed.rows["value"]) == {1}
    for fact, dose in (("days_late; drop", "1"), ("days_late", "x"), ("days_late", "99")):
        assert behind_rows.of_dose(store, window, {}, "csat", fact, dose).n == 0


def test_too_few_answers_are_refused_with_the_number_needed(tmp_path: Path) -> None:
    """Nine answers, two facts: nothing is said of what moves the score, and no team is compared."""
    one = found(tiny(tmp_path, [0, 1, 2] * 3, [5, 4, 3] * 3))

    assert one.fit == Refused("rows", 9, 20)
    assert one.spread is None


def test_stages_are_compared_inside_and_not_with_each_other() -> None:
    """A stage that is both later and worse says nothing by that: centred, its blocks carry only what varies inside."""
    size = len(receipt_sums.FACTS) + 2
    upper = np.triu_indices(size)
    rows = []
    for stage, late, score in (("a", 0.0, 5.0), ("b", 3.0, 2.0)):
        for block, (more, less) in enumerate([(0.0, 0.0), (1.0, 1.0)]):
            v = np.zeros(size)
            v[0], v[1], v[-1] = 1.0, late + more, score + less  # inside each stage, later goes with better
            rows.append(type("Row", (), {"sums": np.outer(v, v)[upper], "known": 1, "stage": stage, "block": block}))
    blocks, names, unknown, constant = behind._moments(rows)
    whole = blocks.sum(axis=0)

    assert names == ["days_late"]
    assert set(unknown) == set(receipt_sums.FACTS) - {"days_late"}
    assert constant == ()
    assert whole[1, 2] / whole[1, 1] == pytest.approx(1.0)
    assert whole[0, 1] == pytest.approx(0)


@pytest.fixture(scope="module", params=[demo.SEED, 2])
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The demo company, and another of the same truth."""
    home = tmp_path_factory.mktemp("demo")
    demo.write_raw(home / "raw", seed=request.param, until=UNTIL)
    now = datetime.combine(UNTIL + timedelta(days=1), datetime.min.time())
    build.build(source.read("demo"), home / "raw", home / "data", lambda share, doing: None, now)
    return Store(home / "data")


def year(store: Store, **filters: tuple[str, ...]) -> Fit:
    """All answers of the demo company."""
    window = Window((Period(date(2024, 6, 1), UNTIL + timedelta(days=1)),) * 2)
    fit = behind.behind(store, window, filters, "csat").fit
    assert isinstance(fit, Fit)
    return fit


def test_the_planted_drivers_are_found_with_sign_and_size(company: Store) -> None:
    """Lateness first; each planted driver is proven, and its true size lies within what is said of it."""
    by_name = {one.name: one for one in year(company).drivers}
    planted: dict[str, Any] = demo.truth()["drivers"]["csat_shown"]

    assert year(company).drivers[0].name == "days_late"
    for name in DRIVERS:
        one = by_name[name]
        assert one.is_proven, name
        assert one.slope < 0, name
        wider = 2 * planted[name]["sd"]  # the size itself is known from 80 companies only so well
        assert one.low - wider <= planted[name]["mean"] <= one.high + wider, name


def test_the_decoys_are_not_claimed(company: Store) -> None:
    """Lead time and errors go with low scores; beside lateness and rework neither is called a driver."""
    by_name = {one.name: one for one in year(company).drivers}

    assert not [name for name in DECOYS if by_name[name].is_proven]
    assert by_name["lead_time"].only_looks_so
    assert by_name["errors"].only_looks_so


def test_teams_are_ranked_only_where_they_differ(company: Store) -> None:
    """Inside each stage; teams of fewer than five people are counted and not named."""
    window = Window((Period(date(2024, 6, 1), UNTIL + timedelta(days=1)),) * 2)
    one = behind.behind(company, window, {}, "csat")
    assert one.spread is not None
    lows = [team.shrunk.low for team in one.teams]

    if one.spread.is_real:
        assert lows == sorted(lows, reverse=True)
    else:
        assert [team.name for team in one.teams] == sorted(team.name for team in one.teams)
    small = company.query("select team from employees where left_on is null group by team having count(*) < 5")["team"]
    assert not set(small) & {team.name for team in one.teams}


def test_the_list_of_answers_never_tells_what_one_employee_changed(tmp_path: Path) -> None:
    """Six people of a team, one newly assessed, hired or gone: no two rows of any list differ by them but in band."""
    people = [{"employee_id": f"e{i}", "team": "T", "hired_on": "2025-01-01"} for i in range(6)]
    people.append({"employee_id": "new", "team": "T", "hired_on": "2026-06-15"})
    left = ("2026-01-10", "2026-04-20", "2026-06-14")
    people += [{"employee_id": f"l{day}", "team": "T", "hired_on": "2025-01-01", "left_on": day} for day in left]
    skills = [
        {"employee_id": f"e{i}", "skill": "s", "required_level": 2, "actual_level": level, "assessed_on": day}
        for i, level, day in [*((i, 1 + i % 2, "2026-03-01") for i in range(6)), (0, 2, "2026-06-14")]
    ]
    asked = [f"2026-06-{day} 12:00" for day in (11, 12, 13, 16, 17, 18)]
    cases = [
        {"case_id": f"k{i}", "client_id": "a", "process": "p", "stage": "order", "opened_at": "2026-06-01",
         "closed_at": at} for i, at in enumerate(asked)
    ]  # fmt: skip
    steps = [
        {"step_id": f"s{i}", "case_id": f"k{i}", "step": "s", "team": "T", "started_at": "2026-06-01",
         "finished_at": at} for i, at in enumerate(asked)
    ]  # fmt: skip
    steps.append(steps[0] | {"step_id": "first", "started_at": "2026-03-02"})
    answers = [
        {"answer_id": f"a{i}", "client_id": "a", "survey": "s", "instrument": "csat", "score": 4,
         "answered_at": f"2026-06-{19 + i} 12:00", "case_id": f"k{i}", "stage": "order"} for i in range(6)
    ]  # fmt: skip
    store = lake(tmp_path, employees=people, skills=skills, cases=cases, steps=steps, answers=answers)
    window, seen = Window((JUNE, JUNE)), {}
    for fact, about in FACTS.items():
        for dose in range(len(about.edges) + 1):
            listed = behind_rows.of_dose(store, window, {}, "csat", fact, str(dose))
            for row in listed.rows.to_dict("records"):
                seen.setdefault(fact, []).append((dose, row.get("value"), row["case_id"]))

    assert {dose for dose, _, _ in seen["skill_fit"]} == {1}  # 3 of 6 all June, though e0 reached the level on the 14th
    assert {dose for dose, _, _ in seen["attrition"]} == {3}  # 1 of 8 before June; with the one of the 14th 2 of 8
    for fact in ("skill_fit", "newcomers", "tenure", "attrition"):
        assert len(seen[fact]) == 6, fact
        assert {value for _, value, _ in seen[fact]} == {None}, fact


def waiting(home: Path) -> Store:
    """Closed in time: one hand-over, score 5, or two, score 4. Past the promise and open: none yet, score 1."""
    kinds = [("one", 1, 5), ("two", 2, 4), ("none", 0, 1)] * 14
    people = [f"{kind}{at}" for at, (kind, _, _) in enumerate(kinds)]
    cases, steps, answers = [], [], []
    for one, (_, hand_overs, score) in zip(people, kinds, strict=True):
        cases.append(
            {"case_id": one, "client_id": one, "process": "p", "stage": "order", "opened_at": "2026-06-01 12:00",
             "promised_at": "2026-06-10 12:00", "closed_at": "2026-06-09 12:00" if hand_overs else None}
        )  # fmt: skip
        steps += [
            {"step_id": f"{one}{at}", "case_id": one, "step": "s", "team": f"T{at}",
             "started_at": f"2026-06-0{2 + at} 12:00", "finished_at": f"2026-06-0{3 + at} 12:00"}
            for at in range(hand_overs + 1)
        ]  # fmt: skip
        answers.append(
            {"answer_id": one, "client_id": one, "survey": "s", "instrument": "csat", "score": score,
             "answered_at": "2026-06-29 12:00", "case_id": one, "stage": "order"}
        )  # fmt: skip
    return lake(home, clients=clients(*people), cases=cases, steps=steps, answers=answers)


def test_open_cases_do_not_turn_the_sign_of_a_fact(tmp_path: Path) -> None:
    """Over all answers a hand-over seems to lift the score: those who wait had none yet. Among closed it costs 1."""
    one = found(waiting(tmp_path))
    assert isinstance(one.fit, Fit)
    by_name = {driver.name: driver for driver in one.fit.drivers}

    assert one.fit.n == 42
    assert by_name["hand_overs"].slope == pytest.approx(-1)
    assert one.fit.drivers[0].name in ("overdue_open", "days_late")  # here all who wait are equally late
    assert [dose.score.n for dose in one.doses["hand_overs"]] == [14, 14]
    assert [(dose.score.value, dose.score.n) for dose in one.doses["overdue_open"]] == [(4.5, 28), (1, 14)]


def test_what_a_fact_costs_is_not_told_from_a_value_nobody_had(tmp_path: Path) -> None:
    """No closed case went without a hand-over: the slope is told, a cost against none is not."""
    one = found(waiting(tmp_path))

    assert one.touched["hand_overs"].share.value == 1
    assert one.touched["hand_overs"].cost is None
    assert one.touched["overdue_open"].cost is not None
