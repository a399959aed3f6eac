"""One company as a source: where its exports lie, currency, time zone, stages, and the SQL that maps each table."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data import contract
from data.errors import BuildError, DeclarationError, nearest
from data.lake import Stage

FOLDER = Path(__file__).parent / "sources"
KEYS = {"title", "currency", "timezone", "raw", "files", "stages"}
READ = (".csv", ".tsv", ".parquet", ".xlsx")


@dataclass(frozen=True)
class Source:
    """`files`: name of the raw view -> file or folder inside `raw`; empty: every file by its own name.

    `sql`: table -> mapping. A table without one is taken from the raw file of its own name, already in contract shape.
    """

    name: str
    title: dict[str, str]
    currency: str
    timezone: str
    raw: Path
    files: dict[str, str]
    stages: tuple[Stage, ...]
    sql: dict[str, str]


def _wrong(place: str, found: str, allowed: str) -> DeclarationError:
    return DeclarationError(
        "source", place=place, found=found, allowed=allowed, do="Correct the source", state="nothing was read"
    )


def read(name: str, folder: Path = FOLDER) -> Source:
    """The source called `name`. Raises: DeclarationError when there is none, or a key, zone or SQL file is unknown."""
    home = Path(name) if "/" in name else folder / name
    known = sorted(path.parent.name for path in folder.glob("*/source.toml"))
    if not (home / "source.toml").is_file():
        raise _wrong(
            f"{home / 'source.toml'}", "no such file", f"{', '.join(known)}, or a folder{nearest(name, known)}"
        )
    said = tomllib.loads((home / "source.toml").read_text(encoding="utf-8"))
    for key in said.keys() - KEYS:
        raise _wrong(f"{name}/source.toml", f'"{key}"{nearest(key, KEYS)}', ", ".join(sorted(KEYS)))
    for key in ("title", "currency"):
        if key not in said:
            raise _wrong(f"{name}/source.toml", f'no "{key}"', "title, currency, timezone, stages and files")
    zone = said.get("timezone", "UTC")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise _wrong(f"{name}/source.toml, timezone", f'"{zone}"', "an IANA zone such as Europe/Moscow") from None
    mappings = {path.stem: path.read_text(encoding="utf-8") for path in sorted(home.glob("*.sql"))}
    for table in mappings.keys() - contract.tables().keys():
        raise _wrong(f"{name}/{table}.sql", f'"{table}"{nearest(table, contract.ORDER)}', ", ".join(contract.ORDER))
    return Source(
        name=home.name,
        title=said["title"],
        currency=said["currency"],
        timezone=zone,
        raw=Path(said.get("raw", home / "raw")),
        files=said.get("files", {}),
        stages=tuple(Stage(**stage) for stage in said.get("stages", ())),
        sql=mappings,
    )


def raw_files(source: Source, raw: Path) -> dict[str, Path]:
    """Which file or folder stands behind each raw view. Raises: BuildError when one is missing."""
    if not raw.is_dir():
        raise _missing(str(raw), "no such folder", "the folder with the exports", "Name it with --raw DIR")
    lying = {path.name: path for path in sorted(raw.iterdir()) if path.suffix.lower() in READ or path.is_dir()}
    if source.files:
        for name, file in source.files.items():
            if file not in lying:
                close = difflib.get_close_matches(file, list(lying), n=1)
                hint = f" (is it {close[0]}?)" if close else ""
                raise _missing(
                    str(raw / file), f"no such file{hint}", f"the export read as raw.{name}", "Put the export there"
                )
        return {name: lying[file] for name, file in source.files.items()}
    views = {path.stem if path.is_file() else path.name: path for path in lying.values()}
    if not views:
        raise _missing(str(raw), "no exports", "files ending in " + ", ".join(READ), "Put the exports there")
    return views


def _missing(place: str, found: str, allowed: str, do: str) -> BuildError:
    return BuildError(
        "missing_file", place=place, found=found, allowed=allowed, do=f"{do} and build again",
        state="the lake is as it was",
    )  # fmt: skip
