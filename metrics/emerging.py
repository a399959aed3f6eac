"""Which words do clients use more often than before? Most words of a period are no news: only those beyond chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import gammaln

from data.store import Store
from metrics import comments, compose, dictionary, lemmas
from metrics.comments import Comments
from metrics.window import Window

SUPPORT = 5  # comments; below, nobody could tell news from chance anyway
FALSE_SHARE = 0.05  # of the words named, at most this part is expected to be chance
FEWEST_CLIENTS = 3  # what one client repeats is no theme of the clients
SHORTEST = 3  # letters
FEWEST_COMMENTS = 20  # in each period


@dataclass(frozen=True)
class Word:
    """One word by its dictionary form, and in how many comments it stands. `clients`: who use it in the period.

    `p`: how often chance alone would raise it so far, raised for how many words were looked at. `themes`: those of the
    dictionary that know the word. `example`: the latest comment with it.
    """

    word: str
    now: int
    before: int
    clients: int
    p: float
    themes: tuple[str, ...]
    example: str


@dataclass(frozen=True)
class Emerging:
    """The words that are new or more frequent, the surest first. `tested`: how many words were looked at.

    `now`, `before`: comments read of each period; below FEWEST_COMMENTS nothing is tested.
    """

    words: tuple[Word, ...]
    tested: int
    now: int
    before: int


def emerging(store: Store, window: Window, filters: compose.Filters, edition: str = "") -> Emerging:
    """The words of the comments that stand in a larger part of them than in the period compared with.

    `edition`: of the dictionary, for caches. Raises: StrataError without a lake; DeclarationError for a wrong
    dictionary; QueryTooLong.
    """
    del edition
    now, before = (comments.read(store, period, filters) for period in window.whole[:2])
    if min(now.n, before.n) < FEWEST_COMMENTS:
        return Emerging((), 0, now.n, before.n)
    counts, counts_before = _frequent(now), _frequent(before)
    users, users_before = _users(now), _users(before)
    clients, clients_before = (said.rows["client_id"].nunique() for said in (now, before))
    tested = sorted(
        word for word in counts.keys() | counts_before.keys() if counts[word] + counts_before[word] >= SUPPORT
    )
    p_values = benjamini_hochberg(
        [
            max(
                more_often(counts_before[word], before.n, counts[word], now.n),
                more_often(users_before[word], clients_before, users[word], clients),
            )
            for word in tested
        ]
    )
    surest = sorted(
        (p, -counts[word], word)
        for word, p in zip(tested, p_values, strict=True)
        if p < FALSE_SHARE and counts[word] >= SUPPORT
    )
    named = [_word(word, now, counts, counts_before, p, dictionary.place(store.home)) for p, _, word in surest]
    return Emerging(tuple(one for one in named if one.clients >= FEWEST_CLIENTS), len(tested), now.n, before.n)


def _frequent(of: Comments) -> Counter[str]:
    """In how many comments each word stands that may be of a subject."""
    counts = Counter(word for said in of.lemmas for word in set(said))
    latins = set(of.latin)
    return Counter({
        word: n
        for word, n in counts.items()
        if sum(sign.isalpha() for sign in word) >= SHORTEST
        and not any(lemmas.is_empty(word, latin) for latin in latins)
    })  # fmt: skip


def _users(of: Comments) -> Counter[str]:
    """How many clients use each word, however often."""
    return Counter(
        word
        for _, word in {(who, word) for who, said in zip(of.rows["client_id"], of.lemmas, strict=True) for word in said}
    )


def _word(word: str, now: Comments, counts: Counter[str], before: Counter[str], p: float, path: Path) -> Word:
    places = [i for i, said in enumerate(now.lemmas) if word in said]
    spoken = now.rows.iloc[places]
    known = dictionary.themes_of(path, word, now.latin[places[0]])
    return Word(
        word, counts[word], before[word], int(spoken["client_id"].nunique()), p, known, str(spoken["comment"].iloc[0])
    )


def more_often(hits_before: int, n_before: int, hits: int, n: int) -> float:
    """How often chance alone would put at least so many of a word's comments into the later period.

    Given in how many comments of both it stands, chance deals them out among all comments. Exact, so true for few.
    Because it takes that number as given, words may be chosen by it without favouring those that chance has raised;
    choosing them by the later period alone would. Source: Fisher 1935.
    """
    both = hits_before + hits
    dealt = np.arange(hits, min(both, n) + 1)
    logs = _choose(n, dealt) + _choose(n_before, both - dealt) - _choose(n_before + n, np.array([both]))
    return float(min(1.0, np.exp(logs).sum()))


def _choose(n: int, k: np.ndarray) -> np.ndarray:
    """The logarithm of in how many ways k of n can be chosen; of none, minus infinity."""
    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(np.maximum(n - k, 0) + 1)
    return np.where(k <= n, ways, -np.inf)


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """The p-values of many searches, raised so that of those below a level at most that part is expected to be chance.

    Source: Benjamini and Hochberg 1995.
    """
    order = sorted(range(len(p_values)), key=lambda at: p_values[at])
    adjusted, reached = [1.0] * len(p_values), 1.0
    for rank in range(len(order), 0, -1):
        at = order[rank - 1]
        reached = min(reached, p_values[at] * len(order) / rank)
        adjusted[at] = reached
    return adjusted
