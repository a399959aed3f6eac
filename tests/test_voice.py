"""Scores by score, why three NPS differ, and who stays silent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lakes
import numpy as np
import pytest
from said import NOW, WINDOW, answers

from metrics import voice
from metrics.change import Change


def given(*scores: int, instrument: str = "nps", month: str = "06", client: str = "a") -> list[dict[str, Any]]:
    """One answer per score."""
    return [
        {"answer_id": f"{instrument}{month}{client}{i}", "client_id": client, "survey": "s", "instrument": instrument,
         "score": score, "answered_at": f"2026-{month}-{1 + i % 28:02} 10:00"}
        for i, score in enumerate(scores)
    ]  # fmt: skip


def order(client: str, amount: float, on: str = "2026-03-01") -> dict[str, Any]:
    """One order."""
    key = f"{client}{amount}{on}"
    return {"order_id": key, "client_id": client, "ordered_at": on, "amount": amount, "status": "fulfilled"}


def invitation(client: str, on: str = "2026-02-01") -> dict[str, Any]:
    """One request for an answer."""
    return {"invitation_id": f"{client}{on}", "client_id": client, "survey": "s", "sent_at": on}


def test_every_score_is_counted_in_its_part_of_the_scale(tmp_path: Path) -> None:
    """All eleven scores stand there, also those nobody gave; 6 is a detractor, 7 and 8 are passive, 9 promotes."""
    store = lakes.lake(tmp_path, answers=given(10, 9, 9, 8, 6, 0) + given(7, 7, month="05"))
    (nps,) = voice.spreads(store, WINDOW, {})

    assert [(bar.now, bar.before) for bar in nps.bars] == [
        (1, 0), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0), (1, 0), (0, 2), (1, 0), (2, 0), (1, 0)
    ]  # fmt: skip
    assert [bar.part for bar in nps.bars] == ["detractors"] * 7 + ["passives"] * 2 + ["promoters"] * 2
    assert (nps.now.value, nps.now.n) == (pytest.approx(100 / 6), 6)
    assert (nps.before.value, nps.before.n) == (0.0, 2)


def test_each_instrument_has_its_own_scale(tmp_path: Path) -> None:
    """1-5 parted at 4; 1-7 in one part, because its metric is a mean; what was asked only before is not shown."""
    rows = given(5, 3, instrument="csat") + given(7, instrument="ces") + given(9, month="05")
    csat, ces = voice.spreads(lakes.lake(tmp_path, answers=rows), WINDOW, {})

    assert [bar.part for bar in csat.bars] == ["unsatisfied"] * 3 + ["satisfied"] * 2
    assert [bar.score for bar in ces.bars] == list(range(1, 8))
    assert {bar.part for bar in ces.bars} == {"all"}


def test_parts_agree_with_the_catalogue(tmp_path: Path) -> None:
    """The shares of promoters, passives and detractors are those of the metrics."""
    store = lakes.lake(tmp_path, answers=given(10, 9, 9, 8, 6, 0, 3))
    (nps,) = voice.spreads(store, WINDOW, {})
    parts = ("promoters", "passives", "detractors")
    shares = {part: sum(bar.now for bar in nps.bars if bar.part == part) / 7 for part in parts}

    assert shares == {part: lakes.reading(store, f"{part}_share", NOW).value for part in shares}


def test_a_weighted_mean_differs_from_the_plain_one_by_who_weighs() -> None:
    """One vote each: (1 + 1 - 1 - 1) / 4 = 0; by weight (1 + 1 - 3 - 3) / 8 = -50 points.

    Dealt out anew, the weights give a mean of 0 with a variance of 4 * 4 / 3 / 8^2 = 1/12.
    """
    change = voice.by_weight(np.array([1.0, 1, -1, -1]), np.array([1.0, 1, 3, 3]))

    assert change is not None
    assert (change.difference, change.z) == (pytest.approx(-50), pytest.approx(-0.5 * np.sqrt(12)))


def test_pairs_are_compared_within_a_client() -> None:
    """1 to 0, 1 to 0, 0 to 0 and 0 to 1: a quarter of a point; swapped at random, an error of sqrt(3) / 4."""
    change = voice.by_pairs(np.array([1.0, 1, 0, 0]), np.array([0.0, 0, 0, 1]))

    assert (change.difference, change.z) == (pytest.approx(25), pytest.approx(1 / np.sqrt(3)))
    assert voice.by_pairs(np.ones(3), np.ones(3)) == Change(0.0, p=1.0)


def test_equal_weights_make_no_difference() -> None:
    """Where all clients weigh the same there is nothing to explain; without any weight there is no answer."""
    votes = np.array([1.0, 0, -1, 1])

    assert voice.by_weight(votes, np.full(4, 7.0)) == Change(0.0, p=1.0)
    assert voice.by_weight(votes, np.zeros(4)) is None


@pytest.mark.parametrize("unequal", [0.7, 1.5, 2.5])
def test_size_that_does_not_matter_is_hardly_ever_named(unequal: float) -> None:
    """Revenue drawn without regard to the votes, however unequal: at most about one test in twenty says otherwise."""
    rng = np.random.default_rng(3)
    false = 0
    for _ in range(1000):
        change = voice.by_weight(rng.choice([-1.0, 0, 1], 60, p=[0.25, 0.3, 0.45]), rng.lognormal(0, unequal, 60))
        assert change is not None
        assert change.p is not None
        false += change.p < 0.05

    assert false / 1000 < 0.065


def company(home: Path, *, large_are_unhappy: bool) -> Any:
    """40 clients with one vote each, half of it promoters; the ten largest weigh a hundred times as much."""
    ids = [f"c{i}" for i in range(40)]
    scores = [0 if i < 10 else 10 for i in range(40)] if large_are_unhappy else [10 if i % 2 else 0 for i in range(40)]
    return lakes.lake(
        home, clients=lakes.clients(*ids[:29]) + lakes.clients(*ids[29:], segment="Large"),
        orders=[order(one, 10000 if i < 10 else 100) for i, one in enumerate(ids)],
        answers=[row for one, score in zip(ids, scores, strict=True) for row in given(score, client=one)],
        invitations=[invitation(one) for one in ids],
    )  # fmt: skip


def test_the_reason_that_three_nps_differ_is_found(tmp_path: Path) -> None:
    """The ten large clients are detractors: by clients the NPS is 50, by revenue (3000 - 100000) / 103000."""
    size = voice.reasons(company(tmp_path, large_are_unhappy=True), WINDOW, {})[0]

    assert (size.kind, size.is_real) == ("size", True)
    assert size.points == pytest.approx(100 * (3000 - 100000) / 103000 - 50)


def test_readings_that_agree_have_no_reason(tmp_path: Path) -> None:
    """Every other client is happy, large or small: no reason is real. One answer each: habit and latest are 0."""
    found = voice.reasons(company(tmp_path, large_are_unhappy=False), WINDOW, {})

    assert not any(reason.is_real for reason in found)
    assert {reason.kind: reason.points for reason in found if reason.kind != "size"} == {"habit": 0.0, "latest": 0.0}


def test_few_clients_are_no_ground_for_reasons(tmp_path: Path) -> None:
    """With 29 voters nothing is explained, however large a difference a filter leaves."""
    store = company(tmp_path, large_are_unhappy=True)

    assert voice.reasons(store, WINDOW, {"segment": ("Small",)}) == ()


def test_frequent_and_latest_answers_are_told_apart(tmp_path: Path) -> None:
    """Twenty clients answer ten times, all 0 but the last, 10; twenty answer once, 10.

    Clients' own means: -0.8 and 1, so 10 in all; every answer counts: (20 * (1 - 9) + 20) / 220; latest: 100.
    """
    ids = [f"c{i}" for i in range(40)]
    rows = [
        row for i, one in enumerate(ids) for row in given(*([0] * 9 + [10] if i < 20 else [10]), client=one)
    ]  # fmt: skip
    store = lakes.lake(
        tmp_path, clients=lakes.clients(*ids), orders=[order(one, 100) for one in ids],
        answers=rows + given(1, 1, 1, instrument="csat", client="c0"),  # no vote
    )  # fmt: skip
    found = {reason.kind: reason for reason in voice.reasons(store, WINDOW, {})}

    assert found["habit"].points == pytest.approx(100 * (20 * -8 + 20) / 220 - 10)
    assert found["latest"].points == pytest.approx(90)
    assert found["size"].points == pytest.approx(0)
    assert found["habit"].is_real
    assert found["latest"].is_real


def test_a_period_unlike_the_rest_of_its_year_is_a_reason(tmp_path: Path) -> None:
    """All 0 in June after all 10 in May is real; a period as long as the year has no rest to compare with."""
    ids = [f"c{i}" for i in range(40)]
    rows = [row for one in ids for row in given(0, client=one) + given(10, client=one, month="05")]
    store = lakes.lake(tmp_path, clients=lakes.clients(*ids), orders=[order(one, 100) for one in ids], answers=rows)
    time = next(reason for reason in voice.reasons(store, WINDOW, {}) if reason.kind == "time")

    assert (time.points, time.is_real) == (-200.0, True)
    year = lakes.days("2025-07-01", "2026-06-30")
    whole = voice.Window((year, lakes.days("2024-07-01", "2025-06-30")))
    assert "time" not in {reason.kind for reason in voice.reasons(store, whole, {})}


def test_silent_clients_come_to_what_the_metrics_say(tmp_path: Path) -> None:
    """Silent: ordered, was asked, did not answer. Not silent: who answered, was not asked, or left; sums agree."""
    ids = ("quiet", "loud", "unasked", "gone", "once", "small")
    store = lakes.lake(
        tmp_path,
        clients=lakes.clients(*ids),
        orders=[
            order("quiet", 500), order("quiet", 100, "2025-08-01"), order("loud", 300), order("unasked", 200),
            order("gone", 900, "2025-05-01"), order("once", 50), order("small", 10),
        ],
        invitations=[
            *(invitation(one) for one in ("quiet", "loud", "gone", "once", "small")), invitation("once", "2025-12-24")
        ],
        answers=[
            *given(9, client="loud"),
            {**given(3, client="once")[0], "answered_at": "2025-03-01 10:00"},
        ],
    )  # fmt: skip
    found = voice.silent(store, WINDOW, {})
    share = lakes.reading(store, "silent_revenue", NOW)
    heard = lakes.reading(store, "coverage_by_revenue", NOW)

    assert list(found.rows["client_id"]) == ["quiet", "once", "small"]
    assert (found.clients, found.amount) == (3, 660.0)
    assert share.value == pytest.approx(660 / 1160)
    assert heard.value == pytest.approx(300 / 1160)
    once = found.rows.set_index("client_id").loc["once"]
    assert (str(once["answered_at"].date()), str(once["invited_at"].date())) == ("2025-03-01", "2026-02-01")
    assert found.rows["contacted_at"].notna().tolist() == [True, False, False]  # the day of the tiny lake itself
    assert list(voice.silent(store, WINDOW, {}, "1").rows["client_id"]) == ["quiet"]
    assert voice.silent(store, WINDOW, {}, "1").amount == 660.0


def test_nobody_is_silent_where_nobody_was_asked(tmp_path: Path) -> None:
    """Without invitations no client is called silent."""
    found = voice.silent(lakes.lake(tmp_path, orders=[order("a", 10)]), WINDOW, {})

    assert (found.clients, found.amount, len(found.rows)) == (0, 0.0, 0)


def test_a_last_time_after_the_period_is_not_yet_known_in_it(tmp_path: Path) -> None:
    """Looked at from May, the answer of June has not been given: the client is silent, and never answered."""
    store = lakes.lake(tmp_path, orders=[order("a", 10)], invitations=[invitation("a")], answers=given(9))
    may = voice.Window((WINDOW.whole[1], WINDOW.whole[1]))
    rows = voice.silent(store, may, {}).rows

    assert list(rows["client_id"]) == ["a"]
    assert rows["answered_at"].isna().all()
    assert voice.silent(store, WINDOW, {}).clients == 0


def test_comments_do_not_change_the_scores(tmp_path: Path) -> None:
    """An answer counts once whether or not it has words."""
    (csat,) = voice.spreads(
        lakes.lake(tmp_path, answers=answers("late", None), clients=lakes.clients("a", "b")), WINDOW, {}
    )

    assert sum(bar.now for bar in csat.bars) == 2
