"""How a text is laid out: the sign between its columns and the row with their names, from its first rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from data.ingest import careful
from data.ingest.decisions import Decision, chosen, refused

DIVIDERS = (",", ";", "\t", "|")
MOST_COLUMNS = 16_384  # as in a spreadsheet
ROWS, TITLES = 1_000, 20  # looked at for the layout, and at most above the names of the columns
SEP_LINE = re.compile(rb'"?sep=([,;\t|])"?(\r\n|\n|\r)', re.IGNORECASE)
NUMBER = re.compile(r"\s*[-+]?\d+([.,]\d+)?\s*")

Rows = Sequence[tuple[int, Sequence[str]]]  # each with its number


@dataclass(frozen=True)
class Dialect:
    """How a text is divided. `skip`: bytes of the line at its beginning that only says so."""

    divider: Decision
    skip: int


def first_rows(text: bytes, divider: str, whole: bool) -> list[tuple[int, list[str]]]:
    """The first rows with anything in them, by number. `whole`: the text is the whole file."""
    if whole and text[-1:] not in (b"\n", b"\r"):
        text += b"\n"
    records = islice(careful.records(text, divider.encode(), final=whole), ROWS)
    read = (
        (number, [cell.decode("utf-8", "replace") for cell in one.cells or ()]) for number, one in enumerate(records, 1)
    )
    return [(number, cells) for number, cells in read if any(cells)]


def _evenness(rows: Rows) -> tuple[float, int]:
    """(share of rows with the commonest number of columns above one, that number); more when the first row has it."""
    widths = Counter(len(cells) for _, cells in rows)
    width = max(widths, key=lambda one: (one > 1, widths[one], one), default=1)
    if width == 1 or not rows:
        return 0.0, 1
    share = widths[width] / len(rows)
    return (share if len(rows[0][1]) == width else share / 2), width


def dialect(head: bytes, whole: bool, choices: Mapping[str, str], place: str) -> Dialect:
    """The sign that divides the columns: what the file says, else the one under which most rows are equally wide."""
    said = SEP_LINE.match(head)
    skip = said.end() if said else 0
    if by_hand := chosen("delimiter", choices, DIVIDERS, place):
        return Dialect(by_hand, skip)
    if said:
        divider = said[1].decode()
        return Dialect(Decision("delimiter", divider, "sep_line", {"delimiter": divider}, others=DIVIDERS), skip)
    marks = {divider: _evenness(first_rows(head, divider, whole)) for divider in DIVIDERS}
    best = max(DIVIDERS, key=lambda one: marks[one])
    share, width = marks[best]
    if width == 1:
        return Dialect(Decision("delimiter", ",", "one_column", {}, False, DIVIDERS), 0)
    even = share >= 0.9
    facts = {"percent": round(100 * share), "columns": width}
    return Dialect(Decision("delimiter", best, "constant" if even else "unequal", facts, even, DIVIDERS), 0)


def header(rows: Rows, choices: Mapping[str, str], place: str) -> tuple[Decision, int]:
    """(the row with the names of the columns, how many columns there are). Rows above it are titles.

    Raises: UploadError when no row holds anything, or there are more columns than any spreadsheet has.
    """
    if not rows:
        raise refused(
            "no_header", place=place, found="no row that can be read", allowed="a header row and answers",
            do="Export it again",
        )  # fmt: skip
    numbers = ("0", *(str(number) for number, _ in rows[:TITLES]))
    widths = Counter(len(cells) for _, cells in rows)
    usual = max(widths, key=lambda one: (widths[one], -one))
    at = _below_titles(rows, usual)
    decision = chosen("header", choices, numbers, place)
    if decision and decision.value == "0":
        return decision, usual
    if decision:
        at = numbers.index(decision.value) - 1
    else:
        number, cells = rows[at]
        facts = {"row": number}
        decision = Decision("header", str(number), "below_title" if at else "first_row", facts, others=numbers)
        if all(NUMBER.fullmatch(cell) for cell in cells if cell.strip()):
            decision = Decision("header", str(number), "only_numbers", facts, False, numbers)
    names = rows[at][1]
    width = len(names)
    if usual < width and not any(names[usual:]) and width not in {len(cells) for _, cells in rows[at + 1 :]}:
        width = usual  # a divider too many behind the last name
    if width > MOST_COLUMNS:
        raise refused(
            "too_wide", place=place, found=f"{width} columns", allowed=f"{MOST_COLUMNS} columns",
            do="Export it with fewer columns",
        )  # fmt: skip
    return decision, width


def _below_titles(rows: Rows, usual: int) -> int:
    """Where the names begin: below rows that hold a single text, or much less than the rows under them."""
    if usual < 3:
        return 0
    for at, (_, cells) in enumerate(rows[:TITLES]):
        filled = sum(bool(cell.strip()) for cell in cells)
        if filled > 1 and (len(cells) >= usual or filled > usual / 2):
            return at
    return 0
