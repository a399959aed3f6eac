"""The quality owner takes survey files in: decides, sees what would change, takes in, undoes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ingested import EXPORTS
from playwright.sync_api import Browser, expect
from readers import Reader, reader
from ui_fixtures import company, server

from data.ingest import ledger
from data.store import Store

pytestmark = pytest.mark.browser

HEAD = ("Отметка времени", "Компания", "Порекомендуете нас?", "Почему?", "Сумма")
# Ten answers without a 0 among them: the scale may be one of 1-10, so a person has to say.
ROWS = [
    *((f"{20 + i}.06.2026 09:15:00", f"Client {i}", str(2 + i), "Долго везут", "1234,50") for i in range(1, 9)),
    ("29.06.2026 11:00:00", "ООО Ромашка", "7", "", "5,00"),
    ("30.06.2026 12:00:00", "Client 9", "одиннадцать", "", "5,00"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small company of its own: what is taken in here meets no other test."""
    return company(tmp_path_factory.mktemp("uploading"))


@pytest.fixture(scope="module")
def place(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over it."""
    with server(home, tmp_path_factory.mktemp("server") / "log") as site:
        yield site


def excel(*rows: tuple[str, ...]) -> bytes:
    """A table as Russian Excel saves it: cp1251, semicolons, decimal commas."""
    return "".join(";".join(row) + "\r\n" for row in (HEAD, *rows)).encode("cp1251")


def come(somebody: Reader, place: str, lang: str) -> None:
    """Open the page."""
    somebody.open(f"{place}/?lang={lang}")
    somebody.page.get_by_role("link", name={"en": "Upload", "ru": "Загрузка"}[lang], exact=True).click()
    somebody.leads_to("/upload")


def given(somebody: Reader, place: str, *files: Path | tuple[str, bytes], lang: str = "en") -> None:
    """Open the page and hand it some files."""
    come(somebody, place, lang)
    chooser = somebody.page.get_by_test_id("stFileUploaderDropzoneInput")
    if isinstance(files[0], Path):
        chooser.set_input_files([str(one) for one in files])
    else:
        name, content = files[0]
        chooser.set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    somebody.settled()


def answers(home: Path) -> int:
    """How many answers count."""
    return int(Store(home).query("select count(*) as n from answers")["n"].iloc[0])


def test_a_file_is_taken_in_and_undone(somebody: Reader, place: str, home: Path) -> None:
    """A cp1251 table of Excel: what it would change is shown, nothing is there before the click, and an undo with its
    reason puts everything back."""
    before = answers(home)
    page = somebody.page
    given(somebody, place, ("June.csv", excel(*ROWS)))
    expect(page.get_by_text("none of its 10 answers is 0")).to_be_visible()
    page.get_by_label("Score: Порекомендуете нас?").click()
    page.get_by_role("option", name="NPS", exact=True).click()

    expect(page.get_by_role("button", name="Take in 9 answers")).to_be_visible()
    assert "10 rows = 10 taken + 0 rejected. 10 scores = 9 + 0 + 0 + 1." in page.locator(".stMain").inner_text()
    expect(page.get_by_label(re.compile("Who is “ООО Ромашка”"))).to_be_visible()
    assert answers(home) == before

    page.get_by_role("button", name="Take in 9 answers").click()
    expect(page.get_by_text("8 answers count now on every page")).to_be_visible()
    assert answers(home) == before + 8

    page.get_by_label("Undo or bring back an upload").click()
    page.get_by_role("option", name=re.compile("June.csv")).click()
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text(re.compile("1 to 200 characters"))).to_be_visible()
    page.get_by_label("Why").fill("wrong month")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("Undone: June.csv")).to_be_visible()
    assert answers(home) == before


def test_what_is_no_table_is_refused_in_words(somebody: Reader, place: str) -> None:
    """A PDF: what it is, what is wanted instead, and that nothing was saved; in Russian for a Russian reader."""
    given(somebody, place, ("Отчёт.csv", b"%PDF-1.7 something"), lang="ru")

    told = somebody.page.get_by_test_id("stAlert")
    expect(told).to_contain_text("Это PDF, а не таблица. Выгрузите ответы в CSV или XLSX")
    expect(told).to_contain_text("ничего не сохранено")


def test_two_who_take_the_same_file_in_at_once_have_it_once(chromium: Browser, place: str, home: Path) -> None:
    """Both see the dry run, both click: its answers are there once, and the second is told so."""
    before = answers(home)
    content = excel(*(("27.06.2026 09:15:00", f"Client {i}", str(i % 11), "", "1,00") for i in range(12)))
    with reader(chromium) as one, reader(chromium) as other:
        for each in (one, other):
            given(each, place, ("Both.csv", content))
            expect(each.page.get_by_role("button", name="Take in 12 answers")).to_be_visible()
        for each in (one, other):
            each.page.get_by_role("button", name="Take in 12 answers").click(no_wait_after=True)
        for each in (one, other):
            told = each.page.get_by_text(re.compile("12 answers count now|Every answer of this file is already there"))
            expect(told.first).to_be_visible()

    assert answers(home) == before + 12
    assert sum(one.file_name == "Both.csv" for one in ledger.everything(ledger.of(home)).live) == 1


@pytest.mark.skipif(not EXPORTS.is_dir(), reason="the survey exports of ../shared are not here")
@pytest.mark.parametrize(
    ("file", "tool"),
    [
        ("qualtrics/qualtRics-insights.csv", "Qualtrics"), ("surveymonkey/StarWars.csv", "SurveyMonkey"),
        ("google_forms/spack-2020.xlsx", "Google Forms"), ("limesurvey/survey_998192.csv", "LimeSurvey"),
        ("surveygizmo/jupyter-2015.csv", "Alchemer"),
    ],
)  # fmt: skip
def test_real_exports_are_recognised_and_asked_about(somebody: Reader, place: str, file: str, tool: str) -> None:
    """The tool is named with its reason, and what the file does not say is asked, not guessed."""
    given(somebody, place, EXPORTS / file)

    expect(somebody.page.get_by_text(re.compile(f"^{tool}.*:"))).to_be_visible()
    expect(somebody.page.get_by_text(re.compile("to decide before it can be taken in"))).to_be_visible()


@pytest.mark.parametrize(("lang", "said"), [("en", "Choose files"), ("ru", "Выбрать файлы")])
def test_the_button_speaks_the_readers_language(somebody: Reader, place: str, lang: str, said: str) -> None:
    """Streamlit's own "Upload" and "200MB per file" are English: they are neither seen nor read aloud."""
    come(somebody, place, lang)
    zone = somebody.page.get_by_test_id("stFileUploaderDropzone")

    expect(zone.get_by_role("button", name=said, exact=True)).to_be_visible()
    expect(zone.get_by_text("per file")).to_be_hidden()
