"""What happened, on a time chart: numbered ticks along its top, and the same as a list that needs no pointer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from html import escape

import altair as alt
import pandas as pd

from metrics.declare import Lang
from ui import language, tips
from ui.theme import Tokens

NARROWEST = 0.07  # the part of the axis that a number needs on a phone: closer ones share a label
HEAD = 24  # px
IN_SIGHT = 5  # as many of a long list are listed openly, the latest


@dataclass(frozen=True)
class Note:
    """One event as a reader sees it. `first`, `last`: calendar days, both included. `about`: what it is limited to."""

    number: int
    first: date
    last: date
    said: str
    about: str = ""

    def when(self, lang: Lang) -> str:
        """Its days in words."""
        return language.span(self.first, self.last, lang)


def lines(notes: Sequence[Note], lang: Lang) -> tuple[str, ...]:
    """The events as plain lines, for files."""
    return tuple(
        f"{note.number} · {note.when(lang)}: {note.said}" + (f" ({note.about})" if note.about else "") for note in notes
    )


def within(notes: Sequence[Note], first: datetime, end: datetime) -> list[Note]:
    """Those that a time axis from `first` to `end` can show."""
    return [note for note in notes if _start(note) < end and _end(note) > first]


def ticks(notes: Sequence[Note], first: datetime, end: datetime, lang: Lang, colours: Tokens) -> list[alt.Chart]:
    """The layers that mark events on a chart whose time axis runs from `first` to `end`; they belong under the others.

    They stand above the plot and need HEAD px more height.
    """
    rows = _rows(within(notes, first, end), first, end, lang)
    if not rows:
        return []
    said = tips.lines("when", "said", "about")
    top = alt.value(0)
    base = alt.Chart(pd.DataFrame(rows)).encode(x=alt.X("at:T", title=None))
    thread = base.mark_rule(color=colours.muted, strokeDash=[2, 3], strokeWidth=1, opacity=0.6)
    layers = [
        thread,
        base.mark_rule(color=colours.ink, strokeWidth=2).encode(y=alt.value(-4), y2=alt.value(4)),
        base.mark_point(size=260, opacity=0, filled=True).encode(y=top, tooltip=said),
    ]
    longer = [row for row in rows if row["is_longer"]]
    if longer:
        span = alt.Chart(pd.DataFrame(longer)).encode(x=alt.X("from:T", title=None), x2="to:T", y=top)
        layers.insert(1, span.mark_rule(color=colours.muted, strokeWidth=3).encode(tooltip=said))
    labels = alt.Chart(pd.DataFrame([row for row in rows if row["label"]])).encode(x=alt.X("at:T", title=None))
    layers.append(
        labels.mark_text(color=colours.ink, fontSize=13, fontWeight=600, baseline="bottom").encode(
            y=alt.value(-6), text="label:N", tooltip=said
        )
    )
    return layers


def _start(note: Note) -> datetime:
    return datetime.combine(note.first, time())


def _end(note: Note) -> datetime:
    return datetime.combine(note.last, time()) + timedelta(days=1)


def _rows(notes: Sequence[Note], first: datetime, end: datetime, lang: Lang) -> list[dict[str, object]]:
    """One row per event. Shape: at, from, to, is_longer, label ('' where the one before speaks for it), words."""
    groups: list[list[tuple[datetime, Note]]] = []
    for note in notes:
        at = max(_start(note) + timedelta(hours=12), first)
        if groups and at - groups[-1][0][0] < (end - first) * NARROWEST:
            groups[-1].append((at, note))
        else:
            groups.append([(at, note)])
    return [
        {
            "at": at, "from": max(_start(note), first), "to": min(_end(note), end), "is_longer": note.last > note.first,
            "label": "" if place else _label([one for _, one in group]),
            "when": f"{note.number}. {note.when(lang)}", "said": note.said, "about": note.about,
        }
        for group in groups
        for place, (at, note) in enumerate(group)
    ]  # fmt: skip


def _label(group: list[Note]) -> str:
    first, last = group[0].number, group[-1].number
    return str(first) if first == last else f"{first}{language.DASH}{last}"


def in_words(notes: Sequence[Note], lang: Lang) -> str:
    """How many are marked, for those who do not see the chart; '' when there are none."""
    return " " + language.texts("annotations", lang)("on_chart", n=len(notes)) if notes else ""


def listed(notes: Sequence[Note], lang: Lang) -> str:
    """The events as HTML, numbered as on the chart; the earlier of many can be unfolded."""
    if not notes:
        return ""
    shown = IN_SIGHT if len(notes) > 2 * IN_SIGHT else 2 * IN_SIGHT  # a few more than fit are not worth a click
    early, late = notes[:-shown], notes[-shown:]
    folded = ""
    if early:
        words = language.texts("annotations", lang)("earlier", n=len(early))
        folded = f'<details><summary class="muted">{words}</summary>{_list(early, lang)}</details>'
    return f'<div class="st st-events">{folded}{_list(late, lang)}</div>'


def _list(notes: Sequence[Note], lang: Lang) -> str:
    lines = "".join(
        f'<li style="display:flex;gap:8px;margin:2px 0"><b style="min-width:1.4em;text-align:right">{note.number}</b>'
        f'<span style="overflow-wrap:anywhere"><span class="muted">{note.when(lang)}</span> {escape(note.said)}'
        + (f' <span class="muted">· {escape(note.about)}</span>' if note.about else "")
        + "</span></li>"
        for note in notes
    )
    return f'<ol style="list-style:none;margin:0;padding:0">{lines}</ol>'
