"""Where cases first went wrong, step by step, and how their answers differ from those of cases that did not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from metrics import block_sums, shrinkage
from metrics.change import holm
from metrics.compute import Reading
from metrics.load import model_sql
from metrics.shrinkage import Shrunk, Spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

TROUBLES = ("late", "redone", "error")
Blocks: TypeAlias = "NDArray[np.float64]"  # answers and points of one group, by block of clients
Place: TypeAlias = tuple[str, str, str]  # stage, process, step

# One row a group and block; asked once, not summed further: DuckDB 1.5.6 may wait for itself for ever where a question
# of many parts reads this twice.
PART = f"""select
    'step' as kind, trouble as name, stage, process, step, block, [cast(count(*) as double), sum(score)] as sums
from ({model_sql("step_troubles")})
group by trouble, stage, process, step, block"""


@dataclass(frozen=True)
class Step:
    """The answers whose case had a trouble at this step before any other, against those of its stage without it.

    `rest`: the mean of these. `share`: of the stage's answers for which the trouble is known, those of this step.
    `gap`: the plain difference; `shrunk`: with chance taken out. Other facts are not held.
    """

    stage: str
    process: str
    name: str
    score: Reading
    rest: Reading
    share: float
    gap: float
    shrunk: Shrunk


@dataclass(frozen=True)
class Troubled:
    """The steps of one trouble, the surest worst first where they differ. `asked`: answers for which it is known.

    `spread`: how far steps differ, all troubles judged together; None with fewer than two to compare, or where no
    answer differs from any other. `few`: steps that are not compared, because their answers, or those of their stage
    without the trouble, are too few or of too few clients (block_sums.FEWEST).
    """

    trouble: str
    asked: int
    spread: Spread | None
    steps: tuple[Step, ...]
    few: int


def troubled(rows: pd.DataFrame) -> tuple[Troubled, ...]:
    """The troubles known of the cases behind the answers. `rows`: what PART gives."""
    found = []
    for trouble in TROUBLES:
        mine = rows[rows["name"] == trouble]
        if len(mine):
            found.append(_of(trouble, *_groups(mine)))
    p = holm([one.spread.p if one.spread else None for one in found])
    return tuple(
        replace(one, spread=replace(one.spread, p=at), steps=_sorted(one.steps, at)) if one.spread and at is not None
        else one
        for one, at in zip(found, p, strict=True)
    )  # fmt: skip


def _groups(rows: pd.DataFrame) -> tuple[dict[Place, Blocks], dict[str, Blocks]]:
    """The answers of each step, and of each stage those without the trouble. Shape: 2 x blocks: answers, points."""
    which, places = pd.factorize(pd.MultiIndex.from_frame(rows[["stage", "process", "step"]]))
    numbers, blocks = pd.factorize(rows["block"])
    found = np.zeros((len(places), 2, len(blocks)))
    found[which, :, numbers] = np.array(rows["sums"].tolist(), dtype=float)
    steps, rest = {}, {}
    for (stage, process, step), of in zip(places, found, strict=True):
        if pd.isna(step):
            rest[str(stage)] = of
        else:
            steps[str(stage), str(process), str(step)] = of
    return steps, rest


def _sums(of: Blocks) -> tuple[float, ...]:
    """What block_sums reads."""
    return block_sums.of_blocks(*of)


def _pull(of: Blocks) -> Blocks:
    """How far each block of clients pulls the mean of a group."""
    n, y = of
    blocks = np.count_nonzero(n)
    pulled: Blocks = block_sums.pulls(n, y) * math.sqrt((blocks - 1) / blocks)
    return pulled


def _of(trouble: str, steps: dict[Place, Blocks], rest: dict[str, Blocks]) -> Troubled:
    asked: dict[str, float] = {stage: float(of[0].sum()) for stage, of in rest.items()}
    for (stage, *_), of in steps.items():
        asked[stage] = asked.get(stage, 0.0) + float(of[0].sum())
    shown = [
        place for place, of in steps.items()
        if block_sums.enough(_sums(of)) and place[0] in rest and block_sums.enough(_sums(rest[place[0]]))
    ]  # fmt: skip
    if not shown:
        return Troubled(trouble, round(sum(asked.values())), None, (), len(steps))
    few = len(steps) - len(shown)
    sizes = [float(steps[place][0].sum()) for place in shown]
    pulls = [_pull(steps[place]) for place in shown]
    apart = np.array([pull - _pull(rest[place[0]]) for place, pull in zip(shown, pulls, strict=True)])
    together = apart @ apart.T
    own = np.square([float(np.linalg.norm(pull)) for pull in pulls])
    clients = [block_sums.worth(_sums(steps[place])) for place in shown]
    careful = np.square(shrinkage.careful(np.sqrt(own).tolist(), clients))
    variances = np.diagonal(together) + careful - own
    if not (variances > 0).all():
        return Troubled(trouble, round(sum(asked.values())), None, (), few)  # no answer differs from any other
    # Steps of a stage are compared with the same answers: if those are high by chance, all of its steps look bad.
    stages = np.array([stage for stage, *_ in shown])
    together = np.where(stages[:, None] == stages[None, :], together, 0.0)
    scores, beside = ([block_sums.mean(_sums(of)) for of in some] for some in (
        [steps[place] for place in shown], [rest[place[0]] for place in shown]
    ))  # fmt: skip
    gaps = [(one.value or 0.0) - (other.value or 0.0) for one, other in zip(scores, beside, strict=True)]
    spread = shrinkage.spread(gaps, np.sqrt(variances).tolist(), together)
    told = [
        Step(place[0], place[1], place[2], score, other, n / asked[place[0]], gap, at)
        for place, score, other, n, gap, at in zip(shown, scores, beside, sizes, gaps, spread.groups, strict=True)
    ] if spread else []  # fmt: skip
    return Troubled(trouble, round(sum(asked.values())), spread, tuple(told), few)


def _sorted(steps: Sequence[Step], p: float) -> tuple[Step, ...]:
    """By the end of the interval that speaks for the step; by name where the steps do not differ."""
    is_real = p < shrinkage.ALPHA
    return tuple(sorted(steps, key=lambda one: (one.shrunk.high if is_real else 0.0, one.stage, one.process, one.name)))
