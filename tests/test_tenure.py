"""Staying and leaving: the survival curve by hand, who came under observation late, and what is too few to show."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from lakes import days, lake, reading

from data.store import Store
from metrics import survival, tenure
from metrics.change import Verdict
from metrics.survival import Stays
from metrics.tenure import Tenure
from metrics.window import Window
from ui import tenure as panels
from ui import theme

END = date(2026, 7, 1)  # the day after the last one of these lakes
JUNE = Window((days("2026-06-01", "2026-06-30"),))


def stays(over: dict[int, int], seen: dict[int, int], entered: int = -1) -> list[Stays]:
    """day -> how many stays ended on it; day -> how many were last seen then."""
    found = [Stays(entered, day, True, n) for day, n in over.items()]
    return found + [Stays(entered, day, False, n) for day, n in seen.items()]


# The remissions of 21 patients under 6-mercaptopurine, in weeks: the example every textbook works by hand.
FREIREICH = stays(
    {6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1},
    {6: 1, 9: 1, 10: 1, 11: 1, 17: 1, 19: 1, 20: 1, 25: 1, 32: 2, 34: 1, 35: 1},
)


@pytest.mark.parametrize(
    ("day", "share", "error", "at_risk"),
    [
        (5, 1.0, 0.0, 21), (6, 0.8571, 0.0764, 21), (7, 0.8067, 0.0869, 17), (10, 0.7529, 0.0963, 15),
        (13, 0.6902, 0.1068, 12), (16, 0.6275, 0.1141, 11), (22, 0.5378, 0.1282, 7), (23, 0.4482, 0.1346, 6),
    ],
)  # fmt: skip
def test_the_curve_matches_the_published_example(day: int, share: float, error: float, at_risk: int) -> None:
    """Freireich et al. 1963: who was last seen on the day others relapse still counts as at risk on it."""
    point = survival.curve(FREIREICH, 5, 30)[day]

    assert (point.share, point.error) == pytest.approx((share, error), abs=5e-5)
    assert point.at_risk == at_risk


def test_the_interval_is_on_the_log_log_scale() -> None:
    """At week 10 of the same example R's survfit(conf.type = "log-log") gives 0.503 to 0.889, not 0.564 to 0.942."""
    point = survival.curve(FREIREICH, 5, 30)[10]

    assert (point.low, point.high) == pytest.approx((0.5032, 0.8894), abs=5e-5)


def test_the_curve_ends_where_too_few_are_at_risk() -> None:
    """Five are at risk up to week 25, four after it: the curve ends there, not with its last value drawn on."""
    points = survival.curve(FREIREICH, 5, 30)

    assert (points[-1].day, points[-1].at_risk) == (25, 5)


def test_nobody_left_is_not_certainty() -> None:
    """Ten of ten still there: the interval reaches down to Wilson's 0.72; without a leaver there is still doubt."""
    point = survival.curve(stays({}, {50: 10}), 5, 30)[30]

    assert point.share == 1.0
    assert (point.low, point.high) == pytest.approx((0.7225, 1.0), abs=1e-4)


def test_who_joins_late_is_at_risk_from_then_on_only() -> None:
    """Ten hires, five leave on day 10; ninety who were there for a year already do not make that 5 of 100."""
    points = survival.curve(stays({10: 5}, {400: 5}) + stays({500: 9}, {600: 81}, entered=365), 5, 730)

    assert points[10].share == 0.5
    assert (points[365].at_risk, points[366].at_risk) == (5, 95)
    assert points[500].share == pytest.approx(0.5 * 81 / 90)


def employee(name: str, hired: date, left: date | None = None) -> dict[str, Any]:
    return {"employee_id": name, "team": "T", "hired_on": hired, "left_on": left}


def before(back: int) -> date:
    """The day so many days before the end of June."""
    return END - timedelta(days=back)


def store(folder: Path, *people: dict[str, Any]) -> Store:
    """A lake of these people, and of two old hands whose leaving begins the record long before everything else."""
    old = [employee("old", before(3000), before(900)), employee("older", before(4000), before(899))]
    return lake(folder, employees=[*old, *people])


def asked(where: Store) -> Tenure:
    return tenure.tenure(where, JUNE, {})


def test_leaving_by_a_day_means_what_the_metric_means(tmp_path: Path) -> None:
    """Of ten hires one goes on the first day, one on the 45th after it, one on the 46th: 2 of 10 within 45 days."""
    hired = before(60)
    gone = {0: 0, 1: 45, 2: 46}
    people = [employee(f"e{i}", hired, hired + timedelta(days=gone[i]) if i in gone else None) for i in range(10)]
    where = store(tmp_path, *people)
    found = asked(where)
    marks = {point.day: point.share for point in found.marks}

    assert marks[1] == pytest.approx(0.9)
    assert (
        1 - marks[45]
        == pytest.approx(0.2)
        == pytest.approx(reading(where, "early_attrition", days("2026-05-01", "2026-06-30")).value)
    )
    assert set(marks) == {1, 45}, "nobody can be seen for 90 days yet"
    assert found.curve[-1].day == 59


def test_people_still_here_are_not_leavers_and_not_stayers(tmp_path: Path) -> None:
    """Of ten hired 100 days ago five left on day 50; ten more came 20 days ago: a half, not 5 of 20, not 5 of 15."""
    people = [employee(f"a{i}", before(100), before(50) if i < 5 else None) for i in range(10)]
    found = asked(store(tmp_path, *people, *(employee(f"b{i}", before(20)) for i in range(10))))

    assert found.curve[60].share == 0.5
    assert (found.curve[10].at_risk, found.curve[30].at_risk) == (20, 10)


def test_who_was_there_before_the_records_joins_late(tmp_path: Path) -> None:
    """The record of leavers begins 40 days ago: people hired 400 days ago are at risk from their 361st day on."""
    people = [employee(f"old{i}", before(400)) for i in range(20)]
    first = employee("first", before(800), before(40))
    hires = [employee(f"new{i}", before(30), before(25) if i < 2 else None) for i in range(8)]
    found = tenure.tenure(lake(tmp_path, employees=[*people, first, *hires]), JUNE, {})

    assert found.since == before(39)
    assert found.curve[5].share == pytest.approx(6 / 8)
    assert found.curve[5].at_risk == 8
    assert found.curve[-1].day == 29, "from the 30th day on nobody hired since has been seen"


def test_without_a_leaver_nothing_is_claimed(tmp_path: Path) -> None:
    """A file without leaving days does not mean that nobody ever leaves."""
    found = tenure.tenure(lake(tmp_path, employees=[employee(f"e{i}", before(500)) for i in range(9)]), JUNE, {})

    assert (found.since, found.curve, found.bands) == (None, (), ())
    assert panels.chart(found, "en", theme.LIGHT)[1].startswith("Nobody is recorded as having left")


def test_too_few_hires_have_no_curve(tmp_path: Path) -> None:
    """Four hires: no point, no mark, and words instead of a chart."""
    people = [employee(f"e{i}", before(90), before(80) if i < 1 else None) for i in range(4)]
    found = asked(store(tmp_path, *people))

    assert (found.curve, found.marks) == ((), ())
    assert panels.chart(found, "en", theme.LIGHT) == (
        None, "Fewer than 5 people were hired in these years: too few for a curve."
    )  # fmt: skip


def test_bands_come_to_the_catalogues_numbers(tmp_path: Path) -> None:
    """People, leavers and person-years of all bands are those of the metrics tenure and attrition."""
    people = [employee(f"a{i}", before(2000 + i), before(300) if i < 4 else None) for i in range(12)]
    people += [employee(f"b{i}", before(500 + i), before(100) if i < 3 else None) for i in range(12)]
    people += [employee(f"c{i}", before(60 + i), before(30) if i < 5 else None) for i in range(12)]
    where = store(tmp_path, *people)
    found = asked(where)
    assert found.since is not None
    attrition = reading(where, "attrition", days(str(found.since), "2026-06-30"))

    assert sum(band.people for band in found.bands) == found.people == reading(where, "tenure", JUNE.whole[0]).n == 24
    assert sum(band.left for band in found.bands) == 12
    assert 12 / sum(band.years for band in found.bands) == pytest.approx(attrition.value)
    assert sum(band.part for band in found.bands) == pytest.approx(1)


def test_a_band_is_judged_by_person_years_not_by_heads(tmp_path: Path) -> None:
    """Six of twelve leave within a month, six of a hundred in two years: the first is far more, and said so."""
    people = [employee(f"c{i}", before(60), before(30) if i < 6 else None) for i in range(12)]
    people += [employee(f"a{i}", before(1700), before(300) if i < 6 else None) for i in range(100)]
    first, last = asked(store(tmp_path, *people)).bands[0], asked(store(tmp_path / "again", *people)).bands[-1]

    assert (first.left, first.years) == (6, pytest.approx((6 * 60 + 6 * 31) / 365.25))
    assert first.verdict == Verdict.WORSE
    assert last.verdict == Verdict.BETTER


def test_small_bands_are_put_together(tmp_path: Path) -> None:
    """Three newcomers would stand alone: they are counted with the next band, and no band has fewer than five."""
    people = [employee(f"c{i}", before(20)) for i in range(3)] + [employee(f"b{i}", before(200)) for i in range(6)]
    people += [employee(f"a{i}", before(2500)) for i in range(2)]
    bands = asked(store(tmp_path, *people)).bands

    assert [(band.first, band.end, band.people) for band in bands] == [(0, None, 11)]
    assert panels.name(bands[0], panels.language.texts("people", "en")) == "all"


def test_bands_of_few_people_are_not_shown_at_all(tmp_path: Path) -> None:
    """Four people on staff: nothing."""
    found = asked(store(tmp_path, *(employee(f"c{i}", before(200 + i)) for i in range(4))))

    assert found.bands == ()
    assert panels.band_chart(found, "en", theme.LIGHT)[0] is None


def test_the_marks_are_told_in_words(tmp_path: Path) -> None:
    """Share, interval and people at risk at each mark, in both languages."""
    people = [employee(f"e{i}", before(60), before(50) if i < 2 else None) for i in range(10)]
    found = asked(store(tmp_path, *people))
    en, ru = (panels.mark(found.marks[-1], panels.language.texts("people", lang)) for lang in ("en", "ru"))  # type: ignore[arg-type]

    assert en.replace("\u202f", " ") == "after 45 days 80 % (41 to 95 %, 8 at risk)"
    assert ru.replace("\u202f", " ").replace("\u00a0", " ") == "через 45 дней – 80 % (от 41 до 95 %, под наблюдением 8)"
    assert "after 45 days" in panels.chart(found, "en", theme.LIGHT)[1]
