"""The same answer is the same in every file that holds it, and no other: counted once, and nobody's overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest
from uploads import company, drafted, taken, told

from data.errors import StrataError
from data.ingest import aliases, commit, draft, rejects, survey
from data.store import Store

GOOGLE = [(f"2026/06/{day:02} 10:00:07", "a", day % 11) for day in range(13, 28)]
FORMS = "ID,Start time,Completion time,Email,Name,Company,NPS (0-10)\n"
LIME = "id,submitdate,lastpage,startlanguage,seed,datestamp,Client,NPS (0-10)\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return company(tmp_path)


def counts(made: object) -> tuple[int, int, int]:
    """New, changed and known answers of a dry run or a receipt."""
    one = made.counts  # type: ignore[attr-defined]
    return one.added, one.changed, one.duplicate


def test_a_good_score_beside_a_bad_one_is_not_counted_again_when_the_bad_one_is_corrected(store: Store) -> None:
    """Without an id: the 7 of b was taken in, her 44 comes back as a 4 in the file of rejects, and the 7 is known."""
    file = b"Timestamp,Client,NPS (0-10),CSAT (1-5)\n2026/06/01 10:00:00,a,9,4\n2026/06/02 10:00:00,b,7,44\n"
    choices = {"score:NPS (0-10)": "nps", "score:CSAT (1-5)": "csat"}
    made = drafted(store, file, "g.csv", choices)
    corrected = rejects.text(made).replace(b",44", b",4")
    commit.commit_upload(made)

    again = drafted(store, corrected, "g.rejected.csv", choices)
    assert counts(again) == (1, 0, 1)
    commit.commit_upload(again)
    assert told(store) == [("a", 4), ("a", 9), ("a", 9), ("b", 4), ("b", 7)]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Timestamp,NPS (0-10),Client", "{0},{2},{1}"),  # the columns in another order
        ("Timestamp,Client,NPS (0-10)", "{3},{1},{2}"),  # saved by a spreadsheet: other dates, no seconds
        ("Timestamp,Client,NPS (0-10)", '{0}, {1} ,"{2},0"'),
    ],
)
def test_the_same_answers_without_an_id_are_known_however_they_are_written(store: Store, header: str, row: str) -> None:
    """Fifteen answers of a Google form, exported again with its columns moved or its dates written otherwise."""
    taken(store, "\n".join(["Timestamp,Client,NPS (0-10)", *("{},{},{}".format(*one) for one in GOOGLE)]).encode())
    others = [(*one, f"{one[0][8:10]}.06.2026 10:00") for one in GOOGLE]
    again = drafted(store, "\n".join([header, *(row.format(*one) for one in others)]).encode(), "again.csv")

    assert counts(again)[0] == 0
    assert sum(counts(again)) == 15


def test_what_other_answers_say_does_not_matter(store: Store) -> None:
    """A new answer above the others, or another order of them, leaves the known ones known; so does a text beside."""
    rows = ["2026-06-10,a,9,x", "2026-06-10,a,9,y", "2026-06-10,a,2,z"]
    head = "Date,Client,NPS (0-10),Note"
    choices = {"tool": "other", "score:NPS (0-10)": "nps"}
    commit.commit_upload(drafted(store, "\n".join([head, *rows]).encode(), "one.csv", choices))
    later = ["2026-06-10,a,5,new", *[row[:-1] + "changed" for row in reversed(rows)]]

    again = drafted(store, "\n".join([head, *later]).encode(), "two.csv", choices)
    assert counts(again) == (1, 0, 3)
    commit.commit_upload(again)
    assert told(store) == [("a", 2), ("a", 5), ("a", 9), ("a", 9), ("a", 9)]


def test_a_part_of_a_file_with_days_alone_overwrites_nobody(store: Store) -> None:
    """Two of client a on one day, 9 and 2; a file with another, a 4, is a third answer and not a changed first one."""
    head = "Date,Client,NPS (0-10)"
    choices = {"tool": "other", "score:NPS (0-10)": "nps"}
    taken_in = f"{head}\n2026-06-10,a,9\n2026-06-10,a,2\n".encode()
    commit.commit_upload(drafted(store, taken_in, "one.csv", choices))

    assert counts(drafted(store, f"{head}\n2026-06-10,a,4\n".encode(), "two.csv", choices)) == (1, 0, 0)


def test_two_forms_that_count_from_one_are_two_forms(store: Store) -> None:
    """Two Microsoft forms with the same questions, both of one day, with ids 1 to 5: ten answers, none changed."""
    north, south = (
        FORMS + "".join(
            f"{n},2026-06-01 {hour}:0{n}:00,2026-06-01 {hour}:0{n}:30,anonymous,,{client},{score}\n"
            for n in range(1, 6)
        )
        for hour, client, score in [(10, "a", 9), (12, "b", 3)]
    )  # fmt: skip
    choices = {"client": "Company", "score:NPS (0-10)": "nps"}
    commit.commit_upload(drafted(store, north.encode(), "North.csv", choices))
    made = drafted(store, south.encode(), "South.csv", choices)

    assert counts(made) == (5, 0, 0)
    commit.commit_upload(made)
    assert told(store) == [("a", 9)] * 6 + [("b", 3)] * 5
    same_client = south.replace(",b,", ",a,").encode()
    assert counts(drafted(store, same_client, "Other.csv", choices)) == (5, 0, 0)
    assert counts(drafted(store, north.encode(), "again.csv", choices)) == (0, 0, 5)


def test_a_file_for_another_day_is_not_the_first_one_said_anew(store: Store) -> None:
    """Without ids and dates, May and June are equal but for the day set for them: both count, each in its month."""
    file = b"Client,NPS (0-10)\na,9\nb,7\n"
    choices = {"tool": "other", "score:NPS (0-10)": "nps"}
    for day in ("2026-05-31", "2026-06-30"):
        made = drafted(store, file, f"{day}.csv", choices | {"constant:answered_at": day})
        assert counts(made) == (2, 0, 0)
        commit.commit_upload(made)

    assert list(store.query("select ym, count(*) as n from answers group by all order by all")["n"]) == [3, 2]


def test_an_answer_that_is_finished_later_is_still_one(store: Store) -> None:
    """LimeSurvey: half done on the first of June, submitted on the third: the same answer on another day."""
    early = "1,2026-06-01 10:00:00,3,en,11,2026-06-01 10:00:00,a,9\n5,,2,en,12,2026-06-01 11:00:00,b,3\n"
    late = early.replace("5,,2,en,12,2026-06-01 11", "5,2026-06-03 09:00:00,3,en,12,2026-06-03 09")
    choices = {"client": "Client", "score:NPS (0-10)": "nps"}
    commit.commit_upload(drafted(store, (LIME + early).encode(), "early.csv", choices))
    made = drafted(store, (LIME + late).encode(), "late.csv", choices)

    assert counts(made) == (0, 1, 1)
    commit.commit_upload(made)
    assert told(store) == [("a", 9), ("a", 9), ("b", 3)]


def test_a_corrected_zone_moves_the_answers_and_does_not_double_them(store: Store) -> None:
    """Days that were taken for UTC are Moscow's: the instants change, over midnight too, and the answers are known."""
    file = b"ID,Client,Date,NPS (0-10)\n1,a,2026-06-10,9\n2,b,2026-06-11,8\n"
    choices = {"tool": "other", "score:NPS (0-10)": "nps"}
    commit.commit_upload(drafted(store, file, "x.csv", choices | {"zone": "UTC"}))

    assert counts(drafted(store, file, "x.csv", choices | {"zone": "Europe/Moscow"})) == (0, 2, 0)


def test_changed_answers_are_shown_as_they_were_and_would_be(store: Store) -> None:
    """One answer of three has another score and comment, one is known, one is new: the two cells, before and after."""
    choices = {"tool": "other", "score:NPS (0-10)": "nps"}
    head = b"Response ID,Client,Date,NPS (0-10),Why?\n"
    rows = [b"R_00000001,a,2026-06-10,9,\n", b"R_00000002,a,2026-06-10,2,late\n"]
    commit.commit_upload(drafted(store, head + b"".join(rows), "june.csv", choices))
    made = drafted(store, head + rows[0] + rows[1].replace(b"2,late", b"8,fine") + b"R_00000003,b,2026-06-11,5,\n",
                   "july.csv", choices)  # fmt: skip
    found = made.changes()

    assert counts(made) == (1, 1, 1)
    assert [tuple(row) for row in found[["column", "before", "after"]].itertuples(index=False)] == [
        ("score", "2", "8"), ("comment", "late", "fine"),
    ]  # fmt: skip
    assert found["answer_id"].nunique() == 1
    assert drafted(store, head + rows[0], "june.csv", choices).changes().empty
    first = drafted(store, b"Response ID,Client,Date,NPS (0-10)\nR_00000001,a,2026-06-10,9\n", "x.csv", choices)
    assert first.changes().empty


def test_answers_under_other_ids_look_alike_whatever_file_they_are_of(store: Store) -> None:
    """A column more makes another form of it, whose answers have other ids: all fifteen look alike. Taken in
    once more as they were they are known, and look like no others."""
    rows = ["{},{},{}".format(*one) for one in GOOGLE]
    file = "\n".join(["Timestamp,Client,NPS (0-10)", *rows]).encode()
    taken(store, file)
    wider = "\n".join(["Timestamp,Client,NPS (0-10),More", *(f"{row}," for row in rows)]).encode()

    assert drafted(store, wider, "wider.csv").alike() == 15
    assert drafted(store, file, "again.csv").alike() == 0
    seconds = wider.replace(b":07,", b":00,")
    assert drafted(store, seconds, "saved.csv").alike() == 15


def test_an_id_that_repeats_is_asked_about_where_earlier_files_were_known_by_it(store: Store) -> None:
    """Thirty answers, and a file in which six stand twice, so that its ids look like none: they are the same thirty."""
    head = "Response ID,Client,Date,NPS (0-10)\n"
    rows = [f"R_{n:08},a,2026-06-{13 + n % 10} 10:00:00,{n % 11}\n" for n in range(30)]
    taken(store, (head + "".join(rows)).encode(), "a.csv")
    choices = {"tool": "other"}
    twice = (head + "".join(rows + rows[:6])).encode()
    found = survey.look(store, twice, "b.csv", choices)

    (asked,) = found.unsure
    assert (asked.value, asked.why, asked.facts) == ("Response ID", "id_as_before", {"percent": "83"})
    assert counts(drafted(store, twice, "b.csv", choices | {"answer_id": "Response ID"})) == (0, 0, 36)
    other = company(store.home.parent / "other")
    commit.commit_upload(drafted(other, twice, "b.csv", choices))
    known = survey.look(other, (head + "".join(rows)).encode(), "a.csv", choices)
    assert (known.unsure, known.mapping.answer_id) == ((), "")
    assert counts(draft.draft(other, known)) == (0, 0, 30)


def _slashed(first: int, rows: int, day: str) -> str:
    return "".join(f"R_{first + n:08},a,{day.format(1 + n % 12, 13 + n % 10)},{n % 11}\n" for n in range(rows))


def test_dates_in_two_orders_far_down_in_a_file_are_asked_about(store: Store) -> None:
    """1,100 rows with the day first, then some with the month first: nothing is taken in before a person has said which
    order holds. A word in place of a date is rejected, and asks nothing."""
    head = "Response ID,Client,Date,NPS (0-10)\n"
    choices = {"tool": "other"}
    days_first = _slashed(0, 1100, "{1}/05/2026")
    months_first = _slashed(2000, 14, "05/{0:02}/2026") + _slashed(3000, 10, "05/{1}/2026")
    file = (head + days_first + months_first).encode()
    made = drafted(store, file, "m.csv", choices)

    assert [(one.about, one.why) for one in made.survey.unsure] == [("dates", "dates_mixed")]
    with pytest.raises(StrataError, match="some dates have the day first and some the month"):
        commit.commit_upload(made)
    decided = drafted(store, file, "m.csv", choices | {"dates": "dmy"})
    assert decided.survey.unsure == ()
    assert decided.counts.rejected >= 10
    plain = drafted(store, (head + days_first + "R_x0000001,a,yesterday,9\n").encode(), "m.csv", choices)
    assert (plain.survey.unsure, plain.counts.rejected) == ((), 1)


def test_a_changed_answer_is_told_with_whose_it_is(store: Store) -> None:
    """The client's name, the day and the question: an id says nothing to whoever has to look. A client whom only a
    person knows has a name too."""
    aliases.decide(store, "Rom", "b")
    head = "Client,Date,NPS (0-10)\n"
    file = head + "a,2026-06-01 10:00:00,9\nRom,2026-06-02 10:00:00,9\nWho,2026-06-03 10:00:00,9\n"
    choices = {"score:NPS (0-10)": "nps", "tool": "other", "client": "Client"}
    made = drafted(store, file.encode(), "june.csv", choices)
    assert list(made.first_rows()["name"]) == ["Acme Steel Ltd", "ООО «Ромашка»", ""]
    commit.commit_upload(made)
    found = drafted(store, file.replace(",9", ",2").encode(), "june.csv", choices).changes()

    assert list(found["client"]) == ["Acme Steel Ltd", "ООО «Ромашка»", "Who"]
    assert [f"{day:%d.%m}" for day in found["answered_at"]] == ["01.06", "02.06", "03.06"]
    assert list(found["question"]) == ["NPS (0-10)"] * 3
    assert list(found[["column", "before", "after"]].iloc[0]) == ["score", "9", "2"]
