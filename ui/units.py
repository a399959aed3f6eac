"""A metric's values as people read them: with unit, rounded to what they support."""

from __future__ import annotations

import re

from metrics.declare import Lang, Metric
from ui import language
from ui.language import NARROW, Texts

WORDS = "units"


def _digits(metric: Metric, lang: Lang) -> int:
    del lang
    if metric.digits is not None:
        return metric.digits
    return {"score": 1, "per": 1, "months": 0, "years": 1, "days": 0, "share": 0, "points": 0}.get(metric.unit, 0)


def shown(metric: Metric, value: float, lang: Lang, currency: str) -> str:
    """A value with its unit: 86 %, 6.1 days, 41.2 M EUR."""
    digits = _digits(metric, lang)
    match metric.unit:
        case "share":
            return f"{language.number(100 * value, lang, digits)}{NARROW}%"
        case "money":
            return language.money(value, currency, lang)
        case "days" | "months" | "years":
            short = Texts(WORDS, lang)(f"{metric.unit}_short")
            return f"{language.number(value, lang, digits)}{NARROW}{short}"
        case _:
            return language.number(value, lang, digits)


def difference(metric: Metric, change: float, before: float | None, lang: Lang, currency: str) -> str:
    """A change with sign and unit: shares in points, money and counts in per cent of what was before."""
    digits = _digits(metric, lang)
    match metric.unit:
        case "share":
            return f"{language.number(100 * change, lang, digits, signed=True)}{NARROW}{Texts(WORDS, lang)('pp')}"
        case "money" | "count" if before:
            return f"{language.number(100 * change / before, lang, signed=True)}{NARROW}%"
        case "money":
            return language.money(change, currency, lang, signed=True)
        case "days" | "months" | "years":
            short = Texts(WORDS, lang)(f"{metric.unit}_short")
            return f"{language.number(change, lang, digits, signed=True)}{NARROW}{short}"
        case "score" | "per":
            return language.number(change, lang, max(digits, 1), signed=True)
        case _:
            return language.number(change, lang, digits, signed=True)


def between(metric: Metric, low: float, high: float, lang: Lang, currency: str) -> str:
    """An interval in words: 27 to 35."""
    first, last = shown(metric, low, lang, currency), shown(metric, high, lang, currency)
    unit = re.search(r"\D*$", last)  # said once, at the end, where both have the same
    first = first.removesuffix(unit[0] if unit else "")
    return Texts(WORDS, lang)("between", low=first, high=last)


def counted(metric: Metric, n: int, lang: Lang) -> str:
    """What the number stands on: 412 answers."""
    return Texts(WORDS, lang)(metric.counted, n=n)
