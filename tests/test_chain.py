"""The chain between the layers: facts of tiny lakes counted by hand, and the planted chain of the demo company."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from courses import wave
from lakes import clients, lake

from data import build, demo, source
from data.store import Store
from metrics import chain, links
from metrics.chain import Chain
from metrics.links import Grade
from metrics.panel import Panel
from metrics.regions import regions
from metrics.window import Period, Window

UNTIL = date(2026, 6, 30)
WEEKS = Period(date(2026, 5, 6), date(2026, 7, 1))  # eight weeks


def case(name: str, promised: str, closed: str = "", client: str = "a", stage: str = "order") -> dict[str, Any]:
    """One case, opened on the first of May."""
    return {"case_id": name, "client_id": client, "process": "p", "stage": stage, "opened_at": "2026-05-01",
            "promised_at": promised, "closed_at": closed}  # fmt: skip


def weeks(store: Store, kind: str, **filters: tuple[str, ...]) -> dict[tuple[str, int], tuple[float, float]]:
    """(unit, week) -> (n, total) of one kind of fact."""
    rows = chain._asked(store, "client_weeks", filters, WEEKS, {"most": 500})
    rows = rows[rows["kind"] == kind]
    return {(row.unit, int(row.week)): (float(row.n), float(row.total)) for row in rows.itertuples()}


def test_weeks_count_promises_when_they_fall_due(tmp_path: Path) -> None:
    """A case is late by the day; one still open past its promise is late; other stages and clients are left out."""
    cases = [
        case("same day", "2026-05-06 09:00", "2026-05-06 20:00"),
        case("next day", "2026-05-12 09:00", "2026-05-13 08:00"),
        case("open", "2026-05-13 09:00"),
        case("before", "2026-05-05 09:00", "2026-05-20"),
        case("elsewhere", "2026-05-06 09:00", "2026-05-20", stage="invoicing"),
        case("another", "2026-05-06 09:00", "2026-05-20", client="b"),
    ]
    store = lake(tmp_path, clients=[*clients("a"), *clients("b", segment="Large")], cases=cases)

    assert weeks(store, "late", stage=("order",), segment=("Small",)) == {("a", 0): (2, 1), ("a", 1): (1, 1)}
    assert weeks(store, "late")[("a", 0)] == (3, 2)
    assert ("b", 0) in weeks(store, "late")


def test_weeks_count_answers_orders_and_invoices(tmp_path: Path) -> None:
    """Only csat; an unpaid invoice is late by the days so far, one paid early by fewer than none."""
    answers = [
        {"answer_id": name, "client_id": "a", "survey": "s", "instrument": instrument, "score": score,
         "answered_at": "2026-05-14 12:00", "stage": "order"}
        for name, instrument, score in (("1", "csat", 5), ("2", "csat", 2), ("3", "nps", 9))
    ]  # fmt: skip
    orders = [
        {"order_id": day, "client_id": "a", "ordered_at": f"2026-05-{day} 10:00", "amount": 1, "status": "open"}
        for day in ("05", "06", "07")
    ]
    payments = [
        {"invoice_id": "1", "client_id": "a", "amount": 1, "due_on": "2026-05-20", "paid_on": "2026-05-18"},
        {"invoice_id": "2", "client_id": "a", "amount": 1, "due_on": "2026-06-21"},
    ]
    cases = [case("one", "2026-05-06", "2026-05-06")]
    store = lake(tmp_path, cases=cases, answers=answers, orders=orders, payments=payments)

    assert weeks(store, "csat") == {("a", 1): (2, 7)}
    assert weeks(store, "orders") == {("a", 0): (2, 2)}
    assert weeks(store, "days_late") == {("a", 2): (1, -2), ("a", 6): (1, 10)}


def test_orders_are_measured_by_the_client_itself_from_its_first_order_on() -> None:
    """Two a week, none, four: 1, 0 and 2 of its usual two; the weeks before it came are not known, not 0."""
    mean, weight = chain._relative(np.array([[0.0, 2.0, 0.0, 4.0], [0.0, 0.0, 0.0, 0.0]]))

    assert np.isnan(mean[0, 0])
    assert mean[0, 1:].tolist() == [1, 0, 2]
    assert weight.tolist() == [[0, 2, 2, 2], [0, 0, 0, 0]]


def test_a_client_is_kept_when_it_orders_again_within_its_own_usual_span() -> None:
    """Every second week up to week 8, then never: lost for one span of four weeks, and no more asked."""
    orders = np.zeros((4, 40))
    orders[0, [0, 2, 4, 6, 8]] = 3
    orders[1, ::7] = 1  # usually a span of 14 weeks: too long for the lags asked
    orders[2, [0, 2]] = 1  # nothing usual yet
    mean, weight = chain._kept(orders)

    assert np.isnan(mean[0, :7]).all()
    assert mean[0, 7:12].tolist() == [1] * 5
    assert mean[0, 12:16].tolist() == [0] * 4
    assert np.isnan(mean[0, 16:]).all()
    assert weight.tolist() == np.isfinite(mean).tolist()
    assert not weight[1:].any()


def kept(seed: int, effect: float) -> Panel:
    """Lateness of 60 clients, which remembers itself, and orders by chance, fewer three weeks after lateness."""
    rng = np.random.default_rng(seed)
    late = wave(rng, 60, 103, 0.8)
    usual = rng.uniform(0.25, 0.5, (60, 1))
    chance = np.clip(usual * np.exp(-effect * late[:, :100]), 0, 0.9)
    return Panel(late[:, 3:], *chain._kept((rng.random((60, 100)) < chance).astype(float)))


def test_retention_is_linked_to_nothing_where_orders_come_by_chance() -> None:
    """Spans of weeks overlap, so a client's retention remembers itself: at most one of twenty is called surprising."""
    found = [links.evidence(kept(seed, 0.0), 12, seed) for seed in range(60)]

    assert sum(one is not None and one.p < 0.05 for one in found) <= 7  # 3 by chance; 8 or more once in a hundred


def test_retention_that_falls_after_lateness_is_told_so() -> None:
    """Half as many orders three weeks after: retention falls with the weeks after that, and lateness comes first."""
    for seed in range(4):
        one = links.evidence(kept(seed, 0.7), 12, seed)
        assert one is not None
        judged = links.judge({"it": one})["it"]
        assert judged.grade in (Grade.A, Grade.B)
        assert one.best.high < 0
        assert 3 <= one.best.lag <= 10


def test_promises_of_another_kind_do_not_look_like_a_cause_of_leaving(tmp_path: Path) -> None:
    """Two in five clients leave by chance alone. What falls due in their last weeks was promised two months before, and
    long promises are broken four times as often: the bare share of late ones foretells leaving, the levelled does not.
    """
    rng = np.random.default_rng(5)
    until = date(2026, 6, 30)
    began, count, last = until - timedelta(days=7 * 104 - 1), 150, 104
    orders, cases = [], []
    for unit in range(count):
        usual, gone = rng.uniform(0.25, 0.5), rng.integers(30, last) if rng.random() < 0.4 else last
        for week in np.flatnonzero(rng.random(gone) < usual):
            is_long = rng.random() < 0.35
            day, length = began + timedelta(days=int(week) * 7), 56 if is_long else 7
            due = day + timedelta(days=length)
            closed = due + timedelta(days=3 * int(rng.random() < (0.4 if is_long else 0.1)))
            name = f"{unit}-{week}"
            orders.append({"order_id": name, "client_id": f"c{unit}", "ordered_at": f"{day}", "amount": 1,
                           "status": "fulfilled"})  # fmt: skip
            cases.append({"case_id": name, "client_id": f"c{unit}", "process": "p", "stage": "order",
                          "opened_at": f"{day}", "promised_at": f"{due}",
                          "closed_at": f"{closed}" if closed <= until else ""})  # fmt: skip
    company = lake(tmp_path, clients=clients(*(f"c{unit}" for unit in range(count))), orders=orders, cases=cases)
    facts, _ = chain._clients(company, {}, Period(began, until + timedelta(days=1)), last)
    step = next(step for step in chain.STEPS if step.name == "late_kept")
    bare, levelled = (
        chain._evidence(step, (facts | {"late_levelled": facts[of]}, None)) for of in ("late", "late_levelled")
    )

    assert bare is not None
    assert levelled is not None
    assert bare.p < 0.05 < levelled.p


def test_clients_of_a_region_go_through_things_together_where_eight_are_followed(tmp_path: Path) -> None:
    """North has eight and stands alone; a region of seven, and a client without one, lie together."""
    north, south = [f"n{at}" for at in range(8)], [f"s{at}" for at in range(7)]
    store = lake(tmp_path, clients=[*clients(*north, region="North"), *clients(*south, region="South"),
                                    *clients("x", region="")])  # fmt: skip
    found = regions(store, ["x", *south, *north])

    assert found.tolist() == [0] * 8 + [found[-1]] * 8
    assert found[-1] > 0


def test_a_cancelled_order_keeps_nobody(tmp_path: Path) -> None:
    """Of three orders in three weeks the cancelled one is none."""
    orders = [
        {"order_id": str(n), "client_id": "a", "ordered_at": f"2026-05-{6 + 7 * n:02} 09:00", "amount": 1,
         "status": "cancelled" if n == 1 else "fulfilled"}
        for n in range(3)
    ]  # fmt: skip

    store = lake(tmp_path, orders=orders, cases=[case("one", "2026-05-06", "2026-05-06")])
    assert set(weeks(store, "orders")) == {("a", 0), ("a", 2)}


def test_without_facts_no_link_is_asked(tmp_path: Path) -> None:
    """One client, no employees: every link is named as not asked, and none as found."""
    found = chain.chain(lake(tmp_path, cases=[case("one", "2026-05-06", "2026-05-06")]), Window((WEEKS, WEEKS)), {})

    assert found.links == ()
    assert len(found.unasked) == len(chain.STEPS)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The demo company."""
    home = tmp_path_factory.mktemp("demo")
    demo.write_raw(home / "raw", seed=demo.SEED, until=UNTIL)
    now = datetime.combine(UNTIL + timedelta(days=1), datetime.min.time())
    build.build(source.read("demo"), home / "raw", home / "data", lambda share, doing: None, now)
    return Store(home / "data")


@pytest.fixture(scope="module")
def company(store: Store) -> Chain:
    """Its chain over all the weeks there are."""
    now = Period(UNTIL - timedelta(days=90), UNTIL + timedelta(days=1))
    return chain.chain(store, Window((now, now)), {})


def test_the_planted_chain_is_found_with_its_order(company: Chain) -> None:
    """Engagement falls, promises are broken a month or two later; cases are late, CSAT falls at once."""
    mood, voice = company.link("engagement", "late"), company.link("late", "csat")
    assert mood is not None
    assert voice is not None

    assert mood.judged.grade in (Grade.A, Grade.B)
    assert mood.judged.evidence.best.lag in (
        1,
        2,
    )  # planted: three weeks to the opening, then a week or two to the promised day
    assert mood.effect[1] > 0  # less engagement, more lateness
    assert voice.judged.grade in (Grade.A, Grade.B)
    assert voice.judged.evidence.best.lag in (0, 1)
    assert voice.effect[2] < 0
    assert voice.in_all is not None
    assert voice.in_all.high < 0
    assert mood.in_all is None


def test_what_is_told_of_the_chain_has_its_planted_sign(company: Chain) -> None:
    """Nothing that may be told points the wrong way; orders follow lateness about six weeks later, where that shows."""
    signs = {"late": 1, "rework": 1, "csat": -1, "orders": -1, "days_late": 1, "kept": -1}

    assert len(company.told) >= 4
    for link in company.told:
        assert np.sign(link.effect[0]) == signs[link.step.then], link.step.name
    orders = company.link("late", "orders")
    assert orders is not None
    if orders.judged.may_be_told:
        assert 4 <= orders.judged.evidence.best.lag <= 9


def test_what_a_region_goes_through_is_taken_out_of_links_of_clients(store: Store) -> None:
    """The demo company's clients lie in four regions, its teams in none."""
    step, days = chain.STEPS[2], Period(UNTIL - timedelta(days=139), UNTIL + timedelta(days=1))
    panel = chain._panel(step, chain._clients(store, {}, days, 20))

    assert panel is not None
    assert panel.groups is not None
    assert len(np.unique(panel.groups)) == 4
    assert chain._teams(store, {}, days.start, days.end)[1] is None


def test_engagement_comes_from_months_in_which_five_or_more_of_a_team_answered(store: Store) -> None:
    """The months of a small team are not there at all: nothing it said can be worked out of a link."""
    facts, _ = chain._teams(store, {}, chain.first_day(store.lake()), UNTIL + timedelta(days=1))
    mood, answered = facts["engagement"]

    assert np.isfinite(mood).any()
    assert answered[np.isfinite(mood)].min() >= 5
    assert (answered[~np.isfinite(mood)] == 0).all()
