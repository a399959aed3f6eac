"""One layer in depth: a metric by week, a metric by group, and all metrics in a table."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ui_fixtures import BEFORE, NOW, link, series, tile

from metrics.change import Reliability, Verdict
from metrics.compute import NOTHING, Reading
from metrics.depth import Depth, Row
from ui import compare, metric_table, theme, trend


def depth(rows: tuple[Row, ...] = (), values: dict[int, float] | None = None, **more: Any) -> Depth:
    """The operational layer with promises kept chosen, by stage."""
    chosen = tile("promise_kept_share", 0.86, 0.9)
    course = series("operational", chosen.metric, {9: 0.8} if values is None else values, signals=(9,))
    readings = tuple((p.period, Reading(p.value, 0.7, 0.85, 40)) for p in course.points)
    parts: dict[str, Any] = {"tiles": (chosen,), "left_out": 0, "missing": ()} | more
    return Depth("operational", NOW, BEFORE, parts["tiles"], chosen, course, readings, "stage", rows,
                 parts["left_out"], parts["missing"])  # fmt: skip


def row(group: str, value: float | None, verdict: Verdict = Verdict.NO_REAL_CHANGE, n: int = 100, **more: bool) -> Row:
    """One group with an interval a tenth wide."""
    now = NOTHING if value is None else Reading(value, value - 0.05, value + 0.05, n)
    return Row(group, now, verdict, **more)


def words(one: Depth) -> dict[str, str]:
    """Group -> what stands behind its dot, narrow spaces as plain ones."""
    chart, _ = compare.compare(one, {"order": "Order"}, "en", "EUR", theme.LIGHT)
    assert chart is not None
    data = next(data for data in chart.to_dict()["datasets"].values() if "words" in data[0])
    return {entry["group"]: entry["words"].replace("\u202f", " ") for entry in data}


def test_each_group_says_value_n_and_how_it_stands() -> None:
    """A word only where it differs from the rest beyond chance; a stage under its own name."""
    rows = (row("order", 0.9, Verdict.BETTER), row("pack", 0.85), row("ship", 0.7, Verdict.WORSE))

    assert words(depth(rows)) == {
        "Order": "90 % · 100 cases · ▲ better than the rest",
        "pack": "85 % · 100 cases",
        "ship": "70 % · 100 cases · ▼ worse than the rest",
    }


def test_a_touched_group_says_its_interval() -> None:
    """Where none is known nothing is said of it: a hidden group has none, not even in the chart's data."""
    shown = depth((row("order", 0.9), row("small", None, is_hidden=True)))
    chart, _ = compare.compare(shown, {}, "en", "EUR", theme.LIGHT)
    assert chart is not None
    data = next(data for data in chart.to_dict()["datasets"].values() if "words" in data[0])

    assert [entry["interval"].replace("\u202f", " ") for entry in data] == ["85 to 95 %", ""]


def test_a_group_that_may_not_be_shown_has_no_dot() -> None:
    """Hidden people and too few rows have words instead of a value, in the chart's data too."""
    rows = (row("order", 0.9), row("few", 0.1, n=2), row("small", None, is_hidden=True))
    chart, _ = compare.compare(depth(rows), {}, "en", "EUR", theme.LIGHT)
    assert chart is not None
    data = next(data for data in chart.to_dict()["datasets"].values() if "words" in data[0])

    assert [entry["value"] for entry in data] == [0.9, None, None]
    assert words(depth(rows))["few"] == "too few, n = 2"
    assert words(depth(rows))["small"].startswith("not shown, to keep people anonymous")


@pytest.mark.parametrize("many", [1, 3])
def test_a_group_has_its_room_however_few_there_are(many: int) -> None:
    """The axis stands below the rows and takes nothing of them: else one group alone is cut in half."""
    chart, _ = compare.compare(depth(tuple(row(str(at), 0.9) for at in range(many))), {}, "en", "EUR", theme.LIGHT)

    assert chart is not None
    assert chart.to_dict()["height"] - compare.AXIS == compare.ROW * many


def test_a_narrow_screen_has_shorter_words_with_the_same_mark() -> None:
    """What a group differs from stands in the note; that it does, and which way, stays beside its dot."""
    said = compare.groups(depth((row("order", 0.9, Verdict.BETTER), row("pack", 0.8))), {}, "en", "EUR")["brief"]

    assert [words.replace("\u202f", " ") for words in said] == ["90 % · 100 cases · ▲ better", "80 % · 100 cases"]


def test_the_comparison_says_what_it_shows() -> None:
    """First and last of the groups that have a value; hidden ones are not named as the last."""
    rows = (row("order", 0.9), row("ship", 0.7), row("small", None, is_hidden=True))
    said = compare.compare(depth(rows), {}, "en", "EUR", theme.LIGHT)[1].replace("\u202f", " ")

    assert said.endswith("by group: first order 90 %, last ship 70 %.")


def test_nothing_to_compare_is_said() -> None:
    """No groups, or none that may be shown: words, and no empty frame."""
    for rows in ((), (row("small", None, is_hidden=True),)):
        assert compare.compare(depth(rows), {}, "en", "EUR", theme.LIGHT) == (
            None, "There is nothing to compare in this period."
        )  # fmt: skip


@pytest.mark.parametrize(
    ("verdicts", "left_out", "said"),
    [
        ((Verdict.BETTER, Verdict.NO_REAL_CHANGE), 0, "▼ ▲ = differs from all the others together beyond chance"),
        ((Verdict.NO_REAL_CHANGE, Verdict.NO_REAL_CHANGE), 0, "no group differs from the others beyond chance"),
        ((Verdict.UNKNOWN, Verdict.TOO_FEW), 0, "differences are not tested here"),
        ((Verdict.BETTER,), 3, "the largest are shown, 3 more are left out"),
    ],
)
def test_a_ranking_that_proves_nothing_says_so(verdicts: tuple[Verdict, ...], left_out: int, said: str) -> None:
    """Somebody is always last: that alone is no finding."""
    rows = tuple(row(str(i), 0.8, verdict) for i, verdict in enumerate(verdicts))

    assert compare.finding(depth(rows, left_out=left_out), "en") == said


def test_weeks_stand_with_their_interval_and_signals() -> None:
    """Only weeks with a value are drawn; gaps part the line; a signal is bad when it lies on the wrong side."""
    data = trend.weeks(depth(values={0: 0.8, 1: 0.81, 5: 0.7, 9: 0.5}), "en", "EUR")

    assert list(data["run"]) == [0, 0, 1, 2]
    assert list(data["mark"].fillna("")) == ["", "", "", "▼"]
    assert bool(data["bad"].iloc[3])
    assert data["interval"].iloc[0] == "70 to 85\u202f%"


def test_the_course_says_what_it_shows() -> None:
    """The last value and how many weeks stand out; without a week to draw, that."""
    chart, said = trend.trend(depth(), "en", "EUR", theme.LIGHT)

    assert chart is not None
    assert said.replace("\u202f", " ").endswith("by week, last 80 %; 1 week stands out.")
    assert trend.trend(depth(values={}), "en", "EUR", theme.LIGHT) == (
        None, "No week of this period has enough facts to be drawn."
    )  # fmt: skip


@pytest.mark.parametrize(
    ("last", "week", "dy"),
    [
        (dict.fromkeys(range(10), 0.8), 9, -8),  # far below the target of 95 %: at the end, above the line
        (dict.fromkeys(range(7), 0.8) | dict.fromkeys(range(7, 10), 0.955), 5, -8),  # on the line at the end
        (dict.fromkeys(range(10), 0.97), 9, 9),  # just above it all the time: below the line
    ],
)
def test_the_word_of_the_target_stands_on_no_point(last: dict[int, float], week: int, dy: int) -> None:
    """Where the course comes near its target, the word stands elsewhere along the line."""
    data = trend.weeks(depth(values=last), "en", "EUR")

    assert trend.free(data, 0.95) == (data["week"].iloc[week], dy)


def test_the_table_shows_every_metric_or_why_not() -> None:
    """Value, interval, n and change in a row; a metric without a value has one cell that says why."""
    few = tile("lead_time", 4.0, 5.0, n=2, reliability=Reliability.TOO_FEW)
    table = metric_table.metric_table(depth(tiles=(tile("promise_kept_share", 0.86, 0.9), few)), "en", "EUR", link)
    rows = [re.sub(r"<[^>]+>", " ", line).replace("\u202f", " ") for line in table.split("<tr>")[2:]]

    assert re.search(r"86 % +82 to 90 % +400 cases +−4 pp +no real change", rows[0])
    assert "too few, n = 2" in rows[1]
    assert "4.0" not in rows[1]


@pytest.mark.parametrize(
    ("verdicts", "left_out", "said"),
    [
        ((Verdict.WORSE, Verdict.NO_REAL_CHANGE), 0, "▼ ▲ = differs from all the others together beyond chance"),
        ((Verdict.NO_REAL_CHANGE, Verdict.NO_REAL_CHANGE), 0, "no group differs from the others beyond chance"),
        ((Verdict.UNKNOWN, Verdict.UNKNOWN), 0, "no difference is proven"),
        ((Verdict.NO_REAL_CHANGE, Verdict.WORSE), 3, "the largest are shown, 3 more are left out"),
    ],
)
def test_a_group_that_only_its_rows_set_apart_is_explained(
    verdicts: tuple[Verdict, ...], left_out: int, said: str
) -> None:
    """Its interval, which is of rows, lies off the others without a mark: the note says why, in every case."""
    rows = tuple(row(str(i), 0.8, verdict) for i, verdict in enumerate(verdicts))
    doubted = (*rows, row("few", 0.2, verdicts[-1] if verdicts[-1] == Verdict.UNKNOWN else Verdict.NO_REAL_CHANGE,
                          is_of_rows_only=True))  # fmt: skip
    why = ". Intervals are of rows: where a group stands apart without a mark, clients differ among themselves as much"

    assert compare.finding(depth(doubted, left_out=left_out), "en") == f"{said}{why}, or are too few"
    assert words(depth(doubted))["few"] == "20 % · 100 cases"
