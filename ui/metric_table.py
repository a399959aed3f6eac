"""All metrics of a layer in one table: value, interval, n, change with its verdict, target."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import pandas as pd

from metrics.board import Tile
from metrics.declare import Lang
from metrics.depth import Depth
from metrics.load import catalogue
from ui import cards, language, units
from ui.columns import Column


def _row(tile: Tile, lang: Lang, currency: str, link: cards.Link) -> str:
    metric = catalogue()[tile.metric]
    text = language.texts("layers", lang)
    name = f'<th scope="row">{cards.explained(metric, metric.label[lang], lang)}</th>'
    if not tile.is_shown or tile.now.value is None:
        return f'<tr>{name}<td colspan="5" class="muted">{cards.absent(tile, text)}</td></tr>'
    interval = (
        units.between(metric, tile.now.low, tile.now.high, lang, currency)
        if tile.now.low is not None and tile.now.high is not None
        else ""
    )
    shape = cards.spark([value for _, value in tile.course[-cards.SPARK_WEEKS :]])
    drawn = f'<div class="st-spark" style="{shape}"></div>' if shape else ""
    value = units.shown(metric, tile.now.value, lang, currency)
    number = f'<a href="{escape(link(metric.id))}"><b>{value}</b></a>'
    return (
        f'<tr>{name}<td class="number">{number}</td><td class="muted">{interval}</td>'
        f'<td class="muted">{cards.stands_on(tile, metric, text)}</td>'
        f"<td>{cards.change(tile, metric, text, currency)}</td><td>{drawn}</td></tr>"
    )


def metric_table(depth: Depth, lang: Lang, currency: str, link: cards.Link) -> str:
    """The table as HTML. `link`: metric -> the address of the rows it counts."""
    text = language.texts("depth", lang)
    head = "".join(
        f'<th scope="col">{text(f"column_{key}")}</th>' for key in ("metric", "value", "interval", "n", "change")
    )
    rows = "".join(_row(tile, lang, currency, link) for tile in depth.tiles)
    return (
        f'<table class="st st-metrics" style="--of:var(--{depth.layer})"><thead><tr>{head}<th></th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def columns(lang: Lang) -> tuple[Column, ...]:
    """The columns of `frame`: as on the screen, and behind them the plain numbers to calculate on."""
    text = language.texts("depth", lang)
    return (
        Column("metric", text("column_metric")),
        Column("shown", text("column_value")),
        Column("interval", text("column_interval")),
        Column("n", text("column_rows"), "count"),
        Column("change", text("column_change")),
        Column("unit", text("column_unit"), is_raw=True),
        *(Column(name, text(f"column_{name}"), "number", is_raw=True) for name in ("value", "low", "high", "before")),
    )


def frame(tiles: Iterable[Tile], lang: Lang, currency: str) -> pd.DataFrame:
    """The metrics as rows to take away. What may not be shown has words instead of numbers here too."""
    text = language.texts("layers", lang)
    rows = []
    for tile in tiles:
        metric = catalogue()[tile.metric]
        is_shown = tile.is_shown and tile.now.value is not None
        has_interval = is_shown and tile.now.low is not None and tile.now.high is not None
        is_enough = tile.before.n >= metric.minimum_n
        rows.append({
            "metric": metric.label[lang],
            "shown": units.shown(metric, tile.now.value, lang, currency) if is_shown else cards.absent(tile, text),
            "interval": units.between(metric, tile.now.low, tile.now.high, lang, currency) if has_interval else "",
            "n": tile.now.n if is_shown else None,
            "change": language.plain(cards.change(tile, metric, text, currency)) if is_shown else "",
            "unit": {"share": "0-1", "money": currency}.get(metric.unit, metric.unit),
            "value": tile.now.value if is_shown else None,
            "low": tile.now.low if has_interval else None,
            "high": tile.now.high if has_interval else None,
            "before": tile.before.value if is_shown and (metric.is_tally or is_enough) else None,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=[column.name for column in columns(lang)]).astype({"n": "Int64"})
