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

    `spread`: how far steps differ, all troubles judged together; None with fewer than two steps. `few`: steps with
    too few answers to be compared, or of too few clients (block_sums.FEWEST).
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
    n, y = of
    return tuple(float(one) for one in (n.sum(), y.sum(), y @ y, y @ n, n @ n, np.count_nonzero(n)))


def _pull(of: Blocks) -> Blocks:
    """How far each block of clients pulls the mean of a group."""
    n, y = of
    blocks = np.count_nonzero(n)
    pulled: Blocks = (y - y.sum() / n.sum() * n) / n.sum() * math.sqrt(blocks / (blocks - 1))
    return pulled


def _of(trouble: str, steps: dict[Place, Blocks], rest: dict[str, Blocks]) -> Troubled:
    asked: dict[str, float] = {stage: float(of[0].sum()) for stage, of in rest.items()}
    for (stage, *_), of in steps.items():
        asked[stage] = asked.get(stage, 0.0) + float(of[0].sum())
    shown = [
        place for place, of in steps.items()
        if block_sums.enough(_sums(of)) and place[0] in rest and block_sums.enough(_sums(rest[place[0]]))
    ]  # fmt: skip
    sizes = [float(steps[place][0].sum()) for place in shown]
    own = shrinkage.careful([float(np.linalg.norm(_pull(steps[place]))) for place in shown], sizes) if shown else []
    gaps, errors, made = [], [], []
    for place, n, alone in zip(shown, sizes, own, strict=True):
        hit, others = steps[place], rest[place[0]]
        variance = alone**2 + float(_pull(others) @ _pull(others)) - 2 * float(_pull(hit) @ _pull(others))
        score, beside = block_sums.mean(_sums(hit)), block_sums.mean(_sums(others))
        if variance > 0 and score.value is not None and beside.value is not None:
            gaps.append(score.value - beside.value)
            errors.append(math.sqrt(variance))
            made.append((*place, score, beside, n / asked[place[0]], gaps[-1]))
    spread = shrinkage.spread(gaps, errors)
    told = [Step(*parts, at) for parts, at in zip(made, spread.groups, strict=True)] if spread else []
    return Troubled(trouble, round(sum(asked.values())), spread, tuple(told), len(steps) - len(told))


def _sorted(steps: Sequence[Step], p: float) -> tuple[Step, ...]:
    """By the end of the interval that speaks for the step; by name where the steps do not differ."""
    is_real = p < shrinkage.ALPHA
    return tuple(sorted(steps, key=lambda one: (one.shrunk.high if is_real else 0.0, one.stage, one.process, one.name)))
