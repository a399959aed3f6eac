"""Answers that wait for their client, and what people decide about the names they came with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data import followed, written
from data.database import LOCAL
from data.ingest import draft, ledger, matching
from data.ingest.ledger import Alias
from data.ingest.matching import Candidate
from data.store import Store
from data.written import NotSaved

MANY = 200
# One row per name and upload: answers that count for no client the lake knows, and were not said anew later.
WAITING = """
select answers.client, answers.filename, count(*) as n
from read_parquet($files, filename = true) as answers
anti join clients on clients.client_id = answers.client_id
anti join uploaded_hidden as hidden
    on hidden.stored = answers.filename and hidden.answer_id = answers.answer_id
group by all
"""


@dataclass(frozen=True)
class Waiting:
    """A name that no client is known by, how many answers wait for it, and in which uploads (their ids).

    `candidates`: clients whose names are like it, the best first.
    """

    said: str
    answers: int
    uploads: tuple[str, ...]
    candidates: tuple[Candidate, ...]


def waiting(store: Store, many: int = MANY) -> tuple[Waiting, ...]:
    """The names that answers wait for, the most frequent first. Raises: StrataError."""
    store.lake()
    known = ledger.everything(ledger.of(store.home))
    files = {followed.part(store.home, one).path: one for one in known.live if one.counts.stored}
    if not files:
        return ()
    found = store.query(WAITING, {"files": list(files)})
    clients = draft.clients(store, known)
    of: dict[str, list[tuple[int, str]]] = {}
    for said, path, n in zip(found["client"], found["filename"], found["n"], strict=True):
        if clients.match(said).client_id is None:
            of.setdefault(said, []).append((int(n), files[path].upload_id))
    ranked = sorted(of.items(), key=lambda one: (-sum(n for n, _ in one[1]), one[0]))[:many]
    return tuple(
        Waiting(said, sum(n for n, _ in some), tuple(sorted(upload for _, upload in some)), clients.candidates(said))
        for said, some in ranked
    )


def decide(store: Store, said: str, client_id: str, by: str = LOCAL) -> Alias:
    """Say which client a name means, here and in every file to come; answers that waited for it count from now on.

    Raises: NotSaved for a name of nothing, or a client whom the lake does not know; StrataError.
    """
    found = store.query("select client_id from clients where client_id = $client", {"client": client_id})
    if found.empty:
        raise NotSaved(
            "alias_client", place="the client", found=f'"{client_id}"', allowed="the id of a client of the lake",
            do="Choose a client", name=client_id,
        )  # fmt: skip
    return _version(store.home, said, client_id, by)


def take_back(home: Path, said: str, by: str = LOCAL) -> Alias:
    """Take such a decision back: the answers wait again. Raises: NotSaved when there is none; StrataError."""
    return _version(home, said, None, by)


def decided(home: Path) -> tuple[Alias, ...]:
    """The decisions that stand, by name. Raises: StrataError."""
    found = ledger.everything(ledger.of(home)).aliases.values()
    return tuple(sorted((one for one in found if one.client_id is not None), key=lambda one: one.said))


def _version(home: Path, said: str, client_id: str | None, by: str) -> Alias:
    name = matching.key(said)
    line = written.one_line(said)
    if not name:
        raise NotSaved(
            "alias_empty", place="the name", found=f'"{line}"', allowed="a name with letters or digits",
            do="Correct the file instead", name=line,
        )  # fmt: skip
    with ledger.of(home).writing(ledger.SUBJECT) as connection:
        before = _last(connection, name)
        if client_id is None and (before is None or before.client_id is None):
            raise NotSaved(
                "alias_unknown", place="the name", found=f'no decision about "{line}"', allowed="a name decided about",
                do="Look at the list of decisions", name=line,
            )  # fmt: skip
        now = written.now()
        one = Alias(name, before.version + 1 if before else 1, line, client_id, by, now.replace(tzinfo=UTC))
        values = {
            "said_key": name, "version": one.version, "said": line, "client_id": client_id, "decided_by": by,
            "decided_at": now,
        }  # fmt: skip
        connection.execute(sa.insert(ledger.ALIASES).values(values))
    return one


def _last(connection: Connection, name: str) -> Alias | None:
    return ledger.read(connection).aliases.get(name)
