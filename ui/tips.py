"""What a chart says under the pointer: lines of words, one below the other."""

from __future__ import annotations

import altair as alt

NAMELESS = "\u200b"  # a line needs a name of its own, or only the first is shown: so many signs that nobody sees


def lines(*fields: str | tuple[str, str]) -> list[alt.Tooltip]:
    """Fields of words as lines; a pair is a field and the name to stand before it. An empty line is not shown."""
    named = [
        (field, NAMELESS * at) if isinstance(field, str) else (field[0], f"{field[1]}: ")
        for at, field in enumerate(fields, 1)
    ]
    return [alt.Tooltip(f"{field}:N", title=name) for field, name in named]
