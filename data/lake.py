"""Where a lake lies, which version of it is live, and what its manifest says.

<STRATA_DATA>/lake/current               the name of the live version: replacing this file is the commit
<STRATA_DATA>/lake/<version>/lake.json   the manifest, then <table>/ym=2026-03/part.parquet
<STRATA_DATA>/lake/<version>/rejects/    the rows that failed the contract, one file a table
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from data.errors import BuildError, StrataError

HOME = Path(__file__).parent / "files"


def place() -> Path:
    """The folder of the lake and of everything people write: STRATA_DATA, else data/files."""
    return Path(os.environ.get("STRATA_DATA") or HOME)


@dataclass(frozen=True)
class Stage:
    """A stage of the client's journey, in the order declared. `payments`: invoices count at this stage."""

    id: str
    label: dict[str, str]
    payments: bool = False


@dataclass(frozen=True)
class Counts:
    """What became of one table's rows. `first` and `last`: its earliest event and its latest news, ISO dates.

    `last` may lie ahead of the build where nothing but due dates is known.
    """

    rows_in: int
    kept: int
    rejected: int
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True)
class Manifest:
    """What a lake says of itself."""

    version: str
    source: str
    title: dict[str, str]
    currency: str
    timezone: str
    built_at: str
    as_of: str
    stages: tuple[Stage, ...]
    tables: dict[str, Counts]
    files: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def last_day(self) -> date:
        """The last day on which anything happened; 'now' for every question asked of this lake."""
        return date.fromisoformat(self.as_of)

    def write(self, folder: Path) -> None:
        """Store it beside the tables."""
        (folder / "lake.json").write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest of the version in `folder`. Raises: StrataError when it is gone or of another make."""
        try:
            said = json.loads((folder / "lake.json").read_text(encoding="utf-8"))
            said["stages"] = tuple(Stage(**stage) for stage in said["stages"])
            said["tables"] = {name: Counts(**counts) for name, counts in said["tables"].items()}
            said["files"] = {name: tuple(files) for name, files in said["files"].items()}
            return cls(**said)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
            raise StrataError(
                "foreign_lake",
                place=str(folder / "lake.json"),
                found=f"a lake that cannot be read ({problem})",
                allowed="a lake built by this version of the product",
                do="Build it again with python -m data.build NAME",
                state="nothing was changed",
            ) from None


def live(home: Path) -> Path | None:
    """The folder of the version that readers see, or None when no lake was built yet."""
    try:
        name = (home / "lake" / "current").read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return home / "lake" / name


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def commit(home: Path, version: Path) -> None:
    """Make a finished version the live one. Until the last rename every reader sees the old one, whole."""
    for path in version.rglob("*"):
        _sync(path)
    _sync(version)
    _sync(version.parent)
    pointer = home / "lake" / "current"
    draft = pointer.with_suffix(".new")
    draft.write_text(version.name, encoding="utf-8")
    _sync(draft)
    os.replace(draft, pointer)  # noqa: PTH105 - named for the system call whose atomicity is the point
    _sync(pointer.parent)


def sweep(home: Path, keep: set[str]) -> None:
    """Remove what nobody needs: leftovers of interrupted builds, and lakes older than the one before.

    Only for the build that holds the lock: then no other build's drafts are among them.
    """
    versions = [folder for folder in (home / "lake").iterdir() if folder.is_dir() and folder.name not in keep]
    for folder in (*versions, *home.glob("build-*")):
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def building(home: Path) -> Iterator[None]:
    """One build at a time. Raises: BuildError when another one runs, or when the folder cannot be written."""
    try:
        (home / "lake").mkdir(parents=True, exist_ok=True)
        lock = (home / "lake" / ".build").open("w")
    except OSError as problem:
        raise BuildError(
            "unwritable",
            place=str(home),
            found=str(problem.strerror),
            allowed="a folder that can be written",
            do="Set STRATA_DATA or --into to another folder",
            state="nothing was changed",
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BuildError(
                "busy",
                place=str(home / "lake"),
                found="another build at work",
                allowed="one build at a time",
                do="Wait until it ends and try again",
                state="nothing was changed",
            ) from None
        yield
