"""What really moved a number since the period before: its groups, their weights, and what chance explains of either."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import pandas as pd

from data.store import Store
from metrics import against, ask, board, change, clustered, compute, delta, depth, letters
from metrics.ask import Answer, Wanted
from metrics.change import Verdict
from metrics.clustered import Witnesses
from metrics.compute import Reading, States
from metrics.declare import Metric
from metrics.letters import Singly
from metrics.load import catalogue
from metrics.window import DAY, Period, Window

# Of these kinds the whole is the mean of its groups, each by what it stands on.
WEIGHED_BY = {"nps": "n", "share": "n", "mean": "n", "ratio": "x"}
REST = None  # the name of the groups too small to be shown alone, put together
MOST_GROUPS = 12  # more are put together too, the smallest first
Z = 1.959963984540054


class Unsplit(StrEnum):
    """Why a change cannot be split: a group weighs less than nothing; of a group the value is not recorded; a row
    counts in several groups or in none.
    """  # fmt: skip

    NEGATIVE = "negative"
    UNRECORDED = "unrecorded"
    OVERLAP = "overlap"


@dataclass(frozen=True)
class Amount:
    """A part of a change, with its 95 % interval where its doubt is known."""

    value: float
    low: float | None = None
    high: float | None = None

    @property
    def is_real(self) -> bool:
        """Whether chance alone would hardly give it."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


@dataclass(frozen=True)
class Row:
    """One group. `share`, `share_before`: its weight in the whole. `performance`, `mix`: what it gave to the change.

    `verdict`: of its own value. `letter`: its own; `above`: the letters of the groups it is really above now.
    """

    group: str | None
    before: Reading
    now: Reading
    share_before: float
    share: float
    performance: float
    mix: float
    verdict: Verdict
    letter: str = ""
    above: str = ""


@dataclass(frozen=True)
class Moved:
    """The change of one number, split exactly: performance + mix = the difference.

    `p`: of the change of the whole. `verdict`: what may be said of it. `is_against`: the whole moved one way and its
    groups, at equal weights, the other, by more than chance. `rows`: what gave most to the change first; none when it
    cannot be split (`unsplit` says why). `is_known`: whether the lake has any fact of the metric, of whatever day.
    """

    metric: str
    by: str
    offered: tuple[str, ...]
    now: Period
    earlier: Period
    before: Reading
    after: Reading
    p: float | None
    verdict: Verdict
    performance: Amount | None = None
    mix: Amount | None = None
    is_against: bool = False
    rows: tuple[Row, ...] = ()
    put_together: int = 0
    is_known: bool = True
    unsplit: Unsplit | None = None

    @property
    def difference(self) -> float | None:
        """By how much the whole moved."""
        if self.before.value is None or self.after.value is None:
            return None
        return self.after.value - self.before.value


def splittable() -> tuple[str, ...]:
    """The metrics whose change can be split: means of clients' rows, in the order of the catalogue.

    Not those of employees: of them nothing may be told that lets a small team be worked out.
    """
    return tuple(
        metric.id
        for metric in catalogue().values()
        if metric.interval in WEIGHED_BY and metric.layer != "employee" and depth.dimensions(metric)
    )


def moved(store: Store, window: Window, filters: Mapping[str, tuple[str, ...]], metric: str, by: str) -> Moved:
    """Split the change of a metric by one of its dimensions. `metric`, `by`: the chosen ones, or '' for the usual.

    Performance is what the groups' own values did at the mean of both weights; mix is what only the weights did.
    The doubt of the whole, of values and of weights is told by clients (metrics.clustered).
    Raises: StrataError without a lake; QueryTooLong.
    """
    manifest = store.lake()
    periods = Window(window.whole[:2])
    chosen = metric if metric in splittable() else usual(store, periods, filters)
    about = catalogue()[chosen]
    offered = depth.dimensions(about)
    by = by if by in offered else offered[0]
    now, earlier = periods.whole
    wanted = [Wanted(about.id), Wanted(about.id, (by,))]
    whole, parted = (ask.ask(store, wanted, periods, filters)[one] for one in wanted)
    tile = board.judged_by_clients(store, periods, filters, [(board.tile(whole, periods, manifest), (), ())])[0]
    found = Moved(about.id, by, offered, now, earlier, tile.before, tile.now, tile.p, tile.verdict)
    if not tile.now.n and not tile.before.n:
        return replace(found, is_known=_is_known(store, chosen))
    if tile.change.difference is None or not tile.is_shown or tile.before.n < about.minimum_n:
        return found
    before, after, put_together = _groups(parted, about, earlier, now)
    by_client = clustered.witnesses(store, about, periods, filters, by, list(before), REST)
    return _split(
        found, about, before, after, put_together, by_client,
        lambda groups: against.sides(store, now, filters, about, by, groups),
    )  # fmt: skip


def usual(store: Store, periods: Window, filters: Mapping[str, tuple[str, ...]]) -> str:
    """The first metric that has facts in both periods, else in one, else the first of all."""
    some = ""
    for name in splittable():
        wanted = Wanted(name)
        answer = ask.ask(store, [wanted], periods, filters)[wanted]
        known = [bool(answer.at(period).n) for period in periods.whole]
        if all(known):
            return name
        some = some or (name if any(known) else "")
    return some or splittable()[0]


def _is_known(store: Store, metric: str) -> bool:
    """Whether a metric has any fact at all, of any client."""
    manifest = store.lake()
    days = [counts.first for counts in manifest.tables.values() if counts.first]
    first = min((pd.Timestamp(day).date() for day in days), default=manifest.last_day)
    ever, wanted = Period(first, manifest.last_day + DAY), Wanted(metric)
    return bool(ask.ask(store, [wanted], Window((ever,)), {})[wanted].at(ever).n)


def _groups(
    parted: Answer, metric: Metric, earlier: Period, now: Period
) -> tuple[dict[str | None, States], dict[str | None, States], int]:
    """The states of each group before and now; small groups as one, so that nothing is left out of the sums."""
    sizes = {group: (parted.at(earlier, group).n, parted.at(now, group).n) for group in parted.groups()}
    small = {group for group, n in sizes.items() if group[0] is None or max(n) < metric.minimum_n}
    large = sorted(sizes.keys() - small, key=lambda group: -sum(sizes[group]))
    small |= set(large[MOST_GROUPS:])
    sides: list[dict[str | None, States]] = []
    for period in (earlier, now):
        side: dict[str | None, States] = {}
        for group in sizes:
            name = REST if group in small else group[0]
            side[name] = compute.merged(metric, [side.get(name, States()), _states(parted, period, group)])
        sides.append(side)
    return sides[0], sides[1], sum(1 for group in small if sum(sizes[group]))


def _states(parted: Answer, period: Period, group: ask.Group) -> States:
    found = parted.at(period, group)
    return found if isinstance(found, States) else States()


def _split(
    found: Moved,
    metric: Metric,
    before: dict[str | None, States],
    after: dict[str | None, States],
    put_together: int,
    by_client: Witnesses,
    one_by_one: Singly,
) -> Moved:
    weight = WEIGHED_BY[metric.interval]
    names = list(before)
    keys = {str(place): name for place, name in enumerate(names)}  # a group may be called anything
    sides = [
        {key: (side[name].of(weight)[0], compute.worth(metric, side[name])) for key, name in keys.items()}
        for side in (before, after)
    ]
    groups = [group for side in sides for group in side.values()]
    if any(part < 0 for part, _ in groups):
        return replace(found, unsplit=Unsplit.NEGATIVE)
    if any(part > 0 and value is None for part, value in groups):
        return replace(found, unsplit=Unsplit.UNRECORDED)
    split = delta.split(*sides)
    if split is None or not _adds_up(split, found):
        return replace(found, unsplit=Unsplit.OVERLAP)
    readings = {name: (compute.read(metric, before[name]), compute.read(metric, after[name])) for name in names}
    totals = [sum(part for part, _ in side.values()) for side in sides]
    shares = {name: (sides[0][key][0] / totals[0], sides[1][key][0] / totals[1]) for key, name in keys.items()}
    changes = [
        clustered.surely(compute.compare(metric, before[name], after[name]), by_client.change(name)) for name in names
    ]
    raised = change.holm([one.p for one in changes])
    named: dict[str | None, States] = {name: states for name, states in after.items() if name is not REST}
    lettered = letters.letters(metric, named, by_client, one_by_one)
    rows = []
    for part in split.parts:
        name = keys[part.group]
        place = names.index(name)
        was, is_now = readings[name]
        verdict = change.verdict(changes[place], raised[place], metric.better, was.n, is_now.n, metric.minimum_n)
        letter, above = lettered.get(name, ("", ""))
        rows.append(Row(name, was, is_now, *shares[name], part.performance, part.mix, verdict, letter, above))
    rows.sort(key=lambda row: (row.group is REST, -abs(row.performance + row.mix), str(row.group)))
    performance, mix = _doubts(rows, split, by_client)
    sure = performance.is_real or (mix.is_real and abs(mix.value) > _noise(found))
    return Moved(
        found.metric, found.by, found.offered, found.now, found.earlier, found.before, found.after, found.p,
        found.verdict, performance, mix, split.signs_disagree and sure, tuple(rows), put_together,
    )  # fmt: skip


def _adds_up(split: delta.Split, found: Moved) -> bool:
    """Whether the groups make the whole that is shown; not so where a row counts in several groups or in none."""
    pairs = ((split.before, found.before.value), (split.after, found.after.value))
    return all(whole is not None and math.isclose(part, whole, rel_tol=1e-9, abs_tol=1e-9) for part, whole in pairs)


def _error(reading: Reading) -> float | None:
    """How far a group's value is typically off."""
    return None if reading.low is None or reading.high is None else (reading.high - reading.low) / 2 / Z


def _noise(found: Moved) -> float:
    """How far chance alone typically moves the whole: a mix that is smaller contradicts nothing."""
    errors = [_error(reading) for reading in (found.before, found.after)]
    return math.hypot(*(error for error in errors if error is not None))


def _doubts(rows: list[Row], split: delta.Split, by_client: Witnesses) -> tuple[Amount, Amount]:
    """Performance and mix with their intervals by clients, but no surer than independent rows would be."""
    parts = by_client.parts()
    if parts is None:
        return Amount(split.performance), Amount(split.mix)
    performance, mix = 0.0, 0.0
    for row in rows:
        pairs = ((row.share_before, row.before), (row.share, row.now))
        errors = [_error(reading) if share > 0 else 0.0 for share, reading in pairs]
        if errors[0] is None or errors[1] is None:
            return Amount(split.performance), Amount(split.mix)
        both = errors[0] ** 2 + errors[1] ** 2
        performance += ((row.share_before + row.share) / 2) ** 2 * both
        mix += ((row.share - row.share_before) / 2) ** 2 * both
    mix += _dealt([row.share_before for row in rows], rows) / max(1, sum(row.before.n for row in rows))
    mix += _dealt([row.share for row in rows], rows) / max(1, sum(row.now.n for row in rows))
    half = max(Z * math.sqrt(performance), parts[0].reach), max(Z * math.sqrt(mix), parts[1].reach)
    return (
        Amount(split.performance, split.performance - half[0], split.performance + half[0]),
        Amount(split.mix, split.mix - half[1], split.mix + half[1]),
    )


def _dealt(shares: list[float], rows: list[Row]) -> float:
    """How far chance moves the mix by dealing one row to some group: the spread of the groups' values (multinomial)."""
    known = [[one.value for one in (row.before, row.now) if one.value is not None] for row in rows]
    values = [sum(pair) / len(pair) if pair else 0.0 for pair in known]
    mean = sum(share * value for share, value in zip(shares, values, strict=True))
    return sum(share * (value - mean) ** 2 for share, value in zip(shares, values, strict=True))
