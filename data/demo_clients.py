"""Whom the demo company serves: clients, their habits, and the few whose journey tells a story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from data.demo_people import Array, Columns, Staff, numbered, picked

if TYPE_CHECKING:
    from data.demo_work import Work


@dataclass(frozen=True)
class Clients:
    """One entry per client. Days count from the first day of data; `stories` names the places of those with a plot.

    Units: rate, orders a week; amount, the usual order; answering, chance to answer against the usual (0: silent).
    """

    ids: Array
    name: Array
    segment: Array
    region: Array
    industry: Array
    since: Array
    closed: Array
    russian: Array
    silent: Array
    answering: Array
    rate: Array
    amount: Array
    payer: Array
    plant: Array
    manager_seat: Array
    stories: dict[int, dict[str, Any]]

    def active(self, who: Array, day: Array) -> Array:
        """Whether these were clients on these days."""
        return np.asarray((self.since[who] <= day) & ~(self.closed[who] < day))


def clients(rng: np.random.Generator, plan: dict[str, Any], days: int) -> Clients:
    """Everybody who was a client in the window. Shares of segments, regions and silence are exact, not chance."""
    asked, money = plan["clients"], plan["orders"]
    n = asked["count"]
    stories = {int(name[1:]) - 1: story for name, story in plan["stories"].items()}
    groups = asked["segments"]
    segment = _exact(rng, {name: group["share"] for name, group in groups.items()}, n)
    region = np.empty(n, dtype=object)
    for group in groups:
        region[segment == group] = _exact(rng, asked["regions"], int((segment == group).sum()))
    industry = np.array(asked["industries"], dtype=object)[rng.integers(0, len(asked["industries"]), n)]
    for who, story in stories.items():
        segment[who], region[who], industry[who] = story["segment"], story["region"], story["industry"]

    silent = np.zeros(n, dtype=bool)
    for group in groups:
        members = rng.permutation(np.setdiff1d(np.flatnonzero(segment == group), list(stories)))
        silent[members[: round(asked["silent_share"] * len(members))]] = True
    leaving = np.where(silent, asked["closing_per_year"]["silent"], asked["closing_per_year"]["answering"])
    closed = np.where(rng.random(n) < leaving * days / 365, rng.integers(90, days, n), np.nan)
    is_new = rng.random(n) < asked["new_share"]
    since = np.where(is_new, rng.integers(0, days - 60, n), -rng.integers(1, 365 * asked["years_before"], n)).astype(
        float
    )
    since = np.minimum(since, np.where(np.isnan(closed), np.inf, closed - 60))
    for who, story in stories.items():
        since[who] = min(since[who], -200 - who)
        closed[who] = days - 1 - 7 * story["closed_weeks_ago"] if "closed_weeks_ago" in story else np.nan
        silent[who] = story["plot"] == "silent"

    def of_segment(key: str) -> Array:
        return np.array([groups[group][key] for group in segment], dtype=float)

    spread = asked["answering_spread"]
    answering = np.where(silent, 0.0, rng.gamma(spread, 1 / spread, n).clip(0.15, 2.4))
    rate = of_segment("orders") * rng.gamma(money["client_rate_shape"], 1 / money["client_rate_shape"], n)
    amount = of_segment("amount") * np.exp(rng.normal(0, money["client_amount_sd"], n))
    russian = rng.random(n) < asked["russian_share"]
    payer = rng.choice(len(plan["payments"]["payers"]), n, p=[kind["share"] for kind in plan["payments"]["payers"]])
    for who, story in stories.items():  # a plot must be seen with every seed: usual in all it does not tell of
        rate[who], amount[who] = story["orders_a_week"], groups[story["segment"]]["amount"]
        answering[who], payer[who] = 0.0 if silent[who] else 1.0, 0
        russian[who] = story["answers"][0]["language"] == "ru"
    plants = [i for i, name in enumerate(plan["teams"]) if name.startswith("Plant")]
    people = np.array([list(plan["teams"].values())[i]["people"] for i in plants], dtype=float)
    managers = [i for i, team in enumerate(plan["teams"].values()) if team["role"] == "account manager"]
    sizes = np.array([team["people"] for team in plan["teams"].values()])
    desk = np.where(segment == "Enterprise", managers[0], managers[1])
    return Clients(
        ids=numbered("C", n, 4),
        name=_names(rng, asked["names"], industry, stories),
        segment=segment,
        region=region,
        industry=industry,
        since=since,
        closed=closed,
        russian=russian,
        silent=silent,
        answering=answering,
        rate=rate,
        amount=amount,
        payer=payer,
        plant=np.array(plants)[rng.choice(len(plants), n, p=people / people.sum())],
        manager_seat=(np.concatenate([[0], np.cumsum(sizes)])[desk] + rng.integers(0, 1 << 16, n) % sizes[desk]),
        stories=stories,
    )


def _exact(rng: np.random.Generator, shares: dict[str, float], n: int) -> Array:
    """n words in chance order, of each as many as its share says."""
    edges = np.rint(np.cumsum([0, *shares.values()]) * n).astype(int)
    return rng.permutation(np.repeat(np.array(list(shares), dtype=object), np.diff(edges)))


def _names(rng: np.random.Generator, words: dict[str, Any], industry: Array, stories: dict[int, Any]) -> Array:
    """Invented and unique: a place of two syllables, never twice in a line of business, and that line's word."""
    places = np.array([a + b for a in words["first"] for b in words["second"]], dtype=object)
    kinds = len(words[str(industry[0])])
    drawn = rng.permutation(len(places) * kinds)[: len(industry)]
    names = np.array(
        [f"{places[i % len(places)]} {words[line][i // len(places)]}" for i, line in zip(drawn, industry, strict=True)],
        dtype=object,
    )
    for who, story in stories.items():
        names[who] = story["name"]
    return names


def table(rng: np.random.Generator, plan: dict[str, Any], staff: Staff, clients: Clients, work: Work) -> Columns:
    """One row per client. The wallet is known for a part of them and never less than what they spend with us."""
    asked, n = plan["clients"], len(clients.ids)
    days = staff.seated.shape[1]
    recent = (work.ordered > days - 365) & ~work.cancelled
    spent = np.bincount(work.client[recent], weights=work.amount[recent], minlength=n)
    usual = 52 * clients.rate * clients.amount
    least, most = asked["wallet_share"]
    wallet = np.maximum(spent, usual) / rng.uniform(least, most, n)
    size = np.empty(n, dtype=object)
    for group, facts in asked["segments"].items():
        members = clients.segment == group
        chances = dict(zip(asked["sizes"], facts["sizes"], strict=True))
        size[members] = picked(rng, chances, int(members.sum()))
    return {
        "client_id": clients.ids,
        "name": clients.name,
        "segment": clients.segment,
        "region": clients.region,
        "industry": clients.industry,
        "size": size,
        "manager_id": staff.ids[staff.seated[clients.manager_seat, days - 1]],
        "since_on": clients.since,
        "closed_on": clients.closed,
        "wallet_per_year": np.where(rng.random(n) < asked["wallet_known"], np.round(wallet, -3), np.nan),
    }
