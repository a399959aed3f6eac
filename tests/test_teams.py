"""Teams, their load and their skills: what may be shown, what stands out, and that nobody small can be worked out."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lakes import clients, days, lake, reading

from data.store import Store
from metrics import ask, change, skills, teams, workload
from metrics.change import Verdict
from metrics.window import Window, weeks_back
from ui import skills as skill_panels
from ui import teams as panels
from ui import theme
from ui import workload as load_panels

JUNE = days("2026-06-01", "2026-06-30")
NOW = Window((JUNE,))
LAST = date(2026, 6, 30)
SIZES = {"big": 9, "middle": 6, "five": 5, "four": 4, "one": 1}
SAID = ("engagement", "enps", "pulse_participation")


def people(**sizes: int) -> list[dict[str, Any]]:
    """Teams of so many people, all hired long ago."""
    return [
        {"employee_id": f"{team}{at}", "team": team, "hired_on": "2024-01-01"}
        for team, n in sizes.items()
        for at in range(n)
    ]


def said(who: list[dict[str, Any]], scores: dict[str, int] | None = None) -> list[dict[str, Any]]:
    """An engagement and an eNPS score of each; by team where given, else a mix."""
    return [
        {
            "pulse_id": f"{one['employee_id']}{what}", "employee_id": one["employee_id"], "instrument": what,
            "asked_on": "2026-06-10", "score": (scores or {}).get(one["team"], 1 + at % 5),
        }
        for at, one in enumerate(who)
        for what in ("engagement", "enps")
    ]  # fmt: skip


def assessed(
    who: list[dict[str, Any]], skill: str, actual: int, required: int = 3, on: str = "2026-05-01"
) -> list[dict[str, Any]]:
    """One assessment of each."""
    return [
        {"employee_id": one["employee_id"], "skill": skill, "required_level": required, "actual_level": actual,
         "assessed_on": on}
        for one in who
    ]  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Teams of nine, six, five, four and one person; everybody has said what they think and has been assessed."""
    who = people(**SIZES)
    return lake(
        tmp_path_factory.mktemp("teams"), clients=clients("a"), employees=who, pulse=said(who),
        skills=[row for at, one in enumerate(who) for row in assessed([one], "s", at % 5)],
    )  # fmt: skip


def test_small_teams_are_not_shown(store: Store) -> None:
    """Teams of four and one: a name and nothing else; teams of five and more with every number and its n."""
    found = teams.teams(store, NOW, {})
    shown = {team.name: team.people for team in found.teams}

    assert shown == {"big": 9, "middle": 6, "five": 5, "four": None, "one": None}
    assert all(not team.readings and not team.verdicts for team in found.teams if team.is_hidden)
    assert all(set(team.readings) >= {*SAID, "tenure", "skill_fit"} for team in found.teams if not team.is_hidden)


@pytest.mark.parametrize("metric", SAID)
@pytest.mark.parametrize(
    "sizes", [SIZES, {"big": 9, "middle": 6, "four": 4}, {"a": 8, "b": 7, "c": 2, "d": 2}, {"a": 30, "b": 1}], ids=str
)
def test_the_whole_less_the_shown_never_is_a_hidden_team(tmp_path: Path, sizes: dict[str, int], metric: str) -> None:
    """An attack: subtract what is shown from the company. What is left is nobody, or five people of several teams."""
    who = people(**sizes)
    found = teams.teams(lake(tmp_path, employees=who, pulse=said(who)), NOW, {})
    shown = {team.name: team.readings[metric] for team in found.teams if metric in team.readings}
    left = {name: n for name, n in sizes.items() if name not in shown}
    total = found.whole[metric]

    assert total.n == sum(sizes.values())
    assert total.n - sum(now.n for now in shown.values()) == sum(left.values())
    assert not left or (sum(left.values()) >= 5 and len(left) > 1)
    if left:
        assert total.value is not None
        rest = (total.value * total.n - sum((now.value or 0) * now.n for now in shown.values())) / sum(left.values())
        own = {name: reading(lake(tmp_path / name, employees=people(**{name: n, "x": 20}), pulse=[
            row for row in said(who) if row["employee_id"].startswith(name)]), metric, JUNE).value
            for name, n in left.items() if n < 5 and metric != "pulse_participation"}  # fmt: skip
        assert all(value is None for value in own.values()), "a small team's value is shown nowhere"
        assert np.isfinite(rest)


def test_nothing_small_is_in_what_readers_can_take_away(store: Store) -> None:
    """Neither the table nor the chart's own data hold a number of a hidden team."""
    found = teams.teams(store, NOW, {})
    rows, _ = panels.table(found, "en")
    chart, alt = panels.chart(found, "en", theme.LIGHT)
    assert chart is not None
    drawn = str(chart.to_dict()["datasets"])

    assert set(rows["team"]) == {"Whole company", "big", "middle", "five"}
    assert "four" not in drawn
    assert "Not shown: 2 teams (four, one)." in alt


def test_a_team_that_differs_is_marked_and_one_that_does_not_is_not(tmp_path: Path) -> None:
    """Twelve people at 2 among teams at 4: worse. Teams that all say the same mix: no mark, and that is said."""
    who = people(low=12, a=12, b=12)
    spread = [
        row | {"score": max(1, row["score"] - at // 2 % 2)}
        for at, row in enumerate(said(who, {"low": 2, "a": 5, "b": 5}))
    ]
    found = {
        team.name: team.verdicts for team in teams.teams(lake(tmp_path, employees=who, pulse=spread), NOW, {}).teams
    }
    alike = teams.teams(lake(tmp_path / "alike", employees=who, pulse=said(who)), NOW, {})

    assert found["low"]["engagement"] == Verdict.WORSE
    assert {verdict for team in alike.teams for verdict in team.verdicts.values()}.isdisjoint(
        {Verdict.WORSE, Verdict.BETTER}
    )
    assert "No team differs from the others beyond chance when all metrics" in panels.finding(alike, "en")


def test_load_and_tenure_are_not_judged_between_teams(tmp_path: Path) -> None:
    """Teams do different work: eight open steps a person against one and three is no worse team."""
    who = people(a=9, b=9, c=9)
    load = {"a": [9, 8] * 20, "b": [0, 1] * 20, "c": [2, 3] * 20}
    where = lake(tmp_path, employees=who, cases=[CASE], steps=steps(who, load))
    found = {team.name: team for team in teams.teams(where, NOW, {}).teams}

    assert found["a"].readings["workload"].value == 8.0
    assert {found["a"].verdicts[metric] for metric in ("workload", "tenure")} == {Verdict.UNKNOWN}


def test_without_a_team_of_five_nothing_is_shown(tmp_path: Path) -> None:
    """Words instead of an empty picture."""
    who = people(a=3, b=4)
    found = teams.teams(lake(tmp_path, employees=who, pulse=said(who)), NOW, {})

    assert panels.chart(found, "en", theme.LIGHT) == (None, "No team has 5 people or more who may be shown here.")


def steps(who: list[dict[str, Any]], load: dict[str, list[int]]) -> list[dict[str, Any]]:
    """Steps of a day around the end of each week, so many a person as `load` says of the team, the last week last."""
    rows = []
    for back, week in enumerate(reversed(weeks_back(LAST + timedelta(days=1), 40))):
        for one in who:
            course = load.get(one["team"], [])
            for at in range(course[-1 - back] if back < len(course) else 0):
                rows.append({
                    "step_id": f"{one['employee_id']}-{back}-{at}", "case_id": "c", "step": "s",
                    "employee_id": one["employee_id"], "team": one["team"], "started_at": f"{week.last} 09:00",
                    "finished_at": None if back == 0 else f"{week.end} 09:00",
                })  # fmt: skip
    return rows


CASE = {"case_id": "c", "client_id": "a", "process": "p", "stage": "order", "opened_at": "2025-06-01"}
WAVE = [2, 3] * 20  # between two and three open steps a person, week by week


def loaded(folder: Path, load: dict[str, list[int]], **sizes: int) -> tuple[Store, workload.Workload]:
    who = people(**sizes)
    where = lake(folder, employees=who, cases=[CASE], steps=steps(who, load))
    return where, workload.workload(where, NOW, {})


def test_a_team_beyond_its_own_usual_is_named(tmp_path: Path) -> None:
    """Nine a person where two or three are usual: more than usual. A team that always has nine: as usual."""
    _, found = loaded(
        tmp_path, {"calm": WAVE, "rushed": [*WAVE[:-1], 9], "busy": [8, 9] * 20}, calm=6, rushed=6, busy=6
    )
    desks = {desk.team: desk for desk in found.desks}

    assert {team: desk.verdict for team, desk in desks.items()} == {
        "calm": Verdict.NO_REAL_CHANGE, "rushed": Verdict.WORSE, "busy": Verdict.NO_REAL_CHANGE
    }  # fmt: skip
    # mean 2.5, every step 1: 2.5 +- 2.66
    assert (desks["calm"].low, desks["calm"].high) == pytest.approx((0.0, 5.16))
    assert found.desks[0].team == "rushed"
    assert load_panels.finding(found, "en") == "1 team carries more than its usual: rushed."


def test_the_load_is_the_catalogues(tmp_path: Path) -> None:
    """Now, and in each week before, the very number of the metric workload, while people come and go."""
    who = people(calm=7, other=8)
    who[0] |= {"hired_on": "2026-06-10"}
    who[8] |= {"left_on": "2026-06-03"}
    where = lake(tmp_path, employees=who, cases=[CASE], steps=steps(who, {"calm": WAVE, "other": [1, 4] * 20}))
    found = workload.workload(where, NOW, {})
    rows, _ = workload.weekly(where, NOW)
    weeks = weeks_back(JUNE.end, int(rows["week"].max()) + 1)
    wanted = ask.Wanted("workload", ("team",))
    for number, week in list(enumerate(weeks))[-12:]:
        answer = ask.ask(where, [wanted], Window((week,)), {})[wanted]
        mine = rows[rows["week"] == number].set_index("team")
        for (_, group), states in answer.cells.items():
            assert mine["open_steps"][group[0]] == states.values["total"]  # type: ignore[union-attr, index]
            assert mine["people"][group[0]] == states.n  # type: ignore[index]

    assert {desk.team: desk.now.value for desk in found.desks} == {"calm": 3.0, "other": 4.0}


def test_the_weeks_of_the_period_do_not_set_the_usual(tmp_path: Path) -> None:
    """A load that rose when the period began is news, although it has lasted for its five weeks."""
    risen = [*([2, 3] * 20)[:-5], 9, 9, 9, 9, 9]
    _, found = loaded(tmp_path, {"risen": risen}, risen=6)

    assert found.desks[0].verdict == Verdict.WORSE


def test_few_weeks_tell_no_usual_range(tmp_path: Path) -> None:
    """A team that began seven weeks before the period is not judged, and is not called usual either."""
    who = people(new=6, old=6)
    for one in who[:6]:
        one["hired_on"] = str(weeks_back(JUNE.start, 7)[0].start + timedelta(days=1))
    where = lake(tmp_path, employees=who, cases=[CASE], steps=steps(who, {"new": [*WAVE[:-1], 30], "old": WAVE}))
    desks = {desk.team: desk for desk in workload.workload(where, NOW, {}).desks}

    assert (desks["new"].verdict, desks["new"].high) == (Verdict.UNKNOWN, None)
    assert desks["old"].verdict == Verdict.NO_REAL_CHANGE
    assert load_panels.against(desks["new"], load_panels.language.texts("people", "en")).startswith("too few weeks")


@pytest.mark.parametrize("alike", [0.0, 0.6])
def test_twenty_teams_where_nothing_happened_are_seldom_news(alike: float) -> None:
    """Weeks that resemble the ones before, as desks do, are no reason to name a team: at most one company in twenty."""
    rng = np.random.default_rng(7)
    companies, named = 200, 0
    for _ in range(companies):
        ps = []
        for _ in range(20):
            weeks = rng.normal(size=99)
            for at in range(1, 99):
                weeks[at] += alike * weeks[at - 1]
            ps.append(change.beyond(weeks[60:86], weeks[98]).p)
        named += min(p or 1.0 for p in change.holm(ps)) < change.ALPHA

    assert named <= companies * 0.05 + 3 * (companies * 0.05 * 0.95) ** 0.5
    assert (change.beyond(np.array([2.0, 3.0] * 13), 42.5).p or 1) < 1e-6


def test_where_nothing_is_usual_yet_no_team_is_called_quiet(tmp_path: Path) -> None:
    """A company whose only team is new: nothing is known of its usual load, so nothing is said of it."""
    who = people(new=6)
    for one in who:
        one["hired_on"] = str(weeks_back(JUNE.start, 7)[0].start + timedelta(days=1))
    where = lake(tmp_path, employees=who, cases=[CASE], steps=steps(who, {"new": [*WAVE[:-1], 30]}))
    found = workload.workload(where, NOW, {})

    assert [desk.verdict for desk in found.desks] == [Verdict.UNKNOWN]
    assert load_panels.finding(found, "en") == ""


def test_small_and_idle_teams_are_only_named(tmp_path: Path) -> None:
    """A team of four is hidden, with the next smallest; one whose work is not in steps has no usual range to leave."""
    _, found = loaded(tmp_path, {"busy": WAVE, "small": WAVE, "extra": WAVE}, busy=9, small=4, still=9, extra=7)

    assert found.hidden == ("extra", "small")
    assert [desk.team for desk in found.desks] == ["busy"]
    assert found.idle == ("still",)
    assert "No steps on their desks in all these weeks: still." in load_panels.finding(found, "en")


def test_nobody_named_is_not_no_load(tmp_path: Path) -> None:
    """A company without employees' names on steps is told so."""
    who = people(a=6)
    rows = [row | {"employee_id": None} for row in steps(who, {"a": WAVE})]
    found = workload.workload(lake(tmp_path, employees=who, cases=[CASE], steps=rows), NOW, {})

    assert found.desks == ()
    assert load_panels.chart(found, "en", theme.LIGHT)[1].startswith("No team of 5 people or more had steps")


def test_a_skill_is_judged_by_the_latest_assessment(tmp_path: Path) -> None:
    """Six people below in April and at level in May are at level; one hired out, or a later one, does not count."""
    who = people(a=6, b=5)
    rows = assessed(who, "s", 1, on="2026-04-01") + assessed(who[:6], "s", 3) + assessed(who, "t", 2, required=0)
    where = lake(tmp_path, employees=who, skills=rows)
    found = skills.skills(where, NOW, {})
    cells = {(cell.team, cell.skill): cell for cell in (*found.whole, *found.cells)}

    assert set(cells) == {(None, "s"), ("a", "s"), ("b", "s")}, "nobody needs t"
    assert [(cells[team, "s"].below, cells[team, "s"].people) for team in ("a", "b", None)] == [(0, 6), (5, 5), (5, 11)]
    assert cells[None, "s"].actual == pytest.approx((6 * 3 + 5 * 1) / 11)
    assert found.cells[0].team == "b"
    fit = reading(where, "skill_fit", JUNE)
    assert fit.value == pytest.approx(1 - cells[None, "s"].below / cells[None, "s"].people)


def test_small_cells_of_skills_are_hidden_with_what_gives_them_away(tmp_path: Path) -> None:
    """Three of team a need t: hidden, and with it team b's t, or the company less b would be a's."""
    who = people(a=8, b=9)
    rows = assessed(who, "s", 2) + assessed(who[:3], "t", 1) + assessed(who[8:], "t", 3)
    found = skills.skills(lake(tmp_path, employees=who, skills=rows), NOW, {})
    hidden = {(cell.team, cell.skill) for cell in found.cells if cell.is_hidden}
    table, _ = skill_panels.table(found, "en")

    assert {("a", "t"), ("b", "t")} <= hidden
    assert ("a", "s") in hidden, "the team's own skill fit less its s would be the three people's t"
    assert {(cell.below, cell.people) for cell in found.whole if cell.skill == "t"} == {(3, 12)}
    assert not set(zip(table["team"], table["skill"], strict=True)) & hidden


def test_a_skill_of_few_people_is_not_shown_for_the_company_either(tmp_path: Path) -> None:
    """Four people need t: no total, no cell, and no number in what can be taken away; most of the rest is shown."""
    who = people(a=6, b=6)
    rows = [row for skill in ("s", "u", "v") for row in assessed(who, skill, 3)] + assessed(who[:4], "t", 1)
    found = skills.skills(lake(tmp_path, employees=who, skills=rows), NOW, {})
    whole = {cell.skill: cell.is_hidden for cell in found.whole}

    assert whole["t"]
    assert sum(whole.values()) == 2, "with t's total alone missing, it would be what the others leave of the whole"
    assert "t" not in set(skill_panels.table(found, "en")[0]["skill"])


def test_the_skills_panel_says_the_worst_or_that_all_is_well(tmp_path: Path) -> None:
    """Who is furthest behind, by team; with everybody at level, that; without assessments, how to connect them."""
    who = people(a=6, b=6)
    low = lake(tmp_path / "low", employees=who, skills=assessed(who[:6], "s", 3) + assessed(who[6:], "s", 1))
    fine = lake(tmp_path / "fine", employees=who, skills=assessed(who, "s", 3))
    none = lake(tmp_path / "none", employees=who)

    found = skills.skills(low, NOW, {})
    assert skill_panels.finding(found, "en") == "Furthest behind: s in b, 6 of 6 below the required level."
    assert skill_panels.finding(skills.skills(fine, NOW, {}), "en").startswith("Everybody who may be shown reaches")
    assert skill_panels.chart(skills.skills(none, NOW, {}), "en", theme.LIGHT)[1].startswith("No skill that the work")
    chart, _ = skill_panels.chart(found, "en", theme.LIGHT)
    assert chart is not None
    words = [row["words"] for row in next(rows for rows in chart.to_dict()["datasets"].values() if "shade" in rows[0])]
    assert words == ["\u22121.0", "\u22122.0", "0.0"]
