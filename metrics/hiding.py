"""Which cells of a table of people may not be shown: the small ones, and what would let them be worked out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np

Place = tuple[str, str]  # row, column
_SURE = 1e-6  # a cell this near to being fixed by the sums is fixed by them


def hidden(people: Mapping[Place, int], fewest: int, rows_shown: Collection[str], whole: str) -> frozenset[Place]:
    """What to hide of a table of people by row and column, `whole` being the row of the columns' totals.

    Cells of fewer than `fewest` people, and as many more that nobody can take the shown cells of a line from its total
    and be left with fewer than `fewest` people, nor solve all totals together for a small cell. The totals of the rows
    in `rows_shown`, and of the whole, are taken as known. A column holds other people in each row; a row may hold the
    same people in each column. Of cells to hide, those go first that stand in lines with hidden cells anyway, then the
    smallest. `people`: (row, column) -> how many, the whole's cells too.
    """
    unseen = {place for place, n in people.items() if n < fewest}
    rows = [row for row in {*rows_shown, whole} if sum(_line(people, 0, row).values()) >= fewest]
    while True:
        more = _left_over(people, unseen, fewest, rows, whole) or _solved(people, unseen, fewest, rows)
        if not more:
            return frozenset(unseen)
        unseen |= more


def _line(people: Mapping[Place, int], at: int, name: str) -> dict[Place, int]:
    """One row (at 0) or column (at 1)."""
    return {place: n for place, n in people.items() if place[at] == name}


def _next(people: Mapping[Place, int], unseen: set[Place], of: Iterable[Place]) -> Place | None:
    """The next of these cells to hide: where both of its lines have hidden cells, then one, then the smallest."""
    rows, columns = ({place[at] for place in unseen} for at in (0, 1))
    shown = [place for place in of if place not in unseen]
    return min(
        shown, key=lambda cell: (-(cell[0] in rows) - (cell[1] in columns), people[cell], cell), default=None
    )  # fmt: skip


def _left_over(
    people: Mapping[Place, int], unseen: set[Place], fewest: int, rows: Collection[str], whole: str
) -> set[Place]:
    """One more cell for a line whose hidden cells together hold too few people, if there is such a line."""
    for at, name in [*((0, row) for row in sorted(rows)), *((1, column) for column in sorted({c for _, c in people}))]:
        line = _line(people, at, name)
        if at == 1 and (whole, name) in unseen:
            continue  # without its total, what is left of a column is not known
        parts = {place: n for place, n in line.items() if at == 0 or place[0] != whole}
        gone = [n for place, n in parts.items() if place in unseen]
        held = (max if at == 0 else sum)(gone) if gone else fewest
        more = _next(people, unseen, parts) if held < fewest else None
        if more is not None:
            return {more}
    return set()


def _solved(people: Mapping[Place, int], unseen: set[Place], fewest: int, rows: Collection[str]) -> set[Place]:
    """One more cell for each small one that all known totals together fix, although no single line does."""
    cells = sorted(unseen)
    lines = [[float(place[0] == row) for place in cells] for row in rows]
    # a column's parts less its total are 0; that the total counts the other way changes nothing in what is fixed
    lines += [[float(place[1] == column) for place in cells] for column in {column for _, column in cells}]
    known = np.array(lines).reshape(len(lines), len(cells))
    if not known.any():
        return set()
    _, sizes, ways = np.linalg.svd(known, full_matrices=False)
    fixed = (ways[sizes > _SURE] ** 2).sum(axis=0) > 1 - _SURE  # the cell lies wholly in what the totals span
    small = [place for place, is_fixed in zip(cells, fixed, strict=True) if is_fixed and people[place] < fewest]
    found = set()
    for cell in small:
        near = _around(unseen, cell)
        beside = [place for place in people if place[0] in near or place[1] in near]
        more = _next(people, unseen, beside) or _next(people, unseen, people)
        if more is not None:
            found.add(more)
    return found


def _around(unseen: set[Place], cell: Place) -> set[str]:
    """The rows and columns that hidden cells join to this one."""
    found, before = set(cell), set[str]()
    while found != before:
        before = set(found)
        found |= {name for place in unseen if found & set(place) for name in place}
    return found
