"""What stands at the end of a period, such as a backlog: when its change is news."""

from pathlib import Path

import numpy as np
import pytest

from metrics import ask, board, compute, control, readme
from metrics.change import Change, Verdict
from metrics.compute import States, Weighted
from metrics.load import catalogue
from metrics.window import DAY, Window, weeks_back
from tests.lakes import days, lake
from tests.test_teams import CASE, LAST, WAVE, people, steps

LOAD = catalogue()["workload"]
PEOPLE = 200


def desks(rng: np.random.Generator, swing: float, alike: float, rise: float) -> tuple[Change, bool]:
    """52 weeks of a company whose load swings for everybody at once; how its last 13 are told, and by people alone."""
    course = [0.0]
    for step in rng.normal(0, swing * (1 - alike**2) ** 0.5, 91):
        course.append(alike * course[-1] + step)
    level = 1.4 * np.exp(course[-52:]) * np.where(np.arange(52) < 39, 1.0, rise)
    rows = rng.poisson(level[:, None] * rng.gamma(3, 1 / 3, (52, PEOPLE)))
    weeks = [
        States({"total": float(t), "squares": float(s), "n": float(PEOPLE)})
        for t, s in zip(rows.sum(axis=1), (rows**2).sum(axis=1), strict=True)
    ]
    told = compute.compare(LOAD, weeks[38], weeks[51], [(at >= 39, week) for at, week in enumerate(weeks)])
    people_alone = compute.change.mean(*(week.of("total", "squares", "n") for week in (weeks[38], weeks[51])))  # type: ignore[arg-type]
    return told, (people_alone.p or 1) < 0.05


@pytest.mark.parametrize("alike", [0.0, 0.8])
def test_a_load_that_only_swings_is_seldom_news(alike: float) -> None:
    """People who share one backlog are no 200 witnesses: by them alone half of such companies hear of a change."""
    rng = np.random.default_rng(5)
    found = [desks(rng, 0.2, alike, rise=1.0) for _ in range(200)]

    assert sum(by_people for _, by_people in found) > 200 * 0.3
    assert sum((told.p or 1) < 0.05 for told, _ in found) <= 200 * 0.05 + 3 * (200 * 0.05 * 0.95) ** 0.5 / 2


def test_a_load_that_rose_beyond_its_usual_is_told() -> None:
    """60 % more than before, where weeks differ by a tenth."""
    rng = np.random.default_rng(5)

    assert sum((desks(rng, 0.1, 0.5, rise=1.6)[0].p or 1) < 0.05 for _ in range(40)) >= 30


def test_both_people_and_weeks_have_to_agree() -> None:
    """Five people on whom the load doubled by luck; two hundred whose load moved no further than it always does."""
    usual = [1.0, 1.1, 0.9, 1.0, 1.1, 1.0, 0.9, 1.0, 1.1, 1.0, 0.9, 1.0]

    def week(mean: float, n: int, spread: float) -> States:
        return States({"total": mean * n, "squares": (mean**2 + spread**2) * n, "n": float(n)})

    def p(n: int, spread: float, last: float) -> float | None:
        weeks = [week(mean, n, spread) for mean in usual]
        after = week(last, n, spread)
        return compute.compare(LOAD, weeks[-1], after, [*((False, one) for one in weeks), (True, after)]).p

    assert (p(200, 0.5, 2.0) or 1) < 0.001
    assert (p(5, 2.0, 2.0) or 0) > 0.3
    assert (p(200, 0.1, 1.1) or 0) > 0.1


def test_weeks_of_a_level_seldom_stand_out_where_nothing_happens() -> None:
    """Waves of weeks that resemble each other: by their steps alone, most courses would have weeks outside the band."""
    rng = np.random.default_rng(2)
    marked = by_steps = 0
    for _ in range(200):
        weeks = [0.0]
        for step in rng.normal(0, 6, 151):
            weeks.append(0.8 * weeks[-1] + step)
        course = [States({"n": 400 + week}) for week in weeks[-52:]]
        band = compute.usual_range(catalogue()["open_cases"], course, slice(0, 39))
        steps_band = control.xmr([part.n for part in course], slice(0, 39))
        for limits, is_level in ((band, True), (steps_band, False)):
            assert limits is not None
            outside = any(not (limits.lower[0] or 0) <= part.n <= (limits.upper[0] or 0) for part in course[39:])
            marked, by_steps = marked + (outside and is_level), by_steps + (outside and not is_level)

    assert marked <= 24
    assert by_steps > 120


def test_a_level_without_weeks_claims_nothing() -> None:
    """Two teams on one evening, or a period of three days: there is no usual range to be beyond of."""
    calm, busy = (States({"total": mean * 90, "squares": (mean**2 + 1) * 90, "n": 90.0}) for mean in (1, 3))

    assert compute.compare(LOAD, calm, busy) == Change(2.0)
    assert compute.compare(LOAD, Weighted((calm,), (1.0,)), Weighted((busy,), (1.0,))) == Change(2.0)


def test_the_load_of_the_home_page_knows_its_weeks(tmp_path: Path) -> None:
    """3.5 a person where 2.5 and 3.5 take turns: within noise, by its weeks. 9.5 a person: worse."""
    now = days("2026-05-27", "2026-06-30")
    window = Window((now, days("2026-04-22", "2026-05-26")), weeks_back(LAST + DAY, 52))
    who = people(a=30, b=30)
    found = {}
    for name, load in (("calm", WAVE), ("rushed", [*WAVE[:-1], 9])):
        both = {"a": load, "b": [one + 1 for one in load]}
        where = lake(tmp_path / name, employees=who, cases=[CASE], steps=steps(who, both))
        answer = ask.ask(where, [ask.Wanted("workload")], window, {})[ask.Wanted("workload")]
        weeks = [compute.worth(LOAD, answer.at(week)) for week in window.buckets[-4:]]
        assert weeks == [one + 0.5 for one in load[-4:]]
        found[name] = board.judged([board.tile(answer, window, where.lake())])[0]

    assert (found["calm"].now.value, found["calm"].before.value) == (3.5, 2.5)
    assert found["calm"].verdict == Verdict.NO_REAL_CHANGE
    assert found["rushed"].verdict == Verdict.WORSE


def test_the_readme_says_how_a_level_is_judged() -> None:
    """A mean that is also a level is judged twice."""
    table = readme.table()

    assert "Student's t; change by its usual range too" in next(
        line for line in table.splitlines() if line.startswith("| `workload`")
    )
    assert "| change by its usual range |" in next(
        line for line in table.splitlines() if line.startswith("| `open_cases`")
    )
