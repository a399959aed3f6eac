"""The choices a person makes about one survey file: each decision with its reason, the open ones first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from html import escape
from zoneinfo import available_timezones

import streamlit as st

from data.ingest import scoring
from data.ingest.decisions import Decision
from data.ingest.survey import Survey
from metrics.declare import Lang
from ui import decisions, fetch, in_words, language
from ui.language import Texts

OF_FILE = (
    "tool", "encoding", "delimiter", "quotes", "sheet", "formulas", "header", "header_rows", "unfinished", "dates",
    "zone",
)  # fmt: skip
CONSTANT = ("stage", "client", "answered_at")  # what may be the same for all answers of a file
OF_SCORES = ("score", "scores", "comment")
WIDE = 420
Why = Callable[[Decision], str]


def _kind(one: Decision) -> str:
    return one.about.partition(":")[0]


def _offered(one: Decision) -> tuple[str, ...]:
    if one.about == "zone":
        return tuple(sorted(available_timezones()))
    return tuple(dict.fromkeys((*one.others, one.value)))


def _select(one: Decision, key: str, choose: decisions.Choose, lang: Lang) -> None:
    offered, widget = _offered(one), f"{key}_{one.about}_{one.value}_{one.sure}"

    def take() -> None:
        said = st.session_state[widget]
        if said is not None:
            choose(one.about, said)

    st.selectbox(
        decisions.label(one.about, lang), offered, offered.index(one.value) if one.sure else None, key=widget,
        format_func=lambda said: decisions.value(one.about, said, lang), on_change=take, width=WIDE,
        placeholder=language.texts("upload", lang)("pick"), label_visibility="visible" if one.sure else "collapsed",
    )  # fmt: skip


def _why(one: Decision, lang: Lang) -> str:
    return language.verbatim(decisions.why(one, lang))


def _asked(survey: Survey) -> list[Decision]:
    """What is open; that there is no score at all is no question while one column may be one."""
    is_one_open = any(_kind(one) == "score" for one in survey.unsure)
    return [one for one in survey.unsure if not (one.about == "scores" and is_one_open)]


def open_questions(survey: Survey, key: str, choose: decisions.Choose, lang: Lang) -> None:
    """What has to be said before the file can be taken in."""
    text = language.texts("upload", lang)
    unsure = _asked(survey)
    if not unsure:
        return
    st.html(f'<p class="st"><b class="worse">▼ {escape(text("to_decide", n=len(unsure)))}</b></p>')
    for one in unsure:
        if one.about == "scores":
            st.markdown(f"**{decisions.label(one.about, lang)}**: {_why(one, lang)}")
            another_score(survey, key, choose, lang)
            continue
        st.markdown(f"**{language.verbatim(decisions.label(one.about, lang))}**: {_why(one, lang)}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _select(one, key, choose, lang)
            if one.value:
                said = decisions.value(one.about, one.value, lang)
                st.button(
                    text("confirm", value=said), key=f"{key}_{one.about}_so", on_click=choose,
                    args=(one.about, one.value), type="secondary",
                )  # fmt: skip
            if one.about in CONSTANT:
                constant(one.about, survey, key, choose, lang)
        if in_words.is_worded(one):
            with st.expander(text("words_worth")):
                in_words.worth(one, key, choose, lang)


def settled(survey: Survey, key: str, choose: decisions.Choose, lang: Lang) -> None:
    """All that was decided, by what it is about; what is no score is left to the choice of another one."""
    text = language.texts("upload", lang)
    said = [one for one in survey.decisions if one.sure and (_kind(one) != "score" or one.value != scoring.NO)]
    count = text("decisions", n=len(survey.decisions))

    def why(one: Decision) -> str:
        if survey.saved is not None and survey.saved.choices.get(one.about) == one.value and one.why == "chosen":
            return text("as_saved")
        return _why(one, lang)

    with st.expander(text("how_read", n=count)):
        _group(text("the_file"), [one for one in said if _kind(one) in OF_FILE], key, choose, lang, why)
        roles = [one for one in said if _kind(one) not in (*OF_FILE, *OF_SCORES)]
        _group(text("the_columns"), roles, key, choose, lang, why)
        _group(text("the_scores"), [one for one in said if _kind(one) in OF_SCORES], key, choose, lang, why)
        asked = {one.about for one in _asked(survey)}
        if "scores" not in asked:
            another_score(survey, key, choose, lang)
        st.html(f'<p class="st"><b>{text("all_the_same")}</b></p>')
        with st.container(horizontal=True):
            for about in CONSTANT:
                if about not in asked:
                    constant(about, survey, key, choose, lang)
            _named(survey, key, choose, text)


def _group(title: str, listed: Sequence[Decision], key: str, choose: decisions.Choose, lang: Lang, why: Why) -> None:
    if not listed:
        return
    st.html(f'<p class="st"><b>{escape(title)}</b></p>')
    with st.container(horizontal=True, vertical_alignment="top"):
        for one in listed:
            with st.container(width=WIDE):
                _select(one, key, choose, lang)
                st.caption(why(one))


def another_score(survey: Survey, key: str, choose: decisions.Choose, lang: Lang) -> None:
    """A column that is taken for no score, and which score it is after all."""
    text = language.texts("upload", lang)
    free = {one.about: one for one in survey.decisions if _kind(one) == "score" and one.value == scoring.NO}
    offering = {about: one for about, one in free.items() if len(one.others) > 1 or in_words.is_worded(one)}
    if not offering:
        st.caption(text("nothing_to_take"))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = st.selectbox(
            text("add_score"), list(offering), None, key=f"{key}_another", width=WIDE, placeholder=text("pick"),
            format_func=lambda about: decisions.short(about.partition(":")[2]),
        )  # fmt: skip
        if picked is None:
            return
        offered = [said for said in offering[picked].others if said != scoring.NO]
        widget = f"{key}_another_{picked}"

        def take() -> None:
            if (said := st.session_state[widget]) is not None:
                choose(picked, said)

        if offered:
            st.selectbox(
                decisions.label(picked, lang), offered, None, key=widget, on_change=take, width=WIDE,
                format_func=lambda said: decisions.value(picked, said, lang), placeholder=text("pick"),
            )  # fmt: skip
    if in_words.is_worded(offering[picked]):
        st.caption(text("words_worth"))
        in_words.worth(offering[picked], f"{key}_another", choose, lang)


def constant(about: str, survey: Survey, key: str, choose: decisions.Choose, lang: Lang) -> None:
    """What stands in every row, where no column says it."""
    text = language.texts("upload", lang)
    chosen = next((one.value for one in survey.decisions if one.about == about and one.why != "chosen"), "")
    if chosen:
        return
    name = f"constant:{about}"
    said, widget = survey.choices.get(name, ""), f"{key}_{name}_{survey.choices.get(name, '')}"

    def take() -> None:
        given = st.session_state[widget]
        choose(name, given.isoformat() if isinstance(given, date) else given or "")

    if about == "stage":
        stages = fetch.stage_labels(lang)
        st.selectbox(
            text("all_stage"), list(stages), list(stages).index(said) if said in stages else None, key=widget,
            format_func=stages.__getitem__, on_change=take, width=240, placeholder=text("pick"),
        )  # fmt: skip
    elif about == "answered_at":
        st.date_input(
            text("all_day"), date.fromisoformat(said) if said else None, key=widget, on_change=take, width=240,
            format="DD.MM.YYYY" if lang == "ru" else "YYYY-MM-DD",
        )  # fmt: skip
    else:
        st.text_input(text("all_client"), said, key=widget, on_change=take, width=240)


def _named(survey: Survey, key: str, choose: decisions.Choose, text: Texts) -> None:
    widget = f"{key}_survey"
    st.text_input(
        text("survey"), survey.mapping.survey, key=widget, width=WIDE,
        on_change=lambda: choose("survey", st.session_state[widget]),
    )  # fmt: skip
