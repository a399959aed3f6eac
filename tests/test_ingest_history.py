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


def test_what_stood_in_a_later_file_too_is_said_when_it_is_undone(store: Store) -> None:
    """The later upload stored only what was new in it; its row says how many answers it leans on, and on whom."""
    first = taken(store, text(answer(1), answer(2), answer(3))).upload
    second = taken(store, text(answer(2), answer(3), answer(4)), "july.csv").upload

    assert first is not None
    assert second is not None
    assert second.leans == {first.upload_id: 2}


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
