"""Parts of a whole as bars from one line, each under its name and its words; a mark shows what it was before."""

from __future__ import annotations

import altair as alt
import pandas as pd

from metrics.declare import Lang
from ui.theme import Tokens, chart_config

ROW, THICK = 50, 14  # px a part: its words above, its bar below
BELOW = 12  # px from the middle of a row to the middle of its bar


def bars(parts: pd.DataFrame, lang: Lang, colours: Tokens, colour: str) -> alt.LayerChart | None:
    """The bars in the order of the rows; None when there is nothing to draw.

    Shape: one row per part: label, words, value (0 or more), before (the value it was, null where that is not known).
    """
    most = float(pd.concat([parts["value"], parts["before"]]).max()) if len(parts) else 0.0
    if not most > 0:
        return None
    scale = alt.Scale(domain=[0, most], nice=False)
    base = alt.Chart(parts).encode(y=alt.Y("label:N", sort=list(parts["label"]), axis=None))
    words = base.mark_text(baseline="middle", dy=-BELOW + 2)
    return (
        alt.layer(
            base.mark_bar(size=THICK, yOffset=BELOW, y2Offset=BELOW, color=colour, opacity=0.75).encode(
                x=alt.X("value:Q", scale=scale, axis=None)
            ),
            base.transform_filter("isValid(datum.before)")
            .mark_tick(size=THICK + 8, thickness=2, yOffset=BELOW, color=colours.ink)
            .encode(x=alt.X("before:Q", scale=scale, axis=None)),
            words.mark_text(align="left", fontWeight=600, dy=-BELOW + 2).encode(x=alt.value(0), text="label:N"),
            words.mark_text(align="right", dy=-BELOW + 2).encode(x=alt.value("width"), text="words:N"),
        )
        .properties(height=ROW * len(parts))
        .configure(**chart_config(colours, lang))
    )
