"""The page of changes: the sentence is chosen by the tests, the parts are seen to add up, signals are counted."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from ui_fixtures import BEFORE, NOW

from metrics.change import Verdict
from metrics.compute import NOTHING, Reading
from metrics.control import Rule
from metrics.declare import Lang
from metrics.moved import REST, Amount, Moved, Row, Unsplit
from metrics.signals import Course, Signals
from ui import delta, delta_groups, delta_words, signals, theme
from ui.columns import config, written

REAL, NOISE = (-12.0, -14.0, -7.0), (2.0, -9.0, 13.0)
OPPOSITE, RISE, UNJUDGED = (-2.0, -9.0, 13.0), (12.2, 7.0, 14.0), (-5.0, None, None)


def reading(value: float) -> Reading:
    return Reading(value, value - 5, value + 5, 200)


def row(group: str | None, performance: float, mix: float, letter: str = "", above: str = "") -> Row:
    return Row(group, reading(30), reading(32), 0.4, 0.6, performance, mix, Verdict.NO_REAL_CHANGE, letter, above)


Parts = tuple[float, float | None, float | None]


def one(performance: Parts, mix: Parts, verdict: Verdict, **more: bool) -> Moved:
    after = 31 + performance[0] + mix[0]
    rows = (row("Small", 1.25, -6.0, "B"), row(REST, performance[0] - 1.25, mix[0] + 6.0))
    return Moved("nps", "segment", ("segment", "stage"), NOW, BEFORE, reading(31), reading(after), 0.1, verdict,
                 Amount(*performance), Amount(*mix), rows=rows, put_together=2, **more)  # fmt: skip


def plain(said: str) -> str:
    return re.sub(r"<[^>]+>", "", said).replace("\u202f", " ")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (one(NOISE, REAL, Verdict.NO_REAL_CHANGE, is_against=True), "its groups did not do this."),
        (
            one(REAL, NOISE, Verdict.WORSE),
            "21, was 31: really worse. −12.0 is performance; mix by segment: +2.0 (within noise).",
        ),
        (one(NOISE, REAL, Verdict.WORSE), "Performance (+2.0) is within noise; −12.0 is mix by segment, beyond noise."),
        (one(REAL, NOISE, Verdict.NO_REAL_CHANGE), "no real change of the whole, but its groups moved it by −12.0."),
        (
            one(NOISE, REAL, Verdict.NO_REAL_CHANGE),
            "of the whole, but the mix by segment moved it by −12.0. Performance: +2.0",
        ),
        (
            one(NOISE, NOISE, Verdict.WORSE),
            "Neither performance (+2.0) nor mix by segment (+2.0) is beyond noise alone.",
        ),
        (one(UNJUDGED, UNJUDGED, Verdict.WORSE), "what of it is chance was not judged, for too few clients"),
        (one(NOISE, NOISE, Verdict.NO_REAL_CHANGE), "35, was 31: chance alone may explain the difference."),
        (one(NOISE, OPPOSITE, Verdict.NO_REAL_CHANGE), "NPS did not change: 31, as before. Performance +2.0"),
        (one(REAL, RISE, Verdict.NO_REAL_CHANGE), "31, as before: no real change of the whole, but its groups"),
        (one(REAL, RISE, Verdict.BETTER), "31, almost as before: really better."),
    ],
)
def test_the_sentence_follows_the_tests(found: Moved, said: str) -> None:
    """The same numbers with other intervals are another sentence."""
    assert said in plain(delta_words.said(found, "en"))
    assert "{" not in delta_words.said(found, "ru")


def test_the_banner_claims_no_more_than_is_beyond_noise() -> None:
    """Groups within noise point nowhere: then only the mix is named."""
    within, real = (one(part, REAL, Verdict.WORSE, is_against=True) for part in (NOISE, RISE))

    assert delta_words.banner(within, "en").startswith("Nothing shows that its groups moved it: ")
    assert "point different ways" in delta_words.banner(real, "en")


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (Unsplit.NEGATIVE, "credit notes outweigh the orders"),
        (Unsplit.UNRECORDED, "it was not recorded"),
        (Unsplit.OVERLAP, "in several groups or in none"),
    ],
)
def test_why_a_change_is_not_split_is_told_as_it_is(why: Unsplit, said: str) -> None:
    """A credit note is not a row that counts twice."""
    whole = Moved("nps", "channel", ("channel",), NOW, BEFORE, reading(31), reading(21), 0.01, Verdict.WORSE,
                  unsplit=why)  # fmt: skip

    assert said in delta_words.said(whole, "en")
    assert "не раскладывается: " in delta_words.said(whole, "ru")


def test_without_a_split_or_without_facts_the_sentence_says_that() -> None:
    """No parts are made up."""
    whole = Moved("nps", "channel", ("channel",), NOW, BEFORE, reading(31), reading(21), 0.01, Verdict.WORSE)
    few, unknown = (
        Moved("nps", "channel", ("channel",), NOW, BEFORE, reading(31), reading(21), None, verdict)
        for verdict in (Verdict.TOO_FEW, Verdict.UNKNOWN)
    )

    assert "it cannot be split" in plain(delta_words.said(whole, "en"))
    assert "too few facts" in plain(delta_words.said(few, "en"))
    assert "too few facts" in plain(delta_words.said(unknown, "en"))
    assert delta.waterfall(few, "en", theme.LIGHT)[0] is None


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_bars_lead_from_before_to_now(lang: Lang) -> None:
    """Each bar begins where the one before ends; the last is what the number is now; intervals lie around their end."""
    data = delta.steps(one(NOISE, REAL, Verdict.NO_REAL_CHANGE), lang)

    assert list(data["end"]) == [31, 33, 21, 21]
    assert list(data["start"]) == [31, 31, 33, 21]
    assert list(data["low"].dropna()) == [31 - 9, 33 - 14]
    assert list(data["amount"]) == [31, 2, -12, 21]


def test_parts_of_a_share_are_told_in_points_and_their_unit_once() -> None:
    """What a share moved by is no share: pp; and on a phone there is room for the unit once."""
    found = one(REAL, NOISE, Verdict.WORSE)
    share = Moved("csat", "segment", ("segment",), NOW, BEFORE, reading(0.9), reading(0.8), 0.1, Verdict.WORSE,
                  Amount(-0.026, -0.035, -0.016), Amount(0.0, -0.01, 0.01), rows=found.rows)  # fmt: skip
    columns = {column.name: column for column in delta_groups.columns(share, "en")}

    assert delta.steps(share, "en")["words"].iloc[1].replace("\u202f", " ") == (
        "Performance: −2.6 pp (−3.5 to −1.6 pp) · beyond noise"
    )
    assert written(0.0125, columns["mix"], "en") == "1.25\u202fpp"
    assert written(0.9, columns["now"], "en") == "90.0\u202f%"
    assert config(columns["mix"], "ru")["label"] == "Mix, п.\u202fп."


def test_groups_show_both_parts_and_their_sum() -> None:
    """Small groups under a common name; the parts of all rows come to the difference."""
    found = one(NOISE, REAL, Verdict.NO_REAL_CHANGE)
    data = delta_groups.groups(found, "en")
    chart, said = delta_groups.by_group(found, "en", theme.LIGHT)

    assert list(data["group"]) == ["Small", "Unnamed and small groups"]
    assert data["sum"].sum() == pytest.approx(-10)
    assert chart is not None
    assert "performance +1.3 · weight 40 % → 60 %, mix −6.0" in said.replace("\u202f", " ")
    assert [column.name for column in delta_groups.columns(found, "en")][:3] == ["group", "letter", "above"]


def course(metric: str, stage: str = "", *, is_up: bool = False) -> Course:
    return Course(metric, stage, (Rule.RUN,), date(2026, 6, 1), is_up, -2.0, 0.001, 0.01)


def test_signals_are_named_with_their_side_and_counted_against_chance() -> None:
    """A longer lead time is worse above, promises kept below; without signals that is said, and without weeks too."""
    found = Signals((course("promise_kept_share"), course("lead_time", is_up=True)), 65, 26, 11.9, NOW, BEFORE)

    assert plain(signals.said(found, "en")) == (
        "2 signals, the surest first: Promises kept ▼ worse, below usual, since 1 Jun; "
        "Lead time ▼ worse, above usual, since 1 Jun."
    )
    assert "Nothing stood out" in signals.said(Signals((), 65, 3, 12, NOW, BEFORE), "en")
    assert "Too few weeks have facts" in signals.said(Signals((), 0, 0, 0, NOW, None), "en")
    data, columns = signals.table(found, "en")
    assert list(data["rules"]) == ["8 weeks on one side"] * 2
    assert [column.name for column in columns] == list(data.columns)
    assert list(data["chance"]) == ["p = 0.010"] * 2


def test_weeks_on_both_sides_are_neither_better_nor_worse() -> None:
    """One bad week and a run of good ones: a mark for each would contradict the other."""
    found = Signals((replace(course("promise_kept_share", is_up=True), is_both=True),), 65, 26, 11.9, NOW, BEFORE)

    assert plain(signals.said(found, "en")) == (
        "1 signal: Promises kept ◆ some weeks above usual, some below, since 1 Jun."
    )
    assert "◆ то выше, то ниже обычного" in signals.said(found, "ru")


def test_what_is_odd_is_named_without_a_claim() -> None:
    """What may be chance is told below the list, with its first week, and as neither better nor worse."""
    found = Signals((), 65, 26, 11.9, NOW, BEFORE, odd=(course("promise_kept_share"),))

    assert plain(signals.odd(found, "en")).startswith(
        "Odd, but no proof: Promises kept – below usual, first in the week of 1 Jun. "
    )
    assert plain(signals.odd(found, "ru")).startswith(
        "Необычно, но не доказано: Выполненные обещания – ниже обычного, впервые на неделе с 1 июня. "
    )
    assert "Nothing stood out" in signals.said(found, "en")


@pytest.mark.parametrize(
    ("weeks", "said"),
    [(0, "This period has 0 whole weeks; "), (1, "This period has 1 whole week; "), (2, "Too few weeks have facts")],
)
def test_a_period_too_short_is_not_blamed_on_the_weeks_before_it(weeks: int, said: str) -> None:
    """With a year before it, one week looked at is itself the reason that nothing can stand out."""
    assert signals.said(Signals((), 0, 0, 0, NOW, BEFORE, weeks), "en").startswith(said)


def test_signals_that_are_not_named_are_counted_in_words() -> None:
    """Four are named; of six, two are more: "+2" could be read as the value of the fourth."""
    found = Signals(tuple(course("lead_time", stage) for stage in "abcdef"), 65, 26, 11.9, NOW, BEFORE)

    assert signals.said(found, "en").endswith("; and 2 more.")
    assert signals.said(found, "ru").endswith("; и ещё 2.")


@pytest.mark.parametrize(("lang", "said"), [("en", "nothing was ever recorded"), ("ru", "никогда не было")])
def test_what_was_never_asked_has_a_sentence_of_its_own(lang: Lang, said: str) -> None:
    """A company that has no such number is not told to wait for more of it."""
    nothing = Moved("nps", "segment", ("segment",), NOW, BEFORE, NOTHING, NOTHING, None, Verdict.TOO_FEW,
                    is_known=False)  # fmt: skip

    assert said in plain(delta_words.said(nothing, lang))
