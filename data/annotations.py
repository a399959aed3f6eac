"""What happened on a day, in somebody's own words: written, edited and withdrawn, and never lost on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data import written
from data.database import LOCAL, Database
from data.written import NotSaved

SUBJECT = "annotations"
LONGEST = 200  # characters
TABLE = sa.table(
    "annotations",
    sa.column("annotation_id", sa.String), sa.column("version", sa.Integer),
    sa.column("first_on", sa.Date), sa.column("last_on", sa.Date), sa.column("said", sa.Text),
    sa.column("layer", sa.String), sa.column("segment", sa.Text), sa.column("stage", sa.Text),
    sa.column("written_by", sa.String), sa.column("written_at", sa.DateTime), sa.column("is_withdrawn", sa.Boolean),
)  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """What somebody wants to note. `first_on`, `last_on`: calendar days, both included.

    `layer`, `segment`, `stage`: what it is about; None means any.
    """

    first_on: date
    last_on: date
    said: str
    layer: str | None = None
    segment: str | None = None
    stage: str | None = None


@dataclass(frozen=True, kw_only=True)
class Annotation(Draft):
    """One version of an annotation: who wrote it and when (UTC). Version 1 is the first."""

    annotation_id: str
    version: int
    written_by: str
    written_at: datetime
    is_withdrawn: bool

    @property
    def draft(self) -> Draft:
        """What it says, apart from who and when."""
        return Draft(**{field.name: getattr(self, field.name) for field in fields(Draft)})


@dataclass(frozen=True)
class Annotations:
    """Everything noted. `live`: as it stands, by day; `withdrawn`: what was taken off. `history`: every version, the
    latest first."""

    live: tuple[Annotation, ...]
    withdrawn: tuple[Annotation, ...]
    history: tuple[Annotation, ...]


def checked(draft: Draft, years: range) -> Draft:
    """A draft that may be saved, its text on one line. `years`: those of the lake.

    Raises: NotSaved for an empty or too long text, an end before the begin, a day outside the years.
    """
    said = written.checked("annotation", draft.said, LONGEST, "Say in a few words what happened and save again")
    if draft.last_on < draft.first_on:
        raise NotSaved(
            "annotation_ends_early", place="the days", found=f"{draft.first_on} to {draft.last_on}",
            allowed="an end on or after the begin", do="Correct the days and save again",
            first=draft.first_on, last=draft.last_on,
        )  # fmt: skip
    for day in (draft.first_on, draft.last_on):
        if day.year not in years:
            raise NotSaved(
                "annotation_other_years", place="the days", found=str(day), allowed=f"{years[0]} to {years[-1]}",
                do="Choose a day in the years of the data and save again", day=day, since=years[0], until=years[-1],
            )  # fmt: skip
    return Draft(**asdict(draft) | {"said": said})


def annotate(database: Database, draft: Draft, years: range, by: str = LOCAL) -> Annotation:
    """Save something new. Raises: NotSaved as `checked`; StrataError as the database."""
    new = _version(checked(draft, years), written.new_id(), 1, by)
    _save(database, new)
    return new


def edit(database: Database, before: Annotation, draft: Draft, years: range, by: str = LOCAL) -> Annotation:
    """Save another version of what stands. Raises: as `annotate`, and when somebody else changed it meanwhile."""
    return _follow(database, before, checked(draft, years), by)


def withdraw(database: Database, before: Annotation, by: str = LOCAL) -> Annotation:
    """Take an annotation off the charts; it stays in the history. Raises: as `edit`."""
    return _follow(database, before, before.draft, by, is_withdrawn=True)


def bring_back(database: Database, before: Annotation, by: str = LOCAL) -> Annotation:
    """Put a withdrawn annotation back as it was. Raises: as `edit`."""
    return _follow(database, before, before.draft, by)


def everything(database: Database) -> Annotations:
    """All annotations, read again only after a write. Raises: StrataError when they cannot be read."""
    return database.remembered(SUBJECT, _read)


def about(
    found: Iterable[Annotation], first_on: date, last_on: date, layer: str | None = None,
    segments: tuple[str, ...] = (), stages: tuple[str, ...] = (),
) -> tuple[Annotation, ...]:  # fmt: skip
    """Those that touch the days and may explain what is looked at.

    `layer`: what is about another one is left out; None keeps those of every layer. `segments`, `stages`: the chosen
    ones; what is about another is left out; () chooses all.
    """
    return tuple(
        one
        for one in found
        if one.first_on <= last_on
        and one.last_on >= first_on
        and (layer is None or one.layer in (None, layer))
        and (not segments or one.segment is None or one.segment in segments)
        and (not stages or one.stage is None or one.stage in stages)
    )


def _version(draft: Draft, annotation_id: str, version: int, by: str, *, is_withdrawn: bool = False) -> Annotation:
    at = written.now().replace(tzinfo=UTC)
    return Annotation(
        **asdict(draft), annotation_id=annotation_id, version=version, written_by=by, written_at=at,
        is_withdrawn=is_withdrawn,
    )  # fmt: skip


def _follow(database: Database, before: Annotation, draft: Draft, by: str, *, is_withdrawn: bool = False) -> Annotation:
    after = _version(draft, before.annotation_id, before.version + 1, by, is_withdrawn=is_withdrawn)
    try:
        _save(database, after)
    except sa.exc.IntegrityError:
        raise NotSaved(
            "annotation_changed", place="the annotation", found="a later version, by somebody else",
            allowed="the version you opened", do="Look at it again and repeat the change",
        ) from None  # fmt: skip
    return after


def _save(database: Database, one: Annotation) -> None:
    values = asdict(one) | {"written_at": one.written_at.replace(tzinfo=None)}
    with database.writing(SUBJECT) as connection:
        connection.execute(sa.insert(TABLE).values(values))


def _read(connection: Connection) -> Annotations:
    asked = sa.select(TABLE).order_by(TABLE.c.written_at.desc(), TABLE.c.annotation_id, TABLE.c.version.desc())
    history = []
    latest: dict[str, Annotation] = {}
    for row in connection.execute(asked).mappings():
        one = Annotation(**dict(row) | {"written_at": row["written_at"].replace(tzinfo=UTC)})
        history.append(one)
        known = latest.get(one.annotation_id)
        if known is None or known.version < one.version:
            latest[one.annotation_id] = one
    standing = sorted(latest.values(), key=lambda one: (one.first_on, one.last_on, one.written_at, one.annotation_id))
    return Annotations(
        live=tuple(one for one in standing if not one.is_withdrawn),
        withdrawn=tuple(one for one in standing if one.is_withdrawn),
        history=tuple(history),
    )
