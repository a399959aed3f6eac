"""The page as it first appears: both languages, both themes, desk and phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from readers import Reader, reader

from ui import language
from ui.theme import DARK, LIGHT

pytestmark = pytest.mark.browser


def painted(colour: str) -> str:
    """A colour as the browser says it."""
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


@pytest.mark.parametrize(
    ("lang", "scheme", "width"),
    [("en", "light", 1440), ("ru", "dark", 1440), ("en", "dark", 390), ("ru", "light", 390)],
)
def test_the_page_stands_whole(chromium: Browser, site: str, lang: str, scheme: str, width: int) -> None:
    """Sentence, four cards, time axis and stages, in the browser's language and theme, and nothing scrolls sideways."""
    locale = {"en": "en-GB", "ru": "ru-RU"}[lang]
    with reader(chromium, locale=locale, color_scheme=scheme, viewport={"width": width, "height": 900}) as one:
        one.open(site)
        text = language.texts("layers", "ru" if lang == "ru" else "en")
        expect(one.page.locator(".st-card")).to_have_count(4)
        expect(one.page.locator(".st-heat")).to_be_visible()
        expect(
            one.page.locator(".st-key-panel_four_layers svg.marks, .st-key-panel_four_layers canvas").first
        ).to_be_visible()
        assert language.plain(text("where_it_hurts")) in one.page.locator(".st-key-panel_where_it_hurts").inner_text()

        tops = {round(card.bounding_box()["y"]) for card in one.page.locator(".st-card").all()}  # type: ignore[index]
        assert len(tops) == (1 if width == 1440 else 4), "four columns at a desk, one on a phone"
        assert one.page.evaluate("document.documentElement.scrollWidth") == width
        inner = one.page.evaluate("[document.querySelector('.stMain').scrollWidth, window.innerWidth]")
        assert inner[0] <= inner[1]
        too_wide = one.page.evaluate(
            "[...document.querySelectorAll('.st, .st *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
            ".map(e => e.className + ': ' + e.textContent.slice(0, 40))"
        )
        assert too_wide == []
        tokens = LIGHT if scheme == "light" else DARK
        assert one.page.locator(".stApp").evaluate("e => getComputedStyle(e).backgroundColor") == painted(tokens.page)
        assert one.page.locator(".st-card").first.evaluate("e => getComputedStyle(e).backgroundColor") == painted(
            tokens.card
        )


def test_the_chart_says_what_it_shows(somebody: Reader, site: str) -> None:
    """Whoever does not see the chart hears one sentence about it, and no heap of marks."""
    somebody.open(site)
    chart = (
        somebody.page.locator(".st-key-panel_four_layers")
        .get_by_label("Weekly course of NPS")
        .filter(has=somebody.page.locator("svg, canvas"))
    )

    expect(chart.filter(visible=True).first).to_be_visible()
    assert somebody.page.locator(".st-key-panel_four_layers svg [aria-label]").count() == 0


def test_the_keyboard_opens_every_chip(somebody: Reader, site: str) -> None:
    """Tab reaches the chips in the order they stand in; Enter opens one, Escape closes it."""
    somebody.open(site)

    def pressed(key: str, until: str) -> list[str]:
        """What the focus went over."""
        reached: list[str] = []
        while until not in reached and len(reached) < 40:
            somebody.page.keyboard.press(key)
            reached.append(str(somebody.page.evaluate("document.activeElement.innerText")).split("\n")[0])
        return reached

    chips = ["Last 13 weeks", "vs the period before", "Segment: all", "Region: all", "Stage: all"]
    assert [one for one in pressed("Tab", "Stage: all") if one in chips] == chips
    pressed("Shift+Tab", "Segment: all")
    somebody.page.keyboard.press("Enter")
    expect(somebody.page.get_by_test_id("stPopoverBody")).to_contain_text("Enterprise")
    somebody.page.keyboard.press("Escape")
    expect(somebody.page.get_by_test_id("stPopoverBody")).to_have_count(0)
