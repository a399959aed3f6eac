"""The map of a process: its steps, the passages between them, and what may be called the slowest."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lakes import clients, days, lake

from metrics import flow
from metrics.flow import Flow
from metrics.window import Window
from ui import flow as panels
from ui import flowmap, theme

JUNE = Window((days("2026-06-01", "2026-06-30"), days("2026-05-01", "2026-05-31")))
START = datetime.fromisoformat("2026-06-02 08:00")


def run(name: str, *steps: tuple[str, float, float], process: str = "p", **facts: Any) -> tuple[dict[str, Any], ...]:
    """A case and its steps: (step, hours until it begins, hours it takes), in a row; closed an hour after."""
    at, rows = START, []
    for number, (step, wait, time) in enumerate(steps):
        at += timedelta(hours=wait)
        begun = at
        at += timedelta(hours=time)
        rows.append({
            "step_id": f"{name}{number}", "case_id": name, "step": step, "started_at": begun, "finished_at": at
        })  # fmt: skip
    case = {
        "case_id": name, "client_id": "a", "process": process, "stage": "order", "opened_at": START,
        "closed_at": at + timedelta(hours=1),
    } | facts  # fmt: skip
    return case, *rows


def mapped(folder: Path, *runs: tuple[dict[str, Any], ...], process: str = "", **filters: tuple[str, ...]) -> Flow:
    """The map of these cases."""
    store = lake(
        folder, clients=[*clients("a"), *clients("b", segment="Large")],
        cases=[one[0] for one in runs], steps=[step for one in runs for step in one[1:]],
    )  # fmt: skip
    found = flow.flow(store, JUNE, filters, process)
    assert found is not None
    return found


PICK, PACK, SHIP = ("pick", 2, 4), ("pack", 6, 2), ("ship", 1, 24)


def test_a_process_worked_by_hand(tmp_path: Path) -> None:
    """Steps in their order with median times; passages with median waits, the first and the last one too."""
    found = mapped(tmp_path, *(run(f"c{i}", PICK, PACK, SHIP) for i in range(6)))

    assert [step.name for step in found.steps] == ["pick", "pack", "ship"]
    assert [step.time.value for step in found.steps] == pytest.approx([4 / 24, 2 / 24, 1], rel=0.011)
    edges = {(one.first, one.then): (one.n, one.wait.value) for one in found.passages}
    assert set(edges) == {(None, "pick"), ("pick", "pack"), ("pack", "ship"), ("ship", None)}
    assert {n for n, _ in edges.values()} == {6}
    assert edges["pick", "pack"][1] == pytest.approx(6 / 24, rel=0.011)
    assert edges["ship", None][1] == pytest.approx(1 / 24, rel=0.011)
    assert edges[None, "pick"][1] == pytest.approx(2 / 24, rel=0.011)


def test_only_cases_closed_in_the_period_count_and_all_of_their_steps_do(tmp_path: Path) -> None:
    """Not those closed in May or still open; one opened in April and closed in June is there with all its steps."""
    old = {"opened_at": "2026-04-02 08:00", "closed_at": "2026-06-03"}
    case, first, last = run("long", PICK, SHIP, **old)
    found = mapped(
        tmp_path,
        (case, first | {"started_at": "2026-04-02 09:00", "finished_at": "2026-04-02 10:00"}, last),
        run("in may", PICK, PACK, opened_at="2026-05-02", closed_at="2026-05-30"),
        run("open", PICK, PACK, closed_at=None),
    )

    assert (found.cases, found.with_steps) == (1, 1)
    assert {step.name: step.runs for step in found.steps} == {"pick": 1, "ship": 1}


def test_a_case_closed_after_the_period_is_not_in_it(tmp_path: Path) -> None:
    """The first days of June do not know what was closed on the 20th."""
    runs = [run("early", PICK, SHIP), run("late", PICK, SHIP, closed_at="2026-06-20")]
    store = lake(tmp_path, cases=[one[0] for one in runs], steps=[step for one in runs for step in one[1:]])
    found = flow.flow(store, Window((days("2026-06-01", "2026-06-10"),)), {})

    assert found is not None
    assert (found.cases, found.processes) == (1, (("p", 1),))


def test_what_was_done_again_is_counted_by_cases(tmp_path: Path) -> None:
    """Two of six cases packed again, one of them three times: a third of the cases, not half of the runs."""
    again = [run("x", PICK, PACK, PACK, SHIP), run("y", PICK, PACK, PACK, PACK, SHIP)]
    found = mapped(tmp_path, *again, *(run(f"c{i}", PICK, PACK, SHIP) for i in range(4)))
    pack = next(step for step in found.steps if step.name == "pack")

    assert (pack.runs, pack.cases, pack.again.value, pack.again.n) == (9, 6, pytest.approx(2 / 6), 6)
    assert pack.rework.value is None, "the source does not say what was rework"
    loop = next(one for one in found.passages if one.first == one.then)
    assert (loop.n, loop.is_back) == (3, True)


def test_a_way_back_is_told_from_a_way_past(tmp_path: Path) -> None:
    """From ship back to pack is back; from pick straight to ship is not, although a step is left out."""
    found = mapped(
        tmp_path, run("x", PICK, PACK, SHIP, PACK, SHIP), run("y", PICK, SHIP),
        *(run(f"c{i}", PICK, PACK, SHIP) for i in range(4)),
    )  # fmt: skip
    back = {(one.first, one.then): one.is_back for one in found.passages}

    assert back["ship", "pack"]
    assert not back["pick", "ship"]
    assert not back["ship", None]


def test_the_slowest_step_is_clear_only_beyond_chance(tmp_path: Path) -> None:
    """A day against hours in twelve cases is clear; times that lie across each other are not, though one is larger."""
    clear = mapped(tmp_path / "clear", *(run(f"c{i}", PICK, PACK, SHIP) for i in range(12)))
    mixed = [run(f"c{i}", ("pick", 1, 3 + i % 5), ("pack", 1, 3 + (i + 1) % 5)) for i in range(11)]
    unclear = mapped(tmp_path / "unclear", *mixed)

    assert clear.slowest is not None
    assert (clear.slowest.place.name, clear.slowest.is_clear) == ("ship", True)  # type: ignore[union-attr]  # a step
    assert unclear.slowest is not None
    assert not unclear.slowest.is_clear
    assert "chance" in " ".join(panels.findings(unclear, "en"))
    marked = [str(drawn(found)["datasets"]) for found in (clear, unclear)]
    assert ["slowest step" in words for words in marked] == [True, False]
    assert "among the slowest" in marked[1]


def test_steps_that_overlap_do_not_wait(tmp_path: Path) -> None:
    """Packing that begins while picking goes on waits nothing, and nothing is called the longest wait."""
    found = mapped(tmp_path, *(run(f"c{i}", ("pick", 0, 5), ("pack", -2, 4)) for i in range(6)))
    waits = {(one.first, one.then): one.wait.value for one in found.passages}

    assert waits["pick", "pack"] == 0
    assert found.longest_wait is not None
    assert found.longest_wait.place.then is None  # type: ignore[union-attr]  # the hour until the case is closed


def test_a_rare_passage_is_not_drawn_but_stays_in_the_table(tmp_path: Path) -> None:
    """One case in a hundred goes another way: the map leaves it out and says so, the table has it."""
    found = mapped(tmp_path, run("odd", PACK, PICK, SHIP), *(run(f"c{i}", PICK, PACK, SHIP) for i in range(99)))
    drawn = {(one.first, one.then) for one in found.drawn}
    table, _ = panels.passages(found, "en")

    assert ("pack", "pick") not in drawn
    assert ("pack", "pick") in set(zip(table["first"], table["then"], strict=True))
    assert len(table) == 7
    assert panels.left_out(found, "en") == [
        "3 rare passages, each in fewer than 2\u202f% of the cases, are not drawn; the table has them."
    ]


def test_a_process_that_is_not_there_gives_the_busiest(tmp_path: Path) -> None:
    """A link to a process of another period or company opens the one with the most cases."""
    runs = [run("c1", PICK), run("c2", PACK, process="q"), run("c3", PACK, process="q")]
    found = mapped(tmp_path, *runs, process="nonsense")

    assert (found.process, found.processes) == ("q", (("q", 2), ("p", 1)))


def test_filters_keep_the_chosen_clients_and_stages(tmp_path: Path) -> None:
    """The map of the large clients is of their cases alone; a stage without cases has no map."""
    runs = [run("c1", PICK), run("c2", PACK, client_id="b"), run("c3", PACK, client_id="b")]

    assert mapped(tmp_path, *runs, segment=("Large",)).cases == 2
    store = lake(tmp_path / "other", cases=[runs[0][0]], steps=list(runs[0][1:]))
    assert flow.flow(store, JUNE, {"stage": ("delivery",)}) is None


def drawn(found: Flow) -> dict[str, Any]:
    chart, _ = flowmap.flow_map(found, "en", theme.LIGHT)
    assert chart is not None
    return chart.to_dict()


@pytest.mark.parametrize("many", [3, 12, 20])
def test_the_map_has_room_for_every_step_it_draws(tmp_path: Path, many: int) -> None:
    """Boxes stand below each other without touching, inside the picture; of twenty steps, twelve are drawn."""
    steps = [(f"step {at:02}", 1, 2 + at % 3) for at in range(many)]
    found = mapped(tmp_path, *(run(f"c{i}", *steps) for i in range(5)))
    chart = drawn(found)
    boxes = next(rows for rows in chart["datasets"].values() if "top" in rows[0])

    assert len(boxes) == min(many, flow.MOST_STEPS) + 2
    for above, below in pairwise(boxes):
        assert above["bottom"] < below["top"]
    assert boxes[-1]["bottom"] <= chart["height"]
    assert sum(len(rows) for rows in chart["datasets"].values()) < 5000


def test_labels_of_one_side_do_not_lie_on_each_other(tmp_path: Path) -> None:
    """The way from ship back to pick would have its number where pack's own loop has it: there is room between."""
    runs = [run(f"c{i}", PICK, PACK, PACK, SHIP, PICK, PACK, SHIP) for i in range(6)]
    chart = drawn(mapped(tmp_path, *runs))
    labels = [row for rows in chart["datasets"].values() if "side" in rows[0] for row in rows]
    heights = sorted(label["y"] for label in labels if label["side"] == "left" and label["words"].startswith("↺"))

    assert len(heights) == 2
    assert all(b - a >= flowmap.ROOM - 15 for a, b in pairwise(heights))


def test_the_map_says_in_words_what_it_shows(tmp_path: Path) -> None:
    """The alternative text and the findings name the slowest step and what is done again, in both languages."""
    again = [run(f"x{i}", PICK, PACK, PACK, SHIP) for i in range(6)]
    found = mapped(tmp_path, *again, *(run(f"c{i}", PICK, PACK, SHIP) for i in range(6)))
    said = " ".join(panels.findings(found, "en")).replace("\u202f", " ")

    assert "▲ Slowest step: ship, median 1.0 d" in said
    assert "◆ Most often done again: pack, in 50 % of its cases (25 to 75 %)." in said
    assert "ship, 1.0 d · done 12 times, ▲ slowest step" in flowmap.flow_map(found, "en", theme.LIGHT)[1].replace(
        "\u202f", " "
    )
    assert "Самый долгий шаг – ship" in panels.findings(found, "ru")[0]


def test_a_case_without_steps_is_counted_and_left_out(tmp_path: Path) -> None:
    """Closed cases whose steps nobody recorded are said, and do not make the others rarer."""
    found = mapped(tmp_path, run("c1", PICK), run("empty"))

    assert (found.cases, found.with_steps) == (2, 1)
    assert "1 closed case has no recorded steps" in panels.left_out(found, "en")[0]
    nothing = mapped(tmp_path / "none", run("empty"))
    assert flowmap.flow_map(nothing, "en", theme.LIGHT) == (
        None, "1 case was closed in this period, but none of its steps is recorded."
    )  # fmt: skip


@pytest.mark.parametrize(("later", "said"), [(2, True), (0, False)])
def test_waits_are_explained_only_where_some_are_drawn(tmp_path: Path, later: float, said: bool) -> None:
    """Where each step begins as the one before ends, no number beside a line is a wait, and the table has no column."""
    end = START + timedelta(hours=4 + later)
    found = mapped(tmp_path, *(run(f"c{at}", ("a", 0, 3), ("b", later, 1), closed_at=end) for at in range(5)))
    shown = {column.name for column in panels.passages(found, "en")[1] if not column.is_raw}

    assert ("median wait" in panels.key(found, "en")) is said
    assert ("wait" in shown) is said
