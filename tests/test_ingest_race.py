"""Several who take in, undo and ask at the same time: nothing is lost, nothing counts twice, nobody sees half of it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from uploads import answer, company, drafted, taken, text, told

from data.ingest import commit, ledger
from data.store import Store

ROOT = Path(__file__).parents[1]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return company(tmp_path)


def test_processes_that_take_in_the_same_files_count_each_once() -> None:
    """Three processes with three files of their own and three contested ones; bench/race.py runs more."""
    asked = [sys.executable, "-m", "bench.race", "--processes", "3", "--own", "3", "--contested", "3"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "every file counts, and once" in done.stdout


def test_two_who_saw_the_same_dry_run_store_its_answers_once(store: Store) -> None:
    """Both looked before either took it in: the second is told that nothing is new."""
    first, second = (drafted(store, text(answer(1), answer(2))) for _ in range(2))

    assert commit.commit_upload(first).counts.added == 2
    receipt = commit.commit_upload(second)
    assert (receipt.upload, receipt.counts.duplicate) == (None, 2)
    assert len(told(store)) == 3


def test_a_dry_run_is_compared_again_with_what_was_undone_meanwhile(store: Store) -> None:
    """What was a duplicate when it was looked at is new once the first upload is undone."""
    one = taken(store, text(answer(1), answer(2))).upload
    made = drafted(store, text(answer(1), answer(2), answer(3)), "july.csv")
    assert one is not None
    assert made.counts.duplicate == 2
    ledger.undo_upload(store.home, one.upload_id, "x")

    assert commit.commit_upload(made).counts.added == 3
    assert len(told(store)) == 4


def test_of_two_who_undo_at_once_one_is_told(store: Store) -> None:
    """Threads of two readers: one undoes, the other meets what he did; the ledger has one state more."""
    one = taken(store, text(answer(1))).upload
    assert one is not None
    upload_id = one.upload_id
    barrier = threading.Barrier(4)

    def undo(_: int) -> bool:
        barrier.wait()
        try:
            ledger.undo_upload(store.home, upload_id, "x")
        except ledger.NotSaved:
            return False
        return True

    with ThreadPoolExecutor(4) as readers:
        assert sorted(readers.map(undo, range(4))) == [False, False, False, True]
    (found,) = ledger.everything(ledger.of(store.home)).uploads
    assert len(found.states) == 2


def test_who_asks_meanwhile_sees_whole_uploads_only(store: Store) -> None:
    """While files of seven answers come and go, every question counts a multiple of seven, and no question fails."""
    stop = threading.Event()
    seen: list[int] = []

    def asks() -> None:
        mine = Store(store.home)
        while not stop.is_set():
            seen.append(int(mine.query("select count(*) - 1 as n from answers")["n"].iloc[0]))

    with ThreadPoolExecutor(2) as readers:
        running = [readers.submit(asks) for _ in range(2)]
        for n in range(4):
            one = taken(store, text(*(answer(10 * n + row) for row in range(7))), f"{n}.csv").upload
            assert one is not None
            if n % 2:
                ledger.undo_upload(store.home, one.upload_id, "x")
        time.sleep(0.2)
        stop.set()
        for one_of in running:
            one_of.result()
    assert {n % 7 for n in seen} == {0}
    assert seen[-1] == 14
