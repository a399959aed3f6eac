"""Words by their dictionary form: what makes счёт and счета, or invoice and invoices, one word."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

STOP_WORDS = Path(__file__).with_name("stop_words.toml")
LATIN = ("en", "pt")  # the languages in Latin letters whose word forms are known; in Cyrillic, Russian is
AS_WRITTEN = ""  # in place of a language: its word forms are not known, so each form is a word of its own
WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
CYRILLIC = re.compile("[\u0430-\u044f\u0451]", re.IGNORECASE)
# Parts of speech that carry no subject: prepositions, conjunctions, particles, pronouns, interjections.
EMPTY = {"PREP", "CONJ", "PRCL", "NPRO", "INTJ"}


def latin_of(language: str | None) -> str:
    """In which language a comment's Latin letters are read: English where nothing else is said.

    AS_WRITTEN when the comment is in a language whose word forms are not known.
    """
    said = (language or "en").lower().replace("_", "-").split("-")[0]
    return "en" if said == "ru" else said if said in LATIN else AS_WRITTEN


def is_cyrillic(word: str) -> bool:
    """Whether a word is written in Cyrillic letters; one Cyrillic letter is enough."""
    return CYRILLIC.search(word) is not None


def words(text: str) -> list[str]:
    """The words and numbers of a text in their order, in small letters."""
    return [word.replace("\u2019", "'") for word in WORD.findall(text.lower())]


def lemmas(text: str, latin: str) -> tuple[str, ...]:
    """The dictionary forms of a text's words, in their order. `latin`: see `latin_of`."""
    return tuple(lemma(word, latin) for word in words(text))


@lru_cache(maxsize=200_000)
def lemma(word: str, latin: str) -> str:
    """The dictionary form of one word in small letters, without accents and dots; of a dictionary form, itself.

    Of several readings the usual one is taken: стали is read as steel.
    """
    if latin == AS_WRITTEN or word.isdigit():
        return bare(word)
    for _ in range(3):  # the form of a form can be a third word; it has to be found by any of them
        form = _russian().parse(word)[0].normal_form if is_cyrillic(word) else _latin(word, latin)
        if bare(form) == bare(word):
            break
        word = bare(form)
    return bare(form)


def is_empty(form: str, latin: str) -> bool:
    """Whether a dictionary form says nothing of a subject by itself: and, was, который."""
    if form in _stop_words(latin) or form in _stop_words("ru"):
        return True
    return is_cyrillic(form) and str(_russian().parse(form)[0].tag.POS) in EMPTY


@cache
def _russian() -> Any:
    """Read when the first Russian word comes: 0.2 s and 30 MB."""
    import pymorphy3  # type: ignore[import-untyped]

    return pymorphy3.MorphAnalyzer(lang="ru")


def _latin(word: str, language: str) -> str:
    """Read when the first word of a language comes: 0.25 s and 28 MB for English, 1.1 s and 100 MB for Portuguese."""
    import simplemma

    return simplemma.lemmatize(word, lang=language).lower()


def bare(form: str) -> str:
    """Without accents in Latin letters and the dots of the Russian yo: people leave them out."""
    if is_cyrillic(form):
        return form.replace("\u0451", "\u0435")
    if form.isascii():
        return form
    return "".join(sign for sign in unicodedata.normalize("NFD", form) if not unicodedata.combining(sign))


@cache
def _stop_words(language: str) -> frozenset[str]:
    """The dictionary forms of the words in stop_words.toml."""
    said = tomllib.loads(STOP_WORDS.read_text(encoding="utf-8"))
    return frozenset(lemma(word, language) for word in str(said.get(language, "")).split())
