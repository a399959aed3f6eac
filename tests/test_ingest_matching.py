"""Whom a survey file speaks of: what is sure merges by itself, all else waits for a person and is not lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from uploads import answer, company, drafted, taken, text, told

from data.ingest import aliases, ledger, matching
from data.ingest.matching import Clients, Match
from data.store import Store
from data.written import NotSaved

KNOWN = {
    "17": "ООО «Ромашка»", "C2": "Acme Steel Ltd", "C3": "Alpha 1", "7707083893": "Savings Bank",
    "0277012345": "Ufa Oil", "C6": "АО Восток", "C7": "ООО Восток", "C8": "S.A. Lumen", "C9": "Jones & Sons",
    "C10": "Жёлтый мир",
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return company(tmp_path)


@pytest.mark.parametrize(
    ("said", "client", "how", "score"),
    [
        ("C2", "C2", "id", 1.0),
        ("0277012345", "0277012345", "id", 1.0),
        ("277012345", "0277012345", "number", 1.0),  # a spreadsheet took its zero
        ("77 0708 3893", "7707083893", "number", 1.0),
        ("ооо ромашка", "17", "name", 1.0),
        ("Ромашка", "17", "name", 0.97),
        ("общество с ограниченной ответственностью «РОМАШКА»", "17", "name", 1.0),
        ("ACME  STEEL", "C2", "name", 0.97),
        ("Acme-Steel Limited", "C2", "name", 1.0),
        ("Lumen SA", "C8", "name", 1.0),
        ("jones and sons", "C9", "name", 1.0),
        ("Желтый мир", "C10", "name", 1.0),
        ("ООО «Восток»", "C7", "name", 1.0),
    ],
)
def test_what_is_sure_is_matched(said: str, client: str, how: str, score: float) -> None:
    """By id, by a number without its zeros, by a name but for case, quotes, punctuation and its legal form."""
    assert Clients(KNOWN).match(said) == Match(client, how, score)


@pytest.mark.parametrize(
    ("said", "best"),
    [
        ("АО Ромашка", ("17", 0.9)),  # another legal person of that name
        ("Восток", ("C6", 0.97)),  # two are called so
        ("Acme Stel", ("C2", 0.86)),
        ("Alpha 2", ("C3", 0.5)),  # as like as two names can be, and two clients
        ("Zzz", None),
        ("", None),
        ("ООО", None),
        ("7012345", None),  # seven digits are no tax number
    ],
)
def test_what_is_not_sure_waits_with_the_likeliest_shown(said: str, best: tuple[str, float] | None) -> None:
    """Nobody merges a likeness but a person; the score says how alike the names are."""
    clients = Clients(KNOWN)
    found = clients.candidates(said)

    assert clients.match(said) == matching.UNKNOWN
    assert ((found[0].client_id, round(found[0].score, 2)) if found else None) == best


def test_nothing_below_the_threshold_merges() -> None:
    """Every pair of different names is below it, however few letters tell them apart."""
    names = ["Nordwind Logistik", "Nordwind Logistic", "Nordwind-Logistik 2", "Nordwind", "Norwind Logistik"]
    for one in names:
        for other in names:
            score = matching.alike(matching.name(one), matching.name(other))
            assert (score >= matching.THRESHOLD) == (one == other), (one, other, score)


def test_two_numbers_that_differ_in_zeros_only_are_nobodys() -> None:
    """Where a lost zero would fit two clients, it fits none."""
    assert Clients({"0277012345": "A", "00277012345": "B"}).match("277012345") == matching.UNKNOWN


def test_a_person_knows_better_than_a_name() -> None:
    """What was decided holds for every way of writing the name, but not for an id; nor for a client who is gone."""
    meant = {matching.key("Восток"): "C6", matching.key("C2"): "17", matching.key("Old"): "gone"}
    clients = Clients(KNOWN, meant)

    assert clients.match("  «ВОСТОК»") == Match("C6", "person", 1.0)
    assert clients.match("C2") == Match("C2", "id", 1.0)
    assert clients.match("Old") == matching.UNKNOWN


def test_answers_of_an_unknown_client_wait_and_count_once_he_is_known(store: Store) -> None:
    """Kept, listed with whom it may be, not counted; counted after the decision, waiting again without it."""
    one = taken(store, text(answer(1), answer(2, client="Akme Stel", score=0), answer(3, client="Akme Stel", score=1)))
    assert one.counts.awaiting == 2
    assert told(store) == [("a", 9), ("a", 9)]
    (waits,) = aliases.waiting(store)
    assert (waits.said, waits.answers, waits.candidates[0].client_id) == ("Akme Stel", 2, "a")

    aliases.decide(store, "AKME STEL", "b")
    assert told(store) == [("a", 9), ("a", 9), ("b", 0), ("b", 1)]
    assert aliases.waiting(store) == ()
    assert [(one.said, one.client_id) for one in aliases.decided(store.home)] == [("AKME STEL", "b")]
    assert store.lake().tables["answers"].kept == 4

    aliases.take_back(store.home, "akme stel")
    assert told(store) == [("a", 9), ("a", 9)]
    assert [one.answers for one in aliases.waiting(store)] == [2]


def test_a_decision_holds_for_files_to_come_and_can_be_taken_back_for_them_too(store: Store) -> None:
    """The next file's answers count at once; nothing of the decision is frozen into them."""
    aliases.decide(store, "Akme", "b")
    made = drafted(store, text(answer(1, client="Akme")))
    assert made.counts.awaiting == 0
    assert [(one.said, one.client_id, one.how) for one in made.named()] == [("Akme", "b", "person")]
    taken(store, text(answer(1, client="Akme")))
    assert told(store) == [("a", 9), ("b", 9)]
    aliases.take_back(store.home, "Akme")
    assert told(store) == [("a", 9)]


def test_a_client_who_comes_later_gets_his_answers(store: Store, tmp_path: Path) -> None:
    """After a build that knows him by the name of the file, the answers that waited count."""
    taken(store, text(answer(1, client="New Client Inc")))
    later = company(tmp_path / "two", clients=[
        {"client_id": "a", "name": "Acme", "segment": "Large"},
        {"client_id": "n", "name": "NEW CLIENT", "segment": "Large"},
    ])  # fmt: skip
    assert told(store) == [("a", 9)]
    (store.home / "lake").rename(tmp_path / "away")
    (later.home / "lake").rename(store.home / "lake")

    assert told(store) == [("a", 9), ("n", 9)]
    assert aliases.waiting(store) == ()


def test_the_clients_of_a_file_are_shown_with_how_they_were_matched(store: Store) -> None:
    """Unknown ones first, with candidates; those matched by name with their score; those by id need no look."""
    made = drafted(store, text(
        answer(1), answer(2, client="ромашка"), answer(3, client="Who?"), answer(4, client="277012345"),
    ))  # fmt: skip

    assert [(one.said, one.client_id, one.how, one.score) for one in made.named()] == [
        ("Who?", None, "", 0.0), ("277012345", "0277012345", "number", 1.0), ("ромашка", "b", "name", 0.97),
    ]  # fmt: skip


def test_a_decision_needs_a_name_and_a_client(store: Store) -> None:
    """A client whom the lake does not know, a name of signs only, and a decision that was never made are refused."""
    with pytest.raises(NotSaved, match="the id of a client of the lake"):
        aliases.decide(store, "Akme", "nobody")
    with pytest.raises(NotSaved, match="a name with letters or digits"):
        aliases.decide(store, " ?! ", "a")
    with pytest.raises(NotSaved, match='no decision about "Akme"'):
        aliases.take_back(store.home, "Akme")
    assert ledger.everything(ledger.of(store.home)).aliases == {}


def test_an_undone_upload_waits_for_nobody(store: Store) -> None:
    """Its unknown names are asked about no more."""
    one = taken(store, text(answer(1, client="Who?"))).upload
    assert one is not None
    ledger.undo_upload(store.home, one.upload_id, "x")
    assert aliases.waiting(store) == ()
