"""What people write, as text: one line, as it was meant, with nothing in it that is not to be seen."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import UTC, date, datetime

from data.errors import StrataError

# Signs that turn the direction of the words around them: a text with one of them can look like another text.
TURNING = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)}


class NotSaved(StrataError):  # noqa: N818 - named for what happened, as the writer meets it
    """What somebody wrote was not saved. `counted`: the facts as values, for words in other languages."""

    def __init__(
        self, code: str, *, place: str, found: str, allowed: str, do: str, **counted: int | str | date
    ) -> None:
        super().__init__(code, place=place, found=found, allowed=allowed, do=do, state="nothing was saved")
        self.counted = counted


def one_line(said: str) -> str:
    """A text on one line: runs of spaces and line breaks as one space, and no sign that cannot be seen."""
    seen = (" " if sign.isspace() else sign for sign in said if sign not in TURNING)
    kept = "".join(sign for sign in seen if sign == " " or unicodedata.category(sign) not in ("Cc", "Cs"))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def key(said: str) -> str:
    """What two names have in common that differ in case and spaces only."""
    return " ".join(unicodedata.normalize("NFKC", one_line(said)).casefold().split())


def checked(place: str, said: str, longest: int, do: str) -> str:
    """A text on one line, not empty and not too long. Raises: NotSaved; its code ends in _empty or _too_long."""
    line = one_line(said)
    if all(unicodedata.category(sign)[0] in "CMZ" for sign in line):  # nothing of it would be seen
        line = ""
    if 1 <= len(line) <= longest:
        return line
    raise NotSaved(
        f"{place}_too_long" if line else f"{place}_empty", place=place,
        found=f"{len(line)} characters" if line else "nothing", allowed=f"1 to {longest} characters", do=do,
        n=len(line), longest=longest,
    )  # fmt: skip


def now() -> datetime:
    """This instant in UTC, without the zone, as the database keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


def new_id() -> str:
    """A name for a new thing that nothing else has."""
    return secrets.token_hex(8)
