"""The page on what stands behind a score: the words follow the tests, and what is not proven is not claimed."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from ui_fixtures import NOW

from metrics.behind import Behind, Dose, Team, Touched
from metrics.compute import Reading
from metrics.declare import Lang
from metrics.drivers import Driver, Fit, Refused
from metrics.shrinkage import Shrunk, Spread
from metrics.troubled import Step, Troubled
from ui import dose, drivers, facts, quadrant, step_scores, team_scores, theme


def driver(name: str, weight: float, slope: float, *, p: float = 0.001, alone_p: float = 0.001) -> Driver:
    reach = abs(slope) / 4
    return Driver(name, weight, 0.7 * weight, 1.3 * weight, slope, slope - reach, slope + reach, p, slope, alone_p, 1.4)


LATE = driver("days_late", 0.09, -0.34)
LOAD = driver("workload", 0.04, -0.57)
LENGTH = driver("lead_time", 0.03, -0.005, p=0.9)
TENURE = driver("tenure", 0.001, 0.001, p=0.9, alone_p=0.8)
FIT = Fit(3461, 285, 0.161, "lmg", (LATE, LOAD, LENGTH, TENURE))


def reading(value: float, n: int = 400) -> Reading:
    return Reading(value, value - 0.1, value + 0.1, n)


def behind(fit: Fit | Refused = FIT, **more: Any) -> Behind:
    touched = {
        "days_late": Touched(reading(0.07), 0.15, -0.05, -0.06, -0.04), "workload": Touched(reading(0.31), 1.06),
        "lead_time": Touched(reading(0.29), 5.5), "tenure": Touched(reading(0.0), 47.0),
    }  # fmt: skip
    doses = {"days_late": (Dose(None, 1, reading(4.1), 0), Dose(1, 2, reading(3.7), 1), Dose(5, 7, reading(1.9), 5),
                           Dose(7, None, reading(2.0), 6))}  # fmt: skip
    parts: dict[str, Any] = {
        "instrument": "csat", "scores": {"csat": 3461}, "days": NOW, "is_longer": False, "answers": 3500,
        "linked": 3461, "fit": fit, "unknown": ("skill_fit",), "constant": (), "touched": touched, "doses": doses,
        "mean": reading(4.0), "spread": None, "teams": (), "unshown": 0,
    }  # fmt: skip
    return Behind(**parts | more)


def plain(said: str) -> str:
    return re.sub(r"<[^>]+>", "", said).replace("\u202f", " ")


def test_the_strongest_proven_driver_is_the_sentence() -> None:
    """Its slope for one more of it, the interval, and how much all facts explain together."""
    assert plain(drivers.said(behind(), "en")) == (
        "CSAT, 1 to 5: what moves it first is days late, −0.34 for each day late (−0.43 to −0.26), all else equal. "
        "All the facts asked explain 16 % of the differences between answers together."
    )


@pytest.mark.parametrize(
    ("fit", "said"),
    [
        (Fit(900, 90, 0.004, "lmg", (TENURE,)), "none of the facts known can be told apart from chance."),
        (Fit(150, 60, 0.25, "lmg", (LENGTH, TENURE)),
         "it goes with lead time beyond chance, but which of the facts moves it cannot be told from 150 answers."),
        (Refused("rows", 61, 90), "too few answers to say what moves it. 61 with all facts known; at least 90"),
        (Refused("clients", 6, 10), "too few clients to say what moves it. 6 answered; at least 10"),
        (Refused("facts", 0), "nothing is known of the cases behind the answers"),
    ],
)  # fmt: skip
def test_where_nothing_is_proven_nothing_is_claimed(fit: Fit | Refused, said: str) -> None:
    """Nor drawn: the reason stands instead."""
    one = behind(fit)

    assert said in plain(drivers.said(one, "en"))
    assert drivers.chart(one, "en", theme.LIGHT)[0] is None
    assert "{" not in drivers.said(one, "ru")


def test_only_proven_drivers_are_drawn_and_the_others_named() -> None:
    """Lead time only looks like a cause; tenure shows nothing; skills are not known."""
    chart, said = drivers.chart(behind(), "en", theme.LIGHT)
    lines = drivers.not_claimed(behind(), "en")

    assert chart is not None
    assert "Days late: 9.0 % · costs 0.05 in the mean" in said.replace("\u202f", " ")
    assert "Lead time" not in said
    assert [line.split(": ")[1] for line in lines] == ["lead time.", "team's tenure.", "team's skill fit."]


def test_what_two_overlapping_facts_hide_from_each_other_is_not_called_weak() -> None:
    """Days late go with the score, held beside lead time nothing is proven; its interval reaches over an equal part."""
    hidden = replace(LATE, p=0.2)
    asked = behind(Fit(150, 80, 0.161, "lmg", (hidden, LOAD, LENGTH, TENURE)))

    assert dict(quadrant.rows(asked, "en").set_index("name")["zone"])["days_late"] == "unclear"
    assert "days_late" in list(quadrant.drawn_rows(quadrant.rows(asked, "en"))["name"])


def test_the_quadrant_calls_unclear_what_its_interval_does_not_decide() -> None:
    """An equal part is 4 %: lateness is above it, workload may or may not be, the other two are below it."""
    data = quadrant.rows(behind(), "en").set_index("name")["zone"]

    assert dict(data) == {"days_late": "rare", "workload": "unclear", "lead_time": "minor", "tenure": "minor"}
    often = behind(touched={"days_late": Touched(reading(0.5), 1.0)})
    assert list(quadrant.rows(often, "en")["zone"]) == ["first"]
    chart, said = quadrant.chart(behind(), "en", theme.LIGHT)
    assert chart is not None
    assert "unclear: team's workload" in said


@pytest.mark.parametrize(("lang", "doses"), [("en", ["0", "1", "5–6", "7+"]), ("ru", ["0", "1", "5–6", "7+"])])
def test_doses_are_named_as_people_count(lang: Lang, doses: list[str]) -> None:
    """Whole days; the last dose is open."""
    data = dose.rows(behind(), "days_late", lang)

    assert list(data["dose"]) == doses
    assert dose.chart(behind(), "days_late", lang, theme.LIGHT)[0] is not None
    assert dose.chart(behind(doses={}), "days_late", lang, theme.LIGHT)[0] is None
    assert facts.dose(facts.FACTS["workload"], Dose(0.85, 1.0, reading(4), 2), lang) == "85–100\u202f%"


def test_teams_that_do_not_differ_are_not_ranked() -> None:
    """Words instead of a chart; where they differ, the chart and how far."""
    teams = (Team("B", reading(4.2), Shrunk(4.15, 4.1, 4.2)), Team("A", reading(4.3, 9), Shrunk(4.1, 3.9, 4.3)))
    alike = behind(spread=Spread(4.1, 0.02, 0.4, ()), teams=teams)
    differ = behind(spread=Spread(4.1, 0.2, 0.001, ()), teams=teams)

    chart, said = team_scores.chart(alike, "en", theme.LIGHT)
    assert chart is None
    assert "do not differ beyond noise" in said
    chart, said = team_scores.chart(differ, "en", theme.LIGHT)
    assert chart is not None
    assert said.endswith("B: 4.15; A: 4.10.")
    assert list(team_scores.table(differ, "en")[0]["n"]) == [400, 9]


STAGES = {"delivery": "Delivery"}


def late(spread: Spread | None) -> Troubled:
    """Two steps of one stage."""
    steps = (
        Step("delivery", "p", "pick", reading(3.4, 76), reading(4.1), 0.059, -0.67, Shrunk(-0.6, -0.8, -0.4)),
        Step("delivery", "p", "load", reading(3.7, 71), reading(4.1), 0.055, -0.44, Shrunk(-0.5, -0.7, -0.3)),
    )
    return Troubled("late", 3461, spread, steps if spread else (), 2)


def test_steps_that_do_not_differ_are_not_ranked() -> None:
    """What lateness goes with at any of them is told instead, with its interval; without one, that none is proven."""
    costs, nothing = (late(Spread(mean, 0.0, 0.4, (), 0.11)) for mean in (-0.43, -0.05))

    assert step_scores.chart(costs, STAGES, "en", theme.LIGHT)[0] is None
    assert "are not ranked. Wherever it began, the answers stand −0.43 (−0.54 to −0.32) against" in plain(
        step_scores.said(costs, "en")
    )
    assert "no difference from the other answers of the stage is proven: −0.05 (−0.16 to +0.06)" in plain(
        step_scores.said(nothing, "en")
    )
    assert "There are not two steps" in step_scores.said(late(None), "en")


@pytest.mark.parametrize(("lang", "first"), [("en", "pick · Delivery: −0.60"), ("ru", "pick · Delivery: −0,60")])
def test_steps_that_differ_are_drawn_with_their_stage(lang: Lang, first: str) -> None:
    """Against the answers of the stage without it; the table says how many there are and what part of the stage."""
    differ = late(Spread(-0.5, 0.2, 0.01, (), 0.1))
    chart, said = step_scores.chart(differ, STAGES, lang, theme.LIGHT)
    rows, columns = step_scores.table(differ, STAGES, lang)

    assert chart is not None
    assert first in said
    assert list(rows["n"]) == [76, 71]
    assert {column.name for column in columns} == set(rows.columns)
    assert "{" not in step_scores.said(differ, lang)


@pytest.mark.parametrize(
    ("p", "said"), [(0.00004, "p < 0.001"), (0.0123, "p = 0.012"), (0.541, "p = 0.54"), (0.9999, "p = 1")]
)
def test_chance_is_never_told_as_none(p: float, said: str) -> None:
    """No data rule chance out, so 0.0000 is wrong; more digits than decide anything are noise."""
    assert facts.chance(p, "en") == said
    row = drivers.table(Fit(900, 90, 0.1, "lmg", (driver("days_late", 0.1, -0.3, p=p),)), "en")[0].iloc[0]
    assert (row["chance"], row["p"]) == (said, p)


def test_a_clause_stands_after_a_comma_in_russian() -> None:
    """A clause "if it was reworked" takes a comma, a plain "for each day" takes none."""
    rework = driver("rework", 0.02, -0.33)
    told = [drivers.chart(behind(Fit(900, 90, 0.1, "lmg", (one,))), "ru", theme.LIGHT)[1] for one in (rework, LATE)]

    assert "−0,33, если заявку переделывали" in told[0]
    assert "−0,34 за каждый день опоздания" in told[1]


def test_facts_of_people_have_the_colour_of_their_layer() -> None:
    """The team's load is an employee fact, here as on the page of employees."""
    chart, _ = drivers.chart(behind(), "en", theme.LIGHT)
    places, _ = quadrant.chart(behind(), "en", theme.LIGHT)
    assert chart is not None
    assert places is not None
    drawn = next(data for data in chart.to_dict()["datasets"].values() if "colour" in data[0])
    placed = next(data for data in places.to_dict()["datasets"].values() if "colour" in data[0])

    both = [theme.LIGHT.layers["operational"], theme.LIGHT.layers["employee"]]
    assert [row["colour"] for row in drawn] == both
    assert {row["name"]: row["colour"] for row in placed} == dict(zip(("days_late", "workload"), both, strict=True))


def test_a_label_makes_way_for_a_dot_beside_it() -> None:
    """Another fact's dot where a label would be written moves it; a label on the other side stays where it is."""
    data = pd.DataFrame({"zone": "unclear", "weight": [0.021, 0.02], "high": 0.1, "touched": [0.5, 0.6]})
    moved, stays = (quadrant.drawn_rows(data.assign(is_left=is_left))["label_at"][0] for is_left in (True, False))

    assert abs(moved - 0.02) >= 0.1 * quadrant.DOT - 1e-9
    assert stays == 0.021


def test_a_label_stands_as_near_to_its_dot_as_others_let_it() -> None:
    """Three facts of nearly one weight: two labels are pushed, one down and one up, not both above the first."""
    data = pd.DataFrame({
        "zone": "unclear", "weight": [0.1, 0.02, 0.019, 0.018], "high": 0.1, "touched": [0.1, 0.1, 0.1, 0.1],
        "is_left": True,
    })  # fmt: skip
    drawn = quadrant.drawn_rows(data)

    assert (drawn["label_at"] - drawn["weight"]).abs().max() < 0.011
    places = sorted(drawn["label_at"])
    assert min(after - one for one, after in pairwise(places)) >= 0.1 * quadrant.APART - 1e-9
