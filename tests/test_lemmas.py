"""Words by their dictionary form: what a reader types finds every form of it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from ui_fixtures import ROOT

from metrics import lemmas


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("ru", "счетов", "Счёт"),
        ("ru", "опоздали", "опоздал"),
        ("ru", "ждём", "ждать"),
        ("en", "invoices", "Invoice"),
        ("en", "waited", "waiting"),
        ("pt", "produtos", "produto"),
        ("pt", "ótimo", "otimo"),
    ],
)
def test_forms_of_one_word_are_one_word(language: str, one: str, other: str) -> None:
    """Case, number, tense, capital letters, ё and accents make no other word."""
    latin = lemmas.latin_of(language)

    assert lemmas.lemmas(one, latin) == lemmas.lemmas(other, latin)


def test_different_words_stay_different() -> None:
    """Word forms are not stems: счётчик is no счёт, and й is not и."""
    assert lemmas.lemma("счётчик", "en") != lemmas.lemma("счёт", "en")
    assert lemmas.lemma("late", "en") != lemmas.lemma("latex", "en")
    assert lemmas.bare("мой") == "мой"
    assert lemmas.bare("счёт") == "счет"


@pytest.mark.parametrize("word", ["счетов", "людей", "стали", "better", "notas", "quebrado", "was", "больше"])
@pytest.mark.parametrize("latin", ["en", "pt"])
def test_the_form_of_a_form_is_itself(word: str, latin: str) -> None:
    """A word named by its dictionary form is found again by that form."""
    form = lemmas.lemma(word, latin)

    assert lemmas.lemma(form, latin) == form


@pytest.mark.parametrize(
    ("language", "latin"),
    [(None, "en"), ("ru", "en"), ("EN-us", "en"), ("pt_BR", "pt"), ("de", lemmas.AS_WRITTEN), ("", "en")],
)
def test_the_language_of_a_comment_tells_how_its_latin_letters_are_read(language: str | None, latin: str) -> None:
    """English where nothing is said; as written where the word forms are not known."""
    assert lemmas.latin_of(language) == latin


def test_words_are_cut_at_everything_that_is_no_letter() -> None:
    """Punctuation, underlines and dashes part words; an apostrophe does not; numbers are words."""
    assert lemmas.words("«Счёт»—1182, don’t/wait_now!") == ["счёт", "1182", "don't", "wait", "now"]
    assert lemmas.words(" … 🤗 ") == []


def test_words_without_a_subject_are_known() -> None:
    """Prepositions, pronouns and the like are never reported as news; what carries a subject is."""
    assert all(lemmas.is_empty(lemmas.lemma(word, "en"), "en") for word in ("the", "was", "для", "которые", "нас"))
    assert not any(lemmas.is_empty(lemmas.lemma(word, "en"), "en") for word in ("invoice", "late", "счёт", "опоздали"))


def test_dictionaries_are_not_read_before_a_word_comes() -> None:
    """The start of the server does not pay for them: 60 MB and half a second."""
    code = "import sys; import metrics.themes, metrics.emerging, metrics.search; print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert "'pymorphy3'" not in loaded
    assert "'simplemma'" not in loaded
