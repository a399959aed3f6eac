"""The ledger of uploads: what was taken in, by whom, and whether it counts. Its row is the commit of an upload.

Nothing in it is changed in place: undoing an upload and bringing it back are states of their own, so that the ledger is
the history too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data import database, lake, migrations, written
from data.database import CHANGES, LOCAL, Database
from data.written import NotSaved

SUBJECT = "uploads"
FOLDER = "uploads"
LONGEST_REASON = 200
UPLOADS = sa.table(
    "uploads",
    *(sa.column(name, sa.Text) for name in (
        "upload_id", "file_name", "file_hash", "stored", "hides", "namespace", "zone", "mapping", "choices", "leans",
        "uploaded_by",
    )),
    *(sa.column(name, sa.BigInteger) for name in (
        "nth", "file_bytes", "stored_bytes", "rows_in", "rows_taken", "rows_rejected", "given", "rejected", "added",
        "changed", "duplicate", "awaiting",
    )),
    *(sa.column(name, sa.DateTime) for name in ("first_at", "last_at", "uploaded_at")),
)  # fmt: skip
STATES = sa.table(
    "upload_states",
    sa.column("upload_id", sa.Text), sa.column("version", sa.Integer), sa.column("is_live", sa.Boolean),
    sa.column("reason", sa.Text), sa.column("changed_by", sa.Text), sa.column("changed_at", sa.DateTime),
)  # fmt: skip
ALIASES = sa.table(
    "client_aliases",
    sa.column("said_key", sa.Text), sa.column("version", sa.Integer), sa.column("said", sa.Text),
    sa.column("client_id", sa.Text), sa.column("decided_by", sa.Text), sa.column("decided_at", sa.DateTime),
)  # fmt: skip


@dataclass(frozen=True)
class Counts:
    """What became of a file. Rows: in = taken + rejected. Scores: given = rejected + added + changed + duplicate.

    `added`: answers nobody had; `changed`: those that say something else than before; `duplicate`: those already there.
    `awaiting`: of added and changed, those whose client nobody knows yet; they count once somebody says who it is.
    """

    rows_in: int
    rows_taken: int
    rows_rejected: int
    given: int
    rejected: int
    added: int
    changed: int
    duplicate: int
    awaiting: int

    def __post_init__(self) -> None:
        if self.rows_in != self.rows_taken + self.rows_rejected:
            raise AssertionError(f"{self.rows_in} rows in, but {self.rows_taken} taken, {self.rows_rejected} rejected")
        if self.given != self.rejected + self.added + self.changed + self.duplicate:
            raise AssertionError(f"{self.given} scores given, but not all of them accounted for: {self}")

    @property
    def stored(self) -> int:
        """The answers by which it differs from what was there: without any, nothing is taken in."""
        return self.added + self.changed


@dataclass(frozen=True)
class State:
    """One state of an upload: 1 is that it was taken in. `reason`: empty for that one. `changed_at`: UTC."""

    version: int
    is_live: bool
    reason: str
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True)
class Upload:
    """One file taken in. `nth`: its place in the order of uploads. `states`: from the first to the present one.

    `leans`: how many of its answers stood in which earlier upload too, saying the same. Instants in UTC.
    """

    upload_id: str
    nth: int
    file_name: str
    file_hash: str
    file_bytes: int
    stored: str
    stored_bytes: int
    hides: str | None
    namespace: str
    zone: str
    mapping: str
    choices: Mapping[str, str]
    leans: Mapping[str, int]
    counts: Counts
    first_at: datetime | None
    last_at: datetime | None
    uploaded_by: str
    uploaded_at: datetime
    states: tuple[State, ...] = ()

    @property
    def is_live(self) -> bool:
        """Whether its answers count."""
        return self.states[-1].is_live


@dataclass(frozen=True)
class Alias:
    """What a person said a name in survey files means. `client_id`: None once it was taken back."""

    said_key: str
    version: int
    said: str
    client_id: str | None
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True)
class Ledger:
    """Everything taken in, in its order, and what people decided about names, by key. `version`: see Database."""

    uploads: tuple[Upload, ...]
    aliases: Mapping[str, Alias]

    @property
    def live(self) -> tuple[Upload, ...]:
        """The uploads that count."""
        return tuple(one for one in self.uploads if one.is_live)

    @property
    def meant(self) -> dict[str, str]:
        """The client that each decided name means, by the key of the name."""
        return {key: one.client_id for key, one in self.aliases.items() if one.client_id is not None}

    def upload(self, upload_id: str) -> Upload:
        """One upload by its id, or by its beginning. Raises: NotSaved when there is none, or several."""
        met = [one for one in self.uploads if upload_id and one.upload_id.startswith(upload_id)]
        if len(met) == 1:
            return met[0]
        raise NotSaved(
            "upload_unknown", place="the upload", found=f'{len(met) or "none"} called "{upload_id}"',
            allowed="the id of one upload", do="Look at the history and name one of it",
        )  # fmt: skip


NOTHING = Ledger((), {})


def place(home: Path) -> Path:
    """The folder of the stored answers."""
    return home / FOLDER


def of(home: Path) -> Database:
    """The database of a data folder: that of the settings where it is the folder of the settings."""
    return database.database(None if home.resolve() == lake.place().resolve() else home)


def everything(base: Database) -> Ledger:
    """The whole ledger, read again only after a write. Raises: StrataError when it cannot be read."""
    return base.remembered(SUBJECT, read)


def read(connection: Connection) -> Ledger:
    """The ledger as it stands."""
    states: dict[str, list[State]] = {}
    for row in connection.execute(sa.select(STATES).order_by(STATES.c.upload_id, STATES.c.version)).mappings():
        said = dict(row)
        states.setdefault(said.pop("upload_id"), []).append(State(**said | {"changed_at": _utc(row["changed_at"])}))
    uploads = []
    for row in connection.execute(sa.select(UPLOADS).order_by(UPLOADS.c.nth)).mappings():
        said = dict(row)
        counts = Counts(**{field.name: said.pop(field.name) for field in fields(Counts)})
        said |= {"choices": json.loads(said["choices"]), "leans": json.loads(said["leans"])}
        said["uploaded_at"] = _utc(said["uploaded_at"])
        uploads.append(Upload(**said, counts=counts, states=tuple(states.get(row["upload_id"], ()))))
    aliases = {}
    for row in connection.execute(sa.select(ALIASES).order_by(ALIASES.c.said_key, ALIASES.c.version)).mappings():
        aliases[row["said_key"]] = Alias(**dict(row) | {"decided_at": _utc(row["decided_at"])})
    return Ledger(tuple(uploads), aliases)


def made_at(base: Database) -> datetime:
    """When this ledger was begun."""
    with base.reading() as connection:
        done = sa.select(migrations.DONE.c.done_at).where(migrations.DONE.c.name == SUBJECT)
        return _utc(connection.execute(done).scalar_one())


def record(connection: Connection, one: Upload, nth: int) -> None:
    """Write a new upload and its first state, inside a transaction of the subject: this is its commit."""
    said: dict[str, Any] = {field.name: getattr(one, field.name) for field in fields(Upload)}
    del said["states"], said["counts"]
    said |= asdict(one.counts) | {"nth": nth}
    said |= {"choices": _json(one.choices), "leans": _json(one.leans), "uploaded_at": _bare(one.uploaded_at)}
    connection.execute(sa.insert(UPLOADS).values(said))
    _state(connection, one.upload_id, State(1, True, "", one.uploaded_by, one.uploaded_at))


def version_before(connection: Connection) -> str:
    """What the version of the subject was before the transaction that is being written; see Database."""
    asked = sa.select(CHANGES.c.subject, CHANGES.c.n, CHANGES.c.mark).where(CHANGES.c.subject.in_(["", SUBJECT]))
    rows = {row.subject: row for row in connection.execute(asked)}
    return f"{rows[''].mark}-{rows[SUBJECT].n - 1}"


def next_nth(connection: Connection) -> int:
    """The place of the next upload."""
    return int(connection.execute(sa.select(sa.func.max(UPLOADS.c.nth))).scalar() or 0) + 1


def undo_upload(home: Path, upload_id: str, reason: str, by: str = LOCAL) -> Upload:
    """Let the answers of an upload count no more. Nothing is deleted: it can be brought back.

    Raises: NotSaved without a reason, for an upload that does not count, or that somebody else changed meanwhile.
    """
    said = written.checked("upload_reason", reason, LONGEST_REASON, "Say in a few words why, and undo again")
    return _change(home, upload_id, said, by, is_live=False)


def redo_upload(home: Path, upload_id: str, reason: str = "", by: str = LOCAL) -> Upload:
    """Let the answers of an undone upload count again. Raises: as `undo_upload`; a reason may be given."""
    return _change(home, upload_id, written.one_line(reason)[:LONGEST_REASON], by, is_live=True)


def _change(home: Path, upload_id: str, reason: str, by: str, *, is_live: bool) -> Upload:
    base = of(home)
    try:
        with base.writing(SUBJECT) as connection:
            one = read(connection).upload(upload_id)
            if one.is_live == is_live:
                raise NotSaved(
                    "upload_counts" if is_live else "upload_undone", place=one.file_name,
                    found="counted" if is_live else "undone already",
                    allowed="an upload that was undone" if is_live else "an upload that counts",
                    do="Look at the history", name=one.file_name,
                )  # fmt: skip
            now = written.now().replace(tzinfo=UTC)
            _state(connection, one.upload_id, State(one.states[-1].version + 1, is_live, reason, by, now))
    except sa.exc.IntegrityError:
        raise NotSaved(
            "upload_changed", place="the upload", found="a later state, by somebody else",
            allowed="the state you saw", do="Look at it again",
        ) from None  # fmt: skip
    return everything(base).upload(upload_id)


def _state(connection: Connection, upload_id: str, one: State) -> None:
    values = asdict(one) | {"upload_id": upload_id, "changed_at": _bare(one.changed_at)}
    connection.execute(sa.insert(STATES).values(values))


def _json(said: Mapping[str, Any]) -> str:
    return json.dumps(dict(said), ensure_ascii=False, sort_keys=True)


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)


def _bare(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
