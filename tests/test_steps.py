"""One metric step by step: the same numbers as the catalogue's, the surest worst first, and what is not known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lakes import clients, days, lake, reading

from data.store import Store
from metrics import steps
from metrics.change import Verdict
from metrics.window import Window
from ui import steps as panels
from ui import theme
from ui.language import texts

JUNE, MAY = days("2026-06-01", "2026-06-30"), days("2026-05-01", "2026-05-31")
BOTH = Window((JUNE, MAY))
SLA, REWORK = "sla_kept_share", "rework_share"
CLIENTS = 20


def many(step: str, kept: int, missed: int, month: str = "06", **facts: Any) -> list[dict[str, Any]]:
    """Steps due on the 10th at noon, of clients in turn: `kept` finished an hour before, `missed` a day after."""
    due, rows = f"2026-{month}-10 12:00", []
    for number in range(kept + missed):
        late = number >= kept
        finished = f"2026-{month}-11 12:00" if late else f"2026-{month}-10 11:00"
        rows.append({
            "step_id": f"{step}{month}{number}{len(facts)}", "case_id": f"c{number % CLIENTS}", "step": step,
            "due_at": due, "started_at": f"2026-{month}-02 08:00", "finished_at": finished, **facts,
        })  # fmt: skip
    return rows


def store(folder: Path, rows: list[dict[str, Any]], *, since: str = "2026-01-05") -> Store:
    """A lake of these steps, one case a client; the first step of the first long before both months."""
    cases = [
        {"case_id": f"c{at}", "client_id": f"c{at}", "process": "p", "stage": "order", "opened_at": since}
        for at in range(CLIENTS)
    ]
    first = {"step_id": "first", "case_id": "c0", "step": "old", "started_at": since, "finished_at": "2026-01-06"}
    people = [*clients(*(f"c{at}" for at in range(CLIENTS))), *clients("b", segment="Large")]
    return lake(folder, clients=people, cases=cases, steps=[first, *rows])


def test_each_step_has_the_catalogues_number(tmp_path: Path) -> None:
    """40 of 50 and 90 of 100 done in time: their interval, n and change against May, as everywhere else."""
    lake_ = store(tmp_path, [*many("pick", 40, 10), *many("pack", 90, 10), *many("pick", 48, 2, "05")])
    found = {row.step: row for row in steps.steps(lake_, BOTH, {}, SLA).rows}

    assert (found["pick"].tile.now.value, found["pick"].tile.now.n) == (0.8, 50)
    assert found["pick"].tile.change.difference == pytest.approx(0.8 - 0.96)
    assert found["pick"].tile.now == reading(lake_, SLA, JUNE, step=("pick",))
    assert found["pack"].tile.before.value is None


def test_lateness_is_the_median_of_those_that_were_late(tmp_path: Path) -> None:
    """Ten steps a day late among forty in time: one day, not the quarter of a day that all of them would give."""
    found = steps.steps(store(tmp_path, many("pick", 40, 10)), BOTH, {}, SLA).rows[0]

    assert found.late.value == pytest.approx(1.0, rel=0.011)
    assert (found.late.n, found.still_open) == (10, 0)


def test_a_step_open_past_its_due_time_is_late_by_the_days_so_far(tmp_path: Path) -> None:
    """Due on 10 June at noon and still open when the facts end with the 30th: twenty days and a half, and said."""
    rows = [step | {"finished_at": None} for step in many("pick", 0, 6)]
    found = steps.steps(store(tmp_path, rows), BOTH, {}, SLA).rows[0]

    assert found.late.value == pytest.approx(20.5, rel=0.011)
    assert found.still_open == 6
    assert panels.lateness(found, texts("flow", "en")).replace("\u202f", " ") == "late by 20 d (6 still open)"


def test_the_surest_worst_stands_first(tmp_path: Path) -> None:
    """60 of 100 missed is surely bad; 4 of 5 missed looks worse and is less sure, so it stands behind."""
    found = steps.steps(
        store(tmp_path, [*many("few", 1, 4), *many("many", 40, 60), *many("good", 99, 1)]), BOTH, {}, SLA
    )

    assert [row.step for row in found.rows] == ["many", "few", "good"]


def test_a_real_fall_is_called_worse_and_chance_is_not(tmp_path: Path) -> None:
    """From 96 to 60 of 100 is worse; from 90 to 87 is no real change, though it fell."""
    rows = [*many("fell", 60, 40), *many("fell", 96, 4, "05"), *many("same", 87, 13), *many("same", 90, 10, "05")]
    found = {row.step: row.tile.verdict for row in steps.steps(store(tmp_path, rows), BOTH, {}, SLA).rows}

    assert found == {"fell": Verdict.WORSE, "same": Verdict.NO_REAL_CHANGE}


def test_a_step_that_failed_one_client_did_not_get_worse(tmp_path: Path) -> None:
    """From 96 to 60 of 100, but all that was missed is one client's: the other nineteen were served as before."""
    late = [step | {"case_id": "c0", "step_id": f"late{at}"} for at, step in enumerate(many("pick", 0, 40))]
    found = steps.steps(store(tmp_path, [*many("pick", 60, 0), *late, *many("pick", 96, 4, "05")]), BOTH, {}, SLA)

    assert found.rows[0].tile.now.value == 0.6
    assert found.rows[0].tile.verdict == Verdict.NO_REAL_CHANGE


def test_among_many_steps_each_has_more_to_prove(tmp_path: Path) -> None:
    """A fall that alone would be real (p about 0.03) is none among twelve steps that are judged together."""
    alone = [*many("fell", 85, 15), *many("fell", 94, 6, "05")]
    others = [row for i in range(12) for month in ("05", "06") for row in many(f"s{i}", 90, 10, month)]
    verdicts = {}
    for name, rows in (("alone", alone), ("among", [*alone, *others])):
        found = steps.steps(store(tmp_path / name, rows), BOTH, {}, SLA)
        verdicts[name] = next(row.tile.verdict for row in found.rows if row.step == "fell")

    assert verdicts == {"alone": Verdict.WORSE, "among": Verdict.NO_REAL_CHANGE}


def test_steps_without_the_fact_are_named(tmp_path: Path) -> None:
    """A step without due times, and a source that does not record rework, are said, never shown as 0 or 100 %."""
    rows = [*many("pick", 9, 1), *(row | {"due_at": None} for row in many("talk", 6, 0))]
    lake_ = store(tmp_path, rows)
    sla, rework = (steps.steps(lake_, BOTH, {}, metric) for metric in (SLA, REWORK))

    assert sla.unknown == (("p", "talk"),)
    assert panels.unknown(sla, "en") == "No due time, so nothing to keep: p · talk."
    assert rework.rows == ()
    assert panels.chart(rework, "en", theme.LIGHT)[1].startswith(
        "The source does not say which of these steps were rework"
    )


def test_no_rework_at_all_is_good_news_and_no_gap(tmp_path: Path) -> None:
    """Ten steps marked as not done again, and three that fell due: neither is a source that records nothing."""
    rows = [row | {"is_rework": "false"} for row in many("pick", 10, 0)]
    rework = steps.steps(store(tmp_path, rows), BOTH, {}, REWORK)
    few = steps.steps(store(tmp_path / "few", many("pick", 3, 0)), BOTH, {}, SLA)

    assert panels.chart(rework, "en", theme.LIGHT) == (None, "No step of this period was done again.")
    assert panels.chart(few, "en", theme.LIGHT) == (None, "Too few steps to speak of shares.")


def test_rework_by_step_is_worst_where_there_is_surely_most(tmp_path: Path) -> None:
    """For rework more is worse: 30 of 100 before 1 of 100."""
    good = many("pack", 99, 0, is_rework=False) + many("pack", 1, 0, is_rework=True, employee_id=None)
    bad = many("make", 70, 0, is_rework=False) + many("make", 30, 0, is_rework=True, employee_id=None)
    found = steps.steps(store(tmp_path, good + bad), BOTH, {}, REWORK)

    assert [(row.step, row.tile.now.value) for row in found.rows] == [("make", 0.3), ("pack", 0.01)]
    assert found.rows[0].late.value is None


def test_steps_without_any_rework_stay_in_the_table(tmp_path: Path) -> None:
    """The chart of rework has the steps that have some; the others are counted under it."""
    rows = many("pack", 90, 0, is_rework=False) + many("make", 70, 0, is_rework=False)
    found = steps.steps(store(tmp_path, rows + many("make", 30, 0, is_rework=True, employee_id=None)), BOTH, {}, REWORK)

    assert [row.step for row in panels.drawn_rows(found)] == ["make"]
    assert list(panels.table(found, "en")[0]["step"]) == ["make", "pack"]


def test_filters_choose_whose_steps_count(tmp_path: Path) -> None:
    """No step was done for the large clients: nothing to show, in words."""
    found = steps.steps(store(tmp_path, many("pick", 40, 10)), BOTH, {"segment": ("Large",)}, SLA)

    assert (found.rows, found.unknown) == ((), ())
    assert panels.chart(found, "en", theme.LIGHT)[0] is None


def test_the_chart_says_value_change_and_lateness(tmp_path: Path) -> None:
    """Two lines a step; the second in the colour of worse only where the change is real."""
    rows = [*many("fell", 60, 40), *many("fell", 96, 4, "05"), *many("same", 87, 13), *many("same", 90, 10, "05")]
    chart, said = panels.chart(steps.steps(store(tmp_path, rows), BOTH, {}, SLA), "en", theme.LIGHT)
    assert chart is not None
    data = next(rows for rows in chart.to_dict()["datasets"].values() if "first" in rows[0])
    lines = {
        row["first"].replace("\u202f", " "): (row["second"].replace("\u202f", " "), row["is_worse"]) for row in data
    }

    assert lines == {
        "fell: 60 % · 100 steps": ("−36 pp ▼ worse · late by 1.0 d", True),
        "same: 87 % · 100 steps": ("−3 pp no real change · late by 1.0 d", False),
    }
    assert "fell: 60" in said
