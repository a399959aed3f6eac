"""The history of uploads: who took in what, undone with a reason, brought back, and every number as it was before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import postgresql
from lakes import days
from test_ingest_recognise import LAYOUTS
from uploads import answer, company, drafted, taken, text, told

from data import database
from data.ingest import aliases, commit, draft, ledger, mappings, survey
from data.ingest.mapping import Mapping
from data.store import Store
from data.written import NotSaved
from metrics import ask, compute
from metrics.declare import TIME_DIMENSIONS
from metrics.load import catalogue
from metrics.window import Window

PERIOD = days("2026-04-01", "2026-06-30")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return company(tmp_path)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A company whose ledger lies in SQLite, and one whose ledger lies in PostgreSQL."""
    made = company(tmp_path)
    if request.param == "postgresql":
        monkeypatch.setenv("STRATA_DATA", str(made.home))
        monkeypatch.setenv("STRATA_DATABASE", request.getfixturevalue("server"))
    yield made
    ledger.of(made.home).close()
    database._database.cache_clear()


def everything_said(store: Store) -> str:
    """The hash of every metric of the catalogue, whole and by each of its dimensions."""
    said: dict[str, Any] = {"version": store.lake().as_of, "tables": str(store.lake().tables)}
    metrics = catalogue().values()
    wanted = [ask.Wanted(metric.id) for metric in metrics]
    wanted += [ask.Wanted(one.id, (name,)) for one in metrics for name in one.by if name not in TIME_DIMENSIONS]
    for one, answered in ask.ask(Store(store.home), wanted, Window((PERIOD,)), {}).items():
        for group in answered.groups():
            said[f"{one} {group}"] = repr(compute.read(answered.metric, answered.at(PERIOD, group)))
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def test_after_undo_every_metric_is_as_before(store: Store) -> None:
    """All metrics of the catalogue and dimensions, by hash: undo restores them, redo brings the others back."""
    taken(store, text(answer(1, score=3), answer(2, client="b")))
    before = everything_said(store)
    one = taken(store, text(*(answer(n, client="ab"[n % 2], score=n % 11) for n in range(40))), "july.csv").upload
    assert one is not None
    with_it = everything_said(store)
    ledger.undo_upload(store.home, one.upload_id, "another company's survey")

    assert with_it != before
    assert everything_said(store) == before
    ledger.redo_upload(store.home, one.upload_id)
    assert everything_said(store) == with_it


def test_the_history_says_who_when_what_and_why(anywhere: Store) -> None:
    """File, hash, mapping, choices, counts and every state, in SQLite as in PostgreSQL."""
    made = drafted(anywhere, text(answer(1), answer(2, client="Who?"), answer(3, score=11)))
    receipt = commit.commit_upload(made, "vera")
    assert receipt.upload is not None
    upload_id = receipt.upload.upload_id
    ledger.undo_upload(anywhere.home, upload_id, "  wrong\nmonth ", "boris")
    ledger.redo_upload(anywhere.home, upload_id[:6], "", "vera")
    (one,) = ledger.everything(ledger.of(anywhere.home)).uploads

    assert (one.file_name, one.uploaded_by, one.nth) == ("june.csv", "vera", 1)
    assert one.file_hash == hashlib.sha256(text(answer(1), answer(2, client="Who?"), answer(3, score=11))).hexdigest()
    assert Mapping.read(one.mapping).client == "Client"
    assert one.choices["score:NPS (0-10)"] == "nps"
    assert (one.counts.rows_in, one.counts.given, one.counts.rejected, one.counts.awaiting) == (3, 3, 1, 1)
    assert [(state.version, state.is_live, state.reason, state.changed_by) for state in one.states] == [
        (1, True, "", "vera"), (2, False, "wrong month", "boris"), (3, True, "", "vera"),
    ]  # fmt: skip
    assert told(anywhere) == [("a", 9), ("a", 9)]
    aliases.decide(anywhere, "Who?", "b")
    assert told(anywhere) == [("a", 9), ("a", 9), ("b", 9)]


def test_an_upload_is_undone_once_and_for_a_reason(store: Store) -> None:
    """Without a reason, twice, or one that nobody knows: refused in words, and nothing changes."""
    one = taken(store, text(answer(1))).upload
    assert one is not None
    version = store.version()
    for upload_id, reason, words in [
        (one.upload_id, " ", "allowed 1 to 200 characters"),
        ("", "x", "allowed the id of one upload"),
        ("feed", "x", "none called"),
    ]:
        with pytest.raises(NotSaved, match=words):
            ledger.undo_upload(store.home, upload_id, reason)
    with pytest.raises(NotSaved, match="allowed an upload that was undone"):
        ledger.redo_upload(store.home, one.upload_id)
    assert store.version() == version
    ledger.undo_upload(store.home, one.upload_id, "x")
    with pytest.raises(NotSaved, match="allowed an upload that counts"):
        ledger.undo_upload(store.home, one.upload_id, "again")


def test_what_stands_in_a_later_file_too_counts_on_without_the_first(store: Store) -> None:
    """June has 1-3, July 2-4, of which 2 and 3 were known: without June July's three count, without July June's."""
    first = taken(store, text(answer(1), answer(2, score=2), answer(3))).upload
    second = taken(store, text(answer(2, score=2), answer(3), answer(4)), "july.csv").upload
    assert first is not None
    assert second is not None

    assert (second.counts.added, second.counts.duplicate, second.leans) == (1, 2, {first.upload_id: 2})
    assert told(store) == [("a", 2), ("a", 9), ("a", 9), ("a", 9), ("a", 9)]
    ledger.undo_upload(store.home, first.upload_id, "x")
    assert told(store) == [("a", 2), ("a", 9), ("a", 9), ("a", 9)]
    ledger.redo_upload(store.home, first.upload_id)
    ledger.undo_upload(store.home, second.upload_id, "x")
    assert told(store) == [("a", 2), ("a", 9), ("a", 9), ("a", 9)]


def test_whatever_is_undone_the_live_files_alone_decide(store: Store) -> None:
    """Four exports that overlap, every subset of them live: each answer counts once, as the last live one says."""
    said = [{1: 1, 2: 2}, {1: 1, 2: 5, 3: 3}, {2: 5, 3: 6}, {1: 9, 2: 2, 4: 4}]
    ids = []
    for nth, scores in enumerate(said):
        one = taken(store, text(*(answer(n, score=score) for n, score in scores.items())), f"{nth}.csv").upload
        assert one is not None
        ids.append(one.upload_id)
    for live in range(16):
        for nth, upload_id in enumerate(ids):
            if ledger.everything(ledger.of(store.home)).upload(upload_id).is_live != bool(live >> nth & 1):
                (ledger.redo_upload if live >> nth & 1 else ledger.undo_upload)(store.home, upload_id, "x")
        expected: dict[int, int] = {}
        for nth, scores in enumerate(said):
            expected |= scores if live >> nth & 1 else {}
        assert told(store) == sorted([("a", 9), *(("a", score) for score in expected.values())]), f"{live:04b}"
        assert store.lake().tables["answers"].kept == 1 + len(expected)


@pytest.mark.parametrize("held", [0, 1, 2, 100])
def test_what_later_files_leave_of_a_large_one_is_counted(
    store: Store, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    """Six answers, four of them in the next file too: the two that are left count, held in memory or read where they
    lie; a file of which nothing is left is not looked into again."""
    taken(store, text(*(answer(n, score=1) for n in range(6))))
    taken(store, text(*(answer(n, score=2) for n in range(2, 8))), "july.csv")
    monkeypatch.setattr("data.uploaded.HELD_ROWS", held)

    assert [score for _, score in told(Store(store.home))] == [1, 1, 2, 2, 2, 2, 2, 2, 9]
    assert Store(store.home).lake().tables["answers"].kept == 9
    taken(store, text(*(answer(n, score=3) for n in range(9))), "all.csv")
    assert [score for _, score in told(Store(store.home))] == [3] * 9 + [9]


def test_a_mapping_is_saved_and_recognised_by_the_columns(store: Store) -> None:
    """What a person decided once is not asked again; another form is, and a name of nothing is refused."""
    found = survey.look(store, text(answer(1)), "june.csv", {"tool": "other", "score:NPS (0-10)": "nps"})
    mappings.save(store.home, "Monthly form", found.fingerprint, found.kept(), "vera")
    again = survey.look(store, text(answer(5), answer(6, score=0)), "july.csv")

    assert again.unsure == ()
    assert again.saved is not None
    assert (again.saved.name, again.saved.saved_by, again.mapping.survey) == ("Monthly form", "vera", "july")
    assert again.mapping.scores == found.mapping.scores
    assert survey.look(store, text(answer(1)), "june.csv", saved="").unsure
    other = survey.look(store, b"A,B\n1,2\n", "other.csv")
    assert other.saved is None
    with pytest.raises(NotSaved, match="allowed 1 to 80 characters"):
        mappings.save(store.home, " ", found.fingerprint, {})
    with pytest.raises(NotSaved, match='none called "Weekly", allowed Monthly form'):
        survey.look(store, text(answer(1)), "june.csv", saved="Weekly")


FORM = "Response ID,Client,Date,{}\n"
SLASHED = [f"R_{n:08},a,{13 + n % 10}/05/2026,{n % 11}\n" for n in range(30)]


def form(rows: list[str], question: str = "How likely are you to recommend us?") -> bytes:
    return (FORM.format(question) + "".join(rows)).encode()


def remembered(store: Store, file: bytes, choices: dict[str, str]) -> None:
    """Read a file, take it in and save how it was read."""
    found = survey.look(store, file, "may.csv", choices, "")
    assert found.unsure == ()
    commit.commit_upload(draft.draft(store, found))
    mappings.save(store.home, "Form", found.fingerprint, found.kept())


def test_a_saved_mapping_does_not_keep_what_its_file_settled_by_itself(store: Store) -> None:
    """Days first in May, months first in June, as 06/13 shows: June is read by its own dates, not scattered."""
    remembered(store, form(SLASHED), {"tool": "other"})
    june = form([f"R_1{n:07},a,06/{1 + n % 20:02}/2026,{n % 11}\n" for n in range(30)])
    found = survey.look(store, june, "june.csv")

    assert (found.saved is not None, found.unsure) == (True, ())
    assert {str(day)[:7] for day in draft.draft(store, found).first_rows(30)["answered_at"]} == {"2026-06"}


def test_a_choice_that_the_next_file_contradicts_is_asked_about(store: Store) -> None:
    """Days first was chosen where nothing settled it; where 06/13 does, the file and the mapping are both named."""
    may = form([f"R_{n:08},a,0{1 + n % 5}/05/2026,{n % 11}\n" for n in range(30)])
    remembered(store, may, {"tool": "other", "dates": "dmy"})
    same = may.replace(b"R_0", b"R_9")
    june = form([f"R_1{n:07},a,06/{1 + n % 20:02}/2026,{n % 11}\n" for n in range(30)])

    assert survey.look(store, same, "same.csv").unsure == ()
    (asked,) = survey.look(store, june, "june.csv").unsure
    assert (asked.about, asked.value, asked.why) == ("dates", "mdy", "saved_otherwise")
    assert dict(asked.facts) == {"saved": "31.12.2025", "value": "12/31/2025"}
    settled = survey.look(store, june, "june.csv", {"dates": "mdy"})
    assert settled.unsure == ()


def test_a_score_on_another_scale_is_asked_about_again(store: Store) -> None:
    """0-10 in May; in June nobody gives more than 5: the form has changed its scale, and the mapping is not trusted."""
    remembered(store, form(SLASHED), {"tool": "other", "score:How likely are you to recommend us?": "nps"})
    june = form([f"R_1{n:07},a,{13 + n % 10}/06/2026,{1 + n % 5}\n" for n in range(60)])

    assert [(one.about.partition(":")[0], one.why) for one in survey.look(store, june, "june.csv").unsure] == [
        ("score", "scale_short")
    ]


def test_a_day_set_for_one_file_is_not_that_of_the_next(store: Store) -> None:
    """A file without dates is given the last day of May; the next one is asked about, as is its client."""
    file = b"Client,NPS (0-10)\na,9\nb,7\n0277012345,4\n"
    choices = {"tool": "other", "score:NPS (0-10)": "nps", "constant:answered_at": "2026-05-31"}
    remembered(store, file, choices)
    alone = b"NPS (0-10),Nothing\n" + b"9,\n" * 12
    remembered(store, alone, {"tool": "other", "constant:client": "a", "constant:answered_at": "2026-05-31"})

    assert [one.about for one in survey.look(store, alone, "july.csv").unsure] == ["answered_at", "client"]


def test_the_zone_of_the_next_header_is_obeyed(store: Store) -> None:
    """A header that names New York in May and Moscow in June; one chosen by hand against the header is asked about."""
    may, june = (
        (LAYOUTS / "qualtrics.csv").read_bytes().replace(b"America/Denver", zone)
        for zone in (b"America/New_York", b"Europe/Moscow")
    )
    client = {"client": "ResponseId / Response ID", "answer_id": "ResponseId / Response ID"}
    found = survey.look(store, may, "may.csv", client)
    mappings.save(store.home, "Q", found.fingerprint, found.kept())
    assert survey.look(store, june, "june.csv", saved="Q").mapping.zone == "Europe/Moscow"

    found = survey.look(store, may, "may.csv", client | {"zone": "Asia/Omsk"})
    mappings.save(store.home, "Q", found.fingerprint, found.kept())
    assert survey.look(store, may, "again.csv", saved="Q").mapping.zone == "Asia/Omsk"
    assert "zone" in [one.about for one in survey.look(store, june, "june.csv", saved="Q").unsure]


def test_a_saved_mapping_keeps_the_ids_when_the_tool_adds_a_column(store: Store) -> None:
    """The export with one question more has another look; read by the saved mapping, its answers are the known ones."""
    found = survey.look(store, text(answer(1)), "june.csv", {"tool": "other", "score:NPS (0-10)": "nps"})
    mappings.save(store.home, "Monthly form", found.fingerprint, found.kept())
    taken(store, text(answer(1), answer(2)))
    wider = text(answer(1), answer(2)).replace(b"Why?\n", b"Why?,Hair\n").replace(b",9,\n", b",9,,red\n")

    assert drafted(store, wider, "wide.csv").counts.added == 2
    by_name = draft.draft(store, survey.look(store, wider, "wide.csv", saved="monthly FORM"))
    assert (by_name.counts.added, by_name.counts.duplicate) == (0, 2)


def test_a_mapping_of_the_same_name_replaces_the_other_and_can_be_forgotten(store: Store) -> None:
    """The name stands for the latest; forgotten, it is recognised no more."""
    mappings.save(store.home, "Form", "f1", {"tool": "other"})
    second = mappings.save(store.home, "FORM", "f2", {"tool": "excel"})

    assert mappings.everything(store.home) == (second,)
    assert mappings.recognised(store.home, "f1") is None
    mappings.forget(store.home, second.mapping_id)
    assert mappings.everything(store.home) == ()


def test_a_choice_that_the_next_file_does_not_offer_is_asked_about_anew(store: Store) -> None:
    """The column of comments is gone from the next export: its mapping goes on without it; a column needed is asked."""
    found = survey.look(store, text(answer(1)), "june.csv", {"tool": "other", "score:NPS (0-10)": "nps"})
    mappings.save(store.home, "Form", found.fingerprint, found.kept())
    file = text(answer(1)).replace(b",Client,", b",Who answered,")
    again = survey.look(store, file, "july.csv", saved="Form")

    assert "client" in [one.about for one in again.unsure]


def test_undoing_needs_no_lake(store: Store, tmp_path: Path) -> None:
    """While no lake stands, the ledger can still be read and changed."""
    one = taken(store, text(answer(1))).upload
    assert one is not None
    (store.home / "lake").rename(tmp_path / "away")
    assert ledger.undo_upload(store.home, one.upload_id, "x").is_live is False
