"""The four cards: what each says of a number, and what it does not say."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from ui_fixtures import LAYERS, NOW, board, link, tile

from metrics.board import Tile
from metrics.change import Change, Reliability, Verdict
from metrics.compute import NOTHING, Reading
from metrics.declare import Lang
from metrics.lack import Lack
from metrics.window import weeks_back
from ui import cards, language

EN = language.texts("layers", "en")
FEW = Reliability.TOO_FEW


def read(html: str) -> str:
    """The words of a piece of the page, narrow spaces as plain ones."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html).replace("\u202f", " ")).strip()


def card(one: Tile, layer: str = "satisfaction", lang: Lang = "en") -> str:
    """What the card of a layer says when `one` is its headline."""
    whole = cards.cards(board({layer: one}), lang, "EUR", "vs 13 weeks before", link)
    return read(whole.split("<section")[LAYERS.index(layer) + 1])


def test_a_headline_says_value_interval_n_change_and_verdict() -> None:
    """All that a reader needs to believe a number or not stands with it."""
    said = card(tile("nps", 31.0, 35.0, now=Reading(31.0, 27.0, 35.0, 412)))

    assert "NPS 31 27 to 35 · 412 answers −4 vs 13 weeks before: no real change target 40" in said


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict.WORSE, "▼ worse"),
        (Verdict.BETTER, "▲ better"),
        (Verdict.CHANGED, "◆ changed"),
        (Verdict.NO_REAL_CHANGE, "no real change"),
        (Verdict.TOO_FEW, "too few before to compare"),
        (Verdict.UNKNOWN, "not tested"),
    ],
)
def test_each_verdict_has_its_word(verdict: Verdict, said: str) -> None:
    """State is never told by colour alone."""
    assert said in card(tile("nps", 31.0, 35.0, verdict=verdict))


def test_a_claim_of_too_few_clients_is_said_to_be_one() -> None:
    """It was tested, and clients are what it lacks."""
    said = card(tile("nps", 31.0, 35.0, verdict=Verdict.UNKNOWN, is_of_few_clients=True))

    assert "too few clients to compare" in said


@pytest.mark.parametrize("verdict", [Verdict.NO_REAL_CHANGE, Verdict.TOO_FEW, Verdict.UNKNOWN, Verdict.BETTER])
def test_a_fall_that_proves_nothing_is_not_red(verdict: Verdict) -> None:
    """Nothing is called worse because it is lower: only because it really got worse."""
    one = tile("retention", 0.5, 0.9, now=Reading(0.5, 0.1, 0.95, 40), verdict=verdict)

    html = cards.cards(board({"transactional": one}), "en", "EUR", "", link).split("<section")[2]
    assert "worse" not in html
    assert "−40 pp" in read(html)


def test_without_a_period_before_nothing_is_claimed() -> None:
    """The first period of all has no change, not a change of 0."""
    said = card(tile("nps", 31.0))

    assert "nothing to compare with" in said
    assert "vs 13 weeks" not in said


def test_a_number_on_too_few_rows_is_not_shown() -> None:
    """Two answers are no NPS: the card says how many there are, and neither value nor change."""
    said = card(tile("nps", -100.0, 35.0, n=2, reliability=FEW))

    assert "NPS – too few, n = 2" in said
    assert "100" not in said


def test_a_number_on_few_rows_is_called_a_direction() -> None:
    """Between the minimum and thirty rows, the number is shown with a word of caution."""
    assert "9 answers · few: a direction only" in card(tile("nps", 31.0, n=9, reliability=Reliability.DIRECTIONAL))


def test_people_who_could_be_singled_out_are_not_shown() -> None:
    """Fewer than five people have no number, and not even their n."""
    said = card(tile("engagement", None, n=3, now=NOTHING, reliability=FEW, is_hidden=True), "employee")

    assert "Engagement – not shown for fewer than 5 people" in said


def test_what_a_company_does_not_measure_is_told_from_what_this_period_lacks() -> None:
    """Never a 0: "not measured" where there never was a fact, "no facts in this period" where there were some."""
    for lack, said in (
        (Lack.NOT_MEASURED, "not measured"), (Lack.NO_FACTS, "no facts in this period"),
        (Lack.NO_MONTH, "no whole finished month to show"),
    ):  # fmt: skip
        assert f"NPS – {said}" in card(tile("nps", reliability=FEW, n=0, lack=lack))
    short = [cards.absent(tile("enps", reliability=FEW, n=0, lack=lack), EN, short=True) for lack in Lack]
    assert short == ["no facts", "no whole month", "no facts"]


def test_rows_without_a_value_are_not_called_too_few() -> None:
    """A marketplace with 4,610 clients and no invitations lacks the invitations, not clients."""
    assert "not measured" in card(tile("nps", None, n=4610, reliability=FEW, lack=Lack.NOT_MEASURED))


def test_a_layer_without_its_tables_says_how_to_connect_it() -> None:
    """An empty layer shows no number at all; it names the missing tables."""
    whole = cards.cards(board({"employee": None}), "en", "EUR", "", link)  # type: ignore[dict-item]
    said = read(whole.split("<section")[4])

    assert "No facts about employees are connected yet." in said
    assert "add the tables employees , pulse to the source" in said
    assert not re.search(r"\d", said.replace("README", ""))


@pytest.mark.parametrize("name", ["segment", "region", "stage"])
def test_a_filter_a_number_does_not_know_is_named(name: str) -> None:
    """A number of all stages under a stage filter says "all stages"."""
    assert f"· {EN(f'ignores_{name}')}" in card(tile("nps", 31.0, ignored=(name,)))


def test_weighed_teams_are_called_so() -> None:
    """Under a client filter the employee number is of the teams that served these clients, by their work."""
    assert "400 people · teams by work done" in card(tile("engagement", 3.6, is_weighed=True), "employee")


@pytest.mark.parametrize(
    ("metric", "value", "low", "high", "missed"),
    [
        ("nps", 31.0, 27.0, 35.0, True),
        ("nps", 31.0, 20.0, 42.0, False),  # it may well be 40
        ("nps", 45.0, 41.0, 49.0, False),
        ("return_share", 0.05, 0.04, 0.06, True),  # the target is 3 % at most
        ("return_share", 0.05, 0.02, 0.08, False),
        ("return_share", 0.01, 0.0, 0.02, False),
    ],
)
def test_a_target_is_missed_only_beyond_noise(metric: str, value: float, low: float, high: float, missed: bool) -> None:
    """The whole interval has to lie on the wrong side of the target."""
    layer = "satisfaction" if metric == "nps" else "transactional"
    said = card(tile(metric, value, now=Reading(value, low, high, 400)), layer)

    assert "target" in said
    assert ("▼ missed" in said) == missed


def test_the_interval_is_drawn_where_it_lies() -> None:
    """NPS 20 (-20 to 60) on a scale from -100 to 100 begins at 40 % of the bar and is 40 % long, the value at 60 %."""
    html = cards.cards(
        board({"satisfaction": tile("nps", 20.0, now=Reading(20.0, -20.0, 60.0, 50))}), "en", "EUR", "", link
    )

    assert '<u style="left:40.0%;width:40.0%"></u><s style="left:60.0%"></s><em style="left:70.0%"></em>' in html


def test_tiles_stand_under_their_headline() -> None:
    """Each tile has its name, value, change and what it stands on."""
    whole = cards.cards(
        board(tiles={"operational": (tile("lead_time", 6.1, 5.0, verdict=Verdict.WORSE),)}), "en", "", "", link
    )

    assert "Lead time 6.1 d +1.1 d ▼ worse 5.8 to 6.4 d · 400 cases" in read(whole)


def test_a_total_does_not_repeat_itself_as_its_n() -> None:
    """588 open cases do not stand on "588 cases"."""
    one = tile("open_cases", 588.0, 400.0, now=Reading(588.0, None, None, 588))
    whole = cards.cards(board(tiles={"operational": (one,)}), "en", "", "", link)

    assert read(whole).count("588") == 1


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_cards_stand_in_both_languages(lang: Lang) -> None:
    """Four cards, each with the name and the question of its layer, and no place left unfilled."""
    whole = cards.cards(board(), lang, "EUR", "vs", link)

    assert whole.count("<section") == 4
    assert ("what clients say" if lang == "en" else "что говорят клиенты") in whole
    assert "{" not in read(whole)


@pytest.mark.parametrize(
    ("values", "drawn"),
    [([], 0), ([1.0, 2.0, 3.0], 0), ([None] * 9 + [1.0] * 3, 0), ([1.0, None, 3.0, 2.0, 5.0], 4), ([2.0] * 6, 6)],
)
def test_a_spark_needs_four_weeks(values: list[float | None], drawn: int) -> None:
    """Three points are no course; weeks without a value have no point; a flat course is a flat line."""
    shape = unquote(cards.spark(values))
    points = re.search(r'points="([^"]*)"', shape)

    assert (len(points[1].split()) if points else 0) == drawn
    assert "nan" not in shape


def test_a_spark_rises_with_its_values() -> None:
    """The highest week stands highest, and time runs to the right."""
    points = re.search(r'points="([^"]*)"', unquote(cards.spark([1.0, 3.0, 2.0, 4.0])))
    assert points
    x, y = zip(*((float(a), float(b)) for a, b in (pair.split(",") for pair in points[1].split())), strict=True)

    assert list(x) == sorted(x)
    assert min(y) == y[3]
    assert max(y) == y[0]


def test_the_cards_take_nothing_from_elsewhere() -> None:
    """No picture, font or link of the cards leads away from the server."""
    course = tuple((week, float(i % 5)) for i, week in enumerate(weeks_back(NOW.end, 20)))
    html = unquote(cards.cards(board({"satisfaction": tile("nps", 31.0, course=course)}), "en", "EUR", "vs", link))

    assert re.findall(r"(?:https?:)?//[^\s\"')>]+", html.replace('xmlns="http://www.w3.org/2000/svg"', "")) == []


def test_no_difference_is_no_verdict() -> None:
    """A change that cannot be worked out says so, whatever the verdict."""
    assert "nothing to compare with" in cards.change(
        tile("nps", 31.0, change=Change(None), verdict=Verdict.WORSE), cards.catalogue()["nps"], EN, "EUR"
    )
