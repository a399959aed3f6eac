"""A receipt tells cases and orders as they stood when the client answered, and compares no part with a whole."""

from __future__ import annotations

import pandas as pd
import pytest
from lakes import clients, lake
from test_receipt import answer, case, of, step

from data.store import Store
from metrics.declare import Lang
from ui import language
from ui import receipt as drawn


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Ten closed cases, one with two errors, two with rework; a's own is open, with two errors and no rework so far.

    b's own is open with three, which no other case came to. Of both orders one came after the answer.
    """
    closed = [case(f"o{at}", "b", 0) for at in range(10)]
    return lake(
        tmp_path_factory.mktemp("growing"),
        clients=clients("a", "b"),
        orders=[
            {"order_id": name, "client_id": "a", "ordered_at": "2026-05-01", "amount": 1, "status": "fulfilled",
             "promised_at": "2026-06-15", "fulfilled_at": came}
            for name, came in (("came before", "2026-06-17"), ("came later", "2026-06-24"))
        ],
        answers=[
            answer("of open", case_id="mine"), answer("of worst", client="b", case_id="worst"),
            *(answer(f"of {name}", order_id=name) for name in ("came before", "came later")),
        ],
        cases=[
            *closed, case("worst", "b", 0, stage="delivery", closed_at="", promised_at="2026-06-29"),
            case("mine", "a", 0, closed_at="", promised_at="2026-06-29"),
            *(case(f"d{at}", "b", 0, stage="delivery", closed_at="2026-06-19") for at in range(2)),
        ],
        steps=[
            *(step(f"o{at}{n}", f"o{at}", is_error=at == 0, is_rework=at < 2 and n == 0)
              for at in range(10) for n in range(2)),
            *(step(f"mine{n}", "mine", is_error=True, is_rework=False) for n in range(2)),
            *(step(f"w{n}", "worst", is_error=True) for n in range(3)),
            *(step(f"d{n}", f"d{n}", is_error=False) for n in range(2)),
        ],
    )  # fmt: skip


def test_a_case_still_open_is_not_compared_with_whole_ones(growing: Store) -> None:
    """No rework so far is no praise, for two closed cases of ten had some; two errors are odd already: one had as many.
    Its promise is ahead: neither late nor unknown."""
    found = of(growing, "of open")
    facts = {fact.name: fact for fact in found.cases[0].facts}

    assert found.cases[0].is_open
    assert [(facts[name].value, facts[name].usual) for name in ("rework", "errors")] == [(0, None), (2, None)]
    assert (facts["rework"].as_bad, facts["errors"].as_bad) == (None, pytest.approx(1 / 10))
    assert all(fact.so_far for fact in facts.values())
    assert "days_late" not in found.unknown


def test_worse_than_every_case_before_is_the_oddest(growing: Store) -> None:
    """Three errors so far, which none of the closed cases came to: told first."""
    first = of(growing, "of worst", "b").cases[0].facts[0]

    assert (first.name, first.value, first.as_bad) == ("errors", 3, 0)


@pytest.mark.parametrize(
    ("name", "status", "is_known", "late"), [("came before", "fulfilled", True, 2), ("came later", "open", False, 5)]
)
def test_an_order_is_told_as_it_stood_then(growing: Store, name: str, status: str, is_known: bool, late: int) -> None:
    """One was fulfilled two days late when the client answered; the other was open, five days past its promise."""
    found = of(growing, f"of {name}")

    assert found.order is not None
    assert (found.order["status"], found.order["fulfilled_at"] == pd.Timestamp("2026-06-17")) == (status, is_known)
    assert found.order_late == late


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_words_of_a_receipt_tell_no_later_status_and_no_false_comparison(growing: Store, lang: Lang) -> None:
    """In both languages: of the open order no day, of the open case no usual."""
    text = language.texts("journey", lang)
    later, before = (drawn._order(of(growing, f"of came {name}"), text) for name in ("later", "before"))
    mine = drawn._case(of(growing, "of open").cases[0], {}, text)

    assert "24" not in later
    assert "17" in before
    assert {"en": "not fulfilled yet", "ru": "ещё не выполнен"}[lang] in later
    assert text("so_far", value="2") in mine
    assert text("usual", usual="").strip() not in mine
    assert text("not_due") in mine
    assert text("unknown_value") in mine  # hand-overs
