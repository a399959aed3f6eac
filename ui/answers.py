"""The receipts behind a point or row that was clicked: the latest answers, and from each the way into its journey."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from metrics.behind_rows import Listed
from metrics.declare import Lang
from metrics.receipt_sums import MOST_ROWS
from ui import facts, fetch, filters, journey, language
from ui.columns import Column
from ui.panel import panel


def answers(
    key: str, what: str, found: Listed, lang: Lang, told: Sequence[Column] = (), rows: pd.DataFrame | None = None
) -> None:  # fmt: skip
    """The panel of the list. `key`: what in the address opened it. `told`: more of each, to be found in `rows`."""
    text = facts.texts(lang)
    with panel(f"{key}_rows", text("behind_rows", what=what), lang, text("behind_rows_note", n=found.n)) as here:
        shown = found.rows if rows is None else rows
        named = shown.assign(stage=shown["stage"].replace(fetch.stage_labels(lang)))
        here.table(
            named,
            (
                Column("answered_at", text("column_answered"), "instant"),
                Column("score", text("column_score"), "count"), Column("client", text("column_client")),
                Column("stage", text("column_stage")),
                *told,
                Column("case_id", text("column_case")),
            ),
            opens=journey.visit,
        )  # fmt: skip
        more = f" {text('behind_rows_more', n=language.number(MOST_ROWS, lang))}" if found.n > MOST_ROWS else ""
        here.words(language.texts("journey", lang)("tick") + more)
        st.button(text("close"), key=f"close_{key}", on_click=_close, args=(key,), type="tertiary")


def ticks(key: str, names: Sequence[str]) -> dict[str, Any]:
    """A tick of a row of a table puts its name into the address under `key`; the row named there is ticked."""
    widget = filters.keyed(f"tick_{key}", filters.chosen(key))

    def take() -> None:
        ticked = st.session_state[widget]["selection"]["rows"]
        if ticked:
            st.query_params[key] = names[ticked[0]]
        else:
            st.query_params.pop(key, None)

    chosen = [at for at, name in enumerate(names) if name == filters.chosen(key)][:1]
    return {
        "key": widget, "selection_mode": "single-row", "on_select": take,
        "selection_default": {"selection": {"rows": chosen}},
    }  # fmt: skip


def _close(key: str) -> None:
    st.query_params.pop(key, None)
