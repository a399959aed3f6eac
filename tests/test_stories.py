"""The stories planted in the demo company, read off the journeys and the list as a reader would."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from data import build, demo, source
from data.store import Store
from metrics import clients, journey, receipt
from metrics.clients import Clients
from metrics.journey import Journey
from metrics.receipt import Case
from metrics.window import Period, Window

UNTIL = date(2026, 6, 28)
END = UNTIL + timedelta(days=1)
QUARTER = Window((Period(END - timedelta(91), END), Period(END - timedelta(182), END - timedelta(91))))
FALLS, SILENT, PAYS_LATER, RESCUED = "C0017", "C0042", "C0105", "C0133"
LEAVES, GROWS, PASSED_AROUND = "C0208", "C0264", "C0311"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The demo company that everybody sees."""
    home = tmp_path_factory.mktemp("demo")
    demo.write_raw(home / "raw", seed=demo.SEED, until=UNTIL)
    now = datetime.combine(END, datetime.min.time())
    build.build(source.read("demo"), home / "raw", home / "data", lambda share, doing: None, now)
    return Store(home / "data")


@pytest.fixture(scope="module")
def listed(store: Store) -> Clients:
    return clients.clients(store, QUARTER, {})


@pytest.fixture(scope="module")
def journeys(store: Store) -> Mapping[str, Journey]:
    found = {}
    for client in (FALLS, SILENT, PAYS_LATER, RESCUED, LEAVES, GROWS, PASSED_AROUND):
        one = journey.journey(store, Window(()), {}, client)
        assert one is not None
        found[client] = one
    return found


def test_a_client_has_one_health_on_every_page(store: Store, journeys: Any, listed: Clients) -> None:
    """The list, the list under a filter and the journey tell the same number of the same client and day."""
    shown = listed.rows.set_index("client_id")
    last = shown.sort_values("invoice_days").index[-1]  # who pays latest is drawn furthest
    judged = [one for one in (FALLS, PAYS_LATER, RESCUED, GROWS, last) if one in shown.index]
    segment = str(shown.loc[last, "segment"])
    alone = clients.clients(store, QUARTER, {"segment": (segment,)}).rows.set_index("client_id")

    assert len(judged) == 5
    for one in judged:
        of_one = journeys.get(one) or journey.journey(store, Window(()), {}, one)
        assert of_one.facts["health"] == pytest.approx(shown.loc[one, "health"])
        assert of_one.facts["paying"] == pytest.approx(shown.loc[one, "paying"])
    for column in ("health", "paying", "attractiveness", "relationship"):
        assert alone[column].to_dict() == pytest.approx(shown.loc[alone.index, column].to_dict(), nan_ok=True)


def scores(found: Journey) -> list[int]:
    said = found.events[found.events["kind"] == "nps"]
    return [int(score) for score in said["score"]]


def behind(store: Store, found: Journey, score: int) -> tuple[Case, ...]:
    """The cases on the receipt of the client's answer with this score."""
    said = found.events[(found.events["kind"] == "nps") & (found.events["score"] == score)].iloc[0]
    made = receipt.receipt(store, Window(()), {}, found.client, said["id"], f"{said['at']:%Y-%m-%d}")
    assert made is not None
    return made.cases


def fact(case: Case, name: str) -> Any:
    return next(one for one in case.facts if one.name == name)


def test_the_falling_client_shows_late_deliveries_behind_its_answers(
    store: Store, journeys: Any, listed: Clients
) -> None:
    """9, 6, 4: behind the 6 stand the late cases first, such as few clients see; its health is among the worst."""
    assert scores(journeys[FALLS]) == [9, 6, 4]
    first = behind(store, journeys[FALLS], 6)[0]

    assert fact(first, "days_late").value > 3
    assert fact(first, "days_late").as_bad < 0.05
    known = listed.rows.set_index("client_id")["health"].dropna()
    assert (known < known[FALLS]).mean() < 0.1


def test_the_silent_client_is_on_the_list_of_the_silent(listed: Clients) -> None:
    """It buys on, was asked, and has not answered for a year: silence is a class, not a gap."""
    one = listed.rows.set_index("client_id").loc[SILENT]

    assert one["is_silent"]
    assert one["revenue_12m"] > 0
    assert not listed.rows.set_index("client_id").loc[FALLS, "is_silent"]


def test_the_client_who_pays_later_is_seen_to(journeys: Any) -> None:
    """Early two years ago, weeks late by now: the payments of its journey say so."""
    paid = journeys[PAYS_LATER].events
    late = paid.loc[paid["kind"] == "payment", "days_late"].dropna().astype(float)

    assert late.head(10).mean() < 1
    assert late.tail(5).mean() > 15


def test_the_rescued_client_is_well_again(store: Store, journeys: Any) -> None:
    """8, 3, 5, 9: late cases behind the 3, none behind the 9, and good health today."""
    assert scores(journeys[RESCUED]) == [8, 3, 5, 9]
    assert fact(behind(store, journeys[RESCUED], 3)[0], "days_late").value > 3
    assert max(case.late for case in behind(store, journeys[RESCUED], 9)) <= 1
    assert journeys[RESCUED].facts["health"] > 70


def test_the_client_who_left_shows_rework_and_is_not_judged(store: Store, journeys: Any, listed: Clients) -> None:
    """Rework upon rework behind the 4; then it is gone from the list, its journey stays."""
    redone = [case for case in behind(store, journeys[LEAVES], 4) if (fact(case, "rework").value or 0) > 0]

    assert len(redone) >= 3
    assert LEAVES not in set(listed.rows["client_id"])


def test_the_growing_client_stands_well(journeys: Any, listed: Clients) -> None:
    """Served well and buying more each year: not among those who need attention."""
    orders = journeys[GROWS].events[journeys[GROWS].events["kind"] == "order"]
    is_late = orders["at"] >= orders["at"].max() - timedelta(364)

    assert listed.rows.set_index("client_id").loc[GROWS, "health"] > 70
    assert is_late.sum() > 1.5 * (~is_late).sum()


def test_the_client_passed_around_shows_hand_overs(store: Store, journeys: Any) -> None:
    """What is unusual behind its 6 is from hand to hand, among other things, and less in others' cases."""
    cases = journeys[PASSED_AROUND].events
    mine = cases.loc[cases["kind"] == "case", "hand_overs"].astype(float).mean()
    everyone = float(store.query("select avg(hand_overs) as mean from cases")["mean"].iloc[0])
    odd = [case for case in behind(store, journeys[PASSED_AROUND], 6) if case.oddity < 0.2]

    assert mine > 1.4 * everyone
    assert "hand_overs" in {case.facts[0].name for case in odd}
