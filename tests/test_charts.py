"""The common time axis: four strips, their usual ranges and signals, and what it says in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ui_fixtures import NOW, board, series

from metrics.board import Board
from metrics.declare import Lang
from metrics.load import catalogue
from metrics.window import weeks_back
from ui import axes, charts, theme

WEEKS = {i: 0.7 + 0.01 * i for i in range(10)}
TWO = board(
    courses=(
        series("satisfaction", "csat", WEEKS, signals=(9,)),
        series("operational", "promise_kept_share", {i: v for i, v in WEEKS.items() if i not in (3, 4)}, signals=(0,)),
    )
)


def spec(one: Board = TWO, lang: Lang = "en", colours: theme.Tokens = theme.LIGHT) -> dict[str, Any]:
    """The chart as the browser gets it."""
    chart, _ = charts.four_layers(one, lang, "EUR", colours)
    assert chart is not None
    return dict(chart.to_dict())


def rows(said: dict[str, Any], column: str = "upper") -> list[dict[str, Any]]:
    """The weeks the chart draws."""
    return next(data for data in said["datasets"].values() if data and column in data[0])


def test_each_layer_has_its_own_strip() -> None:
    """The first layer on top, and none reaches into another's strip, its usual range included."""
    for layer, low, high in (("satisfaction", 1, 2), ("operational", 0, 1)):
        mine = [row for row in rows(spec()) if row["layer"] == layer]
        heights = [row[name] for row in mine for name in ("y", "lower", "upper", "centre")]
        assert low <= min(heights) < max(heights) <= high


def test_all_strips_share_one_axis_that_covers_the_course() -> None:
    """Every week lies inside the axis, and the period looked at is shaded."""
    said = spec()
    scales = [layer["encoding"]["x"].get("scale") for layer in said["layer"]]
    domain = next(scale for scale in scales if scale)["domain"]
    shaded = rows(said, "from")

    assert all(scale["domain"] == domain for scale in scales if scale)
    assert shaded == [{"from": "2026-04-01T00:00:00", "to": "2026-07-01T00:00:00"}]
    assert domain[0] == f"{weeks_back(NOW.end, 10)[0].start}T00:00:00" < min(row["week"] for row in rows(said))
    assert max(row["week"] for row in rows(said)) < domain[1]


def test_a_week_says_its_days_value_and_what_it_stands_on() -> None:
    """All that the pointer shows is written in the reader's language."""
    last = rows(spec())[9]

    assert last["when"] == "24 Jun – 30 Jun 2026"
    assert last["value"] == last["last"] == "79\u202f%"
    assert last["stands_on"] == "40 answers"
    assert last["usual"] == "60 to 90\u202f%"
    assert rows(spec(lang="ru"))[9]["when"] == "24 июня – 30 июня 2026"


def test_a_signal_is_marked_on_the_side_it_lies_and_red_only_when_bad() -> None:
    """Above what is usual ▲, below ▼; bad only where the metric should go the other way."""
    marked = {row["layer"]: row for row in rows(spec()) if row["mark"]}

    assert (marked["satisfaction"]["mark"], marked["satisfaction"]["bad"]) == ("▲", False)
    assert (marked["operational"]["mark"], marked["operational"]["bad"]) == ("▼", True)


def test_weeks_without_a_value_part_the_course() -> None:
    """No line is drawn as measured over weeks nobody measured."""
    mine = [row["run"] for row in rows(spec()) if row["layer"] == "operational"]

    assert mine == [0, 0, 0, 1, 1, 1, 1, 1]


def test_a_layer_with_too_few_a_week_says_so() -> None:
    """Its strip is not simply empty."""
    said = spec(board(courses=(series("satisfaction", "csat", {}), series("operational", "promise_kept_share", WEEKS))))
    titles = [row["title"] for row in rows(said, "title")]

    assert titles == ["Satisfaction · CSAT · too few a week to draw", "Operational · Promises kept"]


def test_nothing_to_draw_is_no_chart() -> None:
    """Without a single week with a value there is no empty frame."""
    assert charts.four_layers(board(courses=(series("satisfaction", "csat", {}),)), "en", "EUR", theme.LIGHT) == (
        None,
        "",
    )
    assert charts.four_layers(board(), "en", "EUR", theme.LIGHT) == (None, "")


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK])
def test_a_layer_keeps_its_colour(colours: theme.Tokens) -> None:
    """The colours of the chart are the layers' own, in both themes, also when a layer is missing."""
    scale = next(
        layer["encoding"]["color"]["scale"]
        for layer in spec(colours=colours)["layer"]
        if "scale" in layer["encoding"].get("color", {})
    )

    assert dict(zip(scale["domain"], scale["range"], strict=True)) == {
        layer: colours.layers[layer] for layer in ("satisfaction", "operational")
    }


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "Weekly course of CSAT, Promises kept on one time axis with their usual ranges. 2 weeks stand out."),
        ("ru", f"CSAT, {catalogue()['promise_kept_share'].short['ru']}"),
    ],
)
def test_the_chart_says_what_it_shows(lang: Lang, said: str) -> None:
    """Whoever does not see it reads which courses it shows and how many weeks stand out."""
    assert said in charts.four_layers(TWO, lang, "EUR", theme.LIGHT)[1]


@pytest.mark.parametrize(("weeks", "form"), [(52, "%b"), (104, "%b %Y"), (520, "%Y")])
def test_the_axis_names_the_year_where_a_month_comes_twice(weeks: int, form: str) -> None:
    """Two Novembers are told apart."""
    assert axes.months(weeks).to_dict()["format"] == form


def test_a_brush_chooses_days_and_nothing_comes_from_elsewhere() -> None:
    """The brush is on the time axis only; the chart loads no data, picture or script."""
    said = spec()
    text = json.dumps({key: value for key, value in said.items() if key != "$schema"})

    assert [(one["name"], one["select"]["encodings"]) for one in said["params"]] == [("brush", ["x"])]
    assert "http" not in text
    assert "url" not in text


@pytest.mark.parametrize(("lang", "million"), [("en", "M"), ("ru", "млн")])
def test_an_axis_of_money_speaks_the_readers_language(lang: Lang, million: str) -> None:
    """Millions in the reader's own short word, never the sign of another language."""
    label = axes.value_axis(catalogue()["revenue"], lang).to_dict()["labelExpr"]

    assert f"datum.value / 1e6, '~g') + '\u202f{million}'" in label
