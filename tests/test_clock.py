"""Wall clock and UTC: what the company's clocks showed comes back as they showed it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
from company import Company, at, rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import clock

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
ZONES = [
    "America/Sao_Paulo",
    "Europe/Moscow",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
]


@pytest.fixture(scope="module")
def calendar():
    with duckdb.connect() as connection:
        yield connection


def exists(wall: datetime) -> bool:
    """Whether the clocks of Sao Paulo ever showed it: when they go forward they skip an hour."""
    back = wall.replace(tzinfo=SAO_PAULO).astimezone(UTC).astimezone(SAO_PAULO)
    return back.replace(tzinfo=None) == wall


def shown(calendar, zone: str, instants: list[datetime], first: str, last: str) -> list[datetime]:
    sql = clock.quick_local(calendar, "instant", zone, first, last)
    asked = f"select {sql} from (select unnest($instants::timestamp[]) as instant)"
    return [row[0] for row in calendar.execute(asked, {"instants": instants}).fetchall()]


@pytest.mark.parametrize("zone", ZONES)
def test_quick_way_is_the_calendar(calendar, zone):
    """Shown by one shift per change of the clocks, every instant is what the calendar says, to the second."""
    first, last = "2012-01-01", "2019-12-31"
    changes = [moment for moment, _ in clock.changes(calendar, zone, at("2011-01-01"), at("2020-12-31"))]
    second, hour = timedelta(seconds=1), timedelta(hours=1)
    around = [moment + step for moment in changes for step in (-hour, -second, 0 * second, second, hour)]
    edges = [
        at(text) for text in ("1985-07-01", "2010-11-26", "2010-11-27", "2021-02-03", "2021-02-04", "2025-07-01 10:00")
    ]

    expected = [
        instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) for instant in around + edges
    ]
    assert shown(calendar, zone, around + edges, first, last) == expected


def test_changes_of_the_clocks_are_found(calendar):
    """Sao Paulo went to summer time on 15 October 2017 and back on 18 February 2018, at midnight."""
    assert clock.changes(calendar, "America/Sao_Paulo", at("2017-09-01"), at("2018-03-01")) == [
        (at("2017-09-01"), -10800), (at("2017-10-15 03:00"), -7200), (at("2018-02-18 02:00"), -10800),
    ]  # fmt: skip


def test_utc_is_shown_as_it_is_stored():
    """A company in UTC pays nothing for clocks."""
    with duckdb.connect() as calendar:
        assert clock.quick_local(calendar, "x", "UTC", "2020-01-01", "2020-12-31") == "x"
        assert clock.local("x", "UTC") == "x"


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    walls=st.lists(
        st.datetimes(at("2017-07-01"), at("2019-06-30")).map(lambda wall: wall.replace(microsecond=0)).filter(exists),
        min_size=20, max_size=60,
    )
)  # fmt: skip
def test_wall_clock_comes_back_as_it_was_exported(tmp_path_factory, walls):
    """An instant exported without an offset is read back as exported, through all changes of the clocks."""
    company = Company(tmp_path_factory.mktemp("company"))
    company.declare(zone="America/Sao_Paulo")
    export_answers(company, [wall.isoformat(" ") for wall in walls])
    company.build()

    found = company.ask("select answered_at from answers order by answer_id::int")
    assert [row[0] for row in found] == walls


def export_answers(company: Company, written: list[str]) -> None:
    company.export(
        clients=[{"client_id": "C1", "name": "One", "segment": "Small"}],
        answers=[
            {"answer_id": i, "client_id": "C1", "survey": "s", "instrument": "nps", "score": 9, "answered_at": text}
            for i, text in enumerate(written)
        ],
    )


def test_instants_are_stored_in_utc_and_offsets_honoured(company):
    """10:00 in Sao Paulo is 12:00 UTC in summer, 13:00 in winter; an offset in the export says more than the zone."""
    company.declare(zone="America/Sao_Paulo")
    export_answers(
        company, ["2018-01-10 10:00", "2018-07-10 10:00", "2018-07-10T10:00:00+03:00", "2018-07-10T10:00:00Z"]
    )
    company.build()

    files = str(company.version() / "answers" / "*" / "*.parquet")
    stored = duckdb.execute(f"select answered_at from read_parquet('{files}') order by answer_id").fetchall()
    assert [row[0] for row in stored] == [
        at("2018-01-10 12:00"), at("2018-07-10 13:00"), at("2018-07-10 07:00"), at("2018-07-10 10:00"),
    ]  # fmt: skip
    assert company.ask("select answered_at from answers order by answer_id") == [
        (at("2018-01-10 10:00"),), (at("2018-07-10 10:00"),), (at("2018-07-10 04:00"),), (at("2018-07-10 07:00"),),
    ]  # fmt: skip


def test_month_is_the_month_of_the_wall_clock(company):
    """The last evening of January counts in January, though it is February in UTC already."""
    company.declare(zone="America/Sao_Paulo")
    export_answers(company, ["2018-01-31 23:30", "2018-02-01 00:30"])

    made = company.build()

    assert made.files["answers"] == ("answers/ym=2018-01/part.parquet", "answers/ym=2018-02/part.parquet")
    assert (made.tables["answers"].first, made.as_of) == ("2018-01-31", "2018-02-01")
    assert company.ask("select ym, answered_at from answers order by 1") == [
        ("2018-01", at("2018-01-31 23:30")), ("2018-02", at("2018-02-01 00:30")),
    ]  # fmt: skip


def test_promise_far_ahead_keeps_its_hour(company):
    """A promise years after the last event is shown by the calendar of its own year."""
    company.declare(zone="Europe/Berlin")
    company.export_all(cases=rows("cases", promised_at="2029-07-01 10:00"))
    company.build()

    assert company.ask("select promised_at from cases where case_id = 'K2'") == [(at("2029-07-01 10:00"),)]


def test_newly_changed_zone_keeps_its_wall_clock(company):
    """Where the rules of a zone have just changed, calendars disagree; what was exported as 10:00 is still 10:00."""
    company.declare(zone="America/Vancouver")
    export_answers(company, ["2026-12-01 10:00"])
    company.build(now=at("2026-12-02"))

    assert company.ask("select answered_at from answers") == [(at("2026-12-01 10:00"),)]
