"""Kill whoever takes survey files in, at every phase of the commit, and see that nothing is lost or half there.

    python -m bench.crash [--kills 500]

A process takes file after file in, undoes every third, and says so after each; it is killed without warning. Then: all
that was confirmed counts (or not, where its undoing was), what was under way counts whole or not at all, and the next
commit has swept what was left.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.ingest import commit, draft, ledger, survey
from data.store import Store

ROWS = 5
AIMS = (*commit.PHASES, "reading", "undoing", "")
CHOICES = {"tool": "other", "header_rows": "1", "score:NPS (0-10)": "nps"}


@dataclass
class Seen:
    """What was confirmed, and what was found after each kill. `aimed`: how many kills hit which phase."""

    counted: set[int] = field(default_factory=set)
    undone: set[int] = field(default_factory=set)
    under_way: set[int] = field(default_factory=set)
    found: dict[int, int] = field(default_factory=dict)
    aimed: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    last: int = 0


def file(n: int) -> bytes:
    """The n-th survey file: five answers that no other has."""
    rows = "".join(f"R_{n:06}{row:03},a,2026-06-10 10:00:00,{row}\n" for row in range(ROWS))
    return f"Response ID,Client,Date,NPS (0-10)\n{rows}".encode()


def take(home: Path, first: int, say: Callable[[str], None]) -> None:
    """Say what counts, then take file after file in, from the first on, and undo every third, saying what goes on."""
    store = Store(home)
    for n, rows in visible(store).items():
        say(f"sees {n} {rows}")
    say("looked")
    for n in range(first, first + 1_000):
        say(f"begin {n}")
        say("phase reading")
        made = draft.draft(store, survey.look(store, file(n), f"{n}.csv", CHOICES))
        receipt = commit.commit_upload(made, "crash", lambda _, doing: say(f"phase {doing}"))
        if receipt.upload is None:
            raise AssertionError(f"file {n} was there already")
        say(f"counted {n}")
        if n % 3 == 0:
            say(f"undoing {n}")
            say("phase undoing")
            ledger.undo_upload(home, receipt.upload.upload_id, "every third")
            say(f"undone {n}")


def visible(store: Store) -> dict[int, int]:
    """How many answers of each file count."""
    found = store.query(
        "select split_part(answer_id, '/', 2)[3:8]::int as n, count(*) as rows from answers "
        "where answer_id like '%/R_%' group by all"
    )
    return dict(zip(found["n"].tolist(), found["rows"].tolist(), strict=True))


def apart(work: Callable[[Callable[[str], None]], None]) -> tuple[int, Any]:
    """Do something in a process of its own. Gives its id and what it says, line by line."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            work(lambda said: os.write(write, f"{said}\n".encode()) and None)
        except BaseException as problem:
            os.write(write, f"problem {problem!r}\n".encode())
        os._exit(0)
    os.close(write)
    return child, os.fdopen(read, encoding="utf-8")


def kill_once(home: Path, seen: Seen, chance: random.Random) -> None:
    """Let a process work, kill it in one of its phases, and note what it had confirmed."""
    aim = chance.choice(AIMS)
    which, delay = chance.randint(1, 2), chance.choice([0.0, chance.uniform(0, 0.003), chance.uniform(0, 0.03)])
    if not aim:
        delay = chance.uniform(0, 1.0)
    child, lines = apart(lambda say: take(home, seen.last + 1, say))
    met = 0
    for line in lines:
        what, _, said = line.strip().partition(" ")
        _note(seen, what, said)
        met += what == "phase" and said == aim
        if (aim and met >= which) or (not aim and what == "begin") or what == "problem":
            break
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    for line in lines:  # what it said before it died
        what, _, said = line.strip().partition(" ")
        _note(seen, what, said)
    lines.close()
    seen.aimed[aim or "any time"] += 1


def _note(seen: Seen, what: str, said: str) -> None:
    match what:
        case "sees":
            n, rows = map(int, said.split())
            seen.found[n] = rows
        case "looked":
            judge(seen)
        case "begin":
            seen.last = int(said)
            seen.under_way.add(int(said))
        case "counted":
            seen.counted.add(int(said))
            seen.under_way.discard(int(said))
        case "undoing":
            seen.counted.discard(int(said))
            seen.under_way.add(int(said))
        case "undone":
            seen.undone.add(int(said))
            seen.under_way.discard(int(said))
        case "problem":
            seen.problems.append(said)


def judge(seen: Seen) -> None:
    """Compare what counts with what was confirmed. What was under way is settled from now on."""
    found = seen.found
    seen.problems += [f"file {n} counts {rows} answers" for n, rows in found.items() if rows != ROWS]
    seen.problems += [f"file {n} was confirmed and is lost" for n in seen.counted - found.keys()]
    seen.problems += [f"file {n} was undone and counts" for n in seen.undone & found.keys()]
    strangers = found.keys() - seen.counted - seen.under_way
    seen.problems += [f"file {n} counts and nobody took it in" for n in strangers]
    seen.counted |= found.keys()
    seen.under_way.clear()
    seen.found = {}


def finish(home: Path, seen: Seen) -> None:
    """Take one more file in, and see that nothing lies about but what the ledger names."""

    def last(say: Callable[[str], None]) -> None:
        store = Store(home)
        for n, rows in visible(store).items():
            say(f"sees {n} {rows}")
        say("looked")
        commit.commit_upload(draft.draft(store, survey.look(store, file(999_999), "last.csv", CHOICES)))
        names = {name for one in ledger.everything(ledger.of(home)).uploads for name in (one.stored, one.hides) if name}
        for path in ledger.place(home).iterdir():
            if path.name not in names | {".lock"}:
                say(f"problem {path.name} was left")

    child, lines = apart(last)
    for line in lines:
        what, _, said = line.strip().partition(" ")
        _note(seen, what, said)
    lines.close()
    os.waitpid(child, 0)


def crash(home: Path, kills: int, chance: random.Random) -> Seen:
    """Kill so many times in the data folder of a company with a client "a"."""
    seen = Seen()
    for _ in range(kills):
        kill_once(home, seen, chance)
    finish(home, seen)
    return seen


def main() -> int:
    """The command. Exit 1 when anything was lost."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--kills", type=int, default=500)
    asked.add_argument("--seed", type=int, default=1)
    said = asked.parse_args()
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    with tempfile.TemporaryDirectory() as folder:

        def build(say: Callable[[str], None]) -> None:
            from uploads import company

            say(str(company(Path(folder)).home))

        child, lines = apart(build)
        built = lines.readline().strip()
        os.waitpid(child, 0)
        began = time.monotonic()
        seen = crash(Path(built), said.kills, random.Random(said.seed))
        print(f"{said.kills} kills in {time.monotonic() - began:.0f} s: {dict(seen.aimed)}")
        print(f"{len(seen.counted)} files count, {len(seen.undone)} were undone, {seen.last} were begun")
        print(*(seen.problems or ["nothing was lost, nothing is half there"]), sep="\n")
    return 1 if seen.problems else 0


if __name__ == "__main__":
    sys.exit(main())
