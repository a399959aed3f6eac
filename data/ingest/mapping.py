"""Which column of a file is what: chosen once, saved, and found again by the columns of the next export."""

from __future__ import annotations

import json
from collections.abc import Mapping as Facts
from dataclasses import asdict, dataclass, field

from data.ingest.dates import Dates

EACH = "each"  # in place of an instrument: every row says which


@dataclass(frozen=True)
class Score:
    """A column of scores. `values`: what becomes of each text in it, where a person chose so; else its own number.

    `by`: the column in which each row names its own instrument; `instrument` is `EACH` then.
    """

    column: str
    instrument: str
    comment: str = ""
    values: Facts[str, int] | None = None
    by: str = ""


@dataclass(frozen=True)
class Mapping:
    """How rows of a file become answers, by the names of its columns.

    `answered_at`: the first of these columns that holds a date counts. `texts`: column of the contract -> column of the
    file. `constants`: column of the contract -> what stands in every row. `answer_id`: empty where the file has none.
    `begun`: the column of what is known from the first moment of an answer on and never changes; empty without one.
    `no_dates`: how a date begins that the tool writes for none.
    """

    fingerprint: str
    survey: str
    client: str
    answered_at: tuple[str, ...]
    dates: Facts[str, Dates]
    zone: str
    scores: tuple[Score, ...]
    answer_id: str = ""
    asked_at: str = ""
    texts: Facts[str, str] = field(default_factory=dict)
    constants: Facts[str, str] = field(default_factory=dict)
    no_dates: tuple[str, ...] = ()
    begun: str = ""

    def written(self) -> str:
        """As it is saved."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def read(cls, saved: str) -> Mapping:
        """A saved mapping. Raises: ValueError, KeyError or TypeError when it is of another make."""
        said = json.loads(saved)
        said["scores"] = tuple(Score(**score) for score in said["scores"])
        said["dates"] = {
            name: Dates(one["kind"], tuple(one["formats"]), one["has_zones"]) for name, one in said["dates"].items()
        }
        said["answered_at"], said["no_dates"] = tuple(said["answered_at"]), tuple(said["no_dates"])
        return cls(**said)
