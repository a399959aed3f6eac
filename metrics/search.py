"""Finding comments: by words in any form, and by theme."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import pandas as pd

from data.store import Store
from metrics import comments, compose, dictionary, lemmas
from metrics.comments import Comments
from metrics.window import Window

ON_A_PAGE = 50
ANY_END = "*"


@dataclass(frozen=True)
class Found:
    """One page of the comments that match, newest first. `matched` of `read` match; `of`: how many the period has.

    Shape: rows: comments.COLUMNS and themes, a tuple of theme ids.
    """

    rows: pd.DataFrame
    matched: int
    read: int
    of: int
    page: int
    pages: int


def found(
    store: Store, window: Window, filters: compose.Filters, said: str = "", theme: str = "", page: str = "1",
    edition: str = "",
) -> Found:  # fmt: skip
    """The comments of the period with all the words of `said`, each in any form or, ending in *, any end.

    `theme`: only those that speak of it, dictionary.UNCODED for those of none, else all. `edition`: of the dictionary,
    for caches. A page that does not exist is the nearest that does.

    Raises: StrataError without a lake; DeclarationError for a wrong dictionary; QueryTooLong.
    """
    del edition
    matching = _matching(store, window, filters, said, theme)
    all_of = comments.read(store, window.whole[0], filters)
    pages = max(1, ceil(len(matching) / ON_A_PAGE))
    at = min(max(int(page), 1), pages) if page.isascii() and page.isdigit() else 1
    shown = matching[(at - 1) * ON_A_PAGE : at * ON_A_PAGE]
    return Found(_rows(store, all_of, shown), len(matching), all_of.n, all_of.of, at, pages)


def every_one(
    store: Store, window: Window, filters: compose.Filters, said: str = "", theme: str = "", edition: str = ""
) -> pd.DataFrame:
    """All comments that match, to take away; see `found`. Shape: as Found.rows."""
    del edition
    all_of = comments.read(store, window.whole[0], filters)
    return _rows(store, all_of, _matching(store, window, filters, said, theme))


def _matching(store: Store, window: Window, filters: compose.Filters, said: str, theme: str) -> list[int]:
    """The places of the comments that match, newest first."""
    path = dictionary.place(store.home)
    all_of = comments.read(store, window.whole[0], filters)
    codes = dictionary.coded(all_of, path)
    if theme == dictionary.UNCODED:
        return [i for i in _with(all_of, said) if not codes[i]]
    if theme in dictionary.read(path):
        return [i for i in _with(all_of, said) if theme in codes[i]]
    return list(_with(all_of, said))


def _rows(store: Store, all_of: Comments, places: list[int]) -> pd.DataFrame:
    """Some of the comments, each with its themes in the order of the dictionary."""
    path = dictionary.place(store.home)
    codes, order = dictionary.coded(all_of, path), list(dictionary.read(path))
    rows = all_of.rows.iloc[places].reset_index(drop=True)
    rows["themes"] = [tuple(sorted(codes[i], key=order.index)) for i in places]
    return rows


@lru_cache(maxsize=16)
def _with(all_of: Comments, said: str) -> tuple[int, ...]:
    """The places of the comments with all the words."""
    if not lemmas.words(said):
        return tuple(range(all_of.n))
    asked = {latin: _terms(said, latin) for latin in set(all_of.latin)}
    return tuple(
        i
        for i, (spoken, latin) in enumerate(zip(all_of.lemmas, all_of.latin, strict=True))
        if all(
            any(word.startswith(term) for word in spoken) if is_open else term in spoken
            for term, is_open in asked[latin]
        )
    )


def _terms(said: str, latin: str) -> list[tuple[str, bool]]:
    """Each word of a search by its dictionary form, or, for one that ends in *, as it is with True."""
    terms = []
    for part in said.lower().split():
        parts = lemmas.words(part)
        is_open = part.endswith(ANY_END)
        terms += [
            (lemmas.bare(word), True) if is_open and word == parts[-1] else (lemmas.lemma(word, latin), False)
            for word in parts
        ]
    return terms
