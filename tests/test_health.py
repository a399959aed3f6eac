"""The health of a client: declared measures, small clients drawn to the usual, what has expired given to the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from lakes import clients, lake

from data.errors import DeclarationError
from data.store import Store
from metrics import declared, journey, scoring, standing
from metrics.declared import Measure
from metrics.window import DAY, Window

UNTIL = "2026-06-30"
NOWHERE = Window(())


def nps(name: str, client: str, score: int, at: str = "2026-06-01 10:00") -> dict[str, Any]:
    return {
        "answer_id": name,
        "client_id": client,
        "survey": "s",
        "instrument": "nps",
        "score": score,
        "answered_at": at,
    }


def order(name: str, client: str, at: str, amount: float = 100, **facts: Any) -> dict[str, Any]:
    return {"order_id": name, "client_id": client, "ordered_at": at, "amount": amount, "status": "fulfilled"} | facts


def measured(store: Store, *ids: str) -> pd.DataFrame:
    """What is measured of these clients on the last day, by client."""
    now = store.lake().last_day + DAY
    chosen = standing.Chosen("select * from clients where list_contains($ids, client_id)", {"ids": list(ids)})
    found = standing.states(store, chosen, [now])
    return standing.measured(found, standing.habits(store, [now])).set_index("client_id")


def test_the_declared_weights_come_to_the_whole() -> None:
    """The company's own files are read and hold."""
    assert sum(one.weight for one in declared.health().measures.values()) == pytest.approx(1)
    assert len(declared.matrix().advice) == 9


@pytest.mark.parametrize("wrong", ["weight = 0.40", "weight = -0.30", "wieght = 0.30"])
def test_weights_that_do_not_come_to_the_whole_are_refused(tmp_path: Path, wrong: str) -> None:
    """A slip of the pen stops the judging, it does not shift it."""
    path = tmp_path / "health.toml"
    path.write_text(declared.HEALTH.read_text().replace("weight = 0.30", wrong, 1))

    with pytest.raises(DeclarationError):
        declared.read_health(path)


RULES = {
    "a": Measure("a", {"en": "a", "ru": "a"}, 0.6, bad=0, good=10),
    "b": Measure("b", {"en": "b", "ru": "b"}, 0.3, bad=20, good=0),
    "c": Measure("c", {"en": "c", "ru": "c"}, 0.1, bad=0, good=1, minimum_n=3),
}


def test_a_score_is_the_weighted_mean_of_its_points() -> None:
    """0.6 of 50, 0.3 of 100 beyond the good end, 0.1 of 0; the measure that costs most is named."""
    rows = pd.DataFrame({"a": [5.0], "b": [-4.0], "c": [0.0], "c_n": [3]})

    one = scoring.score(rows, RULES, 0.5).iloc[0]

    assert one["score"] == pytest.approx(0.6 * 50 + 0.3 * 100)
    assert (one["known"], one["reason"], one["lost"]) == (pytest.approx(1), "a", pytest.approx(30))


def test_what_is_not_known_gives_its_weight_to_the_others() -> None:
    """Without b, a counts 6/7 and c 1/7; an unknown is not a 0."""
    rows = pd.DataFrame({"a": [5.0], "b": [float("nan")], "c": [1.0], "c_n": [3]})

    one = scoring.score(rows, RULES, 0.5).iloc[0]

    assert one["score"] == pytest.approx((0.6 * 50 + 0.1 * 100) / 0.7)
    assert one["known"] == pytest.approx(0.7)


def test_where_too_little_is_known_nothing_is_said() -> None:
    """With 0.4 of the weight known there is no score, and no reason for one."""
    rows = pd.DataFrame({"a": [float("nan")], "b": [0.0], "c": [1.0], "c_n": [2]})

    one = scoring.score(rows, RULES, 0.5).iloc[0]

    assert pd.isna(one["score"])
    assert one["reason"] is None


def test_two_answers_are_drawn_to_the_segment(tmp_path: Path) -> None:
    """One detractor beside a segment of promoters is no NPS of -100; many detractors nearly are."""
    answers = [nps(f"p{i}", "many", 9) for i in range(16)]
    answers += [nps("d", "one", 0)] + [nps(f"d{i}", "poor", 0) for i in range(15)]
    store = lake(tmp_path, until=UNTIL, clients=clients("one", "many", "poor", "none"), answers=answers)
    pull = declared.health().measures["answers"].pull

    found = measured(store, "one", "many", "poor", "none")

    # the segment: 16 promoters and 16 detractors, so half of each is mixed in
    assert found.loc["one", "answers"] == pytest.approx(100 * (pull / 2 - (1 + pull / 2)) / (1 + pull))
    assert found.loc["poor", "answers"] == pytest.approx(100 * -15 / (15 + pull))
    assert found.loc["one", "answers_low"] < found.loc["poor", "answers"] < found.loc["one", "answers_high"]
    assert pd.isna(found.loc["none", "answers"])


def test_days_late_are_drawn_to_all_of_the_segment(tmp_path: Path) -> None:
    """One invoice ten days late beside a segment that pays in time: the same whether asked alone or with the others."""
    invoice = {"amount": 1, "due_on": "2026-06-10"}
    payments = [invoice | {"invoice_id": "l", "client_id": "late", "paid_on": "2026-06-20"}]
    payments += [invoice | {"invoice_id": f"{i}", "client_id": "prompt", "paid_on": "2026-06-10"} for i in range(3)]
    payments += [invoice | {"invoice_id": "o", "client_id": "of others", "paid_on": "2026-06-30"}]
    store = lake(
        tmp_path, until=UNTIL, payments=payments,
        clients=[*clients("late", "prompt"), *clients("of others", segment="Large")],
    )  # fmt: skip
    pull = declared.health().measures["paying"].pull

    alone, among = measured(store, "late"), measured(store, "late", "prompt", "of others")

    assert alone.loc["late", "paying"] == pytest.approx((10 + pull * 10 / 4) / (1 + pull))
    assert among.loc["late", "paying"] == alone.loc["late", "paying"]


def test_what_is_usual_is_what_was_usual_then(tmp_path: Path) -> None:
    """A week before the last day only the praise of May was known: the sour ones of June are not mixed in."""
    store = lake(
        tmp_path, until=UNTIL, clients=clients("a", "b"),
        answers=[
            nps("own", "a", 9, "2026-05-01"), nps("praise", "b", 9, "2026-05-01"),
            *(nps(f"sour{i}", "b", 0, "2026-06-28") for i in range(8)),
        ],
    )  # fmt: skip

    found = journey.journey(store, NOWHERE, {}, "a")
    moments = [DAY + store.lake().last_day - 7 * i * DAY for i in range(2)]
    usual = standing.habits(store, moments)

    assert found is not None
    assert usual.loc[(0, "Small"), "detractors"] == 8
    assert usual.loc[(1, "Small"), "detractors"] == 0
    then = standing.measured(standing.states(store, standing.one("a"), moments), usual).set_index("moment")["answers"]
    assert then[1] == pytest.approx(100)
    assert then[0] < 100


def test_answers_expire(tmp_path: Path) -> None:
    """An answer of 366 days ago no longer speaks for the client."""
    store = lake(
        tmp_path, until=UNTIL, clients=clients("old", "new"),
        answers=[nps("1", "old", 9, "2025-06-30 23:00"), nps("2", "new", 9, "2025-07-01 00:00")],
    )  # fmt: skip

    found = measured(store, "old", "new")

    assert found["answers"].notna().to_dict() == {"old": False, "new": True}


def test_promises_trend_paying_and_silence_are_measured_by_hand(tmp_path: Path) -> None:
    """Each measure from its own days; what lies outside them does not count."""
    case = {"client_id": "a", "process": "p", "stage": "order", "opened_at": "2026-03-01"}
    cases = [
        case | {"case_id": "kept", "promised_at": "2026-06-10 09:00", "closed_at": "2026-06-10 23:00"},
        case | {"case_id": "late", "promised_at": "2026-06-10", "closed_at": "2026-06-14"},
        case | {"case_id": "open past it", "promised_at": "2026-06-28"},
        case | {"case_id": "ahead", "promised_at": "2026-07-05"},
        case | {"case_id": "too long ago", "promised_at": "2026-03-31", "closed_at": "2026-04-30"},
    ]
    orders = [
        order("1", "a", "2025-01-01", 7),
        *(order(f"e{i}", "a", "2025-09-01") for i in range(4)),
        *(order(f"r{i}", "a", "2026-02-01") for i in range(3)),
        order("gone", "a", "2026-02-01", 1000, status="cancelled"),
    ]
    payments = [
        {"invoice_id": "1", "client_id": "a", "amount": 1, "due_on": "2026-06-01", "paid_on": "2026-05-20"},
        {"invoice_id": "2", "client_id": "a", "amount": 1, "due_on": "2026-06-01", "paid_on": "2026-06-11"},
        {"invoice_id": "3", "client_id": "a", "amount": 1, "due_on": "2026-06-25"},
        {"invoice_id": "4", "client_id": "a", "amount": 1, "due_on": "2026-07-25"},
    ]
    store = lake(
        tmp_path, until=UNTIL, clients=clients("z", "a"), cases=cases, orders=orders, payments=payments,
        answers=[nps("1", "a", 9, "2026-06-20 15:00")],
    )  # fmt: skip
    rules = declared.health().measures

    one = measured(store, "a").loc["a"]

    assert (one["kept"], one["due"], one["days_late"]) == (1, 3, 4 + 3)
    assert one["promises"] == pytest.approx((1 + rules["promises"].pull / 3) / (3 + rules["promises"].pull))
    assert (one["open_cases"], one["overdue"]) == (2, 1)
    assert one["change"] == pytest.approx(300 / 400 - 1)
    drawn = (350 / 450) ** (7 / (7 + rules["trend"].pull))  # seven equal orders, half of one added to each half-year
    assert one["trend"] == pytest.approx(drawn - 1)
    assert not one["trend_is_real"]
    assert (one["trend_n"], one["revenue_12m"]) == (7, 700)
    assert (one["invoices"], one["invoice_days"]) == (3, 0 + 10 + 6)
    assert one["paying"] == pytest.approx(16 / 3)  # drawn to the mean of all, which is its own here
    assert one["heard"] == 11


def buying(recent: list[float], earlier: list[float]) -> dict[str, Any]:
    """A row of standing.states with these orders in the last half-year and in the one before."""
    cents = [100 * amount for amount in (*recent, *earlier)]
    return {
        "recent": 100 * sum(recent), "earlier": 100 * sum(earlier), "squares": sum(one**2 for one in cents),
        "was_client": True,
    }  # fmt: skip


@pytest.mark.parametrize("a_year", [8, 24, 100])
def test_chance_in_the_money_costs_nothing(a_year: int) -> None:
    """The null case: orders that fall into either half-year alike give on average what no change gives, some more."""
    rng, rules = np.random.default_rng(7), declared.health().measures["trend"]
    drawn = [[list(rng.lognormal(0, 0.6, n)) for n in rng.poisson(a_year / 2, 2)] for _ in range(4000)]
    drawn = [halves for halves in drawn if len(halves[0]) + len(halves[1]) >= rules.minimum_n]

    found = standing._trend(pd.DataFrame([buying(*halves) for halves in drawn]), rules.pull)
    points = scoring.points(found["trend"], rules)

    no_change = scoring.points(pd.Series([0.0]), rules).iloc[0]
    assert no_change == pytest.approx(80, abs=1)
    assert points.mean() == pytest.approx(no_change, abs=1)
    assert found["trend_is_real"].mean() < 0.06
    assert found["trend_is_reason"].mean() < 0.03


def test_a_real_fall_costs_and_growth_earns() -> None:
    """The same fall costs the more the more orders show it; who stops buying loses all; as much growth earns."""
    rules = declared.health().measures["trend"]
    rows = pd.DataFrame([
        buying([1.0] * 3, [1.0] * 6), buying([1.0] * 30, [1.0] * 60), buying([], [1.0] * 60),
        buying([1.0] * 60, [1.0] * 30), buying([9.0, *[1.0] * 9], [1.0] * 10),
    ])  # fmt: skip

    found = standing._trend(rows, rules.pull)
    points = scoring.points(found["trend"], rules)

    assert list(found["trend_is_real"]) == [False, True, True, True, False]  # one large order is no trend
    assert list(found["trend_is_reason"]) == [False, True, True, False, False]
    assert points[0] > points[1] > points[2] == 0
    assert points[3] == 100
    assert (1 + found["trend"][1]) * (1 + found["trend"][3]) == pytest.approx(1)


def test_what_chance_explains_is_no_reason() -> None:
    """The measure that costs most is not named while it lies within chance; the next one is, or none."""
    rows = pd.DataFrame({"a": [0.0, 0.0], "a_is_reason": [False, True], "b": [10.0, 10.0], "c": [1.0, 1.0]})

    found = scoring.score(rows, RULES, 0.5)

    assert list(found["reason"]) == ["b", "a"]
    assert list(found["lost"]) == pytest.approx([0.3 * 50, 0.6 * 100])


def test_a_client_never_heard_is_not_taken_for_a_loud_one(tmp_path: Path) -> None:
    """Asked and never answered costs all the points of silence; never asked is not known."""
    invited = [{"invitation_id": "1", "client_id": "asked", "survey": "s", "sent_at": "2026-06-01"}]
    store = lake(tmp_path, until=UNTIL, clients=clients("z", "asked", "left alone"), invitations=invited)
    rules = declared.health().measures["heard"]

    found = measured(store, "asked", "left alone")

    assert scoring.points(found["heard"], rules)["asked"] == 0
    assert found["heard_n"].to_dict() == {"asked": 1, "left alone": 0}


def test_a_journey_has_eighteen_weeks_of_health(tmp_path: Path) -> None:
    """Each week judged by what was known then: the answer of 10 June counts from the week after it."""
    store = lake(
        tmp_path, until=UNTIL, clients=clients("a"), answers=[nps("1", "a", 0, "2026-06-10 10:00")],
        cases=[
            {"case_id": f"c{i}", "client_id": "a", "process": "p", "stage": "order", "opened_at": "2026-02-01"}
            | {"promised_at": f"2026-03-{20 + i}", "closed_at": f"2026-03-{20 + i}"}
            for i in range(5)
        ],
    )  # fmt: skip

    found = journey.journey(store, NOWHERE, {}, "a")

    assert found is not None
    assert len(found.health) == declared.health().weeks
    known = dict(zip(found.health["day"].astype(str), found.health["known"], strict=True))
    assert known["2026-06-10"] == pytest.approx(0.25)  # promises alone: too little for a score
    assert known["2026-06-17"] > 0.5
    assert found.health.set_index(found.health["day"].astype(str))["score"].isna()["2026-06-10"]


def test_nobody_has_no_journey(tmp_path: Path) -> None:
    """A number that nobody has leads nowhere, and to no error."""
    assert journey.journey(lake(tmp_path, until=UNTIL), NOWHERE, {}, "nobody") is None
