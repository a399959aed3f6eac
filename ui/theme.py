"""The look as code: the tokens that charts need, for both themes, and the theme all charts share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from metrics.declare import Lang
from ui.language import MONTHS, MONTHS_LONG


@dataclass(frozen=True)
class Tokens:
    """The colours of one theme (design: the same as in strata.css)."""

    page: str
    card: str
    line: str
    ink: str
    muted: str
    worse: str
    layers: dict[str, str]


LIGHT = Tokens(
    "#F6F7F9", "#FFFFFF", "#E3E7EC", "#1B2430", "#5B6675", "#B3261E",
    {"satisfaction": "#2563B8", "transactional": "#0B7A5B", "operational": "#A85B00", "employee": "#6B2D5C"},
)  # fmt: skip
DARK = Tokens(
    "#11161D", "#1A212B", "#2A3441", "#E8ECF2", "#9AA6B6", "#FF8A80",
    {"satisfaction": "#5B9BFF", "transactional": "#3FBF98", "operational": "#F2B155", "employee": "#F0D0EE"},
)  # fmt: skip
DARK_TO_LIGHT = {
    **{getattr(DARK, name): getattr(LIGHT, name) for name in ("page", "card", "line", "ink", "muted", "worse")},
    **{colour: LIGHT.layers[layer] for layer, colour in DARK.layers.items()},
}  # what is drawn for paper has the light colours
FONT = '"Source Sans", sans-serif'
WEEKDAYS: dict[Lang, tuple[str, ...]] = {
    "en": ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"),
    "ru": ("вс", "пн", "вт", "ср", "чт", "пт", "сб"),  # noqa: RUF001 - Russian words
}
MONTHS_ON_AXES: dict[Lang, tuple[str, ...]] = {  # alone, not after a day: not in the genitive
    "en": MONTHS_LONG["en"],
    "ru": (
        "январь", "февраль", "март", "апрель", "май", "июнь",
        "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
    ),
}  # fmt: skip


def tokens() -> Tokens:
    """The colours of the theme the reader looks at."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def chart_config(colours: Tokens, lang: Lang) -> dict[str, Any]:
    """The configuration every chart takes."""
    return {
        "background": "transparent",
        "aria": False,  # the chart says in one sentence what it shows; its marks lie at heights that are no values
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": colours.muted, "titleColor": colours.muted, "labelFontSize": 13, "titleFontSize": 13,
            "gridColor": colours.line, "domainColor": colours.line, "tickColor": colours.line, "labelPadding": 6,
        },
        "text": {"color": colours.ink, "fontSize": 13},
        "mark": {"tooltip": None},  # under the pointer stands what a chart says there, never the names of its fields
        "locale": {
            "time": {
                "dateTime": "%x, %X", "date": "%d.%m.%Y", "time": "%H:%M:%S", "periods": ["AM", "PM"],
                "days": list(WEEKDAYS[lang]), "shortDays": list(WEEKDAYS[lang]),
                "months": list(MONTHS_ON_AXES[lang]), "shortMonths": list(MONTHS[lang]),
            },
            "number": {
                "decimal": "," if lang == "ru" else ".", "thousands": "\u202f" if lang == "ru" else ",",
                "grouping": [3], "currency": ["", ""],
            },
        },
    }  # fmt: skip
