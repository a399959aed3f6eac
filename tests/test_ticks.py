"""Events on a time chart: numbered ticks inside the axis, and the same in a list that needs no pointer."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import Any

import altair as alt
import pytest
from test_charts import TWO
from test_depth_charts import depth
from ui_fixtures import NOW

from metrics.window import weeks_back
from ui import charts, theme, ticks, trend
from ui.ticks import Note

FIRST, END = (datetime.combine(day, time()) for day in (date(2026, 1, 1), date(2026, 4, 11)))  # a hundred days


def note(number: int, first: str, last: str = "", said: str = "x", about: str = "") -> Note:
    """An event of one day, or of several."""
    return Note(number, date.fromisoformat(first), date.fromisoformat(last or first), said, about)


def rows(*notes: Note) -> list[dict[str, Any]]:
    """What is drawn on an axis of a hundred days."""
    drawn = ticks.ticks(notes, FIRST, END, "en", theme.LIGHT)
    data = alt.layer(*drawn).to_dict()["datasets"] if drawn else {}
    return max(data.values(), key=len, default=[])


def test_an_event_stands_in_the_middle_of_its_day() -> None:
    """On the reader's own calendar: no clock moves it to the day before."""
    assert rows(note(1, "2026-02-10"))[0]["at"] == "2026-02-10T12:00:00"


def test_a_longer_event_is_drawn_over_all_its_days() -> None:
    """From the beginning of the first to the end of the last; one day has no bar."""
    drawn = rows(note(1, "2026-02-10", "2026-02-12"), note(2, "2026-03-20"))

    assert (drawn[0]["from"], drawn[0]["to"]) == ("2026-02-10T00:00:00", "2026-02-13T00:00:00")
    assert [row["is_longer"] for row in drawn] == [True, False]


def test_what_began_before_the_axis_is_cut_at_it() -> None:
    """The axis does not grow for an event."""
    drawn = rows(note(1, "2025-12-20", "2026-01-05"), note(2, "2026-04-09", "2026-05-30"))

    assert drawn[0]["at"] == drawn[0]["from"] == "2026-01-01T00:00:00"
    assert drawn[1]["to"] == "2026-04-11T00:00:00"


@pytest.mark.parametrize(
    ("first", "last", "is_drawn"),
    [
        ("2025-12-31", "2025-12-31", False), ("2026-01-01", "2026-01-01", True), ("2026-04-10", "2026-04-10", True),
        ("2026-04-11", "2026-04-11", False), ("2025-01-01", "2027-01-01", True),
    ],
)  # fmt: skip
def test_only_what_touches_the_axis_is_drawn(first: str, last: str, is_drawn: bool) -> None:
    """The day after the last one lies outside."""
    assert bool(rows(note(1, first, last))) is is_drawn


def test_events_too_close_to_be_told_apart_share_a_label() -> None:
    """Seven days of a hundred are as wide as a number on a phone; nearer ones are named together, further ones not."""
    days = ("2026-02-01", "2026-02-03", "2026-02-07", "2026-02-08", "2026-03-01")
    labels = [row["label"] for row in rows(*(note(i, day) for i, day in enumerate(days, 1)))]

    assert labels == ["1–3", "", "", "4", "5"]


def test_the_pointer_is_told_number_days_words_and_limits() -> None:
    """All that the list says."""
    one = rows(note(7, "2026-02-10", "2026-02-12", "Strike", "Delivery"))[0]

    assert (one["when"], one["said"], one["about"]) == ("7. 10 Feb – 12 Feb 2026", "Strike", "Delivery")


def test_the_list_says_what_the_ticks_say() -> None:
    """Numbers, days, words and limits; signs of a person's text stay signs."""
    said = ticks.listed([note(1, "2026-02-10", said="<img src=x onerror=alert(1)> & co", about="<i>")], "en")

    assert "<b" in said
    assert ">1</b>" in said
    assert "10 Feb 2026" in said
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; co" in said
    assert "&lt;i&gt;" in said
    assert "<img" not in said


def test_a_long_list_shows_the_latest_and_folds_the_rest() -> None:
    """Nothing is left out; a few more than usual are not folded away."""
    many = [note(i, f"2026-02-{i:02}", said=f"event{i}") for i in range(1, 15)]
    folded, shown = ticks.listed(many, "en").split("</details>")

    assert "9 earlier events" in folded
    assert [f"event{i}<" in folded for i in range(1, 15)] == [i <= 9 for i in range(1, 15)]
    assert [f"event{i}<" in shown for i in range(1, 15)] == [i > 9 for i in range(1, 15)]
    assert "<details>" not in ticks.listed(many[:10], "en")
    assert ticks.listed([], "en") == ""


def spec(chart: alt.LayerChart | None) -> dict[str, Any]:
    """The chart as the browser gets it."""
    assert chart is not None
    return dict(chart.to_dict())


def texts(said: dict[str, Any]) -> list[str]:
    """The words of the events that a chart holds."""
    return [row["said"] for data in said["datasets"].values() if data and "said" in data[0] for row in data]


def test_both_time_charts_carry_the_events_of_their_weeks() -> None:
    """The four layers and the trend of a metric: inside their axis, counted in words, the axis as it was."""
    inside, outside = note(1, "2026-05-12", said="inside"), note(2, "2020-01-01", said="outside")
    for draw in (
        lambda *noted: charts.four_layers(TWO, "en", "EUR", theme.LIGHT, noted),
        lambda *noted: trend.trend(depth(values=dict.fromkeys(range(10), 0.8)), "en", "EUR", theme.LIGHT, noted),
    ):
        plain, said = draw()
        with_events, more = draw(inside, outside)

        assert texts(spec(plain)) == []
        assert set(texts(spec(with_events))) == {"inside"}
        assert more == f"{said} 1 event is marked on it."
        assert domains(spec(plain)) == domains(spec(with_events))


def domains(said: dict[str, Any]) -> list[str]:
    """How far the time axis reaches."""
    found = {json.dumps(layer["encoding"]["x"].get("scale")) for layer in said["layer"] if "x" in layer["encoding"]}
    assert len(found - {"null"}) == 1
    return sorted(found - {"null"})


def test_a_trend_covers_the_weeks_that_have_a_value() -> None:
    """From the beginning of the first week drawn to the end of the last: an event in them lies inside."""
    weeks = weeks_back(NOW.end, 10)

    assert trend.course(depth(values={2: 0.8, 6: 0.7})) == type(NOW)(weeks[2].start, weeks[6].end)
    assert trend.course(depth(values={})) == type(NOW)(weeks[0].start, weeks[9].end)
    assert weeks[6].end - weeks[2].start == timedelta(days=35)
