"""Which column is probably what: the client, the dates, each score with its instrument, the comments, the rest.

Every proposal is a decision with its reason. What the columns do not settle is not guessed: it stands as unsure, and
nothing may be saved before a person has said it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from zoneinfo import available_timezones

from data.ingest import profile, scoring
from data.ingest.dates import Dates
from data.ingest.decisions import Decision, chosen, refused
from data.ingest.mapping import Mapping as Mapped
from data.ingest.profile import Profile
from data.ingest.recognise import Recognised

TEXTS = ("stage", "channel", "language", "case_id", "order_id", "respondent_role")
ORDER = ("answer_id", "answered_at", "asked_at", *TEXTS, "client")  # those with plain names of their own first
NEEDED = ("client", "answered_at")
NONE = ""  # of a decision about a role: no column has it
STAMPS = {"limesurvey": ("1980-01-01",)}  # what a tool writes where it knows no date


@dataclass(frozen=True)
class Proposal:
    """How a file would be mapped, and why. `mapping`: as the decisions stand, sure or not."""

    decisions: tuple[Decision, ...]
    mapping: Mapped

    @property
    def unsure(self) -> tuple[Decision, ...]:
        """What a person has to say before anything is saved."""
        return tuple(decision for decision in self.decisions if not decision.sure)


def _is_client(one: Profile) -> bool:
    return one.dates is None and one.filled >= 0.3 and one.length <= 120


def _is_short(one: Profile) -> bool:
    return one.is_text and one.distinct <= max(50, one.count // 10) and one.length <= 60


FITS: dict[str, Callable[[Profile], bool]] = {
    "client": _is_client,
    "answered_at": lambda one: one.dates is not None and one.filled > 0,
    "asked_at": lambda one: one.dates is not None,
    "answer_id": lambda one: one.dates is None and one.filled > 0.95 and one.distinct > 0.9 * one.count,
    "stage": _is_short,
    "channel": _is_short,
    "language": lambda one: one.codes > 0.9 or _is_short(one),
    "case_id": lambda one: one.count > 0 and one.dates is None,
    "order_id": lambda one: one.count > 0 and one.dates is None,
    "respondent_role": lambda _: False,  # the contract knows three roles only; a person says which column holds those
}


class _Columns:
    """The columns of a file, each given to one role at most."""

    def __init__(self, found: Recognised, seen: Sequence[Profile], choices: Mapping[str, str]) -> None:
        self.found, self.seen, self.choices = found, seen, choices
        self.names = tuple(one.column.name for one in seen)
        self.taken: set[str] = set()

    def role(self, role: str, *, needed: bool = False) -> Decision:
        """The column of a role: as a person chose, as the tool always calls it, else by its name."""
        offered = (NONE, *self.names)
        decision = chosen(role, self.choices, offered, self.found.opened.name)
        if decision is None and role == "client":  # a column called so knows better than what every export has
            decision = self._by_name(role, least=2)
        decision = decision or self._by_tool(role) or self._by_name(role)
        decision = decision or (self._unread(offered) if role == "answered_at" else None)
        if decision is None:
            decision = Decision(role, NONE, "no_column", {"role": role}, not needed, offered)
        self.taken.add(decision.value)
        return decision

    def _free(self, role: str) -> list[Profile]:
        return [one for one in self.seen if one.column.name not in self.taken and FITS[role](one)]

    def _by_tool(self, role: str) -> Decision | None:
        free = {one.column.place: one for one in self._free(role)}
        for name in (self.found.tool.roles or {}).get(role, ()):
            for one in free.values():
                if name in one.column.known_as:
                    facts = {"column": one.column.name, "tool": self.found.tool.title}
                    return Decision(role, one.column.name, "role_of_tool", facts, others=(NONE, *self.names))
        return None

    def _unread(self, offered: tuple[str, ...]) -> Decision | None:
        """That a column is called one of dates, and too little in it can be read as one."""
        known = (self.found.tool.roles or {}).get("answered_at", ())
        for one in self.seen:
            is_named = profile.strength("answered_at", one.column)[0] == 2 or set(known) & set(one.column.known_as)
            if is_named and one.count and one.dates is None and one.example:
                facts = {"column": one.column.name, "value": one.example}
                return Decision("answered_at", NONE, "dates_unread", facts, False, offered)
        return None

    def _by_name(self, role: str, least: int = 1) -> Decision | None:
        ranked = [(profile.strength(role, one.column), one) for one in self._free(role)]
        met = [(how, said, one) for (how, said), one in ranked if how >= least]
        if not met:
            return None
        best = max(how for how, _, _ in met)
        among = [(said, one) for how, said, one in met if how == best and not profile.is_weak(role, one.column)]
        among = among or [(said, one) for how, said, one in met if how == best]
        said, one = among[0]
        facts = {"word": said, "column": one.column.name}
        others = (NONE, *self.names)
        if len(among) > 1 and role in NEEDED:
            facts["others"] = ", ".join(other.column.name for _, other in among[1:4])
            return Decision(role, one.column.name, "role_by_names", facts, False, others)
        if best == 1 and role in NEEDED:
            return Decision(role, one.column.name, "role_by_word", facts, False, others)
        return Decision(role, one.column.name, "role_by_name", facts, others=others)


def _comments(
    seen: Sequence[Profile], columns: _Columns, scored: Sequence[str], choices: Mapping[str, str]
) -> dict[str, Decision]:
    """The comment that belongs to each score: what was written right after it, before the next score was asked for."""
    places = {one.column.name: one.column.place for one in seen}
    free = [one for one in seen if one.column.name not in columns.taken and one.column.name not in scored]
    named = [one for one in free if one.is_text and profile.strength("comment", one.column)[0]]
    told = [one for one in free if one in named or one.is_told]
    of: dict[str, Decision] = {}
    ordered = sorted(scored, key=lambda name: places[name])
    for name, after in zip(ordered, [*ordered[1:], ""][: len(ordered)], strict=True):
        begins, ends = places[name], places.get(after, max(places.values()) + 1)
        between = [one for one in told if begins < one.column.place < ends]
        before = [one for one in told if one.column.place < begins] if name == ordered[0] else []
        among = [one for one in between if one in named] or between or [one for one in before if one in named]
        offered = (NONE, *(one.column.name for one in free))
        about = f"comment:{name}"
        decision = chosen(about, choices, offered, columns.found.opened.name)
        if decision is None and among:
            facts = {"column": among[0].column.name, "score": name}
            decision = Decision(about, among[0].column.name, "comment_beside", facts, others=offered)
        of[name] = decision or Decision(about, NONE, "no_comment", {"score": name}, others=offered)
    return of


def _dated(found: Recognised, seen: Mapping[str, Profile], first: str) -> tuple[str, ...]:
    """The columns that may say when it was answered: where the first is empty, the tool's next one."""
    if not first:
        return ()
    known = (found.tool.roles or {}).get("answered_at", ())
    others = [
        one.column.name for name in known for one in seen.values()
        if name in one.column.known_as and one.dates is not None
    ]  # fmt: skip
    return tuple(dict.fromkeys([first, *others])) if first in others else (first,)


def _zone(found: Recognised, zone: str, choices: Mapping[str, str], has_zones: bool) -> Decision:
    """The time zone of dates that name none."""
    if "zone" in choices:
        if not is_zone(choices["zone"]):
            raise refused(
                "no_such_choice", place=f"{found.opened.name}, zone", found=f'"{choices["zone"]}"',
                allowed="an IANA zone such as Europe/Moscow", do="Choose another",
            )  # fmt: skip
        return Decision("zone", choices["zone"], "chosen")
    if found.zone and is_zone(found.zone):
        return next(decision for decision in found.decisions if decision.about == "zone")
    return Decision("zone", zone, "zone_in_dates" if has_zones else "zone_of_company", {"zone": zone})


def is_zone(name: str) -> bool:
    """Whether there is such a time zone."""
    return name in available_timezones()


def _worst(judged: Sequence[Decision]) -> list[Decision]:
    """What was decided of all the columns of dates, as one decision: the least sure."""
    return sorted(judged, key=lambda one: one.sure)[:1]


def propose(found: Recognised, zone: str, choices: Mapping[str, str] | None = None) -> Proposal:
    """How a recognised file would be mapped. `zone`: the company's, for dates that say none of their own.

    Raises: UploadError when a person chose what is not offered.
    """
    choices = choices or {}
    seen = profile.profiles(found.columns, found.sample, choices, found.opened.name, found.tool.dates)
    by_name = {one.column.name: one for one in seen}
    columns = _Columns(found, seen, choices)
    roles = {role: columns.role(role, needed=role in NEEDED) for role in ORDER}
    free = [one for one in seen if one.column.name not in columns.taken]
    scores = scoring.scores(found, free, choices)
    given = {decision.about.removeprefix("score:"): decision for decision in scores if decision.value != scoring.NO}
    comments = _comments(seen, columns, list(given), choices)
    dated = _dated(found, by_name, roles["answered_at"].value)
    judged = {name: by_name[name].dates for name in (*dated, roles["asked_at"].value) if name in by_name}
    known = {name: one for name, one in judged.items() if one is not None}
    begun = found.tool.column("begun", found.columns)
    started = by_name[begun.name].dates if begun else None
    zoned = _zone(found, zone, choices, any(one.dates.has_zones for one in known.values()))
    mapping = Mapped(
        fingerprint=found.fingerprint,
        survey=choices.get("survey") or PurePath(found.opened.name).stem or "survey",
        client=roles["client"].value,
        answered_at=dated,
        # of a column that a person chose and that holds no date, every row is rejected for that
        dates={name: one.dates if one else Dates("iso") for name, one in judged.items()}
        | ({begun.name: started.dates} if begun and started else {}),
        zone=zoned.value,
        scores=tuple(
            scoring.score(decision, comments[name].value, scoring.kind(found)) for name, decision in given.items()
        ),
        answer_id=roles["answer_id"].value,
        asked_at=roles["asked_at"].value,
        texts={role: roles[role].value for role in TEXTS if roles[role].value},
        no_dates=STAMPS.get(found.tool.id, ()),
        begun=begun.name if begun else "",
    )
    lacking = [] if given else [Decision("scores", NONE, "no_scores", {}, False)]
    dates = _worst([one.decision for one in known.values()])
    return Proposal((*roles.values(), *dates, zoned, *scores, *lacking, *comments.values()), mapping)
