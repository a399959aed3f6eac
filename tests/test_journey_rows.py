"""What a client's journey says in words and rows: unpaid invoices, comments, teams, health, and where facts lack."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lakes import answer, clients, lake
from streamlit.testing.v1 import AppTest
from ui_fixtures import ROOT

from data.store import Store
from metrics import journey as journeys
from metrics.journey import Journey
from metrics.served import Month, Served, Unit
from metrics.window import Period, Window
from ui import journey, lanes, lanes_of_people, language, standing, timeline
from ui.theme import LIGHT
from ui.timeline import Frame

TEXT = language.texts("journey", "en")
NOWHERE = Window(())
Open = Callable[..., AppTest]
MAY = Period(date(2026, 5, 1), date(2026, 6, 1))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """'a' with facts; 'none' without any; 'case' rated one long ago; 'few' had two; 'other', glad, in its segment."""
    promised = {"process": "p", "stage": "order", "opened_at": "2026-06-01 08:00", "promised_at": "2026-06-10"}
    said = [("2026-01-10", 9, "One"), ("2026-01-20", 3, "Two"), ("2026-06-01", 6, "Three"), ("2026-06-20", 5, "Four")]
    store = lake(
        tmp_path_factory.mktemp("rows"),
        clients=clients("a", "none", "case", "few", "other"),
        answers=[
            *(answer(f"n{at}", "a", score, day, comment=comment) for at, (day, score, comment) in enumerate(said)),
            answer("low square", "a", 1, "2026-06-19", "csat"),
            answer("old", "case", 5, "2025-01-01", "csat"),
            *(answer(f"o{at}", "other", 5, "2026-06-01", "csat") for at in range(9)),
        ],
        cases=[
            promised | {"case_id": f"{who}{at}", "client_id": who, "closed_at": "2026-06-09" if at else "2026-06-20"}
            for who, n in (("a", 4), ("few", 2), ("other", 9))
            for at in range(n)
        ],
        payments=[
            {"invoice_id": "paid late", "client_id": "a", "amount": 1, "due_on": "2026-06-10", "paid_on": "2026-06-15"},
            {"invoice_id": "overdue", "client_id": "a", "amount": 1, "due_on": "2026-06-20"},
        ],
    )  # fmt: skip
    return store.home


@pytest.fixture(scope="module")
def found(home: Path) -> Journey:
    return of(home, "a")


def of(home: Path, client: str) -> Journey:
    made = journeys.journey(Store(home), NOWHERE, {}, client)
    assert made is not None
    return made


def frame_of(found: Journey, lang: language.Lang = "en") -> Frame:
    over = timeline.span(found, "all", "", "")
    return Frame(language.texts("journey", lang), "EUR", {"order": "Order"}, over, LIGHT)


def layers(found: Journey, teams: Served) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Every layer of the drawing with its rows."""
    drawn = lanes.chart(found, teams, "", frame_of(found))[0]
    assert drawn is not None
    said = drawn.to_dict()
    return [(one, said["datasets"][one["data"]["name"]]) for one in said["layer"]]


NO_TEAMS = Served(pd.DataFrame(), {"engagement": (), "skill_fit": ()}, is_named=False, missing=())


def html(page: AppTest) -> str:
    return " ".join(str(one.proto.body) for one in page.get("html"))


def test_an_invoice_that_is_not_paid_is_not_called_a_payment(found: Journey) -> None:
    """Nor has it an hour; the contact of noon has one. On the timeline it has a mark of its own."""
    told = journey.rows(found.events, frame_of(found)).set_index("id")

    assert (told.loc["overdue", "kind"], told.loc["paid late", "kind"]) == ("invoice, unpaid", "payment")
    assert pd.isna(told.loc["overdue", "hour"])
    assert told.loc["last", "hour"] == "12:00"
    assert told.loc["overdue", "days_late"] == 11
    drawn = [row for _, rows in layers(found, NO_TEAMS) for row in rows if "mark" in row]
    marks = {row["line0"].split()[0]: row["mark"] for row in drawn}
    assert (marks["Paid"], marks["Unpaid"]) == ("▲", "△")


def test_comments_stand_under_all_points_each_on_its_own_line(found: Journey) -> None:
    """The latest three of four; no point is as far down as any of them."""
    drawn = layers(found, NO_TEAMS)
    lines = {row["short"]: row["line"] for _, rows in drawn for row in rows if "short" in row}
    points = [row["y"] for one, rows in drawn if one["encoding"].get("shape") for row in rows]

    assert set(lines) == {"“Two”", "“Three”", "“Four”"}
    assert len(points) == 5
    assert min(lines.values()) > max(points) + 10
    assert min(abs(a - b) for a in lines.values() for b in lines.values() if a != b) >= 16


def test_what_is_drawn_of_the_teams_is_in_the_file_too() -> None:
    """Only what the drawing tells: the mean of whole months, and named teams of five people or more."""
    month = Month(MAY, (Unit("North", 3.0, 7, 4), Unit(None, 4.0, 90, 1)), 4.0)
    load = pd.DataFrame({"week": pd.to_datetime(["2026-05-04", "2024-05-06"]), "share": [1.3, 9.9]})
    teams = Served(load, {"engagement": (month,), "skill_fit": ()}, is_named=True, missing=())
    frame = Frame(TEXT, "EUR", {}, MAY, LIGHT)

    week, may = lanes_of_people.rows(teams, frame).to_dict("records")

    assert (week["kind"], week["value"], week["usual"]) == ("load of the teams", 1.3, 1.0)
    assert (week["at"], week["ends_at"]) == (pd.Timestamp("2026-05-04"), pd.Timestamp("2026-05-10"))
    assert (may["kind"], may["value"], may["usual"]) == ("teams: Engagement", pytest.approx(3.2), 4.0)
    assert (may["what"], may["ends_at"]) == ("North 3.0 (7 people)", pd.Timestamp("2026-05-31"))
    assert len(lanes_of_people.rows(NO_TEAMS, frame)) == 0


def test_the_health_says_what_the_client_has_and_what_is_counted(found: Journey, home: Path) -> None:
    """Three of four promises kept, 12 of 15 in its segment: drawn to it by five, (3 + 5 * 12 / 15) / 9 = 78 %."""
    parts = standing._parts(found, "en").set_index("label").map(lambda one: str(one).replace("\u202f", ""))

    assert tuple(parts.loc["promises kept", ["own", "value"]]) == ("3 of 4", "78%")
    assert parts.loc["recommendation (NPS)", "own"] == "promoters 1, detractors 3 of 4"
    assert tuple(parts.loc["satisfied with cases (CSAT)", ["own", "value"]]) == ("0 of 1", "75%")
    assert tuple(parts.loc["money, half-year on half-year", ["own", "value"]]) == ("not known, or expired", "–")
    assert tuple(parts.loc["days late with payment", ["own", "value"]]) == ("8d", "8d")
    few = standing._parts(of(home, "few"), "en").set_index("label")
    assert tuple(few.loc["promises kept", ["own", "value", "n"]]) == ("too few", "–", 2)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_client_without_facts_is_said_to_have_none(opened: Open, home: Path, lang: language.Lang) -> None:
    """No days, no empty table, no axis."""
    page = opened(ROOT / "pages" / "journey.py", home, client="none", lang=lang)

    text = language.texts("journey", lang)
    assert not page.exception
    assert text("nothing_at_all") in html(page)
    assert text("rows") not in html(page)
    assert "2026" not in re.sub(r"<p class=\"st st-fresh.*?</p>", "", html(page))
    assert not page.dataframe
    assert not page.get("pills")


def test_no_day_after_the_last_is_shown(home: Path) -> None:
    """The lake ends on 30 June, also for a client without facts."""
    assert {timeline.span(of(home, who), "", "", "").last for who in ("a", "none")} == {date(2026, 6, 30)}


def test_days_without_facts_are_said_to_be_empty(opened: Open, home: Path) -> None:
    """The last answer is a year and a half old: words for the last year, and the strip to find it by."""
    page = opened(ROOT / "pages" / "journey.py", home, client="case", lang="en")

    assert not page.exception
    assert "case, 2 Jul 2025 – 30 Jun 2026: nothing on record." in html(page)
    assert TEXT("rows") not in html(page)
    assert len(page.get("vega_lite_chart")) + len(page.get("arrow_vega_lite_chart")) == 1


@pytest.mark.parametrize("client", ["case", "other"])
def test_who_is_asked_for_csat_alone_is_told_of_csat_alone(opened: Open, home: Path, client: str) -> None:
    """Where only cases are rated, no answer to another question is missed; the last answer has its date."""
    shown = html(opened(ROOT / "pages" / "journey.py", home, client=client, lang="en"))

    assert TEXT("scores_csat") in shown
    assert TEXT("scores_none") not in shown
    assert (TEXT("scores_none_csat") in shown) == (client == "case")
    assert ("9 of 9 answers were 4 or 5" in shown) == (client == "other")
    assert ("1 Jan 2025" if client == "case" else "1 Jun 2026") in shown
