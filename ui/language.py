"""Words, numbers and dates in the reader's language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from metrics.declare import Lang

LANGUAGES: tuple[Lang, ...] = ("en", "ru")
FOLDER = Path(__file__).parent / "texts"
THIN, NARROW = "\u2009", "\u202f"  # thin space; narrow no-break space
MINUS, DASH = "\u2212", "\u2013"
EXACT = 1e15  # below it a number still has decimals
MONTHS: dict[Lang, tuple[str, ...]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "ru": ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"),
}
MONTHS_LONG: dict[Lang, tuple[str, ...]] = {
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    "ru": (
        "января", "февраля", "марта", "апреля", "мая", "июня",
        "июля", "августа", "сентября", "октября", "ноября", "декабря",
    ),
}  # fmt: skip


@cache
def _file(page: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{page}.toml").read_text(encoding="utf-8"))


def plural(lang: Lang, n: float) -> int:
    """Which of a text's forms a number takes: English one, many; Russian один, два, пять."""
    if lang == "en":
        return 0 if n == 1 else 1
    if n != int(n):
        return 1
    n = abs(int(n))
    if n % 10 == 1 and n % 100 != 11:
        return 0
    return 1 if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else 2


@dataclass(frozen=True)
class Texts:
    """The texts of one page in one language. A missing key raises KeyError: a page never shows a key."""

    page: str
    lang: Lang

    def __call__(self, key: str, **facts: object) -> str:
        """One text with its facts filled in. A text with forms takes the one for the fact `n`."""
        said = _file(self.page)[key][self.lang]
        if isinstance(said, list):
            count = facts["n"]
            if not isinstance(count, int | float):
                raise TypeError(f"{self.page}.{key} needs a number as n")
            said = said[plural(self.lang, count)]
            facts = {**facts, "n": number(count, self.lang)}
        return str(said).format(**facts)


def texts(page: str, lang: Lang) -> Texts:
    """The texts of a page."""
    return Texts(page, lang)


def has(page: str, key: str) -> bool:
    """Whether a page has such a text."""
    return key in _file(page)


def rounded(value: float, digits: int) -> float:
    """A number rounded the way people do, a half away from 0: 4.45 is 4.5 in a sentence as in a table beside it."""
    if not abs(value) < EXACT:  # so large, not a number, or without end: nothing to round
        return value
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)) + 0.0


def number(value: float, lang: Lang, digits: int = 0, *, signed: bool = False) -> str:
    """A number as the language writes it: 1,234.5 in English, 1 234,5 with a narrow space in Russian."""
    text = f"{abs(rounded(value, digits)):,.{digits}f}"
    sign = ""
    if float(text.replace(",", "")) != 0:
        sign = MINUS if value < 0 else "+" if signed else ""
    if lang == "ru":
        text = text.replace(",", NARROW).replace(".", ",")
    return sign + text


THOUSANDS = {"en": ("", "K", "M", "B"), "ru": ("", "тыс.", "млн", "млрд")}


def money(value: float, currency: str, lang: Lang, *, signed: bool = False) -> str:
    """An amount as short as it stays true: 41.2 M EUR."""
    words = THOUSANDS[lang]
    size = abs(value)
    step = 0 if size < 10_000 else 1 if size < 1_000_000 else 2 if size < 1_000_000_000 else 3
    scaled = value / 1000**step
    digits = 0 if step == 0 or abs(scaled) >= 100 else 1 if abs(scaled) >= 10 else 2
    unit = f"{NARROW}{words[step]}" if words[step] else ""
    return f"{number(scaled, lang, digits, signed=signed)}{unit}{NARROW}{currency}"


def day(when: date, lang: Lang, *, year: bool = False) -> str:
    """A day: 12 May, 12 мая; with the year where it could be mistaken."""
    month = MONTHS_LONG[lang][when.month - 1] if lang == "ru" else MONTHS[lang][when.month - 1]
    return f"{when.day} {month} {when.year}" if year else f"{when.day} {month}"


def instant(when: datetime, lang: Lang) -> str:
    """A day with its time, as tables write it: 2026-05-12 09:30, 12.05.2026 09:30."""
    return f"{when:%d.%m.%Y %H:%M}" if lang == "ru" else f"{when:%Y-%m-%d %H:%M}"


def span(first: date, last: date, lang: Lang) -> str:
    """A run of days, from the first to the last, with the year; a single day stands alone."""
    if first == last:
        return day(last, lang, year=True)
    years = first.year != last.year
    return f"{day(first, lang, year=years)} {DASH} {day(last, lang, year=True)}"


def plain(text: str) -> str:
    """A text without tags, for alternative texts and file names."""
    return re.sub(r"<[^>]+>", "", text)


def verbatim(said: str) -> str:
    """A company's own word inside a label: its stars, dollars and brackets stay what they are."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", re.sub(r"[^\S\u00a0\u202f]+", " ", said.strip()))


def quoted(said: str, longest: int = 40) -> str:
    """Somebody else's text inside a message: shown as it is, cut short, never a link or a picture."""
    one_line = " ".join(said.replace("`", "'").split())
    return f"`{one_line[:longest]}…`" if len(one_line) > longest else f"`{one_line or ' '}`"


def either(said: Mapping[Any, str], lang: Lang) -> str:
    """A declared text in the reader's language."""
    return said[lang]
