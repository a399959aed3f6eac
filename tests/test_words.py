"""The sentence at the top: the surest real change, and how the clients' score stands."""

from __future__ import annotations

import re
from datetime import date

from ui_fixtures import STAGES, board, tile

from metrics.board import Board
from metrics.change import Reliability, Verdict
from metrics.compute import Reading
from metrics.declare import Lang
from ui import words

WORSE, BETTER = Verdict.WORSE, Verdict.BETTER


def said(one: Board, lang: Lang = "en", stages: dict[str, str] | None = None) -> str:
    """The sentence as plain text."""
    html = words.sentence(one, stages or STAGES, lang, "EUR")
    return re.sub(r"<[^>]+>", "", html).replace("\u202f", " ").strip()


def test_when_nothing_really_changed_the_page_says_so() -> None:
    """Four falling numbers within their noise are no news."""
    assert said(board()) == (
        "No layer really changed against the comparison period. "
        "NPS 31 (29 to 33) moved no more than chance alone would."
    )


def test_the_surest_change_for_the_worse_leads() -> None:
    """Not the largest difference: the one least likely to be chance. A stage is named with its metric."""
    stages = {
        "operational": {
            "order": tile("promise_kept_share", 0.50, 0.95, verdict=WORSE, p=0.04),
            "delivery": tile("promise_kept_share", 0.86, 0.93, verdict=WORSE, p=0.001, since=date(2026, 5, 12)),
        },
        "employee": {"order": tile("engagement", 4.2, 3.0, verdict=BETTER, p=0.00001)},
    }

    assert said(board(stages=stages)).startswith(
        "Promises kept, Delivery: 86 %, was 93 %: really worse since 12 May. NPS 31"
    )


def test_a_layers_total_leads_when_no_stage_does() -> None:
    """A change of a headline that no single stage shows."""
    one = tile("engagement", 3.3, 3.9, verdict=WORSE, p=0.001)

    assert said(board({"employee": one})).startswith("Engagement: 3.3, was 3.9: really worse. NPS 31")


def test_a_change_for_the_better_leads_when_nothing_got_worse() -> None:
    """Good news is told too, after the bad."""
    one = tile("promise_kept_share", 0.95, 0.9, verdict=BETTER, p=0.001)

    assert said(board({"operational": one})).startswith("Promises kept: 95 %, was 90 %: really better.")


def test_what_is_hidden_or_too_few_never_leads() -> None:
    """However sure its test, a number that is not shown is not told."""
    few = tile("promise_kept_share", 0.2, 0.9, n=3, verdict=WORSE, p=0.0001, reliability=Reliability.TOO_FEW)

    assert "No layer really changed" in said(board(stages={"operational": {"order": few}}))


def test_the_score_is_not_said_twice() -> None:
    """When the score itself leads, or its only stage does, the second half of the sentence falls away."""
    score = tile("csat", 0.57, 0.65, verdict=WORSE, p=0.001)

    assert said(board({"satisfaction": score})) == "CSAT: 57 %, was 65 %: really worse."
    assert said(board({"satisfaction": score}, stages={"satisfaction": {"delivery": score}})) == (
        "CSAT, Delivery: 57 %, was 65 %: really worse."
    )


def test_a_score_on_too_few_answers_has_no_number() -> None:
    """Three answers say nothing, and the sentence says that."""
    few = tile("nps", -33.0, 35.0, n=3, reliability=Reliability.TOO_FEW)

    assert said(board({"satisfaction": few})).endswith("NPS: too few answers to say anything.")


def test_a_period_without_facts_is_called_that() -> None:
    """No dash and no zero is turned into a sentence about a change."""
    nothing = {
        layer: tile(metric, n=0, reliability=Reliability.TOO_FEW)
        for layer, metric in {
            "satisfaction": "nps", "transactional": "revenue", "operational": "promise_kept_share",
            "employee": "engagement",
        }.items()
    }  # fmt: skip

    assert said(board(nothing)) == "There are no facts in this period for the chosen clients."


def test_a_first_period_has_nothing_to_be_compared_with() -> None:
    """Without earlier facts no change is claimed, and none is denied."""
    first = {
        "satisfaction": tile("nps", 31.0), "transactional": tile("revenue", 1e6),
        "operational": tile("promise_kept_share", 0.9), "employee": tile("engagement", 3.6),
    }  # fmt: skip

    assert (
        said(board(first)) == "There is nothing to compare this period with: the facts begin later. NPS 31 (29 to 33)."
    )


def test_an_interval_is_part_of_the_score() -> None:
    """The reader is told between which values it lies."""
    one = tile("nps", 31.0, 35.0, now=Reading(31.0, 27.4, 35.2, 412))

    assert "NPS 31 (27 to 35) moved no more than chance" in said(board({"satisfaction": one}))
    assert "NPS 31 (от 27 до 35)" in said(board({"satisfaction": one}), "ru")


def test_a_stage_cannot_bring_code_into_the_sentence() -> None:
    """The name of a stage is text, whatever it holds."""
    stages = {"operational": {"order": tile("promise_kept_share", 0.5, 0.9, verdict=WORSE, p=0.001)}}
    html = words.sentence(board(stages=stages), {"order": "<script>alert(1)</script>{metric}"}, "en", "EUR")

    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{metric}" in html
