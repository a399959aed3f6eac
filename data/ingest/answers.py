"""The SQL that turns rows of a file into answers, one for each score given, with what is wrong with the others.

It reads a relation with the columns `row`, c0, c1 ... once, in a stream; every cell is judged where it stands. Nothing
is left out: a score that was given becomes an answer, or a row with its faults.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from data import check, contract, reasons
from data.ingest import dates, profile, scales
from data.ingest.decisions import REJECTED
from data.ingest.mapping import Mapping as Mapped
from data.ingest.mapping import Score
from data.ingest.names import Column, plain

TEXTS = ("channel", "stage", "case_id", "order_id", "respondent_role", "language")
SEPARATOR = "chr(31)"
ON_SCALE = "case instrument {} end".format(
    " ".join(f"when '{name}' then score between {low} and {high}" for name, (low, high) in scales.SCALES.items())
)
# 7,7012E+11: a spreadsheet showed a long number so, and saved what it showed.
SHORTENED = "contains(client, 'E+') and regexp_full_match(client, '\\d([.,]\\d+)?E\\+\\d+')"
FIRST, AFTER_LAST = f"timestamp '{check.FIRST_YEAR}-01-01'", f"timestamp '{check.LAST_YEAR + 1}-01-01'"
SHORT = 8  # letters of an id that is counted from 1
MINUTE = "%Y-%m-%d %H:%M"  # seconds are lost where a spreadsheet has saved the file


def columns() -> tuple[str, ...]:
    """What an answer consists of before its client is matched: `client` is what the file says of it."""
    return (
        "row", "question", "answer_id", "client", "survey", "instrument", "score", "answered_at", "asked_at", *TEXTS,
        "comment", "faults",
    )  # fmt: skip


def sql(
    mapping: Mapped, found: Sequence[Column], relation: str, stages: Mapping[str, str] | None = None,
    carried: Sequence[str] = (), now: datetime | None = None, is_written: bool = False, is_bare: bool = False,
) -> str:  # fmt: skip
    """The answers in a relation. Shape: `columns()`, then `carried` as they are; one row per score given.

    Units: instants in UTC. `faults`: column, value and reason of whatever keeps the answer from being one; null for
    those that are. `answer_id`: the same in every export of the same answer. `stages`: the company's, by what they may
    be called in small letters; without any, every stage is taken. `now`: UTC; nothing was answered later.
    `is_written`: the faults as JSON, which is cheaper to write down. `is_bare`: the cells are, see bare.py.
    """
    now = now or datetime.now(UTC).replace(tzinfo=None)
    faults = _faults(mapping, stages or {}, now)
    places = {column.name: f"c{column.place}" for column in found}
    told = _told_faults(faults)
    told = f"nullif(to_json({told})::varchar, '[]')" if is_written else f"nullif({told}, [])"
    cells = sorted({places[name] for name in used(mapping)}, key=lambda cell: int(cell[1:]))
    lines = ",\n        "
    told_scores = [_told(score, places) for score in mapping.scores]
    is_one = len(told_scores) == 1
    scores = f"{told_scores[0]} as one" if is_one else f"[\n            {lines.join(told_scores)}\n        ] as scores"
    # the list is unrolled after the rest, which would be worked out for each score else
    each = "select *" if is_one else "select * exclude (scores), unnest(scores) as one"
    given_at = " || ' ' || ".join(places[name] for name in mapping.answered_at) or "''"
    bare = ("row", *carried)
    return f"""
with bare as (
    select
        {lines.join([*(cell if is_bare else f"{_bare(cell)} as {cell}" for cell in cells), *bare])}
    from {relation}
),

told as (
    select
        row,
        {_client(mapping, places)} as client,
        {_answered(mapping, places)} as answered_at,
        {given_at} as given_at,
        {_date(mapping, places, mapping.asked_at) if mapping.asked_at else "null::timestamp"} as asked_at,
        {lines.join(f"{_text(mapping, places, name, stages or {})} as {name}" for name in TEXTS)},
        {"".join(f"{name}, " for name in carried)}{_identity(mapping, places)} as identity,
        {f"{_wall(mapping, places)}::time <> time '00:00' as is_timed," if not mapping.answer_id else ""}
        {scores}
    from bare
),

each as (
    {each}
    from told
),

given as (
    select *, one.instrument as instrument, one.score as score, one.given as given
    from each
    where one.given <> ''
),

judged as (
    select *, {" and ".join(f"({condition})" for condition in _fine(mapping, stages or {}, now))} as is_fine
    from given
)

select
    row,
    one.question as question,
    concat({_quoted(mapping.fingerprint[:12] + "/")}, {_told_apart(mapping)}, '/', one.question) as answer_id,
    client,
    {_quoted(mapping.survey)} as survey,
    instrument,
    score,
    answered_at,
    asked_at,
    {", ".join(TEXTS)},
    one.comment as comment,
    {"".join(f"{name}, " for name in carried)}case when is_fine is not true then {told} end as faults
from judged"""


def _client(mapping: Mapped, places: Mapping[str, str]) -> str:
    """What the file says of the client."""
    if "client" in mapping.constants:
        return _quoted(mapping.constants["client"])
    return places[mapping.client] if mapping.client else "''"


def used(mapping: Mapped) -> list[str]:
    """The columns of the file that an answer is made of."""
    scores = [name for score in mapping.scores for name in (score.column, score.comment)]
    named = [
        mapping.client,
        mapping.answer_id,
        mapping.asked_at,
        mapping.begun,
        *mapping.answered_at,
        *mapping.texts.values(),
        *scores,
    ]
    return [name for name in named if name]


def _told(score: Score, places: Mapping[str, str]) -> str:
    """One question as a struct: what was given, the score it means, the comment beside it."""
    cell = places[score.column]
    question = hashlib.sha256(plain(score.column).encode()).hexdigest()[:12]
    comment = f"nullif({places[score.comment]}, '')" if score.comment else "null::varchar"
    return (
        f"{{'question': '{question}', 'instrument': {_quoted(score.instrument)}, 'given': {cell}, "
        f"'score': {scales.sql(cell, score.values)}, 'comment': {comment}}}"
    )


def _answered(mapping: Mapped, places: Mapping[str, str]) -> str:
    """The instant of the answer: the first of its columns that holds one."""
    if "answered_at" in mapping.constants:
        wall = f"{_quoted(mapping.constants['answered_at'])}::timestamp"
        return dates.in_utc(wall, mapping.zone)
    instants = [_date(mapping, places, name) for name in mapping.answered_at]
    return f"coalesce({', '.join(instants)})" if len(instants) > 1 else (instants or ["null::timestamp"])[0]


def _date(mapping: Mapped, places: Mapping[str, str], name: str) -> str:
    cell = places[name]
    instant = dates.sql(cell, mapping.dates[name], mapping.zone)
    never = " or ".join(f"starts_with({cell}, {_quoted(stamp)})" for stamp in mapping.no_dates)
    return f"case when {never} then null else {instant} end" if never else instant


def _text(mapping: Mapped, places: Mapping[str, str], name: str, stages: Mapping[str, str]) -> str:
    if name in mapping.constants:
        return _quoted(mapping.constants[name])
    if name not in mapping.texts:
        return "null::varchar"
    said = places[mapping.texts[name]]
    if name == "stage" and stages:
        named = " ".join(f"when {_quoted(one)} then {_quoted(stage)}" for one, stage in stages.items())
        return f"case lower({said}) when '' then null {named} else {said} end"
    if name == "respondent_role":
        return f"nullif(lower({said}), '')"
    if name != "language":
        return f"nullif({said}, '')"
    names = " ".join(f"when {_quoted(one)} then {_quoted(code)}" for one, code in profile.languages().items())
    code = f"case when regexp_full_match({said}, '(?i)[a-z]{{2}}[-_].*') then lower(left({said}, 2)) else {said} end"
    other = f"case lower({said}) when '' then null {names} else {code} end"
    return f"case when length({said}) = 2 then lower({said}) else {other} end"


def _wall(mapping: Mapped, places: Mapping[str, str]) -> str:
    """When it was answered as the file says it: by the clock on the wall there, whatever its zone is taken for."""
    return _answered(replace(mapping, zone="UTC"), places)


def _identity(mapping: Mapped, places: Mapping[str, str]) -> str:
    """What makes an answer the same in another export. A long id of the tool does so alone. Many tools count from 1 in
    every survey: a short one does so beside the client and an instant that does not move. Without any, these do."""
    client = f"lower(ltrim({_client(mapping, places)}, '0'))"  # as a spreadsheet leaves it
    if not mapping.answer_id:
        return f"concat_ws({SEPARATOR}, {client}, strftime({_wall(mapping, places)}, '{MINUTE}'))"
    told = places[mapping.answer_id]
    at = f"strftime({_wall(mapping, places)}, '{MINUTE}')"
    if mapping.begun:
        known = mapping.dates.get(mapping.begun)
        begun = places[mapping.begun]
        at = f"strftime({dates.sql(begun, known, 'UTC')}, '{MINUTE}')" if known else begun
    beside = f"left(md5(concat_ws({SEPARATOR}, {client}, coalesce({at}, ''))), 16)"
    return f"case when length({told}) < {SHORT} then {told} || '/' || {beside} else {told} end"


def _told_apart(mapping: Mapped) -> str:
    """The identity of an answer. Without an id, and with nothing but a day, several answers of a client are told apart
    by what they say, and those that say the same by which of them it is."""
    if not mapping.answer_id:
        says = ", ".join(f"coalesce({said}::varchar, '')" for said in ("score", "stage", "case_id", "order_id"))
        whole = f"md5(concat_ws({SEPARATOR}, identity, case when not is_timed then concat_ws({SEPARATOR}, {says}) end))"
        return f"{whole} || '/' || row_number() over (partition by one.question, {whole} order by row)"
    return "identity"


def _tomorrow(now: datetime) -> str:
    return f"timestamp '{now + timedelta(days=1):%Y-%m-%d %H:%M:%S}'"


def _fine(mapping: Mapped, stages: Mapping[str, str], now: datetime) -> list[str]:
    """What is true of nearly every answer, cheap to see, and of none with a fault: only the others are looked into."""
    met = [
        "client <> ''", "not contains(client, 'E+')", f"answered_at >= {FIRST}", f"answered_at < {_tomorrow(now)}",
    ]  # fmt: skip
    instruments = {score.instrument for score in mapping.scores}
    low, high = scales.SCALES[next(iter(instruments))] if len(instruments) == 1 else (0, 0)
    met.append(f"score between {low} and {high}" if high else ON_SCALE)
    for name, known in _allowed(mapping, stages).items():
        met.append(f"{name} is null or {name} in ({', '.join(map(_quoted, known))})")
    return [*met, "asked_at is null or asked_at <= answered_at"] if mapping.asked_at else met


def _allowed(mapping: Mapped, stages: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The values that some columns of a file may have."""
    roles = contract.tables()["answers"].columns["respondent_role"].allowed
    found = {"stage": tuple(dict.fromkeys(stages.values())), "respondent_role": roles}
    return {name: known for name, known in found.items() if name in mapping.texts and known}


def _faults(mapping: Mapped, stages: Mapping[str, str], now: datetime) -> list[tuple[str, str, str, str]]:
    """Whatever keeps a given score from being an answer, by the contract's own reasons: column, value, the condition
    under which it is wrong, reason."""
    table = contract.tables()["answers"]
    off_scale, too_late = (
        next(rule.reason["en"] for rule in table.rules if rule.column == name) for name in ("score", "asked_at")
    )
    years = reasons.written("years", first=check.FIRST_YEAR, last=check.LAST_YEAR)
    met = [
        ("client_id", "client", "client = ''", reasons.written("empty")),
        ("client_id", "client", SHORTENED, REJECTED["shortened"]),
        ("answered_at", "given_at", "answered_at is null and trim(given_at) = ''", reasons.written("empty")),
        ("answered_at", "given_at", "answered_at is null and trim(given_at) <> ''", reasons.written("instant")),
        ("answered_at", "given_at", f"answered_at >= {_tomorrow(now)}", reasons.written("future")),
        ("answered_at", "given_at", f"answered_at < {FIRST} or answered_at >= {AFTER_LAST}", years),
        ("score", "given", "score is null", reasons.written("integer")),
        ("score", "given", f"not {ON_SCALE}", off_scale),
    ]
    if mapping.asked_at:
        met.append(("asked_at", "asked_at::varchar", "asked_at is not null and asked_at > answered_at", too_late))
    for name, known in _allowed(mapping, stages).items():
        condition = f"{name} is not null and {name} not in ({', '.join(map(_quoted, known))})"
        met.append((name, name, condition, reasons.written("choice", allowed=", ".join(known))))
    return met


def _told_faults(faults: Sequence[tuple[str, str, str, str]]) -> str:
    """The faults that a row has."""
    each = ", ".join(
        f"case when {condition} then {{'column': '{column}', 'value': {value}, 'reason': {_quoted(reason)}}} end"
        for column, value, condition, reason in faults
    )
    return f"list_filter([{each}], fault -> fault is not null)"


def _bare(cell: str) -> str:
    """A cell without blanks around it, and without what protects leading zeros in a spreadsheet. Few cells need it."""
    blanks = f"starts_with({cell}, ' ') or ends_with({cell}, ' ') or contains({cell}, chr(160))"
    needs = f"{blanks} or starts_with({cell}, '=\"')"
    bare = f"trim(replace({cell}, chr(160), ' '))"
    shown = f"case when starts_with({bare}, '=\"') then regexp_extract({bare}, '^=\"(.*)\"$', 1) else {bare} end"
    return f"case when {needs} then {shown} else {cell} end"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
