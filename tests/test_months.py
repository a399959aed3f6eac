"""What employees answered is told for whole finished months: no choice of days tells one person's answer."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakes import clients, days, lake

from data.store import Store
from metrics import ask, board, compute
from metrics.ask import Wanted
from metrics.declare import Metric
from metrics.load import catalogue
from metrics.months import in_whole_months
from metrics.window import DAY, Period, Window, weeks_back

NOW = date(2026, 7, 1)
SURVEYED = [metric for metric in catalogue().values() if metric.is_monthly]
DAYS = st.dates(date(2025, 1, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("2026-04-01 2026-06-30", "2026-04-01 2026-06-30"),
        ("2026-04-14 2026-06-20", "2026-04-01 2026-06-30"),
        ("2026-04-20 2026-06-05", "2026-05-01 2026-05-31"),
        ("2026-06-01 2026-06-20", None),  # shorter than a month
        ("2026-06-17 2026-07-14", None),  # July is not over
    ],
)
def test_a_period_is_told_in_the_months_it_is_nearest_to(asked: str, told: str | None) -> None:
    """Whole ones, finished ones; none where there is none."""
    found = in_whole_months(days(*asked.split()), NOW)

    assert found == (days(*told.split()) if told else None)


@given(DAYS, st.integers(28, 400), st.integers(28, 400))
def test_periods_that_follow_each_other_still_do(start: date, first: int, second: int) -> None:
    """No month is counted before and after, and no day is told before its month is over."""
    middle = start + timedelta(days=first)
    before, after = (
        in_whole_months(period, NOW)
        for period in (Period(start, middle), Period(middle, middle + timedelta(days=second)))
    )
    for told in (before, after):
        assert told is None or (told.start.day == told.end.day == 1 and told.end <= NOW)
    assert before is None or after is None or before.end <= after.start


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two teams of seven whose people answer on different days of each month from April to June."""
    people = [{"employee_id": f"{team}{n}", "team": team, "hired_on": "2025-01-01"} for team in "TU" for n in range(7)]
    case = {"case_id": "1", "client_id": "a", "process": "p", "stage": "order", "opened_at": "2026-04-01"}
    return lake(
        tmp_path_factory.mktemp("waves"),
        clients=clients("a"),
        employees=people,
        cases=[case],
        steps=[
            {"step_id": who["employee_id"], "case_id": "1", "step": "s", "team": who["team"]}
            | {"started_at": "2026-04-02", "finished_at": "2026-06-10"}
            for who in people
        ],
        pulse=[
            {"pulse_id": f"{who['employee_id']}{month}{what}", "employee_id": who["employee_id"], "instrument": what}
            | {"score": 1 + (number + month) % 5, "asked_on": date(2026, month, 2 + 2 * (number % 7))}
            for number, who in enumerate(people)
            for month in (4, 5, 6)
            for what in ("engagement", "enps")
        ],
    )  # fmt: skip


@pytest.mark.parametrize("metric", SURVEYED, ids=lambda metric: metric.id)
@pytest.mark.parametrize("cut", [{"split": ("team",)}, {"stage": ("order",)}], ids=str)
def test_no_two_periods_differ_by_a_few_people(store: Store, metric: Metric, cut: dict[str, tuple[str, ...]]) -> None:
    """Of a team or of chosen clients: periods that end on any day of a quarter tell no more than its three months."""
    filters = {name: values for name, values in cut.items() if name != "split"}
    seen = set()
    for length in range(28, 92):
        period = Period(date(2026, 4, 1), date(2026, 4, 1) + length * DAY)
        wanted = Wanted(metric.id, cut.get("split", ()))
        answer = ask.ask(store, [wanted], Window((period,), weeks_back(NOW, 12)), filters)[wanted]
        assert {place[0] for place in answer.cells} <= {period}, "weeks of a team were told"
        seen.add(tuple(sorted(
            (str(group), reading.n, reading.value)
            for (_, group), evidence in answer.cells.items()
            if (reading := compute.read(metric, evidence))
        )))  # fmt: skip
    assert len(seen) <= 3


def test_the_course_of_the_whole_company_stays(store: Store) -> None:
    """Its weeks are told, each of at least five people or not at all."""
    metric = next(one for one in SURVEYED if one.id == "engagement")
    answer = ask.ask(store, [Wanted(metric.id)], Window((), weeks_back(NOW, 12)))[Wanted(metric.id)]

    assert answer.cells
    assert all(evidence.n >= 5 for evidence in answer.cells.values())


def test_a_week_asked_for_is_not_told_because_the_course_has_it(store: Store) -> None:
    """The week that somebody chose is a point of the chart, and no number of its own."""
    weeks = weeks_back(NOW, 26)
    week = next(one for one in weeks if one.start >= date(2026, 6, 1))
    wanted = Wanted("engagement")
    answer = ask.ask(store, [wanted], Window((week, Period(week.start - 7 * DAY, week.start)), weeks))[wanted]
    tile, course = (
        board.tile(answer, Window((week,) * 2, weeks), store.lake()),
        board.series(answer, Window((week,), weeks)),
    )

    assert (tile.now.value, tile.is_hidden) == (None, False)
    assert answer.week(week).n >= 5
    assert [point.value for point in course.points if point.period == week] == [
        compute.worth(answer.metric, answer.week(week))
    ]


def test_the_words_of_a_missing_month_are_its_own(tmp_path: Path) -> None:
    """Four days of a month say nothing of what people answered, whoever asks."""
    store = lake(tmp_path, employees=[{"employee_id": "1", "team": "T", "hired_on": "2026-01-01"}])
    wanted = Wanted("enps")
    answer = ask.ask(store, [wanted], Window((days("2026-06-01", "2026-06-04"),)))[wanted]

    assert (answer.cells, answer.hidden) == ({}, set())
