"""What stands under the pointer on a chart, and beside it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from readers import Reader, reader

pytestmark = pytest.mark.browser
MIDDLE = """mark => {
    mark.scrollIntoView({block: "center"});
    const box = mark.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
}"""  # of a mark that may be a line, which has no height


def under_pointer(page: Page, mark: Locator) -> list[str]:
    """The lines that a mark says when it is touched."""
    expect(mark).to_be_attached()
    page.wait_for_timeout(700)  # the chart takes the pointer only after its first frame
    across, down = mark.evaluate(MIDDLE)
    page.mouse.move(across, down)
    tip = page.locator("#vg-tooltip-element.visible")
    expect(tip).to_be_visible()
    return [line.replace("\u200b", "").replace("\u202f", " ") for line in tip.inner_text().splitlines()]


def test_a_week_says_what_when_how_much_and_what_is_usual(somebody: Reader, site: str) -> None:
    """Five lines on the common axis: none is lost for having the name of another."""
    somebody.open(site)
    weeks = somebody.page.locator(".st-key-panel_four_layers g.mark-symbol path")
    name, when, value, stands_on, usual = under_pointer(somebody.page, weeks.nth(20))

    assert name in ("NPS", "Revenue", "Promises kept", "Engagement")
    assert re.fullmatch(r"\d.* 20\d\d", when)
    assert re.match(r"[−\d]", value)
    assert re.fullmatch(r"[\d,]+ \w+", stands_on)
    assert usual.startswith("usual: ")


def test_a_case_says_what_was_promised_and_how_it_went(chromium: Browser, site: str) -> None:
    """On a client's timeline, in Russian: the case, its days, and its hand-overs and errors."""
    with reader(chromium) as one:
        one.is_lost = True  # opened by its own address, where the browser asks for more than there is
        one.open(f"{site}/journey?lang=ru&client=C0001")
        cases = one.page.locator(".st-key-panel_timeline g.mark-rule line[stroke-width='7']")
        expect(cases.nth(10)).to_be_attached()
        what, promised, work = under_pointer(one.page, cases.nth(10))

        assert re.fullmatch(r"\w+, заявка K\d+", what)
        assert promised.startswith("обещано")
        assert re.fullmatch(r"передач: \d+, переделок: \d+, ошибок: \d+", work)


def test_a_group_says_its_interval_and_its_chart_has_no_foreign_buttons(chromium: Browser, site: str) -> None:
    """Beside the dot stands its value; touched, it says how sure that is. Of Streamlit's buttons full screen stays."""
    with reader(chromium) as one:
        one.is_lost = True
        one.open(f"{site}/operational")
        chart = one.page.locator(".st-key-panel_group")
        group, words, interval = under_pointer(one.page, chart.locator("g.mark-symbol path").first)

        assert re.match(r"[\d.]+ % · [\d,]+ cases", words)
        assert re.fullmatch(r"interval: [\d.]+ to [\d.]+ %", interval)
        expect(chart.locator("svg.marks")).to_contain_text(group)
        seen = chart.get_by_test_id("stElementToolbarButton").filter(visible=True).get_by_role("button")
        assert [str(button.get_attribute("aria-label")).split(":")[0] for button in seen.all()] == ["Fullscreen"]


def test_a_mark_without_words_says_nothing(chromium: Browser, site: str) -> None:
    """The parts of a change are named beside their bars: no names and raw figures of fields come up."""
    with reader(chromium) as one:
        one.is_lost = True
        one.open(f"{site}/change")
        bar = one.page.locator("svg.marks").first.locator("g.mark-rect path").first
        expect(bar).to_be_attached()
        one.page.wait_for_timeout(700)
        one.page.mouse.move(*bar.evaluate(MIDDLE))
        one.page.wait_for_timeout(500)

        expect(one.page.locator("#vg-tooltip-element.visible")).to_have_count(0)
