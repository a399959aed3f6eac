"""What really changed: the difference of one number as performance and mix, group by group."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import altair as alt
import pandas as pd
import streamlit as st

from metrics import moved as moves
from metrics.change import Verdict
from metrics.declare import Lang, Metric
from metrics.load import catalogue
from metrics.moved import Amount, Moved, Row
from ui import fetch, filters, language, layout, theme, units
from ui.axes import ticks, value_axis
from ui.columns import Column
from ui.language import Texts
from ui.panel import panel
from ui.theme import Tokens, chart_config
from ui.view import View

STEP, GROUP = 54, 76  # px of a bar of the whole, and of a group with its two
MARKS = {Verdict.WORSE: " ▼", Verdict.BETTER: " ▲", Verdict.CHANGED: " ◆"}
BARS = {"performance": ("bar_performance", "column_performance"), "mix": ("bar_mix", "column_mix")}
LABELS = {
    "before": "column_before", "now": "column_now", "share_before": "column_share_before", "share": "column_share",
    "performance": "column_performance", "mix": "column_mix", "sum": "column_sum", "n_before": "column_n_before",
    "n": "column_n",
}  # fmt: skip


def _about(found: Moved) -> Metric:
    return catalogue()[found.metric]


def _amount(metric: Metric, value: float, lang: Lang) -> str:
    """A part of a change with its sign and unit."""
    if metric.unit == "points":
        return language.number(value, lang, 1, signed=True)  # the parts must be seen to add up
    return units.difference(metric, value, None, lang, layout.currency())


def _within(metric: Metric, amount: Amount, text: Texts) -> str:
    if amount.low is None or amount.high is None:
        return f" · {text('no_interval')}"
    low, high = (_amount(metric, end, text.lang) for end in (amount.low, amount.high))
    return f"{text('interval', low=low, high=high)} · {text('real' if amount.is_real else 'noise')}"


def said(found: Moved, lang: Lang) -> str:
    """The page in one sentence, as HTML: which one is decided by the tests, not by the size of a number."""
    text, metric = language.texts("change", lang), _about(found)
    facts = {"metric": escape(metric.short[lang]), "by": escape(_named(found.by, lang))}
    now, before = found.after.value, found.before.value
    if now is None or before is None or found.verdict == Verdict.TOO_FEW:
        return text("said_few", **facts)
    facts |= {
        "now": units.shown(metric, now, lang, layout.currency()),
        "before": units.shown(metric, before, lang, layout.currency()),
        "verdict": text(f"verdict_{found.verdict.value}" if found.verdict in MARKS else "verdict_same"),
    }
    if found.performance is None or found.mix is None:
        return text("said_whole", **facts)
    facts |= {
        "performance": _amount(metric, found.performance.value, lang),
        "mix": _amount(metric, found.mix.value, lang),
        "noise": text("real" if found.performance.is_real else "noise"),
    }
    if found.is_against:
        return text("said_against", **facts)
    if found.verdict in MARKS:
        return text("said_performance" if found.performance.is_real else "said_mix", **facts)
    return text("said_offset" if found.performance.is_real else "said_noise", **facts)


def _named(by: str, lang: Lang) -> str:
    return language.texts("depth", lang)(by).lower()


def steps(found: Moved, lang: Lang) -> pd.DataFrame:
    """One row a bar of the whole: before, performance, mix, now. Shape: words, part, start, end, low, high, is_part."""
    text, metric = language.texts("change", lang), _about(found)
    before, now, performance, mix = found.before.value, found.after.value, found.performance, found.mix
    if before is None or now is None or performance is None or mix is None:
        return pd.DataFrame()
    value = {name: units.shown(metric, worth, lang, layout.currency()) for name, worth in
             (("before", before), ("now", now))}  # fmt: skip
    rows = [(text("bar_before", value=value["before"]), text("column_before"), before, before, None, None, False)]
    start = before
    for key, amount in (("performance", performance), ("mix", mix)):
        words = text(BARS[key][0], amount=_amount(metric, amount.value, lang), interval=_within(metric, amount, text))
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
    text, metric = language.texts("change", lang), _about(found)
    data = steps(found, lang)
    if data.empty or found.performance is None or found.mix is None:
        return None, language.plain(said(found, lang))
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
        performance=_amount(metric, found.performance.value, lang), mix=_amount(metric, found.mix.value, lang),
    )  # fmt: skip


def _name(row: Row, by: str, text: Texts) -> str:
    if row.group is moves.REST:
        return text("rest")
    return fetch.stage_labels(text.lang).get(row.group, row.group) if by == "stage" else row.group


def _verdict(row: Row, text: Texts) -> str:
    if row.verdict in MARKS:
        return text(f"verdict_{row.verdict.value}")
    return text("verdict_same") if row.verdict == Verdict.NO_REAL_CHANGE else ""


def _words(row: Row, found: Moved, text: Texts) -> tuple[str, str]:
    """The two lines over a group's bars."""
    metric, lang = _about(found), text.lang
    name = _name(row, found.by, text)
    was, now = (
        units.shown(metric, one.value, lang, layout.currency()) if one.value is not None else ""
        for one in (row.before, row.now)
    )
    key = "group_new" if not was else "group_gone" if not now else "group_words"
    mark = f"{MARKS[row.verdict]} {_verdict(row, text)}" if row.verdict in MARKS else ""
    share_before, share = (
        f"{language.number(100 * part, lang)}{language.NARROW}%" for part in (row.share_before, row.share)
    )
    return text(key, group=name, before=was, now=now, verdict=mark), text(
        "group_parts", performance=_amount(metric, row.performance, lang), mix=_amount(metric, row.mix, lang),
        share_before=share_before, share=share,
    )  # fmt: skip


def groups(found: Moved, lang: Lang) -> pd.DataFrame:
    """One row a group, as the table and the files have it."""
    text = language.texts("change", lang)
    return pd.DataFrame([
        {
            "group": _name(row, found.by, text), "letter": row.letter, "above": " ".join(row.above),
            "before": row.before.value, "now": row.now.value, "share_before": row.share_before, "share": row.share,
            "performance": row.performance, "mix": row.mix, "sum": row.performance + row.mix,
            "verdict": _verdict(row, text), "n_before": row.before.n, "n": row.now.n,
        }
        for row in found.rows
    ])  # fmt: skip


def columns(found: Moved, lang: Lang) -> tuple[Column, ...]:
    """The columns of `groups`."""
    text = language.texts("change", lang)
    kind = {"share": "share", "money": "money"}.get(_about(found).unit, "number")
    lettered = any(row.letter for row in found.rows)
    return (
        Column("group", text("column_group")),
        *((Column("letter", text("column_letter")), Column("above", text("column_above"))) if lettered else ()),
        *(Column(name, text(LABELS[name]), kind) for name in ("before", "now")),
        *(Column(name, text(LABELS[name]), "share") for name in ("share_before", "share")),
        *(Column(name, text(LABELS[name]), kind, 2) for name in ("performance", "mix", "sum")),
        Column("verdict", text("column_verdict")),
        *(Column(name, text(LABELS[name]), "count") for name in ("n_before", "n")),
    )


def by_group(found: Moved, lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """Two bars a group from one line of zero: what its value gave, and what its weight did."""
    text, metric = language.texts("change", lang), _about(found)
    if not found.rows:
        return None, language.plain(said(found, lang))
    rows = [
        {"at": at, "first": words[0], "second": words[1], "performance": row.performance, "mix": row.mix,
         "worse": row.verdict == Verdict.WORSE}
        for at, row in enumerate(found.rows)
        for words in [_words(row, found, text)]
    ]  # fmt: skip
    data = pd.DataFrame(rows)
    ends = [0.0, *data["performance"], *data["mix"]]
    room = (max(ends) - min(ends)) or 1.0
    low, high = min(ends) - 0.03 * room, max(ends) + 0.03 * room
    scale = alt.Scale(domain=[low, high], nice=False)
    axis = value_axis(metric, lang, ticks(low, high))
    base = alt.Chart(data).encode(y=alt.Y("at:O", axis=None))
    colour = colours.layers[metric.layer]

    def bar(field: str, dy: int, opacity: float) -> alt.Chart:
        mark = base.mark_bar(size=8, color=colour, opacity=opacity, yOffset=dy, y2Offset=dy)
        return mark.encode(x=alt.X(f"{field}:Q", scale=scale, axis=axis), x2=alt.X2(datum=0))

    def words(field: str, dy: int) -> alt.Chart:
        line = base.mark_text(align="left", dy=dy, limit=alt.ExprRef("width"))
        return line.encode(x=alt.value(0), text=f"{field}:N")

    chart = (
        alt.layer(
            bar("performance", 14, 0.85),
            bar("mix", 25, 0.4),
            alt.Chart(pd.DataFrame([{"zero": 0.0}])).mark_rule(color=colours.muted).encode(
                x=alt.X("zero:Q", scale=scale, axis=axis)
            ),
            words("first", -24).encode(
                color=alt.condition("datum.worse", alt.value(colours.worse), alt.value(colours.ink))
            ),
            words("second", -7).encode(color=alt.value(colours.muted)),
        )
        .properties(height=GROUP * len(data))
        .configure(**chart_config(colours, lang))
    )  # fmt: skip
    listed = "; ".join(f"{row['first']}, {row['second']}" for row in rows[:3])
    return chart, text("rows_alt", metric=metric.label[lang], rows=listed)


def choose(options: Sequence[str], found: Moved, lang: Lang) -> None:
    """The choice of the number and of what it is split by."""
    text = language.texts("change", lang)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        filters.box("metric", text("choose"), tuple(options), found.metric, lambda name: catalogue()[name].label[lang])
        if len(found.offered) > 1:
            filters.box("by", text("split_by"), found.offered, found.by, lambda name: _named(name, lang).capitalize())


def page(view: View, lang: Lang) -> Moved:
    """The sentence, the whole and its groups."""
    text = language.texts("change", lang)
    found = fetch.asked(moves.moved, view, filters.chosen("metric"), filters.chosen("by"))
    metric = _about(found)
    st.html(f'<p class="st st-sentence">{said(found, lang)}</p>')
    choose(moves.splittable(), found, lang)
    note = text(
        "split_note", now=language.span(found.now.start, found.now.last, lang),
        before=language.span(found.earlier.start, found.earlier.last, lang),
    )  # fmt: skip
    colours = theme.tokens()
    kind = {"share": "share", "money": "money"}.get(metric.unit, "number")
    with panel("split", text("split", metric=metric.label[lang]), lang, note) as here:
        if found.is_against:
            here.words(f"▲▼ {text('banner')}", is_muted=False)
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
            here.chart(*by_group(found, lang, colours), groups(found, lang), columns(found, lang))
            if found.put_together:
                here.words(text("put_together", n=found.put_together))
            here.table(groups(found, lang), columns(found, lang))
            if any(row.letter for row in found.rows):
                here.words(text("letters"))
    return found
