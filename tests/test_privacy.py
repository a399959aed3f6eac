"""No question, however it is cut, gives away what fewer than five people said."""

from itertools import combinations
from pathlib import Path

import pytest
from lakes import clients, days, lake

from data.store import Store
from metrics import ask, load
from metrics.compute import Weighted
from metrics.window import Window, buckets, weeks_back

pytestmark = pytest.mark.xdist_group("privacy")  # one worker: the lake of these tests is built once
JUNE = days("2026-06-01", "2026-06-30")
TEAMS = {"big": 9, "middle": 6, "five": 5, "four": 4, "one": 1}
PEOPLE = [metric for metric in load.catalogue().values() if metric.layer == "employee"]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Teams of nine, six, five, four and one person, all of whom worked for two clients and said what they think."""
    people = [
        {"employee_id": f"{team}{number}", "team": team, "role": "clerk", "hired_on": "2026-05-01"}
        for team, size in TEAMS.items()
        for number in range(size)
    ]
    cases = [
        {"case_id": who, "client_id": who, "process": "p", "stage": stage, "opened_at": "2026-05-01"}
        for who, stage in (("a", "order"), ("b", "delivery"))
    ]
    return lake(
        tmp_path_factory.mktemp("private"),
        clients=[*clients("a", segment="Small"), *clients("b", segment="Large")],
        employees=people,
        cases=cases,
        steps=[
            {"step_id": f"{who['employee_id']}{case}", "case_id": case, "step": "s", "team": who["team"]}
            | {"employee_id": who["employee_id"], "started_at": "2026-05-02", "finished_at": "2026-06-10"}
            for who in people
            for case in ("a", "b")
            if (who["team"], case) not in {("big", "b"), ("middle", "b"), ("five", "b")}  # only small teams work for b
        ],
        pulse=[
            {"pulse_id": f"{who['employee_id']}{what}", "employee_id": who["employee_id"], "instrument": what}
            | {"score": 1 + number % 5, "asked_on": "2026-06-10"}
            for number, who in enumerate(people)
            for what in ("engagement", "enps")
        ],
        skills=[
            {"employee_id": who["employee_id"], "skill": "s", "required_level": 2, "actual_level": number % 4}
            | {"assessed_on": "2026-06-01"}
            for number, who in enumerate(people)
        ],
    )


FILTERS: list[dict[str, tuple[str, ...]]] = [
    {},
    *({"team": chosen} for size in (1, 2) for chosen in combinations(TEAMS, size)),
    {"segment": ("Small",)},
    {"segment": ("Large",)},
    {"stage": ("delivery",)},
    {"segment": ("Small",), "team": ("four",)},
    {"segment": ("Small",), "team": ("middle", "five")},
]
SPLITS = [(), ("team",), ("segment",), ("stage",), ("segment", "team"), ("stage", "team")]


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_nothing_stands_on_fewer_than_five_people(store: Store, filters: dict[str, tuple[str, ...]]) -> None:
    """Every answer on people, whatever the filter, split and period, and each team in a weighed one, stands on five."""
    window = Window((JUNE, *buckets("week", JUNE.start, JUNE.end)), weeks_back(JUNE.end, 4))
    wanted = [ask.Wanted(metric.id, split) for metric in PEOPLE for split in SPLITS]

    answers = ask.ask(store, wanted, window, filters)

    for one, answer in answers.items():
        for (_, group), evidence in answer.cells.items():
            assert len(group) == len(one.split)
            parts = evidence.parts if isinstance(evidence, Weighted) else (evidence,)
            assert min(part.n for part in parts) >= ask.FEWEST_PEOPLE


def asked(store: Store, metric: str, *split: str, **filters: tuple[str, ...]) -> ask.Answer:
    wanted = ask.Wanted(metric, split)
    return ask.ask(store, [wanted], Window((JUNE,)), filters)[wanted]


@pytest.mark.parametrize("metric", [metric.id for metric in PEOPLE])
def test_what_is_hidden_cannot_be_worked_out_from_the_rest(store: Store, metric: str) -> None:
    """Four people and one are hidden: five together, who cannot be told apart by taking the others from the whole."""
    answer = asked(store, metric, "team")

    assert [group for _, group in sorted(answer.hidden)] == [("four",), ("one",)]
    assert answer.groups() == [("big",), ("five",), ("four",), ("middle",), ("one",)]


def test_a_lone_small_group_takes_the_next_one_with_it(store: Store) -> None:
    """With only the team of four hidden, the whole less the others would be that team: the next one hides it."""
    answer = asked(store, "engagement", "team", team=("big", "middle", "four"))

    assert {group for _, group in answer.hidden} == {("four",), ("middle",)}
    assert [group for _, group in answer.cells] == [("big",)]


def test_a_weighed_number_leaves_small_teams_out(store: Store) -> None:
    """Under a client filter the teams of four and of one count nowhere; where only they worked, nothing is shown."""
    small, large = asked(store, "engagement", segment=("Small",)), asked(store, "engagement", segment=("Large",))

    assert small.is_weighed
    assert small.at(JUNE).n == 9 + 6 + 5
    assert large.cells == {}
    assert large.hidden == {(JUNE, ())}


def test_a_team_hidden_for_the_sake_of_another_is_hidden_in_weighed_numbers_too(tmp_path: Path) -> None:
    """The team of six hides that of four; a stage that it alone works for does not bring it back, however it is cut."""
    people = [
        {"employee_id": f"{team}{number}", "team": team, "role": "clerk", "hired_on": "2026-05-01"}
        for team, size in {"big": 9, "six": 6, "four": 4}.items()
        for number in range(size)
    ]
    cases = [
        {"case_id": stage, "client_id": "a", "process": "p", "stage": stage, "opened_at": "2026-05-01"}
        for stage in ("order", "delivery")
    ]
    small = lake(
        tmp_path,
        clients=clients("a"),
        employees=people,
        cases=cases,
        steps=[
            {"step_id": f"{who['employee_id']}{stage}", "case_id": stage, "step": "s", "team": who["team"]}
            | {"employee_id": who["employee_id"], "started_at": "2026-05-02", "finished_at": "2026-06-10"}
            for who in people
            for stage in ("order", "delivery")
            if who["team"] == "six" or stage == "order"
        ],
        pulse=[
            {"pulse_id": who["employee_id"], "employee_id": who["employee_id"], "instrument": "engagement"}
            | {"score": 1 + number % 5, "asked_on": "2026-06-10"}
            for number, who in enumerate(people)
        ],
    )

    assert asked(small, "engagement", "team").hidden == {(JUNE, ("six",)), (JUNE, ("four",))}
    assert asked(small, "engagement", stage=("delivery",)).hidden == {(JUNE, ())}
    assert set(asked(small, "engagement", "stage").cells) == {(JUNE, ("order",))}
    assert asked(small, "engagement", stage=("order",)).at(JUNE).n == 9


def test_what_people_said_is_not_told_by_their_role() -> None:
    """Roles lie across teams: all clerks taken from the teams that clerks are in would leave their few leads."""
    assert not [metric.id for metric in PEOPLE if "role" in metric.by]


def test_a_weighed_metric_can_be_split_by_team_and_by_client(store: Store) -> None:
    """Each team then stands for itself, each segment for the teams that worked for it."""
    by_team = asked(store, "service_engagement", "team")
    by_both = asked(store, "service_engagement", "segment", "team")

    assert {group for _, group in by_team.cells} == {("big",), ("five",), ("middle",)}
    assert {group for _, group in by_both.cells} == {("Small", "big"), ("Small", "five"), ("Small", "middle")}
    assert {group for _, group in by_both.hidden} >= {("Large", "four"), ("Large", "one")}


def test_clients_are_shown_however_few_they_are(store: Store) -> None:
    """The rule is for people at work: a step done by a small team is no secret."""
    answer = asked(store, "rework_share", "team")
    done = asked(store, "sla_kept_share", "team")

    assert not answer.hidden
    assert not done.hidden


def test_no_tile_of_people_is_declared_below_the_fewest() -> None:
    """The catalogue cannot ask for less than the question layer allows."""
    assert all(metric.minimum_n >= ask.FEWEST_PEOPLE for metric in PEOPLE)
    assert len(PEOPLE) == 9
