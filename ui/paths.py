"""Where the journey breaks: the ways of orders through the stages, each with the score it ends with."""

from __future__ import annotations

import altair as alt
import pandas as pd

from metrics import paths as questions
from metrics.declare import Lang
from metrics.paths import Path, Paths
from ui import fetch, language, theme
from ui.dots import Dot, dots, unit_label
from ui.language import Texts
from ui.panel import Column, panel
from ui.theme import Tokens
from ui.view import View

LATE = "\u00a0▲"


def words(path: Path, stages: dict[str, str], text: Texts) -> str:
    """A way: its stages, the late ones marked."""
    return " → ".join(
        text("path_late", stage=stages.get(stage, stage)) if stage in path.late else stages.get(stage, stage)
        for stage in path.stages
    )


def _marked(path: Path, stages: dict[str, str]) -> str:
    """A way as the chart writes it: short enough for a phone to tell it from others."""
    return " → ".join(f"{stages.get(stage, stage)}{LATE if stage in path.late else ''}" for stage in path.stages)


def _facts(path: Path, text: Texts) -> str:
    """What is known of a way; a phone may cut the end."""
    days = text("path_open", n=path.orders)
    if path.days is not None:
        days = text("path_days", days=language.number(path.days, text.lang))
    score = (
        text("path_few", n=path.scored)
        if path.score is None
        else text("path_scored", n=path.scored, score=language.number(path.score, text.lang, 1))
    )
    return " · ".join([*([text("path_worse")] if path.is_worse else []), score, text("path_n", n=path.orders), days])


def ordered(found: Paths) -> list[Path]:
    """The surest low scores first; ways without a score last, by their orders."""
    return sorted(found.paths, key=lambda path: (path.high is None, path.high or 0.0, -path.orders))


def chart(found: Paths, stages: dict[str, str], lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """The ways with their scores; None where no way has one."""
    text = language.texts("clients", lang)
    shown = ordered(found)
    rows = [
        Dot(_marked(path, stages), _facts(path, text), path.score, path.low, path.high, is_worse=path.is_worse)
        for path in shown
    ]
    first = shown[0] if shown else None
    if first is None or first.score is None:
        return None, text("paths_none")
    said = text("paths_alt", path=words(first, stages, text), score=language.number(first.score, lang, 1))
    drawn = dots(rows, unit_label(""), "satisfaction", lang, colours)
    return (None if drawn is None else _with_mean(drawn, found.score, rows, colours)), said


def _with_mean(drawn: alt.LayerChart, mean: float | None, rows: list[Dot], colours: Tokens) -> alt.LayerChart:
    """The mean of all ways beside the score of each, where it runs through no words."""
    means = alt.Chart(pd.DataFrame([{"at": at, "mean": mean} for at, row in enumerate(rows) if row.value is not None]))
    tick = means.mark_tick(color=colours.ink, orient="vertical", size=22, thickness=1.5, yOffset=18)
    x = alt.X("mean:Q", scale=alt.Scale(zero=False, nice=False), title=None)
    drawn.layer = [tick.encode(x=x, y=alt.Y("at:O", axis=None)), *drawn.layer]
    return drawn


def frame(found: Paths, stages: dict[str, str]) -> pd.DataFrame:
    """The ways as rows to take away."""
    return pd.DataFrame([
        {
            "path": " → ".join(stages.get(stage, stage) for stage in path.stages),
            "late": ", ".join(stages.get(stage, stage) for stage in path.late), "orders": path.orders,
            "days": path.days, "score": path.score, "low": path.low, "high": path.high, "scored": path.scored,
        }
        for path in ordered(found)
    ])  # fmt: skip


def columns(text: Texts) -> tuple[Column, ...]:
    """The columns of `frame`."""
    return (
        Column("path", text("column_path")), Column("late", text("column_late")),
        Column("orders", text("column_orders"), "count"), Column("days", text("column_days"), "number"),
        Column("score", text("column_score"), "number"), Column("low", text("column_low"), "number"),
        Column("high", text("column_high"), "number"), Column("scored", text("column_scored"), "count"),
    )  # fmt: skip


def paths(view: View, lang: Lang) -> None:
    """The ways of the period's orders."""
    text, stages = language.texts("clients", lang), fetch.stage_labels(lang)
    found = fetch.asked(questions.paths, view)
    with panel("paths", text("paths"), lang, text("paths_note")) as here:
        if not found.paths:
            here.words(text("paths_none" if found.is_known else "paths_unknown"))
            return
        drawn, said = chart(found, stages, lang, theme.tokens())
        if drawn is None:
            here.table(frame(found, stages), columns(text))
        else:
            here.chart(drawn, said, frame(found, stages), columns(text))
            here.words(text("paths_key"))
        if not any(path.is_worse for path in found.paths):
            here.words(text("paths_same"))
        if found.unseen:
            here.words(text("paths_rest", n=found.unseen))
