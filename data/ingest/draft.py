"""The dry run of a survey file: what would be stored, what not and why, before anything is.

made = draft.draft(store, survey)
made.counts                      # rows and answers, every one of them accounted for
Store(home, beside=(made.part,)) # everything as it would be
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from data import clock, store, written
from data.followed import Part
from data.ingest import compare, corrected, identity, ledger, mixed, reading, sift
from data.ingest.compare import Outcome
from data.ingest.decisions import refused
from data.ingest.ledger import Counts
from data.ingest.matching import Candidate, Clients
from data.ingest.rows import Counts as Rows
from data.ingest.scratch import Scratch, in_words
from data.ingest.survey import Survey
from data.store import Store

MEMORY = "200MB"
GIVEN = "given.parquet"
MANY = 200
# How many new answers have the client, minute, instrument and score of one that counts and is none of the file's own.
ALIKE = """
with mine as not materialized (
    select answer_id, hash(client_id, date_trunc('minute', {local}), instrument, score) as said
    from read_parquet($stored)
    where client_id is not null
),

theirs as (
    select answer_id, hash(client_id, date_trunc('minute', answered_at), instrument, score) as said
    from answers
    where ym between $first and $last
),

near as (
    select answer_id, said
    from theirs
    semi join mine using (said)
),

others as (
    select said
    from near
    anti join (select answer_id from read_parquet($given) where faults is null) as own using (answer_id)
)

select count(*) as n
from mine
semi join others using (said)
anti join near using (answer_id)
"""


@dataclass(frozen=True)
class Named:
    """What a file says of a client, and of how many answers. `client_id`, `how`, `score`: see matching.Match.

    `candidates`: who may be meant, where nobody is sure.
    """

    said: str
    answers: int
    client_id: str | None
    how: str
    score: float
    candidates: tuple[Candidate, ...] = ()


def nothing_told(share: float, doing: str) -> None:
    """Nobody watches."""
    del share, doing


class Draft:
    """A file ready to be taken in, in a folder of its own. Closed, or forgotten, it leaves nothing behind."""

    def __init__(self, store_: Store, survey: Survey, rows: Rows, file_hash: str, scratch: Scratch) -> None:
        self.store, self.survey, self.rows_read, self.file_hash = store_, survey, rows, file_hash
        self.scratch = scratch
        self.home, self.zone = store_.home, store_.lake().timezone
        self.seen = ""
        self.refresh()

    @property
    def given(self) -> Path:
        """The answers as they were read, with the faults of those that are none."""
        return self.scratch.folder / GIVEN

    def refresh(self) -> None:
        """Compare with what is taken in by now. Raises: StrataError."""
        base = ledger.of(self.home)
        self.seen = base.version(ledger.SUBJECT)
        known = ledger.everything(base)
        self.clients = clients(self.store, known)
        self.earlier = [one for one in known.uploads if one.namespace == self.survey.mapping.fingerprint]
        with in_words(self.home), _workshop(self.scratch) as work:
            corrected.numbered(work, self.survey, self.scratch.folder, self.given, self.earlier, self.home)
            self.outcome: Outcome = compare.compare(
                work, self.given, self.scratch.folder, self.earlier, self.rows_read, self.clients, self.home
            )
        self.before = tuple(one for one in known.uploads if one.file_hash == self.file_hash)

    @property
    def counts(self) -> Counts:
        """What became of every row and of every score."""
        return self.outcome.counts

    @property
    def part(self) -> Part:
        """The file as a store shows it before it is taken in."""
        made = self.outcome
        hides = str(made.hides) if made.hides else None
        return Part(
            "draft", str(made.answers), hides, self.zone, made.counts.stored + sum(made.leans.values()),
            made.answers.stat().st_size, made.first_at, made.last_at, written.now(),
        )  # fmt: skip

    def _rows(self, sql: str, **values: object) -> pd.DataFrame:
        with in_words(self.home), _workshop(self.scratch) as work:
            return work.execute(sql, {"stored": str(self.outcome.answers)} | values).df()

    def first_rows(self, many: int = 20) -> pd.DataFrame:
        """The first answers as they would be stored. Shape: the contract's answers, then client (as the file says) and
        name (of the client whom it means, as far as that is known)."""
        columns = ", ".join((*compare.ANSWER, "client"))
        found = self._rows(f"select {columns} from read_parquet($stored) order by row limit $many", many=many)
        found["name"] = self._names(found)
        return found

    def named(self, many: int = MANY) -> tuple[Named, ...]:
        """Whom the stored answers speak of, where that is not said by an id: unknown ones first, the frequent before
        the rare."""
        found = self._rows(
            "select client, count(*) as n from read_parquet($stored) where client_id is distinct from client "
            "group by client order by count(client_id) > 0, n desc, client limit $many", many=many,
        )  # fmt: skip
        met = [(said, int(n), self.clients.match(said)) for said, n in zip(found["client"], found["n"], strict=True)]
        return tuple(
            Named(said, n, match.client_id, match.how, match.score,
                  () if match.client_id else self.clients.candidates(said))
            for said, n, match in met
        )  # fmt: skip

    def changes(self, many: int = 20) -> pd.DataFrame:
        """What the first of the changed answers said before, and would say. Shape: one row per cell that is another:
        answer_id, client (its name, else what the file says), answered_at, question, column, before, after."""
        with in_words(self.home), _workshop(self.scratch) as work:
            found = compare.changes(work, self.outcome.answers, self.earlier, self.home, many)
        asked = {identity.question(score.column): score.column for score in self.survey.mapping.scores}
        found["question"] = [asked.get(said.rpartition("/")[2], "") for said in found["answer_id"]]
        found["client"] = [name or said for name, said in zip(self._names(found), found["client"], strict=True)]
        return found[["answer_id", "client", "answered_at", "question", "column", "before", "after"]]

    def _names(self, answers: pd.DataFrame) -> list[str]:
        """Whom some answers are of: the client's name, also where a person has said who; empty for unknown ones."""
        known = [
            stored if isinstance(stored, str) else self.clients.match(said or "").client_id
            for stored, said in zip(answers["client_id"], answers["client"], strict=True)
        ]
        return [self.clients.names.get(one or "", "") for one in known]

    def alike(self) -> int:
        """How many new answers look like some that count already under other ids, whatever file or source those are of:
        the same client, minute, instrument and score. Uploading them would count them twice."""
        made = self.outcome
        if not made.counts.added or made.first_at is None or made.last_at is None:
            return 0
        first, last = made.first_at.date(), made.last_at.date()
        there = self.store.lake().tables.get("answers")
        if there is None or there.first is None or there.last is None:
            return 0
        with in_words(self.home), _workshop(self.scratch) as work:
            local = clock.quick_local(work, "answered_at", self.zone, there.first, there.last)
        found = self.store.query(
            ALIKE.format(local=local),
            {
                "stored": str(made.answers), "given": str(self.given),
                "first": _month(first, -1), "last": _month(last, 1),
            },
        )  # fmt: skip
        return int(found["n"].iloc[0])

    def close(self) -> None:
        """Let go of it; nothing of it stays."""
        self.scratch.close()


def _workshop(scratch: Scratch) -> duckdb.DuckDBPyConnection:
    """A connection with little memory. Answers know their rows: that they stay in order would take twice as long."""
    work = store.workshop(scratch.folder)
    work.execute(f"set memory_limit = '{MEMORY}'; set timezone = 'UTC'; set preserve_insertion_order = false")
    return work


def _month(day: date, by: int) -> str:
    months = day.year * 12 + day.month - 1 + by
    return f"{months // 12:04}-{months % 12 + 1:02}"


def clients(store_: Store, known: ledger.Ledger) -> Clients:
    """The clients of the lake, and what people decided about names."""
    found = store_.query("select client_id, name from clients")
    return Clients(dict(zip(found["client_id"], found["name"], strict=True)), known.meant)


def draft(store_: Store, survey: Survey, progress: reading.Progress = nothing_told) -> Draft:
    """Read all of a file and compare it with what is there; nothing is saved. What only the whole of it shows, dates in
    two orders, is unsure in the `survey` of the draft.

    Raises: UploadError when it has no score to take, or there is no room for it; StrataError.
    """
    if not survey.mapping.scores:
        raise refused(
            "no_scores", place=survey.name, found="no column of scores", allowed="one at least: nps, csat or ces",
            do="Say which column is one: --choose score:COLUMN=nps",
        )  # fmt: skip
    manifest = store_.lake()
    known = clients(store_, ledger.everything(ledger.of(store_.home)))
    scratch = Scratch(store_.home)
    try:
        hashed = reading.Hash(survey.file)
        sifted = sift.Answers(survey.found, reading.wanted(survey))
        with in_words(store_.home), _workshop(scratch) as work:
            work.register("survey", reading.reader(survey, sifted, known, progress))
            try:
                given = scratch.folder / (corrected.UNNUMBERED if corrected.cell(survey) else GIVEN)
                work.execute(reading.sql(work, survey, manifest, given))
            except duckdb.InvalidInputException as problem:  # what the reader of rows throws, wrapped
                raise problem.__cause__ or problem from None
            survey = mixed.judged(work, survey, given)
        progress(0.9, "comparing with what is there")
        made = Draft(store_, survey, sifted.counts, hashed.value(), scratch)
    except BaseException:
        scratch.close()
        raise
    progress(1.0, "read")
    return made
