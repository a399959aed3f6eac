"""A view is a link and a link is a view; which days its words mean."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.window import DAY, Period
from ui import view as views
from ui.view import View

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
CHOSEN = st.lists(ANY, max_size=4, unique=True).map(tuple)
DAYS = st.dates(date(1995, 1, 1), date(2100, 1, 1))
OWN = st.tuples(DAYS, st.integers(0, 3000)).map(lambda own: f"{own[0]}..{own[0] + timedelta(days=own[1])}")
VIEWS = st.builds(
    View,
    period=st.sampled_from(views.PERIODS) | OWN,
    versus=st.sampled_from(views.COMPARISONS),
    segment=CHOSEN,
    region=CHOSEN,
    stage=CHOSEN,
    industry=CHOSEN,
    size=CHOSEN,
    manager_id=CHOSEN,
)
NOTHING = dict.fromkeys(views.DIMENSIONS, ())


def days(said: str) -> Period:
    """ "2026-01-05 2026-03-29": both included."""
    first, last = said.split()
    return Period(date.fromisoformat(first), date.fromisoformat(last) + DAY)


@given(VIEWS)
def test_a_link_opens_the_very_view_it_was_copied_from(view: View) -> None:
    """View -> address -> view gives the same view, whatever the segments are called."""
    address = urlencode(views.to_query(view), doseq=True)
    options = {name: getattr(view, name) for name in views.DIMENSIONS}

    assert views.from_query(parse_qs(address, keep_blank_values=True), options) == (view, [])


@given(VIEWS)
def test_keys_of_others_are_not_looked_at(view: View) -> None:
    """A link that a mail program decorated opens the same view and names nothing as broken."""
    options = {name: getattr(view, name) for name in views.DIMENSIONS}
    query = views.to_query(view) | {"utm_source": ["mail"], "Segment": ["x"], "lang": ["ru"]}

    assert views.from_query(query, options) == (view, [])


def test_the_usual_view_needs_no_words_in_the_address() -> None:
    """The plain address is the usual view."""
    assert views.to_query(View()) == {}
    assert views.from_query({}, NOTHING) == (View(), [])


@pytest.mark.parametrize(
    "period",
    [
        "xx", "", "13", "2026-01-01", "2026-01-01..", "..2026-01-01", "2026-02-01..2026-01-01",
        "2026-02-30..2026-03-01",
        "0001-01-01..9999-12-30", "9999-12-31..9999-12-31", "1900-01-01..1900-02-01", "2000-01-01..2026-11-20",
    ],
)  # fmt: skip
def test_a_period_that_cannot_be_asked_for_is_dropped_and_named(period: str) -> None:
    """Nonsense, a day that never was, days far out of time, more than ten years: the usual period stands instead."""
    assert views.from_query({"period": [period]}, NOTHING) == (View(), [period])


def test_a_period_after_the_last_day_is_dropped_and_named() -> None:
    """Nothing is said about days that are still ahead; a period that has begun may be asked for."""
    last_day = date(2026, 6, 30)
    ahead, begun = "2026-07-01..2026-07-31", "2026-06-30..2026-07-31"

    assert views.from_query({"period": [ahead]}, NOTHING, last_day) == (View(), [ahead])
    assert views.from_query({"period": [begun]}, NOTHING, last_day) == (View(period=begun), [])


def test_broken_values_are_dropped_and_named_while_the_rest_is_kept() -> None:
    """One unknown segment costs the reader that segment only; what is asked for twice counts once."""
    options = {"segment": ("Small", "Large"), "region": ("North",), "stage": ()}
    query = {"segment": ["Large", "Nope", "Large"], "region": ["north"], "vs": ["never"], "period": ["4w"]}

    view, dropped = views.from_query(query, options)

    assert view == View(period="4w", segment=("Large",))
    assert dropped == ["never", "Nope", "north"]


@pytest.mark.parametrize(
    ("period", "last_day", "now", "previous", "year"),
    [
        ("4w", "2026-11-21", "2026-10-25 2026-11-21", "2026-09-27 2026-10-24", "2025-10-26 2025-11-22"),
        ("13w", "2026-06-30", "2026-04-01 2026-06-30", "2025-12-31 2026-03-31", "2025-04-02 2025-07-01"),
        ("26w", "2026-06-30", "2025-12-31 2026-06-30", "2025-07-02 2025-12-30", "2025-01-01 2025-07-01"),
        ("52w", "2026-11-21", "2025-11-23 2026-11-21", "2024-11-24 2025-11-22", "2024-11-24 2025-11-22"),
        # an unfinished month against the same days; a long month against all of a short one
        ("month", "2026-11-21", "2026-11-01 2026-11-21", "2026-10-01 2026-10-21", "2025-11-01 2025-11-21"),
        ("month", "2026-11-01", "2026-11-01 2026-11-01", "2026-10-01 2026-10-01", "2025-11-01 2025-11-01"),
        ("month", "2026-01-15", "2026-01-01 2026-01-15", "2025-12-01 2025-12-15", "2025-01-01 2025-01-15"),
        ("month", "2026-03-31", "2026-03-01 2026-03-31", "2026-02-01 2026-02-28", "2025-03-01 2025-03-31"),
        ("month", "2024-03-30", "2024-03-01 2024-03-30", "2024-02-01 2024-02-29", "2023-03-01 2023-03-30"),
        ("month", "2024-02-29", "2024-02-01 2024-02-29", "2024-01-01 2024-01-29", "2023-02-01 2023-02-28"),
        ("quarter", "2026-05-31", "2026-04-01 2026-05-31", "2026-01-01 2026-03-02", "2025-04-01 2025-05-31"),
        ("quarter", "2026-09-30", "2026-07-01 2026-09-30", "2026-04-01 2026-06-30", "2025-07-01 2025-09-30"),
        ("quarter", "2026-02-10", "2026-01-01 2026-02-10", "2025-10-01 2025-11-10", "2025-01-01 2025-02-10"),
        ("year", "2024-12-31", "2024-01-01 2024-12-31", "2023-01-01 2023-12-31", "2023-01-01 2023-12-31"),
        ("year", "2024-02-29", "2024-01-01 2024-02-29", "2023-01-01 2023-03-01", "2023-01-01 2023-02-28"),
        ("2026-03-01..2026-03-31", "2026-06-30", "2026-03-01 2026-03-31", "2026-01-29 2026-02-28",
         "2025-03-02 2025-04-01"),
        ("2026-06-29..2026-07-31", "2026-06-30", "2026-06-29 2026-06-30", "2026-06-27 2026-06-28",
         "2025-06-30 2025-07-01"),
    ],
)  # fmt: skip
def test_the_days_of_each_period(period: str, last_day: str, now: str, previous: str, year: str) -> None:
    """The days looked at, those before, and those a year before, worked out on a calendar."""
    last = date.fromisoformat(last_day)

    assert views.current(View(period), last) == days(now)
    assert views.compared(View(period), last) == days(previous)
    assert views.compared(View(period, "year"), last) == days(year)


@given(VIEWS, DAYS)
def test_the_comparison_never_overlaps_the_days_looked_at(view: View, last_day: date) -> None:
    """What is compared lies wholly before, and neither has days after the last one with facts."""
    now, before = views.current(view, last_day), views.compared(view, last_day)

    assert before.start < before.end <= now.start < now.end <= last_day + DAY
    assert before.days <= now.days + 1


@given(VIEWS, DAYS)
def test_the_course_is_whole_weeks_up_to_the_last_day(view: View, last_day: date) -> None:
    """At least a year of weeks, as many as both periods need, and no more than ten years of them."""
    window = views.window(view, last_day)
    now, before = window.whole

    assert (now, before) == (views.current(view, last_day), views.compared(view, last_day))
    assert window.buckets[-1].end == last_day + DAY
    assert 52 <= len(window.buckets) <= 520
    assert len(window.buckets) == 520 or window.buckets[0].start <= before.start
    assert {week.days for week in window.buckets} == {7}
