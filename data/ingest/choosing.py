"""Whether what a person chose on the command line is about anything there is: a misspelt name would just do nothing."""

from __future__ import annotations

from collections.abc import Mapping

from data.errors import nearest
from data.ingest import propose
from data.ingest.decisions import refused
from data.ingest.survey import CONSTANT, CONSTANTS, Survey

# What may be chosen of some file, though not of each: a command may be for several files.
OF_ANY = (
    "encoding", "delimiter", "quotes", "sheet", "formulas", "header", "header_rows", "tool", "unfinished", "dates",
    "zone", "survey", *propose.ORDER,
)  # fmt: skip


def checked(found: Survey, choices: Mapping[str, str]) -> None:
    """Raises: UploadError for a choice about nothing, with the name that was probably meant."""
    offered = [one.about for one in found.decisions]
    known = dict.fromkeys([*OF_ANY, *(f"{CONSTANT}{column}" for column in CONSTANTS), *offered])
    for about in choices:
        if about not in known:
            kind, colon, _ = about.partition(":")
            alike = [one for one in known if one.startswith(f"{kind}{colon}")] if colon else list(known)
            raise refused(
                "no_such_choice", place=f"{found.name}, --choose", found=f'"{about}"{nearest(about, alike or known)}',
                allowed=", ".join(f'"{one}"' for one in alike or OF_ANY), do="Correct it",
            )  # fmt: skip
