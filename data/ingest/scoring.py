"""Which columns are scores, of which instrument, by what their questions ask and which numbers stand in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Protocol

from data.ingest import ladders, profile, scales
from data.ingest.decisions import Decision, chosen
from data.ingest.mapping import EACH, Score
from data.ingest.profile import Profile
from data.ingest.recognise import Recognised
from data.ingest.scales import SCALES, Seen


class Decided(Protocol):
    """A decision about one column, its facts known."""

    def __call__(self, value: str, why: str, *, sure: bool) -> Decision: ...


NO = "no"
GROUP = "nps group"  # beside the column of an NPS question, Qualtrics writes the group of each answer
FEW = 10  # answers; fewer do not show their scale
CHOICE, FEWEST_CHOICES = " / ", 3  # between a question and its choice in the name of a column; columns of one question
NUMBERS = 0.9  # share of whole numbers from which on a column is one of numbers


def scores(found: Recognised, free: Sequence[Profile], choices: Mapping[str, str]) -> list[Decision]:
    """Every column that may be a score, with the instrument it is of, or `NO`."""
    groups = {name.removesuffix(GROUP).strip() for one in found.columns for name in one.known_as if GROUP in name}
    decided = []
    for one in free:
        if one.seen is None or GROUP in " ".join(one.column.known_as) or one.dates is not None:
            continue
        proposed = _by_kind(found, one) or _decision(one, one.seen, bool(groups & set(one.column.known_as) - {""}))
        about = f"score:{one.column.name}"
        offered = proposed.others if proposed else _offered(one, one.seen)
        if ladders.read(choices.get(about, "")):  # in words of a person's own, whatever is offered
            offered = (*offered, choices[about])
        by_hand = chosen(about, choices, tuple(dict.fromkeys(offered)), found.opened.name)
        if by_hand and one.seen.texts:
            by_hand = replace(by_hand, facts={"listed": one.seen.texts})
        if decision := by_hand or proposed:
            decided.append(decision)
    return [*decided, *_apart(free)]


def kind(found: Recognised) -> str:
    """The column in which the tool says of each row which instrument its score is of; empty without one."""
    column = found.tool.column("instrument", found.columns)
    return column.name if column and found.tool.column("score", found.columns) else ""


def _by_kind(found: Recognised, one: Profile) -> Decision | None:
    """The score of a tool that says of each row which instrument it is of: as it says, never as one for all."""
    said, score = found.tool.column("instrument", found.columns), found.tool.column("score", found.columns)
    if said is None or score is None or one.column.place != score.place:
        return None
    rows = [(row[said.place].strip().lower(), row[score.place]) for row in found.sample if row[score.place].strip()]
    met = Counter(name for name, _ in rows if name)
    if not met:
        return None
    fits = True
    for name in met:
        numbers = scales.seen(value for told, value in rows if told == name)
        scale = SCALES.get(name)
        fits &= bool(scale and numbers and numbers.share >= NUMBERS and numbers.on(*scale) >= NUMBERS)
        fits &= name != "ces" or bool(numbers and numbers.high > SCALES["csat"][1])  # it may be one of 1-5
    facts = {"column": said.name, "kinds": ", ".join(f"{name} ({count})" for name, count in met.most_common())}
    return Decision(f"score:{one.column.name}", EACH, "instrument_each", facts, fits, (NO, EACH))


def _apart(free: Sequence[Profile]) -> list[Decision]:
    """Questions whose answers stand in a column for each choice: they are not read, and that is said."""
    decided = []
    for question, some in groupby(free, lambda one: one.column.name.rpartition(CHOICE)[0]):
        group = list(some)
        texts = [one.column.label for one in group]
        is_told = all(
            one.distinct <= 1 and (not one.seen or one.seen.texts in ((), (one.column.label,))) for one in group
        )
        if not question or len(group) < FEWEST_CHOICES or not is_told or not any(one.count for one in group):
            continue
        asked = any(profile.strength(name, one.column)[0] for name in (*SCALES, "rating") for one in group)
        if asked or ladders.conversions(texts):
            facts = {"count": len(group), "texts": ", ".join(texts)}
            decided.append(Decision(f"score:{question}", NO, "choices_apart", facts, others=(NO,)))
    return decided


def _asked(one: Profile) -> str:
    """The question of a column, with its code where that stands apart."""
    return " ".join(dict.fromkeys((one.column.name, one.column.label)))


def _offered(one: Profile, seen: Seen) -> tuple[str, ...]:
    """What a person may make of a column."""
    if not seen.numbers:
        return (NO, *ladders.conversions(seen.texts))
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
    facts: dict[str, object] = {
        "low": seen.low,
        "high": seen.high,
        "count": seen.count,
        "word": word,
        "instrument": instrument,
    }

    def decided(value: str, why: str, *, sure: bool) -> Decision:
        return Decision(about, value, why, facts, sure, offered)

    if seen.share < NUMBERS:
        return _of_words(decided, seen, offered, facts, is_asked=bool(instrument or asked["rating"][0]))
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


def _of_words(
    decided: Decided, seen: Seen, offered: Sequence[str], facts: dict[str, object], *, is_asked: bool
) -> Decision | None:
    """A question that is answered in words. On a scale that is known they are offered as a score, and asked about; of
    others it is said that nothing is taken, and a person may say what each is worth."""
    known = next((one for one in offered if ladders.read(one)), "")
    if len(seen.texts) < 2 or not (is_asked or known):
        return None
    values = ladders.read(known)
    told = [f"{text} = {score}" for text, score in values[1].items()] if values else seen.texts
    facts |= {"texts": ", ".join(told), "listed": seen.texts}
    return decided(known if is_asked and known else NO, "scale_of_words", sure=not (is_asked and known))


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


def score(decision: Decision, comment: str, by: str) -> Score:
    """A score column as it is mapped: by its own numbers, or by what a person chose to make of them. `by`: see kind."""
    column = decision.about.removeprefix("score:")
    if decision.value == EACH:
        return Score(column, EACH, comment, by=by)
    if told := ladders.read(decision.value):
        return Score(column, told[0], comment, told[1])
    instrument, _, how = decision.value.partition(" ")
    if not how:
        return Score(column, instrument, comment)
    if how == "reversed":
        return Score(column, instrument, comment, scales.conversions(*SCALES[instrument])[decision.value])
    low, high = map(int, how.removeprefix("from ").split("-"))
    return Score(column, instrument, comment, scales.conversions(low, high)[decision.value])
