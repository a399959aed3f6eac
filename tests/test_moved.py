"""The difference of a number between two periods: what its groups did, and what only their weights did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lakes import clients, days, lake

from data.store import Store
from metrics import moved as moves
from metrics.change import Verdict
from metrics.moved import Moved
from metrics.window import Window

NOW, BEFORE = days("2026-05-01", "2026-06-30"), days("2026-03-01", "2026-04-30")
SEGMENTS = {"a": "Large", "b": "Small", "c": "Tiny"}
PEOPLE = [row for name, segment in SEGMENTS.items() for row in clients(name, segment=segment)]


def answers(month: str, **of: tuple[int, int]) -> list[dict[str, Any]]:
    """Answers on csat in one month; client -> (satisfied, not satisfied)."""
    scores = [(client, score) for client, (good, bad) in of.items() for score in [5] * good + [2] * bad]
    return [
        {
            "answer_id": f"{month}-{at}", "client_id": client, "survey": "s", "instrument": "csat", "score": score,
            "answered_at": f"2026-{month}-10 12:00",
        }
        for at, (client, score) in enumerate(scores)
    ]  # fmt: skip


def company(home: Path, before: dict[str, tuple[int, int]], now: dict[str, tuple[int, int]]) -> Store:
    """Three clients of three segments who answered before and now."""
    return lake(home, clients=PEOPLE, answers=answers("03", **before) + answers("05", **now))


def found(store: Store, metric: str = "csat", by: str = "segment") -> Moved:
    return moves.moved(store, Window((NOW, BEFORE)), {}, metric, by)


def test_a_total_falls_while_every_group_rises_and_that_is_said(tmp_path: Path) -> None:
    """Many more answers of the discontented segment: the whole falls by 22 points, each segment rises by 2 or more."""
    one = found(company(tmp_path, {"a": (180, 20), "b": (40, 60)}, {"a": (92, 8), "b": (86, 114)}))

    # before 220/300, now 178/300; Large .90 -> .92, Small .40 -> .43
    assert one.difference == pytest.approx(178 / 300 - 220 / 300)
    assert one.performance is not None
    assert one.mix is not None
    assert one.performance.value == pytest.approx(0.5 * 0.02 + 0.5 * 0.03)
    assert one.performance.value + one.mix.value == pytest.approx(one.difference, abs=1e-12)
    assert (one.performance.is_real, one.mix.is_real, one.is_against) == (False, True, True)


def test_what_the_groups_really_did_is_not_called_mix(tmp_path: Path) -> None:
    """Every segment falls alike at the same weights: all of it is performance, beyond noise."""
    one = found(company(tmp_path, {"a": (180, 20), "b": (80, 20)}, {"a": (140, 60), "b": (60, 40)}))

    assert one.verdict == Verdict.WORSE
    assert one.performance is not None
    assert one.mix is not None
    assert one.performance.value == pytest.approx(-0.2)
    assert one.performance.is_real
    assert one.mix.value == pytest.approx(0)
    assert not one.is_against
    assert {row.verdict for row in one.rows} == {Verdict.WORSE}


def test_nothing_is_claimed_where_chance_explains_it(tmp_path: Path) -> None:
    """A few answers more or less: neither part is real, and no banner warns of a contradiction that noise made."""
    one = found(company(tmp_path, {"a": (30, 10), "b": (20, 20)}, {"a": (31, 9), "b": (18, 24)}))

    assert one.verdict == Verdict.NO_REAL_CHANGE
    assert one.performance is not None
    assert not one.performance.is_real
    assert not one.is_against


def test_a_contradiction_within_noise_is_no_contradiction(tmp_path: Path) -> None:
    """The whole falls by a thousandth, the groups rise by three: one answer more or less, and no banner."""
    one = found(company(tmp_path, {"a": (30, 10), "b": (20, 20)}, {"a": (31, 10), "b": (22, 22)}))
    assert one.performance is not None
    assert one.difference is not None

    assert one.difference < 0 < one.performance.value
    assert not one.is_against


def test_small_groups_stand_as_one_and_nothing_is_left_out(tmp_path: Path) -> None:
    """Three answers are no group; they still count in the sums."""
    before, now = {"a": (20, 5), "b": (10, 10), "c": (2, 1)}, {"a": (20, 5), "b": (5, 15), "c": (0, 3)}
    one = found(company(tmp_path, before, now))

    assert [row.group for row in one.rows] == ["Small", "Large", moves.REST]
    assert one.put_together == 1
    assert sum(row.performance + row.mix for row in one.rows) == pytest.approx(one.difference)
    assert one.rows[2].letter == ""


def test_letters_say_which_groups_are_really_above_which(tmp_path: Path) -> None:
    """Large and Small differ beyond chance; Tiny, in the middle with few answers, differs from none."""
    now = {"a": (95, 5), "b": (60, 40), "c": (6, 2)}
    letters = {row.group: (row.letter, row.above) for row in found(company(tmp_path, now, now)).rows}

    assert letters == {"Large": ("A", "B"), "Small": ("B", ""), "Tiny": ("C", "")}


def test_too_few_answers_are_not_split(tmp_path: Path) -> None:
    """Four answers before: the change is unknown, and so are its parts."""
    one = found(company(tmp_path, {"a": (3, 1)}, {"a": (30, 10)}))

    assert one.performance is None
    assert one.rows == ()


def test_what_people_said_of_their_work_is_never_split() -> None:
    """A small team could be worked out from the parts."""
    assert not {"engagement", "enps", "pulse_participation", "skill_fit"} & set(moves.splittable())
    assert {"nps", "csat", "promise_kept_share"} <= set(moves.splittable())


def test_an_unknown_metric_or_split_falls_back_to_the_usual(tmp_path: Path) -> None:
    """Whatever stands in the address."""
    one = found(company(tmp_path, {"a": (20, 5)}, {"a": (20, 5)}), "no such", "thing")

    assert (one.metric, one.by) == (moves.splittable()[0], one.offered[0])
