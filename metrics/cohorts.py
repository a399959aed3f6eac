"""Do clients come back? Those who first ordered in one quarter, and the share of them who ordered in later ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from data.store import Store
from metrics import change, chosen, compose, compute, money
from metrics.change import Verdict
from metrics.compute import Reading
from metrics.load import catalogue
from metrics.window import DAY, Window

QUARTER, HALF_YEAR = 3, 6  # months
FEWEST = 5
WEEK = timedelta(days=7)
UNSURE = timedelta(days=365)  # who is first seen within a year of the beginning may have ordered before it
Counts = Mapping[tuple[int, int], int]


@dataclass(frozen=True)
class Cell:
    """One cohort, `age` spans after its first order. `is_over`: the span has ended, nobody can still order in it.

    `verdict`: against the other cohorts at the same age together. `hits`: how many ordered.
    """

    age: int
    reading: Reading
    is_over: bool
    verdict: Verdict = Verdict.UNKNOWN
    hits: int = 0


@dataclass(frozen=True)
class Cohort:
    """The clients who first ordered in one span. `is_marked`: some of them may have ordered before the orders begin.

    `is_forming`: its own span is not over, so that it still grows.
    """

    start: date
    clients: int
    is_marked: bool
    is_forming: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Cohorts:
    """All cohorts, oldest first, and all of them together by age (`whole`: only finished cells of cohorts not marked).

    `months`: how long a span is. `known_before`, `unsure`: clients left out because their first order lies, or may lie,
    before the orders begin.
    """

    months: int
    cohorts: tuple[Cohort, ...]
    whole: tuple[Cell, ...]
    known_before: int
    unsure: int
    orders_began: date | None


def _first_day(span: int, months: int) -> date:
    return date(span * months // 12, span * months % 12 + 1, 1)


def _reading(hits: int, n: int) -> Reading:
    return compute.read(catalogue()["retention"], compute.States({"hits": float(hits), "n": float(n)}))


def _counted(
    store: Store, filters: compose.Filters, until: date, orders_began: date, months: int
) -> dict[str, Counter[tuple[int, int]]]:
    """Kind of client -> (cohort, age) -> clients who ordered then."""
    values: dict[str, Any] = {"months": months, "until": until, "orders_began": orders_began}
    rows = chosen.rows(store, "cohorts", filters, values)
    found: dict[str, Counter[tuple[int, int]]] = {kind: Counter() for kind in ("old", "unsure", "new")}
    for row in rows:
        found[row["kind"]][int(row["cohort"]), int(row["age"])] += int(row["clients"])
    return found


def _judged(cohorts: list[Cohort]) -> list[Cohort]:
    """Each finished cell of a cohort that is sure, against the same age of all the other such cohorts together."""
    tested: list[tuple[int, int, change.Change, int, int]] = []
    sure = [place for place, one in enumerate(cohorts) if not one.is_marked]
    cells = {(place, cell.age): cell for place in sure for cell in cohorts[place].cells if cell.is_over}
    for (place, age), cell in cells.items():
        others = [other for (at, of), other in cells.items() if of == age and at != place]
        n, hits = sum(other.reading.n for other in others), sum(other.hits for other in others)
        if min(n, cell.reading.n) >= FEWEST:
            tested.append((place, age, change.share((hits, n), (cell.hits, cell.reading.n)), n, cell.reading.n))
    raised = change.holm([moved.p for _, _, moved, _, _ in tested])
    words = {
        (place, age): change.verdict(moved, p, "up", rest, own)
        for (place, age, moved, rest, own), p in zip(tested, raised, strict=True)
    }
    return [
        replace(one, cells=tuple(replace(c, verdict=words.get((place, c.age), c.verdict)) for c in one.cells))
        for place, one in enumerate(cohorts)
    ]


def _cohorts(found: Mapping[str, Counts], months: int, until: date, orders_began: date) -> tuple[list[Cohort], int]:
    """The cohorts, oldest first, and the clients left out because the orders begin within their first span."""
    sure, unsure = Counter(found["new"]), Counter(found["unsure"])
    within = next((c for c, _ in unsure if _first_day(c, months) <= orders_began < _first_day(c + 1, months)), None)
    left_out = unsure[within, 0] if within is not None else 0
    unsure = Counter({place: n for place, n in unsure.items() if place[0] != within})
    both = sure + unsure
    cohorts = []
    for cohort in sorted({cohort for cohort, _ in both}):
        n = both[cohort, 0]
        ages = range(1, 1 + sum(_first_day(cohort + age, months) < until for age in range(1, 1200)))
        cells = tuple(
            Cell(
                age,
                _reading(both[cohort, age], n),
                is_over=_first_day(cohort + age + 1, months) <= until,
                hits=both[cohort, age],
            )
            for age in ages
        )
        start = _first_day(cohort, months)
        is_marked = unsure[cohort, 0] > 0 and start < orders_began + UNSURE
        cohorts.append(Cohort(start, n, is_marked, _first_day(cohort + 1, months) > until, cells))
    return cohorts, left_out


def _whole(cohorts: list[Cohort]) -> tuple[Cell, ...]:
    hits: Counter[int] = Counter()
    clients: Counter[int] = Counter()
    for one in cohorts:
        for cell in one.cells:
            if cell.is_over and not one.is_marked:
                hits[cell.age] += cell.hits
                clients[cell.age] += cell.reading.n
    return tuple(Cell(age, _reading(hits[age], clients[age]), is_over=True, hits=hits[age]) for age in sorted(clients))


def again(store: Store, window: Window, filters: compose.Filters) -> Cohorts:
    """All orders up to the period's end, by cohort. Quarters, or half-years where most quarters won too few clients.

    Raises: StrataError without a lake; QueryTooLong.
    """
    manifest = store.lake()
    orders_began = money.began(manifest, "orders")
    if orders_began is None:
        return Cohorts(QUARTER, (), (), 0, 0, None)
    until = window.whole[0].end
    ended = date.fromisoformat(manifest.tables["orders"].last or orders_began.isoformat()) + DAY
    known_until = until if until - ended <= WEEK else ended  # a feed that stopped is no client that left
    for months in (QUARTER, HALF_YEAR):
        found = _counted(store, filters, until, orders_began, months)
        cohorts, left_out = _cohorts(found, months, known_until, orders_began)
        whole_ones = [one for one in cohorts if not one.is_forming]
        if 2 * sum(one.clients >= FEWEST for one in whole_ones) >= len(whole_ones):
            break
    known_before = sum(n for (_, age), n in found["old"].items() if age == 0)
    judged = _judged(cohorts)
    return Cohorts(months, tuple(judged), _whole(judged), known_before, left_out, orders_began)
