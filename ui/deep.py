"""What the page of one layer draws: its metrics in a table, then one of them over time and by its groups."""

from __future__ import annotations

from html import escape

import altair as alt
import streamlit as st

from metrics import depth as depths
from metrics.declare import Lang
from metrics.depth import Depth
from metrics.load import catalogue, layers
from ui import compare, fetch, filters, language, layout, theme, trend
from ui import view as views
from ui.metric_table import metric_table
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
    with st.container(key="panel_table"):
        st.html(metric_table(depth, lang, layout.currency()))


def over_time(depth: Depth, lang: Lang) -> None:
    """The chosen metric by week, and the choice of it."""
    text = language.texts("depth", lang)
    names = layers()[depth.layer].metrics
    with st.container(key="panel_time"):
        filters.choice("metric", text("choose"), names, depth.chosen.metric, lambda name: catalogue()[name].short[lang])
        st.html(f'<p class="st st-panel">{text("over_time")}</p>')
        chart, words = trend.trend(depth, lang, layout.currency(), theme.tokens())
        _draw(chart, words)
        st.html(f'<p class="st muted">{escape(catalogue()[depth.chosen.metric].about[lang])}</p>')


def by_group(depth: Depth, lang: Lang) -> None:
    """The chosen metric by one of its dimensions, and the choice of it."""
    text = language.texts("depth", lang)
    offered = depths.dimensions(catalogue()[depth.chosen.metric])
    period = language.span(depth.now.start, depth.now.last, lang)
    with st.container(key="panel_group"):
        filters.choice("by", text("compare_by"), offered, depth.by, lambda name: text(name).capitalize())
        finding = compare.finding(depth, lang)
        title = text("by_group", dimension=text(depth.by), period=period, finding=finding)
        st.html(f'<p class="st st-panel">{title}</p>')
        labels = fetch.stage_labels(lang) if depth.by == "stage" else {}
        can_filter = depth.by in views.DIMENSIONS
        chart, words = compare.compare(depth, labels, lang, layout.currency(), theme.tokens(), can_filter=can_filter)
        if chart is None or not can_filter:
            _draw(chart, words)
        else:
            _pickable(chart, words, depth.by)


def _pickable(chart: alt.LayerChart, words: str, by: str) -> None:
    """A chart whose dots filter the page: the chosen group joins the filters, or leaves them."""
    key = filters.keyed("groups", "&".join(st.query_params.get_all(by)))

    def take() -> None:
        picked = st.session_state[key]["selection"].get(compare.PICKED)
        if picked:
            filters.toggle(by, picked[0]["key"])

    st.altair_chart(chart, key=key, theme=None, alt=words, selection_mode=compare.PICKED, on_select=take)


def _draw(chart: object, words: str) -> None:
    if chart is None:
        st.html(f'<p class="st muted">{escape(words)}</p>')
    else:
        st.altair_chart(chart, theme=None, alt=words)  # type: ignore[arg-type]  # a layered chart


def page(layer: str) -> tuple[View, Lang]:
    """One layer in depth, for the view in the address; what that layer alone has follows below. Stops without facts."""
    lang, view = filters.language_of_reader(), filters.view()
    filters.bar(view, lang)
    with st.skeleton(420):
        depth = fetch.depth(view, layer, filters.chosen("metric"), filters.chosen("by"))
    head(depth, lang)
    table(depth, lang)
    over_time(depth, lang)
    by_group(depth, lang)
    return view, lang
