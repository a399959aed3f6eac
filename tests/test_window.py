"""Periods, the slots they are made of, and the weeks, months and quarters that cover them."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from metrics.window import DAY, Period, Window, buckets, months_back, weeks_back

DAYS = some.dates(date(2019, 1, 1), date(2022, 12, 31))
PERIODS = some.builds(lambda day, length: Period(day, day + length * DAY), DAYS, some.integers(1, 500))


def test_overlapping_periods_share_their_slots() -> None:
    """A quarter and the month inside it are made of the same days, each scanned once."""
    quarter, may = Period(date(2026, 4, 1), date(2026, 7, 1)), Period(date(2026, 5, 1), date(2026, 6, 1))
    window = Window((quarter,), (may,))

    assert window.cuts == (date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1))
    assert list(window.slots(quarter)) == [0, 1, 2]
    assert list(window.slots(may)) == [1]
    assert may.last == date(2026, 5, 31)


def test_a_period_asked_for_twice_is_one_period() -> None:
    """The period of a page can be its last bucket as well."""
    week = Period(date(2026, 6, 1), date(2026, 6, 8))

    assert Window((week,), (week,)).periods == (week,)


@given(some.lists(PERIODS, min_size=1, max_size=6))
def test_the_slots_of_a_period_hold_its_days_and_no_others(periods: list[Period]) -> None:
    """Whatever periods are asked together, each is the sum of its slots."""
    window = Window(tuple(periods))
    days = {slot: (end - start).days for slot, start, end in window.runs()}

    for period in window.periods:
        assert sum(days[slot] for slot in window.slots(period)) == period.days


@given(some.lists(PERIODS, min_size=1, max_size=6))
def test_every_day_between_the_first_cut_and_the_last_has_one_slot(periods: list[Period]) -> None:
    """No day is lost between two periods: a case opened there was not open before."""
    runs = list(Window(tuple(periods)).runs())

    assert runs[0][1] == min(period.start for period in periods)
    assert runs[-1][2] == max(period.end for period in periods)
    assert all(before[2] == after[1] for before, after in pairwise(runs))


@given(some.sampled_from(["day", "week", "month", "quarter", "year"]), PERIODS)
def test_buckets_cover_a_period_without_gap_or_overlap(kind: str, period: Period) -> None:
    """Weeks, months, quarters and years add up to the days they were cut from."""
    parts = buckets(kind, period.start, period.end)

    assert (parts[0].start, parts[-1].end) == (period.start, period.end)
    assert all(before.end == after.start for before, after in pairwise(parts))
    assert all(part.days > 0 for part in parts)


@pytest.mark.parametrize(
    ("kind", "starts"),
    [
        ("week", ["2026-02-27", "2026-03-02", "2026-03-09"]),  # Mondays
        ("month", ["2026-02-27", "2026-03-01"]),
        ("quarter", ["2026-02-27"]),
        ("year", ["2026-02-27"]),
    ],
)
def test_buckets_begin_where_the_calendar_says(kind: str, starts: list[str]) -> None:
    """A week begins on Monday, a month on its first; the outer buckets are cut off where the period is."""
    assert [part.start.isoformat() for part in buckets(kind, date(2026, 2, 27), date(2026, 3, 12))] == starts


def test_buckets_go_over_the_end_of_a_year() -> None:
    """The quarter after the fourth is the first of the next year."""
    parts = buckets("quarter", date(2025, 11, 5), date(2026, 4, 2))

    assert [part.start for part in parts] == [date(2025, 11, 5), date(2026, 1, 1), date(2026, 4, 1)]


@given(DAYS, some.integers(1, 60))
def test_the_weeks_back_are_whole_and_end_where_asked(end: date, count: int) -> None:
    """Each has seven days, and together they end with the day before."""
    weeks = weeks_back(end, count)

    assert {week.days for week in weeks} == {7}
    assert (weeks[0].start, weeks[-1].end, len(weeks)) == (end - timedelta(days=7 * count), end, count)
    assert all(before.end == after.start for before, after in pairwise(weeks))


@given(DAYS, some.integers(1, 30))
def test_the_months_back_are_calendar_months(end: date, count: int) -> None:
    """Each begins on a first; only the last may be unfinished."""
    months = months_back(end, count)

    assert len(months) == count
    assert {month.start.day for month in months} == {1}
    assert months[-1].end == end
    assert all(before.end == after.start for before, after in pairwise(months))
