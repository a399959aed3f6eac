"""Finding a client by name or id as it is typed: misspelt, in Russian or in Latin letters."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from data.store import Store
from metrics import compose
from metrics.window import Window

MOST = 8
NEAR, NAME, WORD = 1.0, 3.0, 2.5  # marks: up to NEAR it only sounds like it; it begins so, or one of its words does
HEARD = 3  # letters: fewer sound like too much
SURE, SURER = 0.45, 0.6  # share of what was typed that a name must have to be offered, and to be listed
LETTERS = dict(zip(
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",  # Russian letters, and below how each sounds
    "a b v g d e e zh z i i k l m n o p r s t u f h ts ch sh sh - i - e iu ia".replace("-", "").split(" "),
    strict=True,
))  # fmt: skip
LIKE = str.maketrans("авекмнорстух", "abekmhopctyx")  # Russian letters that look like Latin ones in a number
KEYS = str.maketrans("йцукенгшщзфывапролдячсмить", "qwertyuiopasdfghjklzxcvbnm")  # and what is on the same key
# Sounds that are written in several ways, in this order.
SAME = (
    ("sch", "sh"), ("tch", "ch"), ("ph", "f"), ("ck", "k"), ("kh", "h"), ("th", "t"), ("gh", "g"), ("q", "k"),
    ("x", "ks"), ("w", "v"), ("y", "i"), ("j", "i"), ("c", "k"),
)  # fmt: skip


@dataclass(frozen=True)
class Client:
    """One that may be meant."""

    id: str
    name: str
    segment: str


def sound(said: str) -> str:
    """A name as it sounds, in Latin letters: Рейвенхолм and Ravenholm come near each other."""
    plain = "".join(LETTERS.get(sign, sign) for sign in said.lower())
    plain = "".join(sign for sign in unicodedata.normalize("NFD", plain) if not unicodedata.combining(sign))
    for written, heard in SAME:
        plain = plain.replace(written, heard)
    words = re.findall(r"[a-z0-9]+", plain)
    return re.sub(r"([a-z])\1+", r"\1", " ".join(words))


def _pieces(word: str) -> list[str]:
    """The pairs of letters of a word, its beginning and end marked."""
    marked = f"^{word}$"
    return [marked[at : at + 2] for at in range(len(marked) - 1)]


@dataclass(frozen=True)
class _Register:
    """All clients, their numbers in letters that look Latin, and which of their names have a piece."""

    clients: tuple[Client, ...]
    numbers: tuple[str, ...]
    sounds: tuple[str, ...]
    by_piece: dict[str, list[int]]


@lru_cache(maxsize=2)
def _register(store: Store, version: str) -> _Register:
    del version
    rows = store.query("select client_id, name, segment from clients order by name, client_id")
    clients = tuple(Client(str(i), str(n), str(s)) for i, n, s in zip(*(rows[c] for c in rows), strict=True))
    sounds = tuple(sound(one.name) for one in clients)
    by_piece: dict[str, list[int]] = defaultdict(list)
    for at, heard in enumerate(sounds):
        for piece in {piece for word in heard.split() for piece in _pieces(word)}:
            by_piece[piece].append(at)
    numbers = tuple(one.id.lower().translate(LIKE) for one in clients)
    return _Register(clients, numbers, sounds, dict(by_piece))


def found(store: Store, window: Window, filters: compose.Filters, said: str) -> tuple[Client, ...]:
    """The clients that may be meant, the likeliest first: by id, by a part of the name, by how it sounds.

    Raises: StrataError without a lake; QueryTooLong.
    """
    del window, filters
    known = _register(store, store.lake().version)
    marks = _marks(known, said)
    best = sorted(marks, key=lambda at: (-marks[at], known.clients[at].name, known.clients[at].id))[:MOST]
    return tuple(known.clients[at] for at in best)


def meant(store: Store, window: Window, filters: compose.Filters, said: str) -> frozenset[str]:
    """The ids of all clients that are called so or have such a number; only where none is, of those that sound like it.

    Raises: StrataError without a lake; QueryTooLong.
    """
    del window, filters
    known = _register(store, store.lake().version)
    marks = _marks(known, said)
    is_short = len(sound(said)) < HEARD
    sure = [at for at, mark in marks.items() if mark > NEAR and not (is_short and mark in (NAME, WORD))]
    near = [at for at, mark in marks.items() if SURER <= mark <= NEAR]
    best = sure or sorted(near, key=lambda at: -marks[at])[:MOST]
    return frozenset(known.clients[at].id for at in best)


def _marks(known: _Register, said: str) -> dict[int, float]:
    """How well each client fits what was typed, by its place in the register; up to NEAR only by its sound."""
    typed, heard = said.strip().lower(), sound(said)
    if not typed:
        return {}
    marks: dict[int, float] = {}
    spelled = (typed.translate(LIKE), typed.translate(KEYS))
    for at, number in enumerate(known.numbers):
        if number in spelled:
            marks[at] = 4.0 - spelled.index(number) / 10
        elif len(typed) > 1 and number.startswith(spelled):
            marks[at] = 2.0
        elif heard and known.sounds[at].startswith(heard):
            marks[at] = NAME
        elif heard and f" {heard}" in f" {known.sounds[at]}":
            marks[at] = WORD
    if len(marks) < MOST and len(heard) >= HEARD:
        pieces = Counter(piece for word in heard.split() for piece in set(_pieces(word)))
        total = sum(pieces.values())
        shared: Counter[int] = Counter()
        for piece, times in pieces.items():
            for at in known.by_piece.get(piece, ()):
                shared[at] += times
        for at, n in shared.most_common(10 * MOST):
            extra = abs(len(known.sounds[at]) - len(heard)) / 100
            if n / total >= SURE:
                marks.setdefault(at, n / total - extra)
    return marks
