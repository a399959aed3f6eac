"""A crash at any instant, a full disk, a folder only to be read: what was confirmed stands, nothing is half there."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from databases import nobody
from uploads import answer, company, drafted, taken, text, told

from bench import crash
from data.errors import StrataError
from data.ingest import commit, ledger
from data.store import Store

ROOT = Path(__file__).parents[1]
KILLS = os.environ.get("STRATA_KILLS", "12")
FULL = """
import resource, sys
sys.path[:0] = sys.argv[3:]
from pathlib import Path
from data.errors import StrataError
from data.store import Store
from uploads import answer, drafted, text
from data.ingest import commit
store = Store(Path(sys.argv[1]))
store.version()
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    made = drafted(store, text(*(answer(n, why=f"comment {hash((n, 7)) % 10**15}") for n in range(40_000))))
    commit.commit_upload(made)
    print("taken")
except StrataError as problem:
    print(problem.code, problem)
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return company(tmp_path)


def test_whoever_is_killed_loses_nothing_that_was_confirmed() -> None:
    """Killed at every phase of the commit and of undoing; STRATA_KILLS=500 does so five hundred times."""
    asked = [sys.executable, "-m", "bench.crash", "--kills", KILLS, "--seed", KILLS]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing was lost, nothing is half there" in done.stdout


def test_the_judge_of_crashes_sees_what_is_wrong() -> None:
    """A file that was lost, one that is half there, one that was undone and counts, and one that nobody took in."""
    seen = crash.Seen(counted={1, 2}, undone={3}, under_way={5}, found={2: 4, 3: 5, 4: 5})
    crash.judge(seen)

    assert sorted(seen.problems) == [
        "file 1 was confirmed and is lost", "file 2 counts 4 answers", "file 3 counts and nobody took it in",
        "file 3 was undone and counts", "file 4 counts and nobody took it in",
    ]  # fmt: skip


@pytest.mark.parametrize("room", [1, 60_000])
def test_a_full_disk_is_said_and_leaves_the_old_state(store: Store, room: int) -> None:
    """No room for a byte, or for half of the file: a message that says so, no answer, no row, nothing left behind."""
    taken(store, text(answer(9_001)), "before.csv")
    asked = [sys.executable, "-c", FULL, str(store.home), str(room), str(ROOT), str(ROOT / "tests")]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.stdout.startswith("no_room "), done.stdout + done.stderr
    assert "a full disk" in done.stdout
    assert "Make room on the disk and try again; nothing was saved." in done.stdout
    assert told(Store(store.home)) == [("a", 9), ("a", 9)]
    assert len(ledger.everything(ledger.of(store.home)).uploads) == 1
    taken(store, text(answer(9_002)), "after.csv")
    names = {one.stored for one in ledger.everything(ledger.of(store.home)).uploads}
    assert {path.name for path in ledger.place(store.home).iterdir()} == names | {".lock"}


@pytest.fixture
def readable() -> Iterator[Store]:
    """A data folder, one that somebody else can reach, in whose uploads he may only read."""
    with tempfile.TemporaryDirectory() as folder:
        store = company(Path(folder))
        taken(store, text(answer(9_001)), "before.csv")
        ledger.of(store.home).close()
        for path in (Path(folder), *Path(folder).rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o666)
        ledger.place(store.home).chmod(0o555)
        yield store
        ledger.place(store.home).chmod(0o755)


@pytest.mark.parametrize(("home", "code"), [(0o777, "unwritable"), (0o555, "database_unwritable")])
def test_a_folder_that_may_only_be_read_is_said(readable: Store, home: int, code: str) -> None:
    """The dry run already says it, before anybody has decided anything; the answers that were there still count."""
    readable.home.chmod(home)
    with nobody(), pytest.raises(StrataError) as refused:
        drafted(readable, text(answer(1)))
    readable.home.chmod(0o777)
    ledger.of(readable.home).close()

    assert refused.value.code == code
    assert str(refused.value).endswith("nothing was saved.")
    assert told(Store(readable.home)) == [("a", 9), ("a", 9)]


def test_a_database_that_cannot_be_written_leaves_nothing_behind(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answers are stored, the ledger refuses: they do not count, and the next commit sweeps them."""
    taken(store, text(answer(9_001)), "before.csv")
    made = drafted(store, text(answer(1)))
    fails: Callable[..., None] = lambda *_: (_ for _ in ()).throw(OSError("disk I/O error"))  # noqa: E731
    with monkeypatch.context() as broken:
        broken.setattr(ledger, "record", fails)
        with pytest.raises(OSError, match="disk I/O"):
            commit.commit_upload(made)

    assert told(store) == [("a", 9), ("a", 9)]
    assert len(list(ledger.place(store.home).glob("*.parquet"))) == 2
    taken(store, text(answer(2)), "next.csv")
    assert len(list(ledger.place(store.home).glob("*.parquet"))) == 2
    assert commit.commit_upload(made).counts.added == 1
