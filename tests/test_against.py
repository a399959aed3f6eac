"""A group against all the others is told by clients: on every page of a layer, with medians and where clients mix."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from lakes import clients, days, lake
from scipy.special import stdtr

from data.store import Store
from metrics import against, change, depth
from metrics.against import Sides
from metrics.change import Change, Verdict
from metrics.load import catalogue
from metrics.window import Window, weeks_back

NOW, BEFORE = days("2026-05-01", "2026-06-30"), days("2026-03-01", "2026-04-30")
WINDOW = Window((NOW, BEFORE), weeks_back(NOW.end, 17))
Said = dict[str, list[tuple[int, int]]]  # group -> (satisfied, not) of each of its clients


def company(home: Path, said: Said, by: str = "segment") -> Store:
    """Clients of each segment who answer on csat; or, by stage, the same clients who answer about each stage."""
    people, answers = {}, []
    for group, parts in said.items():
        for at, (good, bad) in enumerate(parts):
            client = f"{group if by == 'segment' else 'c'}-{at}"
            people[client] = {"client_id": client, "name": client, "segment": group if by == "segment" else "Small"}
            answers += [
                {
                    "answer_id": f"{group}-{at}-{one}", "client_id": client, "survey": "s", "instrument": "csat",
                    "stage": group if by == "stage" else "order", "score": 5 if one < good else 2,
                    "answered_at": "2026-05-10 12:00",
                }
                for one in range(good + bad)
            ]  # fmt: skip
    return lake(home, clients=list(people.values()), answers=answers)


def rows(store: Store, metric: str = "csat", by: str = "segment") -> dict[str | None, depth.Row]:
    """What the page of the layer says of each group."""
    shown = depth.depth(store, WINDOW, {}, catalogue()[metric].layer, metric, by)
    return {row.group: row for row in shown.rows}


def verdicts(store: Store, metric: str = "csat", by: str = "segment") -> dict[str | None, Verdict]:
    """How each group stands against all the others."""
    return {group: row.verdict for group, row in rows(store, metric, by).items()}


def sides(of_group: list[int], y: list[float], x: list[float]) -> Sides:
    """Clients who are in one group each."""
    mine = np.array(of_group) == np.arange(max(of_group) + 1)[:, None]
    names = tuple(f"s{at}" for at in range(max(of_group) + 1))
    return Sides(names, np.where(mine, y, 0.0), np.where(mine, x, 0.0))


def test_a_group_is_told_by_leaving_out_one_client_at_a_time() -> None:
    """Ten answers of each of five clients a side, and one client without any: the error by hand."""
    found = sides([0] * 5 + [1] * 6, [2, 4, 6, 8, 10, 4, 4, 5, 6, 6, 0], [10.0] * 10 + [0]).doubts("s0")

    assert found is not None
    assert found[0].value == pytest.approx(0.6 - 0.5)
    # left out, a side's mean moves by a quarter of how far the client lies from it: 0.1, 0.05, 0; and 0.025, 0
    assert found[0].error ** 2 == pytest.approx(0.9 * (2 * 0.1**2 + 2 * 0.05**2 + 4 * 0.025**2))


def test_a_client_in_several_groups_is_left_out_of_all_at_once() -> None:
    """Six clients of unequal size in three stages: the same as adding up the rows of the others, client by client."""
    y = np.array([[3, 8, 2, 9, 4, 0], [5, 9, 1, 20, 2, 1], [0, 4, 3, 0, 6, 2]], dtype=float)
    x = np.array([[5, 9, 6, 10, 8, 2], [8, 9, 5, 30, 4, 3], [0, 5, 9, 0, 8, 4]], dtype=float)
    found = Sides(("a", "b", "c"), y, x).doubts("a")
    without = []
    for left_out in range(6):
        kept = [at for at in range(6) if at != left_out]
        rest = sum(y[1][at] + y[2][at] for at in kept) / sum(x[1][at] + x[2][at] for at in kept)
        without.append(sum(y[0][at] for at in kept) / sum(x[0][at] for at in kept) - rest)

    assert found is not None
    assert found[0].value == pytest.approx(26 / 40 - 53 / 85)
    mean = sum(without) / 6
    assert found[0].error ** 2 == pytest.approx(5 / 6 * sum((one - mean) ** 2 for one in without))


def test_a_few_clients_who_are_alike_are_lent_the_spread_of_the_others() -> None:
    """Eight clients without a fault, forty of whom eight are lost: one such eight in six has no lost one by chance."""
    given = sides([0] * 8 + [1] * 40, [10.0] * 40 + [0.0] * 8, [10.0] * 48)
    rows_say = change.share((320, 400), (80, 80))
    found = given.doubts("s0")

    assert found is not None
    by_client, lent = found
    assert by_client.p is not None
    assert by_client.p < change.ALPHA
    # a client's share varies by 0.8 x 0.2 x 40/39 among the forty; eight share that on one side, forty on the other
    assert lent.error**2 == pytest.approx(0.16 * 40 / 39 * (1 / 8 + 1 / 40))
    test = given.surer("s0", rows_say)
    assert rows_say.p is not None
    assert rows_say.p < 0.001
    assert test.p == pytest.approx(2 * stdtr(39, -0.2 / lent.error))


def test_spread_is_lent_to_clients_of_another_size() -> None:
    """What rows differ by and what clients do come out of clients of two sizes; a larger client is worth less a row."""
    y, x = np.array([1.0, 3, 1, 3, 13, 7, 14, 6]), np.array([4.0] * 4 + [20] * 4)
    squares = np.array([1.0, 1, 1, 1, 9, 9, 16, 16]) * 8 / 7  # half of the answers are good
    # a and b: squares = a x + b x^2 and squares / x = a + b x, each added up over the eight
    a, b = np.linalg.solve(np.array([[96.0, 1664.0], [8.0, 96.0]]), [squares.sum(), (squares / x).sum()])
    given = sides([0] * 5 + [1] * 8, [50.0] * 5 + list(y), [100.0] * 5 + list(x))
    found = given.doubts("s0")

    assert a > 0
    assert b > 0
    assert found is not None
    expected = 5 * (a * 100 + b * 100**2) / 500**2 + (a * 96 + b * 1664) / 96**2
    assert found[1].error ** 2 == pytest.approx(expected)


def test_clients_of_one_size_leave_open_what_they_differ_by() -> None:
    """Eight clients of ten rows cannot tell rows from clients: for five of a hundred rows the worse is taken."""
    found = sides([0] * 5 + [1] * 8, [50.0] * 5 + [3.0, 7] * 4, [100.0] * 5 + [10.0] * 8).doubts("s0")

    assert found is not None
    # the square of a sum is 4 x 8/7, from clients 0.04 x 8/7 of a share; from rows a tenth of it among the five
    assert found[1].error ** 2 == pytest.approx(0.04 * 8 / 7 * (1 / 5 + 1 / 8))


def test_what_sets_a_client_apart_cancels_where_it_is_on_both_sides() -> None:
    """Six clients of two sizes, equally often in both stages: only rows are in doubt, however much clients differ."""
    x = np.array([5.0, 5, 5, 50, 50, 50])
    y = np.array([0.0, 5, 3, 0, 50, 26])
    squares = (y - y.sum() / 165 * x) ** 2 * 6 / 5
    a, _ = np.linalg.solve(np.array([[165.0, 7575], [6, 165]]), [squares.sum(), (squares / x).sum()])
    both = Sides(("a", "b"), np.stack([y, y]), np.stack([x, x])).doubts("a")

    assert both is not None
    assert a > 0
    assert both[1].error ** 2 == pytest.approx(2 * a / 165)


def test_rows_and_clients_of_one_size_are_told_apart_by_those_on_both_sides() -> None:
    """Ten clients of ten rows in both stages: in doubt is how far their own two values lie apart, not what they are."""
    y = np.array([[2.0, 9, 4, 1, 8, 6, 3, 5, 7, 2], [3, 10, 4, 3, 8, 7, 5, 6, 9, 2]])
    apart = np.array([-1, -1, 0, -2, 0, -1, -2, -1, -2, 0]) / 10  # -0.1 each, and 0.1 off it for six of ten
    found = Sides(("a", "b"), y, np.full((2, 10), 10.0)).doubts("a")

    assert found is not None
    assert found[1].value == pytest.approx(apart.mean())
    assert found[1].error ** 2 == pytest.approx(6 * 0.1**2 / 9 / 10)


def test_clients_on_one_side_only_bring_in_what_clients_differ_by() -> None:
    """The same ten, and two who are in the other stage only: what rows do not explain of twelve clients is theirs."""
    y = np.array([[2.0, 9, 4, 1, 8, 6, 3, 5, 7, 2, 0, 0], [3, 10, 4, 3, 8, 7, 5, 6, 9, 2, 1, 9]])
    found = Sides(("a", "b"), y, np.array([[10.0] * 10 + [0] * 2, [10] * 12])).doubts("a")
    rows = 6 * 0.1**2 / 9 * 10 / 2  # as above, of one row; each of the ten is told by ten rows on either side
    clients = (((y[1] - 67 / 12) ** 2).sum() * 12 / 11 - rows * 120) / 1200

    assert found is not None
    apart = 10 * (1 / 10 - 1 / 12) ** 2 + 2 * (1 / 12) ** 2
    assert found[1].error ** 2 == pytest.approx(rows * (1 / 100 + 1 / 120) + clients * apart)


def test_clients_who_gave_back_more_than_they_took_weigh_nothing() -> None:
    """Of revenue: one client's is below zero in a group, so much that the group's would be too."""
    y, x = [2.0, 4, 6, 8, 9, 4, 4, 5, 6, 6], [10.0] * 10
    with_returns = sides([0] * 6 + [1] * 5, [-70.0, *y], [-90.0, *x]).doubts("s0")

    assert with_returns is not None
    assert with_returns == sides([0] * 5 + [1] * 5, y, x).doubts("s0")


def test_one_client_who_answers_often_makes_no_group_worse(tmp_path: Path) -> None:
    """Two segments alike but for one client with sixty angry answers: rows would swear to it, and that is said."""
    found = rows(company(tmp_path, {"A": [(8, 2)] * 9 + [(0, 60)], "B": [(8, 2), (9, 1), (7, 3)] * 4}))

    assert {row.verdict for row in found.values()} == {Verdict.NO_REAL_CHANGE}
    assert {row.is_of_rows_only for row in found.values()} == {True}


def test_a_group_whose_clients_really_differ_is_told(tmp_path: Path) -> None:
    """Ten clients with five of ten satisfied against twenty with eight: worse, whatever else varies."""
    store = company(tmp_path, {"A": [(5, 5), (6, 4)] * 5, "B": [(8, 2), (9, 1)] * 5, "C": [(8, 2), (7, 3)] * 5})
    found = rows(store)

    assert found["A"].verdict == Verdict.WORSE
    assert found["B"].verdict == Verdict.BETTER
    assert not any(found[group].is_of_rows_only for group in "AB")


def test_of_fewer_than_five_clients_nothing_is_claimed(tmp_path: Path) -> None:
    """Four clients with a hundred answers each, thirty points below: neither they nor, against them, the rest."""
    found = rows(company(tmp_path, {"A": [(60, 40)] * 4, "B": [(90, 10), (88, 12)] * 5}))

    assert {row.verdict for row in found.values()} == {Verdict.UNKNOWN}
    assert found["A"].is_of_rows_only


def test_where_rows_claim_nothing_no_word_is_said_of_clients(tmp_path: Path) -> None:
    """Two segments alike: no difference by rows, so nothing that clients would have to vouch for."""
    found = rows(company(tmp_path, {"A": [(8, 2)] * 6, "B": [(8, 2), (7, 3), (9, 1)] * 2}))

    assert {(row.verdict, row.is_of_rows_only) for row in found.values()} == {(Verdict.NO_REAL_CHANGE, False)}


def test_stages_are_told_by_the_clients_who_answer_about_each(tmp_path: Path) -> None:
    """The same twelve clients: all less content at invoicing; or one of them, with sixty answers."""
    order = [(8, 2), (4, 6), (9, 1)] * 4
    less = company(tmp_path / "all", {"order": order, "invoicing": [(a - 2, b + 2) for a, b in order]}, "stage")
    angry = company(tmp_path / "one", {"order": order, "invoicing": [*order[:11], (0, 60)]}, "stage")

    assert verdicts(less, by="stage") == {"order": Verdict.BETTER, "invoicing": Verdict.WORSE}
    assert set(verdicts(angry, by="stage").values()) == {Verdict.NO_REAL_CHANGE}


def test_clients_of_groups_left_out_stand_on_no_side(tmp_path: Path) -> None:
    """Where there are too many groups to show, those left out are not among "all the others" either."""
    store = company(tmp_path, {"A": [(6, 4)] * 5, "B": [(8, 2)] * 6, "C": [(0, 10)] * 3})
    found = against.sides(store, NOW, {}, catalogue()["csat"], "segment", ["A", "B"])

    assert found.y.sum(axis=1).tolist() == [30, 48]
    assert against.sides(store, BEFORE, {}, catalogue()["csat"], "segment", ["A", "B"]).x.sum() == 0
    assert found.x.sum(axis=1).tolist() == [50, 60]


def cases(home: Path, said: dict[str, list[list[int]]]) -> Store:
    """Cases by segment and client, each with the days it took."""
    people = [(group, at) for group, parts in said.items() for at in range(len(parts))]
    facts = [
        {
            "case_id": f"{group}-{at}-{one}", "client_id": f"{group}-{at}", "process": "p", "stage": "order",
            "opened_at": f"2026-05-{28 - took:02} 12:00", "closed_at": "2026-05-28 12:00",
        }
        for group, at in people for one, took in enumerate(said[group][at])
    ]  # fmt: skip
    given = [one for group, at in people for one in clients(f"{group}-{at}", segment=group)]
    return lake(home, clients=given, cases=facts)


def test_a_median_is_told_by_clients_too(tmp_path: Path) -> None:
    """Every client of a segment slower: told. One client with most of the segment's cases: not told."""
    usual = [[2, 3, 4, 5, 6, 7]] * 12
    slower = cases(tmp_path / "all", {"A": [[5, 6, 7, 8, 9, 10]] * 12, "B": usual})
    one = cases(tmp_path / "one", {"A": [*usual[:11], [12] * 80], "B": usual})

    assert verdicts(slower, "lead_time") == {"A": Verdict.WORSE, "B": Verdict.BETTER}
    assert verdicts(slower, "lead_time_p90") == {"A": Verdict.WORSE, "B": Verdict.BETTER}
    assert set(verdicts(one, "lead_time").values()) == {Verdict.NO_REAL_CHANGE}
    assert all(row.is_of_rows_only for row in rows(one, "lead_time").values())


def told(sizes: tuple[int, ...], content: str, below: float, companies: int) -> tuple[float, float]:
    """How often the last segment (or, where it is not below, any) is told to differ, by rows and by clients."""
    rng, by_rows, by_clients = np.random.default_rng(5), 0, 0
    of_group = np.repeat(np.arange(len(sizes)), sizes)
    for _ in range(companies):
        usual = (
            rng.beta(2, 1, len(of_group)) if content == "varied" else np.where(rng.random(len(of_group)) < 0.9, 1, 0)
        )
        x = np.full(len(of_group), 10) if content == "lost" else rng.poisson(rng.gamma(0.5, 10, len(of_group)))
        y = rng.binomial(x, np.clip(usual - below * (of_group == len(sizes) - 1), 0, 1))
        given = sides(list(of_group), list(y.astype(float)), list(x.astype(float)))
        tests = []
        for at in range(len(sizes)):
            mine = of_group == at
            tests.append(change.share((y[~mine].sum(), x[~mine].sum()), (y[mine].sum(), x[mine].sum())))
        surer = [given.surer(f"s{at}", test) for at, test in enumerate(tests)]
        by_rows += _is_told(tests, is_last=below > 0)
        by_clients += _is_told(surer, is_last=below > 0)
    return by_rows / companies, by_clients / companies


def _is_told(tests: list[Change], *, is_last: bool) -> bool:
    raised = change.holm([test.p for test in tests])
    return any(p is not None and p < change.ALPHA for p in (raised[-1:] if is_last else raised))


@pytest.mark.parametrize(
    ("sizes", "content", "least", "most"),
    [((100, 100, 100), "varied", 0.005, 0.078), ((150, 100, 40, 10), "lost", 0.0, 0.078)],
)
def test_where_clients_differ_and_segments_do_not_hardly_any_company_hears_of_one(
    sizes: tuple[int, ...], content: str, least: float, most: float
) -> None:
    """250 companies, at most 5 in 100 and two errors; where a tenth of clients is lost, small segments are no proof."""
    by_rows, by_clients = told(sizes, content, 0.0, 250)

    assert least <= by_clients <= most
    assert by_rows > 0.35


@pytest.mark.parametrize(
    ("sizes", "below", "least"), [((300, 300, 300), 0.25, 0.95), ((600, 400, 100), 0.35, 0.9)]
)  # fmt: skip
def test_a_segment_that_is_really_below_is_still_told(sizes: tuple[int, ...], below: float, least: float) -> None:
    """Every client of one segment less content by so much: nearly every company hears of it."""
    assert told(sizes, "varied", below, 80)[1] >= least


@pytest.mark.parametrize(
    ("chosen", "by", "stands"),
    [((), "", "segment"), (("Small",), "", "region"), (("Small", "Large"), "", "segment"),
     (("Small",), "segment", "segment")],
)  # fmt: skip
def test_one_group_alone_is_not_what_a_page_opens_with(
    tmp_path: Path, chosen: tuple[str, ...], by: str, stands: str
) -> None:
    """Where one segment is chosen there is nothing to compare it with, so another split is shown unless asked for."""
    store = company(tmp_path, {"Small": [(1, 1)], "Large": [(1, 1)]})
    filters = {"segment": chosen} if chosen else {}

    assert depth.depth(store, WINDOW, filters, "satisfaction", "csat", by).by == stands
