"""What the page of one layer draws: its metrics in a table, then one of them over time and by its groups."""

from __future__ import annotations

from typing import Any

import streamlit as st

from metrics import depth as depths
from metrics.declare import Lang
from metrics.depth import Depth
from metrics.load import catalogue, layers
from ui import annotations, compare, fetch, filters, language, layout, metric_table, panel, theme, ticks, trend
from ui import view as views
from ui.columns import Column
from ui.language import Texts
from ui.view import View


def head(depth: Depth, lang: Lang) -> None:
    """The layer's name and question; where its facts are missing, what to connect."""
    layer = layers()[depth.layer]
    title = f"<b style='color:var(--{layer.id})'>{layer.label[lang]}</b> {layer.question[lang]}"
    st.html(f'<p class="st st-sentence">{title}</p>')
    if layer.tables[0] in depth.missing:
        text = language.texts("layers", lang)
        tables = ", ".join(f"<code>{table}</code>" for table in depth.missing)
        words = f"<p>{text(f'missing_{layer.id}')}</p><p>{text('connect', tables=tables)}</p>"
        st.html(f'<div class="st st-empty">{words}</div>')
        st.stop()


def table(depth: Depth, lang: Lang) -> None:
    """All metrics of the layer."""
    text, currency = language.texts("depth", lang), layout.currency()
    with panel.panel("table", text("all_metrics"), lang, hint=text("all_metrics_hint")) as here:
        st.html(metric_table.metric_table(depth, lang, currency, filters.link))
        here.takes(metric_table.frame(depth.tiles, lang, currency), metric_table.columns(lang))


def over_time(depth: Depth, view: View, lang: Lang) -> None:
    """The chosen metric by week, and the choice of it."""
    text, currency = language.texts("depth", lang), layout.currency()
    names = layers()[depth.layer].metrics
    metric = catalogue()[depth.chosen.metric]
    filters.choice("metric", text("choose"), names, depth.chosen.metric, lambda name: catalogue()[name].short[lang])
    with panel.panel(
        "time", f"{metric.label[lang]}: {text('over_time').lower()}", lang, text("over_time_note"), text("brush_hint")
    ) as here:
        noted = annotations.notes(trend.course(depth), depth.layer, view, lang)
        chart, words = trend.trend(depth, lang, currency, theme.tokens(), noted)
        brush = layout.brushed(view, f"weeks_{metric.id}_{depth.now.start}_{depth.now.end}")
        events = ticks.lines(noted, lang)
        here.chart(chart, words, trend.weeks(depth, lang, currency), week_columns(text), events=events, **brush)
        annotations.under(noted, lang)
        here.words(metric.about[lang])


def week_columns(text: Texts) -> tuple[Column, ...]:
    """The columns of `trend.weeks`."""
    return (
        Column("when", text("column_week")),
        Column("shown", text("column_value")),
        Column("interval", text("column_interval")),
        Column("stands_on", text("column_n")),
        Column("mark", text("column_signal")),
        *(
            Column(name, text(f"column_{label}"), "number", is_raw=True)
            for name, label in (
                ("value", "value"),
                ("low", "low"),
                ("high", "high"),
                ("lower", "usual_low"),
                ("upper", "usual_high"),
            )
        ),
    )


def by_group(depth: Depth, lang: Lang) -> None:
    """The chosen metric by one of its dimensions, and the choice of it."""
    text, currency = language.texts("depth", lang), layout.currency()
    metric = catalogue()[depth.chosen.metric]
    offered = tuple(name for name in depths.dimensions(metric) if name == depth.by or fetch.options().get(name, ("",)))
    period = language.span(depth.now.start, depth.now.last, lang)
    if metric.is_monthly:
        period = f"{period}, {language.texts('layers', lang)('whole_months')}"
    title = f"{metric.label[lang]}: {text('by_group', dimension=text(depth.by)).lower()}"
    filters.choice("by", text("compare_by"), offered, depth.by, lambda name: text(name).capitalize())
    note = text("by_group_note", period=period, finding=compare.finding(depth, lang))
    with panel.panel("group", title, lang, note) as here:
        labels = fetch.stage_labels(lang) if depth.by == "stage" else {}
        can_filter = depth.by in views.DIMENSIONS
        chart, words = compare.compare(depth, labels, lang, currency, theme.tokens(), can_filter=can_filter)
        columns = (
            Column("group", text(depth.by).capitalize()),
            Column("words", text("column_value")),
            *(Column(name, text(f"column_{name}"), "number", is_raw=True) for name in ("value", "low", "high")),
        )
        pick = _picked(depth.by) if chart is not None and can_filter else {}
        here.chart(chart, words, compare.groups(depth, labels, lang, currency), columns, **pick)


def _picked(by: str) -> dict[str, Any]:
    """How the dots of a chart filter the page: the chosen group joins the filters, or leaves them."""
    key = filters.keyed("groups", "&".join(st.query_params.get_all(by)))

    def take() -> None:
        picked = st.session_state[key]["selection"].get(compare.PICKED)
        if picked:
            st.query_params["by"] = by  # the split stays, so that a second click takes the group back
            filters.toggle(by, picked[0]["key"])

    return {"key": key, "selection_mode": compare.PICKED, "on_select": take}


def page(layer: str) -> tuple[View, Lang]:
    """One layer in depth, for the view in the address; what that layer alone has follows below. Stops without facts."""
    lang, view = filters.language_of_reader(), filters.view()
    filters.bar(view, lang)
    depth = fetch.depth(view, layer, filters.chosen("metric"), filters.chosen("by"))
    head(depth, lang)
    table(depth, lang)
    over_time(depth, view, lang)
    by_group(depth, lang)
    return view, lang
