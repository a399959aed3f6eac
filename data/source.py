"""One company as a source: where its exports lie, currency, time zone, stages, and the SQL that maps each table."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from data import contract
from data.errors import BuildError, DeclarationError, nearest
from data.lake import Stage

FOLDER = Path(__file__).parent / "sources"
# key -> (its type in TOML, that type in words)
KEYS: dict[str, tuple[type, str]] = {
    "title": (dict, 'both languages: { en = "...", ru = "..." }'),
    "currency": (str, "a currency code such as EUR"),
    "timezone": (str, "an IANA zone such as Europe/Moscow"),
    "raw": (str, "the folder of the exports"),
    "files": (dict, 'view = "file" for each export'),
    "stages": (list, "[[stages]] with id and label"),
}
READ = (".csv", ".tsv", ".parquet", ".xlsx")


@dataclass(frozen=True)
class Source:
    """`files`: name of the raw view -> file or folder inside `raw`; empty: every file by its own name.

    `raw`: seen from where the command is started. `sql`: table -> mapping. A table without one is taken from the raw
    file of its own name, already in contract shape.
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
    """The source called `name`. Raises: DeclarationError when there is none, or something in it is not understood."""
    home = Path(name) if "/" in name else folder / name
    known = sorted(path.parent.name for path in folder.glob("*/source.toml"))
    if not (home / "source.toml").is_file():
        raise _wrong(
            f"{home / 'source.toml'}", "no such file", f"{', '.join(known)}, or a folder{nearest(name, known)}"
        )
    place = f"{home.resolve().name}/source.toml"
    said = _facts(home / "source.toml", place)
    mappings = {path.stem: path.read_text(encoding="utf-8") for path in sorted(home.glob("*.sql"))}
    for table in mappings.keys() - contract.tables().keys():
        raise _wrong(f"{home / table}.sql", f'"{table}"{nearest(table, contract.ORDER)}', ", ".join(contract.ORDER))
    return Source(
        name=home.resolve().name,
        title=said["title"],
        currency=said["currency"],
        timezone=said.get("timezone", "UTC"),
        raw=Path(said.get("raw", home / "raw")),
        files=said.get("files", {}),
        stages=tuple(_stage(stage, place) for stage in said.get("stages", ())),
        sql=mappings,
    )


def _facts(path: Path, place: str) -> dict[str, Any]:
    """What source.toml says, each key known and of the right kind."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:  # not TOML, or not UTF-8
        raise _wrong(place, f"text that is not TOML ({problem})", "TOML in UTF-8") from None
    for key, value in said.items():
        if key not in KEYS:
            raise _wrong(place, f'"{key}"{nearest(key, KEYS)}', ", ".join(KEYS))
        if not isinstance(value, KEYS[key][0]):
            raise _wrong(f"{place}, {key}", f"{value!r}", KEYS[key][1])
    for key in ("title", "currency"):
        if key not in said:
            raise _wrong(place, f'no "{key}"', "title, currency, timezone, stages and files")
    _labels(said["title"], f"{place}, title")
    zone = said.get("timezone", "UTC")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones, such as "Europe"
        close = nearest(zone, available_timezones())
        raise _wrong(f"{place}, timezone", f'"{zone}"{close}', "an IANA zone such as Europe/Moscow") from None
    return said


def _stage(said: Any, place: str) -> Stage:
    if not isinstance(said, dict) or not {"id", "label"} <= said.keys() <= {"id", "label", "payments"}:
        raise _wrong(f"{place}, stages", f"{said!r}", "id and label, and payments where invoices belong to the stage")
    _labels(said["label"], f"{place}, stages, {said['id']}, label")
    return Stage(**said)


def _labels(said: Any, place: str) -> None:
    if not isinstance(said, dict) or not {"en", "ru"} <= said.keys():
        raise _wrong(place, f"{said!r}", 'both languages: { en = "...", ru = "..." }')


def raw_files(source: Source, raw: Path) -> dict[str, Path]:
    """Which file or folder stands behind each raw view, in lower case. Raises: BuildError when one is missing."""
    if not raw.is_dir():
        raise _missing(str(raw), "no such folder", "the folder with the exports", "Name it with --raw DIR")
    lying = [path for path in sorted(raw.iterdir()) if not path.name.startswith((".", "~$")) and _is_export(path)]
    if source.files:
        return {name.lower(): _named(raw, name, file, lying) for name, file in source.files.items()}
    views: dict[str, Path] = {}
    for path in lying:
        view = (path.name if path.is_dir() else path.stem).lower()
        if view in views:
            raise _missing(
                str(path), f"a second export named {view}, beside {views[view].name}", "one export of a name",
                "Take one of them away",
            )  # fmt: skip
        views[view] = path
    if not views:
        raise _missing(str(raw), "no exports", "files ending in " + ", ".join(READ), "Put the exports there")
    return views


def _is_export(path: Path) -> bool:
    return any(path.rglob("*.parquet")) if path.is_dir() else path.suffix.lower() in READ


def _named(raw: Path, name: str, file: str, lying: list[Path]) -> Path:
    path = raw / file
    if not path.exists():
        close = difflib.get_close_matches(file, [other.name for other in lying], n=1)
        found = f"no such file (is it {close[0]}?)" if close else "no such file"
        raise _missing(str(path), found, f"the export read as raw.{name}", "Put the export there")
    if not _is_export(path):
        found = "a folder without Parquet files" if path.is_dir() else f'a file ending in "{path.suffix}"'
        raise _missing(
            str(path), found, f"a folder of Parquet files, or {', '.join(READ)}", "Export it in one of these"
        )
    return path


def _missing(place: str, found: str, allowed: str, do: str) -> BuildError:
    return BuildError(
        "missing_file", place=place, found=found, allowed=allowed, do=f"{do} and build again",
        state="the lake is as it was",
    )  # fmt: skip
