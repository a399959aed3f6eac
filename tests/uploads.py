"""Survey files for tests, and a small company that takes them in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lakes import lake

from data.ingest import commit, draft, survey
from data.ingest.commit import Receipt
from data.ingest.draft import Draft
from data.store import Store

CHOICES = {"tool": "other", "header_rows": "1", "score:NPS (0-10)": "nps"}
CLIENTS = [
    {"client_id": "a", "name": "Acme Steel Ltd", "segment": "Large"},
    {"client_id": "b", "name": "ООО «Ромашка»", "segment": "Small"},
    {"client_id": "0277012345", "name": "Ufa Oil", "segment": "Small"},
]
BEFORE = [  # what the lake has of its own
    {
        "answer_id": "own", "client_id": "a", "survey": "s", "instrument": "nps", "score": 9,
        "answered_at": "2026-05-01 10:00:00",
    }
]  # fmt: skip
HEADER = "Response ID,Client,Date,NPS (0-10),Why?"
Row = tuple[str, str, str, object, str]


def company(home: Path, **more: Any) -> Store:
    """Three clients and one answer; the last day is 30 June 2026."""
    return lake(home, **({"clients": CLIENTS, "answers": BEFORE} | more))


def text(*rows: Row, header: str = HEADER) -> bytes:
    """A survey file of these rows."""
    return "\n".join([header, *(",".join(map(str, row)) for row in rows), ""]).encode()


def answer(n: int, client: str = "a", score: object = 9, day: str = "2026-06-10", why: str = "") -> Row:
    """One row of it. The tool's ids are long ones, which no other survey has."""
    return f"R_{n:08}", client, f"{day} 10:00:00", score, why


def drafted(
    store: Store, file: bytes | Path, name: str = "june.csv", choices: Mapping[str, str] | None = None
) -> Draft:  # fmt: skip
    """A file before it is taken in."""
    return draft.draft(store, survey.look(store, file, name, CHOICES if choices is None else choices))


def taken(store: Store, file: bytes | Path, name: str = "june.csv") -> Receipt:
    """A file taken in."""
    return commit.commit_upload(drafted(store, file, name))


def told(store: Store) -> list[tuple[str, int]]:
    """The client and score of every answer that counts, in order."""
    found = store.query("select client_id, score from answers order by all")
    return [(str(client), int(score)) for client, score in found.itertuples(index=False)]
