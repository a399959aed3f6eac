"""Small cells of a table of people cannot be worked out from the cells and totals that are shown."""

from __future__ import annotations

import numpy as np
import pytest

from metrics import hiding
from metrics.hiding import Place

FEWEST = 5
WHOLE = "*"


def table(text: str) -> dict[Place, int]:
    """Rows of numbers, one line a row; 0 is no cell. Rows are A, B, ..., columns a, b, ... and their totals in *."""
    rows = [[int(cell) for cell in line.split()] for line in text.strip().splitlines()]
    cells = {(chr(65 + r), chr(97 + c)): n for r, row in enumerate(rows) for c, n in enumerate(row) if n}
    for column in {column for _, column in cells}:
        cells[WHOLE, column] = sum(n for (_, c), n in cells.items() if c == column)
    return cells


def names(found: frozenset[Place]) -> str:
    return " ".join(sorted(row + column for row, column in found))


def given_away(cells: dict[Place, int], unseen: frozenset[Place], rows: str) -> set[Place]:
    """The small hidden cells that the totals fix: by asking whether one more equation for the cell adds anything."""
    order = sorted(unseen)
    lines = [[float(cell[0] == row) for cell in order] for row in (*rows, WHOLE)]
    for column in {c for _, c in order}:
        lines.append([(-1.0 if r == WHOLE else 1.0) * (c == column) for r, c in order])
    system = np.array(lines).reshape(len(lines), len(order))
    rank = np.linalg.matrix_rank(system) if len(order) else 0
    alone = np.eye(len(order))
    return {
        cell
        for at, cell in enumerate(order)
        if cells[cell] < FEWEST and np.linalg.matrix_rank(np.vstack([system, alone[at]])) == rank
    }


@pytest.mark.parametrize(
    ("text", "shown", "cells"),
    [
        ("9 8\n7 6", "AB", ""),  # nothing is small
        ("4 8\n3 6", "", "Aa Ba"),  # seven together, and no totals of rows are shown
        ("4 8\n7 6", "", "Aa Ba"),  # the column's total less B would be A: the next smallest hides it
        ("4\n9\n6", "", "Aa Ca"),
        ("2 9 9\n2 9 9\n9 9 9", "", "Aa Ba Ca"),  # two and two are four people: one more
        ("4 8\n3 6", "AB", "Aa Ab Ba Bb"),  # the rows' totals would give the small cells away
    ],
)
def test_small_cells_take_others_with_them(text: str, shown: str, cells: str) -> None:
    """As few as it takes, the smallest first; the company's totals stay."""
    found = hiding.hidden(table(text), FEWEST, shown, WHOLE)

    assert " ".join(name for name in names(found).split() if name[0] != WHOLE) == cells
    if not shown:
        assert WHOLE not in names(found)


def test_a_column_of_too_few_people_has_no_total() -> None:
    """Two in one team and two in another need a: the company's four are hidden, as are b's total and a part of it."""
    found = hiding.hidden(table("2 9 20\n2 9 20"), FEWEST, "", WHOLE)

    assert names(found) == "*a *b Aa Ab Ba"


def test_a_skill_of_three_in_a_large_team_hides_little() -> None:
    """Three of team A alone need d: its total, one more total, and one more cell of the team, so that the sums fit."""
    cells = table("12 12 12 3\n12 12 12 0\n11 12 12 0\n12 12 12 0")
    found = hiding.hidden(cells, FEWEST, "ABCD", WHOLE)

    assert names(found) == "*a *d Aa Ad"
    assert given_away(cells, found, "ABCD") == set()


def test_a_small_cell_between_two_hidden_blocks_is_not_given_away() -> None:
    """Each line hides two cells or more, yet the sums of two rows less those of two columns would be the cell Bc."""
    cells = table("4 9 0 0\n9 4 4 0\n0 0 9 4\n0 0 4 9")
    lines = frozenset({("A", "a"), ("A", "b"), ("B", "a"), ("B", "b"), ("B", "c"), ("C", "c"), ("C", "d"), ("D", "c"),
                       ("D", "d")})  # fmt: skip
    assert ("B", "c") in given_away(cells, lines, "ABCD"), "the trap is there"

    assert given_away(cells, hiding.hidden(cells, FEWEST, "ABCD", WHOLE), "ABCD") == set()


@pytest.mark.parametrize("seed", range(60))
def test_no_small_cell_of_any_table_can_be_worked_out(seed: int) -> None:
    """Random tables: no line leaves fewer than five people over, no system of totals fixes a small cell."""
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(2, 9, 2)
    numbers = rng.choice([0, 1, 3, 4, 5, 6, 9, 15], (rows, columns), p=[0.3, 0.05, 0.05, 0.05, 0.05, 0.1, 0.2, 0.2])
    cells = table("\n".join(" ".join(str(n) for n in row) for row in numbers))
    shown = "".join(chr(65 + r) for r in range(rows) if numbers[r].sum() >= FEWEST and rng.random() < 0.8)
    found = hiding.hidden(cells, FEWEST, shown, WHOLE)

    assert {place for place, n in cells.items() if n < FEWEST} <= found
    for column in {c for _, c in cells}:
        gone = sum(n for (r, c), n in cells.items() if c == column and r != WHOLE and (r, c) in found)
        assert not gone or gone >= FEWEST or (WHOLE, column) in found
    for row in (*shown, WHOLE):
        line = {place: n for place, n in cells.items() if place[0] == row}
        gone_of_row = [n for place, n in line.items() if place in found]
        assert not gone_of_row or len(gone_of_row) == len(line) or max(gone_of_row) >= FEWEST, "may be the same people"
    assert len(found) == len(cells) or given_away(cells, found, shown) == set()


def test_a_large_table_is_judged_at_once() -> None:
    """A hundred teams and thirty skills, some of them small: in less than a few seconds, most cells still shown."""
    rng = np.random.default_rng(1)
    cells = {(f"t{r}", f"s{c}"): int(n) for (r, c), n in np.ndenumerate(rng.integers(6, 20, (100, 30)))}
    for number in range(0, 100, 9):
        cells[f"t{number}", "s3"] = 2
    for column in range(30):
        cells[WHOLE, f"s{column}"] = sum(n for (_, c), n in cells.items() if c == f"s{column}")
    found = hiding.hidden(cells, FEWEST, [f"t{r}" for r in range(100)], WHOLE)

    assert 12 <= len(found) < 60
