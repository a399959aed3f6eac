"""The NPS in its three readings: by answers, by clients, by revenue, and why they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from metrics.board import Tile
from metrics.declare import Lang
from metrics.load import catalogue
from metrics.voice import Reason
from metrics.window import Period
from ui import language, units
from ui.cards import stands_on
from ui.dots import Dot, dots, unit_label
from ui.theme import Tokens

READINGS = ("nps", "account_nps", "revenue_nps")
# Each reason by which way it points; the words say what is true of the clients, not of the formula.
WORDS = {
    "size": ("size_lower", "size_higher"),
    "habit": ("habit_lower", "habit_higher"),
    "latest": ("latest_lower", "latest_higher"),
    "time": ("time_lower", "time_higher"),
}


def reason(tiles: Mapping[str, Tile], found: Sequence[Reason], lang: Lang) -> str:
    """Why the three differ, in one line: the largest reason that is real, or that there is none.

    Nothing where one of the three has no value: it neither agrees with the others nor differs.
    """
    text = language.texts("voice", lang)
    if not all(tiles[name].is_shown for name in READINGS):
        return ""
    if not found:
        return text("reasons_few")
    real = [one for one in found if one.is_real]
    if not real:
        return text("agree")
    largest = real[0]
    return text(WORDS[largest.kind][largest.points > 0], n=max(1, round(abs(largest.points))))


def rows(tiles: Mapping[str, Tile], now: Period, lang: Lang) -> pd.DataFrame:
    """One row per reading. Shape: way, value, low, high, n; no value below the fewest answers."""
    text = language.texts("voice", lang)
    until = language.day(now.last, lang, year=True)
    names = {
        "nps": text("by_answers", period=language.span(now.start, now.last, lang)),
        "account_nps": text("by_clients", day=until),
        "revenue_nps": text("by_revenue", day=until),
    }
    return pd.DataFrame([
        {
            "way": names[name], "value": tiles[name].now.value if tiles[name].is_shown else None,
            "low": tiles[name].now.low if tiles[name].is_shown else None,
            "high": tiles[name].now.high if tiles[name].is_shown else None, "n": tiles[name].now.n,
        }
        for name in READINGS
    ])  # fmt: skip


def readings(
    tiles: Mapping[str, Tile], found: Sequence[Reason], now: Period, lang: Lang, currency: str, colours: Tokens
) -> tuple[alt.LayerChart | None, str]:
    """The chart and what it says in words; None when no reading has enough answers."""
    text = language.texts("voice", lang)
    if not any(tiles[name].is_shown for name in READINGS):
        return None, text("no_nps")
    drawn = []
    for name, row in zip(READINGS, rows(tiles, now, lang).itertuples(), strict=True):
        one, metric = tiles[name], catalogue()[name]
        if one.is_shown and one.now.value is not None:
            said = units.shown(metric, one.now.value, lang, currency)
            if one.now.low is not None and one.now.high is not None:
                said += f" ({units.between(metric, one.now.low, one.now.high, lang, currency)})"
            said += f" · {stands_on(one, metric, language.texts('layers', lang))}"
            drawn.append(Dot(str(row.way), said, one.now.value, one.now.low, one.now.high))
        else:
            said = text("reading_none") if one.now.value is None else text("reading_few", count=one.now.n)
            drawn.append(Dot(str(row.way), said, None))
    chart = dots(drawn, unit_label(""), "satisfaction", lang, colours)
    said = text("readings_alt", values="; ".join(row.second for row in drawn), reason=reason(tiles, found, lang))
    return chart, said.strip()
