"""What the page on the quality of the data draws: the tables, one of them closely, and the catalogue of metrics."""

from __future__ import annotations

from datetime import date
from html import escape

import streamlit as st

from data import quality
from data.lake import Manifest
from metrics.board import Tile
from metrics.declare import Lang, Metric
from metrics.load import catalogue, layers
from ui import cards, fetch, filters, language, layout, units
from ui.language import Texts


def _held(one: quality.Holding, text: Texts, today: date) -> str:
    """One table as a row: what came in, what was kept, what was rejected, how fresh it is."""
    age = one.age(today)
    fresh = "" if age is None else text("age", n=age)
    state = (
        f'<span class="worse">▼ {text("stale")}</span>'
        if one.is_stale(today)
        else text("ok")
        if age is not None
        else ""
    )
    numbers = [one.counts.rows_in, one.counts.kept, one.counts.rejected]
    cells = "".join(f'<td class="number">{language.number(n, text.lang)}</td>' for n in numbers)
    last = language.day(date.fromisoformat(one.counts.last), text.lang, year=True) if one.counts.last else ""
    name = f'<th scope="row"><code>{escape(one.table)}</code></th>'
    return f"<tr>{name}{cells}<td>{last}</td><td>{fresh}</td><td>{state}</td></tr>"


def tables(said: Manifest, lang: Lang) -> None:
    """All tables of the lake, and those that are not connected."""
    text = language.texts("quality", lang)
    today = date.today()  # noqa: DTZ011 - the reader's own day
    head = "".join(
        f'<th scope="col">{text(key)}</th>'
        for key in ("table", "rows_in", "kept", "rejected", "last", "fresh", "state")
    )
    rows = "".join(_held(one, text, today) for one in quality.holdings(said))
    missing = ", ".join(f"<code>{name}</code>" for name in quality.absent(said))
    words = f'<p class="muted">{text("absent", tables=missing)}</p>' if missing else ""
    with st.container(key="panel_tables"):
        st.html(f'<p class="st st-panel">{text("tables", built=said.built_at.replace("T", " "))}</p>')
        drawn = f'<table class="st st-metrics"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
        st.html(f'<div class="st">{drawn}{words}</div>')


def closely(said: Manifest, lang: Lang) -> None:
    """One table: how complete each column is, and the rows the checks rejected."""
    text = language.texts("quality", lang)
    names = tuple(one.table for one in quality.holdings(said))
    chosen = filters.chosen("table") if filters.chosen("table") in names else names[0]
    with st.container(key="panel_closely"):
        filters.choice("table", text("closely"), names, chosen, str)
        if not chosen.startswith("raw."):
            st.html(_completeness(chosen, text))
        rejected = fetch.rejects(chosen)
        st.html(f'<p class="st st-panel">{text("rejects", n=said.tables[chosen].rejected)}</p>')
        if not rejected.empty:
            st.dataframe(rejected.drop(columns="table"), hide_index=True, key="rejects")
        lost = fetch.unmatched()
        if not lost.empty:
            st.html(f'<p class="st st-panel">{text("unmatched", n=len(lost))}</p>')
            st.dataframe(lost, hide_index=True, key="unmatched")


def _completeness(table: str, text: Texts) -> str:
    rows = []
    for column, about, required, filled in fetch.completeness(table).itertuples(index=False):
        share = "" if filled != filled else f"{language.number(100 * filled, text.lang)}\u202f%"
        width = 0 if filled != filled else round(100 * filled, 1)
        need = text("required") if required else ""
        rows.append(
            f'<tr><th scope="row"><code>{column}</code></th><td class="muted">{escape(about)}</td>'
            f'<td class="muted">{need}</td><td class="number">{share}</td>'
            f'<td><div class="st-fill"><i style="width:{width}%"></i></div></td></tr>'
        )
    head = "".join(f'<th scope="col">{text(key)}</th>' for key in ("column", "about", "need", "filled"))
    return f'<table class="st st-metrics"><thead><tr>{head}<th></th></tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _formula(metric: Metric) -> str:
    """The declared formula: the value, then each state it stands on."""
    value = f"quantile {metric.quantile:g} of bins" if metric.is_binned else metric.value
    states = "; ".join(
        f"{state.name} = {state.fold}({state.of})" + (f" where {state.where}" if state.where else "")
        for state in metric.states.values()
    )
    only = f"; only rows where {metric.where}" if metric.where else ""
    return f"{value}; {states}{only}; from {metric.model}"


def _declared(metric: Metric, tile: Tile, text: Texts) -> str:
    """One metric as a row: what it counts, its formula, its worked example, its value now."""
    currency = layout.currency()
    if tile.is_shown and tile.now.value is not None:
        value = units.shown(metric, tile.now.value, text.lang, currency)
    else:
        value = cards.absent(tile, language.texts("layers", text.lang))
    expect = metric.example.expect
    worked = text("no_value") if expect is None else units.shown(metric, expect, text.lang, currency)
    example = text("example", rows=len(metric.example.given), value=worked)
    return (
        f'<tr><th scope="row">{escape(metric.label[text.lang])}<br><code>{metric.id}</code></th>'
        f"<td>{escape(metric.about[text.lang])}<br>"
        f'<span class="muted"><code>{escape(_formula(metric))}</code><br>{example}</span></td>'
        f'<td class="number"><b>{value}</b></td></tr>'
    )


def metrics(lang: Lang) -> None:
    """Every metric with what it counts and leaves out, its formula, its worked example and its value now."""
    text = language.texts("quality", lang)
    view = filters.view()
    with st.container(key="panel_catalogue"):
        st.html(f'<p class="st st-panel">{text("catalogue", n=len(catalogue()))}</p>')
        for layer in layers().values():
            tiles = {tile.metric: tile for tile in fetch.depth(view, layer.id, "", "").tiles}
            rows = [_declared(catalogue()[name], tiles[name], text) for name in layer.metrics]
            with st.expander(layer.label[lang]):
                st.html(f'<table class="st st-metrics"><tbody>{"".join(rows)}</tbody></table>')
