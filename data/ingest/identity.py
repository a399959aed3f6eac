"""Whose answer it is, when it was given, and by what it is known again in another export: SQL over a row's cells."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from data.ingest import dates
from data.ingest.mapping import Mapping as Mapped
from data.ingest.names import plain

SEPARATOR = "chr(31)"
SHORT = 8  # letters of an id that is counted from 1
OPEN = "~"
BEGINS = 8  # letters by which a note knows what an answer was told apart by
MINUTE = "%Y-%m-%d %H:%M"  # seconds are lost where a spreadsheet has saved the file


def question(column: str) -> str:
    """By what a column of scores is known in the ids of its answers, the last part of each."""
    return hashlib.sha256(plain(column).encode()).hexdigest()[:12]


def client(mapping: Mapped, places: Mapping[str, str]) -> str:
    """What the file says of the client."""
    if "client" in mapping.constants:
        return quoted(mapping.constants["client"])
    return places[mapping.client] if mapping.client else "''"


def answered(mapping: Mapped, places: Mapping[str, str]) -> str:
    """The instant of the answer: the first of its columns that holds one."""
    if "answered_at" in mapping.constants:
        wall = f"{quoted(mapping.constants['answered_at'])}::timestamp"
        return dates.in_utc(wall, mapping.zone)
    instants = [date(mapping, places, name) for name in mapping.answered_at]
    return f"coalesce({', '.join(instants)})" if len(instants) > 1 else (instants or ["null::timestamp"])[0]


def date(mapping: Mapped, places: Mapping[str, str], name: str) -> str:
    cell = places[name]
    instant = dates.sql(cell, mapping.dates[name], mapping.zone)
    never = " or ".join(f"starts_with({cell}, {quoted(stamp)})" for stamp in mapping.no_dates)
    return f"case when {never} then null else {instant} end" if never else instant


def wall(mapping: Mapped, places: Mapping[str, str]) -> str:
    """When it was answered as the file says it: by the clock on the wall there, whatever its zone is taken for."""
    return answered(replace(mapping, zone="UTC"), places)


def known_by(mapping: Mapped, places: Mapping[str, str]) -> str:
    """What makes an answer the same in another export. A long id of the tool does so alone. Many tools count from 1 in
    every survey: a short one does so beside the client and an instant that does not move. Without any, these do."""
    whose = f"lower(ltrim({client(mapping, places)}, '0'))"  # as a spreadsheet leaves it
    if not mapping.answer_id:
        return f"concat_ws({SEPARATOR}, {whose}, strftime({wall(mapping, places)}, '{MINUTE}'))"
    told = places[mapping.answer_id]
    at = f"strftime({wall(mapping, places)}, '{MINUTE}')"
    if mapping.begun:
        known = mapping.dates.get(mapping.begun)
        begun = places[mapping.begun]
        at = f"strftime({dates.sql(begun, known, 'UTC')}, '{MINUTE}')" if known else begun
    beside = f"left(md5(concat_ws({SEPARATOR}, {whose}, coalesce({at}, ''))), 16)"
    return f"case when length({told}) < {SHORT} then {told} || '/' || {beside} else {told} end"


def told_apart(mapping: Mapped, noted: str = "") -> str:
    """The identity of an answer. Without an id, and with nothing but a day, several answers of a client are told apart
    by what they say, and those that say the same by which of them it is.

    `noted`: the cell in which a corrected row carries which of them it was. Where it says something else since then,
    its number is open (`OPEN` in front of it): it comes after those that were taken in; see corrected.
    """
    if mapping.answer_id:
        return "identity"
    says = ", ".join(f"coalesce({said}::varchar, '')" for said in ("score", "stage", "case_id", "order_id"))
    whole = f"md5(concat_ws({SEPARATOR}, identity, case when not is_timed then concat_ws({SEPARATOR}, {says}) end))"
    if not noted:
        return f"{whole} || '/' || row_number() over (partition by one.question, {whole} order by row)"
    kept = f"regexp_extract({noted}, concat(one.question, '/', left({whole}, {BEGINS}), '/(\\d+)'), 1)"
    nth = f"row_number() over (partition by one.question, {whole}, {kept} = '' order by row)"
    return f"{whole} || '/' || if({kept} = '', '{OPEN}' || {nth}, {kept})"


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
