"""The columns of a table as readers see them, on the screen and in the files they take away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import pandas as pd
import streamlit as st

from metrics.declare import Lang
from ui import language
from ui.language import NARROW

Kind = Literal["text", "count", "number", "share", "money", "day", "instant", "flag"]


@dataclass(frozen=True)
class Column:
    """One column. `name`: in the frame. `kind` says how it is written; shares are 0-1, instants the company's clock.

    `digits`: decimals of a number. `is_raw`: for calculating on, so only in files, not on the screen and on paper.
    `is_difference`: of two shares, so in percentage points.
    """

    name: str
    label: str
    kind: Kind = "text"
    digits: int = 1
    is_raw: bool = False
    is_difference: bool = False


def on_screen(rows: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """The rows as the table on the screen shows them: rounded to what is read, shares as per cent."""
    shown = rows[[column.name for column in columns]].copy()
    for column in columns:
        if column.kind in ("number", "share", "money"):
            numbers = pd.to_numeric(shown[column.name], errors="coerce")
            parts = 100 * numbers if column.kind == "share" else numbers
            shown[column.name] = [language.rounded(one, _decimals(column)) for one in parts.astype(float)]
    return shown


def _decimals(column: Column) -> int:
    return 0 if column.kind == "money" else column.digits


def _unit(column: Column, lang: Lang) -> str:
    return language.texts("units", lang)("pp") if column.is_difference else "%"


def config(column: Column, lang: Lang) -> Any:
    """How the table on the screen shows a column: numbers in the browser's way, decimals below decimals."""
    step = 1 if column.kind == "count" else 10 ** -_decimals(column)
    match column.kind:
        case "count" | "money" | "number":
            return st.column_config.NumberColumn(column.label, format="localized", step=step)
        case "share":
            unit = _unit(column, lang)
            return st.column_config.NumberColumn(f"{column.label}, {unit}", format="localized", step=step)
        case "day":
            return st.column_config.DateColumn(column.label, format="DD.MM.YYYY" if lang == "ru" else "YYYY-MM-DD")
        case "instant":
            return st.column_config.DatetimeColumn(
                column.label, format="DD.MM.YYYY HH:mm" if lang == "ru" else "YYYY-MM-DD HH:mm"
            )
        case "flag":
            return st.column_config.CheckboxColumn(column.label)
        case _:
            return st.column_config.TextColumn(column.label)


def is_missing(value: Any) -> bool:
    """Whether a cell is empty."""
    return value is None or (not isinstance(value, str | list | tuple) and bool(pd.isna(value)))


def day(value: Any) -> date:
    """A cell as a day."""
    return value.date() if isinstance(value, datetime) else pd.Timestamp(value).date()


def written(value: Any, column: Column, lang: Lang) -> str:
    """A cell as people read it on paper: rounded, in the language's own way."""
    if is_missing(value):
        return ""
    match column.kind:
        case "count" | "money":
            return language.number(float(value), lang)
        case "number":
            return language.number(float(value), lang, column.digits)
        case "share":
            return f"{language.number(100 * float(value), lang, column.digits)}{NARROW}{_unit(column, lang)}"
        case "day":
            return day(value).strftime("%d.%m.%Y" if lang == "ru" else "%Y-%m-%d")
        case "instant":
            return language.instant(pd.Timestamp(value), lang)
        case "flag":
            return language.texts("takeaway", lang)("yes" if value else "no")
        case _:
            return str(value)
