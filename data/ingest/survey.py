"""A survey file as it would be read: opened, recognised and mapped, by a saved mapping where there is one.

    survey = survey.look(store, Path("march.csv"), "march.csv", {"zone": "Europe/Moscow"})
    survey.unsure                    # what a person has to say before anything may be saved

A choice is made under the name of a decision (`Decision.about`). Three kinds stand beside those: "survey" (its name),
"constant:COLUMN" (what stands in every row: client, answered_at, stage, channel, respondent_role, language).

A saved mapping holds what a person chose, no more, and what the file of that time said of it. A file that says
something else is asked about anew: its dates, its scale or its zone may have changed since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from data.ingest import dates, ledger, mappings, propose, read, recognise
from data.ingest.decisions import Decision, UploadError, refused
from data.ingest.encoding import File
from data.ingest.mapping import Mapping as Mapped
from data.ingest.mappings import Saved
from data.ingest.read import Opened
from data.ingest.recognise import Recognised
from data.store import Store

CONSTANT = "constant:"
CONSTANTS = ("client", "answered_at", "stage", "channel", "respondent_role", "language")
OF_FILE = ("survey", "sheet")  # true of one file, as constants are; not of the next with the same columns
PROPOSED = "proposed:"  # beside a choice that is kept: what its file itself said of it


@dataclass(frozen=True)
class Survey:
    """A file after all was decided about it. `saved`: the saved mapping it is read by, if any.

    `choices`: what a person chose, and what the saved mapping does; `asked`: what was chosen for this very file.
    `proposed`: what the file itself says of whatever may be chosen.
    """

    file: File = field(repr=False)
    name: str
    choices: Mapping[str, str]
    found: Recognised = field(repr=False)
    decisions: tuple[Decision, ...]
    mapping: Mapped
    saved: Saved | None = None
    asked: Mapping[str, str] = field(default_factory=dict)
    proposed: Mapping[str, Decision] = field(default_factory=dict, repr=False)

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
        """What a person chose about the columns, to be saved and used for the next file of this kind, and what this
        file said of it. What the file settled by itself is not kept: the next one settles it by itself again."""
        kept = {about: value for about, value in self.choices.items() if _is_lasting(about)}
        said = {about: _said(self.proposed[about]) for about in kept if about in self.proposed}
        return kept | {f"{PROPOSED}{about}": one for about, one in said.items()}


def _is_lasting(about: str) -> bool:
    """Whether a choice may be true of the next file too."""
    return about not in OF_FILE and not about.startswith((CONSTANT, PROPOSED))


def _is_weighty(about: str) -> bool:
    """Whether a number may be another one by it. What was said beside a score is not worth a question."""
    return not about.startswith("comment:") and about not in propose.TEXTS


def _said(one: Decision) -> str:
    return f"{one.why} {one.value}"


def look(
    store: Store, file: File, name: str, choices: Mapping[str, str] | None = None, saved: str | None = None,
    most_bytes: int | None = None,
) -> Survey:  # fmt: skip
    """A file as it would be read. `saved`: the name of a saved mapping; None takes the one whose columns are the same,
    if any; "" takes none. `most_bytes`: a larger file is refused.

    Raises: UploadError when it holds no table, a choice is not offered, or there is no such mapping; StrataError.
    """
    asked = dict(choices or {})
    first = opened = read.look(file, name, asked, most_bytes)
    if saved is None:
        known = mappings.recognised(store.home, recognise.recognise(opened, asked).fingerprint)
    else:
        known = mappings.named(store.home, saved) if saved else None
    kept = {about: said for about, said in known.choices.items() if _is_lasting(about)} if known else {}
    taken = kept | asked
    doubted: set[str] = set()
    while True:
        try:
            opened = first if _bytes(taken) == _bytes(asked) else read.look(file, name, taken, most_bytes)
            found = recognise.recognise(opened, taken)
            proposed = _proposed(store, first, found, asked) if taken else {}
            old = {
                about for about in (kept.keys() & taken.keys() & proposed.keys()) - asked.keys() if _is_weighty(about)
            }
            if known and (new := {about for about in old if not _stands(proposed[about], about, known)}):
                doubted |= new
                taken = {about: said for about, said in taken.items() if about not in new}
                continue
            made = _looked(store, file, found, taken, known)
            doubts = tuple(_doubted(one, kept[one.about]) if one.about in doubted else one for one in made.decisions)
            return replace(made, decisions=doubts, asked=asked, proposed=proposed)
        except UploadError as problem:
            about = problem.facts["place"].removeprefix(f"{name}, ")
            if problem.code != "no_such_choice" or about in asked or about not in taken:
                raise
            del taken[about]  # the saved mapping knows a choice that this file does not offer
            doubted |= {about} if _is_weighty(about) else set()


def _proposed(store: Store, first: Opened, found: Recognised, asked: Mapping[str, str]) -> dict[str, Decision]:
    """What a file says by itself about whatever may be chosen. `first`: as it is opened without a saved mapping."""
    bare = [*first.decisions, *recognise.recognise(found.opened).decisions]
    bare += propose.propose(found, store.lake().timezone).decisions
    return {one.about: one for one in bare if one.why != "chosen" or one.about not in asked}


def _stands(one: Decision, about: str, known: Saved) -> bool:
    """Whether a saved choice may be taken without asking: the file says the same, or what it said when it was made."""
    is_same = one.sure and one.value == known.choices[about]
    return is_same or known.choices.get(f"{PROPOSED}{about}") == _said(one)


def _doubted(one: Decision, saved: str) -> Decision:
    """A decision of the file that a saved choice contradicts: a person says which of the two holds."""
    if not one.sure or one.why == "chosen":
        return one
    shown = {said: dates.KINDS.get(said, said) if one.about == "dates" else said for said in (saved, one.value)}
    facts = {"saved": shown[saved], "value": shown[one.value]}
    return Decision(one.about, one.value, "saved_otherwise", facts, False, one.others or (one.value, saved))


def _looked(store: Store, file: File, found: Recognised, choices: Mapping[str, str], known: Saved | None) -> Survey:
    constants = {about.removeprefix(CONSTANT): said for about, said in choices.items() if about.startswith(CONSTANT)}
    manifest = store.lake()
    fingerprint = known.fingerprint if known else found.fingerprint
    proposal = propose.propose(found, manifest.timezone, choices)
    if "answer_id" not in choices and (before := _id_before(store, fingerprint, found, proposal.mapping)):
        proposal = propose.propose(found, manifest.timezone, {**choices, "answer_id": before.value})
        told = tuple(before if one.about == "answer_id" else one for one in proposal.decisions)
        proposal = replace(proposal, decisions=told)
    stages = tuple(stage.id for stage in manifest.stages)
    _checked(constants, stages, found.opened.name)
    # by a saved mapping the same answers keep their ids, also when the tool has added a column
    mapping = replace(proposal.mapping, constants=constants, fingerprint=fingerprint)
    decided = (*found.opened.decisions, *(one for one in found.decisions if one.about != "zone"), *proposal.decisions)
    settled = tuple(
        Decision(one.about, constants[one.about], "chosen", others=one.others) if one.about in constants else one
        for one in decided
    )
    return Survey(file, found.opened.name, choices, found, settled, mapping, known)


def _id_before(store: Store, fingerprint: str, found: Recognised, mapping: Mapped) -> Decision | None:
    """By which column earlier files of this form were known, where this one would be by another: their answers would
    all be new again. None where both agree."""
    uploads = [one for one in ledger.everything(ledger.of(store.home)).uploads if one.namespace == fingerprint]
    names = {column.name: column.place for column in found.columns}
    before = Mapped.read(uploads[-1].mapping).answer_id if uploads else mapping.answer_id
    if before == mapping.answer_id or (before and before not in names):
        return None
    others = ("", *names)
    if not before:
        return Decision("answer_id", "", "no_id_before", others=others)
    values = [row[names[before]] for row in found.sample]
    percent = f"{100 * len(set(values)) / max(len(values), 1):.0f}"
    return Decision("answer_id", before, "id_as_before", {"percent": percent}, False, others)


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
