"""Whose money it is: revenue by class of client, to the cent, and how it moved between the classes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lakes import clients, days, lake, reading

from metrics import money
from metrics.change import Verdict
from metrics.money import Class, Money
from metrics.window import Window

NOW, BEFORE = days("2026-04-01", "2026-06-30"), days("2026-01-01", "2026-03-31")
WINDOW = Window((NOW, BEFORE))
YEAR = days("2025-07-01", "2026-06-30")
OLD = "2024-06-01"  # before all the years looked at, so that the orders reach back over them


def order(client: str, at: str, amount: float | str = "10.00", **more: Any) -> dict[str, Any]:
    return {"client_id": client, "ordered_at": at, "amount": amount, "status": "fulfilled", **more}


def answer(client: str, at: str, score: int, instrument: str = "nps") -> dict[str, Any]:
    return {"client_id": client, "answered_at": at, "score": score, "instrument": instrument, "survey": "s"}


def invited(client: str, at: str) -> dict[str, Any]:
    return {"client_id": client, "sent_at": at, "survey": "s"}


def numbered(key: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: f"{key}{number}"} | row for number, row in enumerate(rows)]


def tables(
    orders: Sequence[dict[str, Any]], answers: Sequence[dict[str, Any]], invitations: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """The rows with an id each."""
    return {
        "orders": numbered("order_id", orders),
        "answers": numbered("answer_id", answers),
        "invitations": numbered("invitation_id", invitations),
    }


def of(found: Money) -> dict[str, Class]:
    return {one.name: one for one in found.classes}


def test_each_client_counts_in_one_class_by_its_latest_nps_answer(tmp_path: Path) -> None:
    """A later csat answer does not overrule the nps; who was only asked is silent, who was not is not asked."""
    orders = [
        order("old", OLD),
        order("p", "2025-08-01", "100.10"), order("p", "2026-05-02", "0.20"),
        order("d", "2026-03-05", "50.05"), order("o", "2026-03-05", "30.00"), order("s", "2026-03-05", "20.40"),
        order("u", "2026-03-05"), order("u", "2026-03-06", "1000", status="cancelled"),
        order("last year", "2025-06-30"), order("tomorrow", "2025-05-01"),
    ]  # fmt: skip
    answers = [
        answer("p", "2026-02-01", 3), answer("p", "2026-05-01", 10), answer("d", "2026-03-01", 6),
        answer("d", "2026-06-01", 5, "csat"), answer("o", "2026-03-01", 5, "csat"), answer("s", "2025-06-01", 10),
    ]  # fmt: skip
    names = sorted({row["client_id"] for row in orders})
    store = lake(tmp_path, clients=clients(*names), **tables(orders, answers, [invited("s", "2026-03-01")]))
    found = money.by_class(store, WINDOW, {})

    assert {name: (one.clients, one.revenue) for name, one in of(found).items() if one.clients} == {
        "promoter": (1, Decimal("100.30")), "detractor": (1, Decimal("50.05")), "answered": (1, Decimal("30.00")),
        "silent": (1, Decimal("20.40")), "not_asked": (1, Decimal("10.00")),
    }  # fmt: skip
    assert (found.clients, found.revenue) == (5, Decimal("210.75"))
    assert of(found)["promoter"].share == pytest.approx(100.30 / 210.75)
    assert (found.is_whole, found.is_compared, found.is_kept_known, found.has_invitations) == (True, True, True, True)


def test_money_moves_between_classes_to_the_cent(tmp_path: Path) -> None:
    """Who changed class takes along what it spent before; the rest is spending more, winning and losing clients."""
    orders = [
        order("old", OLD),
        order("fell", "2025-08-01", "100.10"), order("fell", "2026-05-02", "5.00"),
        order("stayed", "2025-05-01", "40.00"), order("stayed", "2026-05-01", "70.00"),
        order("won", "2026-05-01", "7.00"), order("lost", "2025-05-01", "9.90"),
    ]  # fmt: skip
    answers = [
        answer("fell", "2026-02-01", 9), answer("fell", "2026-05-01", 2), answer("stayed", "2026-03-01", 2),
        answer("won", "2026-06-01", 0), answer("lost", "2025-05-02", 1),
    ]  # fmt: skip
    names = sorted({row["client_id"] for row in orders})
    found = money.by_class(lake(tmp_path, clients=clients(*names), **tables(orders, answers)), WINDOW, {})

    assert of(found)["detractor"].move == money.Move(
        before=Decimal("49.90"), arrived=Decimal("100.10"), left=Decimal(0), spent=Decimal("35.00"),
        won=Decimal("7.00"), lost=Decimal("-9.90"), now=Decimal("182.10"),
    )  # fmt: skip
    assert of(found)["promoter"].move == money.Move(
        Decimal("100.10"), Decimal(0), Decimal("-100.10"), Decimal(0), Decimal(0), Decimal(0), Decimal(0)
    )
    assert found.flows == (money.Flow("promoter", "detractor", 1, Decimal("100.10")),)
    assert not found.has_invitations


def test_staying_is_judged_by_what_clients_said_a_year_ago(tmp_path: Path) -> None:
    """Today's silent clients all ordered, or they would not be silent: only the silence of then can tell who left."""
    heard, silent = [f"h{i}" for i in range(40)], [f"s{i}" for i in range(40)]
    orders = [order("h0", OLD)] + [order(name, "2025-01-10") for name in heard + silent]
    orders += [order(name, "2026-01-10") for name in heard[:38] + silent[:20]]
    answers = [answer(name, "2025-02-01", 9) for name in heard]
    invitations = [invited(name, at) for name in silent for at in ("2025-02-01", "2026-02-01")]
    store = lake(tmp_path, clients=clients(*heard, *silent), **tables(orders, answers, invitations))
    found = of(money.by_class(store, WINDOW, {}))

    assert (found["silent"].clients, found["silent"].kept.value, found["silent"].kept.n) == (20, 0.5, 40)
    assert (found["promoter"].clients, found["promoter"].kept.value) == (0, 0.95)
    assert found["silent"].verdict == Verdict.WORSE
    assert found["promoter"].verdict == Verdict.BETTER
    assert found["not_asked"].kept.n == 0


def test_a_class_is_compared_with_the_others_and_not_with_itself(tmp_path: Path) -> None:
    """Thirteen of twenty against nineteen of twenty is news; against all forty it would drown in itself."""
    heard, silent = [f"h{i}" for i in range(20)], [f"s{i}" for i in range(20)]
    orders = [order("h0", OLD)] + [order(name, "2025-01-10") for name in heard + silent]
    orders += [order(name, "2026-01-10") for name in heard[:19] + silent[:13]]
    answers = [answer(name, "2025-02-01", 9) for name in heard]
    invitations = [invited(name, "2025-02-01") for name in silent]
    store = lake(tmp_path, clients=clients(*heard, *silent), **tables(orders, answers, invitations))

    assert of(money.by_class(store, WINDOW, {}))["silent"].verdict == Verdict.WORSE


def test_who_stayed_is_not_known_before_the_orders_reach_back_over_two_years(tmp_path: Path) -> None:
    """Orders of a year and a half show only those of its first half who were lucky to be seen."""
    orders = [order(f"c{i}", at) for i in range(9) for at in ("2025-01-10", "2026-01-10")]
    found = money.by_class(
        lake(tmp_path, clients=clients(*(f"c{i}" for i in range(9))), **tables(orders, [])), WINDOW, {}
    )

    assert (found.is_compared, found.is_kept_known, found.kept.n) == (True, False, 0)
    assert reading(lake(tmp_path / "2", clients=clients("c0"), **tables(orders[:2], [])), "retention", NOW).n == 0


def test_classes_that_stay_alike_are_not_told_apart(tmp_path: Path) -> None:
    """Nine of ten against eight of ten is what chance gives."""
    heard, silent = [f"h{i}" for i in range(10)], [f"s{i}" for i in range(10)]
    orders = [order("h0", OLD)] + [order(name, "2025-01-10") for name in heard + silent]
    orders += [order(name, "2026-01-10") for name in heard[:9] + silent[:8]]
    answers = [answer(name, "2025-02-01", 9) for name in heard]
    invitations = [invited(name, "2025-02-01") for name in silent]
    store = lake(tmp_path, clients=clients(*heard, *silent), **tables(orders, answers, invitations))

    found = of(money.by_class(store, WINDOW, {}))
    assert {name: one.verdict for name, one in found.items() if one.kept.n} == {
        "promoter": Verdict.NO_REAL_CHANGE, "silent": Verdict.NO_REAL_CHANGE,
    }  # fmt: skip


def some_company(seed: int, many: int = 240) -> dict[str, Any]:
    """Clients who order, answer, are asked, and come and go by chance over two and a half years."""
    chance = random.Random(seed)  # noqa: S311 - a company made up, nothing secret
    names = [f"c{i}" for i in range(many)]

    def day() -> str:
        return str(date(2024, 1, 1) + timedelta(days=chance.randrange(911)))

    def often(most: int) -> int:
        return chance.randrange(most)

    orders = [order(names[0], "2024-01-01")] + [
        order(name, day(), f"{chance.uniform(0, 900):.2f}", status=chance.choice(["open", "fulfilled", "cancelled"]),
              cost="" if chance.random() < 0.05 else "3.33")
        for name in names for _ in range(often(5))
    ]  # fmt: skip
    answers = [
        answer(name, day(), chance.randint(1, 5) if kind != "nps" else chance.randint(0, 10), kind)
        for name in names
        for _ in range(often(3))
        for kind in [chance.choice(["nps", "nps", "csat", "ces"])]
    ]
    invitations = [invited(name, day()) for name in names for _ in range(often(3))]
    known = [*clients(*names[: many // 2]), *clients(*names[many // 2 :], segment="Large")]
    return {"clients": known, **tables(orders, answers, invitations)}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("filters", [{}, {"segment": ("Large",)}])
def test_the_classes_are_all_of_the_revenue_and_agree_with_the_catalogue(
    tmp_path: Path, seed: int, filters: dict[str, tuple[str, ...]]
) -> None:
    """Not a cent is lost between them, and what is said elsewhere of silence, of being heard and of staying holds."""
    given = some_company(seed)
    store = lake(tmp_path, **given)
    found = money.by_class(store, WINDOW, filters)
    chosen = {row["client_id"] for row in given["clients"] if not filters or row["segment"] in filters["segment"]}
    counted = [
        row for row in given["orders"]
        if row["client_id"] in chosen and row["status"] != "cancelled"
        and "2025-07-01" <= row["ordered_at"] < "2026-07-01"
    ]  # fmt: skip
    classes = of(found)

    assert sum((one.revenue for one in found.classes), Decimal(0)) == found.revenue
    assert found.revenue == sum((Decimal(row["amount"]) for row in counted), Decimal(0))
    assert found.clients == sum(one.clients for one in found.classes) == len({row["client_id"] for row in counted})
    assert len(classes) == 6

    def told(name: str) -> float:
        said = reading(store, name, NOW, **filters).value
        assert said is not None
        return said

    assert classes["silent"].share == pytest.approx(told("silent_revenue"))
    heard = [classes[name] for name in ("promoter", "passive", "detractor", "answered")]
    assert sum(one.share or 0 for one in heard) == pytest.approx(told("coverage_by_revenue"))
    assert sum(one.clients for one in heard) / found.clients == pytest.approx(told("coverage_by_clients"))
    votes = sum(one.clients for one in heard[:3])
    assert 100 * (heard[0].clients - heard[2].clients) / votes == pytest.approx(told("account_nps"))
    assert float(found.revenue) == pytest.approx(reading(store, "revenue", YEAR, **filters).value)
    assert (found.kept.value, found.kept.n) == (
        pytest.approx(told("retention")), reading(store, "retention", NOW, **filters).n,
    )  # fmt: skip


@pytest.mark.parametrize("before", [BEFORE, days("2025-04-01", "2025-06-30"), days("2025-06-01", "2025-06-30")])
def test_what_came_and_went_adds_up_in_every_class(tmp_path: Path, before: Any) -> None:
    """Before, with all that moved, is now; and between the classes nothing appears or vanishes."""
    store = lake(tmp_path, **some_company(4))
    found = money.by_class(store, Window((NOW, before)), {})
    moves = [one.move for one in found.classes]

    assert [m.before + m.arrived + m.left + m.spent + m.won + m.lost for m in moves] == [m.now for m in moves]
    assert sum((m.arrived + m.left for m in moves), Decimal(0)) == 0
    assert all(m.now == one.revenue for m, one in zip(moves, found.classes, strict=True))
    then = money.by_class(store, Window((before, NOW)), {})
    assert sum((m.before for m in moves), Decimal(0)) == then.revenue


def test_a_margin_stands_only_on_clients_whose_orders_all_have_a_cost(tmp_path: Path) -> None:
    """A client with one order of unknown cost is left out with all its orders."""
    orders = [
        order("old", OLD), order("a", "2026-05-01", "100", cost="60"), order("b", "2026-05-01", "300", cost="30"),
        order("b", "2026-05-02", "500"),
    ]  # fmt: skip
    found = money.by_class(lake(tmp_path, clients=clients("old", "a", "b"), **tables(orders, [])), WINDOW, {})

    assert (of(found)["not_asked"].margin, of(found)["not_asked"].costed_clients) == (pytest.approx(0.4), 1)
    assert of(found)["not_asked"].clients == 2


def test_a_history_that_does_not_reach_back_is_no_year(tmp_path: Path) -> None:
    """Orders since May: not 12 months, nothing to compare with, and nobody has been kept or lost yet."""
    orders = [order("a", "2026-05-01"), order("a", "2026-06-01")]
    found = money.by_class(lake(tmp_path, **tables(orders, [answer("a", "2026-06-01", 9)])), WINDOW, {})

    assert (found.is_whole, found.is_compared, found.is_kept_known) == (False, False, False)
    assert found.orders_began == date(2026, 5, 1)
    assert found.surveys_began == date(2026, 6, 1)
    assert found.kept.n == 0
    assert of(found)["promoter"].verdict == Verdict.TOO_FEW
