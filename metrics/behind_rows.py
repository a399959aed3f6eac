"""The receipts behind a number of the page on what stands behind a score: as many as the number counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from data.store import Store
from metrics import behind, receipt_sums
from metrics.facts import FACTS
from metrics.receipt_sums import Those
from metrics.window import Window

Filters = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Listed:
    """Some answers, the latest first. Shape of rows: see receipt_sums.listed. `n`: how many there are of them all."""

    rows: pd.DataFrame
    n: int


NONE = Listed(pd.DataFrame(), 0)


def _listed(store: Store, window: Window, filters: Filters, instrument: str, those: Those) -> Listed:
    if instrument not in behind.INSTRUMENTS:
        return NONE
    now = window.whole[0]
    days = behind.days_asked(now, behind.scores(store, now, filters).get(instrument, 0))
    return Listed(*receipt_sums.listed(store, filters, days, instrument, those))


def of_dose(store: Store, window: Window, filters: Filters, instrument: str, fact: str, dose: str) -> Listed:
    """The answers that got one dose of a fact; of the state of a team no more than that dose (Fact.is_banded).

    Raises: StrataError without a lake; QueryTooLong.
    """
    if fact not in FACTS or not dose.isdecimal():
        return NONE
    found = _listed(store, window, filters, instrument, receipt_sums.of_dose(fact, int(dose)))
    return Listed(found.rows.drop(columns="value"), found.n) if FACTS[fact].is_banded and found.n else found


def of_team(store: Store, window: Window, filters: Filters, instrument: str, team: str) -> Listed:
    """The answers behind a team's row, of days on which five people or more worked in it; nothing its people said.

    Raises: StrataError without a lake; QueryTooLong.
    """
    return _listed(store, window, filters, instrument, receipt_sums.of_team(team))


def of_step(
    store: Store, window: Window, filters: Filters, instrument: str, trouble: str, stage: str, process: str, step: str
) -> Listed:
    """The answers whose case had a trouble (one of troubled.TROUBLES) at a step first.

    Raises: StrataError without a lake; QueryTooLong.
    """
    return _listed(store, window, filters, instrument, receipt_sums.of_step(trouble, stage, process, step))
