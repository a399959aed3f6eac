"""What a reader writes from the page: events and saved views, through their popovers; and when it cannot be saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from ui_fixtures import ROOT, company

from data import annotations, database, saved_views, store
from data.annotations import Draft
from data.errors import StrataError
from metrics.declare import Lang
from metrics.window import Period
from ui import annotations as events
from ui import language, saved, told
from ui.view import View

YEARS = range(2025, 2027)
SCRIPT = """
import streamlit as st
st.navigation([st.Page(f"../pages/{name}.py") for name in ("layers", "operational")], position="hidden")
from metrics.window import Period
from datetime import date
from ui import annotations, filters, saved
lang, view = filters.language_of_reader(), filters.view()
annotations.control(view, lang)
saved.control(lang)
noted = annotations.notes(Period(date(2026, 1, 1), date(2026, 7, 1)), None, view, lang)
annotations.under(noted, lang)
"""
Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small company whose last day is 30 June 2026."""
    return company(tmp_path_factory.mktemp("written"), people=False)


@pytest.fixture
def home(lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Its lake, with a database of its own for each test."""
    (tmp_path / "lake").symlink_to(lake / "lake")
    (tmp_path / "pages").symlink_to(ROOT / "pages")  # the popovers stand in a shell of their own
    monkeypatch.setenv("STRATA_DATA", str(tmp_path))
    monkeypatch.delenv("STRATA_DATABASE", raising=False)
    store.store_of.cache_clear()
    st.cache_data.clear()
    yield tmp_path
    database.database().close()
    store.store_of.cache_clear()


@pytest.fixture
def opened(home: Path) -> Open:
    """Opens the two popovers over that folder."""

    def open_(lang: str = "en", **query: Any) -> AppTest:
        script = home / "ui" / "shell.py"
        script.parent.mkdir(exist_ok=True)
        script.write_text(SCRIPT)
        page = AppTest.from_file(script, default_timeout=60)
        page.query_params = {"lang": lang, **query}
        page.session_state[events.KEY] = True
        page.session_state[f"{saved.KEY}_layers"] = True
        return page.run()

    return open_


def html(page: AppTest) -> str:
    """All that a page wrote as HTML."""
    return " ".join(str(one.proto.body) for one in page.get("html"))


def note(page: AppTest, said: str, number: int = 0, **given: Any) -> AppTest:
    """Fill in the form of an event and save it; `number`: how many were saved before."""
    page.text_input(key=f"annotations_{number}_said").set_value(said)
    for name, value in given.items():
        widget = page.date_input if name in ("first", "last") else page.selectbox
        widget(key=f"annotations_{number}_{name}").set_value(value)
    return page.button(key=f"annotations_{number}_save").click().run()


def live() -> list[Draft]:
    """What stands in the database."""
    return [one.draft for one in annotations.everything(database.database()).live]


def test_an_event_is_saved_as_it_was_filled_in(opened: Open) -> None:
    """Words, days and limits; nothing chosen means any; it stands in the list at once, and the form is empty again."""
    page = note(opened(), "New <b>price</b> list", first=date(2026, 5, 12), last=date(2026, 5, 14), layer="operational",
                segment="Large", stage="order")  # fmt: skip
    page = note(page, "Strike", 1)

    assert not page.exception
    assert live() == [
        Draft(date(2026, 5, 12), date(2026, 5, 14), "New <b>price</b> list", "operational", "Large", "order"),
        Draft(date(2026, 6, 30), date(2026, 6, 30), "Strike"),
    ]
    assert [one.value for one in page.success] == ["Saved. It stands on the charts now."]
    assert "12 May – 14 May 2026</span> New &lt;b&gt;price&lt;/b&gt; list" in html(page)
    assert "Operational, Large, Order" in html(page)
    assert "<b>price" not in html(page)
    assert page.text_input(key="annotations_2_said").value == ""


@pytest.mark.parametrize(
    ("lang", "said", "given", "words"),
    [
        ("en", " ", {}, "Text: found nothing, allowed 1 to 200 characters."),
        ("ru", "я" * 201, {}, "Текст: 201\u00a0знак, а можно не больше 200."),
        ("en", "x", {"last": date(2026, 6, 29)}, "Days: found 30 Jun 2026 to 29 Jun 2026, allowed an end on or after"),
        ("ru", "x", {"first": date(2024, 1, 1)}, "Дни: указано 1 января 2024, а данные есть только за 2025–2026 годы."),
    ],
)
def test_what_cannot_be_saved_is_said_and_stays_in_the_form(
    opened: Open, lang: str, said: str, given: dict[str, Any], words: str
) -> None:
    """Nobody writes it twice: what was found, what is allowed, and the words still there to be corrected."""
    page = note(opened(lang), said, **given)

    assert [one.value.startswith(words) for one in page.error] == [True], page.error[0].value
    assert live() == []
    assert page.text_input(key="annotations_0_said").value == said


def test_an_event_is_changed_withdrawn_and_brought_back(opened: Open) -> None:
    """From its menu; the history says who did what."""
    page = note(opened(), "Prise", first=date(2026, 5, 12))
    page.menu_button[0].click("edit").run()
    assert page.text_input(key="annotations_2_said").value == "Prise"
    assert page.date_input(key="annotations_2_first").value == date(2026, 5, 12)
    page = note(page, "Price", 2)
    assert [one.said for one in live()] == ["Price"]

    page.menu_button[0].click("withdraw").run()
    assert live() == []
    assert "Withdrawn: `Price`" in " ".join(one.value for one in page.markdown)
    page.button(key="annotations_undo").click().run()
    assert [one.said for one in live()] == ["Price"]
    shown = html(page)
    assert [shown.count(f">{what}, the person at this computer") for what in
            ("noted", "changed", "withdrawn", "brought back")] == [1, 1, 1, 1]  # fmt: skip


def test_a_change_to_what_somebody_else_changed_is_refused(opened: Open) -> None:
    """The other one's words stand, and are shown."""
    page = note(opened(), "mine")
    page.menu_button[0].click("edit").run()
    before = annotations.everything(database.database()).live[0]
    annotations.edit(database.database(), before, Draft(before.first_on, before.last_on, "theirs"), YEARS)

    page = note(page, "mine again", 2)
    assert page.error[0].value.startswith("This event: somebody else changed it after you opened it.")
    assert [one.said for one in live()] == ["theirs"]


def test_the_filters_choose_the_events(home: Path) -> None:
    """A chart of large clients has no event of small ones; that of one layer none of another."""
    day = date(2026, 5, 12)
    for said, about in (("all", {}), ("small", {"segment": "Small"}), ("people", {"layer": "employee"})):
        annotations.annotate(database.database(), Draft(day, day, said, **about), YEARS)
    may = Period(date(2026, 5, 1), date(2026, 6, 1))

    def seen(layer: str | None, view: View) -> list[tuple[int, str]]:
        return [(one.number, one.said) for one in events.notes(may, layer, view, "en")]

    assert [said for _, said in seen(None, View())] == ["all", "small", "people"]
    assert seen("operational", View(segment=("Large",))) == [(1, "all")]
    assert seen("employee", View(segment=("Large",))) == [(1, "all"), (2, "people")]
    assert events.annotations_in(Period(date(2026, 5, 13), date(2026, 6, 1))) == ()
    assert len(events.annotations_in(Period(date(2026, 5, 12), date(2026, 5, 13)))) == 3


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "Events are not shown on the charts."), ("ru", "События на графиках")]
)
def test_without_a_database_the_page_stands_and_says_what_is_absent(
    home: Path, opened: Open, lang: str, words: str
) -> None:
    """The folder cannot be written: the charts have no events, and the words say so, here and in the popovers."""
    (home / database.FILE).mkdir()
    page = opened(lang)

    assert not page.exception
    assert any(one.value.startswith(words) for one in page.caption), [one.value for one in page.caption]
    assert len(page.error) == 2  # one in each popover
    assert all(database.FILE in one.value for one in page.error)


def test_a_view_is_saved_opened_renamed_deleted_and_put_back(opened: Open) -> None:
    """The link has the page and the filters of that moment, and the language of whoever opens it."""
    page = opened("ru", segment=["Small", "Large"], period="4w", metric="nps", x=["a&b=c"])
    page.text_input(key="saved_0_name").set_value("My [view]")
    page = page.button(key="saved_0_save").click().run()

    assert not page.exception
    kept = saved_views.saved_by(database.database())[0]
    query = {"segment": ["Small", "Large"], "period": ["4w"], "metric": ["nps"], "x": ["a&b=c"]}
    assert (kept.name, kept.page, kept.query) == ("My [view]", "layers", query)
    page.text_input(key="saved_1_name").set_value(" my  [VIEW]")
    page = page.button(key="saved_1_save").click().run()
    assert "уже есть в вашем списке" in page.error[0].value
    assert len(saved_views.saved_by(database.database())) == 1

    page.menu_button[0].click("rename").run()
    page.text_input(key=f"saved_{kept.view_id}_name").set_value("Other")
    page = page.button(key=f"saved_{kept.view_id}_name_save").click().run()
    assert [one.name for one in saved_views.saved_by(database.database())] == ["Other"]
    page.menu_button[0].click("delete").run()
    assert saved_views.saved_by(database.database()) == ()
    page.button(key="saved_undo").click().run()
    assert [one.query for one in saved_views.saved_by(database.database())] == [query]
    link = page.get("page_link")[0].proto
    assert parse_qs(link.query_string) == query | {"lang": ["ru"]}
    assert link.label == "Other"


def test_a_saved_view_of_a_page_that_is_gone_says_so(opened: Open, home: Path) -> None:
    """No broken link; it can be deleted."""
    saved_views.save(database.database(), "Old one", "no_such_page", {})
    page = opened()

    assert not page.exception
    assert any("its page is not here any more" in one.value for one in page.caption)
    page.menu_button[0].click("delete").run()
    assert saved_views.saved_by(database.database()) == ()


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("http://127.0.0.1:8501/operational", "operational"), ("http://127.0.0.1:8501/", "layers"),
        ("https://h.example/strata/satisfaction/", "satisfaction"), ("http://127.0.0.1:8501/evil", "layers"),
        (None, "layers"),
    ],
)  # fmt: skip
def test_the_page_of_a_view_is_one_of_the_pages(
    monkeypatch: pytest.MonkeyPatch, address: str | None, page: str
) -> None:
    """Whatever stands in the address."""
    monkeypatch.setattr(type(st.context), "url", property(lambda self: address))

    assert saved.here() == page


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_refusal_has_words_in_both_languages(lang: Lang) -> None:
    """With the facts filled in, and what a database or a person says never read as formatting."""
    for code in told.WORDED:
        problem: StrataError = StrataError(
            code, place="[p](http://e.example)", found="**f**", allowed="a", do="d", state="s"
        )
        if code not in told.BY_FACTS:
            problem = annotations.NotSaved(
                code, place="p", found="f", allowed="a", do="d", n=21, longest=200, name="[n](http://e.example)",
                first=date(2026, 5, 1), last=date(2026, 5, 2), day=date(2026, 5, 3), since=2025, until=2026,
            )  # fmt: skip
        said = told.told(problem, lang)
        assert "{" not in said
        assert said.endswith((
            "nothing was saved.", "nothing was changed.", "ничего не сохранено.", "ничего не изменилось."
        ))  # fmt: skip
        assert "](" not in said.replace("`[p](http://e.example)`", "").replace("`[n](http://e.example)`", "")
    other = StrataError("else", place="*p*", found="f", allowed="a", do="d", state="s")
    assert told.told(other, lang) == language.verbatim(str(other))


def test_the_files_of_a_reader_are_in_the_data_folder(home: Path, opened: Open) -> None:
    """One file beside the lake, with what SQLite keeps beside it."""
    note(opened(), "x")

    assert {path.name for path in home.glob("*.db*")} <= {f"{database.FILE}{end}" for end in ("", "-wal", "-shm")}
    assert (home / database.FILE).is_file()
