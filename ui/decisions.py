"""What was decided about a survey file, in the reader's words: what it is about, what was decided, and why."""

from __future__ import annotations

import re
from collections.abc import Callable

from data import reasons
from data.ingest import ladders, recognise
from data.ingest.dates import KINDS
from data.ingest.decisions import REJECTED, Decision
from data.ingest.mapping import EACH
from metrics.declare import Lang
from ui import language, quality

DIVIDERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
WORDS = {"take": "take", "leave out": "leave_out", "rows": "rows"} | {kind: kind for kind in KINDS}
INSTRUMENTS = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}
LONGEST = 80
Choose = Callable[[str, str], None]  # what it is about, what was chosen; an empty choice takes the proposal again


def short(said: str) -> str:
    """The name of a column, cut where it is a whole question."""
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1].rstrip()}…"


def label(about: str, lang: Lang) -> str:
    """What a decision is about."""
    text = language.texts("decisions", lang)
    kind, _, column = about.partition(":")
    return text(f"about_{kind}", column=short(column)) if column else text(f"about_{kind}")


def column(name: str, lang: Lang) -> str:
    """A column of the stored answers."""
    own = {"client_id": "client", "client": "client_said", "score": "score_itself", "comment": "comment_itself"}
    return language.texts("decisions", lang)(f"about_{own.get(name, name)}")


def value(about: str, said: str, lang: Lang) -> str:
    """What was decided, or may be."""
    text = language.texts("decisions", lang)
    kind = about.partition(":")[0]
    match kind:
        case "delimiter":
            return text(f"value_{DIVIDERS[said]}")
        case "header":
            return text("value_row", n=said) if said != "0" else text("value_no_row")
        case "tool":
            return recognise.tools()[said].title or text("value_other")
        case "score":
            return _instrument(said, lang)
        case "encoding":
            return said.upper()
        case "unfinished" | "dates" | "quotes":
            return text(f"value_{WORDS[said]}") if said in WORDS else said
        case "formulas":
            return text("value_empty")
    return short(said) or text("value_none")


def _instrument(said: str, lang: Lang) -> str:
    text = language.texts("decisions", lang)
    if said == "no":
        return text("value_no")
    if said == EACH:
        return text("value_each")
    if told := ladders.read(said):
        steps = list(told[1].items())
        (worst, low), (best, high) = steps[0], steps[-1]
        ends = {"worst": short(worst), "low": low, "best": short(best), "high": high}
        return text("value_words", instrument=INSTRUMENTS[told[0]], **ends)
    name, _, how = said.partition(" ")
    instrument = INSTRUMENTS[name]
    if how == "reversed":
        return text("value_reversed", instrument=instrument)
    if how:
        return text("value_from", instrument=instrument, scale=how.removeprefix("from "))
    return instrument


def why(decision: Decision, lang: Lang) -> str:
    """Why it was decided so."""
    facts = {name: _fact(name, fact, lang) for name, fact in decision.facts.items()}
    return language.texts("decisions", lang)(f"why_{decision.why}", **facts)


def _fact(name: str, fact: object, lang: Lang) -> str:
    said = str(fact)
    match name:
        case "instrument":
            return INSTRUMENTS.get(said, said)
        case "encoding" | "second":
            return said.upper()
        case "percent":
            return re.sub(r"\.", ",", said) if lang == "ru" else said
        case "column" | "score" | "word" | "value":
            return short(said)
        case "names":
            return re.sub(r'"([^"]*)"', r"«\1»" if lang == "ru" else "“\\1”", said)
    return said


def reason(said: str, lang: Lang) -> str:
    """Why a row or an answer cannot be taken."""
    if known := reasons.read(said, REJECTED):
        code, facts = known
        return language.texts("upload", lang)(f"fault_{code}", **facts)
    return quality.reason("answers", said, language.texts("quality", lang))
