"""Where it hurts: the stages of the journey across, the layers down, a verdict in every cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import pandas as pd

from metrics.board import Board, Tile
from metrics.change import Verdict
from metrics.declare import Lang
from metrics.load import catalogue, layers
from ui import cards, language, units
from ui.columns import Column
from ui.language import Texts

STRONG = 0.001  # a change that chance alone would hardly ever give carries two marks


def _cell(tile: Tile, stage: str, text: Texts, currency: str, address: str, behind: str) -> str:
    metric = catalogue()[tile.metric]
    label = f'<span class="stage-label">{escape(stage)}</span>'
    if not tile.is_shown or tile.now.value is None:
        return f'<td class="none">{label}{cards.absent(tile, text, short=True)}</td>'
    strong = tile.p is not None and tile.p < STRONG
    css, mark = {
        Verdict.WORSE: (f"worse-cell{' strong' if strong else ''}", "▼▼" if strong else "▼"),
        Verdict.BETTER: ("better-cell", "▲▲" if strong else "▲"),
    }.get(tile.verdict, ("", "●"))
    value = units.shown(metric, tile.now.value, text.lang, currency)
    word = text(f"verdict_{tile.verdict.value}") if tile.verdict in cards.MARKS else ""
    hover = (
        f"{metric.label[text.lang]}, {stage}: {value}; {cards.stands_on(tile, metric, text)}; "
        f"{language.plain(cards.change(tile, metric, text, currency))}"
    )
    after = f' <span class="{tile.verdict.value}">{word}</span>' if word else ""
    opens = escape(text("opens_behind", stage=stage))
    marked = f'<span class="mark">{mark}</span>'
    if behind:
        marked = f'<a href="{escape(behind)}" title="{opens}" aria-label="{opens}">{marked}</a>'
    return (
        f'<td class="{css}" data-tip="{escape(hover)}">{label}{marked}'
        f'<a href="{escape(address)}" aria-label="{escape(hover)}"><b>{value}</b></a>{after}</td>'
    )


def _stage(name: str, behind: str, text: Texts) -> str:
    """The name of a stage, which opens what stands behind its score."""
    if not behind:
        return escape(name)
    return f'<a href="{escape(behind)}" title="{escape(text("opens_behind", stage=name))}">{escape(name)}</a>'


def _chosen(stages: dict[str, str], chosen: Sequence[str]) -> dict[str, str]:
    return {stage: name for stage, name in stages.items() if not chosen or stage in chosen}


def _title(layer: str, tiles: dict[str, Tile], lang: Lang) -> str:
    names = {catalogue()[tile.metric].short[lang] for tile in tiles.values()}
    return f"{layers()[layer].label[lang]} · {', '.join(sorted(names))}"


def columns(stages: dict[str, str], lang: Lang, chosen: Sequence[str] = ()) -> tuple[Column, ...]:
    """The columns of `frame`: the layer, then each stage."""
    text = language.texts("layers", lang)
    return (
        Column("layer", text("layer")),
        *(Column(stage, name) for stage, name in _chosen(stages, chosen).items()),
    )


def frame(board: Board, stages: dict[str, str], lang: Lang, currency: str, chosen: Sequence[str] = ()) -> pd.DataFrame:
    """The table as rows to take away: a row a layer, a column a stage, value with verdict in words."""
    text = language.texts("layers", lang)
    rows = []
    for layer, tiles in board.stages.items():
        row = {"layer": _title(layer, tiles, lang)}
        for stage in _chosen(stages, chosen):
            tile, metric = tiles[stage], catalogue()[tiles[stage].metric]
            if tile.is_shown and tile.now.value is not None:
                row[stage] = (
                    f"{units.shown(metric, tile.now.value, lang, currency)}, {cards.stands_on(tile, metric, text)}, "
                    f"{language.plain(cards.change(tile, metric, text, currency))}"
                )
            else:
                row[stage] = cards.absent(tile, text, short=True)
        rows.append(row)
    return pd.DataFrame(rows)


def heatmap(
    board: Board, stages: dict[str, str], lang: Lang, currency: str, chosen: Sequence[str], link: Callable[..., str],
    behind: Callable[[str], str] | None = None,
) -> str:  # fmt: skip
    """The table as HTML. `stages`: id -> name, in the order of the journey; `chosen`: only these, none means all.

    `link`: metric and stage -> the address of the rows a number counts. `behind`: stage -> the address of what stands
    behind its score; the names of the stages and the marks lead there.
    """
    text = language.texts("layers", lang)
    stages = _chosen(stages, chosen)
    to = {stage: behind(stage) if behind else "" for stage in stages}
    head = "".join(f'<th scope="col">{_stage(name, to[stage], text)}</th>' for stage, name in stages.items())
    rows = []
    for layer, tiles in board.stages.items():
        title = _title(layer, tiles, lang)
        cells = "".join(
            _cell(tiles[stage], name, text, currency, link(tiles[stage].metric, stage=stage), to[stage])
            for stage, name in stages.items()
        )
        rows.append(f'<tr style="--of:var(--{layer})"><th scope="row">{escape(title)}</th>{cells}</tr>')
    return (
        f'<table class="st st-heat"><thead><tr><th></th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
        if rows
        else f'<p class="st muted">{text("no_stages")}</p>'
    )
