"""The chain from employees over operations and satisfaction to behaviour: its links, each with its grade."""

from __future__ import annotations

import math
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from data.lake import Manifest
from data.store import Store
from metrics import ask, compose, compute, links, moods
from metrics.ask import Wanted
from metrics.distributed import Distributed, distributed
from metrics.links import Evidence, Grade, Judged
from metrics.load import model_sql
from metrics.panel import Groups, Panel
from metrics.regions import regions
from metrics.window import Period, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_CLIENTS = 500
AT_ONCE = 2
LONGEST = {"week": 12, "month": 6}
MOST_WEEKS = 156
GAPS, SHORTEST, LONGEST_SPAN = 2, 4, 12  # weeks of a client's usual span: so many of its mean gaps, within these ends
Matrix: TypeAlias = "NDArray[np.float64]"
Facts: TypeAlias = dict[str, tuple[Matrix, Matrix]]  # kind -> (mean, what it stands on), each units x periods
Course: TypeAlias = "tuple[Facts, Groups | None]"  # with which units go through things together


@dataclass(frozen=True)
class Step:
    """One link of the chain. `per`: how much more of the first fact its slope is told for.

    `cause`: the fact asked, where that is the first one levelled by its kind.
    """

    first: str
    then: str
    of: str  # the layers it joins
    to: str
    period: str
    per: float
    cause: str = ""

    @property
    def name(self) -> str:
        """Its id."""
        return f"{self.first}_{self.then}"


STEPS = (
    Step("engagement", "late", "employee", "operational", "month", -0.5),
    Step("engagement", "rework", "employee", "operational", "month", -0.5),
    Step("late", "csat", "operational", "satisfaction", "week", 0.1),
    Step("rework", "csat", "operational", "satisfaction", "week", 0.1),
    Step("hand_overs", "csat", "operational", "satisfaction", "week", 1.0),
    Step("late", "orders", "operational", "transactional", "week", 0.1),
    Step("late", "days_late", "operational", "transactional", "week", 0.1),
    Step("csat", "orders", "satisfaction", "transactional", "week", -1.0),
    Step("csat", "days_late", "satisfaction", "transactional", "week", -1.0),
    # Before a client is lost it orders nothing for a while: what falls due then was promised long before, and what it
    # speaks of needs no order. Where such kinds are more often late, or score less, leaving would seem to follow.
    Step("late", "kept", "operational", "transactional", "week", 0.1, "late_levelled"),
    Step("csat", "kept", "satisfaction", "transactional", "week", -1.0, "csat_levelled"),
)
IN_ALL = ("late_csat", "late_orders")  # what less lateness would be worth is told by these


@dataclass(frozen=True)
class Link:
    """One link that could be asked, judged together with all others.

    `in_all`: what one more of the first fact changes of the other over all lags; only of proven links from lateness.
    """

    step: Step
    judged: Judged
    in_all: Distributed | None = None

    @property
    def lag(self) -> int:
        """How many periods later the other fact follows."""
        return self.judged.evidence.best.lag

    @property
    def asked(self) -> int:
        """Among how many lags this one was chosen."""
        return sum(1 for slope in self.judged.evidence.course if slope.lag >= 0)

    @property
    def effect(self) -> tuple[float, float, float]:
        """What `per` more of the first fact does to the other at that lag, with its interval from low to high.

        The interval is that of the surest of all lags asked, so wider than this lag's own.
        """
        best, per = self.judged.evidence.best, self.step.per
        ends = sorted(per * end for end in best.best_of(max(1, self.asked)))
        return per * best.value, ends[0], ends[1]


@dataclass(frozen=True)
class Chain:
    """All links. `unasked`: those for which facts are missing. `days`: the course they were asked of.

    `now`: the period looked at. `late_now`: the share of promises broken in it; `revenue_now`: its revenue. None where
    not known.
    """

    links: tuple[Link, ...]
    unasked: tuple[Step, ...]
    days: Period
    now: Period
    late_now: float | None
    revenue_now: float | None

    @property
    def told(self) -> tuple[Link, ...]:
        """The links that are more than a correlation, in the order of the chain."""
        return tuple(link for link in self.links if link.judged.may_be_told)

    def link(self, first: str, then: str) -> Link | None:
        """One link by its two facts."""
        return next((one for one in self.links if (one.step.first, one.step.then) == (first, then)), None)


def chain(store: Store, window: Window, filters: Mapping[str, tuple[str, ...]]) -> Chain:
    """Ask every link of the chosen clients and stages, over all the weeks and months there are up to the period's end.

    Operations, satisfaction and behaviour are followed client by client, week by week (the 500 clients with most
    cases); employees and operations team by team, month by month, of teams of which five or more answered in that
    month: what people said is taken from where it may be shown (metrics.ask), so no small team can be worked out.
    Raises: StrataError without a lake; QueryTooLong.
    """
    manifest = store.lake()
    now = window.whole[0]
    first = first_day(manifest)
    weeks = min(MOST_WEEKS, (now.end - first).days // 7)
    days = Period(now.end - timedelta(weeks=weeks), now.end)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        of_clients = pool.submit(_clients, store, filters, days, weeks)
        of_teams = pool.submit(_teams, store, filters, first, now.end)
        facts = {"week": of_clients.result(), "month": of_teams.result()}
        asked = pool.map(lambda step: _evidence(step, facts[step.period]), STEPS)
        family = {step.name: found for step, found in zip(STEPS, asked, strict=True) if found is not None}
    judged = links.judge(family)
    by_name = {step.name: step for step in STEPS}
    in_all = {name: _in_all(by_name[name], one, facts["week"]) for name, one in judged.items() if name in IN_ALL}
    late, revenue = _now(store, window, filters)
    return Chain(
        tuple(Link(by_name[name], one, in_all.get(name)) for name, one in judged.items()),
        tuple(step for step in STEPS if step.name not in judged), days, now, late, revenue,
    )  # fmt: skip


def first_day(manifest: Manifest) -> date:
    """The first day with cases; without cases the last day, so that there is no course."""
    counts = manifest.tables.get("cases")
    return pd.Timestamp(counts.first).date() if counts and counts.first else manifest.last_day


def _asked(
    store: Store, model: str, filters: Mapping[str, tuple[str, ...]], days: Period, values: dict[str, Any]
) -> pd.DataFrame:
    """The rows of a model that reads its clients from `chosen` and its stages from $stages."""
    sql = model_sql(model)
    given: dict[str, Any] = {
        "from": days.start, "to": days.end, "ym_from": f"{days.start:%Y-%m}", "ym_to": f"{days.last:%Y-%m}",
        "stages": list(filters["stage"]) if filters.get("stage") else None, **values,
    }  # fmt: skip
    given = {name: worth for name, worth in given.items() if f"${name}" in sql}
    within = compose.client_filter(filters, given)
    chosen = f"select client_id from clients where {within}" if within else "select client_id from clients"
    sql = sql.replace("$from", "cast($from as date)").replace("$to", "cast($to as date)")
    sql = sql.replace("$stages", "cast($stages as varchar[])")
    return store.query(f"with chosen as not materialized ({chosen}), model as ({sql}) select * from model", given)


def _grid(rows: pd.DataFrame, over: str, periods: int) -> tuple[Facts, list[str]]:
    """The rows of a model as grids: units down, periods across; nan where nothing is known."""
    units = sorted(rows["unit"].unique())
    place = {unit: at for at, unit in enumerate(units)}
    facts: Facts = {}
    for kind, part in rows.groupby("kind"):
        mean, weight = np.full((len(units), periods), np.nan), np.zeros((len(units), periods))
        down = part["unit"].map(place).to_numpy(dtype=int)
        across = part[over].to_numpy(dtype=int)
        n = part["n"].to_numpy(dtype=float)
        inside = (across >= 0) & (across < periods) & (n > 0)
        total = part["total"].to_numpy(dtype=float)
        mean[down[inside], across[inside]] = total[inside] / n[inside]
        weight[down[inside], across[inside]] = n[inside]
        facts[str(kind)] = mean, weight
    return facts, units


def _clients(store: Store, filters: Mapping[str, tuple[str, ...]], days: Period, weeks: int) -> Course:
    if weeks < 1:
        return {}, None
    rows = _asked(store, "client_weeks", filters, days, {"most": MOST_CLIENTS})
    facts, units = _grid(rows, "week", weeks)
    if "orders" in facts and units:
        counts = facts["orders"][1]
        facts["orders"], facts["kept"] = _relative(counts), _kept(counts)
    return facts, regions(store, units)


def _relative(orders: Matrix) -> tuple[Matrix, Matrix]:
    """Orders a week against the client's own mean: 1 is usual. Weeks before the first and after the last order count
    only as far as the client was there: from its first order on."""
    began = np.where(orders.any(axis=1), (orders > 0).argmax(axis=1), orders.shape[1])
    there = np.arange(orders.shape[1])[None, :] >= began[:, None]
    usual = np.where(there, orders, 0.0).sum(axis=1) / np.maximum(1, there.sum(axis=1))
    shown = there & (usual > 0)[:, None]
    mean = np.where(shown, orders / np.where(usual > 0, usual, 1.0)[:, None], np.nan)
    return mean, np.where(shown, usual[:, None], 0.0)


def _kept(orders: Matrix) -> tuple[Matrix, Matrix]:
    """Whether a client that ordered within one span of its own usual length ordered within the next: 1, else 0.

    The span is two of the client's mean gaps between weeks with an order, at least 4 weeks: what is long for one is
    usual for another. It is dated at its end: nothing in it is later than its week, else cause and effect would change
    places. A client that has left counts as lost for one span and is no more asked. Left out are clients whose span
    is longer than 12 weeks, for they leave later than the longest lag can see, and those with orders in under 3 weeks.
    """
    mean, weight = np.full(orders.shape, np.nan), np.zeros(orders.shape)
    for unit, course in enumerate(orders > 0):
        weeks = np.flatnonzero(course)
        if len(weeks) < 3:
            continue
        span = max(SHORTEST, math.ceil(GAPS * (weeks[-1] - weeks[0]) / (len(weeks) - 1)))
        if span > LONGEST_SPAN:
            continue
        so_far = np.concatenate([[0], np.cumsum(course)])
        ends = np.arange(2 * span, len(so_far))
        of_span, of_one_before = so_far[ends] - so_far[ends - span], so_far[ends - span] - so_far[ends - 2 * span]
        known = ends[of_one_before > 0] - 1
        mean[unit, known], weight[unit, known] = (of_span > 0)[of_one_before > 0], 1.0
    return mean, weight


def _teams(store: Store, filters: Mapping[str, tuple[str, ...]], first: date, end: date) -> Course:
    """Teams by finished calendar months; engagement only of months in which five or more of the team answered."""
    months = moods.months(first, end)
    if not months:
        return {}, None
    days = Period(months[0].start, months[-1].end)
    facts, units = _grid(_asked(store, "team_months", filters, days, {}), "month", len(months))
    mood, weight = (np.full((len(units), len(months)), fill) for fill in (np.nan, 0.0))
    for (team, month), (value, n) in moods.moods(store, months).items():
        if team in units:
            at = units.index(team), months.index(month)
            mood[at], weight[at] = value, n
    if units:
        facts["engagement"] = mood, weight
    return facts, None


def _panel(step: Step, course: Course) -> Panel | None:
    (facts, groups), cause = course, step.cause or step.first
    return Panel(facts[cause][0], *facts[step.then], groups) if cause in facts and step.then in facts else None


def _evidence(step: Step, course: Course) -> Evidence | None:
    panel = _panel(step, course)
    return links.evidence(panel, LONGEST[step.period], STEPS.index(step)) if panel else None


def _in_all(step: Step, judged: Judged, course: Course) -> Distributed | None:
    panel = _panel(step, course)
    if panel is None or judged.grade not in (Grade.A, Grade.B):
        return None
    return distributed(panel, min(LONGEST[step.period], judged.evidence.periods // 3))


def _now(store: Store, window: Window, filters: Mapping[str, tuple[str, ...]]) -> tuple[float | None, float | None]:
    """The share of promises broken and the revenue of the period looked at."""
    now = Window(window.whole[:1])
    wanted = Wanted("promise_kept_share"), Wanted("revenue")
    answers = ask.ask(store, wanted, now, filters)
    kept, revenue = (compute.worth(answers[one].metric, answers[one].at(now.whole[0])) for one in wanted)
    return None if kept is None else 1 - kept, revenue
