"""A message says where, what was found, what is allowed, what to do and what state we are in."""

from __future__ import annotations

from data.errors import StrataError, first_line, nearest


def test_message_is_in_the_house_form():
    """A message reads: place: found X, allowed Y. What to do; what state we are in."""
    error = StrataError(
        "off_scale", place="march.csv, row 14, q07", found='"7"', allowed="1-5", do="Correct it and upload again",
        state="nothing was saved",
    )  # fmt: skip

    assert str(error) == (
        'march.csv, row 14, q07: found "7", allowed 1-5. Correct it and upload again; nothing was saved.'
    )
    assert error.code == "off_scale"
    assert error.facts["place"] == "march.csv, row 14, q07"


def test_nearest_word_is_offered_only_when_near():
    """A slip of the pen is recognised; a word that resembles nothing is not guessed at."""
    assert nearest("clint_id", ["client_id", "case_id"]) == " (did you mean client_id?)"
    assert nearest("zzz", ["client_id", "case_id"]) == ""
    assert nearest("anything", []) == ""


def test_complaint_of_a_library_is_cut_to_its_first_line():
    """What a library says is told in one line; where it says nothing, by what kind of complaint it is."""
    assert first_line(ValueError("no such column\n\nLINE 1: select\n        ^")) == "no such column"
    assert first_line(OSError()) == "OSError"
