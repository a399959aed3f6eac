"""How often the work changes hands, how long such cases take, and between which teams it passes."""

from __future__ import annotations

import altair as alt
import pandas as pd

from metrics import flow as flows
from metrics import handovers as hand_overs_of
from metrics.change import Verdict
from metrics.declare import Lang
from metrics.handovers import HandOvers, Rung
from ui import fetch, filters, language, theme
from ui import view as views
from ui.dots import Dot, dots, unit_label
from ui.elapsed import between, elapsed, percent
from ui.flow import KEY
from ui.language import Texts
from ui.panel import Column, panel
from ui.theme import Tokens
from ui.view import View

MOST = 15  # pairs of teams that are listed


def _dot(rung: Rung, text: Texts) -> Dot:
    cases = language.texts("units", text.lang)("cases", n=rung.n)
    facts = {"n": rung.hand_overs, "cases": cases, "share": percent(rung.part.value or 0.0, text.lang)}
    first = text("rung_more", **facts) if rung.is_more else text("rung", **facts)
    now = rung.lead_time
    if now.value is None:
        return Dot(first, text("rung_few"), None)
    interval = between(now.low, now.high, text.lang)
    return Dot(
        first, text("rung_time", time=elapsed(now.value, text.lang), interval=interval), now.value, now.low, now.high
    )


def finding(found: HandOvers, lang: Lang) -> str:
    """Whether cases with more hand-overs take longer, as an association."""
    text = language.texts("flow", lang)
    if found.verdict == Verdict.WORSE:
        return text("took_longer", from_=found.from_)
    if found.verdict == Verdict.BETTER:
        return text("took_shorter", from_=found.from_)
    if found.verdict == Verdict.NO_REAL_CHANGE:
        return text("took_alike", from_=found.from_)
    return text("took_unknown")


def chart(found: HandOvers, lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """A dot a number of hand-overs; None where nobody is named, or too few cases are."""
    text = language.texts("flow", lang)
    rows = [_dot(rung, text) for rung in found.rungs]
    unit = language.texts("units", lang)("days_short")
    drawn = dots(rows, unit_label(unit), "operational", lang, colours, from_zero=True)
    if drawn is None:
        return None, text("took_unknown" if rows else "no_names")
    said = "; ".join(f"{row.first}, {row.second}" for row in rows)
    return drawn, text("handovers_alt", process=found.process, rows=said)


def rungs(found: HandOvers, lang: Lang) -> tuple[pd.DataFrame, list[Column]]:
    """The rows behind the chart."""
    text = language.texts("flow", lang)
    rows = pd.DataFrame(
        [
            (f"{rung.hand_overs}+" if rung.is_more else str(rung.hand_overs), rung.n, rung.part.value,
             rung.lead_time.value, rung.lead_time.low, rung.lead_time.high)
            for rung in found.rungs
        ],
        columns=["hand_overs", "n", "share", "lead", "low", "high"],
    )  # fmt: skip
    return rows, [
        Column("hand_overs", text("column_handovers")), Column("n", text("column_cases"), "count"),
        Column("share", text("column_share"), "share"), Column("lead", text("column_lead"), "number"),
        Column("low", text("column_low"), "number"), Column("high", text("column_high"), "number"),
    ]  # fmt: skip


def pairs(found: HandOvers, lang: Lang) -> tuple[pd.DataFrame, list[Column]]:
    """The pairs of teams, most frequent first."""
    text = language.texts("flow", lang)
    across = sum(pair.n for pair in found.pairs) or 1
    rows = pd.DataFrame(
        [(pair.first, pair.then, pair.n, pair.n / across) for pair in found.pairs],
        columns=["first", "then", "n", "share"],
    )  # fmt: skip
    return rows, [
        Column("first", text("column_from_team")), Column("then", text("column_to_team")),
        Column("n", text("column_handovers"), "count"), Column("share", text("column_share"), "share"),
    ]  # fmt: skip


def between_teams(found: HandOvers, lang: Lang) -> str:
    """How many hand-overs cross from team to team, and how many do not."""
    text = language.texts("flow", lang)
    across = sum(pair.n for pair in found.pairs)
    said = [text("pairs_said", across=language.number(across, lang), within=language.number(found.within, lang))]
    if found.unnamed:
        said.append(text("pairs_unnamed", unnamed=language.number(found.unnamed, lang)))
    if len(found.pairs) > MOST:
        said.append(text("pairs_left_out", n=MOST))
    return " ".join(said)


def hand_overs(view: View, lang: Lang) -> None:
    """The hand-overs of the process chosen on the map."""
    text = language.texts("flow", lang)
    flow = fetch.asked(flows.flow, view, filters.chosen(KEY))
    if flow is None:
        return
    found = fetch.asked(hand_overs_of.hand_overs, view, flow.process)
    now = views.current(view, fetch.last_day())
    note = text("handovers_note", process=found.process, period=language.span(now.start, now.last, lang))
    with panel("handovers", text("handovers"), lang, note) as here:
        if not found.rungs:
            here.words(text("none_named" if fetch.is_known("cases", "hand_overs") else "no_names"))
            return
        here.words(finding(found, lang), is_muted=False)
        here.chart(*chart(found, lang, theme.tokens()), *rungs(found, lang))
    with panel("pairs", text("pairs_title"), lang, between_teams(found, lang)) as here:
        if found.pairs:
            every, columns = pairs(found, lang)
            here.table(every.head(MOST), columns, whole=lambda: every, of=len(every))
