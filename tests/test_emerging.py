"""New words: those whose rise chance does not explain, and none where there is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from said import MANY, WINDOW, answers, lake

from metrics import emerging, search
from metrics.comments import Comments


@pytest.mark.parametrize(
    ("hits_before", "n_before", "hits", "n", "p"),
    [
        (0, 4, 4, 4, 1 / 70),  # of the 70 ways to deal four among eight, one
        (1, 4, 3, 4, 17 / 70),  # the lady who tasted tea: 16 ways to get three, one to get four
        (3, 4, 1, 4, 69 / 70),
        (0, 10, 0, 10, 1.0),
        (0, 1000, 10, 10, 1 / 2.8998e23),  # 10 of 10 and none of 1000
    ],
)
def test_the_exact_test_counts_the_ways(hits_before: int, n_before: int, hits: int, n: int, p: float) -> None:
    """Fisher's tea: how many of the ways to deal the comments out put so many into the later period."""
    assert emerging.more_often(hits_before, n_before, hits, n) == pytest.approx(p, rel=1e-3)


def test_many_p_values_are_raised_for_their_number() -> None:
    """Benjamini and Hochberg: p times m over its rank, never above that of a larger one, in the given order."""
    assert emerging.benjamini_hochberg([0.04, 0.01, 0.03, 0.5]) == pytest.approx([0.16 / 3, 0.04, 0.16 / 3, 0.5])
    assert emerging.benjamini_hochberg([]) == []


def test_a_word_that_comes_up_is_named_and_leads_to_its_comments(tmp_path: Path) -> None:
    """In 12 of 40 comments now and in none of 40 before, in three forms: one word; the number is that of the search."""
    said = ["The strike stopped us", "strikes again", "Strike, strike!"] * 4 + ["fine and good"] * 28
    store = lake(tmp_path, answers(*said, of=MANY) + answers(*["fine and good"] * 40, month="05", of=MANY))
    found = emerging.emerging(store, WINDOW, {})

    assert [(one.word, one.now, one.before, one.clients) for one in found.words] == [("strike", 12, 0, 12)]
    assert found.words[0].p < 0.001
    assert search.found(store, WINDOW, {}, "strike").matched == 12
    assert (found.now, found.before, found.tested) == (40, 40, 3)  # strike, fine, good; "stopped" came four times


def test_a_word_that_goes_is_not_new(tmp_path: Path) -> None:
    """Only what became more frequent is named."""
    store = lake(tmp_path, answers(*["fine"] * 40) + answers(*["fine strike"] * 12, *["fine"] * 28, month="05"))

    assert emerging.emerging(store, WINDOW, {}).words == ()


def test_what_one_client_repeats_is_no_news_of_the_clients(tmp_path: Path) -> None:
    """The same word in twelve comments of three clients of twenty is not named; of twelve clients it is."""
    fine = answers(*["fine"] * 30, of=MANY) + answers(*["fine"] * 40, month="05", of=MANY)
    said = {
        clients: emerging.emerging(
            lake(tmp_path / clients, fine + answers(*["strike"] * 12, score=2, of=clients)), WINDOW, {}
        )
        for clients in ("abc", MANY)
    }

    assert said["abc"].words == ()
    assert [one.word for one in said[MANY].words] == ["strike"]


def test_short_and_empty_words_are_never_named(tmp_path: Path) -> None:
    """Not "the", not "нас", not "ok", not "1182", however much more often they come."""
    store = lake(tmp_path, answers(*["the нас ok 1182"] * 30) + answers(*["fine"] * 30, month="05"))
    found = emerging.emerging(store, WINDOW, {})

    assert (found.words, found.tested) == ((), 1)


def test_too_few_comments_are_not_compared(tmp_path: Path) -> None:
    """Nineteen comments before: nothing is tested, and both numbers are known."""
    store = lake(tmp_path, answers(*["strike"] * 40) + answers(*["fine"] * 19, month="05"))

    assert emerging.emerging(store, WINDOW, {}) == emerging.Emerging((), 0, 40, 19)


def test_two_samples_of_the_same_language_name_nothing() -> None:
    """In 400 pairs of samples from one distribution of words, at most one in twenty names a word at all."""
    rng = np.random.default_rng(5)
    chances = np.minimum(0.5, 0.6 / np.arange(1, 301))  # few frequent words, many rare ones, as in every language
    false = 0
    for _ in range(400):
        now, before = ((rng.random((150, 300)) < chances).sum(axis=0) for _ in range(2))
        tested = np.flatnonzero(now + before >= emerging.SUPPORT)
        raised = emerging.benjamini_hochberg(
            [emerging.more_often(int(before[i]), 150, int(now[i]), 150) for i in tested]
        )
        false += any(p < emerging.FALSE_SHARE for p in raised)

    assert false <= 400 * 0.05


def test_the_comments_of_a_reading_are_kept_apart() -> None:
    """Two readings that look alike are two: what is kept for one is never given out for the other."""
    one, other = (Comments(None, (), (), 0) for _ in range(2))  # type: ignore[arg-type]

    assert one != other
