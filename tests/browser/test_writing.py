"""What a reader writes is stored, and stands there for everybody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, expect
from readers import Reader, reader
from ui_fixtures import company, server

from data import annotations, saved_views
from data.database import Database, address

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small company of its own: what is written here meets no other test."""
    return company(tmp_path_factory.mktemp("writing"))


@pytest.fixture(scope="module")
def place(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over it."""
    with server(home, tmp_path_factory.mktemp("server") / "log") as site:
        yield site


def opened(somebody: Reader, name: str) -> Locator:
    """One of the two popovers, open with its form."""
    somebody.page.get_by_role("button", name=name).first.click()
    body = somebody.page.get_by_test_id("stPopoverBody")
    expect(body.get_by_role("button", name="Save")).to_be_visible()
    return body


def choose(somebody: Reader, body: Locator, action: str) -> None:
    """One of what the first entry's menu offers."""
    body.get_by_role("button", name="⋯").first.click()
    somebody.page.get_by_test_id("stMenuButtonBody").get_by_text(action, exact=True).click()


def test_an_event_is_noted_and_seen_by_others_on_the_charts(
    chromium: Browser, somebody: Reader, place: str, home: Path
) -> None:
    """A text full of signs stays that text: in the database, in the list of the page, and for another reader."""
    said = "**Strike** <img src=x onerror=alert(1)> [x](http://e.example) =1+1"
    somebody.open(f"{place}/")
    somebody.page.get_by_role("link", name="Operational", exact=True).click()
    somebody.leads_to("/operational")
    body = opened(somebody, "Events")
    body.get_by_role("button", name="Save").click()
    expect(body.get_by_test_id("stAlert")).to_contain_text("found nothing, allowed 1 to 200 characters")
    body.get_by_label("Note an event").fill(said)
    body.get_by_role("button", name="Save").click()
    under = somebody.page.locator(".st-key-panel_time .st-events")
    expect(under).to_contain_text(said)
    expect(under.get_by_role("link")).to_have_count(0)
    expect(somebody.page.get_by_label(re.compile("1 event is marked on it")).first).to_be_attached()

    with reader(chromium, locale="ru-RU", color_scheme="dark") as other:
        other.open(f"{place}/")
        expect(other.page.locator(".st-events")).to_contain_text(said)
    stored = annotations.everything(Database(address(home))).live
    assert [(one.said, one.first_on) for one in stored] == [(said, stored[0].last_on)]

    choose(somebody, body, "Withdraw")
    expect(under).to_have_count(0)
    body.get_by_role("button", name="Bring back").first.click()
    expect(under).to_contain_text(said)


def test_a_saved_view_is_a_link_that_opens_it_again(
    chromium: Browser, somebody: Reader, place: str, home: Path
) -> None:
    """Page, filters and the choices of the page, in a tab of its own too; deleting can be undone."""
    somebody.open(f"{place}/?segment=Small&period=26w")
    somebody.page.get_by_role("link", name="Operational", exact=True).click()
    somebody.leads_to("/operational")
    somebody.page.get_by_text("Lead time", exact=True).first.click()
    somebody.leads_to("metric=lead_time")
    body = opened(somebody, "Saved views")
    body.get_by_label("Save this view as").fill("Small [ones]")
    body.get_by_role("button", name="Save").click()
    link = body.get_by_role("link", name="Small [ones]")
    expect(link).to_be_visible()
    with somebody.page.context.expect_page() as tab:
        link.click(button="middle")
    again = Reader(tab.value)
    again.leads_to(r"/operational\?")
    query = {"segment": ["Small"], "period": ["26w"], "metric": ["lead_time"], "lang": ["en"]}
    assert parse_qs(urlsplit(again.page.url).query) == query
    numbers = somebody.page.locator(".st-metrics").inner_text()
    expect(again.page.locator(".st-metrics")).to_have_text(numbers, use_inner_text=True)
    again.page.close()

    choose(somebody, body, "Delete")
    expect(link).to_have_count(0)
    body.get_by_role("button", name="Undo").click()
    expect(link).to_be_visible()
    kept = saved_views.saved_by(Database(address(home)))
    assert [(view.name, view.page) for view in kept] == [("Small [ones]", "operational")]
