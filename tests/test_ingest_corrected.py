"""Rejected rows that come back corrected, of tools that give no ids: they overwrite nobody and lose nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from uploads import company, drafted, told

from data.errors import StrataError
from data.ingest import commit, rejects
from data.ingest.draft import Draft
from data.store import Store

HEADER = "Client,Date,Stage,CSAT (1-5)\n"
CHOICES = {"client": "Client", "score:CSAT (1-5)": "csat", "tool": "other"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return company(tmp_path)


def read(store: Store, text: str, name: str) -> Draft:
    return drafted(store, text.encode(), name, CHOICES)


def counts(made: Draft) -> tuple[int, int, int, int]:
    """New, changed, known and rejected answers."""
    one = made.counts
    return one.added, one.changed, one.duplicate, one.rejected


def corrected(made: Draft, *changes: tuple[str, str]) -> str:
    """The file of rejected rows after some texts in it were changed; the file itself is taken in."""
    text = rejects.text(made).decode("utf-8-sig")
    commit.commit_upload(made)
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return text


def test_the_second_of_four_in_one_minute_stays_the_second(store: Store) -> None:
    """Four people of one client answer in a minute, 5, N/A, 3 and 4: the N/A that becomes a 1 does not take the 5's
    place, and is known again when the whole file comes corrected."""
    rows = "".join(f"a,2026-06-01 10:00:{nth},,{score}\n" for nth, score in enumerate((5, "N/A", 3, 4), 10))
    text = corrected(read(store, HEADER + rows, "w.csv"), (",N/A\n".replace("\n", "\r\n"), ",1\r\n"))
    again = read(store, text, "w.rejected.csv")

    assert counts(again) == (1, 0, 0, 0)
    commit.commit_upload(again)
    assert told(store) == [("a", score) for score in (1, 3, 4, 5, 9)]
    assert counts(read(store, HEADER + rows.replace("N/A", "1"), "whole.csv")) == (0, 0, 4, 0)


def test_a_row_that_becomes_like_an_accepted_one_is_another_answer(store: Store) -> None:
    """Days alone: b gave a 5 and somebody a 5 for "X Ltd", who was meant to be b. Two answers, also when
    the corrected file comes a second time, and when the whole file does."""
    file = HEADER + "b,2026-06-03,,5\n,2026-06-03,,5\nb,2026-06-04,,2\n"
    text = corrected(read(store, file, "d.csv"), (",,2026-06-03", ",b,2026-06-03"))
    again = read(store, text, "d.rejected.csv")

    assert counts(again) == (1, 0, 0, 0)
    commit.commit_upload(again)
    assert told(store) == [("a", 9), ("b", 2), ("b", 5), ("b", 5)]
    assert counts(read(store, text.replace("2026-06-03,,5", "2026-06-03,, 5"), "d2.csv")) == (0, 0, 1, 0)
    assert counts(read(store, file.replace("\n,", "\nb,"), "whole.csv")) == (0, 0, 3, 0)


def test_what_is_rejected_twice_comes_after_what_was_corrected_once(store: Store) -> None:
    """Three 5s of one day, two without a client: the first corrected one is the second answer, the other the third."""
    file = HEADER + "b,2026-06-03,,5\n,2026-06-03,,5\n,2026-06-03,,5\n"
    once = corrected(read(store, file, "d.csv"))
    first, second = once.splitlines(keepends=True)[1:]
    text = once.replace(first, first.replace(",,2026", ",b,2026"))
    twice = corrected(read(store, text, "one.csv"), (",,2026-06-03", ",b,2026-06-03"))

    assert second in text
    assert counts(read(store, twice, "two.csv")) == (1, 0, 0, 0)


def test_corrected_rows_wait_for_the_file_they_are_from(store: Store) -> None:
    """Taken in before it, they could take the numbers of its own answers: said, not done. After it they are new."""
    made = read(store, HEADER + "b,2026-06-03,,5\n,2026-06-03,,5\n", "d.csv")
    text = rejects.text(made).decode("utf-8-sig").replace(",,2026-06-03", ",b,2026-06-03")
    with pytest.raises(StrataError, match="Take in that file first") as refused:
        read(store, text, "d.rejected.csv")
    commit.commit_upload(made)

    assert refused.value.code == "original_first"
    assert counts(read(store, text, "d.rejected.csv")) == (1, 0, 0, 0)


def test_a_file_of_which_nothing_was_taken_is_no_origin(store: Store) -> None:
    """Every row rejected: nothing to come after, and the corrected rows are what the whole file would give."""
    file = HEADER + ",2026-06-03,,5\n,2026-06-03,,5\n"
    text = corrected(read(store, file, "d.csv"), (",,2026-06-03", ",b,2026-06-03"))
    again = read(store, text, "d.rejected.csv")

    assert counts(again) == (2, 0, 0, 0)
    commit.commit_upload(again)
    assert counts(read(store, file.replace("\n,", "\nb,"), "whole.csv")) == (0, 0, 2, 0)


def test_a_correction_compared_before_its_file_was_taken_in_is_numbered_anew(store: Store) -> None:
    """Both are looked at; the file is taken in, then the correction: the answer of the file stays."""
    made = read(store, HEADER + "b,2026-06-01 10:00:00,,5\nb,2026-06-01 10:00:30,,N/A\nb,2026-06-02,,1\n", "d.csv")
    text = rejects.text(made).decode("utf-8-sig").replace(",N/A\r\n", ",3\r\n")
    before = read(store, text, "d.rejected.csv")
    commit.commit_upload(made)
    commit.commit_upload(before)

    assert told(store) == [("a", 9), ("b", 1), ("b", 3), ("b", 5)]
