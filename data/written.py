"""What people write, as text: one line, as it was meant, with nothing in it that is not to be seen."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import UTC, datetime

from data.errors import StrataError

# Signs that turn the direction of the words around them: a text with one of them can look like another text.
TURNING = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)}
FORMULA = ("=", "+", "-", "@")  # what a spreadsheet takes for the beginning of a formula


def one_line(said: str) -> str:
    """A text on one line: runs of spaces and line breaks as one space, and no sign that cannot be seen."""
    seen = (" " if sign.isspace() else sign for sign in said if sign not in TURNING)
    kept = "".join(sign for sign in seen if sign == " " or unicodedata.category(sign) not in ("Cc", "Cs"))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def key(said: str) -> str:
    """What two names have in common that differ in case and spaces only."""
    return " ".join(unicodedata.normalize("NFKC", one_line(said)).casefold().split())


def cell(said: str) -> str:
    """A text as a spreadsheet may have it: never the beginning of a formula."""
    return f"'{said}" if said.startswith(FORMULA) else said


def checked(place: str, said: str, longest: int, do: str) -> str:
    """A text on one line, not empty and not too long. Raises: StrataError; its code ends in _empty or _too_long."""
    line = one_line(said)
    if all(unicodedata.category(sign)[0] in "CMZ" for sign in line):  # nothing of it would be seen
        line = ""
    found = f"{len(line)} characters" if line else "nothing"
    if 1 <= len(line) <= longest:
        return line
    code = f"{place}_too_long" if line else f"{place}_empty"
    raise StrataError(
        code, place=place, found=found, allowed=f"1 to {longest} characters", do=do, state="nothing was saved",
    )  # fmt: skip


def now() -> datetime:
    """This instant in UTC, without the zone, as the database keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


def new_id() -> str:
    """A name for a new thing that nothing else has."""
    return secrets.token_hex(8)
