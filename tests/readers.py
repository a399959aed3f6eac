"""Somebody who reads the page in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

UNTIL = date(2026, 6, 30)  # the last day of the demo company they read about
PATIENCE_MS = 40_000  # a slow machine with other tests beside these


@dataclass
class Reader:
    """A person at a browser. `troubles`: what the console called an error; `abroad`: requests that left the machine.

    `is_lost`: whether this person asks for an address that does not exist, which the console calls an error too.
    """

    page: Page
    is_lost: bool = False
    troubles: list[str] = field(default_factory=list)
    abroad: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        """Open an address and wait until the page stands."""
        self.page.goto(address)
        self.settled()

    def settled(self) -> None:
        """Wait until the script has run and its page is drawn."""
        expect(self.page.locator(".stApp")).to_have_attribute("data-test-script-state", "notRunning")
        expect(self.page.locator(".st-sentence, [data-testid=stAlert]").first).to_be_visible()

    def leads_to(self, address: str) -> None:
        """Wait until the address holds this text, or matches this pattern, and the page has followed."""
        expect(self.page).to_have_url(re.compile(address))
        self.settled()

    def chip(self, name: str) -> None:
        """Open one chip of the filter bar."""
        self.page.get_by_test_id("stPopover").get_by_role("button", name=name).click()
        expect(self.page.get_by_test_id("stPopoverBody")).to_be_visible()

    def pick(self, name: str) -> None:
        """Click one choice of the open chip."""
        self.page.get_by_test_id("stPopoverBody").get_by_text(name, exact=True).click()

    def close(self) -> None:
        """Close the open chip."""
        self.page.keyboard.press("Escape")
        expect(self.page.get_by_test_id("stPopoverBody")).to_have_count(0)

    def chosen(self, value: str) -> Locator:
        """The button that takes a chosen value back."""
        return self.page.locator(".st-key-filter_bar").get_by_role("button", name=re.compile(f"^{value}"))

    @property
    def sentence(self) -> str:
        """The sentence at the top."""
        return self.page.locator(".st-sentence").inner_text()

    @property
    def cards(self) -> str:
        """All words of the four cards."""
        return self.page.locator(".st-cards").inner_text()

    def card(self, layer: str) -> Locator:
        """The card of one layer, by its name."""
        return self.page.locator(".st-card").filter(has=self.page.get_by_role("heading", name=layer))


@contextmanager
def reader(chromium: Browser, **how: Any) -> Iterator[Reader]:
    """Somebody with a fresh browser; at the end, nothing may have gone wrong in it or left the machine."""
    context = chromium.new_context(**({"viewport": {"width": 1440, "height": 1500}, "locale": "en-US"} | how))
    context.set_default_timeout(PATIENCE_MS)
    someone = Reader(context.new_page())
    someone.page.on("console", lambda said: someone.troubles.append(said.text) if said.type == "error" else None)
    someone.page.on("pageerror", lambda problem: someone.troubles.append(str(problem)))
    local = re.compile(r"(https?|wss?)://127\.0\.0\.1[:/]|data:|blob:|about:")
    context.on("request", lambda asked: None if local.match(asked.url) else someone.abroad.append(asked.url))
    try:
        yield someone
        lost = re.compile("404|does not seem to exist")
        assert someone.abroad == []
        assert [said for said in someone.troubles if not (someone.is_lost and lost.search(said))] == []
    finally:
        context.close()
