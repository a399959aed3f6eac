"""Which skills fall short of what the work requires, and in which team?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.store import Store
from metrics import hiding
from metrics.ask import FEWEST_PEOPLE
from metrics.load import model_sql
from metrics.window import Window

WHOLE = ""  # the row of the whole company; no team is called so


@dataclass(frozen=True)
class Cell:
    """One skill in one team (None: the whole company): mean levels, and how many of the people are below.

    `people`: whose work requires the skill and who were assessed; 0 where the cell may not be shown.
    """

    team: str | None
    skill: str
    people: int = 0
    required: float = 0.0
    actual: float = 0.0
    below: int = 0

    @property
    def is_hidden(self) -> bool:
        """Whether it stands on too few people, or would give such a cell away."""
        return not self.people

    @property
    def part(self) -> float:
        """The share of the people who are below the required level."""
        return self.below / self.people if self.people else 0.0

    @property
    def gap(self) -> float:
        """How far the mean level lies above (or, negative, below) the required one."""
        return self.actual - self.required


@dataclass(frozen=True)
class Skills:
    """The matrix. `skills`: names, where most people are below first. `whole`: one cell per skill, for the company.

    `cells`: one per team and skill that the team's work requires, largest share below first, hidden ones last.
    """

    skills: tuple[str, ...]
    whole: tuple[Cell, ...]
    cells: tuple[Cell, ...]


def _worst_first(cell: Cell) -> tuple[bool, float, float, str, str]:
    return cell.is_hidden, -cell.part, cell.gap, cell.skill, cell.team or ""


def skills(store: Store, window: Window, filters: Mapping[str, tuple[str, ...]]) -> Skills:
    """Required against actual levels by team and skill at the end of the period; skills nobody needs are left out.

    A count of the people assessed, not a sample of them: it has no interval. Filters of clients and stages do not
    apply. Nothing stands on fewer than five people, and nothing of fewer can be worked out from what is shown, also not
    with the teams' own totals. Raises: StrataError without a lake; QueryTooLong.
    """
    del filters
    rows = store.query(model_sql("skill_cells"), {"to": window.whole[0].end})
    found: dict[tuple[str | None, str | None], Cell] = {}
    for team, skill, people, required, actual, below in rows.itertuples(index=False):
        place = (team if isinstance(team, str) else None, skill if isinstance(skill, str) else None)
        n = int(people)
        # a person has one latest assessment of a skill, so that people and assessments of a cell are the same
        found[place] = Cell(place[0], place[1] or "", n, int(required) / n, int(actual) / n, int(below))
    people_in = {(team or WHOLE, skill): cell.people for (team, skill), cell in found.items() if skill}
    of_team = {team: cell.people for (team, skill), cell in found.items() if team and skill is None}
    shown = [team for team, n in of_team.items() if n >= FEWEST_PEOPLE]
    gone = hiding.hidden(people_in, FEWEST_PEOPLE, shown, WHOLE)
    kept = [
        Cell(team, skill) if (team or WHOLE, skill) in gone else cell for (team, skill), cell in found.items() if skill
    ]
    whole, cells = ([cell for cell in kept if (cell.team is None) == is_whole] for is_whole in (True, False))
    whole.sort(key=_worst_first)
    cells.sort(key=_worst_first)
    return Skills(tuple(cell.skill for cell in whole), tuple(whole), tuple(cells))
