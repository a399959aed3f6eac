"""The one true sentence a reader should leave with, chosen by the statistics, not by the size of a number."""

from __future__ import annotations

from html import escape

from metrics.board import Board, Tile
from metrics.change import Verdict
from metrics.declare import Lang
from metrics.load import catalogue
from ui import language, units
from ui.language import Texts


def _strongest(board: Board, verdict: Verdict) -> tuple[Tile, str] | None:
    """The surest change of that kind with its stage, or ''. A stage says more than its layer's total."""
    stages = [(tile, stage) for tiles in board.stages.values() for stage, tile in tiles.items()]
    headlines = [(one.headline, "") for one in board.columns if one.headline]
    others = [(tile, "") for one in board.columns for tile in one.tiles]
    for candidates in (stages, headlines, others):
        found = [(tile.p, tile, stage) for tile, stage in candidates if tile.verdict == verdict and tile.is_shown]
        if found:
            _, tile, stage = min(found, key=lambda entry: entry[0] or 0.0)
            return tile, stage
    return None


def _lead(board: Board, stages: dict[str, str], text: Texts, currency: str) -> tuple[str, Tile | None]:
    shown = [one.headline for one in board.columns if one.headline and one.headline.is_shown]
    if not shown:
        few = any(one.headline and one.headline.is_measured for one in board.columns)
        return text("lead_few" if few else "lead_nothing"), None
    for verdict in (Verdict.WORSE, Verdict.BETTER):
        found = _strongest(board, verdict)
        if found is None:
            continue
        tile, stage = found
        metric = catalogue()[tile.metric]
        if tile.now.value is None or tile.before.value is None:
            continue
        facts = {
            "metric": escape(metric.short[text.lang]),
            "value": units.shown(metric, tile.now.value, text.lang, currency),
            "before": units.shown(metric, tile.before.value, text.lang, currency),
            "since": text("since", day=language.day(tile.since, text.lang)) if tile.since else "",
        }
        key = f"lead_{verdict.value}"
        if stage:
            return text(f"{key}_stage", stage=escape(stages[stage]), **facts), tile
        return text(key, **facts), tile
    if all(tile.change.difference is None for tile in shown):
        return text("lead_no_comparison"), None
    return text("lead_none"), None


def _score(board: Board, text: Texts, currency: str) -> str:
    """How the clients' score itself stands: it is what people look for first."""
    tile = board.columns[0].headline
    if tile is None or not tile.is_measured:
        return ""
    metric = catalogue()[tile.metric]
    name = escape(metric.short[text.lang])
    if not tile.is_shown or tile.now.value is None:
        return text("score_few", metric=name)
    interval = ""
    if tile.now.low is not None and tile.now.high is not None:
        interval = f" ({units.between(metric, tile.now.low, tile.now.high, text.lang, currency)})"
    key = {
        Verdict.WORSE: "score_worse",
        Verdict.BETTER: "score_better",
        Verdict.NO_REAL_CHANGE: "score_same",
    }.get(tile.verdict, "score_alone")
    value = units.shown(metric, tile.now.value, text.lang, currency)
    return text(key, metric=name, value=value, interval=interval)


def sentence(board: Board, stages: dict[str, str], lang: Lang, currency: str) -> str:
    """The sentence as HTML: what really changed, then how the clients' score stands."""
    text = language.texts("layers", lang)
    lead, about = _lead(board, stages, text, currency)
    first = board.columns[0].headline
    is_said = about is not None and first is not None and (about.metric, about.now) == (first.metric, first.now)
    score = "" if is_said else _score(board, text, currency)
    return f'<p class="st st-sentence">{lead} {score}</p>'
