"""Words, numbers and dates in both languages; every text the code asks for exists in both."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from datetime import date
from typing import Any, get_args

import pandas as pd
import pytest
from ui_fixtures import LAYERS, ROOT

from data import reasons
from data.ingest.decisions import REJECTED, WHY
from metrics.change import Verdict
from metrics.declare import DIMENSIONS, Lang
from metrics.load import MODELS, catalogue
from ui import language, view
from ui.columns import Column, on_screen

FORMS = {"en": 2, "ru": 3}
PAGES = sorted(path.stem for path in language.FOLDER.glob("*.toml"))
TEXTS = [
    pytest.param(page, key, said, id=f"{page}.{key}")
    for page in PAGES
    for key, said in tomllib.loads((language.FOLDER / f"{page}.toml").read_text(encoding="utf-8")).items()
]
# What an f-string of the code stands for: text(f"verdict_{...}") asks for each of these.
FAMILIES = {
    "verdict_": [one.value for one in (Verdict.WORSE, Verdict.BETTER, Verdict.CHANGED)],
    "period_": list(view.PERIODS),
    "vs_": list(view.COMPARISONS),
    "missing_": list(LAYERS),
    "ignores_": list(view.DIMENSIONS),
    "fresh_": ["answers", "orders", "cases", "pulse"],
    "column_": ["metric", "value", "interval", "n", "change"],
    "metric_": ["id", "name", "about", "formula", "value"],
    "reason_": list(reasons.FORMS),
    "lead_": [one.value for one in (Verdict.WORSE, Verdict.BETTER)],
    "why_": list(WHY),
    "fault_": list(REJECTED),
    "done_": ["undo", "redo", "means", "forget"],
}


def family(head: str) -> list[str]:
    """The members of a family; where the texts alone know them, those that stand there: a word for each thing found."""
    return FAMILIES.get(head) or [
        str(key).removeprefix(head) for _, key, _ in (param.values for param in TEXTS) if str(key).startswith(head)
    ]


def facts(said: str) -> set[str]:
    """The places in a text that the code fills in."""
    return {name for _, name, _, _ in string.Formatter().parse(said) if name}


@pytest.mark.parametrize(
    ("lang", "n", "form"),
    [
        ("en", 1, 0), ("en", 0, 1), ("en", 2, 1), ("en", 21, 1), ("en", 1.5, 1),
        ("ru", 1, 0), ("ru", 21, 0), ("ru", 101, 0), ("ru", 11, 2), ("ru", 111, 2),
        ("ru", 2, 1), ("ru", 4, 1), ("ru", 23, 1), ("ru", 12, 2), ("ru", 14, 2), ("ru", 114, 2),
        ("ru", 0, 2), ("ru", 5, 2), ("ru", 20, 2), ("ru", 1.5, 1), ("ru", -1, 0), ("ru", -3, 1),
    ],
)  # fmt: skip
def test_a_number_takes_the_form_its_language_asks_for(lang: Lang, n: float, form: int) -> None:
    """21 is one of something in Russian and many in English; 11 to 14 are many in both."""
    assert language.plural(lang, n) == form


def test_counted_things_are_written_out_in_both_languages() -> None:
    """1 ответ, 2 ответа, 1 946 ответов, never parted at the end of a line; 1 answer, 1,946 answers."""
    said = [language.texts("units", "ru")("answers", n=n) for n in (1, 2, 1946)]

    assert said == ["1\u00a0ответ", "2\u00a0ответа", f"1{language.NARROW}946\u00a0ответов"]
    assert language.texts("units", "en")("answers", n=1946) == "1,946 answers"
    assert language.texts("units", "en")("answers", n=1) == "1 answer"


@pytest.mark.parametrize(
    ("value", "digits", "signed", "en", "ru"),
    [
        (1234.5, 1, False, "1,234.5", "1_234,5"),
        (-1234567, 0, False, "−1,234,567", "−1_234_567"),
        (0.04, 1, True, "0.0", "0,0"),
        (-0.04, 1, True, "0.0", "0,0"),
        (0.06, 1, True, "+0.1", "+0,1"),
        (-0.06, 1, False, "−0.1", "−0,1"),
    ],
)
def test_numbers_follow_the_language(value: float, digits: int, signed: bool, en: str, ru: str) -> None:
    """Thousands by comma and decimals by point in English, the other way in Russian; what rounds to 0 has no sign."""
    assert language.number(value, "en", digits, signed=signed) == en
    assert language.number(value, "ru", digits, signed=signed) == ru.replace("_", language.NARROW)


@pytest.mark.parametrize(
    ("value", "digits", "said"), [(4.45, 1, "4.5"), (2.5, 0, "3"), (0.125, 2, "0.13"), (4.449, 1, "4.4")]
)
def test_a_half_is_rounded_the_same_way_in_a_sentence_and_in_a_table(value: float, digits: int, said: str) -> None:
    """Away from 0, as people do; the binary of 4.45 is no reason to read 4.4 beside 4.5."""
    shown = on_screen(pd.DataFrame({"value": [value, -value, None]}), [Column("value", "Value", "number", digits)])

    assert language.number(value, "en", digits) == said
    assert shown["value"].tolist()[:2] == [float(said), -float(said)]
    assert shown["value"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("value", "en", "ru"),
    [
        (41_200_000, "41.2_M_EUR", "41,2_млн_EUR"),
        (3_860_000, "3.86_M_EUR", "3,86_млн_EUR"),
        (656_000, "656_K_EUR", "656_тыс._EUR"),
        (6_969, "6,969_EUR", "6_969_EUR"),
        (2_500_000_000, "2.50_B_EUR", "2,50_млрд_EUR"),
        (-41_200_000, "−41.2_M_EUR", "−41,2_млн_EUR"),
    ],
)
def test_money_is_as_short_as_it_stays_true(value: float, en: str, ru: str) -> None:
    """Three figures tell an amount; below ten thousand every unit is shown."""
    assert language.money(value, "EUR", "en") == en.replace("_", language.NARROW)
    assert language.money(value, "EUR", "ru") == ru.replace("_", language.NARROW)


@pytest.mark.parametrize(
    ("first", "last", "en", "ru"),
    [
        (date(2026, 5, 12), date(2026, 6, 1), "12 May – 1 Jun 2026", "12 мая – 1 июня 2026"),
        (date(2025, 12, 1), date(2026, 3, 1), "1 Dec 2025 – 1 Mar 2026", "1 декабря 2025 – 1 марта 2026"),
        (date(2026, 8, 14), date(2026, 8, 14), "14 Aug 2026", "14 августа 2026"),
    ],
)
def test_a_run_of_days_names_each_year_once(first: date, last: date, en: str, ru: str) -> None:
    """The year stands at the end, and at the start only where it is another one; a single day stands alone."""
    assert language.span(first, last, "en") == en
    assert language.span(first, last, "ru") == ru


@pytest.mark.parametrize(("page", "key", "said"), TEXTS)
def test_every_text_says_the_same_in_both_languages(page: str, key: str, said: dict[str, Any]) -> None:
    """Both languages are there, fill in the same facts, and have as many forms as their plurals need."""
    assert set(said) == set(get_args(Lang))
    assert isinstance(said["en"], list) == isinstance(said["ru"], list)
    forms = {lang: one if isinstance(one, list) else [one] for lang, one in said.items()}
    if isinstance(said["en"], list):
        assert {lang: len(one) for lang, one in forms.items()} == FORMS
    assert {frozenset(facts(one)) for both in forms.values() for one in both} == {frozenset(facts(forms["en"][0]))}
    assert all(one.strip() for both in forms.values() for one in both)
    assert not re.search(r"[а-яё]", " ".join(forms["en"]), re.IGNORECASE), "a Russian word in the English text"


def asked() -> set[str]:
    """Every key the code asks for, f-strings spelled out by FAMILIES."""
    found = set()
    for path in [*(ROOT / "ui").glob("*.py"), *(ROOT / "pages").glob("*.py")]:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not call.args:
                continue
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            own = isinstance(call.func, ast.Call) and ast.unparse(call.func).startswith(("Texts(", "language.texts("))
            if name == "text" or own:
                found |= keys(call.args[0])
    return found


def keys(said: ast.expr) -> set[str]:
    """The keys one argument of text(...) may stand for."""
    if isinstance(said, ast.Constant):
        return {str(said.value)}
    if isinstance(said, ast.IfExp):
        return keys(said.body) | keys(said.orelse)
    if isinstance(said, ast.JoinedStr) and isinstance(said.values[0], ast.Constant):
        head = str(said.values[0].value)
        return {f"{head}{one}" for one in family(head)}
    return set()


def test_no_text_the_code_asks_for_is_missing() -> None:
    """A page never fails for want of a word."""
    known = {key for _, key, _ in (param.values for param in TEXTS)}
    spelled = (
        asked() | {f"lead_{one}_stage" for one in FAMILIES["lead_"]} | {f"lead_{one}" for one in FAMILIES["lead_"]}
    )

    assert len(asked()) > 40, "the search for keys has lost its way"
    assert spelled - known == set()


def test_what_a_metric_counts_has_its_plural_forms() -> None:
    """The n of every metric can be written out in both languages."""
    for metric in catalogue().values():
        for lang in language.LANGUAGES:
            assert "5" in language.texts("units", lang)(metric.counted, n=5)


def test_every_text_is_used() -> None:
    """A text that nothing asks for is removed, so that translators do not work for nobody."""
    code = " ".join(
        path.read_text(encoding="utf-8") for folder in ("ui", "pages") for path in (ROOT / folder).glob("*.py")
    )
    counted = {metric.counted for metric in catalogue().values()}
    made = {f"{head}{one}" for head, members in FAMILIES.items() for one in members} | counted | asked()
    made |= {f"found_{one}" for one in family("found_")}
    made |= {*DIMENSIONS, *FAMILIES["verdict_"]}
    made |= {f"lead_{one}_stage" for one in FAMILIES["lead_"]} | {
        f"{unit}_short" for unit in ("days", "months", "years")
    }

    columns = set(re.findall(r"\w+", " ".join(path.read_text(encoding="utf-8") for path in MODELS.glob("*.sql"))))

    unused = [
        f"{page}.{key}"
        for page, key, _ in (param.values for param in TEXTS)
        if key not in made and not (page == "rows" and key in columns) and not re.search(f"[\"']{key}[\"']", code)
    ]
    assert unused == []


def test_a_missing_text_is_an_error_not_a_key_on_the_page() -> None:
    """Nobody reads the name of a text instead of the text."""
    with pytest.raises(KeyError):
        language.texts("layers", "en")("no such text")


@pytest.mark.parametrize(
    "said", ["a*b*c", "$5-$10", "[x](http://e.example)", ":red[x]", "`x`", "# x", "a_b_", "<b>x</b>"]
)
def test_a_companys_word_keeps_its_signs_in_a_label(said: str) -> None:
    """Every sign that a label could take for formatting is marked as itself."""
    marked = language.verbatim(said)

    assert re.sub(r"\\(.)", r"\1", marked) == said
    assert not re.search(r"(?<!\\)[*$\[\]:`#_<>]", marked)


def test_words_from_a_link_stay_words() -> None:
    """What somebody put into a link is shown as it is, in one line, cut short, and cannot leave its quotes."""
    assert language.quoted("[x](http://e.example)") == "`[x](http://e.example)`"
    assert language.quoted("a`b\n`c") == "`a'b 'c`"
    assert language.quoted("x" * 90) == f"`{'x' * 40}…`"
