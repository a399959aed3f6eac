"""Letters that say which groups are really above which others: all pairs of groups, judged together by clients.

A pair that rows and blocks of clients call different is asked again client by client (metrics.against), with the
spread of the larger group lent to the smaller: ten clients without a lost one are no other sort of client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import TypeAlias

from metrics import against, change, clustered, compute
from metrics.against import Sides
from metrics.change import Change
from metrics.clustered import Witnesses
from metrics.compute import States
from metrics.declare import Metric

MOST_LETTERS = 10

Singly: TypeAlias = Callable[[Sequence[str | None]], Sides]
Pair: TypeAlias = tuple[str | None, str | None]


def letters(
    metric: Metric, groups: Mapping[str | None, States], by_client: Witnesses, one_by_one: Singly
) -> dict[str | None, tuple[str, str]]:
    """A letter for each group, and the letters of those it is really above; all pairs judged together by Holm's rule.

    None at all where there are more groups than letters can be read for, or too few clients to compare any two.
    `one_by_one`: the sums of each client in given groups; asked only for groups of a pair that seems to differ.
    """
    known = [name for name, states in groups.items() if states.n >= metric.minimum_n]
    if not 2 <= len(known) <= MOST_LETTERS:
        return {}
    known.sort(key=str)
    letter = {name: chr(ord("A") + place) for place, name in enumerate(known)}
    tests = {
        (a, b): clustered.surely(compute.compare(metric, groups[a], groups[b]), by_client.between(a, b))
        for a, b in combinations(known, 2)
    }
    if all(test.p is None for test in tests.values()):
        return {}
    claimed = _claimed(tests)
    if claimed:
        asked = one_by_one([name for name in known if any(name in pair for pair in claimed)])
        for a, b in claimed:
            tests[a, b] = against.believed(tests[a, b], asked.between(a, b))
    above: dict[str | None, list[str]] = {name: [] for name in known}
    still = _claimed(tests)
    for a, b in (pair for pair in claimed if pair in still):
        higher, lower = (b, a) if (tests[a, b].difference or 0.0) > 0 else (a, b)
        above[higher].append(letter[lower])
    return {name: (letter[name], "".join(sorted(above[name]))) for name in known}


def _claimed(tests: Mapping[Pair, Change]) -> list[Pair]:
    """The pairs that differ by more than chance gives, of so many."""
    raised = change.holm([test.p for test in tests.values()])
    pairs = zip(tests.items(), raised, strict=True)
    return [pair for (pair, test), p in pairs if p is not None and p < change.ALPHA and test.difference]
