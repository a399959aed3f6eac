"""What the demo company does for its clients: orders, the cases and steps they run through, invoices and returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from data.demo_cases import CLOSING_HOUR, OUT_OF_SIGHT, Setting, run, spans
from data.demo_clients import Clients
from data.demo_people import Array, Columns, Staff, calm, numbered, picked, wave


@dataclass(frozen=True)
class Cases:
    """One entry per case, in the order of opening; `order` is its order's place. Closed may lie past the last day.

    `points`: what its lateness, rework and hand-overs cost on the csat scale. `load`: workload against the usual.
    """

    ids: Array
    order: Array
    client: Array
    stage: Array
    team: Array
    opened: Array
    promised: Array
    closed: Array
    days_late: Array
    rework: Array
    hand_overs: Array
    points: Array
    load: Array


@dataclass(frozen=True)
class Work:
    """Orders one by one, their cases and steps, and the experience they left. Shape of experience: clients x weeks."""

    ids: Array
    client: Array
    ordered: Array
    amount: Array
    category: Array
    cancelled: Array
    delivered: Array
    promised: Array
    made_again: Array
    cases: Cases
    steps: Columns
    experience: Array


def work(rng: np.random.Generator, plan: dict[str, Any], first_day: date, staff: Staff, clients: Clients) -> Work:
    """Everything ordered, and everything done for it.

    Orders are drawn at `headroom` times their rate, run through all stages, and then thinned week by week to what the
    experience of each client leaves: so behaviour follows experience, and experience comes only from orders kept.
    """
    noise, days = plan["noise"], staff.seated.shape[1]
    surge = wave(rng, len(staff.teams), days // 7, noise["surge_sd"], noise["surge_memory"])
    calm(surge, plan)
    setting = Setting(plan, staff, clients, surge, first_day.weekday(), days)
    client, ordered = _demand(rng, setting, first_day)
    n = len(client)
    sd = np.array([plan["clients"]["segments"][group]["amount_sd"] for group in clients.segment])[client]
    amount = np.round(clients.amount[client] * np.exp(rng.normal(0, sd)), 2)
    category = picked(rng, plan["orders"]["categories"], n)
    cancelled = rng.random(n) < plan["orders"]["cancelled"]

    runs, opened = [], ordered
    for number, stage in enumerate(plan["company"]["stages"][:4]):
        runs.append(run(rng, setting, stage, number, client, opened, amount))
        opened = np.where(cancelled, OUT_OF_SIGHT, runs[-1]["closed"] + rng.uniform(0.0, 0.08, n))
    trouble = sum(((made["days_late"] > 0) | made["rework"]).astype(int) for made in runs[1:3]) > 0
    needs = rng.random(n) < np.where(trouble, plan["support"]["share_after_trouble"], plan["support"]["share"])
    asks_at = np.where(needs & ~cancelled, runs[2]["closed"] + rng.uniform(0.5, 21, n), OUT_OF_SIGHT)
    runs.append(run(rng, setting, plan["company"]["stages"][4], 4, client, asks_at, amount))

    kept, experience = _thinned(rng, setting, client, ordered, runs)
    place = np.cumsum(kept) - 1
    seen = [kept & (made["opened"] < days) for made in runs]
    joined = {key: np.concatenate([made[key][rows] for made, rows in zip(runs, seen, strict=True)]) for key in runs[0]}
    joined["order"] = np.concatenate([place[rows] for rows in seen])
    by_opening = np.argsort(joined["opened"], kind="stable")
    joined = {key: values[by_opening] for key, values in joined.items()}
    ids = numbered("K", len(by_opening), 6)
    steps, load = _steps(setting, ids, joined)
    case_keys = ("order", "client", "stage", "team", "opened", "promised", "closed", "days_late", "rework",
                 "hand_overs", "points")  # fmt: skip
    delivery = {key: values[kept] for key, values in runs[2].items()}
    plain = [plan["stages"][stage]["promise"] for stage in plan["company"]["stages"][:3]]
    planned = np.floor(ordered[kept]) + sum(max(promise) for promise in plain) + CLOSING_HOUR
    return Work(
        ids=numbered("O", int(kept.sum()), 5),
        client=client[kept],
        ordered=ordered[kept],
        amount=amount[kept],
        category=category[kept],
        cancelled=cancelled[kept],
        delivered=np.where(delivery["closed"] < days, delivery["closed"], np.nan),
        promised=np.where(delivery["opened"] < days, delivery["promised"], planned),
        made_again=runs[1]["rework"][kept],
        cases=Cases(ids=ids, load=load, **{key: joined[key] for key in case_keys}),
        steps=steps,
        experience=experience,
    )


def _demand(rng: np.random.Generator, setting: Setting, first_day: date) -> tuple[Array, Array]:
    """Who orders when, before experience thins it: rate x season x the region's demand x the client's story."""
    plan, clients, weeks = setting.plan, setting.clients, setting.days // 7
    regions = list(plan["clients"]["regions"])
    demand = np.exp(wave(rng, len(regions), weeks, plan["noise"]["demand_sd"], plan["noise"]["demand_memory"]))
    months = np.array([(first_day + timedelta(days=7 * week + 3)).month for week in range(weeks)])
    season = np.array(plan["season"]["month"])[months - 1]
    place = np.array([regions.index(region) for region in clients.region])
    rate = clients.rate[:, None] * demand[place] * season * plan["orders"]["headroom"]
    who, week = np.indices(rate.shape)
    for rows, (factor,) in spans(clients, "orders", who, 7 * week, setting.days):
        rate[rows] *= factor
    drawn = rng.poisson(rate)
    client, week = np.repeat(who.ravel(), drawn.ravel()), np.repeat(week.ravel(), drawn.ravel())
    weekday = np.array([plan["season"]["weekday"][(setting.first_weekday + day) % 7] for day in range(7)])
    day = week * 7 + rng.choice(7, len(week), p=weekday / weekday.sum())
    ordered = day + (8 + 9.5 * rng.random(len(day))) / 24
    there = np.flatnonzero(clients.active(client, day))
    by_time = there[np.argsort(ordered[there], kind="stable")]
    return client[by_time], ordered[by_time]


def _thinned(
    rng: np.random.Generator, setting: Setting, client: Array, ordered: Array, runs: list[Columns]
) -> tuple[Array, Array]:
    """Which orders are really placed, and each client's experience week by week, as `[chain]` plants it."""
    chain, weeks = setting.plan["chain"], setting.days // 7
    usual, memory = chain["usual_experience"], chain["experience_memory"]
    level = np.full((len(setting.clients.ids), weeks), usual)
    cost, closings = np.zeros_like(level), np.zeros_like(level)
    draw = rng.random(len(client)) * setting.plan["orders"]["headroom"]
    kept = np.zeros(len(client), dtype=bool)
    edges = np.searchsorted(ordered, 7 * np.arange(weeks + 1))
    for week in range(weeks):
        rows = slice(edges[week], edges[week + 1])
        felt = level[client[rows], max(week - chain["order_lag_weeks"], 0)]
        kept[rows] = draw[rows] < np.exp(chain["orders_per_point"] * (felt - usual))
        for made in runs:
            counts = kept[rows] & (made["closed"][rows] < setting.days)
            where = client[rows][counts], (made["closed"][rows][counts] // 7).astype(int)
            np.add.at(cost, where, made["points"][rows][counts])
            np.add.at(closings, where, 1)
        before = level[:, week - 1] if week else level[:, 0]
        mean = cost[:, week] / np.maximum(closings[:, week], 1)
        level[:, week] = np.where(closings[:, week] > 0, memory * before + (1 - memory) * mean, before)
    return kept, level


def _steps(setting: Setting, ids: Array, cases: Columns) -> tuple[Columns, Array]:
    """One row per step begun by the last day; and for each case the workload of its team when it closed."""
    staff, days, plan = setting.staff, setting.days, setting.plan
    seen = cases["present"] & (cases["started"] < days)
    case, slot = np.nonzero(seen)
    started, finished = cases["started"][seen], cases["finished"][seen]
    words = np.array([plan["stages"][stage]["steps"] for stage in plan["company"]["stages"]], dtype=object)
    word = words[cases["stage"][case], np.array([0, 1, 1, 2])[slot]]
    order = np.argsort(started, kind="stable")
    team = cases["teams"][seen]
    load = _load(plan, staff, days, team, started, finished, cases["team"], cases["closed"])
    return {
        "step_id": numbered("S", len(order), 6),
        "case_id": ids[case][order],
        "step": word[order],
        "employee_id": staff.ids[cases["who"][seen]][order],
        "team": staff.teams[team][order],
        "started_at": started[order],
        "finished_at": np.where(finished < days, finished, np.nan)[order],
        "due_at": cases["due"][seen][order],
        "is_rework": (slot == 2)[order],
        "is_error": (cases["error"][seen] & (finished < days))[order],
    }, load


def _load(
    plan: dict[str, Any], staff: Staff, days: int, team: Array, started: Array, finished: Array, of: Array, at: Array
) -> Array:
    """Open steps a person over the week before, against the team's usual: as measured from the steps themselves."""
    span, settle = plan["workload"]["days"], plan["workload"]["settle_days"]
    load = np.ones(len(of))
    for number in range(len(staff.teams)):
        begun, ended = np.sort(started[team == number]), np.sort(np.minimum(finished[team == number], days))
        if not len(begun) or not (of == number).any():
            continue

        def open_days(moment: Array, begun: Array = begun, ended: Array = ended) -> Array:
            return _days_since(begun, moment) - _days_since(ended, moment)

        heads = np.concatenate([[0.0], np.cumsum(staff.head_count[number])])

        def a_person(moment: Array, heads: Array = heads) -> Array:
            present = np.interp(moment, np.arange(len(heads)), heads)
            before = np.interp(moment - span, np.arange(len(heads)), heads)
            return np.asarray((open_days(moment) - open_days(moment - span)) / np.maximum(present - before, 1))

        usual = a_person(np.arange(settle, days) + 1.0).mean()
        rows = of == number
        load[rows] = a_person(np.minimum(at[rows], days)) / usual
    return load


def _days_since(instants: Array, moment: Array) -> Array:
    """How many days have passed, at each moment, since all earlier of the (sorted) instants together."""
    before = np.searchsorted(instants, moment)
    return np.asarray(before * moment - np.concatenate([[0.0], np.cumsum(instants)])[before])


def case_columns(plan: dict[str, Any], clients: Clients, work: Work, days: int) -> Columns:
    """One row per case begun by the last day; closed is empty while it is open."""
    cases = work.cases
    stages = np.array(plan["company"]["stages"], dtype=object)
    processes = np.array([plan["stages"][stage]["process"] for stage in stages], dtype=object)
    return {
        "case_id": cases.ids,
        "client_id": clients.ids[cases.client],
        "order_id": work.ids[cases.order],
        "process": processes[cases.stage],
        "stage": stages[cases.stage],
        "opened_at": cases.opened,
        "closed_at": np.where(cases.closed < days, cases.closed, np.nan),
        "promised_at": cases.promised,
    }
