"""Where it hurts: a verdict for every stage of every layer."""

from __future__ import annotations

import re
from html import unescape

import pytest
from ui_fixtures import STAGES, board, link, tile

from metrics.board import Tile
from metrics.change import Reliability, Verdict
from metrics.compute import NOTHING
from metrics.declare import Lang
from ui import heatmap

FEW = Reliability.TOO_FEW


def drawn(order: Tile, delivery: Tile | None = None, lang: Lang = "en", chosen: tuple[str, ...] = ()) -> str:
    """The table with one row, promises kept."""
    row = {"order": order, "delivery": delivery or tile("promise_kept_share", 0.9, 0.9)}
    return heatmap.heatmap(board(stages={"operational": row}), STAGES, lang, "EUR", chosen, link)


def cells(html: str) -> list[str]:
    """The words of each cell, without the stage that phones show."""
    found = re.findall(r"<td.*?</td>", re.sub(r'<span class="stage-label">.*?</span>', "", html))
    return [re.sub(r"<[^>]+>", "", cell).replace("\u202f", " ") for cell in found]


@pytest.mark.parametrize(
    ("verdict", "p", "said"),
    [
        (Verdict.WORSE, 0.01, "▼86 % worse"),
        (Verdict.WORSE, 0.0001, "▼▼86 % worse"),
        (Verdict.BETTER, 0.01, "▲86 % better"),
        (Verdict.BETTER, 0.0001, "▲▲86 % better"),
        (Verdict.NO_REAL_CHANGE, 0.6, "●86 %"),
        (Verdict.UNKNOWN, None, "●86 %"),
        (Verdict.TOO_FEW, None, "●86 %"),
    ],
)
def test_only_a_real_change_is_marked(verdict: Verdict, p: float | None, said: str) -> None:
    """A mark and a word for what really changed, two marks where chance hardly ever does that, a dot for the rest."""
    html = drawn(tile("promise_kept_share", 0.86, 0.95, verdict=verdict, p=p))

    assert cells(html)[0] == said
    assert ("worse-cell" in html) == (verdict == Verdict.WORSE)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (tile("promise_kept_share", 0.2, n=4, reliability=FEW), "too few, n = 4"),
        (tile("promise_kept_share", None, n=0, now=NOTHING, reliability=FEW), "no facts"),
        (tile("engagement", None, n=3, now=NOTHING, reliability=FEW, is_hidden=True), "under 5 people"),
    ],
)
def test_a_cell_without_a_number_says_why(one: Tile, said: str) -> None:
    """Never a 0 and never an empty cell."""
    assert cells(drawn(one))[0] == said


def test_only_the_chosen_stages_are_shown() -> None:
    """A stage that the filter leaves out is not shown as one without facts."""
    order, delivery = tile("promise_kept_share", 0.86), tile("promise_kept_share", 0.95)

    assert cells(drawn(order, delivery, chosen=("delivery",))) == ["●95 %"]
    assert "Order" not in drawn(order, delivery, chosen=("delivery",))
    assert cells(drawn(order, delivery)) == ["●86 %", "●95 %"]


def test_a_cell_says_the_whole_when_it_is_pointed_at() -> None:
    """The full name of the metric, the stage, what it stands on, and the change in words."""
    html = drawn(tile("promise_kept_share", 0.86, 0.95, verdict=Verdict.WORSE, ignored=("region",)))
    hover = unescape(str(re.findall(r'data-tip="([^"]*)"', html)[0])).replace("\u202f", " ")

    assert hover.endswith("Order: 86 %; 400 cases · all regions; −9 pp ▼ worse")


def test_rows_name_their_layer_and_metric() -> None:
    """Which number a row shows is written beside it, in the reader's language."""
    assert ">Operational · Promises kept</th>" in drawn(tile("promise_kept_share", 0.86))
    assert ">Процессы · " in drawn(tile("promise_kept_share", 0.86), lang="ru")


def test_a_stage_cannot_bring_code_onto_the_page() -> None:
    """A company may call a stage what it likes: on the page it is text."""
    evil = '<script>alert(1)</script>" onmouseover="x'
    html = heatmap.heatmap(
        board(stages={"operational": {"order": tile("promise_kept_share", 0.86)}}),
        {"order": evil},
        "en",
        "EUR",
        (),
        link,
    )

    assert "<script" not in html
    assert '" onmouseover="' not in html
    assert html.count("&lt;script&gt;") == 4  # the column's head, the phone's label, the words on pointing


def test_a_source_without_stages_is_told_what_to_add() -> None:
    """No stages, no empty table."""
    html = heatmap.heatmap(board(), {}, "en", "EUR", (), link)

    assert "source.toml" in html
    assert "<table" not in html


def test_a_stage_and_its_mark_open_what_stands_behind_the_score() -> None:
    """The number leads to the rows it counts; the name of the stage and the mark to the drivers of that stage."""
    row = {"order": tile("promise_kept_share", 0.86, 0.95, verdict=Verdict.WORSE, p=0.01),
           "delivery": tile("promise_kept_share", 0.2, n=4, reliability=FEW)}  # fmt: skip
    html = heatmap.heatmap(
        board(stages={"operational": row}), STAGES, "en", "EUR", (), link, lambda stage: f"behind?stage={stage}&x=1"
    )

    assert html.count('href="behind?stage=order&amp;x=1"') == 2
    assert html.count('href="behind?stage=delivery&amp;x=1"') == 1  # too few: only the name of the stage
    assert html.count('href="rows?') == 1
