"""The ledger of uploads as readers follow it: which files count now, asked for cheaply, whoever wrote it last."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from data.database import FILE, Database
from data.errors import StrataError, first_line
from data.ingest import ledger
from data.ingest.ledger import Ledger

RACY_S = 0.05  # a file changed this recently may change again within the same tick of its clock


@dataclass(frozen=True)
class Part:
    """One file of answers that counts. `hides`: the file with those that stand in earlier ones too. Instants in UTC."""

    upload_id: str
    path: str
    hides: str | None
    zone: str
    rows: int
    size: int
    first_at: datetime | None
    last_at: datetime | None
    uploaded_at: datetime


def part(home: Path, one: ledger.Upload) -> Part:
    """The file of an upload."""
    folder = ledger.place(home).resolve()
    hides = str(folder / one.hides) if one.hides else None
    rows = one.counts.stored + sum(one.leans.values())
    return Part(
        one.upload_id, str(folder / one.stored), hides, one.zone, rows, one.stored_bytes, one.first_at, one.last_at,
        one.uploaded_at,
    )  # fmt: skip


def checked(path: str) -> None:
    """Make sure that a file of answers can be read. Raises: StrataError when it is not there, or is damaged."""
    code, found = "upload_missing", "no file"
    if Path(path).is_file():
        try:
            for _ in parquet.ParquetFile(path).iter_batches():
                pass
        except (pa.ArrowException, OSError) as problem:
            code, found = "upload_damaged", f"a damaged file ({first_line(problem)})"
        else:
            return
    raise StrataError(
        code, place=path, found=found, allowed="the file that the ledger of uploads names",
        do="Bring it back from a copy, or undo its upload: python -m data.ingest --history",
        state="nothing is shown rather than too little",
    ) from None  # fmt: skip


class Followed:
    """The ledger of one data folder as a reader follows it. `beside`: files to be shown as if they were taken in."""

    def __init__(self, home: Path, beside: tuple[Part, ...] = ()) -> None:
        self.home, self.beside = home, beside
        self._base: tuple[tuple[str | None, ...], Database] | None = None
        self._stamp: tuple[object, ...] | None = None
        self._version = ""
        self._ledger: Ledger | None = None

    def version(self) -> str:
        """Changes whenever what counts changes, by any process; empty as long as nothing was ever taken in.

        Raises: StrataError when there are uploads, and nobody can say which of them count.
        """
        return "+".join(part for part in (self._asked(), *(Path(one.path).parent.name for one in self.beside)) if part)

    def _asked(self) -> str:
        base = self._database()
        stamp = None
        if base.url.get_backend_name() == "sqlite":
            stamp = _touched(Path(base.url.database or ""))
            if stamp is not None and stamp == self._stamp:
                return self._version
            if stamp is None:  # no database yet, so no uploads: none is made for the asking
                self._without_ledger()
                return ""
        try:
            asked = base.version(ledger.SUBJECT)
        except StrataError:
            if self._ledger is None and _answers(self.home):
                raise
            return self._version
        self._version = "" if asked.endswith("-0") else asked
        self._stamp = stamp
        return self._version

    def _database(self) -> Database:
        settings = tuple(os.environ.get(name) for name in ("STRATA_DATA", "STRATA_DATABASE"))
        if self._base is None or self._base[0] != settings:
            self._base = (settings, ledger.of(self.home))
        return self._base[1]

    def _without_ledger(self) -> None:
        self._stamp, self._version, self._ledger = None, "", ledger.NOTHING
        if found := _answers(self.home):
            raise StrataError(
                "ledger_missing", place=str(self.home), found=f"answers of uploads ({found}) without their ledger",
                allowed=f"{FILE} beside them", do="Bring it back from a copy, or put the folder of uploads away",
                state="nothing is shown rather than too little",
            )  # fmt: skip

    def ledger(self) -> Ledger:
        """What stands in it. Raises: StrataError when that cannot be read and never was."""
        if self._asked() == "":
            return ledger.NOTHING
        try:
            self._ledger = ledger.everything(ledger.of(self.home))
        except StrataError:
            if self._ledger is None:
                raise
        return self._ledger


def _answers(home: Path) -> str:
    """The name of some file of answers, or nothing where there is none."""
    return next((path.name for path in ledger.place(home).glob("*.parquet")), "")


def _touched(path: Path) -> tuple[object, ...] | None:
    """When a database file was last written; None when there is none. Unlike any other for one written just now."""
    stamps: list[object] = []
    latest = 0
    for one in (path, path.with_name(path.name + "-wal")):
        try:
            found = one.stat()
        except OSError:
            stamps.append(None)
            continue
        stamps.append((found.st_ino, found.st_mtime_ns, found.st_size))
        latest = max(latest, found.st_mtime_ns)
    if stamps[0] is None:
        return None
    is_racy = time.time_ns() - latest < RACY_S * 1e9
    return ("racy", time.monotonic_ns()) if is_racy else tuple(stamps)
