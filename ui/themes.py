"""What comments speak of: the share of each theme, the score of its answers, and the score without them."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd

from metrics import dictionary
from metrics.change import Verdict
from metrics.compute import Reading
from metrics.declare import Lang
from metrics.load import catalogue
from metrics.themes import Row, Themes
from ui import language, units
from ui.dots import Dot, dots, percent_label, unit_label
from ui.spread import percent
from ui.theme import Tokens


def rows(found: Themes, lang: Lang) -> pd.DataFrame:
    """One row per theme. Shape: theme, now, before (comments), share, share_before, score, n, without, n_without."""
    return pd.DataFrame([
        {
            "theme": row.label[lang], "now": row.count, "share": row.now.value, "before": row.count_before,
            "share_before": row.before.value, "score": row.score.value if _is_enough(row.score, found) else None,
            "n": row.score.n, "without": row.without.value if _is_enough(row.without, found) else None,
            "n_without": row.without.n,
        }
        for row in found.rows
    ])  # fmt: skip


def _is_enough(reading: Reading, found: Themes) -> bool:
    return reading.value is not None and reading.n >= catalogue()[found.instrument].minimum_n


def _often(row: Row, lang: Lang) -> str:
    """A mark and a word where a theme is really spoken of more or less often."""
    text = language.texts("voice", lang)
    if row.verdict != Verdict.CHANGED or row.change.difference is None:
        return ""
    return " " + text("more_often" if row.change.difference > 0 else "less_often")


def shares(found: Themes, lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """How large a part of the comments speaks of each theme, now and before; the chart and what it says in words."""
    text = language.texts("voice", lang)
    if not found.rows:
        return None, text("no_themes")
    drawn = []
    for row in found.rows:
        share = row.now.value or 0.0
        said = f"{percent(share, lang)} · {text('comments_counted', n=row.count)}"
        if row.before.value is not None:
            said += f" · {text('was', share=percent(row.before.value, lang))}"
        name = row.label[lang] + _often(row, lang)
        drawn.append(Dot(name, said, share, row.now.low, row.now.high, row.before.value))
    chart = dots(drawn, percent_label(), "satisfaction", lang, colours, from_zero=True)
    first = found.rows[0]
    moved = [row.label[lang] + _often(row, lang) for row in found.rows if _often(row, lang)]
    changed = text("themes_changed", names=", ".join(moved)) if moved else text("themes_same")
    return chart, text(
        "themes_alt", first=first.label[lang], share=percent(first.now.value or 0.0, lang), changed=changed
    )


def scores(found: Themes, lang: Lang, currency: str, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """How the answers with each theme score, and how all others do; the chart and what it says in words."""
    text = language.texts("voice", lang)
    metric = catalogue()[found.instrument]

    def value(reading: Reading) -> str:
        return units.shown(metric, reading.value, lang, currency) if reading.value is not None else language.DASH

    drawn = []
    for row in found.rows:
        rest = f"n = {language.number(row.without.n, lang)}"
        if not _is_enough(row.without, found):
            said = text("theme_unscored", count=row.score.n)
        elif _is_enough(row.score, found):
            counted = f"n = {language.number(row.score.n, lang)}"
            said = text("theme_score", value=value(row.score), n=counted, without=value(row.without), rest=rest)
        else:
            said = text("theme_score_few", count=row.score.n, without=value(row.without), rest=rest)
        is_shown = _is_enough(row.score, found)
        drawn.append(
            Dot(
                row.label[lang], said, row.score.value if is_shown else None, row.score.low if is_shown else None,
                row.score.high if is_shown else None, row.without.value if _is_enough(row.without, found) else None,
            )
        )  # fmt: skip
    known = sorted((dot for dot in drawn if dot.value is not None), key=lambda dot: dot.value or 0.0)
    if not known or found.whole.value is None:
        return None, text("scores_alt_none", metric=metric.short[lang])
    label = percent_label() if metric.unit == "share" else unit_label("")
    chart = dots(drawn, label, "satisfaction", lang, colours, aim=found.whole.value)
    said = text(
        "scores_alt", metric=metric.short[lang], whole=value(found.whole),
        worst=known[0].first, low=units.shown(metric, known[0].value or 0.0, lang, currency),
        best=known[-1].first, high=units.shown(metric, known[-1].value or 0.0, lang, currency),
    )  # fmt: skip
    return chart, said


def about(found: Themes, lang: Lang) -> str:
    """How many comments there are, how many of them say nothing of a theme, and what was not read."""
    text = language.texts("voice", lang)
    said = [text("themes_read", n=found.of, uncoded=percent(found.uncoded.value or 0.0, lang))]
    if found.read < found.of:
        said.append(text("capped", read=language.number(found.read, lang), of=language.number(found.of, lang)))
    if found.unread:
        said.append(text("unread", n=found.unread))
    return " ".join(said)


def names(known: Mapping[str, dictionary.Theme], lang: Lang) -> dict[str, str]:
    """What a reader can choose among: every comment, each theme, those without any."""
    text = language.texts("voice", lang)
    of_themes = {name: theme.label[lang] for name, theme in known.items()}
    return {dictionary.ALL: text("any_theme"), **of_themes, dictionary.UNCODED: text("without_theme")}
