"""Values with their units, rounded to what they support."""

from __future__ import annotations

import pytest

from metrics.declare import Lang
from metrics.load import catalogue
from ui import units


def read(said: str) -> str:
    """A text with its narrow spaces as plain ones."""
    return said.replace("\u202f", " ")


@pytest.mark.parametrize(
    ("metric", "value", "en", "ru"),
    [
        ("nps", 31.4, "31", "31"),
        ("csat", 0.814, "81 %", "81 %"),
        ("revenue", 41_234_567.0, "41.2 M EUR", "41,2 млн EUR"),
        ("engagement", 3.649, "3.6", "3,6"),
        ("open_cases", 1737.0, "1,737", "1 737"),
    ],
)
def test_a_value_carries_its_unit(metric: str, value: float, en: str, ru: str) -> None:
    """Shares are per cent, money is short, scores have one decimal, in both languages."""
    assert read(units.shown(catalogue()[metric], value, "en", "EUR")) == en
    assert read(units.shown(catalogue()[metric], value, "ru", "EUR")) == ru


@pytest.mark.parametrize(
    ("metric", "change", "before", "en"),
    [
        ("nps", -4.2, 35.0, "−4"),
        ("promise_kept_share", -0.073, 0.93, "−7 pp"),
        ("promise_kept_share", 0.073, 0.80, "+7 pp"),
        ("revenue", 1_200_000.0, 40_000_000.0, "+3 %"),
        ("revenue", 1_200_000.0, 0.0, "+1.20 M EUR"),
        ("open_cases", 50.0, 400.0, "+13 %"),
        ("open_cases", 50.0, None, "+50"),
        ("engagement", -0.31, 3.9, "−0.3"),
        ("lead_time", 1.26, 4.0, "+1.3 d"),
        ("csat", 0.0001, 0.8, "0 pp"),
    ],
)
def test_a_change_carries_its_sign_and_unit(metric: str, change: float, before: float | None, en: str) -> None:
    """Shares move by points, money and counts by per cent of what was; where that was nothing, by the amount."""
    assert read(units.difference(catalogue()[metric], change, before, "en", "EUR")) == en


@pytest.mark.parametrize(
    ("metric", "low", "high", "lang", "said"),
    [
        ("csat", 0.66, 0.79, "en", "66 to 79 %"),
        ("nps", -17.0, 3.0, "ru", "от −17 до 3"),
        ("nps", 27.0, 35.0, "en", "27 to 35"),
    ],
)
def test_an_interval_names_its_unit_once(metric: str, low: float, high: float, lang: Lang, said: str) -> None:
    """66 to 79 %, not 66 % to 79 %."""
    assert read(units.between(catalogue()[metric], low, high, lang, "EUR")) == said


@pytest.mark.parametrize("metric", sorted(catalogue()))
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_metric_can_be_shown(metric: str, lang: Lang) -> None:
    """No metric of the catalogue has a unit the page cannot write, and none is shown as a bare fraction of digits."""
    known = catalogue()[metric]
    said = [
        units.shown(known, 0.5, lang, "EUR"),
        units.difference(known, -0.5, 0.7, lang, "EUR"),
        units.between(known, 0.1, 0.9, lang, "EUR"),
        units.counted(known, 7, lang),
    ]

    assert all(one and "{" not in one for one in said)
