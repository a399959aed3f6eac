"""The journey of a client: which days it shows, how it is drawn, and its page in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lakes import clients, lake
from streamlit.testing.v1 import AppTest
from ui_fixtures import ROOT, company

from data import store as stores
from metrics import journey as journeys
from metrics.declare import Lang
from metrics.journey import Journey
from metrics.served import STAFF, Month, Served, Unit
from metrics.window import Period, Window
from ui import journey, lanes, lanes_of_people, language, receipt, timeline
from ui.theme import DARK, LIGHT
from ui.timeline import Frame

TEXT = language.texts("journey", "en")
JOURNEY, CLIENTS = ROOT / "pages" / "journey.py", ROOT / "pages" / "clients.py"
STAGES = {"order": "Order", "invoicing": "Invoicing"}
NOWHERE = Window(())
MAY = Period(date(2026, 5, 1), date(2026, 6, 1))
TEAMS = Served(
    pd.DataFrame({"week": pd.to_datetime(["2026-06-01"]), "share": [1.3]}),
    {"engagement": (Month(MAY, (Unit("North", 3.0, 7, 4), Unit(None, 4.0, 90, 1)), 4.0),), "skill_fit": ()},
    is_named=True, missing=("skill_fit",),
)  # fmt: skip
NO_TEAMS = Served(pd.DataFrame(), dict.fromkeys(STAFF, ()), is_named=False, missing=STAFF)
Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """One client of half a year: two answers, three orders, four payments, four cases and a contact."""
    case = {"client_id": "a", "process": "p", "stage": "order", "opened_at": "2026-05-01"}
    store = lake(
        tmp_path_factory.mktemp("journey"),
        clients=[*clients("a", name="<b>Acme</b>", manager_id=""), *clients("b")],
        answers=[
            {"answer_id": "good", "client_id": "a", "survey": "s", "instrument": "nps", "score": 9,
             "answered_at": "2026-02-01", "comment": "Fine <script>"},
            {"answer_id": "low", "client_id": "a", "survey": "s", "instrument": "csat", "score": 2,
             "answered_at": "2026-06-01"},
            {"answer_id": "other", "client_id": "b", "survey": "s", "instrument": "csat", "score": 2,
             "answered_at": "2026-06-01"},
        ],
        orders=[
            {"order_id": "1", "client_id": "a", "ordered_at": "2026-01-10", "amount": 100, "status": "fulfilled",
             "promised_at": "2026-01-20", "fulfilled_at": "2026-01-18", "returned_amount": 10},
            {"order_id": "2", "client_id": "a", "ordered_at": "2026-06-10", "amount": 50, "status": "open"},
            {"order_id": "3", "client_id": "a", "ordered_at": "2026-06-11", "amount": 900, "status": "cancelled",
             "promised_at": "2026-06-12"},
        ],
        payments=[
            {"invoice_id": "early", "client_id": "a", "amount": 1, "due_on": "2026-06-10", "paid_on": "2026-06-07"},
            {"invoice_id": "late", "client_id": "a", "amount": 1, "due_on": "2026-06-10", "paid_on": "2026-06-15"},
            {"invoice_id": "unpaid", "client_id": "a", "amount": 1, "due_on": "2026-06-20"},
            {"invoice_id": "ahead", "client_id": "a", "amount": 1, "due_on": "2026-07-20"},
        ],
        cases=[
            case | {"case_id": "late", "promised_at": "2026-05-10", "closed_at": "2026-05-14 09:00"},
            case | {"case_id": "in time", "promised_at": "2026-05-10 08:00", "closed_at": "2026-05-10 20:00"},
            case | {"case_id": "open past it", "promised_at": "2026-06-25"},
            case | {"case_id": "ahead", "promised_at": "2026-07-05"},
        ],
    )  # fmt: skip
    made = journeys.journey(store, NOWHERE, {}, "a")
    assert made is not None
    return made


def test_everything_of_the_client_and_nothing_of_others_is_there(found: Journey) -> None:
    """In the order in which it happened."""
    assert found.events["kind"].value_counts().to_dict() == {
        "payment": 4, "case": 4, "order": 3, "contact": 1, "nps": 1, "csat": 1,
    }  # fmt: skip
    assert found.events["at"].is_monotonic_increasing
    assert "other" not in set(found.events["id"])


def test_lateness_is_by_the_day_so_far_where_open_and_unknown_while_ahead(found: Journey) -> None:
    """The hour of the promised day does not matter; an unpaid invoice ages; a cancelled order is not late."""
    late = {
        (kind, name): None if pd.isna(days) else int(days)
        for kind, name, days in zip(found.events["kind"], found.events["id"], found.events["days_late"], strict=True)
    }

    assert [late["payment", name] for name in ("early", "late", "unpaid", "ahead")] == [-3, 5, 11, None]
    assert [late["case", name] for name in ("late", "in time", "open past it", "ahead")] == [4, 0, 6, None]
    assert [late["order", name] for name in ("1", "2", "3")] == [-2, None, None]


def test_the_days_shown_are_a_year_unless_asked_otherwise(found: Journey) -> None:
    """A young client fills the axis with its own life; what the address asks for is shown, nonsense is not."""
    begun, now = date(2026, 1, 10), date(2026, 7, 1)

    assert timeline.span(found, "", "", "") == Period(begun, now)
    assert timeline.span(found, "13w", "", "").start == now - timedelta(weeks=13)
    assert timeline.span(found, "", "2026-06-01", "2026-06-10") == Period(date(2026, 6, 1), date(2026, 6, 11))
    after = ("2030-01-01", "2030-02-01")
    for first, last in (("2026-06-10", "2026-06-01"), ("x", "y"), ("0001-01-01", "9999-12-31"), after):
        assert timeline.span(found, "", first, last) == Period(begun, now)


def test_a_case_that_lasts_into_the_days_is_shown(found: Journey) -> None:
    """Opened in May and still open in June; what was closed before is not."""
    shown = timeline.within(found.events, Period(date(2026, 6, 1), date(2026, 6, 8)))

    assert set(shown.loc[shown["kind"] == "case", "id"]) == {"open past it", "ahead"}
    assert set(shown.loc[shown["kind"] != "case", "id"]) == {"low", "early"}


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("asked", ["all", "13w"])
def test_the_four_lanes_are_drawn_and_told_in_words(found: Journey, lang: Lang, asked: str) -> None:
    """The drawing holds in both languages and themes; its words count what went wrong."""
    over = timeline.span(found, asked, "", "")
    for colours in (LIGHT, DARK):
        frame = Frame(language.texts("journey", lang), "EUR", STAGES, over, colours)
        chart, words, shown = lanes.chart(found, TEAMS, "low", frame)

        assert chart is not None
        assert chart.to_dict()
        assert timeline.overview(found, frame).to_dict()
    assert ("2 of 4 cases late" in words) == (lang == "en")
    assert len(journey.rows(shown, frame)) == len(shown)


def marks(chart: Any) -> list[dict[str, Any]]:
    """Every row that the drawing is made of."""
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


def test_the_teams_at_work_stand_below_with_whom_they_are_told_by(found: Journey) -> None:
    """Four steps of a team at 3, one of a team that may not be told: 3.2, the company in its place, which is said."""
    frame = Frame(TEXT, "EUR", STAGES, timeline.span(found, "all", "", ""), LIGHT)

    chart, words, _ = lanes.chart(found, TEAMS, "", frame)

    told = {row["line0"]: row for row in marks(chart) if str(row.get("line0", "")).startswith("Engagement")}
    assert list(told) == ["Engagement, 1 May – 31 May 2026: 3.2 in the teams at work, 4.0 in the whole company"]
    (row,) = told.values()
    assert (row["line1"], row["line2"]) == ("North 3.0 (7 people)", TEXT("tip_company"))
    assert "3.2 in the teams at work" in words
    assert lanes_of_people.missing(TEAMS, TEXT) == "Of the teams not known, because not connected: skills."
    assert "Skills" not in words


def test_a_month_told_by_the_company_alone_has_no_line_of_its_own(found: Journey) -> None:
    """The dotted line of the company is all that is drawn: no team is told."""
    alone = Served(TEAMS.load, {"engagement": (Month(MAY, (Unit(None, 4.0, 90, 1),), 4.0),), "skill_fit": ()}, True, ())
    frame = Frame(TEXT, "EUR", STAGES, timeline.span(found, "all", "", ""), LIGHT)

    def lines(teams: Served) -> int:
        layers = lanes.chart(found, teams, "", frame)[0].to_dict()["layer"]
        return sum(layer["mark"].get("strokeWidth") == 2.5 for layer in layers)

    assert (lines(TEAMS), lines(alone)) == (1, 0)


def test_where_no_team_is_on_record_that_is_said(found: Journey) -> None:
    """Neither a load of 0 nor an empty row: words."""
    frame = Frame(TEXT, "EUR", STAGES, timeline.span(found, "all", "", ""), LIGHT)

    drawn = marks(lanes.chart(found, NO_TEAMS, "", frame)[0])

    assert "contacts" in {row.get("title") for row in drawn}
    assert not [row for row in drawn if "dotted" in str(row.get("name"))]
    assert lanes_of_people.missing(NO_TEAMS, TEXT) == TEXT("teams_unnamed")


def test_dense_years_are_put_together(found: Journey) -> None:
    """Two hundred cases a year are drawn by the week, and over years by the month: few marks, the same count."""
    many = pd.concat([found.events[found.events["kind"] == "case"]] * 60, ignore_index=True)
    dense = Journey(found.client, found.now, found.facts, many, found.health, found.promises)
    frame = Frame(TEXT, "EUR", STAGES, timeline.span(dense, "all", "", ""), LIGHT)

    chart, words, shown = lanes.chart(dense, NO_TEAMS, "", frame)

    assert timeline.is_dense(shown, frame.over)
    assert "120 of 240 cases late" in words
    drawn = list(chart.to_dict()["datasets"].values())
    assert max(len(rows) for rows in drawn) < 60
    assert {row["line1"] for rows in drawn for row in rows if "late_top" in row} == {
        "Order: 240 cases opened, 120 closed late or open past the promise"
    }


def test_no_drawing_has_more_marks_than_a_browser_bears(found: Journey) -> None:
    """Four thousand answers in a year: the latest thousand are drawn, and the lane says of how many."""
    said = found.events[found.events["kind"].isin(("nps", "csat"))]
    many = pd.concat([said] * 2000, ignore_index=True)
    crowd = Journey(found.client, found.now, found.facts, many, found.health, None)
    frame = Frame(TEXT, "EUR", STAGES, timeline.span(crowd, "all", "", ""), LIGHT)

    chart, words, _ = lanes.chart(crowd, NO_TEAMS, "", frame)

    assert chart is not None
    drawn = chart.to_dict()["datasets"].values()
    assert sum(len(rows) for rows in drawn) < 5000
    assert "answers · the latest 1,000 of 4,000" in {row.get("title") for rows in drawn for row in rows}
    assert "4000 answers" in words


@pytest.mark.parametrize(("times", "numbered"), [(24, 24), (25, 1)])
def test_scores_are_written_above_their_points_while_they_can_be_read(
    found: Journey, times: int, numbered: int
) -> None:
    """Of more than two dozen only that of the answer looked behind."""
    said = found.events[found.events["kind"] == "nps"]
    many = pd.concat([said.assign(id=f"{at}") for at in range(times)], ignore_index=True)
    crowd = Journey(found.client, found.now, found.facts, many, found.health, None)
    frame = Frame(TEXT, "EUR", STAGES, timeline.span(crowd, "all", "", ""), LIGHT)

    drawn = lanes.chart(crowd, NO_TEAMS, "7", frame)[0].to_dict()

    texts = [one for one in drawn["layer"] if one.get("encoding", {}).get("text", {}).get("field") == "score"]
    assert [len(drawn["datasets"][one["data"]["name"]]) for one in texts] == [numbered]


def test_a_client_of_whom_nothing_is_known_has_words_instead(found: Journey) -> None:
    """No axis without anything on it."""
    nothing = Journey(found.client, found.now, found.facts, found.events.iloc[:0], found.health, None)
    frame = Frame(TEXT, "EUR", STAGES, timeline.span(nothing, "", "", ""), LIGHT)

    assert lanes.chart(nothing, NO_TEAMS, "", frame)[0] is None
    assert receipt.chosen(nothing, "") is None


def test_the_receipt_opens_at_the_latest_low_answer_unless_one_is_chosen(found: Journey) -> None:
    """The relationship survey first; a chosen answer always; an unknown one is not an error."""
    assert receipt.chosen(found, "low")["id"] == "low"
    assert receipt.chosen(found, "")["id"] == "good"
    assert receipt.chosen(found, "no such")["id"] == "good"


@pytest.mark.parametrize(
    ("days", "is_open", "words"),
    [(0, False, "in time"), (1, False, "1 day late"), (-2, False, "2 days early"), (None, True, "not due yet"),
     (None, False, "no due day")],
)  # fmt: skip
def test_lateness_has_words(days: int | None, is_open: bool, words: str) -> None:
    """Never a bare number, never a negative delay."""
    assert timeline.lateness(days, TEXT, is_open=is_open) == words


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """A small company with and without employee facts."""
    return {people: company(tmp_path_factory.mktemp(f"company{people}"), people=people) for people in (True, False)}


def html(page: AppTest) -> str:
    return " ".join(str(one.proto.body) for one in page.get("html")).replace("\u202f", " ")


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("people", [True, False])
def test_a_journey_opens_in_both_languages(opened: Open, homes: dict[bool, Path], lang: Lang, people: bool) -> None:
    """The tiles, the lanes with the strip, the receipt; without employees nothing of them and no error."""
    page = opened(JOURNEY, homes[people], client="c1", answer="14-11", lang=lang)

    assert not page.exception
    assert not page.error
    shown, text = html(page), language.texts("journey", lang)
    assert shown.count('class="st-tile"') == 5
    assert text("receipt") in shown
    assert (text("team") in shown) == people
    charts = len(page.get("vega_lite_chart")) + len(page.get("arrow_vega_lite_chart"))
    assert charts == 2


def test_days_without_an_answer_are_drawn_like_any(opened: Open, homes: dict[bool, Path]) -> None:
    """There is nothing to click, and no failure."""
    made = journeys.journey(stores.Store(homes[True]), NOWHERE, {}, "c1")
    assert made is not None
    days, is_answer = made.events["at"].dt.date, made.events["kind"].isin(journeys.ANSWERS)
    quiet = next(day for day in days[~is_answer] if not (abs(days[is_answer] - day) < timedelta(days=2)).any())

    page = opened(JOURNEY, homes[True], client="c1", lang="en", **{"from": str(quiet), "to": str(quiet)})

    assert not page.exception
    assert not page.error
    assert len(page.get("vega_lite_chart")) + len(page.get("arrow_vega_lite_chart")) == 2


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_without_a_client_the_page_asks_for_one(opened: Open, homes: dict[bool, Path], lang: Lang) -> None:
    """And a client that is not there is named as such, as text."""
    text = language.texts("journey", lang)

    assert text("ask") in html(opened(JOURNEY, homes[True], lang=lang))
    missing = html(opened(JOURNEY, homes[True], lang=lang, client="<script>x"))
    assert "&lt;script&gt;x" in missing
    assert "<script" not in missing


def test_what_is_typed_offers_clients(opened: Open, homes: dict[bool, Path]) -> None:
    """Typed with a slip, the client is offered; choosing it opens its journey."""
    page = opened(JOURNEY, homes[True], lang="en")
    page.text_input(key="w_client").set_value("clent 7").run()

    button = next(one for one in page.button if one.key == "client_c7")
    button.click().run()

    assert not page.exception
    assert page.query_params["client"] == "c7"
    assert "<b>Client 7</b>" in html(page)


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("people", [True, False])
def test_the_clients_open_in_both_languages(opened: Open, homes: dict[bool, Path], lang: Lang, people: bool) -> None:
    """The sentence, the matrix, the list with a way into each journey, the silent ones, the ways of orders."""
    page = opened(CLIENTS, homes[people], lang=lang)

    assert not page.exception
    assert not page.error
    shown, text = html(page), language.texts("clients", lang)
    assert "journey?" in shown
    for key in ("list", "matrix", "silent", "paths"):
        assert text(key) in shown


def test_a_list_without_clients_is_no_failure(opened: Open, homes: dict[bool, Path]) -> None:
    """A search that nobody fits, a page that is not there, a cell that is none: words, no error."""
    page = opened(CLIENTS, homes[True], lang="en", q="no such client", page="99", cell="high-nonsense", sort="x")

    assert not page.exception
    assert "No client matches." in html(page)
