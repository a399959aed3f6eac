"""The SQL that turns rows of a file into answers, one for each score given, with what is wrong with the others.

It reads a relation with the columns `row`, c0, c1 ... once, in a stream; every cell is judged where it stands. Nothing
is left out: a score that was given becomes an answer, or a row with its faults.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from data import check, contract, reasons
from data.ingest import identity, profile, scales
from data.ingest.bare import FAILED
from data.ingest.decisions import REJECTED
from data.ingest.identity import quoted
from data.ingest.mapping import EACH, Score
from data.ingest.mapping import Mapping as Mapped
from data.ingest.names import Column

TEXTS = ("channel", "stage", "case_id", "order_id", "respondent_role", "language")
ON_SCALE = "case instrument {} end".format(
    " ".join(f"when '{name}' then score between {low} and {high}" for name, (low, high) in scales.SCALES.items())
)
# 7,7012E+11: a spreadsheet showed a long number so, and saved what it showed.
SHORTENED = "contains(client, 'E+') and regexp_full_match(client, '\\d([.,]\\d+)?E\\+\\d+')"
FIRST, AFTER_LAST = f"timestamp '{check.FIRST_YEAR}-01-01'", f"timestamp '{check.LAST_YEAR + 1}-01-01'"


def columns() -> tuple[str, ...]:
    """What an answer consists of before its client is matched: `client` is what the file says of it."""
    return (
        "row", "question", "answer_id", "client", "survey", "instrument", "score", "answered_at", "asked_at", *TEXTS,
        "comment", "faults",
    )  # fmt: skip


def sql(
    mapping: Mapped, found: Sequence[Column], relation: str, stages: Mapping[str, str] | None = None,
    carried: Sequence[str] = (), now: datetime | None = None, is_written: bool = False, is_bare: bool = False,
    noted: str = "",
) -> str:  # fmt: skip
    """The answers in a relation. Shape: `columns()`, then `carried` as they are; one row per score given.

    Units: instants in UTC. `faults`: column, value and reason of whatever keeps the answer from being one; null for
    those that are. `answer_id`: the same in every export of the same answer. `stages`: the company's, by what they may
    be called in small letters; without any, every stage is taken. `now`: UTC; nothing was answered later.
    `is_written`: the faults as JSON, which is cheaper to write down. `is_bare`: the cells are, see bare.py.
    `noted`: the cell of a corrected row that says which answer it was; see identity.told_apart.
    """
    now = now or datetime.now(UTC).replace(tzinfo=None)
    faults = _faults(mapping, stages or {}, now)
    places = {column.name: f"c{column.place}" for column in found}
    told = _told_faults(faults)
    told = f"nullif(to_json({told})::varchar, '[]')" if is_written else f"nullif({told}, [])"
    noting = {noted} - {""}
    cells = sorted(noting | {places[name] for name in used(mapping)}, key=lambda cell: int(cell[1:]))
    lines = ",\n        "
    told_scores = [_told(score, places) for score in mapping.scores]
    is_one = len(told_scores) == 1
    scores = f"{told_scores[0]} as one" if is_one else f"[\n            {lines.join(told_scores)}\n        ] as scores"
    # the list is unrolled after the rest, which would be worked out for each score else
    each = "select *" if is_one else "select * exclude (scores), unnest(scores) as one"
    given_at = " || ' ' || ".join(places[name] for name in mapping.answered_at) or "''"
    bare, begins = ("row", *carried), quoted(mapping.fingerprint[:12])
    return f"""
with bare as (
    select
        {lines.join([*(cell if is_bare else f"{_bare(cell)} as {cell}" for cell in cells), *bare])}
    from {relation}
),

told as (
    select
        row,
        {identity.client(mapping, places)} as client,
        {identity.answered(mapping, places)} as answered_at,
        {given_at} as given_at,
        {identity.date(mapping, places, mapping.asked_at) if mapping.asked_at else "null::timestamp"} as asked_at,
        {lines.join(f"{_text(mapping, places, name, stages or {})} as {name}" for name in TEXTS)},
        {"".join(f"{name}, " for name in carried)}{identity.known_by(mapping, places)} as identity,
        {f"{identity.wall(mapping, places)}::time <> time '00:00' as is_timed," if not mapping.answer_id else ""}
        {"".join(f"{cell}, " for cell in noting)}{scores}
    from bare
),

each as (
    {each}
    from told
),

given as (
    select *, one.kind as kind, one.instrument as instrument, one.score as score, one.given as given
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
    concat({begins}, '/', {identity.told_apart(mapping, noted)}, '/', one.question) as answer_id,
    client,
    {quoted(mapping.survey)} as survey,
    instrument,
    score,
    answered_at,
    asked_at,
    {", ".join(TEXTS)},
    one.comment as comment,
    {"".join(f"{name}, " for name in carried)}case when is_fine is not true then {told} end as faults
from judged"""


def used(mapping: Mapped) -> list[str]:
    """The columns of the file that an answer is made of."""
    scores = [name for score in mapping.scores for name in (score.column, score.comment, score.by)]
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
    question = identity.question(score.column)
    comment = f"nullif({places[score.comment]}, '')" if score.comment else "null::varchar"
    kind = places[score.by] if score.by else quoted(score.instrument)
    named = " ".join(f"when '{name}' then '{name}'" for name in scales.SCALES)
    instrument = f"case lower({kind}) {named} end" if score.by else kind
    return (
        f"{{'question': '{question}', 'kind': {kind}, 'instrument': {instrument}, 'given': {cell}, "
        f"'score': {scales.sql(cell, score.values)}, 'comment': {comment}}}"
    )


def _text(mapping: Mapped, places: Mapping[str, str], name: str, stages: Mapping[str, str]) -> str:
    if name in mapping.constants:
        return quoted(mapping.constants[name])
    if name not in mapping.texts:
        return "null::varchar"
    said = places[mapping.texts[name]]
    if name == "stage" and stages:
        named = " ".join(f"when {quoted(one)} then {quoted(stage)}" for one, stage in stages.items())
        return f"case lower({said}) when '' then null {named} else {said} end"
    if name == "respondent_role":
        return f"nullif(lower({said}), '')"
    if name != "language":
        return f"nullif({said}, '')"
    names = " ".join(f"when {quoted(one)} then {quoted(code)}" for one, code in profile.languages().items())
    code = f"case when regexp_full_match({said}, '(?i)[a-z]{{2}}[-_].*') then lower(left({said}, 2)) else {said} end"
    other = f"case lower({said}) when '' then null {names} else {code} end"
    return f"case when length({said}) = 2 then lower({said}) else {other} end"


def _tomorrow(now: datetime) -> str:
    return f"timestamp '{now + timedelta(days=1):%Y-%m-%d %H:%M:%S}'"


def _fine(mapping: Mapped, stages: Mapping[str, str], now: datetime) -> list[str]:
    """What is true of nearly every answer, cheap to see, and of none with a fault: only the others are looked into."""
    met = [
        "client <> ''", "not contains(client, 'E+')", f"answered_at >= {FIRST}", f"answered_at < {_tomorrow(now)}",
    ]  # fmt: skip
    instruments = {score.instrument for score in mapping.scores} - {EACH}
    low, high = (
        scales.SCALES[next(iter(instruments))]
        if len(instruments) == 1 and not any(score.by for score in mapping.scores)
        else (0, 0)
    )
    met.append(f"score between {low} and {high}" if high else ON_SCALE)
    for name, known in _allowed(mapping, stages).items():
        met.append(f"{name} is null or {name} in ({', '.join(map(quoted, known))})")
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
    if any(score.by for score in mapping.scores):
        named = reasons.written("choice", allowed=", ".join(scales.SCALES))
        met.append(("instrument", "kind", "instrument is null", named))
    if mapping.asked_at:
        met.append(("asked_at", "asked_at::varchar", "asked_at is not null and asked_at > answered_at", too_late))
    for name, known in _allowed(mapping, stages).items():
        condition = f"{name} is not null and {name} not in ({', '.join(map(quoted, known))})"
        met.append((name, name, condition, reasons.written("choice", allowed=", ".join(known))))
    return met


def _told_faults(faults: Sequence[tuple[str, str, str, str]]) -> str:
    """The faults that a row has."""
    each = ", ".join(
        f"case when {condition} then {{'column': '{column}', 'value': {value}, 'reason': {quoted(reason)}}} end"
        for column, value, condition, reason in faults
    )
    return f"list_filter([{each}], fault -> fault is not null)"


def _bare(cell: str) -> str:
    """A cell without blanks around it, and without what protects leading zeros in a spreadsheet. Few cells need it."""
    blanks = f"starts_with({cell}, ' ') or ends_with({cell}, ' ') or contains({cell}, chr(160))"
    needs = f"{blanks} or starts_with({cell}, '=\"') or starts_with({cell}, '#')"
    bare = f"trim(replace({cell}, chr(160), ' '))"
    shown = f"case when starts_with({bare}, '=\"') then regexp_extract({bare}, '^=\"(.*)\"$', 1) else {bare} end"
    failed = ", ".join(map(quoted, FAILED))
    return f"case when {needs} then case when {bare} in ({failed}) then '' else {shown} end else {cell} end"
