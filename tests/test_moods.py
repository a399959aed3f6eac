"""The engagement of teams by month: finished months only, and only where five or more answered."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from lakes import lake

from metrics import moods
from metrics.window import Period

APRIL, MAY, JUNE = (Period(date(2026, month, 1), date(2026, month + 1, 1)) for month in (4, 5, 6))


def test_months_are_whole_and_over() -> None:
    """From the month after the first day to the last that has ended."""
    assert moods.months(date(2026, 3, 15), date(2026, 7, 1)) == (APRIL, MAY, JUNE)
    assert moods.months(date(2026, 3, 1), date(2026, 6, 30)) == (APRIL, MAY)
    assert moods.months(date(2026, 6, 20), date(2026, 6, 30)) == ()


def test_a_month_in_which_four_answered_is_not_told(tmp_path: Path) -> None:
    """Six in April, four in May: April is told, May is not; a team of four is never."""
    people = [
        {"employee_id": f"{team}{at}", "team": team, "hired_on": "2020-01-01"}
        for team, size in (("A", 6), ("B", 7), ("C", 4)) for at in range(size)
    ]  # fmt: skip
    said = (("A", 4, 6, 4), ("A", 5, 4, 1), ("B", 4, 7, 3), ("B", 5, 7, 3), ("C", 4, 4, 2))
    pulse = [
        {"pulse_id": f"{team}{month}{at}", "employee_id": f"{team}{at}", "asked_on": f"2026-0{month}-10",
         "instrument": "engagement", "score": score}
        for team, month, answering, score in said
        for at in range(answering)
    ]  # fmt: skip
    found = moods.moods(lake(tmp_path, employees=people, pulse=pulse), (APRIL, MAY))

    assert ("A", MAY) not in found
    assert not [team for team, _ in found if team == "C"]
    assert {n for _, n in found.values()} <= {6.0, 7.0}
    assert set(found) <= {("A", APRIL), ("B", APRIL), ("B", MAY)}
    assert ("B", MAY) not in found or found["B", MAY] == (3.0, 7.0)
