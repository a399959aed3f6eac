"""The dashboard in a real browser: python bench/browser.py DATA [--page PATH] [--rounds N].

DATA is a data folder with a lake, such as the `home` that `bench/page.py 10000000 --keep DIR` leaves behind. Prints p50
and p95 of: start of the server -> first paint; opening the page with cold and with warm caches; a click on a filter ->
all charts repainted, cold and warm; the bytes that travel; the server's memory, idle and at its peak. Beside it
stands the aim: what the best peer showed on such a machine. Painted is what has then not changed for 0.4 s.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[1]
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
QUIET_S = 0.4
# The page notes when anything in its main part last changed; animations change nothing there.
WATCH = """
window.changed = 0;
new MutationObserver(() => { window.changed = performance.timeOrigin + performance.now(); })
  .observe(document, {subtree: true, childList: true, characterData: true, attributeFilter: ["d", "transform", "src"]});
"""
PEERS = {"cold open": 3.4, "warm open": 2.0, "filter, cold": 1.0, "filter, warm": 0.4}


@contextmanager
def server(data: Path, log: Path) -> Iterator[tuple[str, int]]:
    """The real server: its address and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with log.open("w") as lines:
        running = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"STRATA_DATA": str(data)}, stdout=lines, stderr=lines
        )
        try:
            address = f"http://127.0.0.1:{port}"
            while True:
                try:
                    urllib.request.urlopen(f"{address}/_stcore/health", timeout=5)  # noqa: S310 - our own server
                    break
                except OSError:
                    time.sleep(0.02)
            yield address, running.pid
        finally:
            running.terminate()
            running.wait()


def memory_mb(pid: int, what: str) -> float:
    """VmRSS or VmHWM of a process."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1]) / 1024


def painted(page: Page, began: float) -> float:
    """Seconds from `began` until the page last changed, once it has been quiet."""
    page.wait_for_selector(".stApp[data-test-script-state=notRunning] :is(.st-cards, .st-metrics)", timeout=120_000)
    while True:
        last = float(page.evaluate("window.changed")) / 1000
        if (
            time.time() - last > QUIET_S
            and page.locator(".stApp").get_attribute("data-test-script-state") == "notRunning"
        ):
            return last - began
        page.wait_for_timeout(30)


def fresh(browser: Browser) -> BrowserContext:
    """Somebody who has never been here."""
    context = browser.new_context(viewport={"width": 1440, "height": 1400}, locale="en-US")
    context.add_init_script(WATCH)
    return context


def opened(browser: Browser, address: str) -> tuple[float, int, Page]:
    """Seconds to open an address in a fresh browser, the bytes that came, and the page."""
    page = fresh(browser).new_page()
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    came = [0]

    def count(event: dict[str, float]) -> None:
        came[0] += int(event["encodedDataLength"])

    network.on("Network.loadingFinished", count)
    network.on(
        "Network.webSocketFrameReceived",
        lambda event: came.__setitem__(0, came[0] + len(event["response"]["payloadData"])),
    )
    began = time.time()
    page.goto(address)
    return painted(page, began), came[0], page


def clicked(page: Page, chip: str, value: str) -> float:
    """Seconds from a click on a value of a filter until all is repainted."""
    page.get_by_test_id("stPopover").get_by_role("button", name=chip).click()
    choice = page.get_by_test_id("stPopoverBody").get_by_text(value, exact=True)
    choice.wait_for()
    page.wait_for_timeout(1000 * QUIET_S)
    began = time.time()
    choice.click()
    page.wait_for_timeout(60)
    took = painted(page, began)
    page.keyboard.press("Escape")
    page.wait_for_timeout(1000 * QUIET_S)
    return took


def line(name: str, seconds: list[float]) -> None:
    """p50 and p95 beside the aim."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    aim = f"   aim {PEERS[name]:.1f} s" if name in PEERS else ""
    print(f"{name:18} p50 {statistics.median(seconds):.2f} s   p95 {p95:.2f} s   n {len(seconds)}{aim}", flush=True)


def values(page: Page, chip: str) -> list[str]:
    """What a filter offers."""
    page.get_by_test_id("stPopover").get_by_role("button", name=chip).click()
    page.get_by_test_id("stPopoverBody").wait_for()
    page.wait_for_timeout(500)
    found = page.get_by_test_id("stPopoverBody").get_by_test_id("stButtonGroup").get_by_role("button").all_inner_texts()
    page.keyboard.press("Escape")
    page.wait_for_timeout(500)
    return found


def measure(browser: Browser, data: Path, path: str, rounds: int, scratch: Path) -> None:
    """Measure and print."""
    starts, colds, warms, cold_clicks, warm_clicks = [], [], [], [], []
    idle, peak, first_bytes = 0.0, 0.0, 0
    for number in range(rounds):
        began = time.time()
        with server(data, scratch / f"{number}.log") as (address, pid):
            idle = max(idle, memory_mb(pid, "VmRSS"))
            took, first_bytes, page = opened(browser, f"{address}/{path}")
            starts.append(float(page.evaluate("window.changed")) / 1000 - began)
            colds.append(took)
            page.context.close()
            time.sleep(8)  # what is got ready after the first page is no part of the second
            for _ in range(3):
                took, _, page = opened(browser, f"{address}/{path}")
                warms.append(took)
                page.context.close()
            _, _, page = opened(browser, f"{address}/{path}")
            for chip in ("Segment", "Region"):
                for value in values(page, chip)[:3]:
                    cold_clicks.append(clicked(page, chip, value))
                    clicked(page, chip, value)
                    warm_clicks.append(clicked(page, chip, value))
                    clicked(page, chip, value)
            page.context.close()
            peak = max(peak, memory_mb(pid, "VmHWM"))
            time.sleep(1)
            idle_after = memory_mb(pid, "VmRSS")
    line("start -> painted", starts)
    line("cold open", colds)
    line("warm open", warms)
    line("filter, cold", cold_clicks)
    line("filter, warm", warm_clicks)
    after = f"after the clicks {idle_after:.0f} MB   peak {peak:.0f} MB"
    print(f"memory             started {idle:.0f} MB   {after}   aim idle 430 MB")
    print(f"bytes, first open  {first_bytes / 1024:,.0f} kB")


def main() -> None:
    """Measure one page over one lake."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("data", type=Path)
    asked.add_argument("--page", default="")
    asked.add_argument("--rounds", type=int, default=3)
    said = asked.parse_args()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as scratch:
        found: Callable[[str], bool] = os.path.exists
        system = next(filter(found, ("/usr/bin/chromium", "/usr/bin/chromium-browser")), None)
        browser = playwright.chromium.launch(executable_path=system, args=FLAGS)
        measure(browser, said.data.resolve(), said.page, said.rounds, Path(scratch))
        browser.close()


if __name__ == "__main__":
    main()
