"""Which tool exported a file, by the columns it has: how many header rows, which rows are no answers, and why so."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from data.ingest import names
from data.ingest.decisions import Decision, chosen, refused
from data.ingest.names import Column, plain
from data.ingest.read import Opened

DECLARED = Path(__file__).parent / "tools.toml"
KEYS = {"title", "names", "first", "roles", "left_out", "unfinished", "zone", "dates"}
MOST_HEADERS = 3
CODED = re.compile(r"(V|Q)\d+(_\w+)?")
EXCEL, OTHER = "excel", "other"


@dataclass(frozen=True)
class Rule:
    """Rows in which a column has one of the values are left out, by a reason. Values in small letters."""

    reason: str
    columns: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True)
class Tool:
    """What the exports of one tool look like; see tools.toml for what each part means."""

    id: str
    title: str
    names: tuple[frozenset[str], ...] = ()
    first: frozenset[str] = frozenset()
    roles: Mapping[str, tuple[str, ...]] | None = None
    left_out: tuple[Rule, ...] = ()
    unfinished: Rule | None = None
    zone: str = ""
    dates: str = "dmy"

    def column(self, role: str, found: Sequence[Column]) -> Column | None:
        """The column that has a role in the tool's exports, or None."""
        return with_name((self.roles or {}).get(role, ()), found)


@dataclass(frozen=True)
class Recognised:
    """A file as an export of a tool. `below`: number of the last header row. `left_out`: (reason, place of the column,
    values) of the rows that are no answers. `zone`: of its dates, empty when the file does not say. `noted`: how many
    columns in front are no answers' but notes on why its rows were rejected before."""

    opened: Opened
    tool: Tool
    decisions: tuple[Decision, ...]
    columns: tuple[Column, ...]
    below: int
    left_out: tuple[tuple[str, int, tuple[str, ...]], ...]
    zone: str
    noted: int = 0

    @property
    def fingerprint(self) -> str:
        """By which a mapping saved for such a file is found again."""
        return names.fingerprint(self.columns)

    @property
    def sample(self) -> list[tuple[str, ...]]:
        """The first answers, of those that are none as well as of those that are."""
        return [row for number, row in self.opened.head if number > self.below]


def with_name(wanted: Sequence[str], found: Sequence[Column]) -> Column | None:
    """The first column that is called one of some names, the better name before the other."""
    for name in wanted:
        for column in found:
            if name in column.known_as:
                return column
    return None


def _rule(reason: str, said: Mapping[str, Any]) -> Rule:
    return Rule(reason, tuple(said["column"]), tuple(said["values"]))


@cache
def tools() -> dict[str, Tool]:
    """The tools that are known, by id, the most telling first. Raises: KeyError for a key that means nothing."""
    declared = tomllib.loads(DECLARED.read_text(encoding="utf-8"))
    made = {}
    for name, said in declared.items():
        if unknown := said.keys() - KEYS:
            raise KeyError(f"{DECLARED.name}, {name}: {', '.join(unknown)}")
        made[name] = Tool(
            id=name.removesuffix("_short"),
            title=said["title"],
            names=tuple(frozenset(one.split("|")) for one in said.get("names", ())),
            first=frozenset(said.get("first", ())),
            roles={role: tuple(called) for role, called in said.get("roles", {}).items()},
            left_out=tuple(_rule(reason, rule) for reason, rule in said.get("left_out", {}).items()),
            unfinished=_rule("unfinished", said["unfinished"]) if "unfinished" in said else None,
            zone=said.get("zone", ""),
            dates=said.get("dates", "dmy"),
        )
    return made | {EXCEL: Tool(EXCEL, "Excel"), OTHER: Tool(OTHER, "")}


def _met(tool: Tool, headers: Sequence[Sequence[str]]) -> list[str] | None:
    """The names by which a tool gives itself away, as they are written in the file; None when it does not."""
    if not tool.names and not tool.first:
        return None
    written = {name: cell for row in headers for cell in row for name in names.forms(cell)}
    if tool.first and not any(row and plain(row[0]) in tool.first for row in headers[:1]):
        return None
    shown = [headers[0][0].strip()] if tool.first else []
    for either in tool.names:
        name = next((one for one in sorted(either) if one in written), None)
        if name is None:
            return None
        shown.append(written[name].strip())
    return shown


def _imports(row: Sequence[str]) -> bool:
    filled = [cell for cell in row if cell.strip()]
    return bool(filled) and sum("ImportId" in cell for cell in filled) > 0.8 * len(filled)


def _noted(opened: Opened) -> int:
    """How many columns in front are those of a file of rejected rows, come back corrected."""
    first = tuple(cell.strip() for cell in opened.head[0][1]) if opened.header and opened.head else ()
    return next((len(notes) for notes in (names.NOTED, names.NOTES) if first[: len(notes)] == notes), 0)


def _headers(opened: Opened, noted: int) -> Decision:
    """How many header rows there are, counted in rows that hold anything."""
    rows = [row[noted:] for _, row in opened.head[:MOST_HEADERS]]
    others = tuple(str(count) for count in range(MOST_HEADERS + 1))
    if opened.header == 0:
        return Decision("header_rows", "0", "chosen", others=others)
    for nth, row in enumerate(rows):
        if nth and _imports(row):
            facts = {"row": opened.head[nth][0], "rows": nth + 1}
            return Decision("header_rows", str(nth + 1), "import_id", facts, others=others)
    if len(rows) > 1:
        first, second = rows[0], rows[1]
        facts = {"row": opened.head[1][0]}
        if {"responseid", "responseset"} <= {name for cell in second for name in names.forms(cell)} and CODED.fullmatch(
            first[0].strip()
        ):
            return Decision("header_rows", "2", "codes_and_texts", facts, others=others)
        respondent = next((nth for nth, cell in enumerate(first) if plain(cell) == RESPONDENT), None)
        if respondent is not None and not second[respondent].strip() and _names_choices(first, second):
            return Decision("header_rows", "2", "choices_below", facts, others=others)
    return Decision("header_rows", "1", "one_header", others=others)


RESPONDENT = "respondent id"


def _names_choices(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether a row says what stands under each question: a choice, or that it is simply the response."""
    says_response = any(plain(cell) in names.SAYS_NOTHING for cell in second if cell.strip())
    return says_response or any(low.strip() and not up.strip() for up, low in zip(first, second, strict=False))


def _tool(opened: Opened, headers: Sequence[Sequence[str]], by_import: bool) -> tuple[Tool, Decision]:
    others = tuple(dict.fromkeys(tool.id for tool in tools().values()))
    met = {name: shown for name, tool in tools().items() if (shown := _met(tool, headers))}
    if by_import:
        return tools()["qualtrics"], Decision("tool", "qualtrics", "imports", {"rows": len(headers)}, others=others)
    if met:
        name = next(iter(met))
        quoted = ", ".join(f'"{shown[:60]}"' for shown in met[name])
        return tools()[name], Decision("tool", tools()[name].id, "columns_named", {"names": quoted}, others=others)
    how = {decision.about: decision for decision in opened.decisions}
    if "delimiter" in how and how["delimiter"].value == ";":
        encoded = how["encoding"]
        if encoded.value == "cp1251" or encoded.why == "mark" or how["delimiter"].why == "sep_line":
            facts = {"encoding": encoded.value}
            return tools()[EXCEL], Decision("tool", EXCEL, "excel_text", facts, others=others)
    return tools()[OTHER], Decision("tool", OTHER, "unknown_columns", sure=False, others=others)


def _zone(tool: Tool, headers: Sequence[Sequence[str]]) -> Decision | None:
    """The time zone of the dates, where the file or the tool says which."""
    for cell in (cell for row in headers for cell in row if '"timeZone"' in cell):
        try:
            zone = json.loads(cell)["timeZone"]
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        if zone:
            value = "UTC" if zone == "Z" else str(zone)
            return Decision("zone", value, "zone_in_header", {"zone": value})
    return Decision("zone", tool.zone, "zone_of_tool", {"tool": tool.title}) if tool.zone else None


def recognise(opened: Opened, choices: Mapping[str, str] | None = None) -> Recognised:
    """Which tool a file comes from. Raises: UploadError when it has no answers, or a choice is not offered."""
    choices = choices or {}
    noted = _noted(opened)
    counted = _headers(opened, noted)
    by_hand = chosen("header_rows", choices, counted.others, opened.name)
    counted = by_hand or counted
    count = min(int(counted.value), len(opened.head))
    headers = [row[noted:] for _, row in opened.head[:count]]
    tool, recognised = _tool(opened, headers, by_import=bool(headers) and _imports(headers[-1]))
    if by_hand := chosen("tool", choices, recognised.others, opened.name):
        tool, recognised = next(one for one in tools().values() if one.id == by_hand.value), by_hand
    texts = [nth for nth, row in enumerate(headers) if not _imports(row)]
    found = names.columns(headers, opened.width - noted, texts)
    found = tuple(replace(column, place=column.place + noted) for column in found) if noted else found
    rules = list(tool.left_out)
    decisions = [recognised, counted]
    if tool.unfinished and with_name(tool.unfinished.columns, found):
        offered = ("take", "leave out")
        kept = chosen("unfinished", choices, offered, opened.name)
        kept = kept or Decision("unfinished", "take", "said_is_said", others=offered)
        decisions.append(kept)
        rules += [tool.unfinished] if kept.value == "leave out" else []
    if zone := _zone(tool, headers):
        decisions.append(zone)
    left_out = tuple(
        (rule.reason, column.place, rule.values) for rule in rules if (column := with_name(rule.columns, found))
    )
    below = opened.head[count - 1][0] if count else opened.header
    made = Recognised(opened, tool, tuple(decisions), found, below, left_out, zone.value if zone else "", noted)
    if not made.sample and not opened.unsure and _is_bare(made):
        raise refused(
            "empty", place=opened.name, found="only a header, no answers", allowed="a header row and answers",
            do="Export it again",
        )  # fmt: skip
    return made


def _is_bare(found: Recognised) -> bool:
    """Whether no row stands below the header, none that cannot be read either."""
    reading = found.opened.reading(found.below)
    return not any(reading.counts.rows for _ in reading.blocks())
