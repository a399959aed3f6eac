"""Why a number is missing: the company has no such facts at all, or none of what is chosen in this period."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from data.store import Store
from metrics import ask, compute, months
from metrics.load import catalogue
from metrics.window import DAY, Period, Window

if TYPE_CHECKING:
    from metrics.board import Tile

QUARTER = 91  # days


class Lack(StrEnum):
    """What is missing; the words of a page follow it."""

    NOT_MEASURED = "not measured"
    NO_MONTH = "no whole month"
    NO_FACTS = "no facts"


def measured(store: Store, metrics: Collection[str]) -> set[str]:
    """Those of the metrics that the company has facts of at all: of any client, at any time. Found out once a lake.

    The last quarter is asked for beside all time: some are told only as they stood when a period ended.
    Raises: StrataError without a lake; QueryTooLong.
    """
    told = _told(store, store.version())
    if unknown := [name for name in dict.fromkeys(metrics) if name not in told]:
        found = _asked(store, unknown)
        told |= {name: name in found for name in unknown}
    return {name for name in metrics if told[name]}


@lru_cache(maxsize=2)
def _told(store: Store, version: str) -> dict[str, bool]:
    """What is known so far of a version of the lake: metric -> whether it is measured."""
    del store, version
    return {}


def _asked(store: Store, metrics: Sequence[str]) -> set[str]:
    manifest = store.lake()
    firsts = [date.fromisoformat(counts.first) for counts in manifest.tables.values() if counts.first]
    end = manifest.last_day + DAY
    if not firsts or min(firsts) >= end:
        return set()
    periods = (Period(min(firsts), end), Period(max(min(firsts), end - QUARTER * DAY), end))
    wanted = [ask.Wanted(name) for name in metrics]
    answers = ask.ask(store, wanted, Window(tuple(dict.fromkeys(periods))))
    return {
        one.metric
        for one in wanted
        if answers[one].hidden
        or any(compute.worth(answers[one].metric, part) is not None for part in answers[one].cells.values())
    }


def explained(store: Store, window: Window, tiles: Sequence[Tile]) -> list[Tile]:
    """The tiles, those without a value with the reason. Asks only of metrics that none of them shows to be measured.

    Raises: StrataError without a lake; QueryTooLong.
    """
    known = {one.metric for one in tiles if one.is_measured or one.before.value is not None}
    known |= {one.metric for one in tiles if any(value is not None for _, value in one.course)}
    open_to_doubt = {one.metric for one in tiles} - known
    known |= measured(store, sorted(open_to_doubt)) if open_to_doubt else set()
    is_in_months = months.in_whole_months(window.whole[0], store.lake().last_day + DAY) is not None

    def why(metric: str) -> Lack:
        if metric not in known:
            return Lack.NOT_MEASURED
        return Lack.NO_MONTH if catalogue()[metric].is_monthly and not is_in_months else Lack.NO_FACTS

    return [one if one.is_measured else replace(one, lack=why(one.metric)) for one in tiles]
