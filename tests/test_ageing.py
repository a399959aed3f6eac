"""Open cases by age: the same cases as the catalogue counts, in the right band, and what is past its promise."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lakes import clients, days, lake, reading

from data.store import Store
from metrics import ageing
from metrics.window import Window
from ui import ageing as panels
from ui import theme

JUNE = days("2026-06-01", "2026-06-30")
LAST = datetime.fromisoformat("2026-07-01")  # the end of 30 June
NAMES = {"order": "Order"}


def case(age: float, **facts: Any) -> dict[str, Any]:
    """A case open for so many days when June ends."""
    return {
        "client_id": "a", "process": "p", "stage": "order", "opened_at": LAST - timedelta(days=age), "closed_at": None,
    } | facts  # fmt: skip


def store(folder: Path, *cases: dict[str, Any]) -> Store:
    """A lake of these cases."""
    given = [{"case_id": f"c{at}"} | one for at, one in enumerate(cases)]
    return lake(folder, clients=[*clients("a", name="Acme"), *clients("b", segment="Large")], cases=given)


def aged(where: Store, by: str = "", **filters: tuple[str, ...]) -> ageing.Ageing:
    return ageing.ageing(where, Window((JUNE,)), filters, by)


def test_each_age_falls_into_its_band(tmp_path: Path) -> None:
    """7.9 days are still 0-7, 8.0 are 8-14; 90.9 are not over 90 yet, 91 are."""
    ages = (0.1, 7.9, 8.0, 14.9, 15.0, 30.9, 31, 60.9, 61, 90.9, 91, 400)

    assert aged(store(tmp_path, *(case(age) for age in ages))).whole.counts == (2, 2, 2, 2, 2, 2)


def test_the_same_cases_as_the_catalogue_counts(tmp_path: Path) -> None:
    """On 28 June: closed later is open; opened later, or closed by then, is not; the oldest is as old as there."""
    where = store(
        tmp_path,
        case(5), case(42.5, stage="invoicing"), case(4, closed_at="2026-06-29 12:00"), case(1),
        case(11, closed_at="2026-06-28 23:59"), case(7, closed_at="2026-06-29 00:00"),
    )  # fmt: skip
    until = days("2026-06-01", "2026-06-28")
    found = ageing.ageing(where, Window((until,)), {})

    assert found.whole.n == reading(where, "open_cases", until).value == 4
    assert found.oldest["age"].max() == pytest.approx(reading(where, "oldest_open_case", until).value) == 40.5
    assert sum(group.n for group in found.groups) == sum(found.whole.counts) == 4
    assert len(found.oldest) == 4


def test_a_promise_is_past_when_its_day_is_over(tmp_path: Path) -> None:
    """Promised for 30 June at noon and open when the day ends: one day past. Promised for the next day: not yet."""
    where = store(
        tmp_path, case(9, promised_at="2026-06-30 12:00"), case(8, promised_at="2026-07-01 00:00"),
        case(7, promised_at="2026-06-20 23:00"), case(6),
    )  # fmt: skip
    found = aged(where)
    rows, _ = panels.cases(found, NAMES, "en")

    assert (found.whole.n, found.whole.promised, found.whole.past) == (4, 3, 2)
    assert list(found.oldest["past"].fillna(-99)) == [1, 0, 11, -99]
    assert list(rows["past"].fillna(-99)) == [1, -99, 11, -99]
    assert "2 are past their promise: 67\u202f% of those with one." in panels.whole(found, "en")


def test_the_oldest_stand_first_with_their_client(tmp_path: Path) -> None:
    """Of thirty open cases the 25 oldest are listed, each with the client's name."""
    found = aged(store(tmp_path, *(case(age + 0.5) for age in range(30))))

    assert len(found.oldest) == ageing.MOST
    assert list(found.oldest["age"].head(2)) == [29.5, 28.5]
    assert set(found.oldest["name"]) == {"Acme"}


def test_stages_or_processes_as_chosen(tmp_path: Path) -> None:
    """By stage or by process, the fullest first; what is neither is by stage."""
    where = store(tmp_path, case(1, process="q"), case(2), case(3, stage="invoicing"), case(3, stage="invoicing"))

    assert [(group.name, group.n) for group in aged(where).groups] == [("invoicing", 2), ("order", 2)]
    assert [(group.name, group.n) for group in aged(where, "process").groups] == [("p", 3), ("q", 1)]
    assert aged(where, "password").by == "stage"


def test_filters_choose_whose_cases_count(tmp_path: Path) -> None:
    """The open cases of the large clients alone, in the list too; a stage without any has none, in words."""
    where = store(tmp_path, case(1, client_id="b"), case(2), case(3))
    empty = aged(where, stage=("delivery",))

    assert (aged(where, segment=("Large",)).whole.n, len(aged(where, segment=("Large",)).oldest)) == (1, 1)
    assert panels.chart(empty, NAMES, "en", theme.LIGHT) == (None, "No case was open at the end of this period.")


def test_the_chart_has_every_number_and_no_zeros(tmp_path: Path) -> None:
    """A band without cases is empty, not 0; the title of a row tells how many are past their promise."""
    found = aged(store(tmp_path, case(1, promised_at="2026-06-30"), case(2), case(100)))
    chart, said = panels.chart(found, NAMES, "en", theme.LIGHT)
    assert chart is not None
    cells = next(rows for rows in chart.to_dict()["datasets"].values() if "column" in rows[0])

    assert [(cell["column"], cell["words"]) for cell in cells] == [("0–7", "2"), (">\u202f90", "1")]
    assert "Order: 3 open · 1 past their promise" in said


def test_without_promises_nothing_is_called_past(tmp_path: Path) -> None:
    """No promise is recorded: said, and not shown as 0 past."""
    found = aged(store(tmp_path, case(1), case(2)))

    assert "None of them was promised" in panels.whole(found, "en")
    assert panels._title(found.groups[0], "Order", panels.language.texts("flow", "en")) == "Order: 2 open"


def test_a_period_that_ended_earlier_shows_that_day(tmp_path: Path) -> None:
    """What was closed after the period ended was open then, and as old as it was then."""
    where = store(tmp_path, case(30.5, closed_at="2026-06-15"))
    may = Window((days("2026-05-01", "2026-06-05"),))

    found = ageing.ageing(where, may, {})
    assert (found.whole.n, found.oldest["age"].iloc[0]) == (1, pytest.approx(30.5 - 25))
    assert date(2026, 6, 5) == may.whole[0].last
