"""How a client stands, in words and numbers: the tiles above its journey, and what its health is made of."""

from __future__ import annotations

import math
from html import escape

import pandas as pd
import streamlit as st

from metrics import declared, scoring
from metrics.declare import Lang
from metrics.declared import Measure
from metrics.journey import Journey
from ui import cards, fetch, language, layout
from ui.language import NARROW, Texts
from ui.panel import Column, panel
from ui.timeline import day

SHARES = ("cases", "promises", "trend", "margin", "growth", "share")


def percent(value: float, lang: Lang, *, signed: bool = False) -> str:
    """A share in per cent."""
    return f"{language.number(100 * value, lang, signed=signed)}{NARROW}%"


def measure_value(name: str, value: float, lang: Lang, currency: str) -> str:
    """The value of a measure of health or of the matrix, with its unit."""
    text = language.texts("units", lang)
    if math.isinf(value):
        return language.texts("journey", lang)("never")
    if name in ("trend", "growth"):
        return percent(value, lang, signed=True)
    if name in SHARES:
        return percent(value, lang)
    if name in ("revenue", "room"):
        return language.money(value, currency, lang)
    if name in ("paying", "heard"):
        return f"{language.number(value, lang)}{NARROW}{text('days_short')}"
    return language.number(value, lang, signed=False)


def word(score: float, text: Texts) -> str:
    """The level of health as a mark and a word."""
    rules = declared.health()
    return text(f"health_{scoring.level(score, rules.low, rules.high)}")


def _has(table: str) -> bool:
    said = fetch.manifest()
    counts = said.tables.get(table) if said else None
    return counts is not None and counts.kept > 0


def _tile(name: str, value: str, notes: list[str], shape: str = "") -> str:
    drawn = f'<div class="st-spark" style="{shape}"></div>' if shape else ""
    lines = "".join(f'<p class="muted">{escape(note)}</p>' for note in notes if note)
    return (
        f'<div class="st-tile"><div class="name">{escape(name)}</div>'
        f'<div class="row"><span class="value">{escape(value)}</span>{drawn}</div>{lines}</div>'
    )


def _money(found: Journey, text: Texts) -> str:
    facts, lang = found.facts, text.lang
    if not _has("orders"):
        return _tile(text("money"), language.DASH, [text("orders_missing")])
    if pd.isna(facts["revenue_12m"]):
        return _tile(text("money"), language.DASH, [text("money_none")])
    known = not pd.isna(facts["trend"]) and facts["trend_n"] >= declared.health().measures["trend"].minimum_n
    if not known:
        note = text("money_trend_few")
    elif not facts["trend_is_real"] or pd.isna(facts["change"]):
        note = text("money_trend_noise")
    else:
        note = text("money_trend", change=percent(facts["change"], lang, signed=True))
    return _tile(text("money"), language.money(facts["revenue_12m"], layout.currency(), lang), [note])


def _scores(found: Journey, text: Texts) -> str:
    facts, lang = found.facts, text.lang
    said, name = found.events[found.events["kind"] == "nps"], "scores"
    if said.empty and (found.events["kind"] == "csat").any():  # a company that asks nothing else
        said, name = found.events[found.events["kind"] == "csat"], "scores_csat"
    last = " → ".join(str(int(score)) for score in said["score"].tail(4)) or language.DASH
    notes = []
    if name == "scores_csat" and not facts["csats"]:
        notes.append(text("scores_none_csat"))
    elif facts["answers_n"]:
        low, high = (language.number(facts[f"answers_{end}"], lang) for end in ("low", "high"))
        between = language.texts("units", lang)("between", low=low, high=high)
        value = language.number(facts["answers"], lang)
        notes.append(text("scores_note", n=int(facts["answers_n"]), value=value, between=between))
    elif name == "scores":
        notes.append(text("scores_none"))
    if facts["csats"]:
        notes.append(text("csat_note", n=int(facts["csats"]), hits=language.number(facts["satisfied"], lang)))
    return _tile(text(name), last, notes)


def _promises(found: Journey, text: Texts) -> str:
    facts, lang = found.facts, text.lang
    due, kept = int(facts["due"]), int(facts["kept"])
    notes = [text("open_now", n=int(facts["open_cases"]), overdue=language.number(facts["overdue"], lang))]
    if not due or found.promises is None:
        return _tile(text("promises"), language.DASH, [text("promises_none"), *notes])
    if due < 5:
        return _tile(text("promises"), f"{kept}/{due}", [text("promises_few", n=due), *notes])
    low, high = (language.number(100 * end, lang) for end in (found.promises.low, found.promises.high))
    between = language.texts("units", lang)("between", low=low, high=f"{high}{NARROW}%")
    return _tile(
        text("promises"),
        percent(kept / due, lang),
        [text("promises_note", kept=kept, due=due, between=between), *notes],
    )


def _silence(found: Journey, text: Texts) -> str:
    facts = found.facts
    value = text("never") if pd.isna(facts["answered_at"]) else day(facts["answered_at"], text.lang)
    notes = [text("is_silent")] if facts["is_silent"] else []
    if not _has("contacts"):
        notes.append(text("contacts_missing"))
    elif pd.isna(facts["contacted_at"]):
        notes.append(text("no_contact"))
    else:
        notes.append(text("last_contact", day=day(facts["contacted_at"], text.lang)))
    return _tile(text("silence"), value, notes)


def known_measures() -> dict[str, Measure]:
    """The measures of health, by name."""
    return declared.health().measures


def has_left(found: Journey) -> bool:
    """Whether it was no client any more on the last day: then it is not judged."""
    closed = found.facts["closed_on"]
    return not pd.isna(closed) and bool(closed < pd.Timestamp(found.now))


def _health(found: Journey, text: Texts) -> str:
    facts, lang = found.facts, text.lang
    if has_left(found):
        return _tile(text("health"), language.DASH, [text("health_left")])
    if pd.isna(facts["health"]):
        return _tile(text("health"), language.DASH, [text("health_unknown", known=percent(facts["known"], lang))])
    notes = []
    if facts["reason"] is not None and not pd.isna(facts["reason"]):
        label = known_measures()[str(facts["reason"])].label[lang]
        notes.append(text("health_reason", reason=label, points=language.number(facts["lost"], lang)))
    if facts["known"] < 0.995:
        notes.append(text("health_known", known=percent(facts["known"], lang)))
    course = [None if pd.isna(score) else float(score) for score in found.health["score"]]
    value = f"{language.number(facts['health'], lang)} {text('health_of')} · {word(facts['health'], text)}"
    return _tile(f"{text('health')}, {text('course')}", value, notes, cards.spark(course))


def head(found: Journey, lang: Lang) -> None:
    """Who the client is, and how it stands on the last day."""
    text, facts = language.texts("journey", lang), found.facts
    who = [str(facts[name]) for name in ("segment", "region", "industry", "size") if not pd.isna(facts[name])]
    if not pd.isna(facts["manager_id"]):
        who.append(text("manager", who=facts["manager_id"]))
    if not pd.isna(facts["since_on"]):
        who.append(text("since", day=day(facts["since_on"], lang)))
    if not pd.isna(facts["closed_on"]):
        who.append(text("closed", day=day(facts["closed_on"], lang)))
    said = f'<b>{escape(found.name)}</b> <span class="muted">{escape(" · ".join(who))}</span>'
    title = f'<p class="st st-sentence">{said}</p>'
    tiles = "".join(tile(found, text) for tile in (_money, _scores, _promises, _silence, _health))
    st.html(f'{title}<div class="st st-standing">{tiles}</div>')


def _own(name: str, facts: pd.Series, text: Texts) -> str:
    """What the client's own facts say of a measure of health, nothing mixed in; a dash where they say nothing."""
    lang = text.lang
    n = int(facts[f"{name}_n"])
    if not n:
        return language.DASH
    match name:
        case "answers":
            kinds = {kind: language.number(facts[kind], lang) for kind in ("promoters", "detractors")}
            return text("own_answers", n=language.number(n, lang), **kinds)
        case "cases" | "promises":
            hits = facts["satisfied" if name == "cases" else "kept"]
            return text("own_share", n=language.number(n, lang), hits=language.number(hits, lang))
        case "trend":
            if not facts["trend_is_real"] or pd.isna(facts["change"]):
                return text("own_noise" if not facts["trend_is_real"] else "own_new")
            return measure_value(name, float(facts["change"]), lang, layout.currency())
        case "paying":
            return measure_value(name, float(facts["invoice_days"]) / n, lang, layout.currency())
        case _:
            return measure_value(name, float(facts[name]), lang, layout.currency())


def _parts(found: Journey, lang: Lang) -> pd.DataFrame:
    text, facts, rules = language.texts("journey", lang), found.facts, declared.health()
    rows = []
    for name, measure in rules.measures.items():
        points = facts[f"{name}_points"]
        is_known = not pd.isna(points)
        unknown = text("part_few" if 0 < facts[f"{name}_n"] < measure.minimum_n else "part_expired")
        rows.append({
            "label": measure.label[lang], "own": _own(name, facts, text) if is_known else unknown,
            "value": measure_value(name, float(facts[name]), lang, layout.currency()) if is_known else language.DASH,
            "n": int(facts[f"{name}_n"]), "points": points if is_known else None, "weight": measure.weight,
            "counted": measure.weight / facts["known"] if is_known and facts["known"] else 0.0,
        })  # fmt: skip
    return pd.DataFrame(rows)


def parts(found: Journey, lang: Lang) -> None:
    """The measures of health with their weights: those that count, and those that have expired."""
    text = language.texts("journey", lang)
    if has_left(found):
        return
    with panel("health_parts", f"{text('parts')}: {found.name}", lang, text("parts_note")) as here:
        columns = (
            Column("label", text("part")), Column("own", text("part_own")), Column("value", text("part_value")),
            Column("n", text("part_n"), "count"), Column("points", text("part_points"), "number", 0),
            Column("weight", text("part_weight"), "share", 0), Column("counted", text("part_counted"), "share", 0),
        )  # fmt: skip
        here.table(_parts(found, lang), columns)
        here.words(text("part_drawn"))
