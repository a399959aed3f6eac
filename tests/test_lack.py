"""Why a number is missing: what the company does not measure is told from what a period or a filter leaves out."""

import pytest

from data.store import Store
from metrics import board
from metrics.lack import Lack
from metrics.window import DAY, Window, weeks_back
from tests.lakes import answer, clients, days, lake, order

LAST = days("2026-06-30", "2026-06-30").end


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One client who answered once, two years ago; five people who said how engaged they are in May."""
    staff = [{"employee_id": f"e{n}", "team": "T", "hired_on": "2024-05-01"} for n in range(5)]
    pulse = [
        {"pulse_id": one["employee_id"], "employee_id": one["employee_id"], "asked_on": "2026-05-12"}
        | {"instrument": "engagement", "score": score}
        for one, score in zip(staff, (3, 4, 4, 5, 3), strict=True)
    ]
    return lake(
        tmp_path_factory.mktemp("lack"),
        clients=[*clients("a"), *clients("b", segment="Large")],
        answers=[answer("1", "a", 9, "2024-06-03"), answer("2", "b", 9, "2026-06-20")],
        orders=[order("1", "b", 100.0)],
        employees=staff,
        pulse=pulse,
    )  # fmt: skip


def lacks(store: Store, first: str, last: str, **filters: tuple[str, ...]) -> dict[str, Lack]:
    """Why each number of the four layers is missing, where it is."""
    now = days(first, last)
    window = Window((now, days(str(now.start - now.days * DAY), str(now.start - DAY))), weeks_back(LAST, 26))
    shown = board.board(store, window, filters)
    tiles = [tile for column in shown.columns for tile in (column.headline, *column.tiles) if tile is not None]
    return {tile.metric: tile.lack for tile in tiles if not tile.is_measured}


def test_what_nobody_ever_measured_is_not_measured(store: Store) -> None:
    """No CSAT, no eNPS of any client or employee at any time; no invitation, so no share of answers."""
    found = lacks(store, "2026-04-01", "2026-06-30")

    assert {found[name] for name in ("csat", "response_rate", "enps", "paid_on_time_share")} == {Lack.NOT_MEASURED}
    assert not {"nps", "engagement", "revenue"} & found.keys()


def test_what_a_filter_or_a_short_period_leaves_out_is_measured(store: Store) -> None:
    """Small clients answered long before the weeks shown; nobody's first 45 days ended in these three days."""
    small = lacks(store, "2026-04-01", "2026-06-30", segment=("Small",))
    short = lacks(store, "2026-06-28", "2026-06-30")

    assert (small["nps"], small["csat"]) == (Lack.NO_FACTS, Lack.NOT_MEASURED)
    assert (short["nps"], short["early_attrition"]) == (Lack.NO_FACTS, Lack.NO_FACTS)


def test_a_missing_month_is_told_only_where_none_lies_in_the_period(store: Store) -> None:
    """Three days hold no month; June does, but nobody was asked in it; eNPS was never asked at all."""
    short, june = lacks(store, "2026-06-28", "2026-06-30"), lacks(store, "2026-06-01", "2026-06-30")

    assert (short["engagement"], june["engagement"]) == (Lack.NO_MONTH, Lack.NO_FACTS)
    assert short["enps"] == Lack.NOT_MEASURED
