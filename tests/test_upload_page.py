"""The page that takes survey files in: whatever the file, words and a way on."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest
from test_pages import Open, html
from ui_fixtures import ROOT
from uploads import HEADER, answer, company, taken, text

from data.ingest import ledger
from data.store import Store
from ui import language, told, upload
from ui.watched import Work

PAGE = ROOT / "pages" / "upload.py"
ROWS = [answer(n, score=n % 11) for n in range(1, 15)]


def given(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """The page after some files were handed to it, and their tool was said to be none that is known."""
    page = page.file_uploader[0].set_value([(name, content, "text/csv") for name, content in files]).run(timeout=60)
    while unsaid := [one for one in page.button if one.label == "Accept: not a known one"]:
        page = unsaid[0].click().run(timeout=60)
    return page


def said(page: AppTest) -> str:
    """All words of the page outside its inputs."""
    told = [*page.markdown, *page.caption, *page.error, *page.info, *page.success, *page.warning]
    return " ".join([html(page), *(str(one.value) for one in told)])


def test_a_file_of_clients_nobody_knows_can_be_taken_in(opened: Open, tmp_path: Path) -> None:
    """Every answer waits: the page says so, names the client in question, and still takes the file in."""
    company(tmp_path)
    page = given(
        opened(PAGE, tmp_path / "data"), ("june.csv", text(*(answer(n, client="Nobody") for n in range(1, 15))))
    )

    assert not page.exception
    assert "wait for their client" in said(page)
    assert any("Nobody" in one.label for one in page.selectbox)
    assert any(one.label == "Take in 14 answers" for one in page.button)


def test_a_file_without_one_right_score_says_why(opened: Open, tmp_path: Path) -> None:
    """Fourteen answers whose client a spreadsheet shortened: none is there already, and none can be taken."""
    company(tmp_path)
    page = given(
        opened(PAGE, tmp_path / "data"), ("june.csv", text(*(answer(n, client="7.7012E+11") for n in range(1, 15))))
    )

    assert not page.exception
    assert "Not one score of this file can be taken" in said(page)
    assert "already there: taking it in" not in said(page)


def test_the_same_file_twice_stands_there_twice(opened: Open, tmp_path: Path) -> None:
    """Two files of one content, under one name: each has its own panel and button."""
    company(tmp_path)
    page = given(opened(PAGE, tmp_path / "data"), ("june.csv", text(*ROWS)), ("june.csv", text(*ROWS)))

    assert not page.exception
    assert [one.label for one in page.button].count("Take in 14 answers") == 2


def test_a_choice_that_fits_no_more_is_dropped(opened: Open, tmp_path: Path) -> None:
    """The client's column chosen by hand, then other names of columns: the file is asked about anew, not refused."""
    company(tmp_path)
    page = given(opened(PAGE, tmp_path / "data"), ("june.csv", text(*ROWS)))
    client = next(one for one in page.selectbox if one.label == "Client")
    page = client.set_value("Client").run(timeout=60)
    header = next(one for one in page.selectbox if one.label == "Row with the names of columns")
    page = header.set_value("3").run(timeout=60)

    assert not page.exception
    assert not page.error
    assert "to decide before it can be taken in" in said(page)


def test_a_file_is_taken_in_and_its_receipt_stays(opened: Open, tmp_path: Path) -> None:
    """After the click, and after any other: how many answers count, and the upload in the history."""
    home = company(tmp_path).home
    page = given(opened(PAGE, tmp_path / "data"), ("june.csv", text(*ROWS)))
    page = next(one for one in page.button if one.label == "Take in 14 answers").click().run(timeout=60)

    assert not page.exception
    assert "14 answers count now on every page" in said(page.run(timeout=60))
    assert [one.file_name for one in ledger.everything(ledger.of(home)).live] == ["june.csv"]
    assert len(Store(home).query("select * from answers")) == 15


def test_a_name_that_is_none_is_told_so(opened: Open, tmp_path: Path) -> None:
    """A client called "---" cannot be taken for anybody: words, no traceback."""
    company(tmp_path)
    page = given(opened(PAGE, tmp_path / "data"), ("june.csv", text(*(answer(n, client="---") for n in range(1, 15)))))
    who = next(one for one in page.selectbox if one.label.startswith("Who is"))
    page = who.set_value("a").run(timeout=60)

    assert not page.exception
    assert any("a name with letters or digits" in one.value.replace("\\", "") for one in page.error)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_what_is_no_table_is_refused_in_the_readers_language(opened: Open, tmp_path: Path, lang: str) -> None:
    """What it is, what is wanted, and that nothing was saved."""
    company(tmp_path)
    page = given(opened(PAGE, tmp_path / "data", lang), ("letter.csv", b"%PDF-1.7 and so on"))

    assert not page.exception
    assert {"en": "nothing was saved", "ru": "ничего не сохранено"}[lang] in page.error[0].value


def test_what_would_change_is_shown_before_it_does(opened: Open, tmp_path: Path) -> None:
    """The same answers with another score: what they say now, and what they would say."""
    taken(company(tmp_path), text(*ROWS))
    page = given(opened(PAGE, tmp_path / "data"), ("june2.csv", text(*(answer(n, score=0) for n in range(1, 15)))))

    assert not page.exception
    changed = next(one.value for one in page.dataframe if "before" in one.value)
    assert set(changed["after"]) == {"0"}
    assert set(changed["before"]) == {str(n % 11) for n in range(1, 15)} - {"0"}


def test_dates_in_two_orders_are_asked_about_wherever_they_lie(opened: Open, tmp_path: Path) -> None:
    """Only the whole file shows it: the page asks which comes first, and offers nothing to take in before."""
    company(tmp_path)
    days = [*(f"{1 + n % 28:02}/05/2026" for n in range(1200)), "05/29/2026"]
    rows = [(f"R_{n:08}", "a", day, n % 11, "") for n, day in enumerate(days)]
    page = given(opened(PAGE, tmp_path / "data"), ("mixed.csv", text(*rows)))

    assert not page.exception
    assert "1 thing to decide before it can be taken in" in said(page)
    assert not any(one.label.startswith("Take in") for one in page.button)


def worded(*answers: str) -> bytes:
    """Answers in words beside a score in numbers, four of each."""
    rows = [
        (f"R_{n:08}", "a", "2026-06-10 10:00:00", n % 11, "", answers[n % len(answers)])
        for n in range(4 * len(answers))
    ]
    return text(*rows, header=f"{HEADER},How satisfied are you?")  # type: ignore[arg-type]


def test_words_on_a_known_scale_are_taken_only_when_a_person_accepts_them(opened: Open, tmp_path: Path) -> None:
    """The page proposes what each is worth, and one click takes it."""
    company(tmp_path)
    page = given(opened(PAGE, tmp_path / "data"), ("june.csv", worded("Satisfied", "Very satisfied", "Dissatisfied")))

    assert "Dissatisfied = 2, Satisfied = 4, Very satisfied = 5" in said(page).replace("\\", "")
    assert not any(one.label.startswith("Take in") for one in page.button)
    (accept,) = (one for one in page.button if one.label == "Accept: CSAT: Dissatisfied = 2 … Very satisfied = 5")
    page = accept.click().run(timeout=60)
    assert not page.exception
    assert any(one.label == "Take in 24 answers" for one in page.button)


def test_words_on_no_scale_are_said_to_be_left_out_and_can_be_told(opened: Open, tmp_path: Path) -> None:
    """Blue, green and red: nothing of the question is taken, the page says so; a person says what each is worth."""
    company(tmp_path)
    page = given(opened(PAGE, tmp_path / "data"), ("june.csv", worded("Blue", "Green", "Red")))

    assert "Not taken as a score:" in said(page)
    assert "it is answered in words: Blue, Green, Red" in said(page).replace("\\", "")
    page = (
        next(one for one in page.selectbox if one.label == "Another column is a score")
        .set_value("score:How satisfied are you?")
        .run(timeout=60)
    )
    for colour, score in (("Blue", 1), ("Green", 5)):
        page = next(one for one in page.selectbox if one.label == colour).set_value(score).run(timeout=60)
    page = next(one for one in page.button if one.label == "Take them so").click().run(timeout=60)
    assert not page.exception
    assert any(one.label == "Take in 20 answers" for one in page.button)  # the four reds are rejected


OF_SHELL = {"option", "undecided", "no_scores"}  # refusals that the page forestalls: it asks before


def test_whatever_may_be_refused_on_the_page_has_words_of_its_own() -> None:
    """Every refusal that the code of uploads knows is worded for readers, none is shown as a shell prints it."""
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "data" / "ingest").glob("*.py"))
    found = set(re.findall(r"(?:[rR]efused|NotSaved|StrataError)\(\s*\"(\w+)\"", code))
    found |= {f"{place}_{how}" for place in re.findall(r"checked\(\"(\w+)\"", code) for how in ("empty", "too_long")}
    worded = {one for one in found if one in told.WORDED or language.has("upload", f"refused_{one}")}

    assert len(found) > 20, "the search for refusals has lost its way"
    assert found - worded - OF_SHELL == set()


def test_undoing_without_a_reason_is_refused_in_the_readers_language(opened: Open, tmp_path: Path) -> None:
    """And so is undoing what another window has undone: no names of ours, and no English."""
    home = company(tmp_path).home
    upload_id = taken(Store(home), text(*ROWS)).upload.upload_id  # type: ignore[union-attr]  # it was taken in
    page = opened(PAGE, tmp_path / "data", "ru").run(timeout=60)
    which = next(one for one in page.selectbox if one.key == "undo_which")
    page = which.set_value(upload_id).run(timeout=60)
    page = next(one for one in page.button if one.key == "undo").click().run(timeout=60)

    assert page.error[0].value.startswith("Причина: пусто, а нужно от 1 до")
    next(one for one in page.text_input if one.key == "undo_reason").set_value("не тот квартал")
    ledger.undo_upload(home, upload_id, "elsewhere")
    page = next(one for one in page.button if one.key == "undo").click().run(timeout=60)
    assert "уже отменена – в другом окне" in page.error[0].value


class Elsewhere(BaseException):
    """What Streamlit ends a run of the page with when the reader clicks something else."""


class Interrupted(Work):
    """Work whose waiting ends because the reader clicked something else."""

    def watched(self, label: str) -> None:
        raise Elsewhere


def test_a_click_meanwhile_does_not_lose_what_is_being_taken_in() -> None:
    """The work goes on, and the next run of the page waits for it again."""
    file = SimpleNamespace(file_id="1", name="june.csv")
    known = {"commit": Interrupted(lambda progress: None), "draft": "kept", "remember": ("", "", {})}
    with pytest.raises(Elsewhere):
        upload._taken(file, known, "en")

    assert {"commit", "draft"} <= known.keys()
