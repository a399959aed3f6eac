"""Every page file, through the shell it stands in: both languages, no lake, no people, a refused reader, a failure."""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lakes import lake
from streamlit.testing.v1 import AppTest
from ui_fixtures import ROOT, company

from ui import language

PAGES = sorted((ROOT / "pages").glob("*.py"))
NAMED = [pytest.param(path, id=path.stem) for path in PAGES]
SHELL = ROOT / "ui" / "shell.py"
WHOLE = ("journey", "upload", "quality_of_data")  # pages that look at more, or less, than the chosen clients
Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def without_people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same company before its employee facts are connected; it and its segments have awkward names."""
    home = company(tmp_path_factory.mktemp("nobody"), people=False, segments=("<script>alert(1)</script>", "a*b*$c$"))
    manifest = next(home.glob("lake/*/lake.json"))
    manifest.write_text(manifest.read_text().replace('"Tiny"', '"<script>alert(2)</script> & Co"'))
    return home


def html(page: AppTest) -> str:
    """All that a page wrote as HTML but its stylesheet, narrow spaces as plain ones."""
    said = (str(one.proto.body) for one in page.get("html"))
    return " ".join(one for one in said if not one.lstrip().startswith(("<style", "/*"))).replace("\u202f", " ")


@pytest.mark.parametrize("path", NAMED)
def test_the_guard_is_the_first_thing_a_page_does(path: Path) -> None:
    """After its question and its imports, a page asks who is there before it does anything else."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    assert ast.get_docstring(ast.Module(body, [])), f"{path.name} does not say which question it answers"
    first = next(node for node in body[1:] if not isinstance(node, ast.Import | ast.ImportFrom))

    assert isinstance(first, ast.Expr)
    assert isinstance(first.value, ast.Call)
    assert ast.unparse(first.value.func) == "access.require"


@pytest.mark.parametrize("path", NAMED)
def test_a_page_is_short_and_only_names_what_it_shows(path: Path) -> None:
    """Under 80 lines, without functions, classes, SQL or arithmetic of its own."""
    text = path.read_text(encoding="utf-8")
    nodes = list(ast.walk(ast.parse(text)))

    assert len(text.splitlines()) < 80
    assert not [node for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.BinOp)]


def test_only_pages_lie_among_the_pages() -> None:
    """Whatever lies in pages/ is an address of its own."""
    assert {path.suffix for path in (ROOT / "pages").iterdir() if path.name != "__pycache__"} == {".py"}


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_first_page_shows_the_four_layers(opened: Open, with_people: Path, lang: str) -> None:
    """In both languages: the sentence, four cards, the common time axis and the stages."""
    page = opened(SHELL, with_people, lang)
    shown = html(page)

    assert not page.exception
    assert not page.error
    assert shown.count('<section class="st-card"') == 4
    assert 'class="st st-sentence"' in shown
    assert '<table class="st st-heat">' in shown
    assert len(page.get("vega_lite_chart")) + len(page.get("arrow_vega_lite_chart")) == 1
    assert language.texts("layers", "ru" if lang == "ru" else "en")("where_it_hurts") in shown
    assert page.query_params == {"lang": lang}


def test_the_planted_change_is_the_sentence(opened: Open, with_people: Path) -> None:
    """Promises at one stage are mostly broken in the last 13 weeks: the page says that first."""
    said = html(opened(SHELL, with_people))

    assert "<b>Promises kept, Order:" in said
    assert "really worse" in said


def test_a_company_without_employee_facts_is_told_how_to_connect_them(opened: Open, without_people: Path) -> None:
    """The three other layers stand; the fourth says what is missing and shows no number."""
    page = opened(SHELL, without_people)
    cards = html(page).split("<section")

    assert not page.exception
    assert "No facts about employees are connected yet." in cards[4]
    assert "<code>employees</code>, <code>pulse</code>" in cards[4]
    assert 'class="value"' not in cards[4]
    assert 'class="value"' in cards[1]


def test_a_companys_own_words_stay_words(opened: Open, without_people: Path) -> None:
    """A company or segment called <script>, or full of signs, is shown, offered and chosen as it is written."""
    page = opened(SHELL, without_people, segment=["a*b*$c$"])

    assert not page.exception
    assert "<script" not in html(page)
    assert "&lt;script&gt;alert(2)&lt;/script&gt; &amp; Co" in html(page)
    labels = [chip.label for chip in page.button]
    assert any(r"a\*b\*\$c\$" in label for label in labels), labels


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_without_a_lake_the_page_says_what_to_do(opened: Open, tmp_path: Path, lang: str) -> None:
    """An empty data folder is a beginning, not a failure: words, no error, no numbers, no traceback."""
    page = opened(SHELL, tmp_path, lang)

    assert not page.exception
    assert not page.error
    assert [one.value for one in page.info] == [language.texts("shell", "ru" if lang == "ru" else "en")("no_lake")]
    assert "st-card" not in html(page)


def test_a_lake_that_cannot_be_read_is_explained(opened: Open, tmp_path: Path) -> None:
    """A damaged lake, or one of another version: what it is and what to do, without a traceback."""
    (tmp_path / "lake" / "v1").mkdir(parents=True)
    (tmp_path / "lake" / "current").write_text("v1")
    (tmp_path / "lake" / "v1" / "lake.json").write_text('{"version": "v0"}')
    page = opened(SHELL, tmp_path)

    assert not page.exception
    assert "built by another version" in page.error[0].value


@pytest.mark.parametrize("path", NAMED)
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_page_opened_past_the_shell_still_works_and_still_asks(
    opened: Open, with_people: Path, path: Path, lang: str
) -> None:
    """Opened by itself, the page is seen by the local reader; one from elsewhere sees the refusal and nothing else."""
    assert not opened(path, with_people, lang).exception
    refused = opened(path, with_people, lang, host="evil.example")

    words = language.texts("shell", "ru" if lang == "ru" else "en")("refused")
    assert [one.value for one in refused.error] == [words]
    assert len(refused.main.children) == 1


def test_a_refused_reader_sees_only_the_refusal(opened: Open, with_people: Path) -> None:
    """Not the name of the company, not the freshness, not a filter with its segments."""
    page = opened(SHELL, with_people, host="evil.example:8501", segment=["Small"])

    assert [one.value for one in page.error] == [language.texts("shell", "en")("refused")]
    assert len(page.main.children) == 1
    assert html(page) == ""


def test_broken_values_of_a_link_are_dropped_with_a_word(opened: Open, with_people: Path) -> None:
    """The rest of the link counts, the address is put right, and what was dropped is shown as text."""
    page = opened(SHELL, with_people, segment=["Large", "[x](http://evil.example)"], period="xx", utm="mail")

    assert not page.exception
    assert len(page.toast) == 1
    assert "`xx`, `[x](http://evil.example)`" in page.toast[0].value
    assert page.query_params == {"lang": "en", "utm": "mail", "segment": "Large"}


@pytest.mark.parametrize(
    "query",
    [
        {"period": "4w", "vs": "year"},
        {"period": "year"},
        {"period": "2026-06-30..2026-06-30"},
        {"period": "2023-01-01..2023-02-28"},  # before the facts begin
        {"period": "2017-01-01..2026-06-30", "vs": "year"},
        {"segment": ["Small"], "region": ["North"], "stage": ["order", "invoicing"]},
        {"stage": ["order"], "period": "2026-06-29..2026-06-30"},
    ],
)
def test_any_view_can_be_opened(opened: Open, with_people: Path, query: dict[str, Any]) -> None:
    """Short, long, empty and narrow views all give a page with its sentence."""
    page = opened(SHELL, with_people, **query)

    assert not page.exception
    assert not page.error
    assert 'class="st st-sentence"' in html(page)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in PAGES if path.stem not in WHOLE])
def test_where_no_client_fits_the_page_says_that_and_nothing_else(
    opened: Open, with_people: Path, path: Path, tmp_path: Path
) -> None:
    """No small client is in the South: nothing is said of layers, tables or columns that would seem to be missing."""
    page = opened(path, with_people, segment=["Small"], region=["South"])

    assert not page.exception
    assert "No client matches all the filters at once: Small, South." in html(page)
    assert page.button(key="reset")
    assert html(page).count("st-sentence") == 1
    assert "not measured" not in html(page)
    assert "Connect" not in html(page)


def test_a_filter_changes_the_numbers_and_reset_brings_them_back(opened: Open, with_people: Path) -> None:
    """The page follows the address, and resetting gives the first page again."""
    page = opened(SHELL, with_people)
    before = html(page)
    page.query_params = {"lang": "en", "segment": ["Small"]}
    narrow = html(page.run())

    assert narrow != before
    assert "teams by work done" in narrow
    page.button(key="reset").click()
    assert html(page.run()) == before
    assert page.query_params == {"lang": "en"}


def test_the_page_on_the_data_speaks_the_readers_language(opened: Open, with_people: Path) -> None:
    """Each table has a name beside its id, and each column says in Russian what it holds."""
    page = opened(ROOT / "pages" / "quality_of_data.py", with_people, "ru", table="cases")

    assert not page.exception
    assert "Заявки<br><code>cases</code>" in html(page)
    assert "когда закрыта; пусто, пока открыта" in html(page)
    assert "одна строка – заявка" in html(page)


@pytest.mark.parametrize("layer", ["satisfaction", "transactional", "operational", "employee"])
@pytest.mark.parametrize(
    "query",
    [
        {"metric": "nonsense", "by": "password"},
        {"segment": ["Small"], "stage": ["order"], "lang": "ru"},
        {"period": "2023-01-01..2023-02-28"},
    ],
)
def test_a_layers_page_stands_for_any_view(opened: Open, with_people: Path, layer: str, query: dict[str, Any]) -> None:
    """What the address asks for wrongly is the usual; a period without facts is told in words."""
    page = opened(ROOT / "pages" / f"{layer}.py", with_people, **query)

    assert not page.exception
    assert not page.error
    assert '<table class="st st-metrics"' in html(page)


def test_a_layers_page_without_its_facts_says_how_to_connect_them(opened: Open, without_people: Path) -> None:
    """The same words as on the card, and no empty table."""
    page = opened(ROOT / "pages" / "employee.py", without_people)

    assert not page.exception
    assert "No facts about employees are connected yet." in html(page)
    assert "<table" not in html(page)


def test_an_unforeseen_error_leaves_a_mark_and_no_traceback(
    opened: Open, with_people: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The reader gets a mark; under this mark the log has the error."""
    script = tmp_path / "broken.py"
    script.write_text(
        "from ui import server\ntry:\n    1 / 0\nexcept ZeroDivisionError as it:\n    server.on_script_error(it)\n"
    )
    with caplog.at_level(logging.ERROR, logger="strata"):
        page = opened(script, with_people)

    said, logged = page.error[0].value, caplog.records[-1]
    mark = logged.getMessage().rsplit(" ", 1)[1]
    assert f"with the mark {mark}" in said
    assert "ZeroDivision" not in said
    assert logged.exc_info is not None
    assert isinstance(logged.exc_info[1], ZeroDivisionError)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"metric": "nps"}, "counts 78 answers"),
        ({"metric": "nps", "q": "client 3"}, "rows hold “client 3”"),
        ({"metric": "nps", "q": "nothing like it"}, "No row holds what you search for"),
        ({"metric": "engagement"}, "never to people"),
        ({"metric": "nps", "period": "2023-01-01..2023-02-28"}, "counts no rows"),
        ({"metric": "nonsense", "page": "-1"}, "the rows it counts"),
    ],
    ids=str,
)
def test_the_rows_of_a_number_can_be_opened(opened: Open, with_people: Path, query: dict[str, str], said: str) -> None:
    """Any metric, searched or not, with or without facts, gives its rows or says why there are none."""
    page = opened(ROOT / "pages" / "rows.py", with_people, **query)

    assert not page.exception
    assert not page.error
    assert said in html(page)


def test_a_company_with_nothing_but_clients_has_a_first_page(opened: Open, tmp_path: Path) -> None:
    """Right after the first upload no layer has a number: each says what to connect, and nothing breaks."""
    lake(tmp_path)
    page = opened(SHELL, tmp_path / "data")

    assert not page.exception
    assert html(page).count('<section class="st-card"') == 4


def test_a_page_of_rows_that_is_not_there_is_the_nearest_one(opened: Open, with_people: Path) -> None:
    """A link to page 99 of rows that fill fewer pages shows the last of them, not an empty table."""
    beyond = opened(ROOT / "pages" / "rows.py", with_people, metric="revenue", page="99")
    first = opened(ROOT / "pages" / "rows.py", with_people, metric="revenue")

    assert not beyond.exception
    assert 0 < len(beyond.dataframe[0].value) <= len(first.dataframe[0].value)


@pytest.mark.parametrize(("lang", "tables"), [("en", "answers, orders, cases"), ("ru", "ответы, заказы, заявки")])
def test_what_is_equally_old_is_named_together(opened: Open, without_people: Path, lang: str, tables: str) -> None:
    """All tables of the company end on one day: one age, one mark, and the mark says of which tables it is."""
    fresh = re.search('<p class="st st-fresh".*?</p>', html(opened(SHELL, without_people, lang)))

    assert fresh is not None
    assert fresh[0].count("⚠") == 1
    assert f">{tables} " in fresh[0]
    assert f'aria-label="{tables}: ' in fresh[0]
