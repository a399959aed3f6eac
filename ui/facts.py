"""The facts behind an answer in words: their names, what a slope is told for, and their doses."""

from __future__ import annotations

from metrics.behind import Dose
from metrics.declare import Lang
from metrics.facts import FACTS, Fact
from ui import language
from ui.language import NARROW, Texts

NAMES = {
    "days_late": "fact_days_late", "overdue_open": "fact_overdue_open", "rework": "fact_rework",
    "errors": "fact_errors", "hand_overs": "fact_hand_overs",
    "lead_time": "fact_lead_time", "backlog": "fact_backlog", "workload": "fact_workload",
    "newcomers": "fact_newcomers", "attrition": "fact_attrition",
    "engagement": "fact_mood", "tenure": "fact_tenure", "skill_fit": "fact_skill_fit",
}  # fmt: skip
PER = {
    "days_late": "per_days_late", "overdue_open": "per_overdue_open", "rework": "per_rework",
    "errors": "per_errors", "hand_overs": "per_hand_overs",
    "lead_time": "per_lead_time", "backlog": "per_backlog", "workload": "per_workload",
    "newcomers": "per_newcomers", "attrition": "per_attrition", "engagement": "per_mood", "tenure": "per_tenure",
    "skill_fit": "per_skill_fit",
}  # fmt: skip
TOUCHED = {
    "days_late": "touched_days_late", "overdue_open": "touched_overdue_open", "rework": "touched_rework",
    "errors": "touched_errors",
    "hand_overs": "touched_hand_overs", "lead_time": "touched_lead_time", "backlog": "touched_backlog",
    "workload": "touched_workload", "newcomers": "touched_newcomers", "attrition": "touched_attrition",
    "engagement": "touched_mood",
    "tenure": "touched_tenure", "skill_fit": "touched_skill_fit",
}  # fmt: skip
SCORES = {"csat": "score_csat", "ces": "score_ces", "nps": "score_nps"}


def texts(lang: Lang) -> Texts:
    """The texts of the page."""
    return language.texts("behind", lang)


def name(fact: str, lang: Lang) -> str:
    """A fact's name."""
    return texts(lang)(NAMES[fact])


def inside(fact: str, lang: Lang) -> str:
    """A fact's name inside a sentence."""
    said = name(fact, lang)
    return said[0].lower() + said[1:]


def listed(facts: tuple[str, ...] | list[str], lang: Lang) -> str:
    """Several facts in a sentence."""
    return ", ".join(inside(fact, lang) for fact in facts)


def per(fact: str, lang: Lang) -> str:
    """What a fact's slope is told for."""
    return texts(lang)(PER[fact])


def chance(p: float, lang: Lang) -> str:
    """How likely chance alone is, as it is written: p = 0.54, p = 1, and never p = 0.000."""
    text, least = texts(lang), 0.001
    if p < least:
        return text("chance_below", p=language.number(least, lang, 3))
    digits = 0 if p >= 0.9995 else 3 if p < 0.1 else 2
    return text("chance", p=language.number(p, lang, digits))


def points(value: float, lang: Lang) -> str:
    """A slope: two decimals, three where two would show nothing."""
    return language.number(value, lang, 2 if abs(value) >= 0.095 else 3, signed=True)


def percent(share: float, lang: Lang) -> str:
    """A part of the whole; one decimal where it is small."""
    return f"{language.number(100 * share, lang, 1 if share < 0.0995 else 0)}{NARROW}%"


def _end(fact: Fact, value: float, lang: Lang) -> str:
    match fact.unit:
        case "ratio" | "share":
            return f"{language.number(100 * value, lang)}{NARROW}%"
        case _:
            return language.number(value, lang, 0 if value == int(value) else 1)


def dose(fact: Fact, one: Dose, lang: Lang) -> str:
    """A dose on an axis: 0, 1, 2-3, 7 and more; 70 to 85 % of the usual load."""
    text = texts(lang)
    if fact.unit == "flag":
        return text("flag_no" if one.low is None else "flag_yes")
    is_counted = fact.name in ("days_late", "hand_overs")
    if one.low is None and one.high is not None:
        return "0" if is_counted or one.high < 0.01 else text("below", high=_end(fact, one.high, lang))
    low = 0.0 if one.low is None or one.low < 0.01 else one.low
    if one.high is None:
        return text("from_on", low=_end(fact, low, lang))
    if is_counted:
        last = one.high - 1
        return (
            _end(fact, low, lang)
            if last == low
            else text("span", low=_end(fact, low, lang), high=_end(fact, last, lang))
        )
    return text("span", low=_end(fact, low, lang).removesuffix(f"{NARROW}%"), high=_end(fact, one.high, lang))


def known() -> tuple[str, ...]:
    """All facts, in their order."""
    return tuple(FACTS)
