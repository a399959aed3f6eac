"""How the answers of one instrument are spread over its scale, against the period compared with."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import altair as alt
import pandas as pd

from metrics.declare import Lang
from metrics.load import catalogue
from metrics.voice import Bar, Spread
from ui import language, tips, units
from ui.language import NARROW
from ui.theme import Tokens, chart_config

HEIGHT = 240
# How a part of the scale is filled: the best solid, the worst hollow, so that no colour is needed to tell them apart.
FILLS = {"promoters": 0.9, "passives": 0.3, "detractors": 0.0, "satisfied": 0.9, "unsatisfied": 0.0, "all": 0.6}


def percent(share: float, lang: Lang) -> str:
    """A share as whole per cent; a part of one is not nothing."""
    if 0 < share < 0.005:
        return f"<1{NARROW}%"
    return f"{language.number(100 * share, lang)}{NARROW}%"


def rows(spread: Spread, lang: Lang) -> pd.DataFrame:
    """One row per score. Shape: instrument, score, part, now, before (answers), share, share_before."""
    text = language.texts("voice", lang)
    n, n_before = (sum(getattr(bar, period) for bar in spread.bars) for period in ("now", "before"))
    return pd.DataFrame([
        {
            "instrument": catalogue()[spread.instrument].short[lang], "score": bar.score, "part": text(bar.part),
            "now": bar.now, "share": bar.now / n if n else None,
            "before": bar.before, "share_before": bar.before / n_before if n_before else None,
        }
        for bar in spread.bars
    ])  # fmt: skip


def _parts(bars: Sequence[Bar], lang: Lang) -> pd.DataFrame:
    """One row per part of the scale: from which score to which, its name and its share."""
    text = language.texts("voice", lang)
    n = sum(bar.now for bar in bars)
    found = []
    for part, run in groupby(bars, key=lambda bar: bar.part):
        scores = list(run)
        hits = sum(bar.now for bar in scores)
        is_last = scores[-1] is bars[-1]
        found.append({
            "part": part, "first": scores[0].score, "last": scores[-1].score,
            "name": text(part), "shown": percent(hits / n, lang) if n else "", "is_last": is_last,
        })  # fmt: skip
    return pd.DataFrame(found)


def spread(one: Spread, lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """The chart and what it says in words; the words alone below the fewest answers."""
    text = language.texts("voice", lang)
    metric = catalogue()[one.instrument]
    n, n_before = (sum(getattr(bar, period) for bar in one.bars) for period in ("now", "before"))
    if n < metric.minimum_n:
        return None, text("reading_few", count=n)
    data = rows(one, lang)
    data["fill"] = [FILLS[bar.part] for bar in one.bars]
    data["top"] = data[["share", "share_before"]].max(axis=1)
    data["shown"] = [percent(share, lang) for share in data["share"]]
    data["count"] = [language.number(bar.now, lang) for bar in one.bars]
    data["told"] = [f"{bar.score}: {shown}" for bar, shown in zip(one.bars, data["shown"], strict=True)]
    data["answers"] = [units.counted(metric, bar.now, lang) for bar in one.bars]
    data["was"] = [text("was", share=percent(share, lang)) if n_before else "" for share in data["share_before"]]
    colour = colours.layers["satisfaction"]
    x = alt.X("score:O", axis=alt.Axis(title=None, labelAngle=0, ticks=False, domain=False, labelPadding=4))
    highest = float(data["top"].max()) or 1.0
    scale = alt.Scale(domain=[0, highest * (1.75 if len(one.bars) > 1 and metric.interval != "mean" else 1.3)])

    def height(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=scale, axis=None)

    base = alt.Chart(data).encode(x=x)
    layers = [
        base.mark_bar(color=colour, stroke=colour, strokeWidth=1.5, width={"band": 0.72}).encode(
            y=height("share"), fillOpacity=alt.FillOpacity("fill:Q", scale=None, legend=None),
            tooltip=tips.lines("told", "answers", "was"),
        ),
        base.mark_tick(orient="horizontal", color=colours.ink, thickness=2, width={"band": 0.9}).encode(
            y=height("share_before")
        ),
        base.mark_text(dy=-21, fontSize=12).encode(y=height("top"), text="shown:N"),
        base.mark_text(dy=-8, fontSize=11, color=colours.muted).encode(y=height("top"), text="count:N"),
    ]  # fmt: skip
    parts = _parts(one.bars, lang)
    if len(parts) > 1:
        line = alt.Chart(parts)
        layers.append(line.mark_rule(color=colours.muted).encode(x="first:O", x2="last:O", y=alt.value(36)))
        for is_last, at, align in ((False, "first", "left"), (True, "last", "right")):
            named = alt.Chart(parts[parts["is_last"] == is_last])
            shift = -12 if align == "left" else 12
            layers += [
                named.mark_text(align=align, dx=shift, fontSize=11, color=colours.muted).encode(
                    x=f"{at}:O", y=alt.value(8), text="name:N"
                ),
                named.mark_text(align=align, dx=shift, fontSize=13, fontWeight=600).encode(
                    x=f"{at}:O", y=alt.value(24), text="shown:N"
                ),
            ]
    said = "; ".join(
        text("part_alt", part=text(part), share=_share(hits, n, lang), before=_share(before, n_before, lang))
        for part, hits, before in _sums(one.bars)
    )
    modal = max(one.bars, key=lambda bar: bar.now).score
    alternative = text(
        "spread_alt", metric=metric.short[lang], n=language.number(n, lang), parts=said, score=str(modal)
    )
    return alt.layer(*layers).properties(height=HEIGHT).configure(**chart_config(colours, lang)), alternative


def head(one: Spread, lang: Lang, currency: str) -> str:
    """The metric over all of the answers, and how many there are."""
    text = language.texts("voice", lang)
    metric = catalogue()[one.instrument]
    value = units.shown(metric, one.now.value, lang, currency) if one.now.value is not None else ""
    return text(
        "spread_head", metric=metric.short[lang], value=value, n=units.counted(metric, one.now.n, lang),
        before=language.number(one.before.n, lang) if one.before.n else text("no_before"),
    )  # fmt: skip


def _sums(bars: Sequence[Bar]) -> list[tuple[str, int, int]]:
    """Each part of the scale with its answers of both periods."""
    return [
        (part, sum(bar.now for bar in run), sum(bar.before for bar in run))
        for part, run in ((part, list(run)) for part, run in groupby(bars, key=lambda bar: bar.part))
    ]


def _share(hits: int, n: int, lang: Lang) -> str:
    return percent(hits / n, lang) if n else language.texts("voice", lang)("no_before")
