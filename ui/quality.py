"""What the page on the quality of the data draws: the tables, one of them closely, and the catalogue of metrics."""

from __future__ import annotations

from datetime import date, datetime
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from data import contract, quality, reasons
from data.lake import Manifest
from metrics.board import Tile
from metrics.declare import Lang, Metric
from metrics.load import catalogue, layers
from ui import cards, fetch, filters, language, layout, panel, units
from ui.columns import Column, Kind, written
from ui.language import Texts


def named(table: str, text: Texts) -> str:
    """A table by its name, an export of which lines could not be read by its file."""
    known = contract.tables().get(table)
    return known.label[text.lang] if known else text("export", name=table.removeprefix("raw."))


def reason(table: str, said: str, text: Texts) -> str:
    """Why a row was rejected, in the reader's words; what nobody foresaw stays as it was written down."""
    if rule := reasons.of_rule(table, said):
        return rule[text.lang]
    known = reasons.read(said)
    if known is None:
        return said
    code, facts = known
    if "table" in facts:
        facts["table"] = named(facts["table"], text)
    return text(f"reason_{code}", **facts)


def _held(one: quality.Holding, text: Texts, today: date) -> dict[str, Any]:
    """One table as a row: what came in, was kept and was rejected; how fresh it is and should be."""
    age = one.age(today)
    state = text("stale") if one.is_stale(today) else text("ok")
    if age is None:
        state = text("ahead") if one.is_ahead else ""
    return {
        "name": named(one.table, text), "table": one.table,
        "rows_in": one.counts.rows_in, "kept": one.counts.kept, "rejected": one.counts.rejected,
        "last": date.fromisoformat(one.counts.last) if one.counts.last else None,
        "fresh": "" if age is None else text("age", n=age), "usual": text("age", n=one.usual) if one.usual else "",
        "state": f"▼ {state}" if one.is_stale(today) else state,
    }  # fmt: skip


def _look(column: Column, said: str) -> str:
    return "number" if column.kind == "count" else "worse" if said.startswith("▼") else ""


def _html(rows: pd.DataFrame, columns: tuple[Column, ...], lang: Lang) -> str:
    """A short table in full: the id of each row under its name, late states marked; a phone names each number."""
    head = "".join(f'<th scope="col">{column.label}</th>' for column in (columns[0], *columns[2:]))
    body = []
    for row in rows.itertuples(index=False, name=None):
        name, key, *rest = (escape(written(value, column, lang)) for value, column in zip(row, columns, strict=True))
        cells = "".join(
            f'<td data-column="{column.label}" class="{_look(column, said)}">{said}</td>'
            for said, column in zip(rest, columns[2:], strict=True)
        )
        body.append(f'<tr><th scope="row">{name}<br><code>{key}</code></th>{cells}</tr>')
    return f'<table class="st st-metrics"><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table>'


def tables(said: Manifest, lang: Lang) -> None:
    """All tables of the lake, and those that are not connected."""
    text = language.texts("quality", lang)
    today = date.today()  # noqa: DTZ011 - the reader's own day
    kinds: dict[str, Kind] = {"rows_in": "count", "kept": "count", "rejected": "count", "last": "day"}
    columns = tuple(
        Column(key, text(key), kinds.get(key, "text"))
        for key in ("name", "table", "rows_in", "kept", "rejected", "last", "fresh", "usual", "state")
    )
    rows = pd.DataFrame([_held(one, text, today) for one in quality.holdings(said)])
    built = language.instant(datetime.fromisoformat(said.built_at), lang)
    with panel.panel("tables", text("tables"), lang, text("tables_note", built=built)) as here:
        st.html(_html(rows, columns, lang))
        here.takes(rows, columns)
        if missing := ", ".join(f"{named(name, text)} ({name})" for name in quality.absent(said)):
            here.words(text("absent", tables=missing))


def closely(said: Manifest, lang: Lang) -> None:
    """One table: how complete each column is, and the rows the checks rejected."""
    text = language.texts("quality", lang)
    names = tuple(one.table for one in quality.holdings(said))
    chosen = filters.chosen("table") if filters.chosen("table") in names else names[0]
    filters.choice("table", text("closely"), names, chosen, lambda name: named(name, text))
    if not chosen.startswith("raw."):
        declared = contract.tables()[chosen]
        title = text("completeness", table=declared.label[lang])
        note = text("one_row", what=declared.one_row_per[lang])
        with panel.panel("columns", title, lang, note) as here:
            filled = fetch.completeness(chosen)
            filled.insert(1, "about", [declared.stored[name].about[lang] for name in filled["column"]])
            st.html(_completeness(filled, text))
            kinds: dict[str, Kind] = {"required": "flag", "filled": "share"}
            labels = {"required": text("need")}
            here.takes(
                filled,
                tuple(Column(key, labels.get(key) or text(key), kinds.get(key, "text")) for key in filled.columns),
            )
    count = said.tables[chosen].rejected
    with panel.panel("rejects", text("rejects"), lang, text("rejects_note", n=count)) as here:
        if count:
            if count > quality.MOST_REJECTS:
                here.words(text("first_rejects", n=quality.MOST_REJECTS))
            found = fetch.rejects(chosen)
            found = found.assign(reason=[reason(chosen, why, text) for why in found["reason"]])
            here.table(found, _columns(("row", "column", "value", "reason", "record"), text))
    lost = fetch.unmatched()
    if not lost.empty:
        with panel.panel("unmatched", text("unmatched"), lang, text("unmatched_note", n=len(lost))) as here:
            lost = lost.assign(name=[named(table, text) for table in lost["table"]])
            here.table(lost, _columns(("name", "table", "client_id", "rows"), text))


def _columns(keys: tuple[str, ...], text: Texts) -> tuple[Column, ...]:
    return tuple(Column(key, text(key), "count" if key in ("row", "rows") else "text") for key in keys)


def _completeness(filled: pd.DataFrame, text: Texts) -> str:
    rows = []
    for column, about, required, share in filled.itertuples(index=False):
        said = "" if share != share else f"{language.number(100 * share, text.lang)}\u202f%"
        width = 0 if share != share else round(100 * share, 1)
        need = text("required") if required else ""
        rows.append(
            f'<tr><th scope="row"><code>{column}</code></th><td class="muted">{escape(about)}</td>'
            f'<td class="muted">{need}</td><td class="number">{said}</td>'
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


def _value(metric: Metric, tile: Tile, text: Texts) -> str:
    if tile.is_shown and tile.now.value is not None:
        return units.shown(metric, tile.now.value, text.lang, layout.currency())
    return cards.absent(tile, language.texts("layers", text.lang))


def _declared(metric: Metric, tile: Tile, text: Texts) -> str:
    """One metric as a row: what it counts, its formula, its worked example, its value now."""
    currency, value = layout.currency(), _value(metric, tile, text)
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
    with panel.panel("catalogue", text("catalogue"), lang, text("catalogue_note", n=len(catalogue()))) as here:
        every = []
        for layer in layers().values():
            tiles = {tile.metric: tile for tile in fetch.depth(view, layer.id, "", "").tiles}
            rows = [_declared(catalogue()[name], tiles[name], text) for name in layer.metrics]
            with st.expander(layer.label[lang]):
                st.html(f'<table class="st st-metrics"><tbody>{"".join(rows)}</tbody></table>')
            every += [_plain(catalogue()[name], tiles[name], text) for name in layer.metrics]
        here.takes(pd.DataFrame(every), tuple(Column(key, text(f"metric_{key}")) for key in every[0]))


def _plain(metric: Metric, tile: Tile, text: Texts) -> dict[str, str]:
    """One metric as a row to take away."""
    return {
        "id": metric.id,
        "name": metric.label[text.lang],
        "about": metric.about[text.lang],
        "formula": _formula(metric),
        "value": _value(metric, tile, text),
    }
