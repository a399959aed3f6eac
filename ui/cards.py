"""The four layers as four cards: a headline, its interval, its change in words, and the tiles under it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from urllib.parse import quote

from metrics.board import Board, Column, Tile
from metrics.change import Reliability, Verdict
from metrics.declare import Lang, Metric
from metrics.lack import Lack
from metrics.load import catalogue, layers
from ui import language, units
from ui.language import DASH, Texts

MARKS = {Verdict.WORSE: "▼", Verdict.BETTER: "▲", Verdict.CHANGED: "◆"}
LACKS = {Lack.NOT_MEASURED: "not_measured", Lack.NO_MONTH: "no_whole_month", Lack.NO_FACTS: "no_facts"}
WIDTH, HEIGHT = 120, 36
SPARK_WEEKS = 26
Link = Callable[..., str]


def spark(values: Sequence[float | None]) -> str:
    """The course of a metric as a small line with a dot at its end: a CSS image that takes the layer's colour."""
    known = [(i, value) for i, value in enumerate(values) if value is not None]
    if len(known) < 4:
        return ""
    low, high = min(v for _, v in known), max(v for _, v in known)
    scale = (HEIGHT - 14) / (high - low) if high > low else 0.0
    step = (WIDTH - 14) / max(1, len(values) - 1)
    points = [(4 + i * step, HEIGHT - 7 - (v - low) * scale if scale else HEIGHT / 2) for i, v in known]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f'<polyline points="{line}" fill="none" stroke="#000" stroke-width="1.6" vector-effect="non-scaling-stroke"/>'
        f'<path d="M{x:.1f},{y:.1f}h.01" stroke="#000" stroke-width="5" stroke-linecap="round" '
        'vector-effect="non-scaling-stroke"/></svg>'
    )
    return f"--shape:url('data:image/svg+xml,{quote(svg)}')"


def verdict(tile: Tile, text: Texts) -> str:
    """What may be said of the change, as the end of a line: a mark and a word, never colour alone."""
    if tile.facts_end is not None:
        return f'<span class="muted">{text("facts_end", day=language.day(tile.facts_end, text.lang, year=True))}</span>'
    if tile.change.difference is None:
        return f'<span class="muted">{text("no_comparison")}</span>'
    if tile.verdict in MARKS:
        css = tile.verdict.value
        return f'<span class="{css}">{MARKS[tile.verdict]} {text(f"verdict_{css}")}</span>'
    if tile.verdict == Verdict.TOO_FEW:
        return f'<span class="muted">{text("verdict_too_few_before")}</span>'
    key = "verdict_no_real_change"
    if tile.verdict == Verdict.UNKNOWN:
        key = "verdict_few_clients" if tile.is_of_few_clients else "verdict_unknown"
    return f'<span class="muted">{text(key)}</span>'


def change(tile: Tile, metric: Metric, text: Texts, currency: str, *, versus: str = "") -> str:
    """The change with its verdict: -4 vs the 13 weeks before, no real change."""
    if tile.change.difference is None:
        return verdict(tile, text)
    by = units.difference(metric, tile.change.difference, tile.before.value, text.lang, currency)
    against = f' <span class="muted">{versus}:</span>' if versus else ""
    return f"{by}{against} {verdict(tile, text)}"


def stands_on(tile: Tile, metric: Metric, text: Texts) -> str:
    """What a number stands on, in words; that it is a direction only; which filters it does not know."""
    said = [] if metric.value == "n" else [units.counted(metric, tile.now.n, text.lang)]  # the number itself
    if tile.reliability == Reliability.DIRECTIONAL:
        said.append(text("directional"))
    if tile.is_weighed:
        said.append(text("weighed"))
    if metric.is_monthly:
        said.append(text("whole_months"))
    said += [text(f"ignores_{name}") for name in tile.ignored]
    return " · ".join(said)


def _range(tile: Tile, metric: Metric) -> str:
    """The interval drawn on the metric's scale, with the target as an upright mark."""
    low, high, value = tile.now.low, tile.now.high, tile.now.value
    if low is None or high is None or value is None:
        return '<div class="st-range"></div>'
    start, end = metric.scale or {"points": (-100.0, 100.0), "share": (0.0, 1.0)}.get(metric.unit, (0.0, 2 * high))

    def at(x: float) -> float:
        return round(100 * min(1.0, max(0.0, (x - start) / (end - start))), 1)

    target = f'<em style="left:{at(metric.target)}%"></em>' if metric.target is not None else ""
    return (
        f'<div class="st-range"><i></i><u style="left:{at(low)}%;width:{max(0.5, at(high) - at(low)):.1f}%"></u>'
        f'<s style="left:{at(value)}%"></s>{target}</div>'
    )


def _spark(tile: Tile) -> str:
    shape = spark([value for _, value in tile.course[-SPARK_WEEKS:]])
    return f'<div class="st-spark" style="{shape}"></div>' if shape else "<div></div>"


def absent(tile: Tile, text: Texts, *, short: bool = False) -> str:
    """Why a number is not shown."""
    if tile.is_hidden:
        return text("hidden_short" if short else "hidden")
    if tile.now.value is not None:
        return text("too_few", n=tile.now.n)
    if short:
        return text("no_month_short" if tile.lack == Lack.NO_MONTH else "no_facts_short")
    return text(LACKS[tile.lack])


def _target(metric: Metric, tile: Tile, text: Texts, currency: str) -> str:
    """The target, and whether it is missed beyond noise."""
    if metric.target is None:
        return ""
    said = text("target", value=units.shown(metric, metric.target, text.lang, currency))
    bad = tile.now.high if metric.better == "up" else tile.now.low
    missed = bad is not None and (bad < metric.target if metric.better == "up" else bad > metric.target)
    return f'{said} <span class="worse">▼ {text("missed")}</span>' if missed else said


def explained(metric: Metric, name: str, lang: Lang) -> str:
    """A metric's name that says, under the pointer or the keyboard, what it counts."""
    return f'<span tabindex="0" data-tip="{escape(metric.about[lang])}">{escape(name)}</span>'


def _linked(metric: Metric, value: str, link: Link) -> str:
    return f'<p class="value"><a href="{escape(link(metric.id))}">{value}</a></p>'


def _headline(tile: Tile, text: Texts, currency: str, versus: str, link: Link) -> str:
    metric = catalogue()[tile.metric]
    name = f'<p class="name">{explained(metric, metric.short[text.lang], text.lang)}</p>'
    if not tile.is_shown or tile.now.value is None:
        none = f'<p class="value muted">{DASH}</p>'
        return f'<div class="st-head">{name}{none}</div><p class="muted">{absent(tile, text)}</p>'
    value = units.shown(metric, tile.now.value, text.lang, currency)
    if tile.now.low is not None and tile.now.high is not None:
        stands = units.between(metric, tile.now.low, tile.now.high, text.lang, currency)
        stands = f"{stands} · {stands_on(tile, metric, text)}"
    else:
        stands = stands_on(tile, metric, text)
    aim = _target(metric, tile, text, currency)
    return (
        f'<div class="st-head">{name}{_linked(metric, value, link)}{_spark(tile)}</div>'
        f"{_range(tile, metric)}"
        f'<p class="muted">{stands}</p><p>{change(tile, metric, text, currency, versus=versus)}</p>'
        + (f'<p class="muted">{aim}</p>' if aim else "")
    )


def _tile(tile: Tile, text: Texts, currency: str, link: Link) -> str:
    metric = catalogue()[tile.metric]
    name = f'<p class="name">{explained(metric, metric.short[text.lang], text.lang)}</p>'
    if not tile.is_shown or tile.now.value is None:
        none = f'<p class="value muted">{DASH}</p>'
        return f'<div class="st-tile">{name}{none}<p class="muted">{absent(tile, text)}</p></div>'
    value = units.shown(metric, tile.now.value, text.lang, currency)
    if tile.now.low is not None and tile.now.high is not None:
        sure = units.between(metric, tile.now.low, tile.now.high, text.lang, currency)
    else:
        sure = ""
    note = metric.note[text.lang] if metric.note else ""
    lines = [part for part in (sure, stands_on(tile, metric, text), note) if part]
    aim = _target(metric, tile, text, currency)
    return (
        f'<div class="st-tile">{name}<div class="row">{_linked(metric, value, link)}{_spark(tile)}</div>'
        f"<p>{change(tile, metric, text, currency)}</p>"
        f'<p class="muted">{" · ".join(lines)}</p>' + (f'<p class="muted">{aim}</p>' if aim else "") + "</div>"
    )


def _card(column: Column, text: Texts, currency: str, versus: str, link: Link) -> str:
    layer = layers()[column.layer]
    title = f"<h2><b>{layer.label[text.lang]}</b><span class='muted'>{layer.question[text.lang]}</span></h2>"
    if column.headline is None:
        tables = ", ".join(f"<code>{table}</code>" for table in column.missing)
        words = f"<p>{text(f'missing_{column.layer}')}</p><p>{text('connect', tables=tables)}</p>"
        body = f'<div class="st-empty">{words}</div>'
    else:
        tiles = "".join(_tile(tile, text, currency, link) for tile in column.tiles)
        body = f'{_headline(column.headline, text, currency, versus, link)}<div class="st-tiles">{tiles}</div>'
    return f'<section class="st-card" style="--of:var(--{column.layer})">{title}{body}</section>'


def cards(board: Board, lang: Lang, currency: str, versus: str, link: Link) -> str:
    """The four cards as HTML. `versus`: the comparison in words; `link`: metric -> the rows its number counts."""
    text = language.texts("layers", lang)
    drawn = "".join(_card(column, text, currency, versus, link) for column in board.columns)
    return f'<div class="st st-cards">{drawn}</div>'
