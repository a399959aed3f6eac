"""Letters of the page Change: a group is above another only where clients vouch for it, however few and alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from lakes import clients, days, lake
from scipy.special import stdtr

from metrics import against, change, compute, letters, moved
from metrics.against import Sides
from metrics.change import Change
from metrics.clustered import Witnesses
from metrics.compute import States
from metrics.load import catalogue
from metrics.window import Window

WINDOW = Window((days("2026-05-01", "2026-06-30"), days("2026-03-01", "2026-04-30")))
CSAT = catalogue()["csat"]


class Company:
    """Clients in one segment each, and whether anybody asked them one by one. `good`, `n`: of each client."""

    def __init__(self, of_group: Sequence[int], good: Sequence[float], n: Sequence[float]) -> None:
        mine = np.array(of_group) == np.arange(max(of_group) + 1)[:, None]
        self.names = tuple(f"s{at}" for at in range(len(mine)))
        self.y, self.x = np.where(mine, good, 0.0), np.where(mine, n, 0.0)
        self.asked: list[tuple[str | None, ...]] = []

    def one_by_one(self, groups: Sequence[str | None]) -> Sides:
        """The clients of these segments only."""
        self.asked.append(tuple(groups))
        places = [self.names.index(str(name)) for name in groups]
        return Sides(tuple(groups), self.y[places], self.x[places])

    def letters(self) -> dict[str | None, tuple[str, str]]:
        """The letter of each segment, and of those it is really above."""
        states = {
            name: States({"hits": float(self.y[at].sum()), "n": float(self.x[at].sum())})
            for at, name in enumerate(self.names)
        }
        in_blocks = Witnesses(self.names, np.stack([self.y] * 2), np.stack([self.x] * 2))
        return letters.letters(CSAT, states, in_blocks, self.one_by_one)


def drawn(rng: np.random.Generator, sizes: tuple[int, ...], content: str, below: float) -> Company:
    """Segments of so many clients, ten answers each, the last one less content by `below`, otherwise alike.

    `content`: "lost": a tenth of the clients is, all others are content; "varied": each client is another thing.
    """
    of_group = np.repeat(np.arange(len(sizes)), sizes)
    usual = np.where(rng.random(len(of_group)) < 0.9, 1.0, 0.0) if content == "lost" else rng.beta(2, 1, len(of_group))
    good = rng.binomial(10, np.clip(usual - below * (of_group == len(sizes) - 1), 0, 1))
    return Company(of_group.tolist(), good.tolist(), [10.0] * len(of_group))


@pytest.mark.parametrize("sizes", [(150, 100, 40, 10), (150, 100, 10), (100, 100, 6), (200, 50, 20, 10, 10, 10)])
def test_a_small_segment_without_a_lost_client_is_no_other_sort_of_client(sizes: tuple[int, ...]) -> None:
    """250 companies whose segments do not differ, a tenth of the clients lost: at most 5 in 100 and two errors."""
    rng = np.random.default_rng(7)
    told = [any(above for _, above in drawn(rng, sizes, "lost", 0.0).letters().values()) for _ in range(250)]

    assert np.mean(told) <= 0.078


def test_where_clients_differ_some_company_in_a_hundred_still_hears_of_a_letter() -> None:
    """600 companies of 100 clients a segment: a test that never spoke would be no test."""
    rng = np.random.default_rng(7)
    told = [any(above for _, above in drawn(rng, (100,) * 3, "varied", 0.0).letters().values()) for _ in range(600)]

    assert 0.005 <= np.mean(told) <= 0.068


@pytest.mark.parametrize(
    ("sizes", "content", "below", "least"),
    [((100, 100, 100), "lost", 0.2, 0.9), ((100, 100, 100), "varied", 0.25, 0.95), ((150, 40, 10), "lost", 0.6, 0.9)],
)
def test_a_segment_really_below_the_first_is_told(
    sizes: tuple[int, ...], content: str, below: float, least: float
) -> None:
    """Every client of the last segment less content by so much: nearly every company reads it, ten clients too."""
    rng = np.random.default_rng(3)
    last = chr(ord("A") + len(sizes) - 1)
    told = [last in drawn(rng, sizes, content, below).letters()["s0"][1] for _ in range(100)]

    assert np.mean(told) >= least


def test_the_smaller_of_two_groups_is_lent_the_spread_of_the_larger() -> None:
    """Eight clients without a fault, forty of whom eight are lost, and a third segment that is no side: by hand."""
    one = Company([0] * 8 + [1] * 40 + [2] * 9, [10.0] * 40 + [0.0] * 8 + [5.0] * 9, [10.0] * 57)
    found = one.one_by_one(["s0", "s1", "s2"]).between("s1", "s0")

    assert found is not None
    assert found[0].value == found[1].value == pytest.approx(0.2)
    assert found[1].error ** 2 == pytest.approx(0.16 * 40 / 39 * (1 / 8 + 1 / 40))
    rows = change.share((320, 400), (80, 80))
    assert against.believed(rows, found).p == pytest.approx(2 * stdtr(39, -0.2 / found[1].error))


def test_fewer_than_five_clients_of_a_pair_say_nothing() -> None:
    """Four clients against forty: the difference stands, whether it is chance is not known."""
    one = Company([0] * 4 + [1] * 40, [2.0] * 4 + [9.0] * 40, [10.0] * 44)

    assert one.one_by_one(["s0", "s1"]).between("s0", "s1") is None
    assert against.believed(Change(0.7, 9.0, 0.001), None) == Change(0.7)


def test_clients_are_asked_one_by_one_only_where_a_pair_seems_to_differ() -> None:
    """Three segments alike: nothing is asked. One below the other two: one question, of the segments in doubt."""
    of_group, mixed = [0] * 10 + [1] * 10 + [2] * 10, [7.0, 8, 9, 8, 8] * 2
    alike = Company(of_group, mixed * 3, [10.0] * 30)
    below = Company(of_group, mixed * 2 + [3.0, 4, 5, 4, 4] * 2, [10.0] * 30)
    middle = Company(
        [*of_group, *[3] * 10], mixed + [4.0] * 5 + [5.0] * 5 + mixed + [0.0, 10, 2, 10, 10] * 2, [10] * 40
    )

    assert {above for _, above in alike.letters().values()} == {""}
    assert alike.asked == []
    assert below.letters() == {"s0": ("A", "C"), "s1": ("B", "C"), "s2": ("C", "")}
    assert below.asked == [("s0", "s1", "s2")]
    assert middle.letters()["s3"] == ("D", "")
    assert middle.asked == [("s0", "s1", "s2")]


@pytest.mark.parametrize("content", ["all as ever", "all below"])
def test_the_page_believes_the_most_doubtful(tmp_path: Path, content: str) -> None:
    """Eight clients without a fault against forty of whom eight are lost: no letter; against forty with faults: one.

    Before it was the other way round; two segments of four answers each, put together, have no letter.
    """
    lost, below = [10] * 32 + [0] * 8, [7, 8] * 20
    good, before = (lost, below) if content == "all as ever" else (below, lost)
    segments = {"s": "Small", "l": "Large", "u": "Tiny", "v": "Tinier"}
    said = {
        month: {f"{name}{at}": 10 for name, n in (("s", 8), ("u", 1), ("v", 1)) for at in range(n)}
        | {f"l{at}": score for at, score in enumerate(large)}
        for month, large in (("03", before), ("05", good))
    }
    people = [row for name in said["05"] for row in clients(name, segment=segments[name[0]])]
    answers = [
        {
            "answer_id": f"{month}-{client}-{one}", "client_id": client, "survey": "s", "instrument": "csat",
            "score": 5 if one < score else 2, "answered_at": f"2026-{month}-10 12:00",
        }
        for month, of in said.items() for client, score in of.items()
        for one in range(4 if client[0] in "uv" else 10)
    ]  # fmt: skip
    rows = moved.moved(lake(tmp_path, clients=people, answers=answers), WINDOW, {}, "csat", "segment").rows
    found = {row.group: (row.letter, row.above) for row in rows}

    small = ("B", "" if content == "all as ever" else "A")
    assert found == {"Large": ("A", ""), "Small": small, moved.REST: ("", "")}
    states = [States({"hits": float(sum(good)), "n": 400.0}), States({"hits": 80.0, "n": 80.0})]
    of_rows = compute.compare(CSAT, *states)
    assert of_rows.p is not None
    assert of_rows.p < change.ALPHA
