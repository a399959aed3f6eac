"""The facts of clients at several moments: each as it was known when that day began."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lakes import clients as rows_of
from lakes import lake

from data.store import Store
from metrics import journey, served, standing
from metrics.clients import chosen
from metrics.window import Window

NOW, BEFORE = date(2026, 7, 1), date(2026, 4, 1)


def case(name: str, opened: str, promised: str, closed: str | None) -> dict[str, Any]:
    return {
        "case_id": name, "client_id": "old", "process": "filling", "stage": "order",
        "opened_at": opened, "promised_at": promised, "closed_at": closed,
    }  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """'old' has bought and answered nothing for years and has two cases; 'new' has nothing."""
    return lake(
        tmp_path,
        clients=rows_of("old", "new"),
        orders=[
            {"order_id": at, "client_id": "old", "ordered_at": at, "amount": 10, "status": status}
            for at, status in (("2022-05-01", "fulfilled"), ("2023-05-01", "cancelled"))
        ],
        answers=[
            {
                "answer_id": at, "client_id": "old", "survey": "s", "instrument": "nps", "score": 9, "answered_at": at,
            }
            for at in ("2022-06-01", "2022-06-02")
        ],
        cases=[
            case("slow", "2026-03-01", "2026-03-10", "2026-04-05"),
            case("entered late", "2026-04-03", "2026-03-31", None),
        ],
    )  # fmt: skip


@pytest.fixture
def found(store: Store) -> pd.DataFrame:
    """The facts by client and moment."""
    return standing.states(store, chosen({}), [NOW, BEFORE]).set_index(["client_id", "moment"])


def test_what_is_years_old_still_tells_who_was_a_client_and_when_it_was_last_heard(found: pd.DataFrame) -> None:
    """It counts in no sum; a cancelled order is none; who has nothing at all is no client of long ago."""
    for moment in (0, 1):
        old, new = found.loc[("old", moment)], found.loc[("new", moment)]
        assert (old["was_client"], old["orders"], old["promoters"]) == (True, 0, 0)
        assert (old["ordered_at"], old["answered_at"]) == (pd.Timestamp("2022-05-01"), pd.Timestamp("2022-06-02"))
        assert pd.isna(old["revenue"])
        assert not new["was_client"]
        assert new[["ordered_at", "answered_at"]].isna().all()


def test_cases_count_as_they_were_known_on_the_day(found: pd.DataFrame) -> None:
    """On 1 April one was open, 22 days past its promise; the other was entered later. On 1 July that one alone is open:
    its promise fell due 92 days before, longer ago than promises count."""
    columns = ["due", "kept", "days_late", "open_cases", "overdue"]

    assert found.loc[("old", 1), columns].tolist() == [1, 0, 22, 1, 1]
    assert found.loc[("old", 0), columns].tolist() == [0, 0, 0, 1, 1]


def test_a_journey_asks_nothing_of_all_clients_once_it_was_made_ready(store: Store) -> None:
    """What is usual and the days of the teams lie in memory: the questions left name the client."""
    asked: list[str] = []

    class Heard(Store):
        def query(self, sql: str, values: Mapping[str, Any] | None = None, limit_s: float = 20.0) -> pd.DataFrame:
            asked.append(repr(values))
            return super().query(sql, values, limit_s)

    heard = Heard(store.home)
    journey.make_ready(heard)
    asked.clear()
    for question in (journey.journey, served.served):
        question(heard, Window(()), {}, "old")

    assert asked
    assert all("'old'" in values for values in asked)
