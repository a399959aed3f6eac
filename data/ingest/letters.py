"""Which one-byte encoding makes words of a text's letters: four Cyrillic ones and the Western one of Windows.

Any bytes can be read in any of them; the wrong one yields "Äîöåíò". So each candidate is read and judged by what it
gives: Russian letters as often as Russian has them and in one case, or Western letters singly among plain ones.
charset-normalizer judges too, by other means, and a close call between candidates counts only with its consent.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from math import log
from pathlib import Path

from charset_normalizer import from_bytes

CYRILLIC = ("cp1251", "koi8-r", "cp866", "mac-cyrillic")
CANDIDATES = (*CYRILLIC, "cp1252")
DECLARED = tomllib.loads((Path(__file__).parent / "letters.toml").read_text(encoding="utf-8"))
OFTEN: dict[str, float] = DECLARED["russian"]
WESTERN = frozenset(DECLARED["others"]["western"])
SIGNS = frozenset(DECLARED["others"]["signs"])
FOREIGN = -9.0  # of a letter that no text of the encoding's languages would have there
WORD = re.compile(r"[^\W\d_]+")
NAMES = {"mac_cyrillic": "mac-cyrillic", "koi8_r": "koi8-r"}  # charset-normalizer's -> ours
ENOUGH = -5.5  # a letter, on average: below it the text is of no language known here
PLAIN = 10.0  # what a text of mostly plain Latin words says for a Western encoding, before its letters are looked at
CLEAR, LEANING = (
    12.0,
    4.0,
)  # by how much, over all letters, the best must lead: alone, and with the other judge's consent


@dataclass(frozen=True)
class Guess:
    """The likeliest encoding, the one after it, and whether the first may be used unasked."""

    encoding: str
    second: str
    sure: bool


def _russian(word: str) -> float:
    """How well a word's letters fit Russian: the sum of their log shares, less where the case jumps about."""
    small = word.lower()
    if word == small or word[1:] == small[1:]:
        odd = 0.0
    elif word == word.upper():
        odd = 1.0
    else:
        return FOREIGN * len(word)
    return sum(log(OFTEN[letter] / 1000) - odd if letter in OFTEN else FOREIGN for letter in small)


def _western(word: str) -> float:
    """How well a word fits a Western language: its letters beyond ASCII are known ones and stand singly."""
    total, before = 0.0, False
    for place, letter in enumerate(word):
        beyond = not letter.isascii()
        if beyond:
            fits = letter in WESTERN or (letter.lower() in WESTERN and (place == 0 or word.isupper()))
            total += FOREIGN if not fits or before else -5.0 if len(word) == 1 else -3.5
        before = beyond
    return total


def fit(text: str, encoding: str) -> tuple[float, int]:
    """How well a text reads in the languages of its encoding: about -3 for a letter that is right, -9 for a wrong one.

    Gives the sum over what lies beyond ASCII, and how many letters and signs that are.
    """
    words = WORD.findall(text)
    strange = [word for word in words if not word.isascii()]
    total, judged = 0.0, 0
    if encoding == "cp1252" and len(words) > 5 * len(strange):
        total = PLAIN
    for word in strange:
        beyond = sum(not letter.isascii() for letter in word)
        if encoding == "cp1252":
            total += _western(word)
        else:
            total += _russian(word) if beyond == len(word) else FOREIGN * beyond
        judged += beyond
    for sign in text:
        if not sign.isascii() and not sign.isalpha():
            total += -4.0 if sign in SIGNS else FOREIGN
            judged += 1
    return total, judged


def guess(sample: bytes) -> Guess:
    """The encoding of lines that are not UTF-8. Shape of the sample: whole lines with bytes beyond ASCII."""
    read = {one: sample.decode(one, "replace") for one in CANDIDATES}
    marks = {one: fit(text, one) for one, text in read.items()}
    ranked = sorted(CANDIDATES, key=lambda one: -marks[one][0])  # of equals the one that is met more often
    best = ranked[0]
    second = next((one for one in ranked if read[one] != read[best]), ranked[1])
    other = from_bytes(sample, cp_isolation=list(CANDIDATES)).best()
    agrees = other is not None and NAMES.get(other.encoding, other.encoding) == best
    total, judged = marks[best]
    lead = total - marks[second][0]
    sure = total > ENOUGH * judged and (lead > CLEAR or (agrees and lead > LEANING))
    return Guess(best, second, sure)
