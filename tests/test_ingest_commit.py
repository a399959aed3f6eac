"""Taking a survey file in: nothing is lost, nothing is counted twice, and all pages see it at once."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from company import at
from ingested import EXPORTS
from lakes import days, reading
from uploads import BEFORE, CLIENTS, HEADER, answer, company, drafted, taken, text, told

from data import quality, uploaded
from data.errors import StrataError
from data.ingest import aliases, commit, draft, ledger, rejects, survey
from data.ingest.ledger import Counts
from data.store import Store
from metrics import rows
from metrics.window import Window

JUNE = days("2026-06-01", "2026-06-30")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return company(tmp_path)


def counts(made: draft.Draft) -> dict[str, int]:
    one = made.counts
    return {"added": one.added, "changed": one.changed, "duplicate": one.duplicate, "rejected": one.rejected}


def test_an_upload_is_seen_at_once_by_the_metrics_and_their_rows(store: Store) -> None:
    """Two promoters and a detractor: NPS 33.3 in a store opened before, without a restart; the rows are n."""
    assert reading(store, "nps", JUNE).n == 0
    receipt = taken(store, text(answer(1, score=9), answer(2, score=10), answer(3, score=0)))

    assert receipt.upload is not None
    assert (receipt.counts.added, receipt.upload.counts.stored) == (3, 3)
    found = reading(store, "nps", JUNE)
    assert (found.n, round(found.value or 0, 1)) == (3, 33.3)
    listed = rows.listing(store, Window((JUNE,)), {}, "nps", "", "0", "10")
    assert (listed.n, list(listed.rows["client"])) == (3, ["Acme Steel Ltd"] * 3)


def test_long_comments_are_written_in_small_groups(store: Store) -> None:
    """Comments of pages each would fill the memory where only rows were counted: sixty megabytes of them are several
    groups, though their twenty thousand rows are few."""
    pages = "none of it was what we had agreed upon " * 80
    made = drafted(store, text(*(answer(nth, why=pages) for nth in range(20_000))))

    groups = duckdb.execute(
        "select count(distinct row_group_id) from parquet_metadata(?)", [str(made.given)]
    ).fetchall()
    assert made.counts.added == 20_000
    assert groups[0][0] > 1


def test_a_file_of_nothing_but_faults_is_counted_and_not_taken(store: Store) -> None:
    """Both answers were given in the future: rejected, and nothing is stored."""
    made = drafted(store, text(answer(1, day="2031-06-10"), answer(2, day="2031-06-10")))

    assert counts(made) == {"added": 0, "changed": 0, "duplicate": 0, "rejected": 2}
    assert commit.commit_upload(made).upload is None


def test_nothing_is_written_before_the_commit(store: Store) -> None:
    """The dry run tells everything and changes nothing: no answer, no ledger, no file once it is closed."""
    before = store.version()
    made = drafted(store, text(answer(1), answer(2)))

    assert counts(made) == {"added": 2, "changed": 0, "duplicate": 0, "rejected": 0}
    assert list(made.first_rows()["score"]) == [9, 9]
    assert (store.version(), told(store)) == (before, [("a", 9)])
    made.close()
    assert [path.name for path in ledger.place(store.home).iterdir()] == []
    assert ledger.everything(ledger.of(store.home)).uploads == ()


def test_a_store_may_show_a_draft_beside_what_is_there(store: Store) -> None:
    """What each metric would become is asked of all answers and the draft's; the store itself knows nothing of it."""
    taken(store, text(answer(1, score=10)))
    made = drafted(store, text(answer(1, score=0), answer(2, score=0)), "july.csv")
    preview = Store(store.home, beside=(made.part,))

    assert told(preview) == [("a", 0), ("a", 0), ("a", 9)]
    assert told(store) == [("a", 9), ("a", 10)]
    assert preview.version() != store.version()
    assert (reading(store, "nps", JUNE).n, reading(preview, "nps", JUNE).n) == (1, 2)


def test_the_same_file_twice_adds_nothing(store: Store) -> None:
    """Also under another name and in another order: every answer is known, and no upload is made of it."""
    taken(store, text(answer(1), answer(2, score=0)))
    again = drafted(store, text(answer(2, score=0), answer(1)), "copy.csv")

    assert counts(again) == {"added": 0, "changed": 0, "duplicate": 2, "rejected": 0}
    assert commit.commit_upload(again).upload is None
    assert told(store) == [("a", 0), ("a", 9), ("a", 9)]
    assert len(ledger.everything(ledger.of(store.home)).uploads) == 1


def test_the_very_same_file_is_named(store: Store) -> None:
    """Its bytes were taken in before: the dry run says when and as what."""
    first = taken(store, text(answer(1))).upload
    assert drafted(store, text(answer(1)), "other.csv").before == (first,)
    assert drafted(store, text(answer(2))).before == ()


def test_a_later_export_adds_what_is_new_and_changes_what_is_said_otherwise(store: Store) -> None:
    """One of three is known, one has another score, one is new: it counts as the later file says, once."""
    taken(store, text(answer(1, score=9), answer(2, score=2)))
    made = drafted(store, text(answer(1, score=9), answer(2, score=8), answer(3, score=5)), "july.csv")

    assert counts(made) == {"added": 1, "changed": 1, "duplicate": 1, "rejected": 0}
    second = commit.commit_upload(made).upload
    assert told(store) == [("a", 5), ("a", 8), ("a", 9), ("a", 9)]
    assert second is not None
    assert list(second.leans.values()) == [1]
    ledger.undo_upload(store.home, second.upload_id, "wrong file")
    assert told(store) == [("a", 2), ("a", 9), ("a", 9)]


def test_of_three_that_say_the_same_answer_the_last_live_one_counts(store: Store) -> None:
    """2, then 5, then 8; without the second still 8; without the third 2 again, and 5 once the second is back."""
    uploads = [taken(store, text(answer(1, score=score)), f"{score}.csv").upload for score in (2, 5, 8)]
    second, third = uploads[1], uploads[2]
    assert second is not None
    assert third is not None

    assert told(store) == [("a", 8), ("a", 9)]
    ledger.undo_upload(store.home, second.upload_id, "x")
    assert told(store) == [("a", 8), ("a", 9)]
    ledger.undo_upload(store.home, third.upload_id, "x")
    assert told(store) == [("a", 2), ("a", 9)]
    ledger.redo_upload(store.home, second.upload_id)
    assert told(store) == [("a", 5), ("a", 9)]


def test_an_answer_of_an_undone_upload_is_new_again_and_never_counts_twice(store: Store) -> None:
    """Taken in, undone, taken in by another file, and then the first one brought back: one answer all the time."""
    first = taken(store, text(answer(1, score=3))).upload
    assert first is not None
    ledger.undo_upload(store.home, first.upload_id, "x")
    second = taken(store, text(answer(1, score=3)), "again.csv").upload

    assert second is not None
    assert second.counts.added == 1
    assert told(store) == [("a", 3), ("a", 9)]
    ledger.redo_upload(store.home, first.upload_id)
    assert told(store) == [("a", 3), ("a", 9)]
    ledger.undo_upload(store.home, second.upload_id, "x")
    assert told(store) == [("a", 3), ("a", 9)]


def test_one_id_with_two_answers_in_a_file_is_taken_once(store: Store) -> None:
    """The same row twice is a duplicate; the same id with another score is rejected, with the row it repeats."""
    made = drafted(store, text(answer(1), answer(1), answer(1, score=2), *(answer(n) for n in range(2, 40))))

    assert counts(made) == {"added": 39, "changed": 0, "duplicate": 1, "rejected": 1}
    assert list(rejects.first(made)["reason"]) == ["the same answer_id as in row 2"]
    commit.commit_upload(made)
    assert told(store) == [("a", 9)] * 40


def test_every_row_and_every_score_is_accounted_for(store: Store) -> None:
    """Seven rows: one too short; of six scores one is off the scale, one in the future, one of no client."""
    wrong = [answer(2, score=11), answer(3, day="2199-01-01"), answer(4, client=""), answer(5, score="")]
    file = text(answer(1), *wrong, answer(6))
    made = drafted(store, file + b"too,short\n")

    one = made.counts
    assert (one.rows_in, one.rows_taken, one.rows_rejected) == (7, 6, 1)
    assert (one.given, one.rejected, one.added) == (5, 3, 2)
    found = rejects.first(made)
    assert list(zip(found["row"], found["column"], strict=True)) == [
        (3, "score"), (4, "answered_at"), (5, "client_id"), (8, ""),
    ]  # fmt: skip
    with pytest.raises(AssertionError, match="not all of them accounted for"):
        replace(one, added=3)
    with pytest.raises(AssertionError, match="7 rows in, but 5 taken"):
        replace(one, rows_taken=5)


def test_rejected_rows_come_back_corrected(store: Store) -> None:
    """The file of rejects has each row with its fault and all its columns; corrected, only those rows are new."""
    file = text(answer(1), answer(2, score=11, why="=cmd()"), answer(3, client=""), answer(4))
    made = drafted(store, file)
    made_text = rejects.text(made).decode("utf-8-sig")
    commit.commit_upload(made)

    lines = made_text.splitlines()
    assert lines[0] == f"strata_row,strata_column,strata_value,strata_reason,{HEADER}"
    assert [line.split(",")[:2] for line in lines[1:]] == [["3", "score"], ["4", "client_id"]]
    corrected = made_text.replace(",11,", ",1,").replace("R_00000003,,", "R_00000003,b,").encode()
    again = drafted(store, corrected, "corrected.csv")
    assert counts(again) == {"added": 2, "changed": 0, "duplicate": 0, "rejected": 0}
    commit.commit_upload(again)
    assert told(store) == [("a", 1), ("a", 9), ("a", 9), ("a", 9), ("b", 9)]
    whole = drafted(store, file.replace(b",11,", b",1,").replace(b"R_00000003,,", b"R_00000003,b,"), "whole.csv")
    assert counts(whole)["duplicate"] == 4


def test_rejects_may_be_told_in_the_readers_words(store: Store) -> None:
    """The reason goes through the reader's language; a text that begins like a formula is none in our columns."""
    made = drafted(store, text(answer(1, score="=1+1"), answer(2)))

    assert b"'=1+1,OTHER," in rejects.text(made, lambda reason: "OTHER" if reason else "")


def test_a_company_by_its_own_clock(tmp_path: Path) -> None:
    """Half past midnight of the first of June in Moscow is the last of May in UTC: stored so, shown as June."""
    store = company(tmp_path, timezone="Europe/Moscow")
    taken(store, text(("R_00000001", "a", "2026-06-01 00:30:00", 9, "")))
    found = store.query("select answered_at, ym from answers where answer_id <> 'own'")

    assert (found["answered_at"].iloc[0], found["ym"].iloc[0]) == (at("2026-06-01 00:30"), "2026-06")
    (one,) = ledger.everything(ledger.of(store.home)).uploads
    assert (one.first_at, one.zone) == (at("2026-05-31 21:30"), "Europe/Moscow")
    stored = duckdb.sql(f"select answered_at, ym from '{ledger.place(store.home) / one.stored}'").fetchall()
    assert stored == [(at("2026-05-31 21:30"), "2026-06")]


def test_a_lake_that_changes_its_clock_tells_the_months_anew(tmp_path: Path) -> None:
    """Built again in another zone, the answer of half past midnight falls into the month before."""
    store = company(tmp_path / "one", timezone="Europe/Moscow")
    taken(store, text(("R_00000001", "a", "2026-06-01 00:30:00", 9, "")))
    other = company(tmp_path / "two")
    (store.home / "lake").rename(tmp_path / "away")
    (other.home / "lake").rename(store.home / "lake")

    found = Store(store.home).query("select answered_at, ym from answers where answer_id <> 'own'")
    assert (found["answered_at"].iloc[0], found["ym"].iloc[0]) == (at("2026-05-31 21:30"), "2026-05")


def test_the_last_day_follows_uploads_but_not_into_the_future(store: Store) -> None:
    """Answers of July after a lake that ends in June: the last day, the freshness and the counts follow."""
    taken(store, text(answer(1, day="2026-07-04"), answer(2)))
    manifest = store.lake()

    assert manifest.last_day.isoformat() == "2026-07-04"
    assert manifest.tables["answers"].last == "2026-07-04"
    assert (manifest.tables["answers"].rows_in, manifest.tables["answers"].kept) == (3, 3)
    (held,) = (one for one in quality.holdings(manifest) if one.table == "answers")
    assert held.counts.kept == 3
    assert quality.completeness(store, "answers")["filled"].iloc[0] == 1.0


def test_one_answer_far_ahead_does_not_move_the_last_day_of_everything(store: Store) -> None:
    """The company's other facts end on 30 June: an answer of 2 July moves the last day, one of 20 November does not,
    nor takes it to where nothing happened; it is stored, and counted where answers are."""
    taken(store, text(answer(1, day="2026-07-02"), answer(2, day="2026-11-20")))

    assert store.lake().last_day.isoformat() == "2026-07-02"
    assert store.lake().tables["answers"].last == "2026-11-20"
    assert len(told(store)) == 3


def test_uploads_alone_move_a_lake_that_has_nothing_else(tmp_path: Path) -> None:
    """A company with clients and answers only is as late as its last answer."""
    manifest = company(tmp_path).lake()
    alone = replace(manifest, tables={name: manifest.tables[name] for name in ("clients", "answers")})
    shown = uploaded.Shown((), 1, date(2026, 6, 1), date(2026, 11, 20), date(2026, 11, 20), date(2026, 11, 21))

    assert uploaded._limit(alone) is None
    assert uploaded._limit(manifest) == date(2026, 7, 31)
    assert uploaded.shown_in(alone, shown, "1").as_of == "2026-11-20"


def test_a_version_changes_with_every_change_and_only_then(store: Store) -> None:
    """Commit, undo, redo and a decision about a name, by whomever; not by asking, nor by an upload of nothing new."""
    other = Store(store.home)
    seen = [store.version()]
    one = taken(store, text(answer(1), answer(2, client="Who?"))).upload
    assert one is not None
    seen.append(other.version())
    ledger.undo_upload(store.home, one.upload_id, "x")
    seen.append(other.version())
    ledger.redo_upload(store.home, one.upload_id)
    seen.append(other.version())
    aliases.decide(store, "Who?", "b")
    seen.append(other.version())

    assert len(set(seen)) == 5
    taken(store, text(answer(1)), "again.csv")
    assert (store.version(), other.version()) == (seen[-1], seen[-1])
    assert seen[0] == store.lake().version.split("+")[0]


def test_a_lake_without_uploads_is_as_it_always_was(store: Store) -> None:
    """No database is made by asking, no file, no word in the version."""
    told(store)

    assert store.version() == store.lake().version
    assert not (store.home / "strata.db").exists()
    assert not ledger.place(store.home).exists()


def test_many_small_and_a_few_large_uploads_are_all_counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Held in memory or read from its file, with care or as it is: every answer counts once."""
    for n in range(12):
        taken(store, text(*(answer(100 * n + one, client=("a", "Who?")[one == 0]) for one in range(n + 1))), f"{n}.csv")
    expected = told(store)
    monkeypatch.setattr("data.uploaded.HELD_ROWS", 20)

    assert len(expected) == 1 + sum(range(12))
    assert told(Store(store.home)) == expected
    monkeypatch.setattr("data.uploaded.HELD_ROWS", 0)
    assert told(Store(store.home)) == expected
    assert Store(store.home).lake().tables["answers"].kept == len(expected)


def test_a_client_the_lake_forgets_is_counted_no_more(store: Store, tmp_path: Path) -> None:
    """After a build without client b his answers wait; the quality page and the metrics agree on how many there are."""
    taken(store, text(answer(1), answer(2, client="b"), answer(3, client="b")))
    assert len(told(store)) == 4
    other = company(tmp_path / "two", clients=[one for one in CLIENTS if one["client_id"] != "b"])
    (store.home / "lake").rename(tmp_path / "away")
    (other.home / "lake").rename(store.home / "lake")

    assert told(store) == [("a", 9), ("a", 9)]
    assert store.lake().tables["answers"].kept == 2
    assert [(one.said, one.answers) for one in aliases.waiting(store)] == [("b", 2)]


def test_answers_that_look_like_some_of_the_lake_are_said(store: Store) -> None:
    """The same client, instant and score under another id: one of two is likely to be counted twice."""
    twin = ("R_00000001", "a", "2026-05-01 10:00:00", 9, "")
    assert drafted(store, text(twin, answer(2))).alike() == 1
    assert drafted(store, text(answer(2))).alike() == 0


def test_what_is_undecided_is_not_taken_in(store: Store) -> None:
    """A tool nobody knows has to be looked at by a person first; the refusal says what to decide."""
    found = survey.look(store, text(answer(1)), "june.csv", {"score:NPS (0-10)": "nps"})
    made = draft.draft(store, found)

    assert [one.about for one in found.unsure] == ["tool"]
    with pytest.raises(StrataError, match='Decide "tool"; nothing was saved'):
        commit.commit_upload(made)
    assert ledger.everything(ledger.of(store.home)).uploads == ()


def test_a_file_without_a_client_and_a_date_is_given_them(store: Store) -> None:
    """One client and one day for all rows, said by a person; a stage that the company does not have is refused."""
    file = b"NPS (0-10)\n9\n10\n0\n"
    choices = {
        "delimiter": ",", "tool": "other", "score:NPS (0-10)": "nps", "constant:client": "b",
        "constant:answered_at": "2026-06-03", "constant:stage": "order",
    }  # fmt: skip
    found = survey.look(store, file, "b.csv", choices)
    commit.commit_upload(draft.draft(store, found))

    assert found.unsure == ()
    got = store.query(
        "select client_id, score, answered_at, stage from answers where answer_id <> 'own' order by score"
    )
    assert list(got["score"]) == [0, 9, 10]
    assert set(got["answered_at"]) == {at("2026-06-03")}
    assert set(got["stage"]) == {"order"}
    with pytest.raises(StrataError, match='found "moon", allowed order, invoicing'):
        survey.look(store, file, "b.csv", choices | {"constant:stage": "moon"})


def test_a_stage_is_known_by_its_names_and_no_other_is_taken(store: Store) -> None:
    """Заказ is the company's stage order; moon is none, and its row is rejected with what is allowed."""
    file = "Response ID,Client,Date,NPS (0-10),Stage\n" + "".join(
        f"R_0000000{n},a,2026-06-10 10:00:00,9,{stage}\n" for n, stage in enumerate(["Заказ", "ORDER", "moon", ""])
    )
    made = drafted(store, file.encode())
    found = rejects.first(made)

    assert list(made.first_rows()["stage"].fillna("")) == ["order", "order", ""]
    assert list(found["reason"]) == ["not one of order, invoicing"]


def test_a_file_of_the_ledger_that_is_gone_is_said(store: Store) -> None:
    """Rather than counting too little, every question says which file is missing and what to do."""
    one = taken(store, text(answer(1))).upload
    assert one is not None
    (ledger.place(store.home) / one.stored).unlink()

    with pytest.raises(StrataError, match="no file, allowed the file that the ledger of uploads names"):
        told(Store(store.home))
    ledger.undo_upload(store.home, one.upload_id, "lost")
    assert told(Store(store.home)) == [("a", 9)]


def test_a_damaged_file_of_the_ledger_is_said(store: Store) -> None:
    """Cut in half by a disk: every question says which file it is; with its upload undone, none does."""
    taken(store, text(answer(2)), "good.csv")
    one = taken(store, text(*(answer(n) for n in range(10, 300)))).upload
    assert one is not None
    path = ledger.place(store.home) / one.stored
    whole = path.read_bytes()
    for half in (whole[: len(whole) // 2], b"", b"x" * 100):
        path.write_bytes(half)
        with pytest.raises(StrataError, match=f"{one.stored}: found a damaged file"):
            told(Store(store.home))
    ledger.undo_upload(store.home, one.upload_id, "damaged")
    assert len(told(Store(store.home))) == 2
    with pytest.raises(StrataError, match="found a damaged file"):  # it may come back: nobody knows what it holds
        drafted(Store(store.home), text(answer(1)), "next.csv")


def test_answers_without_their_ledger_are_said(store: Store) -> None:
    """A database put away would let all uploads vanish from the numbers: nothing is shown instead."""
    taken(store, text(answer(1)))
    ledger.of(store.home).close()
    for path in store.home.glob("strata.db*"):
        path.unlink()

    with pytest.raises(StrataError, match=r"answers of uploads .* without their ledger"):
        told(Store(store.home))


def test_what_a_crash_has_left_is_swept_by_the_next_commit(store: Store) -> None:
    """A file that no ledger names, half a file, and a draft of a dead process; a live draft is left alone."""
    taken(store, text(answer(1)))
    folder = ledger.place(store.home)
    (folder / "0000.parquet").write_bytes(b"half")
    (folder / "0001.new").write_bytes(b"")
    (folder / "draft-dead").mkdir()
    (folder / "draft-dead" / ".lock").touch()
    (folder / "draft-dead" / "given.parquet").write_bytes(b"x")
    old = folder / "ffff.parquet"
    old.write_bytes(b"of a ledger that was lost")
    os.utime(old, (0, datetime(2020, 1, 1, tzinfo=UTC).timestamp()))
    alive = drafted(store, text(answer(9)), "alive.csv")
    taken(store, text(answer(2)), "next.csv")

    known = {one.stored for one in ledger.everything(ledger.of(store.home)).uploads}
    left = {path.name for path in folder.iterdir()} - known
    assert left == {".lock", alive.scratch.folder.name, "ffff.parquet"}
    assert commit.commit_upload(alive).upload is not None


@pytest.mark.parametrize("path", sorted([*EXPORTS.rglob("*.csv"), *EXPORTS.rglob("*.xlsx")]), ids=lambda one: one.name)
def test_every_published_export_can_be_taken_in(tmp_path: Path, path: Path) -> None:
    """With what a person has to say (client, day, a column of numbers as a score): dry run, commit, twice the same."""
    store = company(tmp_path)
    choices = {"constant:client": "a", "constant:answered_at": "2026-06-03"}
    found = survey.look(store, path, path.name, choices)
    scored = next(
        (f"{one.about}", other) for one in _numbers(store, path, choices) for other in one.others if other != "no"
    ) if _numbers(store, path, choices) else None  # fmt: skip
    if scored is None:
        with pytest.raises(StrataError, match="no column of scores"):
            draft.draft(store, found)
        return
    offered = {one.about: one.others for one in found.unsure}
    choices |= {about: others[0] for about, others in offered.items() if others and about != "scores"}
    choices[scored[0]] = scored[1]
    chosen = survey.look(store, path, path.name, choices)
    assert chosen.unsure == ()
    made = draft.draft(store, chosen)
    one: Counts = commit.commit_upload(made).counts
    assert one.rows_in > 0
    assert len(told(store)) == 1 + one.added
    assert draft.draft(store, chosen).counts.duplicate == one.added + one.duplicate


def _numbers(store: Store, path: Path, choices: dict[str, str]) -> list[draft.survey.Decision]:
    found = survey.look(store, path, path.name, choices)
    return [one for one in found.decisions if one.about.startswith("score:") and len(one.others) > 1]


def test_the_lakes_own_answers_stay(store: Store) -> None:
    """What came from the company's systems is neither compared with uploads nor changed by them."""
    taken(store, text(answer(1, score=0)))
    assert len(store.query("select * from answers where answer_id = 'own'")) == len(BEFORE)


def test_what_a_failed_formula_shows_is_no_word_of_a_client(store: Store) -> None:
    """#N/A in a CSV is as empty as in a spreadsheet, in Russian too, and that is said; "#1 for me" is a comment."""
    rows = [answer(1, why="#Н/Д"), answer(2, why=" #REF! "), answer(3, client="#N/A"), answer(4, why="#1 for me")]
    made = drafted(store, text(*rows, answer(5, score="#ЗНАЧ!")))
    (said,) = (one for one in made.survey.decisions if one.about == "formulas")

    assert (said.why, said.facts, said.sure) == ("failed_cells", {"cells": 4}, True)
    assert counts(made) == {"added": 3, "changed": 0, "duplicate": 0, "rejected": 1}
    assert [one or "" for one in made.first_rows()["comment"].fillna("")] == ["", "", "#1 for me"]
    assert rejects.first(made)["reason"].tolist() == ["empty, but required"]
