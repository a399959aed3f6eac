"""A folder for one file while it is looked at and taken in. Whatever a crash leaves of it is swept by the next one.

uploads/draft-*/        one file being looked at, its owner holding the lock inside
uploads/<hash>.parquet  answers of an upload, named in the ledger; any other is the rest of an interrupted commit
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import duckdb

from data.errors import StrataError, first_line
from data.ingest import ledger
from data.ingest.decisions import refused

DRAFT = "draft-"
LOCK = ".lock"
FULL = ("no space left", "disk full", "file too large", "could not write all bytes", "max_temp_directory_size")


class Scratch:
    """A folder of one's own beside the stored answers; gone when it is closed, forgotten, or its process has ended."""

    def __init__(self, home: Path) -> None:
        with in_words(home):
            place = ledger.place(home)
            place.mkdir(parents=True, exist_ok=True)
            self.folder = Path(tempfile.mkdtemp(prefix=DRAFT, dir=place)).resolve()
            self._lock = (self.folder / LOCK).open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._end = weakref.finalize(self, _end, self.folder, self._lock)

    def close(self) -> None:
        """Remove it."""
        self._end()


def _end(folder: Path, lock: Iterable[str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    lock.close()  # type: ignore[attr-defined]  # an open file


@contextmanager
def committing(home: Path) -> Iterator[None]:
    """One commit at a time in a data folder; the others wait for their turn, whatever process they are in."""
    with in_words(home):
        ledger.place(home).mkdir(parents=True, exist_ok=True)
        lock = (ledger.place(home) / LOCK).open("w")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def sweep(home: Path, named: set[str], since: datetime) -> int:
    """Remove what interrupted work has left; for whoever holds the lock of commits. Gives how many things it were.

    `named`: files in the ledger. `since`: when the ledger was begun; what is older belongs to one that was lost, and is
    left alone.
    """
    swept = 0
    for path in ledger.place(home).iterdir():
        if path.name.startswith(DRAFT):
            swept += _swept(path)
        elif path.suffix in (".parquet", ".new") and path.name not in named:
            with suppress(OSError):
                if path.stat().st_mtime >= since.timestamp():
                    path.unlink()
                    swept += 1
    return swept


def _swept(draft: Path) -> bool:
    """Remove a draft whose owner has ended."""
    try:
        lock = (draft / LOCK).open("w")
    except OSError:  # made or removed this very moment, or not ours to touch
        with suppress(OSError):
            draft.rmdir()
        return False
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        shutil.rmtree(draft, ignore_errors=True)
    return True


def synced(path: Path) -> None:
    """See that a file or folder is on the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def in_words(home: Path) -> Iterator[None]:
    """What the disk complains of, as an error a reader can act on. Whatever was there before stands."""
    try:
        yield
    except StrataError:
        raise
    except MemoryError:
        raise _refused("no_memory", home, "too little memory", "about 600 MB of free memory",
                       "Close what else runs and try again") from None  # fmt: skip
    except duckdb.OutOfMemoryException as problem:
        is_full = any(sign in str(problem).lower() for sign in FULL)
        raise (_full(home, first_line(problem)) if is_full else _refused(
            "no_memory", home, first_line(problem), "about 600 MB of free memory", "Close what else runs and try again"
        )) from problem  # fmt: skip
    except (OSError, duckdb.IOException) as problem:
        said = first_line(problem)
        number = problem.errno if isinstance(problem, OSError) else None
        if number in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT) or any(sign in said.lower() for sign in FULL):
            raise _full(home, said) from problem
        raise _refused(
            "unwritable", home, said, "a folder that can be written", "Set STRATA_DATA or --data to another folder"
        ) from problem


def _full(home: Path, said: str) -> StrataError:
    return _refused("no_room", home, f"a full disk ({said})", "room for the answers of the file",
                    "Make room on the disk and try again")  # fmt: skip


def _refused(code: str, home: Path, found: str, allowed: str, do: str) -> StrataError:
    return refused(code, place=str(ledger.place(home)), found=found, allowed=allowed, do=do)
