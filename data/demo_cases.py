"""How a case of the demo company goes: promised, done, by whom, and what goes wrong. Most of the truth lies here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from data.demo_clients import Clients
from data.demo_people import Array, Columns, Staff

CLOSING_HOUR = 17 / 24
LONGEST_DELAY = 15
SHARE_OF_STEP = np.array([0.25, 0.50, 0.40, 0.25])  # of the time in work: first, main, main done again, last
OUT_OF_SIGHT = 10_000.0  # a day that never comes


@dataclass(frozen=True)
class Setting:
    plan: dict[str, Any]
    staff: Staff
    clients: Clients
    surge: Array
    first_weekday: int
    days: int


def spans(clients: Clients, key: str, who: Array, day: Array, days: int) -> list[tuple[Array, list[float]]]:
    """The rows that fall into a story's spans of one kind, and what is said of them."""
    found = []
    for client, story in clients.stories.items():
        for start, end, *said in story.get(key, []):
            found.append(((who == client) & (day >= days - 7 * start) & (day < days - 7 * end), said))
    return found


def run(
    rng: np.random.Generator, setting: Setting, stage: str, number: int, client: Array, opened: Array, amount: Array
) -> Columns:
    """One case of one stage for each order: promised, done, by whom, and what went wrong. The truth is planted here."""
    plan, staff, clients, days = setting.plan, setting.staff, setting.clients, setting.days
    rule, chain, decoys, noise, n = plan["stages"][stage], plan["chain"], plan["decoys"], plan["noise"], len(client)
    day = np.minimum(np.floor(opened), days - 1).astype(int)
    team = _teams(setting, stage)[client]
    mood = staff.engagement[team, np.maximum(day // 7 - chain["lag_weeks"], 0)] - staff.own_level[team]
    surge = setting.surge[team, day // 7]
    big = (amount / np.exp(np.log(amount).mean())) ** decoys["late_by_amount"]

    promised_day = np.floor(opened) + rng.integers(rule["promise"][0], rule["promise"][1] + 1, n)
    promised_day += _to_weekday(setting, promised_day)
    chance = rule["late"] * big * np.exp(chain["late_per_point"] * mood + noise["late_per_surge"] * surge)
    mean_delay: Array = np.full(n, rule["days_late"])
    if stage == plan["shift"]["stage"]:
        slow = np.isin(team, [staff.index(name) for name in plan["shift"]["teams"]])
        slow &= promised_day >= days - 1 - 7 * plan["shift"]["weeks_ago"]
        chance = np.where(slow, plan["shift"]["late"] * big / big.mean(), chance)
        mean_delay = mean_delay + slow * plan["shift"]["extra_days_late"]
        for rows, (often, days_each) in spans(clients, "late", client, promised_day, days):
            chance[rows], mean_delay[rows] = often, max(days_each, 1.2)
    late = rng.random(n) < chance
    delay = 1 + np.floor(rng.exponential(1 / np.log1p(1 / (mean_delay - 1))))
    days_late = np.where(late, np.minimum(delay, LONGEST_DELAY), 0)
    part = rule["early"] * np.exp(noise["slow_per_surge"] * surge + rng.normal(0, 0.2, n))
    done = opened + (promised_day + CLOSING_HOUR - opened) * np.clip(part, 0.08, 0.97)
    done = np.maximum(np.floor(done) + (8 + 9.5 * (done % 1)) / 24, opened + 0.02)
    weekend = _to_weekday(setting, np.floor(done))
    done = np.where(np.floor(done) + weekend <= promised_day, done + weekend, np.minimum(done, promised_day + 0.999))
    closed = np.where(late, promised_day + days_late + rng.uniform(9, 17, n) / 24, done)
    lost = (rng.random(n) < plan["support"]["lost"]) & (opened > days - 70)
    closed = np.where(lost, OUT_OF_SIGHT, closed)

    switch = rule["hand_over"] * np.where(clients.region[client] == "East", decoys["east_hand_over"], 1.0)
    for who, story in clients.stories.items():
        switch = np.where(client == who, story.get("hand_over", switch), switch)
    passed = rng.random((n, 3)) < switch[:, None]
    seat = rng.integers(0, 1 << 16, n)
    main = staff.seated[staff.first[team] + (seat + passed[:, 0]) % staff.size[team], day]
    newcomer = day - staff.hired[main] < decoys["newcomer_days"]
    chance = rule["rework"] * big * np.exp(chain["rework_per_point"] * mood)
    chance *= np.where(newcomer, decoys["newcomer_rework"], 1.0)
    for rows, (often,) in spans(clients, "rework", client, opened, days):
        chance[rows] = often if stage == "production" else chance[rows]
    rework = rng.random(n) < chance

    present = np.ones((n, 4), dtype=bool)
    present[:, 2] = rework
    present[:, 3] = rng.random(n) < rule["last"]
    took = rng.gamma(12, 1 / 12, (n, 4)) * SHARE_OF_STEP * present
    end = np.cumsum(took, axis=1) / took.sum(axis=1, keepdims=True)
    span = (closed - opened)[:, None]
    finished = opened[:, None] + end * span
    finished[:, 3] = np.where(present[:, 3], closed, finished[:, 3])
    started = np.column_stack([opened, finished[:, :3]])
    planned = np.cumsum(SHARE_OF_STEP * present * np.array([1, 1, 0, 1]), axis=1)
    planned = (planned / planned[:, 3:]) ** 0.8
    due = opened[:, None] + planned * (promised_day + CLOSING_HOUR - opened)[:, None]

    teams = np.repeat(team[:, None], 4, axis=1)
    if "last_team" in rule:
        teams[rng.random(n) < rule["last_team_share"], 3] = staff.index(rule["last_team"])
    offset = np.column_stack([np.zeros(n, dtype=int), np.cumsum(passed * present[:, 1:], axis=1)])
    seats = staff.first[teams] + (seat[:, None] + offset) % staff.size[teams]
    who = staff.seated[seats, np.clip(np.floor(started), 0, days - 1).astype(int)]
    hand_overs, before = np.zeros(n, dtype=int), who[:, 0]
    for step in range(1, 4):
        hand_overs += present[:, step] & (who[:, step] != before)
        before = np.where(present[:, step], who[:, step], before)
    error = (rng.random((n, 4)) < decoys["error_without_rework"] / 3) & present
    error[:, 1] |= rework

    effect = plan["drivers"]["csat"]
    points = effect["days_late"] * np.minimum(days_late, effect["days_late_cap"])
    points = points + effect["rework"] * rework + effect["hand_overs"] * hand_overs
    return {
        "client": client, "stage": np.full(n, number), "team": team, "opened": opened,
        "promised": promised_day + CLOSING_HOUR, "closed": closed, "days_late": days_late, "rework": rework,
        "hand_overs": hand_overs, "points": points, "present": present, "started": started, "finished": finished,
        "due": due, "who": who, "teams": teams, "error": error,
    }  # fmt: skip


def _to_weekday(setting: Setting, day: Array) -> Array:
    """How many days a weekend holds it up: Saturday's falls on Monday, Sunday's on Tuesday."""
    return np.asarray(np.array([0, 0, 0, 0, 0, 2, 2])[((day + setting.first_weekday) % 7).astype(int)])


def _teams(setting: Setting, stage: str) -> Array:
    """Which team serves each client at a stage: its region's, its plant, or the one team there is."""
    clients, teams = setting.clients, setting.plan["teams"]
    if stage == "production":
        return clients.plant
    at_stage = [
        i for i, team in enumerate(teams.values()) if team["stage"] == stage and team["role"] != "account manager"
    ]
    regional = [i for i in at_stage if "region" in list(teams.values())[i]]
    if not regional:
        return np.full(len(clients.ids), at_stage[0])
    choice = np.empty(len(clients.ids), dtype=int)
    for region in setting.plan["clients"]["regions"]:
        served = np.flatnonzero(clients.region == region)
        local = np.array([i for i in regional if list(teams.values())[i]["region"] == region])
        choice[served] = local[np.arange(len(served)) % len(local)]
    return choice
