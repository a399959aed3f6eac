"""What is usual, as somebody decided it: saved with its reason, undone, and applied to the course of a metric."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import databases
import pytest
import sqlalchemy as sa
import streamlit as st
from lakes import clients, lake
from streamlit.testing.v1 import AppTest
from ui_fixtures import ROOT

from data import baselines, database, store
from data.baselines import Baselines
from data.database import Database, address
from data.errors import StrataError
from data.store import Store
from metrics import frozen, signals
from metrics.window import Period, Window, weeks_back

FIRST, LAST = date(2026, 1, 5), date(2026, 3, 29)
END = date(2026, 7, 1)


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of either kind."""
    if request.param == "sqlite":
        opened = Database(address(tmp_path))
        yield opened
        opened.close()
        return
    with databases.postgresql() as where:
        opened = Database(sa.make_url(where))
        yield opened
        opened.close()


def test_a_decision_is_kept_with_its_reason_and_can_be_given_up(kept: Database) -> None:
    """The latest holds; what was decided before stays in the history."""
    one = baselines.rebase(kept, "nps", FIRST, LAST, "  New \n survey ", 0)
    two = baselines.rebase(kept, "nps", FIRST, LAST + timedelta(days=7), "One week more", one.version)

    assert baselines.everything(kept) == Baselines({"nps": two}, (two, one))
    assert (one.reason, two.version) == ("New survey", 2)
    gone = baselines.withdraw(kept, two)
    assert baselines.everything(kept).live == {}
    assert [entry.is_withdrawn for entry in baselines.everything(kept).history] == [True, False, False]
    assert baselines.everything(kept).version("nps") == gone.version == 3


def test_what_cannot_be_decided_is_said_and_nothing_saved(kept: Database) -> None:
    """Without a reason, with fewer than eight weeks, or upon a decision that somebody replaced meanwhile."""
    baselines.rebase(kept, "csat", FIRST, LAST, "first", 0)
    for first, last, reason, after, code in (
        (FIRST, LAST, " ", 1, "baseline_empty"), (FIRST, LAST, "я" * 201, 1, "baseline_too_long"),
        (FIRST, FIRST + timedelta(days=54), "few", 1, "baseline_too_short"),
        (FIRST, LAST, "late", 0, "baseline_changed"),
    ):  # fmt: skip
        with pytest.raises(StrataError) as problem:
            baselines.rebase(kept, "csat", first, last, reason, after)
        assert problem.value.code == code
        assert str(problem.value).endswith("nothing was saved.")
    assert [one.reason for one in baselines.everything(kept).history] == ["first"]


@pytest.fixture(scope="module")
def shifted(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Thirty promises a week; three in ten are broken for good from 15 March 2026 on, one in ten before."""
    cases = []
    for week in range(52):
        start = END - timedelta(days=7 * (52 - week))
        broken = 9 if start >= date(2026, 3, 15) else 3
        for at in range(30):
            late = timedelta(days=1 if at < broken + (week * 7 + at) % 2 * (at == broken) else 0)
            cases.append({
                "case_id": f"{week}-{at}", "client_id": "a", "process": "p", "stage": "order",
                "opened_at": f"{start} 08:00", "promised_at": f"{start + timedelta(days=2)} 12:00",
                "closed_at": f"{start + timedelta(days=2) + late} 13:00",
            })  # fmt: skip
    return lake(tmp_path_factory.mktemp("shifted"), clients=clients("a"), cases=cases)


NOW = Window((Period(END - timedelta(days=28), END), Period(END - timedelta(days=56), END - timedelta(days=28))),
             weeks_back(END, 52))  # fmt: skip


def test_a_baseline_of_the_new_state_calls_it_usual(shifted: Store) -> None:
    """Against the mixed weeks before, or the weeks before the change, the last weeks differ as they do; frozen, not."""
    of_old = frozen.written({"promise_kept_share": Period(date(2025, 7, 2), date(2026, 3, 11))})
    of_new = frozen.written({"promise_kept_share": Period(date(2026, 3, 18), date(2026, 5, 27))})
    old, new = (frozen.course(shifted, NOW, {}, "promise_kept_share", one) for one in (of_old, of_new))
    assert old is not None
    assert new is not None

    assert old.series.centre == pytest.approx(0.9, abs=0.02)
    assert new.series.centre == pytest.approx(0.7, abs=0.02)
    assert [point.is_signal for point in old.series.points[-4:]] == [True] * 4
    assert not any(point.is_signal for point in new.series.points[-4:])
    assert new.series.points[0].period.start == date(2026, 3, 18)


def test_signals_stand_on_the_frozen_weeks_too(shifted: Store) -> None:
    """With the weeks before the change frozen, the lasting fall stays a signal; with those after it, it is none."""
    for start, end, is_signal in (
        (date(2025, 7, 2), date(2026, 3, 11), True),
        (date(2026, 3, 18), date(2026, 5, 27), False),
    ):
        said = frozen.written({"promise_kept_share": Period(start, end)})
        found = signals.signals(shifted, NOW, {}, said).found
        assert ("promise_kept_share" in {one.metric for one in found}) == is_signal


def test_baselines_travel_as_text() -> None:
    """Written and read again; weeks reach back to where the earliest begins."""
    given = {"nps": Period(date(2026, 1, 1), date(2026, 3, 1)), "csat": Period(date(2025, 1, 1), date(2025, 6, 1))}

    assert frozen.read(frozen.written(given)) == given
    assert frozen.read("") == {}
    weeks = frozen.weeks_from(END - timedelta(days=7 * 4), weeks_back(END, 2))
    assert [week.start for week in weeks] == [END - timedelta(days=7 * back) for back in (4, 3, 2, 1)]
    assert len(frozen.weeks_from(END - timedelta(days=7), weeks_back(END, 3))) == 1


def test_a_reader_freezes_weeks_and_gives_them_up(
    shifted: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the page: refused without a reason; then the words under the chart, for everybody, and the way back."""
    (tmp_path / "lake").symlink_to(shifted.home / "lake")
    monkeypatch.setenv("STRATA_DATA", str(tmp_path))
    monkeypatch.delenv("STRATA_DATABASE", raising=False)
    store.store_of.cache_clear()
    st.cache_data.clear()
    page = AppTest.from_file(ROOT / "pages" / "change.py", default_timeout=60)
    page.query_params = {"lang": "en", "metric": "promise_kept_share", "by": "stage", "period": "4w"}
    monkeypatch.setattr("ui.access.require", lambda role: None)
    page.run()
    made = "baseline_promise_kept_share_0"
    page.button(key=f"{made}_save").click().run()
    assert page.error[0].value.startswith("Reason: found nothing")

    page.text_input(key=f"{made}_reason").set_value("New <route>")
    page.date_input(key=f"{made}_first").set_value(date(2026, 3, 18))
    page.date_input(key=f"{made}_last").set_value(date(2026, 5, 26))
    page.button(key=f"{made}_save").click().run()
    assert not page.exception
    said = " ".join(str(one.proto.body) for one in page.get("html"))
    assert "What is usual is told by 18 Mar – 26 May 2026: New &lt;route&gt; (the person at this computer" in said
    page.button(key="baseline_promise_kept_share_1_withdraw").click().run()
    assert baselines.everything(database.database()).live == {}
    database.database().close()
    store.store_of.cache_clear()
    st.cache_data.clear()
