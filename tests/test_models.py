"""Which rows a period counts: each model against a few rows worked by hand."""

from pathlib import Path

import pytest
from lakes import clients, days, groups, lake, reading

from metrics import ask
from metrics.window import Window

JUNE = days("2026-06-01", "2026-06-30")
ON = days("2026-06-01", "2026-07-31")  # beyond the last day of these lakes: what is not over yet does not count
MAY = days("2026-05-01", "2026-05-31")


def case(name: str, opened: str = "2026-05-01", **facts: str) -> dict[str, str]:
    return {"case_id": name, "client_id": "a", "process": "p", "stage": "order", "opened_at": opened} | facts


def step(name: str, **facts: str) -> dict[str, str]:
    return {"step_id": name, "case_id": "c", "step": "pick", "started_at": "2026-05-20 08:00"} | facts


def employee(name: str, hired: str = "2025-07-01", left: str = "", team: str = "T") -> dict[str, str]:
    return {"employee_id": name, "team": team, "hired_on": hired, "left_on": left}


def order(client: str, at: str, amount: float = 10, status: str = "fulfilled", **facts: float) -> dict[str, object]:
    return {"client_id": client, "ordered_at": at, "amount": amount, "status": status, **facts}


def numbered(key: str, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{key: f"{key}{number}"} | row for number, row in enumerate(rows)]


def test_a_promise_counts_when_it_falls_due_and_an_open_case_past_it_is_broken(tmp_path: Path) -> None:
    """A promise is judged by its day, in the period of that day, also when the case is still open."""
    cases = [
        case("same day, later hour", promised_at="2026-06-10 09:00", closed_at="2026-06-10 23:00"),
        case("a day late", promised_at="2026-06-10 09:00", closed_at="2026-06-11 08:00"),
        case("open past its promise", promised_at="2026-06-12"),
        case("open past it too", promised_at="2026-06-30 23:00"),
        case("early", promised_at="2026-06-20", closed_at="2026-06-02"),
        case("in time", promised_at="2026-06-15", closed_at="2026-06-14"),
        case("due in May", promised_at="2026-05-31", closed_at="2026-06-15"),
        case("still ahead", promised_at="2026-07-05"),
        case("no promise", closed_at="2026-06-20"),
    ]
    store = lake(tmp_path, cases=cases)

    assert (reading(store, "promise_kept_share", JUNE).value, reading(store, "promise_kept_share", JUNE).n) == (
        3 / 6,
        6,
    )
    assert reading(store, "promise_kept_share", ON).n == 6


def test_an_unpaid_invoice_past_due_is_late(tmp_path: Path) -> None:
    """An invoice counts in the period of its due day; unpaid, it is late by the days so far."""
    payments = [
        {"due_on": "2026-06-10", "paid_on": "2026-06-10"},
        {"due_on": "2026-06-10"},
        {"due_on": "2026-06-20", "paid_on": "2026-06-25"},
        {"due_on": "2026-06-30"},
        {"due_on": "2026-07-10"},
        {"due_on": "", "paid_on": "2026-06-05"},
        {"due_on": "2026-05-20", "paid_on": "2026-06-01"},
    ]
    store = lake(
        tmp_path, payments=numbered("invoice_id", [{"client_id": "a", "amount": 1, **row} for row in payments])
    )

    assert (reading(store, "paid_on_time_share", JUNE).value, reading(store, "paid_on_time_share", JUNE).n) == (
        1 / 4,
        4,
    )
    assert reading(store, "days_late", JUNE).value == pytest.approx(5, rel=0.01)  # of 21, 5 and 1 days
    assert list(groups(store, "paid_on_time_share", JUNE, ("stage",))) == [("invoicing",)]
    assert reading(store, "paid_on_time_share", JUNE, stage=("order",)).n == 0


def test_an_invitation_has_thirty_days_to_be_answered_or_until_the_next_one(tmp_path: Path) -> None:
    """The response rate counts an invitation when its 30 days are over, answered only in them and before the next."""
    sent = [
        ("a", "05-05"),
        ("b", "05-05"),
        ("c", "05-05"),
        ("c", "05-20"),
        ("d", "06-10"),
        ("e", "05-05"),
        ("f", "04-30"),
    ]
    said = [
        ("a", "05-10"),
        ("a", "05-11"),
        ("b", "06-10"),
        ("c", "05-22"),
        ("d", "06-11"),
        ("e", "05-06"),
        ("f", "05-01"),
    ]
    store = lake(
        tmp_path,
        clients=clients(*"abcdef"),
        invitations=numbered(
            "invitation_id", [{"client_id": who, "survey": "s", "sent_at": f"2026-{day} 10:00"} for who, day in sent]
        ),
        answers=numbered(
            "answer_id",
            [
                {"client_id": who, "survey": "another" if who == "e" else "s", "instrument": "nps", "score": 9}
                | {"answered_at": f"2026-{day} 12:00"}
                for who, day in said
            ],
        ),
    )

    rate = reading(store, "response_rate", JUNE)

    assert (rate.value, rate.n) == (2 / 5, 5)
    assert reading(store, "response_rate", ON).n == 5


def test_the_backlog_is_what_is_open_when_a_period_ends(tmp_path: Path) -> None:
    """A case is open at the end of a period when it was opened before that and not closed by then."""
    store = lake(
        tmp_path,
        cases=[
            case("closed in June", "2026-05-10", closed_at="2026-06-20"),
            case("open", "2026-06-05"),
            case("closed on the last day", "2026-06-25", closed_at="2026-06-30 10:00"),
            case("opened on the last day", "2026-06-30 09:00"),
            case("opened before all periods", "2026-01-01", closed_at="2026-05-31 23:00"),
        ],
    )
    wanted = [ask.Wanted("open_cases"), ask.Wanted("oldest_open_case")]

    cases, oldest = ask.ask(store, wanted, Window((JUNE, MAY))).values()

    assert [cases.at(period).n for period in (MAY, JUNE)] == [1, 2]
    assert oldest.at(JUNE).values["oldest"] == 26


def test_the_backlog_knows_what_happened_between_the_periods(tmp_path: Path) -> None:
    """A case opened after one period and closed before another was open at the end of neither."""
    store = lake(
        tmp_path,
        cases=[
            case("in between", "2026-03-10", closed_at="2026-04-10"),
            case("open since March", "2026-03-01"),
            case("open until March", "2026-01-05", closed_at="2026-03-01"),
        ],
    )
    january = days("2026-01-01", "2026-01-31")
    wanted = ask.Wanted("open_cases")

    answer = ask.ask(store, [wanted], Window((JUNE, january)))[wanted]

    assert [answer.at(period).n for period in (january, JUNE)] == [1, 1]


def test_a_repeat_client_ordered_before_or_more_than_once(tmp_path: Path) -> None:
    """Active clients are counted once; a cancelled order makes a client neither active nor a repeat one."""
    orders = [
        order("a", "2026-05-05"), order("a", "2026-06-05", 20),
        order("b", "2026-06-01"), order("b", "2026-06-20", 30),
        order("c", "2026-06-30 23:59", 40),
        order("d", "2026-05-01", status="cancelled"), order("d", "2026-06-03", 50),
        order("e", "2026-06-03", 1000, status="cancelled"),
        order("f", "2026-05-31 23:59"),
    ]  # fmt: skip
    store = lake(tmp_path, clients=clients(*"abcdef"), orders=numbered("order_id", orders))

    assert reading(store, "active_clients", JUNE).value == 4
    assert reading(store, "repeat_share", JUNE).value == 2 / 4
    assert reading(store, "orders_per_client", JUNE).value == 5 / 4
    assert reading(store, "revenue_per_client", JUNE).value == 150 / 4
    assert reading(store, "revenue", JUNE).value == 150
    assert reading(store, "average_order", JUNE).value == 30


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of five clients up to 30 June 2026; nothing was ordered before them but one order of z."""
    orders = [
        order("z", "2024-06-30"),
        order("a", "2024-08-01"), order("a", "2026-01-10", 100, cost=60),
        order("b", "2024-09-01"),
        order("c", "2025-07-01 00:00", 200),
        order("d", "2024-07-01 00:00"), order("d", "2026-02-01", 999, status="cancelled"),
        order("e", "2025-06-30 23:00"), order("e", "2026-06-30 20:00", 300, cost=150, returned_amount=30),
    ]  # fmt: skip
    said = [
        ("a", "nps", 3, "2025-08-01"), ("a", "nps", 9, "2026-02-01"), ("a", "csat", 1, "2026-03-01"),
        ("b", "nps", 2, "2025-06-01"), ("c", "nps", 10, "2025-06-01"),
        ("e", "nps", 6, "2026-01-01"),
    ]  # fmt: skip
    home = tmp_path_factory.mktemp("years")
    lake(
        home,
        clients=[
            who | {"wallet_per_year": {"a": 1000, "c": 400}.get(who["client_id"], "")} for who in clients(*"abcdez")
        ],
        orders=numbered("order_id", orders),
        invitations=[
            {"invitation_id": who, "client_id": who, "survey": "s", "sent_at": at}
            for who, at in (("a", "2026-01-20"), ("c", "2026-03-01"), ("e", "2025-06-30"), ("b", "2026-01-01"))
        ],
        answers=numbered(
            "answer_id",
            [
                {"client_id": who, "survey": "s", "instrument": instrument, "score": score, "answered_at": at}
                for who, instrument, score, at in said
            ],
        ),
    )
    return home / "data"


@pytest.mark.parametrize(
    ("metric", "value", "n"),
    [
        ("retention", 2 / 4, 4),  # of a, b, d and e, a and e came back; c is new, d's second order was cancelled
        ("lifetime", 2.0, 4),
        ("lifetime_value", (100 + 300 - 30 - 60 - 150) / 2 * 2, 2),  # the cost of c's order is not known
        ("share_of_wallet", 300 / 1400, 2),
        ("coverage_by_clients", 2 / 3, 3),
        ("coverage_by_revenue", 400 / 600, 3),
        ("silent_revenue", 200 / 600, 3),  # c was asked and is silent; e was last asked the year before
        ("account_nps", 0.0, 2),  # a's latest nps answer is a 9, e's a 6
        ("revenue_nps", 100 * (100 - 300) / 400, 2),
        ("revenue_at_risk", 400.0, 2),  # a's very latest answer is a csat of 1
    ],
)
def test_a_client_year_reaches_back_365_days_and_365_more(years: Path, metric: str, value: float, n: int) -> None:
    """What is said of the last 12 months takes the orders, invitations and answers of those days and no others."""
    found = reading(ask.Store(years), metric, JUNE)

    assert (found.value, found.n) == (pytest.approx(value), n)


@pytest.mark.xdist_group("years")
@pytest.mark.parametrize("metric", ["retention", "lifetime", "lifetime_value"])
def test_two_years_that_are_not_fully_known_give_no_retention(years: Path, metric: str) -> None:
    """When the orders reach back over a part of the two years only, those who were seen in it would flatter us."""
    assert reading(ask.Store(years), metric, days("2026-06-01", "2026-06-28")).value is None
    assert reading(ask.Store(years), "coverage_by_clients", days("2026-06-01", "2026-06-28")).value is not None


@pytest.mark.xdist_group("years")
@pytest.mark.parametrize("metric", ["share_of_wallet", "revenue_at_risk"])
def test_a_year_that_is_not_fully_known_has_no_yearly_money(years: Path, metric: str) -> None:
    """Half a year of orders is not measured against a year of purchases."""
    assert reading(ask.Store(years), metric, days("2025-06-01", "2025-06-30")).value is not None
    assert reading(ask.Store(years), metric, days("2025-06-01", "2025-06-28")).value is None


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A team of five at the end of June 2026, two who left in it, and two who were not there in June."""
    scores = [("1", "engagement", 5), ("1", "engagement", 5), ("1", "engagement", 2), ("2", "engagement", 1)]
    scores += [("3", "engagement", 2), ("4", "engagement", 3), ("5", "engagement", 5), ("5", "enps", 8)]
    scores += [("2", "enps", 9), ("3", "enps", 9), ("4", "enps", 0)]
    pulse = [
        {"employee_id": who, "instrument": what, "score": score, "asked_on": "2026-06-10"}
        for who, what, score in scores
    ]
    pulse += [
        {"employee_id": "1", "instrument": "enps", "score": score, "asked_on": day}
        for score, day in ((3, "2026-06-05"), (10, "2026-06-20"), (0, "2026-05-20"))
    ]
    home = tmp_path_factory.mktemp("staffed")
    levels = [
        ("1", "s", 3, 2, "05-01"),
        ("1", "s", 3, 3, "06-01"),
        ("2", "s", 3, 2, "05-01"),
        ("3", "s", 1, 1, "05-01"),
    ]
    levels += [
        ("4", "s", 2, 5, "05-01"),
        ("5", "s", 2, 2, "06-20"),
        ("5", "t", 4, 3, "06-20"),
        ("5", "u", 0, 0, "06-20"),
    ]
    levels += [("6", "s", 3, 0, "05-01")]
    lake(
        home,
        employees=[
            *(employee(who) for who in "1234"),
            employee("5", "2026-06-16"),
            employee("6", left="2026-06-10"),
            employee("7", left="2026-05-31"),
            employee("8", "2026-07-01"),
            employee("9", left="2026-06-30"),
        ],
        pulse=numbered("pulse_id", pulse),
        skills=[
            {"employee_id": who, "skill": skill, "required_level": required, "actual_level": actual}
            | {"assessed_on": f"2026-{day}"}
            for who, skill, required, actual, day in levels
        ],
        cases=[case("c")],
        steps=[
            step("a", employee_id="1"),
            step("b", employee_id="1"),
            step("c", employee_id="2"),
            step("finished on the last day", employee_id="2", finished_at="2026-06-30 09:00"),
            step("nobody's", team="T"),
            step("of one who left", employee_id="6"),
        ],
    )
    return home / "data"


@pytest.mark.parametrize(
    ("metric", "value", "n"),
    [
        ("attrition", 2 / ((4 * 30 + 15 + 10 + 30) / 365.25), 7),  # the last day at work is worked, and left on
        ("engagement", (4 + 1 + 2 + 3 + 5) / 5, 5),  # each person counts once, however often asked
        ("enps", 100 * (3 - 1) / 5, 5),  # by each person's latest answer in June
        ("pulse_participation", 5 / 7, 7),
        ("skill_fit", 4 / 6, 5),  # by the latest assessments of those still there; a skill not required is none
        ("workload", 3 / 5, 5),
    ],
)
def test_staff_are_counted_by_the_days_they_were_there(staffed: Path, metric: str, value: float, n: int) -> None:
    """People count from their first day at work to their last, both included, each of them once."""
    found = reading(ask.Store(staffed), metric, JUNE)

    assert (found.value, found.n) == (pytest.approx(value), n)


def test_nobody_fails_to_answer_when_nobody_was_asked(staffed: Path) -> None:
    """A period without a pulse survey has no participation, not one of 0 %."""
    april = days("2026-04-01", "2026-04-30")

    assert reading(ask.Store(staffed), "attrition", april).n == 7
    assert reading(ask.Store(staffed), "pulse_participation", april).value is None


def test_tenure_is_of_those_who_are_still_there(staffed: Path) -> None:
    """The median tenure is that of the people on staff when the period ends."""
    found = reading(ask.Store(staffed), "tenure", JUNE)

    assert (found.value, found.n) == (pytest.approx(365 / 30.4375, rel=0.01), 5)


def test_a_hire_counts_when_the_first_45_days_are_over(tmp_path: Path) -> None:
    """Early attrition counts a hire in the period in which 45 days have passed, whether left by then or not."""
    people = [
        employee("on the 45th day", "2026-05-01", "2026-06-15"),
        employee("a day later", "2026-05-01", "2026-06-16"),
        employee("stays", "2026-05-01"),
        employee("on the first day", "2026-05-01", "2026-05-01"),
        employee("stays too", "2026-05-16"),
        employee("left, but the days are not over", "2026-05-17", "2026-06-10"),
        employee("older", "2026-04-10", "2026-04-20"),
    ]
    store = lake(tmp_path, employees=people)

    found = reading(store, "early_attrition", JUNE)

    assert (found.value, found.n) == (2 / 5, 5)
    assert reading(store, "early_attrition", ON).n == 5


def test_a_step_open_past_its_due_time_is_missed(tmp_path: Path) -> None:
    """A step counts in the period in which it fell due, by the hour, also when it is still open."""
    steps = [
        step("in time", due_at="2026-06-10 10:00", finished_at="2026-06-10 10:00"),
        step("a minute late", due_at="2026-06-10 10:00", finished_at="2026-06-10 10:01"),
        step("open", due_at="2026-06-12"),
        step("still ahead", due_at="2026-07-05"),
        step("due in May", due_at="2026-05-31 12:00", finished_at="2026-06-02"),
        step("no due time", finished_at="2026-06-02"),
    ]
    store = lake(tmp_path, cases=[case("c")], steps=steps)

    found = reading(store, "sla_kept_share", JUNE)

    assert (found.value, found.n) == (1 / 3, 3)
    assert reading(store, "sla_kept_share", ON).n == 3


def test_a_closed_case_adds_up_its_steps(tmp_path: Path) -> None:
    """Lead time, hand-overs and quality are of the cases closed in the period, quality only where it is recorded."""
    store = lake(
        tmp_path,
        cases=[
            case("c", "2026-05-30 12:00", closed_at="2026-06-02 00:00"),
            case("no steps", "2026-06-01", closed_at="2026-06-11"),
            case("silent", "2026-06-01", closed_at="2026-06-11"),
            case("good", "2026-06-01", closed_at="2026-06-11"),
            case("open", "2026-01-01"),
            case("closed in May", "2026-01-01", closed_at="2026-05-31"),
        ],
        steps=[
            step("1", employee_id="x", is_rework="false", finished_at="2026-06-01"),
            step("2", employee_id="y", is_rework="true", finished_at="2026-06-01", started_at="2026-05-21"),
            step("3", employee_id="x", is_rework="false", finished_at="2026-06-02", started_at="2026-05-22"),
            step("4", employee_id="x", case_id="silent", finished_at="2026-06-01"),
            step("5", employee_id="x", case_id="good", is_error="false", finished_at="2026-06-01"),
            step("6", employee_id="x", case_id="good", is_error="false", finished_at="2026-06-01"),
        ],
    )

    assert reading(store, "lead_time", JUNE).value == pytest.approx(10, rel=0.01)
    assert (reading(store, "right_first_time_share", JUNE).value, reading(store, "right_first_time_share", JUNE).n) == (
        0.5,
        2,
    )
    assert (reading(store, "hand_overs_per_case", JUNE).value, reading(store, "hand_overs_per_case", JUNE).n) == (
        2 / 3,
        3,
    )
    assert reading(store, "rework_share", JUNE).value == 1 / 3
    assert reading(store, "error_share", JUNE).value == 0


def test_a_day_is_a_day_of_the_companys_own_clock(tmp_path: Path) -> None:
    """What happens half an hour after midnight in Moscow belongs to the new day, month and period there."""
    answers = [
        {"client_id": "a", "survey": "s", "instrument": "nps", "score": 9, "answered_at": at}
        for at in ("2026-05-31 23:30", "2026-06-01 00:30", "2026-06-30 23:30")
    ]
    store = lake(tmp_path, timezone="Europe/Moscow", answers=numbered("answer_id", answers))

    assert [reading(store, "nps", period).n for period in (MAY, JUNE)] == [1, 2]
