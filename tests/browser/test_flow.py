"""What a reader does: choose, look, take back, send the link."""

from __future__ import annotations

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect
from pypdf import PdfReader
from readers import UNTIL, Reader, reader

from ui import language

pytestmark = pytest.mark.browser


def test_choosing_by_clicking_changes_address_and_numbers(somebody: Reader, site: str) -> None:
    """Segment, stage, period and comparison: each click changes address and cards; reset undoes all."""
    somebody.open(site)
    seen = [somebody.cards]

    somebody.chip("Segment: all")
    somebody.pick("Enterprise")
    somebody.leads_to("segment=Enterprise")
    expect(somebody.card("Employee")).to_contain_text("teams by work done")
    somebody.close()
    seen.append(somebody.cards)

    somebody.chip("Stage: all")
    somebody.pick("Delivery")
    somebody.leads_to("segment=Enterprise&stage=delivery")
    expect(somebody.page.locator(".st-heat thead th")).to_have_text(["", "Delivery"])
    somebody.close()
    seen.append(somebody.cards)

    somebody.chip("Last 13 weeks")
    somebody.pick("Last 26 weeks")
    somebody.leads_to("period=26w")
    expect(somebody.page.get_by_role("button", name="Last 26 weeks").first).to_be_visible()
    expect(somebody.page.locator(".st-cards")).to_contain_text("vs 26 weeks before")
    somebody.close()
    seen.append(somebody.cards)

    somebody.chip("vs the period before")
    somebody.pick("vs a year before")
    somebody.leads_to("vs=year")
    expect(somebody.page.locator(".st-cards")).to_contain_text("vs a year before")
    somebody.close()
    seen.append(somebody.cards)

    assert len(set(seen)) == len(seen), "a choice changed nothing"
    somebody.page.get_by_role("button", name="Reset filters").click()
    somebody.leads_to(r"/\?lang=en$")
    expect(somebody.page.locator(".st-cards")).to_have_text(re.compile("vs 13 weeks before"))
    assert somebody.cards == seen[0]
    expect(somebody.page.get_by_role("button", name="Reset filters")).to_have_count(0)


def test_a_second_segment_joins_the_first_and_can_leave_again(somebody: Reader, site: str) -> None:
    """All that is chosen stands beside its filter; a click on it, or a second one in the filter, takes it back."""
    somebody.open(f"{site}/?segment=Enterprise")
    somebody.chip("Segment")
    somebody.pick("Small")
    somebody.leads_to("segment=Enterprise&segment=Small")
    expect(somebody.chosen("Small")).to_be_visible()
    somebody.page.keyboard.press("Escape")
    somebody.chip("Segment")
    somebody.pick("Enterprise")
    somebody.leads_to(r"\?lang=en&segment=Small$")
    somebody.close()
    somebody.chosen("Small").click()
    somebody.leads_to(r"\?lang=en$")
    expect(somebody.page.get_by_role("button", name="Segment: all")).to_be_visible()


def test_the_rarer_filters_stand_behind_one_chip(somebody: Reader, site: str) -> None:
    """Industry among the few is clicked, the account manager among the many is searched for."""
    somebody.open(site)
    somebody.chip("More filters")
    somebody.page.get_by_test_id("stPopoverBody").get_by_role("combobox").last.click()
    somebody.page.get_by_role("option").first.click()
    somebody.leads_to("manager_id=")
    expect(somebody.page.get_by_role("button", name=re.compile("✕$"))).to_have_count(1)
    assert somebody.sentence


def test_the_language_switch_keeps_the_filters(somebody: Reader, site: str) -> None:
    """The same view in the other language, with its own words for stages and units."""
    somebody.open(f"{site}/?segment=Enterprise&stage=delivery")
    somebody.page.get_by_text("RU", exact=True).click()
    somebody.leads_to("lang=ru")
    query = parse_qs(urlsplit(somebody.page.url).query)

    assert query == {"segment": ["Enterprise"], "stage": ["delivery"], "lang": ["ru"]}
    expect(somebody.chosen("Доставка")).to_be_visible()
    expect(somebody.card("Сотрудники")).to_contain_text(language.texts("layers", "ru")("weighed"))


def test_a_copied_link_opens_the_same_view(chromium: Browser, somebody: Reader, site: str) -> None:
    """In another browser, of another language: the same sentence and the same cards, to the last word."""
    somebody.open(site)
    somebody.chip("Region: all")
    somebody.pick("North")
    somebody.leads_to("region=North")
    somebody.close()
    somebody.chip("Last 13 weeks")
    somebody.pick("Last 4 weeks")
    somebody.leads_to("period=4w")
    with reader(chromium, locale="ru-RU", viewport={"width": 800, "height": 900}) as other:
        other.open(somebody.page.url)

        assert other.sentence == somebody.sentence
        assert other.cards == somebody.cards


def test_back_and_forward_walk_through_the_views(somebody: Reader, site: str) -> None:
    """The browser's own buttons show the view of each address, chips included."""
    somebody.open(site)
    first = somebody.cards
    somebody.chip("Segment: all")
    somebody.pick("Enterprise")
    somebody.leads_to("segment=Enterprise")
    expect(somebody.card("Employee")).to_contain_text("teams by work done")
    second = somebody.cards

    somebody.page.go_back()
    expect(somebody.page.get_by_role("button", name="Segment: all")).to_be_visible()
    somebody.settled()
    assert somebody.cards == first
    somebody.page.go_forward()
    expect(somebody.chosen("Enterprise")).to_be_visible()
    somebody.settled()
    assert somebody.cards == second


def test_broken_values_of_a_link_are_dropped_with_a_word(somebody: Reader, site: str) -> None:
    """The page stands, says what it left out as plain text, puts the address right, and keeps keys of others."""
    somebody.page.goto(f"{site}/?segment=Nope&segment=Small&utm=mail&period=xx&region=[x](http://evil.example)")
    toast = somebody.page.get_by_test_id("stToast")
    expect(toast).to_contain_text("xx, Nope, [x](http://evil.example)")
    expect(toast.get_by_role("link")).to_have_count(0)
    somebody.leads_to(r"/\?(utm=mail&lang=en|lang=en&utm=mail)&segment=Small$")


def test_a_brush_over_the_time_axis_sets_the_period(chromium: Browser, site: str) -> None:
    """The days under the brush become the period of the page, on the clock of the reader's own browser."""
    with reader(chromium, timezone_id="Pacific/Auckland") as one:
        one.open(site)
        drawn = one.page.locator(".st-key-panel_four_layers svg.marks, .st-key-panel_four_layers canvas").first
        drawn.scroll_into_view_if_needed()
        box = drawn.bounding_box()
        assert box is not None
        one.page.wait_for_timeout(700)  # the chart takes the pointer only after its first frame
        y = box["y"] + box["height"] / 2
        one.page.mouse.move(box["x"] + 0.3 * box["width"], y)
        one.page.mouse.down()
        for share in (0.35, 0.4, 0.45, 0.5):
            one.page.mouse.move(box["x"] + share * box["width"], y, steps=4)
        one.page.mouse.up()
        one.leads_to(r"period=20\d\d-\d\d-\d\d\.\.20\d\d-\d\d-\d\d")
        said = parse_qs(urlsplit(one.page.url).query)["period"][0].split("..")
        start, end = (date.fromisoformat(day) for day in said)
        first, length = UNTIL - timedelta(days=363), 364 * 1.08
        assert abs((start - first).days - 0.3 * length) < 9
        assert abs((end - first).days - 0.5 * length) < 9
        expect(one.page.get_by_role("button", name=language.span(start, end, "en"))).to_be_visible()


def test_a_period_that_began_before_the_facts_says_so(somebody: Reader, site: str) -> None:
    """Days of one's own stand in the chip as words; with no facts before them nothing is claimed."""
    somebody.open(f"{site}/?period=2024-01-01..2024-12-31")

    expect(somebody.page.get_by_role("button", name="1 Jan – 31 Dec 2024")).to_be_visible()
    assert somebody.sentence.startswith("There is nothing to compare this period with: the facts begin later.")
    assert not re.search("worse|better", somebody.cards)


def test_the_view_goes_along_to_another_page(somebody: Reader, site: str) -> None:
    """From the four layers to one of them: the filters stay; what is chosen there lies in the address too."""
    somebody.open(f"{site}/?segment=Enterprise&segment=Small&period=26w")
    somebody.page.get_by_role("link", name="Operational").click()
    somebody.leads_to("/operational")
    query = parse_qs(urlsplit(somebody.page.url).query)
    assert query == {"segment": ["Enterprise", "Small"], "period": ["26w"]}
    expect(somebody.page.locator(".st-metrics")).to_be_visible()
    expect(somebody.chosen("Small")).to_be_visible()

    somebody.page.get_by_test_id("stButtonGroup").get_by_text("Lead time", exact=True).click()
    somebody.leads_to("metric=lead_time")
    course = somebody.page.locator(".st-key-panel_time").get_by_label(re.compile("by week, last"))
    expect(course.filter(visible=True).first).to_be_visible()


def test_a_click_on_a_group_filters_by_it_and_a_second_one_takes_it_back(somebody: Reader, site: str) -> None:
    """The dot of a segment is a way into that segment."""
    somebody.open(site)
    somebody.page.get_by_role("link", name="Operational").click()
    somebody.leads_to("/operational")
    dots = somebody.page.locator(".st-key-panel_group .mark-symbol path")
    expect(dots.first).to_be_visible()
    somebody.page.wait_for_timeout(700)  # the chart takes the pointer only after its first frame
    dots.first.click()
    somebody.leads_to("segment=")
    expect(somebody.page.get_by_role("button", name=re.compile("✕$"))).to_have_count(1)
    somebody.page.wait_for_timeout(700)
    dots.first.click()
    expect(somebody.page.get_by_role("button", name=re.compile("✕$"))).to_have_count(0)


def test_a_number_leads_to_its_rows_and_they_can_be_taken_away(somebody: Reader, site: str) -> None:
    """One click from the card to as many rows as it stands on; then all of them as a file, not only the page shown."""
    somebody.open(f"{site}/?segment=Small&period=26w")
    card = somebody.card("Operational").inner_text()
    cases = re.search(r"([\d,]+) cases", card)
    assert cases
    somebody.card("Operational").locator(".st-head a").click()
    somebody.leads_to(r"rows\?.*metric=promise_kept_share")
    somebody.is_lost = True  # opened by its own address, where the browser asks for more than there is
    assert f"counts {cases[1]} cases" in somebody.sentence
    somebody.page.locator(".st-key-take_rows_1 button").first.click()
    with somebody.page.expect_download() as saved:
        somebody.page.get_by_role("button", name="Table, CSV").click()
    lines = saved.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) - 1 == int(cases[1].replace(",", ""))


def test_the_page_can_be_taken_away_as_a_pdf(somebody: Reader, site: str) -> None:
    """One click, with the filters on it."""
    somebody.open(f"{site}/?segment=Small")
    with somebody.page.expect_download() as saved:
        somebody.page.get_by_role("button", name="⤓ PDF").click()
    sheets = [page.extract_text() for page in PdfReader(saved.value.path()).pages]
    assert all("Segment: Small" in sheet for sheet in sheets)
    assert "Where it hurts" in "".join(sheets)
