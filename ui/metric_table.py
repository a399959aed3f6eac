"""All metrics of a layer in one table: value, interval, n, change with its verdict, target."""

from __future__ import annotations

from html import escape

from metrics.board import Tile
from metrics.declare import Lang
from metrics.depth import Depth
from metrics.load import catalogue
from ui import cards, language, units


def _row(tile: Tile, lang: Lang, currency: str) -> str:
    metric = catalogue()[tile.metric]
    text = language.texts("layers", lang)
    name = f'<th scope="row" title="{escape(metric.about[lang])}">{escape(metric.label[lang])}</th>'
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
    return (
        f'<tr>{name}<td class="number"><b>{value}</b></td><td class="muted">{interval}</td>'
        f'<td class="muted">{cards.stands_on(tile, metric, text)}</td>'
        f"<td>{cards.change(tile, metric, text, currency)}</td><td>{drawn}</td></tr>"
    )


def metric_table(depth: Depth, lang: Lang, currency: str) -> str:
    """The table as HTML."""
    text = language.texts("depth", lang)
    head = "".join(
        f'<th scope="col">{text(f"column_{key}")}</th>' for key in ("metric", "value", "interval", "n", "change")
    )
    rows = "".join(_row(tile, lang, currency) for tile in depth.tiles)
    return (
        f'<table class="st st-metrics" style="--of:var(--{depth.layer})"><thead><tr>{head}<th></th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )
