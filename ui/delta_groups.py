"""Which group gave what to a change: by its own value, and by its weight."""

from __future__ import annotations

import altair as alt
import pandas as pd

from metrics import moved as moves
from metrics.change import Verdict
from metrics.declare import Lang
from metrics.moved import Moved, Row
from ui import delta_words, fetch, language, layout, units
from ui.columns import Column
from ui.language import Texts
from ui.theme import Tokens, chart_config

GROUP = 76  # px of a group with its two bars
LABELS = {
    "before": "column_before", "now": "column_now", "share_before": "column_share_before", "share": "column_share",
    "performance": "column_performance", "mix": "column_mix", "sum": "column_sum", "n_before": "column_n_before",
    "n": "column_n",
}  # fmt: skip


def _name(row: Row, by: str, text: Texts) -> str:
    if row.group is moves.REST:
        return text("rest")
    return fetch.stage_labels(text.lang).get(row.group, row.group) if by == "stage" else row.group


def _verdict(row: Row, text: Texts) -> str:
    if row.verdict in delta_words.MARKS:
        return text(f"verdict_{row.verdict.value}")
    return text("verdict_same") if row.verdict == Verdict.NO_REAL_CHANGE else ""


def _words(row: Row, found: Moved, text: Texts) -> tuple[str, str]:
    """The two lines over a group's bars."""
    metric, lang = delta_words.about(found), text.lang
    name = _name(row, found.by, text)
    was, now = (
        units.shown(metric, one.value, lang, layout.currency()) if one.value is not None else ""
        for one in (row.before, row.now)
    )
    key = "group_new" if not was else "group_gone" if not now else "group_words"
    mark = f"{delta_words.MARKS[row.verdict]} {_verdict(row, text)}" if row.verdict in delta_words.MARKS else ""
    share_before, share = (
        f"{language.number(100 * part, lang)}{language.NARROW}%" for part in (row.share_before, row.share)
    )
    return text(key, group=name, before=was, now=now, verdict=mark), text(
        "group_parts", performance=delta_words.amount(metric, row.performance, lang),
        mix=delta_words.amount(metric, row.mix, lang),
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
    kind = {"share": "share", "money": "money"}.get(delta_words.about(found).unit, "number")
    lettered = any(row.letter for row in found.rows)
    return (
        Column("group", text("column_group")),
        *((Column("letter", text("column_letter")), Column("above", text("column_above"))) if lettered else ()),
        *(Column(name, text(LABELS[name]), kind) for name in ("before", "now")),
        *(Column(name, text(LABELS[name]), "share") for name in ("share_before", "share")),
        *(Column(name, text(LABELS[name]), kind, 2, is_difference=True) for name in ("performance", "mix", "sum")),
        Column("verdict", text("column_verdict")),
        *(Column(name, text(LABELS[name]), "count") for name in ("n_before", "n")),
    )


def by_group(found: Moved, lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """Two bars a group from one line of zero: what its value gave, and what its weight did."""
    text, metric = language.texts("change", lang), delta_words.about(found)
    if not found.rows:
        return None, language.plain(delta_words.said(found, lang))
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
    axis = delta_words.difference_axis(metric, lang, low, high)
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
