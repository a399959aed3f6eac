"""What really changed: the difference of one number as performance and mix, group by group."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from metrics import moved as moves
from metrics.declare import Lang
from metrics.load import catalogue
from metrics.moved import Moved
from ui import delta_groups, delta_words, fetch, filters, language, layout, theme, units
from ui.axes import ticks, value_axis
from ui.columns import Column
from ui.panel import panel
from ui.theme import Tokens, chart_config
from ui.view import View

STEP = 54  # px of a bar
BARS = {"performance": ("bar_performance", "column_performance"), "mix": ("bar_mix", "column_mix")}


def steps(found: Moved, lang: Lang) -> pd.DataFrame:
    """One row a bar of the whole: before, performance, mix, now. Shape: words, part, start, end, low, high, is_part."""
    text, metric = language.texts("change", lang), delta_words.about(found)
    before, now, performance, mix = found.before.value, found.after.value, found.performance, found.mix
    if before is None or now is None or performance is None or mix is None:
        return pd.DataFrame()
    value = {name: units.shown(metric, worth, lang, layout.currency()) for name, worth in
             (("before", before), ("now", now))}  # fmt: skip
    rows = [(text("bar_before", value=value["before"]), text("column_before"), before, before, None, None, False)]
    start = before
    for key, amount in (("performance", performance), ("mix", mix)):
        words = text(
            BARS[key][0],
            amount=delta_words.amount(metric, amount.value, lang),
            interval=delta_words.within(metric, amount, text),
        )
        ends = [None if end is None else start + end for end in (amount.low, amount.high)]
        rows.append((words, text(BARS[key][1]), start, start + amount.value, *ends, True))
        start += amount.value
    rows.append((text("bar_now", value=value["now"]), text("column_now"), now, now, None, None, False))
    names = ["words", "part", "start", "end", "low", "high", "is_part"]
    shown = pd.DataFrame(rows, columns=names)
    shown["amount"] = [before, performance.value, mix.value, now]
    shown["amount_low"] = [found.before.low, performance.low, mix.low, found.after.low]
    shown["amount_high"] = [found.before.high, performance.high, mix.high, found.after.high]
    return shown


def waterfall(found: Moved, lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """From what it was to what it is: a bar of performance, a bar of mix, each with its interval."""
    text, metric = language.texts("change", lang), delta_words.about(found)
    data = steps(found, lang)
    if data.empty or found.performance is None or found.mix is None:
        return None, language.plain(delta_words.said(found, lang))
    ends = pd.concat([data[name].astype(float) for name in ("start", "end", "low", "high")]).dropna()
    room = float(ends.max() - ends.min()) or 1.0
    low, high = float(ends.min()) - 0.04 * room, float(ends.max()) + 0.04 * room
    scale = alt.Scale(domain=[low, high], nice=False)
    axis = value_axis(metric, lang, ticks(low, high))
    data = data.assign(at=range(len(data)))
    colour = colours.layers[metric.layer]
    base = alt.Chart(data).encode(y=alt.Y("at:O", axis=None))
    x, x2 = alt.X("start:Q", scale=scale, axis=axis), alt.X2("end:Q")
    parts, wholes = base.transform_filter("datum.is_part"), base.transform_filter("!datum.is_part")
    doubt = parts.transform_filter("isValid(datum.low)")
    chart = (
        alt.layer(
            parts.mark_bar(size=14, color=colour, opacity=0.75, yOffset=9, y2Offset=9).encode(x=x, x2=x2),
            doubt.mark_rule(color=colours.ink, strokeWidth=1.5, yOffset=9).encode(
                x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q"
            ),
            wholes.mark_tick(size=24, thickness=3, color=colour, opacity=1, yOffset=9).encode(x=x),
            base.mark_text(align="left", dy=-13, limit=alt.ExprRef("width")).encode(x=alt.value(0), text="words:N"),
        )
        .properties(height=STEP * len(data))
        .configure(**chart_config(colours, lang))
    )
    return chart, text(
        "split_alt", metric=metric.label[lang], before=str(data["words"].iloc[0]), now=str(data["words"].iloc[-1]),
        performance=delta_words.amount(metric, found.performance.value, lang),
        mix=delta_words.amount(metric, found.mix.value, lang),
    )  # fmt: skip


def choose(options: Sequence[str], found: Moved, lang: Lang) -> None:
    """The choice of the number and of what it is split by."""
    text = language.texts("change", lang)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        filters.box("metric", text("choose"), tuple(options), found.metric, lambda name: catalogue()[name].label[lang])
        if len(found.offered) > 1:
            filters.box(
                "by", text("split_by"), found.offered, found.by, lambda name: delta_words.named(name, lang).capitalize()
            )


def page(view: View, lang: Lang) -> Moved:
    """The sentence, the whole and its groups."""
    text = language.texts("change", lang)
    found = fetch.asked(moves.moved, view, filters.chosen("metric"), filters.chosen("by"))
    metric = delta_words.about(found)
    st.html(f'<p class="st st-sentence">{delta_words.said(found, lang)}</p>')
    choose(moves.splittable(), found, lang)
    note = text(
        "split_note", now=language.span(found.now.start, found.now.last, lang),
        before=language.span(found.earlier.start, found.earlier.last, lang),
    )  # fmt: skip
    colours = theme.tokens()
    kind = {"share": "share", "money": "money"}.get(metric.unit, "number")
    with panel("split", text("split", metric=metric.label[lang]), lang, note) as here:
        if found.is_against:
            here.words(f"▲▼ {delta_words.banner(found, lang)}", is_muted=False)
        here.chart(
            *waterfall(found, lang, colours), steps(found, lang),
            (
                Column("part", text("column_part")), Column("amount", text("column_amount"), kind, 2),
                Column("amount_low", text("column_low"), kind, 2), Column("amount_high", text("column_high"), kind, 2),
            ),
        )  # fmt: skip
        with st.expander(text("method_split")):
            st.html(f'<p class="st">{text("method_split_said")}</p>')
    if found.rows:
        with panel("by_group", text("by_group"), lang, text("by_group_note")) as here:
            here.chart(
                *delta_groups.by_group(found, lang, colours),
                delta_groups.groups(found, lang),
                delta_groups.columns(found, lang),
            )
            if found.put_together:
                here.words(text("put_together", n=found.put_together))
            here.table(delta_groups.groups(found, lang), delta_groups.columns(found, lang))
            if any(row.letter for row in found.rows):
                here.words(text("letters"))
    return found
