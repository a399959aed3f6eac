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
    path = dictionary.place(store.home)
    all_of = comments.read(store, window.whole[0], filters)
    codes = dictionary.coded(all_of, path)
    matching = [
        i
        for i in _with(all_of, said)
        if theme not in (*dictionary.read(path), dictionary.UNCODED)
        or (theme in codes[i] if theme != dictionary.UNCODED else not codes[i])
    ]
    pages = max(1, ceil(len(matching) / ON_A_PAGE))
    at = min(max(int(page), 1), pages) if page.isascii() and page.isdigit() else 1
    shown = matching[(at - 1) * ON_A_PAGE : at * ON_A_PAGE]
    rows = all_of.rows.iloc[shown].reset_index(drop=True)
    order = list(dictionary.read(path))
    rows["themes"] = [tuple(sorted(codes[i], key=order.index)) for i in shown]
    return Found(rows, len(matching), all_of.n, all_of.of, at, pages)


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
