"""What a chart says under the pointer: every line of it, in words, and nothing of how it is drawn."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import pytest
import vl_convert
from streamlit.testing.v1 import AppTest
from ui_fixtures import ROOT

from ui import tips

PAGES = sorted((ROOT / "pages").glob("*.py"))
WITHOUT = ("quality_of_data", "rows", "upload")  # these draw no chart


def inside(said: Any) -> Iterator[dict[str, Any]]:
    """Every object in a chart's description."""
    if isinstance(said, dict):
        yield said
    for one in said.values() if isinstance(said, dict) else said if isinstance(said, list) else ():
        yield from inside(one)


def unheard(spec: dict[str, Any]) -> list[list[str]]:
    """The titles under one pointer of which two are equal: of those the browser shows only the first."""
    tips_of = (one["tooltip"] for one in inside(spec) if isinstance(one.get("tooltip"), list))
    titles = [[str(tip.get("title")) for tip in of_one] for of_one in tips_of]
    return [one for one in titles if len(set(one)) < len(one)]


def said_at(chart: alt.Chart) -> list[str]:
    """What the browser is told to show for each mark: a Vega expression."""
    compiled = vl_convert.vegalite_to_vega(chart.to_dict())
    marks = (one for one in inside(compiled) if isinstance(one.get("encode"), dict))
    return [json.dumps(one["encode"]["update"]["tooltip"]) for one in marks if "tooltip" in one["encode"]["update"]]


def test_every_line_reaches_the_reader() -> None:
    """Three lines of words and one with a name are four, also once the chart is compiled for the browser."""
    rows = pd.DataFrame([{"when": "May", "value": "92 %", "usual": "90 to 94 %", "n": "12", "at": 1}])
    lines = tips.lines("when", "value", ("usual", "usual"), "n")
    (said,) = said_at(alt.Chart(rows).mark_point().encode(x="at:Q", tooltip=lines))

    assert all(f'datum[\\"{field}\\"]' in said for field in ("when", "value", "usual", "n"))
    assert [tip.to_dict()["title"].strip(tips.NAMELESS) for tip in lines] == ["", "", "usual: ", ""]


def test_the_lines_are_made_in_one_place() -> None:
    """A chart that named its lines itself could name two alike, or have none of its marks speak."""
    named = [
        path.name
        for path in sorted((ROOT / "ui").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "Tooltip" and path.name != "tips.py"
    ]

    assert named == []


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in PAGES])
def test_no_chart_loses_a_line(opened: Callable[..., AppTest], with_people: Path, path: Path) -> None:
    """Every chart of every page: no two lines under one pointer with the same name, and no names of fields."""
    page = opened(path, with_people, client="c1")
    drawn = [
        json.loads(one.proto.spec) for kind in ("vega_lite_chart", "arrow_vega_lite_chart") for one in page.get(kind)
    ]

    assert not page.exception
    assert (drawn == []) == (path.stem in WITHOUT)
    for spec in drawn:
        assert unheard(spec) == []
        assert spec["config"]["mark"]["tooltip"] is None
