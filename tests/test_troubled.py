"""Where cases first went wrong: each answer at one step, as the client knew it; ranked only where steps differ."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from lakes import clients, days, lake

from data.store import Store
from metrics import behind, behind_rows, shrinkage, troubled
from metrics.troubled import Troubled
from metrics.window import Window

JUNE = days("2026-06-01", "2026-06-30")
WINDOW = Window((JUNE, JUNE))
FIRST = datetime.fromisoformat("2026-06-01 12:00")


def day(number: float) -> datetime:
    """Noon of a day of June, or later."""
    return FIRST + timedelta(days=number - 1)


# pick, due on the 5th; pack, begun on the 7th and due on the 8th: finished when, and answered when
IN_TIME, PICK_AND_PACK, PACK = (4, 8, 20), (6, 9, 20), (5, 8.5, 20)
OPEN_AT_ANSWER = (25, 26, 20)  # pick lay past its due time as the client answered
NOT_YET_DUE = (6, 9, 4.5)  # answered before pick fell due
PACK_LATER = (4, 9, 6)  # pack began after the answer
KINDS = {"t": (IN_TIME, 5), "u": (PICK_AND_PACK, 3), "v": (PACK, 4), "w": (OPEN_AT_ANSWER, 2), "x": (NOT_YET_DUE, 5),
         "y": (PACK_LATER, 5)}  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Six clients of each kind, a case each; of x the pick was redone, of y the pack; nobody recorded errors."""
    cases, steps, answers, people = [], [], [], []
    for kind, ((picked, packed, answered), score) in KINDS.items():
        for at in range(6):
            one = f"{kind}{at}"
            people.append(one)
            about = {"case_id": one, "client_id": one, "stage": "order"}
            cases.append({**about, "process": "p", "opened_at": day(1), "closed_at": day(packed + 0.5)})
            for step, began, ended, due in (("pick", 2, picked, 5), ("pack", 5.5 if packed < 9 else 7, packed, 8)):
                steps.append({
                    "step_id": f"{one} {step}", "case_id": one, "step": step, "started_at": day(began),
                    "finished_at": day(max(began, ended)), "due_at": day(due),
                    "is_rework": str((kind, step) in (("x", "pick"), ("y", "pack"))).lower(),
                })  # fmt: skip
            answers.append({
                **about, "answer_id": one, "survey": "s", "instrument": "csat", "score": score - at % 2,
                "answered_at": day(answered),
            })  # fmt: skip
    return lake(tmp_path_factory.mktemp("steps"), clients=clients(*people), cases=cases, steps=steps, answers=answers)


@pytest.fixture(scope="module")
def found(store: Store) -> dict[str, Troubled]:
    return {one.trouble: one for one in behind.behind(store, WINDOW, {}, "csat").troubled}


def test_an_answer_counts_at_the_first_late_step_as_the_client_knew_it(found: dict[str, Troubled]) -> None:
    """Pick: those late at both, and those still waiting for it. What fell due or began after the answer is in time."""
    late = {one.name: one for one in found["late"].steps}

    assert found["late"].asked == 36
    assert {name: (one.score.n, one.rest.n, one.share) for name, one in late.items()} == {
        "pick": (12, 18, 12 / 36), "pack": (6, 18, 6 / 36),
    }  # fmt: skip
    assert late["pick"].score.value == pytest.approx((2.5 * 6 + 1.5 * 6) / 12)
    assert late["pick"].gap == pytest.approx(2.0 - 4.5)
    assert late["pack"].gap == pytest.approx(3.5 - 4.5)


def test_what_is_not_recorded_is_not_asked(found: dict[str, Troubled]) -> None:
    """Nobody recorded errors; one step redone before the answer has no other to be compared with."""
    assert set(found) == {"late", "redone"}
    assert (found["redone"].spread, found["redone"].steps, found["redone"].few) == (None, (), 0)


def test_the_answers_behind_a_step_are_as_many_as_its_n(store: Store, found: dict[str, Troubled]) -> None:
    """Each of them once, at the step at which its case first went wrong."""
    seen: list[str] = []
    for one in found["late"].steps:
        listed = behind_rows.of_step(store, WINDOW, {}, "csat", "late", one.stage, one.process, one.name)
        assert (listed.n, len(listed.rows)) == (one.score.n, one.score.n)
        seen += list(listed.rows["answer_id"])

    assert sorted(seen) == sorted(f"{kind}{at}" for kind in "uvw" for at in range(6))
    assert behind_rows.of_step(store, WINDOW, {}, "csat", "late", "order", "p", "weigh").n == 0


def rows(seed: int, effects: dict[str, float], each: int = 14, own: float = 0.4) -> pd.DataFrame:
    """Blocks of clients as the database gives them: answers of some steps, and of 800 cases without trouble."""
    rng = np.random.default_rng(seed)
    level = rng.normal(0, own, 150)
    made: dict[tuple[str | None, int], list[float]] = {}
    for step, effect, n in [(None, 0.0, 800), *((step, effect, each) for step, effect in effects.items())]:
        for who in rng.integers(0, 150, n):
            score = float(np.clip(np.round(4.2 + effect + level[who] + rng.normal(0, 0.8)), 1, 5))
            sums = made.setdefault((step, int(who)), [0.0, 0.0])
            sums[0], sums[1] = sums[0] + 1, sums[1] + score
    return pd.DataFrame([
        {"name": "late", "stage": "order", "process": None if step is None else "p", "step": step, "block": who,
         "sums": sums} for (step, who), sums in made.items()
    ])  # fmt: skip


def stages(seed: int, often: float) -> pd.DataFrame:
    """Five stages of 400 cases, of which so many were late, at one of three steps; that moves nothing."""
    rng = np.random.default_rng(seed)
    made: dict[tuple[str, str | None, int], list[float]] = {}
    for stage in "abcde":
        for _ in range(400):
            step = f"s{rng.integers(3)}" if rng.random() < often else None
            sums = made.setdefault((stage, step, int(rng.integers(200))), [0.0, 0.0])
            sums[0], sums[1] = sums[0] + 1, sums[1] + float(rng.integers(1, 6))
    return pd.DataFrame([
        {"name": "late", "stage": stage, "process": None if step is None else "p", "step": step, "block": who,
         "sums": sums} for (stage, step, who), sums in made.items()
    ])  # fmt: skip


@pytest.mark.parametrize("often", [0.1, 0.95])
def test_steps_of_one_stage_do_not_all_look_bad_for_what_they_are_compared_with(often: float) -> None:
    """Where most cases are late, few are left to compare with, and their chance is in every step of the stage."""
    told = [one(troubled.troubled(stages(seed, often))) for seed in range(200)]

    assert sum(each.spread.is_real for each in told if each.spread) <= 15  # 10 expected


def one(found: tuple[Troubled, ...]) -> Troubled:
    (only,) = found
    assert only.spread is not None
    return only


STEPS = [f"s{at:02}" for at in range(12)]


def test_steps_that_cost_the_same_are_not_ranked() -> None:
    """Late costs half a point at each of 12 steps of 14 answers: a ranking is told in 5 of 100 companies."""
    told = [one(troubled.troubled(rows(seed, dict.fromkeys(STEPS, -0.5)))) for seed in range(120)]

    assert sum(each.spread.is_real for each in told if each.spread) <= 11  # 6 expected
    held = [
        abs(each.spread.mean + 0.5) <= each.spread.reach + 0.04 for each in told if each.spread
    ]  # clipping takes 0.04
    assert np.mean(held) >= 0.93
    calm = next(each for each in told if each.spread and not each.spread.is_real)
    assert [step.name for step in calm.steps] == STEPS


def test_a_step_that_costs_more_is_found_and_stands_first() -> None:
    """Where lateness costs a point and a half at one step and nothing at the others, that step leads."""
    effects = dict.fromkeys(STEPS, 0.0) | {"s07": -1.5}
    told = [one(troubled.troubled(rows(seed, effects, each=40))) for seed in range(20)]

    assert all(each.spread.is_real and each.steps[0].name == "s07" for each in told if each.spread)
    assert all(each.steps[0].shrunk.high < 0 for each in told)


def test_clients_who_are_in_both_groups_do_not_make_a_difference() -> None:
    """Strict clients score low with and without trouble: taken together, their levels cancel out."""
    frame = rows(3, {"s00": 0.0, "s01": 0.0}, each=150, own=0.01)
    both = zip(frame["sums"], frame["block"], strict=True)
    strict = frame.assign(sums=[[n, y - 2 * n * (block % 2)] for (n, y), block in both])
    calm, apart = one(troubled.troubled(frame)), one(troubled.troubled(strict))
    assert calm.spread is not None
    assert apart.spread is not None

    assert apart.spread.reach < 2.2 * calm.spread.reach  # 1 point more of spread in each group would make it 2.5 times


def test_few_answers_that_agree_by_luck_are_not_surer_than_the_others() -> None:
    """Three groups; the second's answers are all alike, so its own error is 0: it gets what 8 answers of all give."""
    errors = shrinkage.careful([0.2, 0.0, 0.5], [16, 8, 4])
    each = (3.2**2 + 0 + 2.0**2) / 28

    assert errors == pytest.approx([max(0.2, (each / 16) ** 0.5), (each / 8) ** 0.5, 0.5])
    assert shrinkage.careful([0.1, 0.1], [25, 25]) == pytest.approx([0.1, 0.1])


def test_two_kinds_of_trouble_are_judged_together() -> None:
    """Holm: the smaller p of two is doubled."""
    effects = dict.fromkeys(STEPS, 0.0) | {"s07": -0.7}
    frame = rows(5, effects, each=30)
    alone = one(troubled.troubled(frame)).spread
    both = troubled.troubled(pd.concat([frame, rows(6, dict.fromkeys(STEPS, -0.5)).assign(name="error")]))
    assert alone is not None
    assert both[0].spread is not None

    assert both[0].spread.p == pytest.approx(min(1.0, 2 * alone.p))
