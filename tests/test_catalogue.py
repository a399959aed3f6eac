"""The catalogue as a whole: nothing is missing, and parts add up to the whole."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from lakes import days, lake

from data.store import Store
from metrics import ask, compute, load
from metrics.compute import States
from metrics.declare import CLIENT_DIMENSIONS, LAYERS, TIME_DIMENSIONS, Metric
from metrics.window import Window, buckets

pytestmark = pytest.mark.xdist_group("catalogue")  # one worker: the lake of these tests is built once
ASKED_FOR = {
    "satisfaction": """nps csat ces promoters_share passives_share detractors_share response_rate coverage_by_clients
        coverage_by_revenue silent_revenue account_nps revenue_nps""",
    "transactional": """revenue gross_margin_share active_clients orders_per_client average_order revenue_per_client
        lifetime lifetime_value repeat_share retention paid_on_time_share days_late return_share share_of_wallet
        revenue_at_risk""",
    "operational": """lead_time lead_time_p90 promise_kept_share sla_kept_share right_first_time_share rework_share
        error_share hand_overs_per_case open_cases oldest_open_case""",
    "employee": """enps engagement pulse_participation attrition early_attrition tenure skill_fit workload
        service_engagement""",
}
QUARTER = days("2026-01-01", "2026-03-31")
ALL = [pytest.param(metric, id=metric.id) for metric in load.catalogue().values()]


def test_every_metric_that_was_asked_for_is_declared() -> None:
    """Four layers, 46 metrics, each in its layer."""
    assert {layer: {m.id for m in load.catalogue().values() if m.layer == layer} for layer in LAYERS} == {
        layer: set(names.split()) for layer, names in ASKED_FOR.items()
    }


@pytest.mark.parametrize("metric", ALL)
def test_a_metric_speaks_both_languages(metric: Metric) -> None:
    """Every text is there in English and in Russian, and neither is a copy of the other."""
    assert metric.label["en"].isascii()
    assert re.search("[а-яё]|NPS|CSAT", metric.label["ru"])
    for texts in (metric.about, metric.note):
        assert not texts or (not re.search("[а-яё]", texts["en"]) and re.search("[а-яё]", texts["ru"]))
    assert metric.about["en"].endswith(".")
    assert metric.about["ru"].endswith(".")


@pytest.mark.parametrize("metric", ALL)
def test_a_metric_can_be_followed_over_time(metric: Metric) -> None:
    """Each can be split by week, month, quarter and year, and named by an id that never needs changing."""
    assert {"week", "month", "quarter", "year"} <= set(metric.by)
    assert re.fullmatch("[a-z][a-z0-9_]*", metric.id)
    assert metric.minimum_n >= 5 or metric.layer != "employee"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A few hundred facts of a quarter, drawn at random; one client has no region, one answer no channel."""
    rng = np.random.default_rng(4)
    ids = [f"c{number}" for number in range(12)]
    regions = ["North", "South", ""]

    def day(first: int = 0, last: int = 89) -> str:
        return f"{np.datetime64('2026-01-01') + int(rng.integers(first, last))} {rng.integers(0, 24):02}:30:00"

    clients = [
        {
            "client_id": one,
            "name": one,
            "segment": "AB"[number % 2],
            "region": regions[number % 3],
            "wallet_per_year": 9000,
        }
        for number, one in enumerate(ids)
    ]

    def of_client(count: int, key: str) -> list[dict[str, object]]:
        return [{key: f"{key}{number}", "client_id": str(rng.choice(ids))} for number in range(count)]

    cases = [
        row | {"process": "p", "stage": str(rng.choice(["order", "delivery"])), "opened_at": day(0, 40)}
        | {"promised_at": day(30, 60), "closed_at": day(41, 89) if rng.random() < 0.8 else ""}
        for row in of_client(120, "case_id")
    ]  # fmt: skip
    teams = ["T", "U", "V"]
    steps = [
        {"step_id": f"s{number}", "case_id": case["case_id"], "step": str(rng.choice(["pick", "pack"]))}
        | {"team": str(rng.choice(teams)), "employee_id": f"e{rng.integers(0, 24)}", "started_at": day(0, 20)}
        | {"finished_at": day(21, 89) if rng.random() < 0.9 else "", "due_at": day(20, 60)}
        | {"is_rework": str(rng.random() < 0.2).lower(), "is_error": str(rng.random() < 0.1).lower()}
        for number, case in enumerate([*cases, *cases])
    ]
    people = [
        {"employee_id": f"e{n}", "team": teams[n % 3], "role": ["clerk", "driver"][n % 2]}
        | {"hired_on": "2025-12-20" if n % 4 == 0 else "2024-03-01", "left_on": "2026-01-25" if n == 8 else ""}
        for n in range(24)
    ]
    return lake(
        tmp_path_factory.mktemp("drawn"),
        until="2026-03-31",
        clients=clients,
        orders=[
            row | {"ordered_at": day(), "amount": int(rng.integers(1, 500)), "status": "fulfilled"}
            | {"cost": int(rng.integers(1, 100)), "category": str(rng.choice(["x", "y"])), "returned_amount": 0.5}
            for row in of_client(150, "order_id")
        ] + [
            {"order_id": f"old{number}", "client_id": ids[number], "ordered_at": at, "amount": 5, "cost": 1}
            | {"status": "open"}
            for number, at in enumerate(["2024-03-01", "2024-08-01", "2024-09-01", "2024-10-01", "2025-01-01"])
        ],
        payments=[
            row | {"amount": 1, "due_on": day(0, 80)[:10], "paid_on": day(0, 89)[:10] if rng.random() < 0.9 else ""}
            for row in of_client(80, "invoice_id")
        ],
        cases=cases,
        steps=steps,
        answers=[
            row | {"survey": "s", "answered_at": day(), "stage": str(rng.choice(["order", "delivery"]))}
            | {"channel": str(rng.choice(["web", "phone", ""])), "score": int(rng.integers(1, 6))}
            | {"instrument": str(rng.choice(["nps", "csat", "ces"]))}
            for row in of_client(200, "answer_id")
        ],
        invitations=[
            row | {"survey": "s", "sent_at": day(0, 58), "channel": str(rng.choice(["web", "phone"]))}
            for row in of_client(90, "invitation_id")
        ],
        employees=people,
        pulse=[
            {"pulse_id": f"{who['employee_id']}{what}{n}", "employee_id": who["employee_id"], "instrument": what}
            | {"score": int(rng.integers(1, 6)), "asked_on": day()[:10]}
            for who in people for what in ("enps", "engagement") for n in range(2)
        ],
        skills=[
            {"employee_id": who["employee_id"], "skill": "s", "assessed_on": "2026-01-01"}
            | {"required_level": 3, "actual_level": int(rng.integers(1, 5))}
            for who in people
        ],
    )  # fmt: skip


def same(one: States, other: States) -> bool:
    """Whether two evidences hold the same states, but for rounding."""
    names = {*one.values, *other.values}
    return one.bins == other.bins and all(
        math.isclose(one.values.get(name) or 0, other.values.get(name) or 0, rel_tol=1e-9, abs_tol=1e-9)
        for name in names
    )


@pytest.mark.parametrize("metric", ALL)
def test_the_parts_of_every_split_add_up_to_the_whole(store: Store, metric: Metric) -> None:
    """No row is lost or counted twice, whatever a metric is split by; a row without a value has a group of its own."""
    splits = [name for name in metric.by if name not in TIME_DIMENSIONS]
    if metric.layer == "employee":
        splits = [] if metric.is_weighed else [name for name in splits if name not in (*CLIENT_DIMENSIONS, "stage")]
    wanted = [ask.Wanted(metric.id), *(ask.Wanted(metric.id, (name,)) for name in splits)]

    whole, *parts = ask.ask(store, wanted, Window((QUARTER,))).values()

    assert whole.at(QUARTER).n > 0
    for answer in parts:
        if not answer.hidden:
            groups = [answer.at(QUARTER, group) for group in answer.groups()]
            assert same(compute.merged(metric, groups), whole.at(QUARTER))  # type: ignore[arg-type]
    assert len([answer for answer in parts if not answer.hidden]) >= len(splits) - 1


@pytest.mark.parametrize(
    "metric", [pytest.param(m.values[0], id=m.id) for m in ALL if m.values[0].is_mergeable_over_time]
)
def test_weeks_add_up_to_their_quarter(store: Store, metric: Metric) -> None:
    """Where rows belong to an instant, a period is the sum of its weeks or months, however they are cut."""
    weeks, months = (buckets(kind, QUARTER.start, QUARTER.end) for kind in ("week", "month"))
    wanted = ask.Wanted(metric.id)
    # An employee metric hides its small weeks: then there is nothing to add up.
    whole = ask.ask(store, [wanted], Window((QUARTER,), weeks))[wanted]
    alone = ask.ask(store, [wanted], Window((QUARTER,), months))[wanted]

    for answer, parts in ((whole, weeks), (alone, months)):
        if not answer.hidden:
            assert same(compute.merged(metric, [answer.at(part) for part in parts]), answer.at(QUARTER))  # type: ignore[misc]
    assert same(whole.at(QUARTER), alone.at(QUARTER))  # type: ignore[arg-type]


def test_clients_of_two_months_are_not_clients_of_both() -> None:
    """What counts a client or employee once a period does not claim to add up over time."""
    once = {metric.id for metric in load.catalogue().values() if not metric.is_mergeable_over_time}

    assert {"active_clients", "retention", "open_cases", "engagement", "account_nps"} <= once
    assert not {"nps", "revenue", "lead_time", "promise_kept_share"} & once


def test_a_model_says_what_its_rows_are() -> None:
    """Each begins with what one row of it is."""
    for name in load.models():
        assert load.model_sql(name).startswith("-- One row per "), name
        assert Path(load.MODELS / f"{name}.sql").stat().st_size < 7000
