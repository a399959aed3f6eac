"""The dictionary of themes: what comments speak of, by words that anybody can edit."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from data.errors import DeclarationError, nearest
from metrics import lemmas
from metrics.comments import Comments
from metrics.declare import Lang

DEFAULT = Path(__file__).with_name("themes.toml")
TONGUES = ("en", "ru", "pt")
LABELS: tuple[Lang, ...] = ("en", "ru")
ALL, UNCODED = "all", "uncoded"  # what a reader can choose beside a theme, so no theme may be called so
LONGEST = 5  # words of a phrase

Phrase = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Theme:
    """One theme as declared. `words`: language -> words and phrases as written."""

    id: str
    label: Mapping[Lang, str]
    words: Mapping[str, tuple[str, ...]]


def _refuse(place: str, found: str, allowed: str) -> DeclarationError:
    return DeclarationError(
        "themes", place=place, found=found, allowed=allowed, do="Correct the dictionary", state="no comment was coded"
    )  # fmt: skip


def _keys(place: str, said: Any, required: Sequence[str], optional: Sequence[str] = ()) -> None:
    """Refuse what is no table, has an unknown key or lacks one."""
    known = (*required, *optional)
    if not isinstance(said, dict):
        raise _refuse(place, f'"{said}"', f"a table with {', '.join(known)}")
    for key in said:
        if key not in known:
            raise _refuse(f"{place}, {key}", f'"{key}"{nearest(key, known)}', ", ".join(known))
    for key in required:
        if key not in said:
            raise _refuse(place, f'no "{key}"', ", ".join(required))


def _phrase(place: str, said: Any, tongue: str) -> str:
    parts = lemmas.words(said) if isinstance(said, str) else []
    if not 1 <= len(parts) <= LONGEST:
        raise _refuse(place, f'"{said}"', f"a word, or a phrase of up to {LONGEST} words")
    letters = "Cyrillic" if tongue == "ru" else "Latin"
    for part in parts:
        if bool(re.search("[a-z]", part)) if tongue == "ru" else lemmas.is_cyrillic(part):
            raise _refuse(place, f'"{said}"', f"words in {letters} letters only")
    return str(said)


def _theme(file: str, name: str, said: Any) -> Theme:
    place = f"{file}, {name}"
    if not re.fullmatch("[a-z][a-z0-9_]*", name) or name in (ALL, UNCODED):
        raise _refuse(place, f'"{name}"', f"a name of a-z, 0-9 and _, other than {ALL} and {UNCODED}")
    _keys(place, said, ("label", "words"))
    _keys(f"{place}, label", said["label"], LABELS)
    for lang, text in said["label"].items():
        if not isinstance(text, str) or not text.strip():
            raise _refuse(f"{place}, label, {lang}", f'"{text}"', "text")
    _keys(f"{place}, words", said["words"], (), TONGUES)
    if not any(said["words"].values()):
        raise _refuse(f"{place}, words", "no words", f"words in one of {', '.join(TONGUES)}")
    words = {}
    for tongue, listed in said["words"].items():
        if not isinstance(listed, list):
            raise _refuse(f"{place}, words, {tongue}", f'"{listed}"', "a list of words")
        words[tongue] = tuple(_phrase(f"{place}, words, {tongue}", one, tongue) for one in listed)
    return Theme(name, said["label"], words)


def read(path: Path) -> dict[str, Theme]:
    """The themes of one file, in its order. Raises: DeclarationError naming file, theme, key and what is allowed."""
    return _read(path, edition(path))


@lru_cache(maxsize=4)
def _read(path: Path, edition: str) -> dict[str, Theme]:
    del edition
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise _refuse(path.name, str(problem), "TOML") from None
    if not said:
        raise _refuse(path.name, "no theme", "one table per theme")
    return {name: _theme(path.name, name, facts) for name, facts in said.items()}


def place(home: Path) -> Path:
    """Where the themes of a data folder are declared: its own themes.toml when it has one, else the one shipped."""
    own = home / "themes.toml"
    return own if own.exists() else DEFAULT


def edition(path: Path) -> str:
    """Changes whenever a dictionary does; part of the cache key of whatever was coded by it."""
    return sha256(path.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=8)
def _phrases(path: Path, edition: str, latin: str) -> dict[str, list[tuple[Phrase, str]]]:
    """First word -> the phrases that begin with it and their themes, all by dictionary form."""
    found: dict[str, list[tuple[Phrase, str]]] = {}
    for theme in _read(path, edition).values():
        for tongue in (latin, "ru"):
            for said in theme.words.get(tongue, ()):
                phrase = lemmas.lemmas(said, latin)
                found.setdefault(phrase[0], []).append((phrase, theme.id))
    return found


def coded(comments: Comments, path: Path) -> tuple[frozenset[str], ...]:
    """The themes of each comment, in the order of the comments; empty where no word of the dictionary occurs."""
    return _coded(comments, path, edition(path))


@lru_cache(maxsize=4)
def _coded(comments: Comments, path: Path, edition: str) -> tuple[frozenset[str], ...]:
    return tuple(
        _themes(said, _phrases(path, edition, latin)) if latin != lemmas.AS_WRITTEN else frozenset()
        for said, latin in zip(comments.lemmas, comments.latin, strict=True)
    )


def themes_of(path: Path, word: str, latin: str) -> tuple[str, ...]:
    """The themes in which a word stands by itself. `word`: its dictionary form."""
    if latin == lemmas.AS_WRITTEN:
        return ()
    known = _phrases(path, edition(path), latin).get(word, ())
    return tuple(dict.fromkeys(theme for phrase, theme in known if phrase == (word,)))


def _themes(said: Phrase, phrases: Mapping[str, list[tuple[Phrase, str]]]) -> frozenset[str]:
    return frozenset(
        theme
        for at, word in enumerate(said)
        for phrase, theme in phrases.get(word, ())
        if said[at : at + len(phrase)] == phrase
    )
