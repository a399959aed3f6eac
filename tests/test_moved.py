"""The difference of a number between two periods: what its groups did, and what only their weights did."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lakes import clients, days, lake

from data.store import Store
from metrics import clustered, compute
from metrics import moved as moves
from metrics.against import Sides
from metrics.change import Verdict
from metrics.compute import States
from metrics.letters import Singly
from metrics.load import catalogue
from metrics.moved import Moved
from metrics.window import Window

NOW, BEFORE = days("2026-05-01", "2026-06-30"), days("2026-03-01", "2026-04-30")
SEGMENTS = {"a": "Large", "b": "Small", "c": "Tiny"}
EACH = 20  # clients of a segment
PEOPLE = [
    row for name, segment in SEGMENTS.items() for at in range(EACH) for row in clients(f"{name}{at}", segment=segment)
]


def answers(month: str, **of: tuple[int, int]) -> list[dict[str, Any]]:
    """Answers on csat in one month, dealt out to the clients of a segment in turn; its letter -> (satisfied, not)."""
    scores = [
        (f"{name}{at % EACH}", score)
        for name, (good, bad) in of.items()
        for at, score in enumerate([5] * good + [2] * bad)
    ]
    return [
        {
            "answer_id": f"{month}-{at}", "client_id": client, "survey": "s", "instrument": "csat", "score": score,
            "answered_at": f"2026-{month}-10 12:00",
        }
        for at, (client, score) in enumerate(scores)
    ]  # fmt: skip


def company(home: Path, before: dict[str, tuple[int, int]], now: dict[str, tuple[int, int]]) -> Store:
    """Clients of three segments who answered before and now."""
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


def test_a_few_clients_who_answer_often_are_no_difference_of_their_segment(tmp_path: Path) -> None:
    """Three clients of each segment, 40 answers each: one discontented client makes no segment really worse."""
    dealt = {"a0": (36, 4), "a1": (36, 4), "a2": (36, 4), "b0": (36, 4), "b1": (36, 4), "b2": (4, 36)}
    rows = [
        row | {"answer_id": f"{client}-{row['answer_id']}", "client_id": client}
        for month in ("03", "05")
        for client, (good, bad) in dealt.items()
        for row in answers(month, a=(good, bad))
    ]
    one = found(lake(tmp_path, clients=PEOPLE, answers=rows))

    assert {row.now.n for row in one.rows} == {120}
    assert {(row.letter, row.above, row.verdict) for row in one.rows} == {("", "", Verdict.UNKNOWN)}
    assert one.performance is not None
    assert one.performance.low is None  # six clients vouch for nothing


def test_who_happened_to_answer_is_no_real_mix(tmp_path: Path) -> None:
    """55 answers of the contented segment and 45 of the other, then 45 and 55: that is what chance deals."""
    one = found(company(tmp_path, {"a": (55, 0), "b": (0, 45)}, {"a": (45, 0), "b": (0, 55)}))

    assert one.mix is not None
    assert one.mix.value == pytest.approx(-0.1)
    assert one.mix.low is not None
    assert not one.mix.is_real


def drawn(rng: np.random.Generator, count: int) -> tuple[clustered.Witnesses, list[dict[str | None, States]]]:
    """A company in which nothing changes and segments do not differ; its clients do, and answer often or hardly at all.

    How often is another thing in each period, so other clients make up most of it.
    """
    segment = rng.integers(3, size=count)
    content = rng.beta(2, 1, size=count)  # each client's own
    n = rng.poisson(rng.gamma(0.5, 10, size=(2, count)))
    hits = rng.binomial(n, content)
    mine = np.stack([segment == at for at in range(3)])
    y, x = (np.where(mine[None], sums[:, None, :], 0).astype(float) for sums in (hits, n))
    sides: list[dict[str | None, States]] = [
        {f"s{at}": States({"hits": float(y[side, at].sum()), "n": float(x[side, at].sum())}) for at in range(3)}
        for side in (0, 1)
    ]
    return clustered.Witnesses(("s0", "s1", "s2"), y, x), sides


def singly(by_client: clustered.Witnesses) -> Singly:
    """The clients of chosen segments now, each in a block of its own."""

    def of(groups: Sequence[str | None]) -> Sides:
        places = [by_client.groups.index(name) for name in groups]
        return Sides(tuple(groups), by_client.y[1, places], by_client.x[1, places])

    return of


def test_where_nothing_differs_hardly_anything_is_claimed() -> None:
    """400 companies of 60 clients: letters, performance and mix claim in at most 5 of 100, give or take 2."""
    rng, metric, claimed = np.random.default_rng(5), catalogue()["csat"], np.zeros(3)
    for _ in range(400):
        by_client, (before, now) = drawn(rng, 60)
        wholes = [compute.merged(metric, list(side.values())) for side in (before, now)]
        whole = Moved("csat", "segment", ("segment",), NOW, BEFORE, *(compute.read(metric, one) for one in wholes),
                      None, Verdict.NO_REAL_CHANGE)  # fmt: skip
        one = moves._split(whole, metric, before, now, 0, by_client, singly(by_client))
        assert one.performance is not None
        assert one.mix is not None
        claimed += [any(row.above for row in one.rows), one.performance.is_real, one.mix.is_real]

    assert (claimed / 400 <= 0.07).all(), claimed


def test_the_clients_add_up_to_what_is_shown(tmp_path: Path) -> None:
    """Performance and mix by clients are those by groups, small groups put together too."""
    before, now = {"a": (20, 5), "b": (10, 10), "c": (2, 1)}, {"a": (20, 5), "b": (5, 15), "c": (0, 3)}
    store, window = company(tmp_path, before, now), Window((NOW, BEFORE))
    one = found(store)
    by_client = clustered.witnesses(
        store, catalogue()["csat"], window, {}, "segment", ["Large", "Small", moves.REST], moves.REST
    )
    parts = by_client.parts()
    assert parts is not None
    assert one.performance is not None
    assert one.mix is not None

    assert [part.value for part in parts] == pytest.approx([one.performance.value, one.mix.value])
    assert (by_client.x[1].sum(axis=1) == [25, 20, 3]).all()


def test_too_few_answers_are_not_split(tmp_path: Path) -> None:
    """Four answers before: the change is unknown, and so are its parts."""
    one = found(company(tmp_path, {"a": (3, 1)}, {"a": (30, 10)}))

    assert one.performance is None
    assert one.rows == ()


def test_a_credit_note_larger_than_its_group_is_the_reason_that_is_told(tmp_path: Path) -> None:
    """One group of orders comes to less than nothing: it has no weight, and no row of it counts twice."""
    orders = [
        {
            "order_id": f"{month}-{client}", "client_id": client, "ordered_at": f"2026-{month}-10", "amount": 100,
            "cost": 70, "status": "fulfilled",
        }
        for month in ("03", "05")
        for client in (row["client_id"] for row in PEOPLE)
    ]  # fmt: skip
    note = orders[0] | {"order_id": "note", "client_id": "b0", "ordered_at": "2026-05-11", "amount": -2100}
    store = lake(tmp_path, clients=PEOPLE, orders=[*orders, note])

    assert found(store, "gross_margin_share").unsplit == moves.Unsplit.NEGATIVE
    assert found(store, "average_order").unsplit is None
    assert found(store, "average_order").rows


def test_what_people_said_of_their_work_is_never_split() -> None:
    """A small team could be worked out from the parts."""
    assert not {"engagement", "enps", "pulse_participation", "skill_fit"} & set(moves.splittable())
    assert {"nps", "csat", "promise_kept_share"} <= set(moves.splittable())


def test_an_unknown_metric_or_split_falls_back_to_the_usual(tmp_path: Path) -> None:
    """Whatever stands in the address: the first metric this company has, NPS having never been asked here."""
    one = found(company(tmp_path, {"a": (20, 5)}, {"a": (20, 5)}), "no such", "thing")

    assert moves.splittable()[0] == "nps"
    assert (one.metric, one.by) == ("csat", one.offered[0])
    assert one.performance is not None


def test_what_was_never_asked_is_not_called_too_few(tmp_path: Path) -> None:
    """No NPS of any day; of CSAT there are answers, only not in these two periods."""
    store = company(tmp_path, {"a": (20, 5)}, {"a": (20, 5)})
    june = Window((days("2026-06-15", "2026-06-30"), days("2026-06-01", "2026-06-14")))

    assert not found(store, "nps").is_known
    assert moves.moved(store, june, {}, "csat", "").is_known
    assert moves.moved(store, june, {}, "", "").metric == "nps"
