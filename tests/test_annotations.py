"""What happened on a day, as somebody noted it: checked, versioned, withdrawn and found again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import annotations, written
from data.annotations import Annotation, Draft
from data.database import Database, address
from data.errors import StrataError

YEARS = range(2025, 2027)
MAY_12 = date(2026, 5, 12)
TURNED = "\u202e"  # what follows is written from right to left


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """An empty database."""
    return Database(address(tmp_path))


def draft(said: str = "Price rise", first: date = MAY_12, last: date | None = None, **about: str) -> Draft:
    """Something on one day in May, unless said otherwise."""
    return Draft(first, last or first, said, **about)


@pytest.mark.parametrize(
    ("wrong", "code", "said"),
    [
        (draft("  \n\t "), "annotation_empty", "found nothing, allowed 1 to 200 characters."),
        (draft("\u200b \u200d"), "annotation_empty", "found nothing, allowed 1 to 200 characters."),
        (draft("я" * 201), "annotation_too_long", "found 201 characters, allowed 1 to 200 characters."),
        (draft(last=date(2026, 5, 11)), "annotation_ends_early", "found 2026-05-12 to 2026-05-11, allowed an end on"),
        (draft(first=date(2024, 12, 31)), "annotation_other_years", "found 2024-12-31, allowed 2025 to 2026."),
        (draft(last=date(2027, 1, 1)), "annotation_other_years", "found 2027-01-01, allowed 2025 to 2026."),
    ],
)
def test_what_cannot_be_noted_is_said_and_nothing_saved(database: Database, wrong: Draft, code: str, said: str) -> None:
    """New or edited: what was found, what is allowed, and what stood before still stands."""
    before = annotations.annotate(database, draft(), YEARS)

    for attempt in (
        lambda: annotations.annotate(database, wrong, YEARS),
        lambda: annotations.edit(database, before, wrong, YEARS),
    ):
        with pytest.raises(StrataError) as problem:
            attempt()
        assert problem.value.code == code
        assert said in str(problem.value)
        assert str(problem.value).endswith("nothing was saved.")
    assert annotations.everything(database).history == (before,)


def test_a_text_of_exactly_two_hundred_characters_is_kept(database: Database) -> None:
    """Counted as a reader counts them: not in bytes, and without the spaces around."""
    annotations.annotate(database, draft(f"  {'я' * 200}\n"), YEARS)

    assert annotations.everything(database).live[0].said == "я" * 200


def test_an_edit_keeps_what_was_there_before(database: Database) -> None:
    """The chart shows the last version; who wrote which, and when, stays in the history."""
    first = annotations.annotate(database, draft("Prise rice"), YEARS, by="ann")
    second = annotations.edit(database, first, draft("Price rise", layer="transactional"), YEARS, by="bob")
    found = annotations.everything(database)

    assert found.live == (second,)
    assert [(one.said, one.version, one.written_by) for one in found.history] == [
        ("Price rise", 2, "bob"), ("Prise rice", 1, "ann"),
    ]  # fmt: skip
    assert found.history[0].written_at >= found.history[1].written_at


def test_what_is_withdrawn_leaves_the_charts_and_can_come_back(database: Database) -> None:
    """It stays in the history, and comes back as it was."""
    stays = annotations.annotate(database, draft("stays"), YEARS)
    gone = annotations.withdraw(database, annotations.annotate(database, draft("gone"), YEARS))

    assert annotations.everything(database).live == (stays,)
    assert annotations.everything(database).withdrawn == (gone,)
    back = annotations.bring_back(database, gone)
    assert back.draft == gone.draft
    assert set(annotations.everything(database).live) == {stays, back}
    assert annotations.everything(database).withdrawn == ()
    assert len(annotations.everything(database).history) == 4


def test_two_who_change_the_same_do_not_overwrite_each_other(database: Database) -> None:
    """Whoever comes second is told, and the first one's words stand."""
    seen_by_both = annotations.annotate(database, draft(), YEARS)
    mine = annotations.edit(database, seen_by_both, draft("mine"), YEARS)

    with pytest.raises(StrataError, match="a later version, by somebody else"):
        annotations.edit(database, seen_by_both, draft("theirs"), YEARS)
    with pytest.raises(StrataError, match="a later version, by somebody else"):
        annotations.withdraw(database, seen_by_both)
    assert annotations.everything(database).live == (mine,)


@pytest.mark.parametrize(
    ("first", "last", "is_found"),
    [
        ("2026-05-01", "2026-05-11", False), ("2026-05-01", "2026-05-12", True), ("2026-05-13", "2026-05-13", True),
        ("2026-05-14", "2026-05-31", True), ("2026-05-15", "2026-05-31", False), ("2026-01-01", "2026-12-31", True),
    ],
)  # fmt: skip
def test_a_period_has_what_touches_one_of_its_days(database: Database, first: str, last: str, is_found: bool) -> None:
    """12 to 14 May: both ends are included, a day beside is not."""
    annotations.annotate(database, draft(last=date(2026, 5, 14)), YEARS)
    live = annotations.everything(database).live

    assert bool(annotations.about(live, date.fromisoformat(first), date.fromisoformat(last))) is is_found


@pytest.mark.parametrize(
    ("layer", "segments", "stages", "found"),
    [
        (None, (), (), "all employee small order"),
        ("satisfaction", (), (), "all small order"),
        ("employee", (), (), "all employee small order"),
        (None, ("Large",), (), "all employee order"),
        (None, ("Large", "Small"), ("delivery",), "all employee small"),
        ("satisfaction", ("Large",), ("delivery",), "all"),
    ],
)
def test_what_is_about_something_else_is_left_out(
    database: Database, layer: str | None, segments: tuple[str, ...], stages: tuple[str, ...], found: str
) -> None:
    """A layer's page has its own and those of no layer; a filter leaves out what is about what it leaves out."""
    for said, about in {
        "all": {}, "employee": {"layer": "employee"}, "small": {"segment": "Small"}, "order": {"stage": "order"},
    }.items():  # fmt: skip
        annotations.annotate(database, draft(said, **about), YEARS)
    live = annotations.everything(database).live

    assert {one.said for one in annotations.about(live, MAY_12, MAY_12, layer, segments, stages)} == set(found.split())


def test_they_stand_in_the_order_of_their_days(database: Database) -> None:
    """However they were written down."""
    for day in (20, 3, 12):
        annotations.annotate(database, draft(str(day), date(2026, 5, day)), YEARS)

    assert [one.said for one in annotations.everything(database).live] == ["3", "12", "20"]


def test_a_text_cannot_look_like_another() -> None:
    """Signs that turn the words around are dropped; letters and emoji made of several signs are not."""
    assert written.one_line(f"paid{TURNED} on\u2066 time") == "paid on time"
    assert written.one_line("Ёж 👩‍🚀 नमस्ते") == "Ёж 👩‍🚀 नमस्ते"


@given(st.text(max_size=60))
def test_a_text_is_one_line_without_hidden_signs(said: str) -> None:
    """No line break, no control sign, nothing that turns the words around; what is already so stays as it is."""
    line = written.one_line(said)

    assert written.one_line(line) == line == line.strip()
    assert not any(sign in line for sign in "\0\r\n\t\x1b\u2028" + TURNED)


def test_a_persons_words_are_kept_as_they_are(database: Database) -> None:
    """Tags, stars, quotes, a rocket made of several signs, Cyrillic: all come back."""
    said = "<b>*x*</b> 'q\" $1 👩‍🚀 Ёж; drop table annotations; -- :said %s"
    annotations.annotate(database, draft(said, segment="a'b"), YEARS)
    one = annotations.everything(database).live[0]

    assert (one.said, one.segment) == (said, "a'b")
    assert isinstance(one, Annotation)
