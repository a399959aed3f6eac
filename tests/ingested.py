"""A survey file read from beginning to end, as lists that a test can compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.ingest import read, recognise, sift
from data.ingest.rows import Counts

SHARED = Path(__file__).parents[2] / "shared" / "data"
EXPORTS, HOSTILE = SHARED / "survey_exports", SHARED / "hostile_csv"


@dataclass(frozen=True)
class Taken:
    """What became of a file. `rows`: number of the row and its cells; `rejected`: as cells.REJECT says."""

    opened: read.Opened
    rows: list[tuple[Any, ...]]
    rejected: list[dict[str, Any]]
    counts: Counts

    @property
    def why(self) -> dict[str, tuple[str, str]]:
        """What was decided, and by which reason."""
        return {one.about: (one.value, one.why) for one in self.opened.decisions}

    @property
    def problems(self) -> list[tuple[int, str]]:
        """The rejected rows by number and code."""
        return [(one["row"], one["code"]) for one in self.rejected]


@dataclass(frozen=True)
class Answered:
    """A recognised file and what became of its rows."""

    found: recognise.Recognised
    taken: Taken

    @property
    def decided(self) -> dict[str, str]:
        """What was decided about the tool and its rows."""
        return {one.about: one.value for one in self.found.decisions}


def taken(
    file: Path | bytes, choices: Mapping[str, str] | None = None, below: int | None = None, name: str = "survey.csv"
) -> Taken:
    """Read all of a file."""
    opened = read.look(file, name, choices)
    return _gone_through(opened, opened.reading(below))


def answers(file: Path | bytes, choices: Mapping[str, str] | None = None, name: str = "survey.csv") -> Answered:
    """Recognise a file and read all its answers."""
    found = recognise.recognise(read.look(file, name, choices), choices)
    return Answered(found, _gone_through(found.opened, sift.Answers(found)))


def _gone_through(opened: read.Opened, reading: read.Reading | sift.Answers) -> Taken:
    rows: list[tuple[Any, ...]] = []
    rejected: list[dict[str, Any]] = []
    for block in reading.blocks():
        for batch in block.rows:
            rows += zip(*(column.to_pylist() for column in batch.columns), strict=True)
        rejected += block.rejected.to_pylist()
    counts = reading.counts
    assert (counts.accepted, counts.rejected, counts.rows) == (len(rows), len(rejected), len(rows) + len(rejected))
    return Taken(opened, sorted(rows), rejected, counts)
