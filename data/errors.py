"""What can go wrong, said so that the reader knows where, what was found, what is allowed and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class StrataError(Exception):
    """Something the reader can put right. `code` names the words in other languages; the facts fill them in.

    The message reads: place: found X, allowed Y. What to do; what state we are in.
    """

    def __init__(self, code: str, *, place: str, found: str, allowed: str, do: str, state: str) -> None:
        self.code = code
        self.facts = {"place": place, "found": found, "allowed": allowed, "do": do, "state": state}
        super().__init__(f"{place}: found {found}, allowed {allowed}. {do}; {state}.")


class DeclarationError(StrataError):
    """A declaration of ours (contract, source, catalogue) is wrong."""


class BuildError(StrataError):
    """A lake could not be built; the old one still stands."""


class QueryTooLong(StrataError):  # noqa: N818 - named for what happened, as the reader meets it
    """A question took longer than it may."""


def nearest(word: str, words: Iterable[str]) -> str:
    """The known word that was probably meant, as ' (did you mean ...?)', or nothing."""
    close = difflib.get_close_matches(word, list(words), n=1, cutoff=0.5)
    return f" (did you mean {close[0]}?)" if close else ""


def first_line(problem: Exception) -> str:
    """What a library complains of, without its hints and drawings."""
    return next(iter(str(problem).splitlines()), type(problem).__name__)
