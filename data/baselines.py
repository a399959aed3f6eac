"""Which weeks tell what is usual for a metric: decided by somebody, with a reason, and never lost on the way."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data import written
from data.database import LOCAL, Database
from data.written import NotSaved

SUBJECT = "baselines"
LONGEST = 200  # characters of a reason
SHORTEST = 8 * 7  # days: fewer weeks do not tell what is usual
TABLE = sa.table(
    "baselines",
    sa.column("metric", sa.String), sa.column("version", sa.Integer), sa.column("first_on", sa.Date),
    sa.column("last_on", sa.Date), sa.column("reason", sa.Text), sa.column("written_by", sa.String),
    sa.column("written_at", sa.DateTime), sa.column("is_withdrawn", sa.Boolean),
)  # fmt: skip


@dataclass(frozen=True)
class Baseline:
    """One decision: the days, both included, whose weeks tell what is usual; why, who, and when (UTC).

    `is_withdrawn`: from then on it is told again by the weeks before whatever period is looked at.
    """

    metric: str
    version: int
    first_on: date
    last_on: date
    reason: str
    written_by: str
    written_at: datetime
    is_withdrawn: bool = False


@dataclass(frozen=True)
class Baselines:
    """Everything decided. `live`: metric -> what holds; `history`: every decision, the latest first."""

    live: dict[str, Baseline]
    history: tuple[Baseline, ...]

    def version(self, metric: str) -> int:
        """The version of the latest decision on a metric; 0 where there is none."""
        return max((one.version for one in self.history if one.metric == metric), default=0)


def rebase(
    database: Database, metric: str, first_on: date, last_on: date, reason: str, after: int, by: str = LOCAL
) -> Baseline:
    """Decide which days tell what is usual for a metric. `after`: the version that the decision was made upon.

    Raises: NotSaved without a reason, for fewer than 56 days, and when somebody decided meanwhile; StrataError as the
    database.
    """
    said = written.checked("baseline", reason, LONGEST, "Say in a few words why and save again")
    if (last_on - first_on).days + 1 < SHORTEST:
        raise NotSaved(
            "baseline_too_short", place="the days", found=f"{first_on} to {last_on}",
            allowed=f"{SHORTEST} days or more", do="Choose more weeks and save again",
            first=first_on, last=last_on,
        )  # fmt: skip
    return _save(database, Baseline(metric, after + 1, first_on, last_on, said, by, _now()))


def withdraw(database: Database, before: Baseline, by: str = LOCAL) -> Baseline:
    """Let the weeks before the period tell again what is usual. Raises: as `rebase`."""
    after = replace(before, version=before.version + 1, written_by=by, written_at=_now(), is_withdrawn=True)
    return _save(database, after)


def everything(database: Database) -> Baselines:
    """All decisions, read again only after a write. Raises: StrataError when they cannot be read."""
    return database.remembered(SUBJECT, _read)


def _now() -> datetime:
    return written.now().replace(tzinfo=UTC)


def _save(database: Database, one: Baseline) -> Baseline:
    values = asdict(one) | {"written_at": one.written_at.replace(tzinfo=None)}
    try:
        with database.writing(SUBJECT) as connection:
            connection.execute(sa.insert(TABLE).values(values))
    except sa.exc.IntegrityError:
        raise NotSaved(
            "baseline_changed", place="what is usual", found="a later decision, by somebody else",
            allowed="the one you saw", do="Look at it again and decide anew",
        ) from None  # fmt: skip
    return one


def _read(connection: Connection) -> Baselines:
    asked = sa.select(TABLE).order_by(TABLE.c.written_at.desc(), TABLE.c.metric, TABLE.c.version.desc())
    history = tuple(
        Baseline(**dict(row) | {"written_at": row["written_at"].replace(tzinfo=UTC)})
        for row in connection.execute(asked).mappings()
    )
    latest: dict[str, Baseline] = {}
    for one in history:
        if one.metric not in latest or latest[one.metric].version < one.version:
            latest[one.metric] = one
    return Baselines({metric: one for metric, one in latest.items() if not one.is_withdrawn}, history)
