"""The 3 x 3 matrix: how attractive clients are to us against how they stand to us, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from metrics import clients, declared
from metrics.clients import Clients
from metrics.declared import LEVELS


@dataclass(frozen=True)
class Cell:
    """One cell. `revenue` of 12 months; `came`, `left`: clients that were in another known cell before, or are now."""

    attractiveness: str
    relationship: str
    advice: str
    clients: int
    revenue: float
    came: int
    left: int

    @property
    def id(self) -> str:
        """How an address names it."""
        return f"{self.attractiveness}-{self.relationship}"


@dataclass(frozen=True)
class Placed:
    """The nine cells, from attractive to not, and in each row from weak to strong.

    `rows`: the clients with a place: client_id, name, segment, revenue_12m, cell, and both axes now and before.
    `unknown`: clients of whom too little is known for a place.
    """

    cells: tuple[Cell, ...]
    rows: pd.DataFrame
    unknown: int


def placed(found: Clients) -> Placed:
    """Where the clients stand, and where they stood at the end of the period compared with."""
    now, before = clients.cells(found.rows), clients.cells(found.rows, "_before")
    moved = now.notna() & before.notna() & (now != before)
    revenue = found.rows["revenue_12m"].fillna(0.0)
    advice = declared.matrix().advice
    cells = []
    for attractiveness in reversed(LEVELS):
        for relationship in LEVELS:
            name = f"{attractiveness}-{relationship}"
            here = now == name
            came, left = int((moved & here).sum()), int((moved & (before == name)).sum())
            word, money = advice[attractiveness, relationship], float(revenue[here].sum())
            cells.append(Cell(attractiveness, relationship, word, int(here.sum()), money, came, left))
    columns = ["client_id", "name", "segment", "revenue_12m", "attractiveness", "relationship"]
    columns += ["attractiveness_before", "relationship_before", "health"]
    rows = found.rows.loc[now.notna(), columns].assign(cell=now[now.notna()])
    return Placed(tuple(cells), rows.reset_index(drop=True), int(now.isna().sum()))
