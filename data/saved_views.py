"""Views of a page saved under a name: the address without the language, to be opened, renamed and deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data import written
from data.database import LOCAL, Database
from data.written import NotSaved

SUBJECT = "saved_views"
LONGEST = 80  # characters of a name
LONGEST_QUERY = 4000  # characters of an address that every browser and proxy passes on
TABLE = sa.table(
    "saved_views",
    sa.column("view_id", sa.String), sa.column("owner", sa.String), sa.column("name", sa.Text),
    sa.column("name_key", sa.Text), sa.column("page", sa.String), sa.column("query", sa.Text),
    sa.column("saved_at", sa.DateTime), sa.column("withdrawn_at", sa.DateTime),
)  # fmt: skip
Query = dict[str, list[str]]


@dataclass(frozen=True)
class SavedView:
    """One saved view. `address`: the query of its address, as it is written there."""

    view_id: str
    owner: str
    name: str
    page: str
    address: str
    saved_at: datetime

    @property
    def query(self) -> Query:
        """The keys of its address."""
        return parse_qs(self.address, keep_blank_values=True)


def save(database: Database, name: str, page: str, query: Query, owner: str = LOCAL) -> SavedView:
    """Save an address under a name. Raises: NotSaved for an empty, too long or taken name, or a too long address."""
    line = _name(name)
    address = urlencode(query, doseq=True)
    if len(address) > LONGEST_QUERY:
        raise NotSaved(
            "view_address_too_long", place="the address", found=f"{len(address)} characters",
            allowed=f"up to {LONGEST_QUERY}", do="Choose fewer values in the filters and save again",
            n=len(address), longest=LONGEST_QUERY,
        )  # fmt: skip
    new = SavedView(written.new_id(), owner, line, page, address, written.now().replace(tzinfo=UTC))
    values = {
        "view_id": new.view_id, "owner": owner, "name": line, "name_key": written.key(line), "page": page,
        "query": address, "saved_at": new.saved_at.replace(tzinfo=None),
    }  # fmt: skip
    _write(database, sa.insert(TABLE).values(values), line)
    return new


def rename(database: Database, view: SavedView, name: str) -> None:
    """Give a saved view another name. Raises: NotSaved as `save`, and when it was deleted meanwhile."""
    line = _name(name)
    change = sa.update(TABLE).where(TABLE.c.view_id == view.view_id, TABLE.c.withdrawn_at.is_(None))
    _write(database, change.values(name=line, name_key=written.key(line)), line)


def delete(database: Database, view: SavedView) -> None:
    """Take a saved view off the list; `restore` puts it back."""
    change = sa.update(TABLE).where(TABLE.c.view_id == view.view_id, TABLE.c.withdrawn_at.is_(None))
    _write(database, change.values(withdrawn_at=written.now()), view.name)


def restore(database: Database, view: SavedView) -> None:
    """Put a deleted view back. Raises: NotSaved when its name was given to another one meanwhile."""
    change = sa.update(TABLE).where(TABLE.c.view_id == view.view_id, TABLE.c.withdrawn_at.is_not(None))
    _write(database, change.values(withdrawn_at=None), view.name)


def saved_by(database: Database, owner: str = LOCAL) -> tuple[SavedView, ...]:
    """What a reader saved, by name; read again only after a write. Raises: StrataError when it cannot be read."""
    return tuple(view for view in database.remembered(SUBJECT, _read) if view.owner == owner)


def _name(said: str) -> str:
    return written.checked("view_name", said, LONGEST, "Give it a short name and save again")


def _write(database: Database, change: sa.Insert | sa.Update, name: str) -> None:
    try:
        with database.writing(SUBJECT) as connection:
            if connection.execute(change).rowcount == 0:
                raise NotSaved(
                    "view_gone", place=name, found="no such view any more", allowed="a view on your list",
                    do="Look at the list again", name=name,
                )  # fmt: skip
    except sa.exc.IntegrityError:
        raise NotSaved(
            "view_name_taken", place=name, found="a view of that name", allowed="a name of its own",
            do="Choose another name, or rename or delete the other view", name=name,
        ) from None  # fmt: skip


def _read(connection: Connection) -> tuple[SavedView, ...]:
    asked = sa.select(TABLE).where(TABLE.c.withdrawn_at.is_(None)).order_by(TABLE.c.name_key, TABLE.c.view_id)
    return tuple(
        SavedView(row.view_id, row.owner, row.name, row.page, row.query, row.saved_at.replace(tzinfo=UTC))
        for row in connection.execute(asked)
    )
