"""Time that has passed, as people say it: 35 min, 4.2 h, 12 d."""

from __future__ import annotations

import re

from metrics.declare import Lang
from ui import language
from ui.language import NARROW, Texts

HOUR, MINUTE = 24, 24 * 60  # in a day


def elapsed(days: float, lang: Lang) -> str:
    """A span of days in the unit that tells it best; three figures are never needed."""
    text = Texts("flow", lang)
    if days * MINUTE < 0.5:
        return text("at_once")
    if days * HOUR < 0.995:
        return f"{language.number(days * MINUTE, lang)}{NARROW}{text('minutes_short')}"
    if days < 0.995:
        hours = days * HOUR
        return f"{language.number(hours, lang, _digits(hours))}{NARROW}{text('hours_short')}"
    return f"{language.number(days, lang, _digits(days))}{NARROW}{Texts('units', lang)('days_short')}"


def _digits(value: float) -> int:
    return 1 if value < 9.95 else 0


def between(low: float | None, high: float | None, lang: Lang) -> str:
    """An interval of times in brackets, after a space; nothing where there is none."""
    if low is None or high is None:
        return ""
    return _between(elapsed(low, lang), elapsed(high, lang), lang)


def percent(value: float, lang: Lang, digits: int | None = None) -> str:
    """A share as per cent, with one decimal where it is small."""
    figures = (1 if 0 < value < 0.0995 else 0) if digits is None else digits
    return f"{language.number(100 * value, lang, figures)}{NARROW}%"


def percent_between(low: float | None, high: float | None, lang: Lang) -> str:
    """An interval of shares in brackets, after a space; nothing where there is none."""
    if low is None or high is None:
        return ""
    return _between(percent(low, lang), percent(high, lang), lang)


def _between(low: str, high: str, lang: Lang) -> str:
    """The unit is said once where both ends have the same."""
    unit = re.search(r"[^\d]*$", high)
    return Texts("flow", lang)("in_interval", low=low.removesuffix(unit[0] if unit else ""), high=high)
