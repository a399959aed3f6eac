"""Several processes that take survey files in at the same time: every file counts, and every file counts once.

    python -m bench.race [--processes 8] [--own 100] [--contested 20]

Each has files of its own, and all of them take in the contested ones too, in another order.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from bench.crash import CHOICES, ROWS, apart, file, visible
from data.ingest import commit, draft, ledger, survey
from data.store import Store


def race(home: Path, processes: int, own: int, contested: int) -> list[str]:
    """Let them run. Gives what went wrong: nothing, unless the product is broken."""
    shared = list(range(contested))
    mine = [[1_000 * (number + 1) + n for n in range(own)] for number in range(processes)]

    def runner(files: list[int], seed: int) -> Callable[[Callable[[str], None]], None]:
        def run(say: Callable[[str], None]) -> None:
            store = Store(home)
            mixed = [*files, *shared]
            random.Random(seed).shuffle(mixed)
            for n in mixed:
                made = draft.draft(store, survey.look(store, file(n), f"{n}.csv", CHOICES))
                receipt = commit.commit_upload(made, f"process {seed}")
                say(f"{'taken' if receipt.upload else 'known'} {n}")

        return run

    started = [apart(runner(files, seed)) for seed, files in enumerate(mine)]
    said = [line.split() for _, lines in started for line in lines]
    for child, lines in started:
        lines.close()
        os.waitpid(child, 0)
    problems = [" ".join(words) for words in said if words[0] == "problem"]
    taken = Counter(int(words[1]) for words in said if words[0] == "taken")
    expected = {*shared, *(n for files in mine for n in files)}
    problems += [f"file {n} was taken in {taken[n]} times" for n in expected if taken[n] != 1]
    known = sum(words[0] == "known" for words in said)
    if known != contested * (processes - 1):
        problems.append(f"{known} files were known already, instead of {contested * (processes - 1)}")
    return problems + _counted(home, expected)


def _counted(home: Path, expected: set[int]) -> list[str]:
    """What does not count as it should, seen by a process that has just started."""

    def look(say: Callable[[str], None]) -> None:
        for n, rows in visible(Store(home)).items():
            say(f"{n} {rows}")
        uploads = ledger.everything(ledger.of(home)).uploads
        if [one.nth for one in uploads] != list(range(1, len(expected) + 1)):
            say(f"problem the ledger has {len(uploads)} rows")
        names = {one.stored for one in uploads}
        for path in ledger.place(home).iterdir():
            if path.name not in names | {".lock"}:
                say(f"problem {path.name} was left")

    child, lines = apart(look)
    said = [line.strip() for line in lines]
    lines.close()
    os.waitpid(child, 0)
    problems = [line for line in said if line.startswith("problem")]
    found = dict(tuple(map(int, line.split())) for line in said if not line.startswith("problem"))
    problems += [f"file {n} counts {found.get(n, 0)} answers" for n in expected if found.get(n) != ROWS]
    return problems + [f"file {n} counts and nobody took it in" for n in found.keys() - expected]


def main() -> int:
    """The command. Exit 1 when a file was lost or counted twice."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--processes", type=int, default=8)
    asked.add_argument("--own", type=int, default=100)
    asked.add_argument("--contested", type=int, default=20)
    said = asked.parse_args()
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    with tempfile.TemporaryDirectory() as folder:

        def build(say: Callable[[str], None]) -> None:
            from uploads import company

            say(str(company(Path(folder)).home))

        child, lines = apart(build)
        home = Path(lines.readline().strip())
        os.waitpid(child, 0)
        began = time.monotonic()
        problems = race(home, said.processes, said.own, said.contested)
        files = said.processes * said.own + said.contested
        print(f"{said.processes} processes, {files} files in {time.monotonic() - began:.0f} s")
        print(*(problems or ["every file counts, and once"]), sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
