"""Which themes do comments speak of, more or less often than before, and how do those clients score?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data.store import Store
from metrics import change, clustered, comments, compose, compute, dictionary, intervals, voice
from metrics.change import Change, Verdict
from metrics.comments import Comments
from metrics.compute import Reading, States
from metrics.declare import Lang
from metrics.load import catalogue
from metrics.window import Window

INSTRUMENTS = tuple(voice.SCALES)
MINIMUM_N = 5
Scores = Mapping[int, States]  # score -> the states of all its answers in the period


@dataclass(frozen=True)
class Row:
    """One theme. `now`, `before`: the share of comments that speak of it, of the comments of each period.

    `score`: of the answers that speak of it; `without`: of all answers but these. `verdict`: CHANGED where it is spoken
    of more or less often beyond chance.
    """

    id: str
    label: Mapping[Lang, str]
    count: int
    count_before: int
    now: Reading
    before: Reading
    change: Change
    verdict: Verdict
    score: Reading
    without: Reading


@dataclass(frozen=True)
class Themes:
    """The themes of a period's comments, the most frequent first; those nobody speaks of are left out.

    `read` of `of` comments were looked at, `unread` of them in a language that is not understood. `uncoded`: the share
    without a theme. `instrument`: whose score is shown; `instruments`: those with comments. `whole`: its score over
    all answers, with a comment and without.
    """

    rows: tuple[Row, ...]
    uncoded: Reading
    uncoded_before: Reading
    uncoded_score: Reading
    read: int
    of: int
    unread: int
    read_before: int
    instrument: str
    instruments: tuple[str, ...]
    whole: Reading


def share(hits: int, n: int) -> Reading:
    """A share with its interval; no value without rows."""
    interval = intervals.share(hits, n)
    return Reading(hits / n, interval.low, interval.high, n) if interval else compute.NOTHING


def _of(instrument: str, counts: Mapping[int, int], scores: Scores) -> Reading:
    """The metric over so many answers of each score."""
    metric = catalogue()[instrument]
    parts = []
    for score, count in counts.items():
        all_of_score = scores.get(score)
        if all_of_score is not None and count:
            parts.append(
                States(
                    {name: None if v is None else v * count / all_of_score.n for name, v in all_of_score.values.items()}
                )
            )
    return compute.read(metric, compute.merged(metric, parts))


def _frequent(coded: Iterable[frozenset[str]]) -> Counter[str]:
    return Counter(theme for one in coded for theme in one)


def _changes(names: Sequence[str], *sides: tuple[Comments, Sequence[frozenset[str]]]) -> list[Change]:
    """How the share of comments that speak of each theme moved, from the first side to the second.

    By comments and by clients (metrics.clustered): what one client writes again and again is no theme of the clients.
    """
    everybody = pd.Index(pd.concat([said.rows["client_id"] for said, _ in sides]).unique())
    who = [everybody.get_indexer(said.rows["client_id"]) for said, _ in sides]
    n = [np.bincount(places, minlength=len(everybody)).astype(float) for places in who]
    found = []
    for name in names:
        speaks = [np.array([name in one for one in codes], dtype=float) for _, codes in sides]
        hits = [np.bincount(*pair, minlength=len(everybody)).astype(float) for pair in zip(who, speaks, strict=True)]
        of_comments = change.share(*((float(y.sum()), float(x.sum())) for y, x in zip(hits, n, strict=True)))
        found.append(clustered.surely(of_comments, clustered.difference(hits[0], n[0], hits[1], n[1])))
    return found


def _measured(now: Comments) -> tuple[str, ...]:
    """The instruments with comments, the one with most of them first."""
    counts = now.rows["instrument"].value_counts()
    return tuple(sorted((name for name in INSTRUMENTS if name in counts), key=lambda name: -int(counts[name])))


def themes(
    store: Store, window: Window, filters: compose.Filters, instrument: str = "", edition: str = "", place: str = ""
) -> Themes:
    """The themes of the comments, against the period compared with. `instrument`: whose score to show, or '' for the
    one with most comments. `place`: the dictionary, '' for the usual one; `edition`: of the dictionary, for caches.

    Raises: StrataError without a lake; DeclarationError for a wrong dictionary; QueryTooLong.
    """
    del edition
    path = Path(place) if place else dictionary.place(store.home)
    now, before = (comments.read(store, period, filters) for period in window.whole[:2])
    codes, codes_before = dictionary.coded(now, path), dictionary.coded(before, path)
    measured = _measured(now)
    instrument = instrument if instrument in measured else (measured or INSTRUMENTS)[0]
    scores = voice.by_score(store, window, filters)[instrument][window.whole[0]]
    everybody = {score: round(states.n) for score, states in scores.items()}

    of_instrument = (now.rows["instrument"] == instrument).to_numpy()
    given = now.rows["score"].to_numpy()
    by_theme: dict[str, Counter[int]] = {}
    for code, score, is_asked in zip(codes, given, of_instrument, strict=True):
        for theme in (code or {dictionary.UNCODED}) if is_asked else ():
            by_theme.setdefault(theme, Counter())[int(score)] += 1

    frequent, frequent_before = _frequent(codes), _frequent(codes_before)
    known = dictionary.read(path)
    spoken = sorted(
        (name for name in known if frequent[name] + frequent_before[name]), key=lambda name: -frequent[name]
    )
    changes = _changes(spoken, (before, codes_before), (now, codes))
    raised = change.holm([one.p for one in changes])
    rows = tuple(
        Row(
            id=name,
            label=known[name].label,
            count=frequent[name],
            count_before=frequent_before[name],
            now=share(frequent[name], now.n),
            before=share(frequent_before[name], before.n),
            change=one,
            verdict=change.verdict(one, p, "none", before.n, now.n, MINIMUM_N),
            score=_of(instrument, by_theme.get(name, {}), scores),
            without=_of(
                instrument, {s: n - by_theme.get(name, Counter())[s] for s, n in everybody.items()}, scores
            ),
        )
        for name, one, p in zip(spoken, changes, raised, strict=True)
    )  # fmt: skip
    return Themes(
        rows=rows,
        uncoded=share(sum(not code for code in codes), now.n),
        uncoded_before=share(sum(not code for code in codes_before), before.n),
        uncoded_score=_of(instrument, by_theme.get(dictionary.UNCODED, {}), scores),
        read=now.n,
        of=now.of,
        unread=now.unread,
        read_before=before.n,
        instrument=instrument,
        instruments=tuple(name for name in INSTRUMENTS if name in measured),
        whole=_of(instrument, everybody, scores),
    )
