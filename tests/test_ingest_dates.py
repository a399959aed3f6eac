"""Dates read as they were meant: day or month first, zones, serial days; said to be ambiguous where they are."""

from __future__ import annotations

from datetime import date, datetime
from time import perf_counter

import duckdb
import pytest
from company import at

from data.ingest import dates
from data.ingest.dates import Judged


def judged(*values: str, choices: dict[str, str] | None = None) -> Judged:
    found = dates.judge(values, choices)
    assert found is not None
    return found


def instant(value: str, found: Judged, zone: str = "UTC") -> datetime | None:
    sql = f"select {dates.sql('cell', found.dates, zone)} from (select $value as cell)"
    (row,) = duckdb.connect().execute(sql, {"value": value}).fetchall()
    return row[0]


@pytest.mark.parametrize(
    ("values", "kind", "why", "first"),
    [
        (["03/04/2025", "13/04/2025"], "dmy", "dates_settled", "2025-04-03"),
        (["03/04/2025", "04/13/2025"], "mdy", "dates_settled", "2025-03-04"),
        (["3.4.2025 9:05", "04.05.2025 10:00:01"], "dmy", "dates_dots", "2025-04-03 09:05"),
        (["2025-04-03", "2025-04-03 10:00:00"], "iso", "dates_written", "2025-04-03"),
        (["2025/04/03 7:57:50 PM", "2025/04/03 7:57:50 AM"], "ymd", "dates_written", "2025-04-03 19:57:50"),
        (["1772359200", "1772359201"], "unix", "dates_written", "2026-03-01 10:00:00"),
        (["1772359200000"], "unix_ms", "dates_written", "2026-03-01 10:00:00"),
        (["46022,5", "46023"], "serial", "dates_written", "2025-12-31 12:00:00"),
        (["01.03.26", "31.03.26"], "dmy", "dates_dots", "2026-03-01"),
        (["2020-11-17 18:23:58.001"], "iso", "dates_written", "2020-11-17 18:23:58.001"),
    ],
)
def test_the_way_of_writing_is_settled_by_the_dates_themselves(
    values: list[str], kind: str, why: str, first: str
) -> None:
    """One date that can be read in one way only settles the whole column; the reason names it."""
    found = judged(*values)

    assert (found.decision.value, found.decision.why, found.decision.sure) == (kind, why, True)
    assert instant(values[0], found) == at(first)


def test_dates_that_settle_nothing_wait_for_a_person() -> None:
    """03/04/2025 is not guessed: both ways are offered, and the chosen one is used."""
    found = judged("03/04/2025", "05/06/2025")

    assert (found.decision.why, found.decision.sure, found.decision.others) == (
        "dates_ambiguous",
        False,
        ("dmy", "mdy"),
    )
    chosen = judged("03/04/2025", "05/06/2025", choices={"dates": "mdy"})
    assert chosen.decision.sure
    assert instant("03/04/2025", chosen) == at("2025-03-04")


def test_dates_that_contradict_each_other_wait_for_a_person() -> None:
    """A table half converted by a spreadsheet has both 13/04 and 04/13, or two ways of writing at once."""
    mixed = judged("13/04/2025", "04/16/2025", "01/02/2025")
    several = judged(*["2025-04-01"] * 3, *["13.04.2025"] * 4)

    assert (mixed.decision.why, mixed.decision.sure) == ("dates_mixed", False)
    assert (several.decision.why, several.decision.sure) == ("dates_several", False)


@pytest.mark.parametrize("values", [["9", "10", "8"], ["hello", "2025-01-01"], ["12:30", "13:40"], ["31.02.2025"], []])
def test_what_is_no_date_is_not_taken_for_one(values: list[str]) -> None:
    """Scores, words, times of day and days that do not exist."""
    assert dates.judge(values) is None


@pytest.mark.parametrize(
    ("value", "utc"),
    [
        ("2026-03-01T10:30:00Z", "2026-03-01 10:30"),
        ("2026-03-01T10:30:00+03:00", "2026-03-01 07:30"),
        ("2026-03-01 10:30:00-0330", "2026-03-01 14:00"),
        ("2026-03-01 10:30", "2026-03-01 07:30"),  # names no zone: the company's
    ],
)
def test_a_zone_in_a_date_is_obeyed(value: str, utc: str) -> None:
    """An offset behind the time is not cut off; a date without one is the company's wall clock."""
    assert instant(value, judged("2026-03-01T10:30:00Z", "2026-03-01T10:30:00+03:00"), "Europe/Moscow") == at(utc)


def test_google_writes_its_zone_in_words() -> None:
    """2016/04/22 7:57:50 PM GMT+1 is an hour earlier in UTC; GMT-3 three hours later."""
    found = judged("2016/04/22 7:57:50 PM GMT+1", "2016/04/22 7:57:50 AM GMT-3")

    assert instant("2016/04/22 7:57:50 PM GMT+1", found) == at("2016-04-22 18:57:50")
    assert instant("2016/04/22 7:57:50 AM GMT-3", found) == at("2016-04-22 10:57:50")


def test_a_zone_that_first_rows_did_not_show_is_not_ignored() -> None:
    """A date with an offset in a column that seemed to have none is no date, rather than one hours off."""
    found = judged("2026-03-01 10:30:00", "2026-03-01T10:30:00")

    assert instant("2026-03-01 10:30:00+03", found) is None
    assert instant("2026-03-01T10:30+05", found) is None
    assert instant("epoch", found) is None
    assert instant("31.03.2026", judged("2026-03-01")) is None


def test_the_clock_of_summer_is_that_of_its_zone() -> None:
    """Noon in Berlin is ten in summer and eleven in winter."""
    found = judged("2026-01-15 12:00:00", "2026-07-15 12:00:00")

    assert instant("2026-01-15 12:00:00", found, "Europe/Berlin") == at("2026-01-15 11:00")
    assert instant("2026-07-15 12:00:00", found, "Europe/Berlin") == at("2026-07-15 10:00")


def test_later_rows_may_leave_the_seconds_out() -> None:
    """The same day with another time, or none, is read although the first rows had seconds."""
    found = judged("01.03.2026 10:00:00", "31.03.2026 11:00:00")

    assert instant("02.03.2026 9:05", found) == at("2026-03-02 09:05")
    assert instant("02.03.2026", found) == at("2026-03-02")
    assert instant("31.02.2026", found) is None


@pytest.mark.parametrize(
    ("said", "kind", "turned"),
    [
        ("05/13/2026 10:00", "dmy", "05/13/2026 10:00"),  # has no thirteenth month
        ("06/12/2026", "dmy", "06/12/2026"),  # the sixth of December is to come, the twelfth of June is over
        ("13/05/2026", "mdy", "13/05/2026"),
        ("12/06/2026", "mdy", "12/06/2026"),
        ("12/13/2026", "dmy", ""),  # is to come in the other order too
        ("05.13.2026", "dmy", ""),  # with dots the month never comes first
        ("yesterday", "dmy", ""),
        ("2026-13-05", "iso", ""),
    ],
)
def test_a_date_of_the_other_order_is_known_by_being_impossible_in_this_one(said: str, kind: str, turned: str) -> None:
    """On 22 November 2026: what cannot be meant as it is read, and lies in the past the other way round."""
    assert dates.turned(said, kind, date(2026, 11, 22)) == turned


@pytest.mark.parametrize(
    ("said", "utc"),
    [
        ("3 ноября 2026", "2026-11-03"),
        ("03 мая 2026 г. 9:05", "2026-05-03 09:05"),
        ("1 март 2026", "2026-03-01"),
        ("Nov 3, 2026 10:15 PM", "2026-11-03 22:15"),
        ("3rd November 2026", "2026-11-03"),
        ("03-Jul-26", "2026-07-03"),
        ("4 Sept. 2026, 23:59:01", "2026-09-04 23:59:01"),
        ("Nov 3, 2026 10:15 AM EST", "2026-11-03 15:15"),
    ],
)
def test_a_month_may_be_spelled_out(said: str, utc: str) -> None:
    """In Russian or English, whole or short, before the day or behind it: the word settles which is which."""
    found = judged(said)

    assert (found.decision.value, found.decision.sure) == ("spelled", True)
    assert instant(said, found) == at(utc)


@pytest.mark.parametrize("said", ["31 февраля 2026", "3 ноябрь2026", "May", "3 Mayor 2026", "13 2026 мая"])
def test_a_word_that_is_no_month_makes_no_date(said: str) -> None:
    """Nor does a day that does not exist."""
    assert dates.judge([said]) is None


@pytest.mark.parametrize(("zone", "utc"), [("EST", "14:00"), ("EET", "07:00"), ("PDT", "16:00"), ("MSK", "06:00")])
def test_a_zone_may_be_named_where_the_name_means_one_thing(zone: str, utc: str) -> None:
    """Nine o'clock in New York is two in the afternoon in UTC."""
    said = f"2026/11/01 9:00:00 AM {zone}"

    assert instant(said, judged(said)) == at(f"2026-11-01 {utc}")


def test_a_zone_that_may_be_several_is_not_guessed() -> None:
    """CST is Chicago, China or Cuba: such a date is none."""
    assert dates.judge(["2026/11/01 9:00:00 AM CST"]) is None
    assert instant("2026/11/01 9:00:00 AM CST", judged("2026/11/01 9:00:00 AM EST")) is None


def test_a_long_remark_is_not_searched_for_a_date() -> None:
    """Twenty thousand blanks behind a time of day: told at once that it is no date."""
    begun = perf_counter()

    assert dates.judge(["1:1" + " " * 20_000 + "!"]) is None
    assert perf_counter() - begun < 1
