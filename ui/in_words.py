"""Questions answered in words on the page that takes survey files in: what each answer is worth, by a person's word."""

from __future__ import annotations

import streamlit as st

from data.ingest import ladders, scoring
from data.ingest.decisions import Decision
from data.ingest.scales import SCALES
from data.ingest.survey import Survey
from metrics.declare import Lang
from ui import decisions, language

UNTAKEN = ("scale_of_words", "choices_apart")


def not_taken(survey: Survey, lang: Lang) -> None:
    """The questions of which nothing is taken because they are answered in words, each with its reason."""
    text = language.texts("upload", lang)
    said = [
        f"- **{language.verbatim(decisions.short(one.about.partition(':')[2]))}** · "
        f"{language.verbatim(decisions.why(one, lang))}"
        for one in survey.decisions
        if one.why in UNTAKEN and one.sure and one.value == scoring.NO
    ]
    if said:
        st.markdown("\n".join([text("not_taken"), *said]))


def is_worded(one: Decision) -> bool:
    """Whether it is about a question whose answers are words, few enough to be told apart."""
    return one.about.startswith("score:") and len(_listed(one)) >= ladders.FEWEST


def _listed(one: Decision) -> tuple[str, ...]:
    texts = one.facts.get("listed", ())
    return texts if isinstance(texts, tuple) else ()


def worth(one: Decision, key: str, choose: decisions.Choose, lang: Lang) -> None:
    """A score for each of the words of a question, as a person says."""
    text, place = language.texts("upload", lang), f"{key}_{one.about}_words"
    instrument = st.selectbox(
        decisions.label("instrument", lang), list(SCALES), 1, key=f"{place}_of", width=240,
        format_func=decisions.INSTRUMENTS.__getitem__,
    )  # fmt: skip
    low, high = SCALES[instrument]
    with st.container(horizontal=True):
        said = {
            answer: st.selectbox(
                language.verbatim(answer), range(low, high + 1), None, key=f"{place}_{instrument}_{nth}", width=240,
                placeholder=text("words_none"),
            )
            for nth, answer in enumerate(_listed(one))
        }  # fmt: skip
    given = {answer: score for answer, score in said.items() if score is not None}
    st.caption(text("words_note"))
    st.button(
        text("words_take"), key=f"{place}_take", disabled=not given, on_click=choose,
        args=(one.about, ladders.written(instrument, given)),
    )  # fmt: skip
