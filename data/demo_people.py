"""Who works at the demo company: teams, people who come and go, how they feel, and what they can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Columns = dict[str, Array]

OCCUPANTS = 16  # of one place in two years: more than any seed has needed
NEVER = -1


def wave(rng: np.random.Generator, rows: int, weeks: int, sd: float, memory: float) -> Array:
    """A slow wander around zero. Shape: rows x weeks; standard deviation sd, correlation `memory` from week to week."""
    steps = rng.normal(0, sd * np.sqrt(1 - memory**2), (rows, weeks))
    walk = np.empty((rows, weeks))
    walk[:, 0] = rng.normal(0, sd, rows)
    for week in range(1, weeks):
        walk[:, week] = memory * walk[:, week - 1] + steps[:, week]
    return walk


def picked(rng: np.random.Generator, shares: dict[str, float], n: int) -> Array:
    """n words, each as often as its share says."""
    weights = np.array(list(shares.values()), dtype=float)
    return np.array(list(shares), dtype=object)[rng.choice(len(weights), n, p=weights / weights.sum())]


def numbered(letter: str, n: int, digits: int) -> Array:
    """Ids from 1 to n, as people know them: C0017."""
    return np.array([f"{letter}{i:0{digits}d}" for i in range(1, n + 1)], dtype=object)


@dataclass(frozen=True)
class Staff:
    """The people and their places. Days count from the first day of data; NaN is "not yet".

    Shape: team_of is one per place; place, hired, left, reason one per employee; seated is places x days and holds the
    employee on each (the next colleague while a place is empty); head_count is teams x days; engagement teams x weeks.
    """

    teams: Array
    first: Array
    size: Array
    team_of: Array
    ids: Array
    place: Array
    hired: Array
    left: Array
    reason: Array
    seated: Array
    head_count: Array
    engagement: Array
    own_level: Array

    def index(self, team: str) -> int:
        """Where a team stands among the teams."""
        return int(np.flatnonzero(self.teams == team)[0])


def staff(rng: np.random.Generator, plan: dict[str, Any], days: int) -> Staff:
    """Everybody who worked there in the window, in the order of hiring."""
    people, teams = plan["people"], plan["teams"]
    size = np.array([team["people"] for team in teams.values()])
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    team_of = np.repeat(np.arange(len(size)), size)
    places = len(team_of)

    shape = (places, OCCUPANTS)
    kind = rng.random(shape)
    first_day, early = people["leave_first_day"], people["leave_first_day"] + people["leave_within_45_days"]
    later = 46 + rng.exponential(365 / people["leaving_per_year"], shape)
    stay = np.where(kind < first_day, 0, np.where(kind < early, rng.integers(2, 46, shape), later))
    stay[:, 0] = rng.exponential(365 / people["leaving_per_year"], places)
    stay[first, 0] = 10 * days  # whoever leads a team stays: every team has a lead on every day
    least, most = people["gap_days"]
    gap = rng.integers(least, most, shape)
    gap[:, 0] = 0
    left = np.floor(np.cumsum(stay + gap, axis=1))
    hired = np.floor(left - stay)
    hired[:, 0] = -np.floor(60 + 3200 * rng.beta(1.1, 2.2, places))
    hired[first, 0] -= 700

    seen = hired < days
    order = np.argsort(hired[seen], kind="stable")
    place = np.nonzero(seen)[0][order]
    hired, left, kind = hired[seen][order], left[seen][order], kind[seen][order]
    word = rng.random(len(place))
    early_words, late_words = np.array(people["early_reasons"], object), np.array(people["late_reasons"], object)
    reason = np.where(
        left - hired <= 45,
        early_words[(word * len(early_words)).astype(int)],
        late_words[(word * len(late_words)).astype(int)],
    )
    gone = left < days
    reason[~gone] = None

    seated = np.full((places, days), NEVER)
    for who, (where, since, until) in enumerate(zip(place, hired, left, strict=True)):
        seated[where, max(0, int(since)) : int(min(until, days - 1)) + 1] = who
    present = seated != NEVER
    head_count = np.add.reduceat(present, first, axis=0)
    following = np.arange(places) + 1
    following[first + size - 1] = first
    for _ in range(int(size.max())):
        empty = seated == NEVER
        if not empty.any():
            break
        seated = np.where(empty, seated[following], seated)

    own_level = people["engagement"] + rng.normal(0, people["team_sd"], len(size))
    return Staff(
        teams=np.array(list(teams), dtype=object),
        first=first,
        size=size,
        team_of=team_of,
        ids=numbered("E", len(place), 4),
        place=place,
        hired=hired,
        left=np.where(gone, left, np.nan),
        reason=reason,
        seated=seated,
        head_count=head_count,
        engagement=own_level[:, None] + _moods(rng, plan, list(teams), days),
        own_level=own_level,
    )


def _moods(rng: np.random.Generator, plan: dict[str, Any], teams: list[str], days: int) -> Array:
    """How far each team's engagement is from its own level. Shape: teams x weeks, with the planted fall in it."""
    noise, shift, weeks = plan["noise"], plan["shift"], days // 7
    mood = wave(rng, len(teams), weeks, noise["engagement_sd"], noise["engagement_memory"])
    fall = np.interp(np.arange(weeks), weeks - shift["engagement_weeks_ago"] + np.array([-1, 1]), [0, 1])
    calm(mood, plan)
    for team in shift["teams"]:
        mood[teams.index(team)] += fall * shift["engagement_fall"]
    return mood


def calm(waves: Array, plan: dict[str, Any]) -> None:
    """Let the waves of a stage's teams cancel out in the last weeks, so that only what is planted changes there.

    Shape: teams x weeks, changed in place. The teams of the shift lie still: its size is then the same in every seed.
    """
    teams, shift = plan["teams"], plan["shift"]
    for stage in plan["company"]["stages"]:
        names = [name for name, team in teams.items() if team["stage"] == stage and name not in shift["teams"]]
        rows, people = [list(teams).index(name) for name in names], [teams[name]["people"] for name in names]
        last = slice(waves.shape[1] - plan["noise"]["calm_weeks"], None)
        waves[rows, last] -= np.average(waves[rows, last], axis=0, weights=people)
    for name in shift["teams"]:
        waves[list(teams).index(name), waves.shape[1] - shift["calm_weeks_ago"] :] = 0


def employees(staff: Staff, plan: dict[str, Any]) -> Columns:
    """One row per employee: those there now and those who left."""
    roles = np.array([team["role"] for team in plan["teams"].values()], dtype=object)
    team = staff.team_of[staff.place]
    leads = staff.seated[staff.first, 0]
    is_lead = np.isin(np.arange(len(staff.ids)), leads)
    return {
        "employee_id": staff.ids,
        "team": staff.teams[team],
        "role": np.where(is_lead, "team lead", roles[team]),
        "lead_id": np.where(is_lead, np.full(len(team), None), staff.ids[leads[team]]),
        "hired_on": staff.hired,
        "left_on": staff.left,
        "left_reason": staff.reason,
    }


def pulse(rng: np.random.Generator, staff: Staff, plan: dict[str, Any]) -> Columns:
    """One row per score an employee gave: engagement every four weeks, enps every twelve, in weekly quarters."""
    people, weeks = plan["people"], staff.engagement.shape[1]
    n = len(staff.ids)
    who, week = np.repeat(np.arange(n), weeks), np.tile(np.arange(weeks), n)
    person = rng.normal(0, people["person_sd"], n)
    day = week * 7 + 2
    gone = np.where(np.isnan(staff.left), np.inf, staff.left)
    asked = ((week + who) % 4 == 0) & (staff.hired[who] + 7 <= day) & (day <= gone[who])
    asked &= rng.random(len(who)) < people["participation"]
    who, week, day = who[asked], week[asked], day[asked]
    felt = staff.engagement[staff.team_of[staff.place[who]], week] + person[who]
    engagement = np.clip(np.rint(felt + rng.normal(0, people["answer_sd"], len(who))), 1, 5)
    also = (week + who) % 12 == 0
    latent = people["enps_base"] + people["enps_per_point"] * (felt - people["engagement"])
    enps = np.clip(np.rint(latent + rng.normal(0, people["enps_sd"], len(who))), 0, 10)[also]

    words = plan["comments"]
    said = rng.random(len(who)) < people["comment_share"]
    low = np.array(words["staff_low"]["en"], object)[rng.integers(0, len(words["staff_low"]["en"]), len(who))]
    good = np.array(words["staff_good"]["en"], object)[rng.integers(0, len(words["staff_good"]["en"]), len(who))]
    nothing = np.full(len(who), None)
    comment = np.where(said & (engagement <= 2), low, np.where(said & (engagement >= 5), good, nothing))
    rows = len(who) + len(enps)
    day = np.concatenate([day, day[also]])
    order = np.argsort(day, kind="stable")
    return {
        "pulse_id": numbered("U", rows, 6),
        "employee_id": staff.ids[np.concatenate([who, who[also]])][order],
        "asked_on": day[order].astype(float),
        "instrument": np.array(["engagement"] * len(who) + ["enps"] * len(enps), object)[order],
        "score": np.concatenate([engagement, enps])[order].astype(int),
        "comment": np.concatenate([comment, np.full(len(enps), None)])[order],
    }


def skills(rng: np.random.Generator, staff: Staff, plan: dict[str, Any]) -> Columns:
    """One row per assessment: each of the team's skills a month after hiring and then every year."""
    people, days = plan["people"], staff.seated.shape[1]
    stages = [team["stage"] for team in plan["teams"].values()]
    taught = np.array([plan["stages"][stage]["skills"] for stage in stages], dtype=object)
    required = rng.integers(people["skill_required"][0], people["skill_required"][1] + 1, taught.shape)
    who, year, skill = (
        part.ravel() for part in np.meshgrid(np.arange(len(staff.ids)), np.arange(12), np.arange(3), indexing="ij")
    )
    day = staff.hired[who] + 30 + 365 * year
    gone = np.where(np.isnan(staff.left), days - 1, staff.left)
    held = (day >= 0) & (day <= gone[who])
    who, skill, day = who[held], skill[held], day[held]
    team = staff.team_of[staff.place[who]]
    newcomer = day - staff.hired[who] < plan["decoys"]["newcomer_days"]
    gap = people["skill_gap_mean"] + np.where(newcomer, people["newcomer_gap"], 0.0)
    east = np.array([team.get("region") == "East" for team in plan["teams"].values()])
    decoy = east[team] & (taught[team, skill] == "product knowledge")
    gap = np.rint(gap + decoy * plan["decoys"]["east_gap"] + rng.normal(0, people["skill_gap_sd"], len(who)))
    need = required[team, skill]
    return {
        "employee_id": staff.ids[who],
        "skill": taught[team, skill],
        "required_level": need,
        "actual_level": np.clip(need + gap, 0, plan["company"]["skill_levels"]).astype(int),
        "assessed_on": day,
    }
