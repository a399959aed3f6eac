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


def words(path: Path, stages: dict[str, str], text: Texts) -> str:
    """A way: its stages, the late ones marked."""
    return " → ".join(
        text("path_late", stage=stages.get(stage, stage)) if stage in path.late else stages.get(stage, stage)
        for stage in path.stages
    )


def _facts(path: Path, text: Texts) -> str:
    days = text("path_open") if path.days is None else text("path_days", days=language.number(path.days, text.lang))
    score = (
        text("path_few", n=path.scored)
        if path.score is None
        else text("path_scored", n=path.scored, score=language.number(path.score, text.lang, 1))
    )
    said = [text("path_n", n=path.orders), days, score]
    return " · ".join(said + ([text("path_worse")] if path.is_worse else []))


def ordered(found: Paths) -> list[Path]:
    """The surest low scores first; ways without a score last, by their orders."""
    return sorted(found.paths, key=lambda path: (path.high is None, path.high or 0.0, -path.orders))


def chart(found: Paths, stages: dict[str, str], lang: Lang, colours: Tokens) -> tuple[alt.LayerChart | None, str]:
    """The ways with their scores; None where no way has one."""
    text = language.texts("clients", lang)
    shown = ordered(found)
    rows = [
        Dot(words(path, stages, text), _facts(path, text), path.score, path.low, path.high, is_worse=path.is_worse)
        for path in shown
    ]
    first = shown[0] if shown else None
    if first is None or first.score is None:
        return None, text("paths_none")
    said = text("paths_alt", path=words(first, stages, text), score=language.number(first.score, lang, 1))
    return dots(rows, unit_label(""), "satisfaction", lang, colours, aim=found.score), said


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
        if not any(path.is_worse for path in found.paths):
            here.words(text("paths_same"))
        if found.unseen:
            here.words(text("paths_rest", n=found.unseen))
