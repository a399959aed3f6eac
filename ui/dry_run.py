"""What a survey file would change: every row and answer accounted for, the first of them, and the headline metrics."""

from __future__ import annotations

from html import escape
from pathlib import PurePath

import pandas as pd
import streamlit as st

from data.ingest import rejects
from data.ingest.draft import Draft, Named
from data.ingest.ledger import Counts
from data.ingest.survey import Survey
from metrics.board import Tile
from metrics.declare import Lang
from metrics.effect import Effect
from metrics.load import catalogue
from ui import cards, decisions, fetch, language, units, upload_history
from ui.columns import Column, config, on_screen
from ui.language import Texts

MOST_NAMES = 20  # unknown clients that are asked about at once
SAMPLE = 5
STORED = (
    "answered_at", "client", "client_id", "instrument", "score", "comment", "stage", "channel", "language", "case_id",
    "order_id", "respondent_role", "asked_at", "survey",
)  # fmt: skip


def first_rows(survey: Survey, lang: Lang) -> None:
    """The first rows of the file as they stand in it."""
    text = language.texts("upload", lang)
    st.html(f'<p class="st"><b>{text("first_rows")}</b></p>')
    rows = pd.DataFrame(survey.sample[:SAMPLE], columns=list(survey.header))
    st.dataframe(rows, hide_index=True, height="content", placeholder="")


def counts(made: Counts, lang: Lang) -> None:
    """What became of every row and of every score."""
    text = language.texts("upload", lang)
    shown = [
        ("added", made.added), ("duplicate", made.duplicate), ("changed", made.changed), ("rejected", made.rejected),
        ("awaiting", made.awaiting),
    ]  # fmt: skip
    tiles = "".join(
        f'<div><p class="muted">{text(name)}</p><p class="value">{language.number(count, lang)}</p></div>'
        for name, count in shown
    )
    parts = " + ".join(language.number(count, lang) for name, count in shown if name != "awaiting")
    scores = text("sum_of_scores", given=text("scores", n=made.given), sum=parts)
    rows = text("sum_of_rows", rows=text("rows", n=made.rows_in), taken=language.number(made.rows_taken, lang),
                rejected=language.number(made.rows_rejected, lang))  # fmt: skip
    st.html(f'<div class="st st-counts">{tiles}</div><p class="st muted">{escape(rows)} {escape(scores)}</p>')


def shown(made: Draft, key: str, lang: Lang) -> None:
    """Everything a person should see before taking the file in."""
    text = language.texts("upload", lang)
    st.html(f'<p class="st st-panel"><b>{text("check")}</b><span class="muted">{text("check_note")}</span></p>')
    counts(made.counts, lang)
    if made.before:
        known = "same_file" if made.before[-1].is_live else "same_file_undone"
        st.info(text(known, at=language.instant(made.before[-1].uploaded_at, lang)))
    if made.counts.added and (doubles := made.alike()):
        st.warning(text("alike", n=doubles))
    if made.counts.stored:
        _headlines(made, key, lang)
        _unknown(made, key, lang)
        _changed(made, lang)
        _stored(made, lang)
    _rejects(made, key, lang)


def _headlines(made: Draft, key: str, lang: Lang) -> None:
    """What the metrics of the layer of answers would become."""
    text = language.texts("upload", lang)
    window, found = fetch.effect(made.part, made.seen)
    period = language.span(window.whole[0].start, window.whole[0].last, lang)
    with st.container(key=f"moved_{key}"):
        st.html(f'<p class="st st-panel"><b>{text("would_be")}</b>'
                f'<span class="muted">{text("period", days=period)}</span></p>')  # fmt: skip
        if all(one.is_none for one in found):
            st.caption(text("all_waiting" if made.counts.stored == made.counts.awaiting else "outside"))
            return
        said = "".join(_row(one, lang, text) for one in found)
        heads = "".join(f"<th>{text(name)}</th>" for name in ("metric", "now", "after", "after_n"))
        st.html(f'<table class="st st-metrics"><thead><tr>{heads}</tr></thead><tbody>{said}</tbody></table>')


def _row(one: Effect, lang: Lang, text: Texts) -> str:
    metric = catalogue()[one.metric]
    now, after = _value(one.now, lang), f"→ {_value(one.after, lang)}"
    if one.is_none:
        after = f'<span class="muted">{text("unchanged")}</span>'
    n = units.counted(metric, one.after.now.n, lang) if one.after.is_shown else ""
    return f"<tr><th>{escape(metric.label[lang])}</th><td>{now}</td><td>{after}</td><td>{escape(n)}</td></tr>"


def _value(tile: Tile, lang: Lang) -> str:
    metric, currency = catalogue()[tile.metric], fetch.lake().currency
    if not tile.is_shown or tile.now.value is None:
        return f'<span class="muted">{escape(cards.absent(tile, language.texts("layers", lang), short=True))}</span>'
    between = (
        f' <span class="muted">({units.between(metric, tile.now.low, tile.now.high, lang, currency)})</span>'
        if tile.now.low is not None and tile.now.high is not None
        else ""
    )
    return f"<b>{units.shown(metric, tile.now.value, lang, currency)}</b>{between}"


def _unknown(made: Draft, key: str, lang: Lang) -> None:
    """Clients that nobody knows for sure: who is meant, as far as a guess is worth showing."""
    text = language.texts("upload", lang)
    named = made.named()
    waiting = [one for one in named if one.client_id is None]
    _by_name([one for one in named if one.how == "name"], lang)
    if not waiting:
        return
    st.html(f'<p class="st st-panel"><b>{text("unknown")}</b><span class="muted">{text("unknown_note")}</span></p>')
    for one in waiting[:MOST_NAMES]:
        upload_history.who(one, f"who_{key}", lang)
    if len(waiting) > MOST_NAMES:
        st.caption(text("more_unknown", n=len(waiting) - MOST_NAMES))


def _by_name(met: list[Named], lang: Lang) -> None:
    """Clients that were found by their name: who was taken for whom, and how alike the two names are."""
    if not met:
        return
    text = language.texts("upload", lang)
    with st.expander(text("by_name", n=len(met))):
        rows = pd.DataFrame([
            {"said": one.said, "client": fetch.clients().get(one.client_id or "", ""), "score": one.score,
             "answers": one.answers}
            for one in sorted(met, key=lambda one: one.score)
        ])  # fmt: skip
        columns = [
            Column("said", decisions.column("client", lang)), Column("client", decisions.column("client_id", lang)),
            Column("score", text("alike_how"), "share"), Column("answers", text("answers"), "count"),
        ]  # fmt: skip
        _table(rows, columns, lang)


def _changed(made: Draft, lang: Lang) -> None:
    """What answers that are there already said before, and would say."""
    if not made.counts.changed:
        return
    text = language.texts("upload", lang)
    rows = made.changes()
    rows["column"] = [decisions.column(name, lang) for name in rows["column"]]
    rows["question"] = [decisions.short(said) for said in rows["question"]]
    heads = {"client": decisions.column("client_id", lang), "answered_at": decisions.column("answered_at", lang),
             "question": text("question"), "column": text("column"), "before": text("was"), "after": text("will_be"),
             "answer_id": decisions.column("answer_id", lang)}  # fmt: skip
    st.html(f'<p class="st st-panel"><b>{text("changed_answers")}</b>'
            f'<span class="muted">{text("changed_note")}</span></p>')  # fmt: skip
    kinds = {"answered_at": "instant"}
    _table(rows, [Column(name, label, kinds.get(name, "text")) for name, label in heads.items()], lang)  # type: ignore[arg-type]


def _table(rows: pd.DataFrame, columns: list[Column], lang: Lang) -> None:
    st.dataframe(
        on_screen(rows, columns), hide_index=True, placeholder="",
        column_config={column.name: config(column, lang) for column in columns},
    )  # fmt: skip


def _stored(made: Draft, lang: Lang) -> None:
    """The first answers as they would be stored."""
    text = language.texts("upload", lang)
    st.html(f'<p class="st"><b>{text("stored_as")}</b></p>')
    rows = made.first_rows(SAMPLE)
    rows["client_id"] = rows["name"].where(rows["name"] != "")
    rows = rows[[name for name in (*STORED, "answer_id") if name in rows and not rows[name].isna().all()]]
    rows["instrument"] = rows["instrument"].map(decisions.INSTRUMENTS)
    kinds = {"score": "count", "answered_at": "instant", "asked_at": "instant"}
    columns = [Column(name, decisions.column(name, lang), kinds.get(name, "text")) for name in rows.columns]  # type: ignore[arg-type]
    _table(rows, columns, lang)


def _rejects(made: Draft, key: str, lang: Lang) -> None:
    """What cannot be taken and why, and the file to correct it in."""
    if not (made.counts.rejected or made.counts.rows_rejected):
        return
    text = language.texts("upload", lang)
    st.html(f'<p class="st st-panel"><b>{text("rejects")}</b><span class="muted">{text("rejects_note")}</span></p>')
    rows = rejects.first(made)
    rows["column"] = [decisions.column(name, lang) if name else "" for name in rows["column"]]
    rows["reason"] = [decisions.reason(said, lang) for said in rows["reason"]]
    columns = [
        Column("row", text("row"), "count"),
        *(Column(name, text(name)) for name in ("column", "value", "reason")),
    ]
    _table(rows, columns, lang)
    st.download_button(
        text("rejects_file"), lambda: rejects.text(made, lambda said: decisions.reason(said, lang)),
        file_name=f"{PurePath(made.survey.name).stem}-rejected.csv", mime="text/csv", on_click="ignore",
        key=f"rejects_{key}",
    )  # fmt: skip
