"""Taking a survey file in: its answers as one immutable file, and then one row in the ledger, which is the commit.

Order: the file is written under another name, brought to the disk, given its name, and the folder brought to the disk;
then the ledger says it is there. Whatever happens before that last step leaves everything as it was.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from data import written
from data.database import LOCAL, Database
from data.ingest import ledger
from data.ingest.decisions import refused
from data.ingest.draft import Draft, nothing_told
from data.ingest.ledger import Counts, Upload
from data.ingest.reading import Progress
from data.ingest.scratch import committing, in_words, sweep, synced

PHASES = ("waiting for its turn", "comparing with what is there", "storing the answers", "writing the ledger", "done")


@dataclass(frozen=True)
class Receipt:
    """What became of a file. `upload`: its row in the ledger; None when all its answers were there already."""

    counts: Counts
    upload: Upload | None


def commit_upload(draft: Draft, by: str = LOCAL, progress: Progress = nothing_told) -> Receipt:
    """Take a file in. What others took in since the dry run is compared with again: no answer is ever stored twice.

    Raises: UploadError while a person still has to decide something, and when there is no room; StrataError as the
    database. Nothing was saved then.
    """
    _decided(draft)
    progress(0.0, PHASES[0])
    base = ledger.of(draft.home)
    with committing(draft.home):
        known = ledger.everything(base)
        named = {name for one in known.uploads for name in (one.stored, one.hides) if name}
        sweep(draft.home, named, ledger.made_at(base))
        while True:
            progress(0.1, PHASES[1])
            if base.version(ledger.SUBJECT) != draft.seen:
                draft.refresh()
            if not draft.counts.stored:
                draft.close()
                progress(1.0, PHASES[4])
                return Receipt(draft.counts, None)
            progress(0.3, PHASES[2])
            one = _stored(draft, by)
            progress(0.8, PHASES[3])
            if _recorded(base, draft, one):
                break
    receipt = Receipt(draft.counts, ledger.everything(base).upload(one.upload_id))
    draft.close()
    progress(1.0, PHASES[4])
    return receipt


def _decided(draft: Draft) -> None:
    unsure = draft.survey.unsure
    if unsure:
        raise refused(
            "undecided", place=draft.survey.name, found="; ".join(str(one) for one in unsure),
            allowed="a file about which everything is decided",
            do="Decide " + ", ".join(f'"{one.about}"' for one in unsure),
        )  # fmt: skip


def _stored(draft: Draft, by: str) -> Upload:
    """The answers under their lasting name; the row of the ledger that will name them."""
    made, survey = draft.outcome, draft.survey
    folder = ledger.place(draft.home)
    with in_words(draft.home):
        content = _content(made.answers)
        taken = {one.stored for one in ledger.everything(ledger.of(draft.home)).uploads}
        nth = next(nth for nth in range(1, len(taken) + 2) if _name(content, nth) not in taken)
        stored = _name(content, nth)  # the second of its name: the same answers were undone and come again
        size = made.answers.stat().st_size
        _placed(made.answers, folder / stored)
        hides = None
        if made.hides:
            hides = stored.replace(".parquet", ".hides.parquet")
            _placed(made.hides, folder / hides)
        synced(folder)
    return Upload(
        upload_id=written.new_id(), nth=0, file_name=survey.name, file_hash=draft.file_hash,
        file_bytes=survey.found.opened.size, stored=stored, stored_bytes=size, hides=hides,
        namespace=survey.mapping.fingerprint, zone=draft.zone, mapping=survey.mapping.written(), choices=survey.choices,
        leans=made.leans, counts=made.counts, first_at=made.first_at, last_at=made.last_at, uploaded_by=by,
        uploaded_at=written.now().replace(tzinfo=UTC),
    )  # fmt: skip


def _name(content: str, nth: int) -> str:
    return f"{content}.parquet" if nth == 1 else f"{content}.{nth}.parquet"


def _placed(made: Path, path: Path) -> None:
    """A file of the draft brought to the disk and given its name; the draft keeps it until the ledger says so."""
    synced(made)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    os.link(made, new)
    os.replace(new, path)  # noqa: PTH105 - named for the system call whose atomicity is the point


def _content(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:40]


def _recorded(base: Database, draft: Draft, one: Upload) -> bool:
    """Write the row of the ledger, if nothing was written since the comparison. False when something was."""
    with base.writing(ledger.SUBJECT) as connection:
        if ledger.version_before(connection) != draft.seen:
            return False
        ledger.record(connection, one, ledger.next_nth(connection))
    return True
