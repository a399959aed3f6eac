"""Questions to the lake: one scan a model, filters, splits, and what an answer says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lakes import clients, days, groups, lake, reading

from data.errors import StrataError
from data.store import Store
from metrics import ask, compute
from metrics.window import Window, buckets, weeks_back

pytestmark = pytest.mark.xdist_group("ask")  # one worker: the lake of these tests is built once
JUNE = days("2026-06-01", "2026-06-30")
MAY = days("2026-05-01", "2026-05-31")
SPRING = days("2026-05-01", "2026-06-30")


def case(name: str, client: str, stage: str, closed: str, opened: str = "2026-05-01") -> dict[str, str]:
    return {
        "case_id": name,
        "client_id": client,
        "process": "p",
        "stage": stage,
        "opened_at": opened,
        "closed_at": closed,
    }


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three clients in two regions and one without; answers, cases and the work of two teams in May and June."""
    folder = tmp_path_factory.mktemp("asked")
    said = [
        ("a", 10, "2026-05-10", "web"), ("a", 0, "2026-06-10", "web"), ("b", 9, "2026-06-11", "phone"),
        ("b", 9, "2026-06-12", ""), ("c", 7, "2026-06-30 23:59:59", "web"), ("c", 7, "2026-07-01 00:00:00", "web"),
    ]  # fmt: skip
    lake(
        folder,
        until="2026-07-01",
        clients=[
            *clients("a", region="North"),
            *clients("b", region="South", segment="Large"),
            *clients("c", region=""),
        ],
        answers=[
            {"answer_id": f"{number}", "client_id": who, "survey": "s", "instrument": "nps", "score": score}
            | {"answered_at": at, "channel": channel}
            for number, (who, score, at, channel) in enumerate(said)
        ],
        cases=[
            case("1", "a", "order", "2026-05-11"),
            case("2", "a", "delivery", "2026-06-05"),
            case("3", "b", "delivery", "2026-06-30", "2026-05-31"),
        ],
        employees=[
            {"employee_id": f"{team}{number}", "team": team, "hired_on": "2020-01-01"}
            for team in "TU"
            for number in range(5)
        ],
        pulse=[
            {"pulse_id": f"{team}{number}", "employee_id": f"{team}{number}", "instrument": "engagement"}
            | {"score": {"T": 5, "U": 2}[team], "asked_on": "2026-06-10"}
            for team in "TU"
            for number in range(5)
        ],
        steps=[
            {"step_id": f"{team}{case}{number}", "case_id": case, "step": "s", "team": team}
            | {"started_at": "2026-05-02", "finished_at": "2026-06-02"}
            for team, case, count in (("T", "1", 3), ("U", "1", 1), ("U", "3", 2))
            for number in range(count)
        ],
    )
    return folder / "data"


class Counting(Store):
    """A store that remembers what it was asked."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.asked: list[str] = []

    def query(self, sql: str, values: Mapping[str, Any] | None = None, limit_s: float = 20.0) -> pd.DataFrame:
        self.asked.append(sql)
        return super().query(sql, values, limit_s)


def test_one_scan_answers_all_metrics_of_a_model(home: Path) -> None:
    """Six metrics of answers and two of closed cases, over two periods and eight weeks, take two scans."""
    store = Counting(home)
    names = [
        "nps",
        "promoters_share",
        "passives_share",
        "detractors_share",
        "csat",
        "ces",
        "lead_time",
        "lead_time_p90",
    ]

    answers = ask.ask(store, [ask.Wanted(name) for name in names], Window((JUNE, MAY), weeks_back(JUNE.end, 8)))

    assert len(store.asked) == 2
    assert [answers[ask.Wanted("nps")].at(period).n for period in (MAY, JUNE)] == [1, 4]


def test_a_period_ends_before_the_next_one_begins(home: Path) -> None:
    """The last second of June is June's, the first of July is not."""
    store = Store(home)

    assert reading(store, "nps", JUNE).n == 4
    assert reading(store, "nps", days("2026-07-01", "2026-07-01")).n == 1


def test_a_split_names_its_groups(home: Path) -> None:
    """Each value of a client's or a row's own dimension is a group; rows without a value are one too, and not lost."""
    store = Store(home)

    assert {group: found.n for group, found in groups(store, "nps", JUNE, ("region",)).items()} == {
        ("North",): 1, ("South",): 2, (None,): 1,
    }  # fmt: skip
    assert {group: found.n for group, found in groups(store, "nps", JUNE, ("channel", "segment")).items()} == {
        ("web", "Small"): 2, ("phone", "Large"): 1, (None, "Large"): 1,
    }  # fmt: skip


def test_filters_of_several_values_and_dimensions_narrow(home: Path) -> None:
    """Any of the values, all of the dimensions."""
    store = Store(home)

    assert reading(store, "nps", JUNE, region=("North", "South")).n == 3
    assert reading(store, "nps", JUNE, region=("North", "South"), channel=("web",)).n == 1
    assert reading(store, "nps", JUNE, region=("North", "South"), segment=("Large",)).n == 2
    assert reading(store, "nps", JUNE, region=()).n == 4
    assert reading(store, "nps", JUNE, region=("North'; drop table answers; --",)).n == 0


def test_the_same_metric_can_be_asked_whole_and_split_at_once(home: Path) -> None:
    """Both come from one scan, and agree."""
    store = Counting(home)
    whole, by_region, by_stage = (ask.Wanted("lead_time", split) for split in ((), ("region",), ("stage",)))

    answers = ask.ask(store, [whole, by_region, by_stage], Window((SPRING,)))

    assert len(store.asked) == 1
    for wanted in (by_region, by_stage):
        parts = [answers[wanted].at(SPRING, group) for group in answers[wanted].groups()]
        assert compute.merged(answers[wanted].metric, parts) == answers[whole].at(SPRING)  # type: ignore[arg-type]


def test_a_median_over_a_longer_period_is_of_all_its_rows(home: Path) -> None:
    """The median of two months is not the mean of their medians: bins add up, medians do not."""
    wanted = ask.Wanted("lead_time")
    answer = ask.ask(Store(home), [wanted], Window((SPRING,), buckets("month", SPRING.start, SPRING.end)))[wanted]

    assert compute.read(answer.metric, answer.at(SPRING)).value == pytest.approx(30, rel=0.011)  # of 10, 35 and 30 days
    assert compute.read(answer.metric, answer.at(MAY)).value == pytest.approx(10, rel=0.011)


def test_a_filter_a_metric_does_not_know_is_reported(home: Path) -> None:
    """A number that is of all stages says so, instead of looking filtered."""
    wanted = ask.Wanted("active_clients")
    answer = ask.ask(Store(home), [wanted], Window((JUNE,)), {"stage": ("delivery",), "region": ("North",)})[wanted]

    assert answer.ignored == ("stage",)


def test_a_chosen_stage_is_known_to_invoices_too(home: Path) -> None:
    """Invoices count at the stage the company settles them at; at another one there are none."""
    wanted = ask.Wanted("paid_on_time_share", ("stage",))

    assert ask.ask(Store(home), [wanted], Window((JUNE,)), {"stage": ("delivery",)})[wanted].ignored == ()


def test_people_are_weighed_by_their_work_for_the_chosen_clients(home: Path) -> None:
    """T (engagement 5) did 3 steps for client a, U (engagement 2) did 1; for b only U worked."""
    store = Store(home)

    assert reading(store, "engagement", JUNE).value == 3.5
    assert reading(store, "engagement", JUNE, region=("North",)).value == (5 * 3 + 2 * 1) / 4
    assert reading(store, "engagement", JUNE, stage=("delivery",)).value == 2
    assert reading(store, "service_engagement", JUNE).value == (5 * 3 + 2 * 3) / 6
    assert {group: found.value for group, found in groups(store, "engagement", JUNE, ("stage",)).items()} == {
        ("order",): (5 * 3 + 2 * 1) / 4, ("delivery",): 2,
    }  # fmt: skip


def test_work_of_the_first_period_weighs_in_all_of_them(home: Path) -> None:
    """So a change of the number is a change of the people, not of who was busy."""
    wanted = ask.Wanted("engagement")
    window = Window((JUNE, SPRING))

    answer = ask.ask(Store(home), [wanted], window, {"region": ("North",)})[wanted]

    assert answer.is_weighed
    assert [compute.read(answer.metric, answer.at(period)).value for period in window.whole] == [4.25, 4.25]


def test_a_folder_without_a_lake_says_so(tmp_path: Path) -> None:
    """There is nothing to ask before a lake was built."""
    with pytest.raises(StrataError, match="found no lake"):
        ask.ask(Store(tmp_path), [ask.Wanted("nps")], Window((JUNE,)))


def test_a_window_without_rows_is_an_empty_answer(home: Path) -> None:
    """A year before the company began there is nothing, and nothing breaks."""
    long_ago = Window((days("2001-01-01", "2001-12-31"),), weeks_back(date(2002, 1, 1), 4))
    wanted = [ask.Wanted(name, split) for name in ("nps", "lead_time", "retention") for split in ((), ("region",))]

    for answer in ask.ask(Store(home), wanted, long_ago, {"region": ("North",)}).values():
        assert answer.cells == {}
        assert compute.read(answer.metric, answer.at(long_ago.whole[0])) == compute.NOTHING


def test_overlapping_periods_each_have_all_their_rows(home: Path) -> None:
    """A week inside a month is in both."""
    week = days("2026-06-08", "2026-06-14")
    wanted = ask.Wanted("nps")

    answer = ask.ask(Store(home), [wanted], Window((JUNE, week), weeks_back(JUNE.end + timedelta(days=1), 3)))[wanted]

    assert [answer.at(period).n for period in (JUNE, week)] == [4, 3]
