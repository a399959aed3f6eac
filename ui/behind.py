"""What the page on what stands behind a score draws, in the order in which it is read."""

from __future__ import annotations

import streamlit as st

from metrics import behind as question
from metrics.behind import Behind
from metrics.declare import Lang
from ui import chain, dose, drivers, facts, fetch, filters, language, quadrant, step_scores, team_scores
from ui.view import View


def _stands_on(found: Behind, lang: Lang) -> str:
    text = facts.texts(lang)
    return text(
        "stands_on", linked=language.number(found.linked, lang), answers=language.number(found.answers, lang),
        days=language.span(found.days.start, found.days.last, lang), longer=text("longer") if found.is_longer else "",
    )  # fmt: skip


def page(view: View, lang: Lang) -> None:
    """The sentence, the drivers, where to begin, the doses, the teams and steps, the chain."""
    text = facts.texts(lang)
    found = fetch.asked(question.behind, view, filters.chosen("score"))
    st.html(f'<p class="st st-sentence">{drivers.said(found, lang)}</p>')
    st.html(f'<p class="st muted">{_stands_on(found, lang)}</p>')
    offered = tuple(name for name in question.INSTRUMENTS if name in found.scores)
    if len(offered) > 1:
        filters.choice("score", text("score_choice"), offered, found.instrument, lambda name: text(facts.SCORES[name]))
    drivers.drivers(found, lang)
    quadrant.quadrant(found, lang)
    dose.dose(found, view, lang)
    team_scores.teams(found, view, lang)
    step_scores.steps(found, view, lang)
    chain.chain(view, lang)
