"""Which columns are scores, of which instrument, by what their questions ask and which numbers stand in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from data.ingest import profile, scales
from data.ingest.decisions import Decision, chosen
from data.ingest.mapping import Score
from data.ingest.profile import Profile
from data.ingest.recognise import Recognised
from data.ingest.scales import SCALES, Seen


class Decided(Protocol):
    """A decision about one column, its facts known."""

    def __call__(self, value: str, why: str, *, sure: bool) -> Decision: ...


NO = "no"
GROUP = "nps group"  # beside the column of an NPS question, Qualtrics writes the group of each answer
FEW = 10  # answers; fewer do not show their scale
NUMBERS = 0.9  # share of whole numbers from which on a column is one of numbers


def scores(found: Recognised, free: Sequence[Profile], choices: Mapping[str, str]) -> list[Decision]:
    """Every column that may be a score, with the instrument it is of, or `NO`."""
    groups = {name.removesuffix(GROUP).strip() for one in found.columns for name in one.known_as if GROUP in name}
    decided = []
    for one in free:
        if one.seen is None or GROUP in " ".join(one.column.known_as) or one.dates is not None:
            continue
        proposed = _decision(one, one.seen, bool(groups & set(one.column.known_as) - {""}))
        about = f"score:{one.column.name}"
        offered = proposed.others if proposed else _offered(one, one.seen)
        by_hand = chosen(about, choices, offered, found.opened.name)
        if decision := by_hand or proposed:
            decided.append(decision)
    return decided


def _asked(one: Profile) -> str:
    """The question of a column, with its code where that stands apart."""
    return " ".join(dict.fromkeys((one.column.name, one.column.label)))


def _offered(one: Profile, seen: Seen) -> tuple[str, ...]:
    """What a person may make of a column."""
    if not seen.numbers:
        return (NO,)
    # what does not fit is rejected one by one; a few rows, such as some that come back corrected, show no scale
    fitting = [name for name, scale in SCALES.items() if seen.on(*scale) >= (NUMBERS if seen.count >= FEW else 0.01)]
    on = scales.possible(seen, scales.said_scale(_asked(one))) if seen.high <= 10 else []
    return tuple(dict.fromkeys([NO, *fitting, *(choice for scale in on for choice in scales.conversions(*scale))]))


def _decision(one: Profile, seen: Seen, is_nps: bool) -> Decision | None:
    """The instrument of a column, and whether its numbers bear that out; None for a column that asks for nothing."""
    about, offered = f"score:{one.column.name}", _offered(one, seen)
    asked = {name: profile.strength(name, one.column) for name in (*SCALES, "rating")}
    instrument = "nps" if is_nps else next((name for name in SCALES if asked[name][0]), "")
    word = asked[instrument][1] if instrument and not is_nps else asked["rating"][1]
    facts = {"low": seen.low, "high": seen.high, "count": seen.count, "word": word, "instrument": instrument}

    def decided(value: str, why: str, *, sure: bool) -> Decision:
        return Decision(about, value, why, facts, sure, offered)

    if seen.share < NUMBERS:
        is_scale = bool(instrument or asked["rating"][0]) and len(seen.texts) > 1
        facts["texts"] = ", ".join(seen.texts)
        return decided(NO, "scale_of_words", sure=True) if is_scale else None
    if seen.high > 10:
        return decided(NO, "scale_foreign", sure=False) if instrument else None
    if not instrument and (seen.high - seen.low < 2 or seen.count < FEW):
        return None
    if not instrument:
        return _by_rating(decided, seen) if asked["rating"][0] else decided(NO, "asks_for_nothing", sure=True)
    in_header = scales.said_anchors(_asked(one))
    for anchors, ends in ((seen.anchors, (seen.low, seen.high)), (in_header, _ends(in_header))):
        if _is_upside_down(anchors, ends):
            facts["anchors"] = "; ".join(f"{number} {words}" for number, words in sorted(anchors.items()))
            return decided(instrument, "scale_upside_down", sure=False)
    low, high = SCALES[instrument]
    said = scales.said_scale(_asked(one))
    if said and said != (low, high):
        facts |= {"low": said[0], "high": said[1]}
        return decided(NO, "scale_said_other", sure=False)
    if seen.low < low or seen.high > high:
        return decided(NO, "scale_other", sure=False)
    if said or is_nps:
        return decided(instrument, "scale_said", sure=True)
    if instrument == "nps" and seen.low > 0 and seen.high == high:
        return decided(NO, "never_zero", sure=False)
    if seen.count < FEW:
        return decided(instrument, "scale_few", sure=False)
    if seen.high < (8 if instrument == "nps" else high):
        return decided(instrument, "scale_short", sure=False)
    return decided(instrument, "scale_seen", sure=True)


def _by_rating(decided: Decided, seen: Seen) -> Decision:
    """A column that is called a score and nothing more: 1-5 is offered as csat, 0-10 as nothing in particular."""
    if seen.low >= 1 and seen.high == SCALES["csat"][1]:
        return decided("csat", "only_a_rating", sure=False)
    return decided(NO, "only_a_rating", sure=False)


def _ends(anchors: Mapping[int, str]) -> tuple[int, int]:
    """Which of the numbers that a question names are the ends of its scale; one alone is that which it is nearer to."""
    low, high = min(anchors, default=0), max(anchors, default=0)
    return (low, high) if low < high else (low, -1) if low <= 1 else (-1, high)


def _is_upside_down(anchors: Mapping[int, str], ends: tuple[int, int]) -> bool:
    """Whether words stand at the ends of a scale, and the bad ones not at the low end."""
    low_words, high_words = (anchors.get(end, "") for end in ends)
    return profile.says("low", high_words) or bool(low_words and not profile.says("low", low_words))


def score(decision: Decision, comment: str) -> Score:
    """A score column as it is mapped: by its own numbers, or by what a person chose to make of them."""
    column = decision.about.removeprefix("score:")
    instrument, _, how = decision.value.partition(" ")
    if not how:
        return Score(column, instrument, comment)
    if how == "reversed":
        return Score(column, instrument, comment, scales.conversions(*SCALES[instrument])[decision.value])
    low, high = map(int, how.removeprefix("from ").split("-"))
    return Score(column, instrument, comment, scales.conversions(low, high)[decision.value])
