"""Rows of a file as answers: one for each score given, each either an answer or a row with its faults."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import duckdb
import pytest
from company import at
from test_ingest_recognise import LAYOUTS

from data.ingest import answers, propose, read, recognise, scales, sift
from data.ingest.mapping import Mapping, Score

PLAIN = """Response ID,Customer,When,NPS,Why?,CSAT,Language
77001234,Acme,2026-03-13 10:00:00,9,quick,5,English
77001235, Beta ,2026-03-13 11:00:00,"0,0",slow,,ru-RU
77001236,,2026-03-13 12:00:00,7,,6,fr
77001237,Gamma,yesterday,4.5,,3,
77001238,Delta,2026-03-13 13:00:00,,said nothing,,de
"""
BOTH = (Score("NPS", "nps", "Why?"), Score("CSAT", "csat"))


def told(file: bytes | str, choices: dict[str, str] | None = None, **changed: Any) -> list[dict[str, Any]]:
    """The answers of a file, as its proposal has them."""
    data = file.encode() if isinstance(file, str) else file
    found = recognise.recognise(read.look(data, "march.csv"), choices)
    mapping = replace(propose.propose(found, "Europe/Moscow", choices).mapping, **changed)
    return rows(found, mapping)


def rows(found: recognise.Recognised, mapping: Mapping) -> list[dict[str, Any]]:
    work = duckdb.connect()
    work.register("survey", sift.Answers(found).reader([]))
    read = work.execute(answers.sql(mapping, found.columns, "survey"))
    named = [column[0] for column in read.description]
    return sorted((dict(zip(named, row, strict=True)) for row in read.fetchall()), key=lambda one: one["row"])


def test_each_score_given_is_one_row() -> None:
    """Five rows with six scores in them: the row without any gives none, and no comment is given twice."""
    found = told(PLAIN, scores=BOTH)

    assert [(one["row"], one["instrument"], one["comment"]) for one in found] == [
        (2, "nps", "quick"), (2, "csat", None), (3, "nps", "slow"), (4, "nps", None), (4, "csat", None),
        (5, "nps", None), (5, "csat", None),
    ]  # fmt: skip


def test_good_rows_are_answers() -> None:
    """The client without blanks, the instant in UTC, 0,0 as nought, the language by its code."""
    found = {(one["client"], one["instrument"]): one for one in told(PLAIN, scores=BOTH) if one["faults"] is None}

    assert list(found) == [("Acme", "nps"), ("Acme", "csat"), ("Beta", "nps")]
    assert [one["score"] for one in found.values()] == [9, 5, 0]
    assert found["Beta", "nps"]["answered_at"] == at("2026-03-13 08:00")
    assert [one["language"] for one in found.values()] == ["en", "en", "ru"]


def test_bad_rows_say_all_that_is_wrong() -> None:
    """Column, value and reason of every fault, in the words of the contract."""
    faults = {
        (one["row"], one["instrument"]): one["faults"] for one in told(PLAIN, scores=BOTH) if one["faults"] is not None
    }

    assert [(one["column"], one["value"], one["reason"]) for one in faults[4, "csat"]] == [
        ("client_id", "", "empty, but required"),
        ("score", "6", "off the scale of its instrument: nps 0-10, csat 1-5, ces 1-7"),
    ]
    assert [(one["column"], one["value"], one["reason"]) for one in faults[5, "nps"]] == [
        ("answered_at", "yesterday", "not a date and time"), ("score", "4.5", "not a whole number"),
    ]  # fmt: skip
    assert [one["column"] for one in faults[5, "csat"]] == ["answered_at"]


def test_an_id_that_a_spreadsheet_shortened_is_no_id() -> None:
    """7,7012E+11 may be any of a million tax numbers; a name with E in it is still a name."""
    text = 'ИНН,Дата,NPS (0-10)\n"7,7012E+11",13.03.2026,9\nE+V Bau,13.03.2026,9\n"=""0077""",13.03.2026,9\n'
    found = told(text)

    assert [fault["value"] for fault in found[0]["faults"]] == ["7,7012E+11"]
    assert [(one["client"], one["faults"]) for one in found[1:]] == [("E+V Bau", None), ("0077", None)]


def test_the_same_answer_has_the_same_id_in_another_export() -> None:
    """Other rows before it, other columns' order: the id stays. Another question or respondent has another."""
    first = {one["answer_id"] for one in told(PLAIN, scores=BOTH)}
    lines = PLAIN.splitlines()
    turned = "\n".join([lines[0], *lines[:0:-1]])
    moved = "\n".join(",".join(line.split(",")[::-1]) for line in PLAIN.replace('"0,0"', "0").splitlines())

    assert len(first) == 7
    assert {one["answer_id"] for one in told(turned, scores=BOTH)} == first
    assert {one["answer_id"] for one in told(moved, scores=BOTH)} == first


def test_ids_counted_from_one_do_not_meet() -> None:
    """Two surveys with the same questions both have a first answer; who began it, and when, tells them apart."""
    form = "ID,Start time,Completion time,Client,NPS (0-10)\n1,{0} 10:00:00,{0} 10:01:00,{1},9\n"
    given = [("2026-03-01", "Acme"), ("2026-04-01", "Acme"), ("2026-03-01", "Beta")]
    first, *others = (told(form.format(*one))[0]["answer_id"] for one in given)

    assert len({first, *others}) == 3
    assert told(form.format(*given[0]))[0]["answer_id"] == first


def test_rows_that_are_alike_are_still_several_answers() -> None:
    """Without an id, three anonymous nines on one day are three answers, and the same three in the next export."""
    text = "Client,Day,NPS (0-10)\n" + "Acme,2026-03-13,9\n" * 3 + "Acme,2026-03-13,8\n"
    found = [one["answer_id"] for one in told(text)]

    assert len(set(found)) == 4
    assert {one["answer_id"] for one in told(text + "Acme,2026-03-14,9\n")} > set(found)


def test_the_first_date_that_there_is_counts() -> None:
    """LimeSurvey: an unfinished answer was not submitted, an unstamped one in 1980; the last action has a date."""
    text = (
        "id,submitdate,lastpage,startlanguage,datestamp,client,nps (0-10)\n"
        "1,2026-03-13 10:00:00,2,ru,2026-03-13 11:00:00,Acme,9\n"
        "2,,1,ru,2026-03-14 11:00:00,Acme,8\n"
        "3,1980-01-01 00:00:00,1,ru,2026-03-15 11:00:00,Acme,7\n"
        "4,1980-01-01 00:00:00,1,ru,,Acme,6\n"
    )
    found = told(text)

    assert [one["answered_at"] for one in found[:3]] == [
        at("2026-03-13 07:00"),
        at("2026-03-14 08:00"),
        at("2026-03-15 08:00"),
    ]
    assert [fault["column"] for fault in found[3]["faults"]] == ["answered_at"]


def test_a_chosen_conversion_is_used_for_every_form_of_a_number() -> None:
    """1-10 stretched to 0-10: 1, 1.0 and "1 - bad" all become 0; a value that was not foreseen is a fault."""
    values = scales.conversions(1, 10)["nps from 1-10"]
    rows = "".join(f"C,2026-03-13,{value}\n" for value in ("1", "1.0", "1 - bad", "10", "5", "11"))
    found = told("Client,Day,NPS\n" + rows, scores=(Score("NPS", "nps", "", values),))

    assert [one["score"] for one in found[:5]] == [0, 0, 0, 10, 4]
    assert [(fault["value"], fault["reason"]) for fault in found[5]["faults"]] == [("11", "not a whole number")]


def test_words_become_scores_as_a_person_says() -> None:
    """Each text its score; one that was not given any is a fault, not a guess."""
    values = {"Very satisfied": 5, "It's fine": 3}
    rows = "".join(f"C,2026-03-13,{value}\n" for value in ("Very satisfied", "It's fine", "Awful"))
    found = told("Client,Day,How was it?\n" + rows, scores=(Score("How was it?", "csat", "", values),))

    assert [one["score"] for one in found[:2]] == [5, 3]
    assert found[2]["faults"][0]["value"] == "Awful"


@pytest.mark.parametrize(
    ("cell", "score"),
    [
        ("9", 9), (" 9 ", 9), ("\u00a09", 9), ('"9,0"', 9), ("10.00", 10), ("10 - Surely", 10), ("0 – нет", 0),
        ('"=""7"""', 7), ("9.5", None), ("9/10", None), ("nine", None), ("-1", None), ("1e1", None), ("99", 99),
    ],
)  # fmt: skip
def test_a_score_is_the_number_that_was_given(cell: str, score: int | None) -> None:
    """Whole numbers in every way tools write them; halves and words are not rounded or guessed."""
    (found,) = told(f"Client,Day,NPS (0-10)\nAcme,2026-03-13,{cell}\n", scores=(Score("NPS (0-10)", "nps"),))

    assert found["score"] == score if score is not None else found["faults"] is not None


def test_a_whole_export_becomes_answers() -> None:
    """Qualtrics: preview, test and spam gone, two scores left, in the zone its header names."""
    found = told((LAYOUTS / "qualtrics.csv").read_bytes(), {"client": "ResponseId / Response ID"})

    assert [(one["score"], one["answered_at"]) for one in found] == [
        (9, at("2026-03-01 17:01:01")), (8, at("2026-03-01 17:01:01")),
    ]  # fmt: skip


def test_what_a_person_sets_stands_in_every_row() -> None:
    """A stage chosen for the whole file."""
    assert {one["stage"] for one in told(PLAIN, scores=BOTH, constants={"stage": "delivery"})} == {"delivery"}


def test_the_shape_is_the_one_that_is_said() -> None:
    """The columns of an answer, in their order."""
    assert tuple(told(PLAIN, scores=BOTH)[0]) == answers.columns()
