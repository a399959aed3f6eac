"""A survey file as it would be read: opened, recognised and mapped, by a saved mapping where there is one.

    survey = survey.look(store, Path("march.csv"), "march.csv", {"zone": "Europe/Moscow"})
    survey.unsure                    # what a person has to say before anything may be saved

A choice is made under the name of a decision (`Decision.about`). Three kinds stand beside those: "survey" (its name),
"constant:COLUMN" (what stands in every row: client, answered_at, stage, channel, respondent_role, language).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from data.ingest import mappings, propose, read, recognise
from data.ingest.decisions import Decision, UploadError, refused
from data.ingest.encoding import File
from data.ingest.mapping import Mapping as Mapped
from data.ingest.mappings import Saved
from data.ingest.read import Opened
from data.ingest.recognise import Recognised
from data.store import Store

CONSTANT = "constant:"
CONSTANTS = ("client", "answered_at", "stage", "channel", "respondent_role", "language")
OF_FILE = ("survey", "sheet")  # true of one file, not of the next with the same columns


@dataclass(frozen=True)
class Survey:
    """A file after all was decided about it. `saved`: the saved mapping it is read by, if any. `choices`: what a person
    chose, and what the saved mapping does."""

    file: File = field(repr=False)
    name: str
    choices: Mapping[str, str]
    found: Recognised = field(repr=False)
    decisions: tuple[Decision, ...]
    mapping: Mapped
    saved: Saved | None = None

    @property
    def unsure(self) -> tuple[Decision, ...]:
        """What a person has to say before anything is saved."""
        return tuple(one for one in self.decisions if not one.sure)

    @property
    def header(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(column.name for column in self.found.columns)

    @property
    def sample(self) -> list[tuple[str, ...]]:
        """Its first rows, as they are written."""
        return [tuple(row[column.place] for column in self.found.columns) for row in self.found.sample]

    @property
    def fingerprint(self) -> str:
        """By which a mapping saved for such a file is found again."""
        return self.found.fingerprint

    def kept(self) -> dict[str, str]:
        """All that was decided about the columns, to be saved and used for the next file of this kind. That no column
        was found for something is not kept: the next file may show it."""
        decided = {
            one.about: one.value
            for one in self.decisions
            if one.value and one.others and one.about not in self._of_bytes
        }
        decided |= {"zone": self.mapping.zone} | dict(self.choices)
        return {about: value for about, value in decided.items() if about not in OF_FILE}

    @property
    def _of_bytes(self) -> set[str]:
        """What was decided about the bytes alone: the next file is judged by its own."""
        return {one.about for one in self.found.opened.decisions}


def look(
    store: Store, file: File, name: str, choices: Mapping[str, str] | None = None, saved: str | None = None,
    most_bytes: int | None = None,
) -> Survey:  # fmt: skip
    """A file as it would be read. `saved`: the name of a saved mapping; None takes the one whose columns are the same,
    if any; "" takes none. `most_bytes`: a larger file is refused.

    Raises: UploadError when it holds no table, a choice is not offered, or there is no such mapping; StrataError.
    """
    asked = dict(choices or {})
    opened = read.look(file, name, asked, most_bytes)
    if saved is None:
        known = mappings.recognised(store.home, recognise.recognise(opened, asked).fingerprint)
    else:
        known = mappings.named(store.home, saved) if saved else None
    taken = {**(known.choices if known else {}), **asked}
    while True:
        try:
            if _bytes(taken) != _bytes(asked):
                opened = read.look(file, name, taken, most_bytes)
            return _looked(store, file, opened, taken, known)
        except UploadError as problem:
            about = problem.facts["place"].removeprefix(f"{name}, ")
            if problem.code != "no_such_choice" or about in asked or about not in taken:
                raise
            del taken[about]  # the saved mapping knows a choice that this file does not offer: it is asked about anew


def _looked(store: Store, file: File, opened: Opened, choices: Mapping[str, str], known: Saved | None) -> Survey:
    constants = {about.removeprefix(CONSTANT): said for about, said in choices.items() if about.startswith(CONSTANT)}
    manifest = store.lake()
    found = recognise.recognise(opened, choices)
    proposal = propose.propose(found, manifest.timezone, choices)
    stages = tuple(stage.id for stage in manifest.stages)
    _checked(constants, stages, opened.name)
    mapping = replace(proposal.mapping, constants=constants)
    if known is not None:  # the same answers keep their ids, also when the tool has added a column
        mapping = replace(mapping, fingerprint=known.fingerprint)
    decided = (*found.opened.decisions, *(one for one in found.decisions if one.about != "zone"), *proposal.decisions)
    settled = tuple(
        Decision(one.about, constants[one.about], "chosen", others=one.others) if one.about in constants else one
        for one in decided
    )
    return Survey(file, opened.name, choices, found, settled, mapping, known)


def _bytes(choices: Mapping[str, str]) -> dict[str, str]:
    """The choices that decide how the bytes are read."""
    about = ("encoding", "delimiter", "quotes", "header", "sheet")
    return {one: value for one, value in choices.items() if one in about}


def _checked(constants: Mapping[str, str], stages: tuple[str, ...], name: str) -> None:
    """Raises: UploadError for what cannot stand in every row."""
    offered = {"stage": stages, "respondent_role": ("decision maker", "influencer", "user")}
    for column, said in constants.items():
        place = f"{name}, {CONSTANT}{column}"
        if column not in CONSTANTS:
            raise refused("no_such_choice", place=place, found=f'"{column}"', allowed=", ".join(CONSTANTS),
                          do="Choose one of these")  # fmt: skip
        if offered.get(column) and said not in offered[column]:
            raise refused("no_such_choice", place=place, found=f'"{said}"', allowed=", ".join(offered[column]),
                          do="Choose one of these")  # fmt: skip
        if column == "answered_at":
            try:
                datetime.fromisoformat(said)
            except ValueError:
                raise refused("no_such_choice", place=place, found=f'"{said}"', allowed="a day such as 2026-03-31",
                              do="Choose another") from None  # fmt: skip
