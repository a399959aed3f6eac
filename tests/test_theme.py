"""The look: both themes can be read, and the three places that name its colours agree."""

from __future__ import annotations

import re
import tomllib
from itertools import combinations

import pytest
from ui_fixtures import ROOT

from ui import theme
from ui.theme import DARK, LIGHT, Tokens

CSS = (ROOT / "ui" / "strata.css").read_text(encoding="utf-8")
THEMES = [pytest.param(LIGHT, 0, id="light"), pytest.param(DARK, 1, id="dark")]


def luminance(colour: str) -> float:
    """How bright a colour is, 0 to 1. Source: WCAG 2.2, relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21. Source: WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def css(name: str) -> tuple[str, str]:
    """A token of the stylesheet: its light and its dark colour."""
    found = re.search(rf"--{name}: light-dark\((#\w{{6}}), (#\w{{6}})\)", CSS)
    assert found, name
    return found[1], found[2]


def test_contrast_is_measured_as_the_standard_does() -> None:
    """Black on white is 21; the grey #777777 on white is the known 4.48."""
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize(("colours", "place"), THEMES)
def test_every_colour_that_carries_words_can_be_read(colours: Tokens, place: int) -> None:
    """Ink, muted, the four layers and "worse" on page and card: at least 4.5; ink and muted at least 5.4."""
    for ground in (colours.page, colours.card):
        for colour in (colours.worse, *colours.layers.values()):
            assert contrast(colour, ground) >= 4.5, (colour, ground)
        for colour in (colours.ink, colours.muted):
            assert contrast(colour, ground) >= 5.4, (colour, ground)


@pytest.mark.parametrize(("colours", "place"), THEMES)
def test_a_cell_that_got_worse_can_be_read(colours: Tokens, place: int) -> None:
    """Its words stand on the soft and the strong red: the number, and the word "worse"."""
    for ground in ("worse-soft", "worse-strong"):
        assert contrast(colours.ink, css(ground)[place]) >= 4.5
        assert contrast(colours.worse, css(ground)[place]) >= 4.5, ground
    assert contrast(colours.ink, css("better-soft")[place]) >= 4.5


@pytest.mark.parametrize(("colours", "place"), THEMES)
def test_the_stylesheet_and_the_charts_share_their_colours(colours: Tokens, place: int) -> None:
    """A layer has one colour, in a card and in a chart."""
    named = {
        name: getattr(colours, name) for name in ("page", "card", "line", "ink", "muted", "worse")
    } | colours.layers

    assert {name: css(name)[place] for name in named} == named


@pytest.mark.parametrize(("colours", "name"), [(LIGHT, "light"), (DARK, "dark")])
def test_streamlit_wears_the_same_theme(colours: Tokens, name: str) -> None:
    """Page, card, ink and lines of the settings file are those of the tokens."""
    said = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"][name]

    assert said["backgroundColor"] == colours.page
    assert said["secondaryBackgroundColor"] == colours.card
    assert said["textColor"] == said["primaryColor"] == colours.ink
    assert said["borderColor"] == colours.line


@pytest.mark.parametrize(("colours", "place"), THEMES)
def test_no_two_layers_look_alike(colours: Tokens, place: int) -> None:
    """Each pair of layer colours differs."""
    assert all(one != other for one, other in combinations(colours.layers.values(), 2))


def test_charts_speak_the_readers_language() -> None:
    """Months, weekdays and the decimal sign of the axes."""
    russian, english = (theme.chart_config(LIGHT, lang)["locale"] for lang in ("ru", "en"))

    assert russian["time"]["shortMonths"][4] == "май"
    assert len(russian["time"]["days"]) == 7
    assert (russian["number"]["decimal"], english["number"]["decimal"]) == (",", ".")
