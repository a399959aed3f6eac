"""Drivers and chain: python bench/behind.py speed HOME | truth [--runs N].

`speed HOME`: the questions of the page on what stands behind a score over the lake of a data folder, in one run beside
a bare scan of the same answers and cases. `truth`: how often intervals hold the planted truth, how often companies in
which nothing moves anything are told of a driver or of an A or B link, and how often planted links are found.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from courses import linked
from lived import twice

from data.store import Store
from metrics import behind, chain, drivers, links, moved, panel, shrinkage, signals
from metrics.distributed import distributed
from metrics.drivers import Driver, Fit, Way
from metrics.links import Grade
from metrics.panel import Panel
from ui import view as views

T = TypeVar("T")
ROUNDS = 3
PLANTED_LAG = 3  # of courses.linked
EFFECTS = (0.0, 0.0, 0.0, 0.0, 0.05, 0.1, 0.1, 0.2, 0.2, 0.3, 0.5)  # of one company's links
LIVED = ((0.0,), (0.0, 0.0, 0.0, -0.7), (-0.15,) * 6)  # what a late case changes of orders, lag by lag
BARE = (
    "select (select sum(score * score) from answers where answered_at >= $from and answered_at < $to) "
    "+ (select count(closed_at) from cases) + (select count(team) from steps) as x"
)


def timed(what: Callable[[], T]) -> tuple[float, T]:
    """(seconds, result) of one call."""
    began = time.perf_counter()
    result = what()
    return time.perf_counter() - began, result


def speed(home: Path) -> None:
    """Print each question's time, first and median, and how many bare scans it takes."""
    store = Store(home)
    manifest = store.lake()
    window = views.window(views.View(), manifest.last_day)
    now = window.whole[0]
    rows = sum(counts.kept for counts in manifest.tables.values())
    print(f"{rows:,} rows in {home}; period {now.start} to {now.last}")
    bare = [timed(lambda: store.query(BARE, {"from": now.start, "to": now.end}))[0] for _ in range(ROUNDS)]
    scan = statistics.median(bare)
    print(f"{'bare scan':24} {scan:6.2f} s")
    for name, ask in (
        ("drivers, doses, teams", lambda: behind.behind(store, window, {}, "csat")),
        ("chain", lambda: chain.chain(store, window, {})),
        ("honest delta", lambda: moved.moved(store, window, {}, "nps", "segment")),
        ("signals", lambda: signals.signals(store, window, {})),
    ):
        store.forget()
        first, _ = timed(ask)
        worked = time.process_time()
        again = statistics.median(timed(ask)[0] for _ in range(ROUNDS))
        cpu = (time.process_time() - worked) / ROUNDS  # of all threads: on a busy machine this travels, seconds do not
        print(
            f"{name:24} {first:6.2f} s first, {again:6.2f} s again ({cpu:.2f} s of processor), {first / scan:.0f} scans"
        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def fitted(seed: int, effect: float, unequal: float, of_teams: float) -> dict[str, Driver]:
    """The drivers of a company by name: "late" moves the score by `effect`, "length" only goes with it.

    "colour" is a fact of clients, whose sizes are log-normal with the sd `unequal`; "tenure" one of 18 teams, each with
    a level of its own, `of_teams` apart, that nobody recorded. Neither moves anything.
    """
    rng = np.random.default_rng(seed)
    clients, n = 120, 1800
    size = np.exp(rng.normal(0, unequal, clients))
    who, team = rng.choice(clients, n, p=size / size.sum()), rng.integers(18, size=n)
    late = rng.poisson(0.5, n) + rng.normal(0, 0.4, clients)[who].clip(0)
    colour, tenure = rng.normal(0, 1, clients)[who], rng.normal(36, 12, 18)[team]
    facts = np.column_stack([late, 5 + late + rng.normal(0, 0.8, n), colour, tenure])
    score = 4 + effect * late + rng.normal(0, 0.35, clients)[who] + rng.normal(0, of_teams, 18)[team]
    score += rng.normal(0, 0.6, n)
    teams = Way(drivers.blocks(facts, score, team), frozenset({"tenure"}))
    found = drivers.fit(drivers.blocks(facts, score, who), ["late", "length", "colour", "tenure"], [teams])
    if not isinstance(found, Fit):
        raise SystemExit(f"refused: {found}")
    return {one.name: one for one in found.drivers}


def truth(runs: int) -> None:
    """Print coverage and false claims over `runs` made-up companies."""
    for unequal, of_teams in ((0.0, 0.0), (1.5, 0.0), (0.0, 0.2)):
        planted, still = ([fitted(seed, effect, unequal, of_teams) for seed in range(runs)] for effect in (-0.35, 0.0))
        held = np.mean([one["late"].low <= -0.35 <= one["late"].high for one in planted])
        decoyed = np.mean([any(one[name].is_proven for name in one if name != "late") for one in planted])
        told = np.mean([any(driver.is_proven for driver in one.values()) for one in still])
        print(
            f"drivers, sizes of clients {unequal}, levels of teams {of_teams} apart: slopes hold the truth in "
            f"{held:.1%} of {runs}, decoys claimed beside it {decoyed:.1%}; "
            f"told of one where nothing moves anything {told:.1%}"
        )

    slopes = [panel.within(linked(seed, 0.3), 3) for seed in range(runs)]
    print(f"slopes of links hold the truth: {np.mean([s is not None and s.low <= 0.3 <= s.high for s in slopes]):.1%}")
    _worth(min(runs, 150))
    rng = np.random.default_rng(1)
    within = []
    for _ in range(runs):
        errors, true = rng.uniform(0.1, 0.6, 20), rng.normal(4, 0.4, 20)
        spread = shrinkage.spread(list(rng.normal(true, errors)), list(errors))
        groups = spread.groups if spread else ()
        within += [one.low <= at <= one.high for one, at in zip(groups, true, strict=True)]
    print(f"shrunk values of groups hold the truth: {np.mean(within):.1%}")

    _intervals_told(min(runs, 150))

    told = 0
    companies, asked = min(runs, 200), len(chain.STEPS)
    for seed in range(companies):
        family = {i: links.evidence(linked(1000 * seed + i, 0.0, units=17, periods=60), 12, seed) for i in range(asked)}
        judged = links.judge({i: one for i, one in family.items() if one is not None})
        told += any(one.grade in (Grade.A, Grade.B) for one in judged.values())
    print(
        f"companies without any link told of an A or B one: {told / companies:.1%} of {companies}, "
        f"{asked} links asked each"
    )
    grades = [links.judge({0: one})[0].grade for seed in range(60) if (one := links.evidence(linked(seed, 0.5), 12))]
    shown = ", ".join(f"{grade} {grades.count(grade)}" for grade in Grade)
    print(f"a planted link of half a spread, 24 units, 100 periods: {shown} of {len(grades)}")


def _worth(companies: int) -> None:
    """What less lateness is told to be worth, against companies lived again without it."""
    for effects in LIVED:
        lives = [twice(seed, effects) for seed in range(100, 100 + companies)]
        told = [distributed(life.seen, 12) for life in lives]
        both = [(life, one) for life, one in zip(lives, told, strict=True) if one]
        held = np.mean([-life.late * one.high <= life.truth <= -life.late * one.low for life, one in both])
        worth, truth = (np.mean(ones) for ones in zip(*[(-a.late * b.value, a.truth) for a, b in both], strict=True))
        print(
            f"orders moved by {effects} at lags from 0: without lateness {truth:+.1%}, told {worth:+.1%}, "
            f"the interval holds it in {held:.1%} of {len(both)}"
        )


def _intervals_told(companies: int) -> None:
    """Print how often intervals of links hold the truth at the lag they are told for, in companies of eleven links.

    The lag is the surest of 13, and only links that stand up beside all others are told. The truth at a lag is the
    slope of what x does, without any noise, on the same x: an x that remembers itself goes with y at other lags than
    the planted one too. The lag's own interval is not shown to anybody.
    """
    rows = []
    for company in range(companies):
        family = {
            i: links.evidence(linked(1000 * company + i, effect), 12, company) for i, effect in enumerate(EFFECTS)
        }
        judged = links.judge({i: one for i, one in family.items() if one is not None})
        for i, link in judged.items():
            best, effect = link.evidence.best, EFFECTS[i]
            low, high = best.best_of(sum(1 for slope in link.evidence.course if slope.lag >= 0))
            truth = _truth(1000 * company + i, effect, best.lag)
            rows.append((effect, link.may_be_told, best.low <= truth <= best.high, low <= truth <= high))
    effects, told, alone, wide = (np.array(column) for column in zip(*rows, strict=True))
    print(
        f"intervals of links hold the truth at their lag in {wide.mean():.1%} of {len(wide)} links asked in "
        f"{companies} companies, in {wide[told].mean():.1%} of the {told.sum()} told; "
        f"the lag's own interval, not shown, in {alone.mean():.1%} of all"
    )
    for effect in sorted(set(EFFECTS)):
        of_size = told & (effects == effect)
        print(f"  planted {effect}: {of_size.sum()} of {(effects == effect).sum()} told, {wide[of_size].sum()} hold it")


def _truth(seed: int, effect: float, lag: int) -> float:
    if effect == 0 or lag == PLANTED_LAG:
        return effect
    noisy, bare = linked(seed, effect), linked(seed, 0.0)  # the same draws: their difference is the effect alone
    found = panel.within(Panel(noisy.x, noisy.y - bare.y, noisy.weight), lag)
    if found is None:
        raise SystemExit("an effect without a slope")
    return found.value


def main() -> None:
    """Measure what was asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    parts = asked.add_subparsers(dest="what", required=True)
    parts.add_parser("speed").add_argument("home", type=Path)
    parts.add_parser("truth").add_argument("--runs", type=int, default=500)
    said = asked.parse_args()
    if said.what == "speed":
        speed(said.home)
    else:
        truth(said.runs)


if __name__ == "__main__":
    main()
