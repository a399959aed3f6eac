"""A build at any moment: readers see the lake before it or the new one, whole; and there is one build at a time."""

from __future__ import annotations

import multiprocessing
import random
import threading
import time

import pytest
from company import NOW, ROWS, Company, at, rows

from data import build, contract, lake

KILLS = 25
BOUND_S = 15.0


@pytest.fixture
def small(company: Company) -> Company:
    """A company of clients and answers only."""
    company.export(clients=ROWS["clients"], answers=ROWS["answers"])
    return company


def test_lake_before_the_last_one_is_swept(small):
    """The live lake and the one before it stay, for readers that are in the middle of it; older ones go."""
    for score in ("1", "2", "3", "4"):
        small.export(answers=rows("answers", score=score))
        small.build()

    assert len([folder for folder in (small.home / "lake").iterdir() if folder.is_dir()]) == 2
    assert small.ask("select score from answers where answer_id = 'A2'") == [(4,)]


def test_lake_stays_readable_while_the_next_one_is_built(small):
    """During a build the files of the live lake lie where they were, and are what is read."""
    small.build()
    small.export(answers=ROWS["answers"][:1])
    reader, seen = small.store(), []

    def look(share: float, doing: str) -> None:
        seen.append(int(reader.query("select count(*) as n from answers")["n"][0]))

    build.build(build.source.read(str(small.folder)), small.raw, small.home, look, at("2026-03-01 13:00"))

    assert set(seen[:-1]) == {2}
    assert seen[-1] == 1


def test_two_builds_at_once_are_one_and_a_message(small, capsys):
    """A second build is told that one is at work, and takes nothing away from it."""
    small.build()
    with lake.building(small.home):
        scratch = small.home / "build-running"
        scratch.mkdir()

        assert small.run() == 1
        assert scratch.exists()
    assert "found another build at work, allowed one build at a time" in capsys.readouterr().err


def facts(company: Company) -> tuple[str, tuple[int, ...]]:
    """What a reader sees: the source's title and the number of rows of every table."""
    store = company.store()
    counts = ", ".join(f"(select count(*) from {name})" for name in contract.tables())
    row = store.query(f"select {counts}").to_numpy()[0]
    manifest = store.manifest()
    assert manifest is not None
    assert store.version() == manifest.version
    return manifest.title["en"], tuple(int(n) for n in row)


def test_killed_at_any_instant_leaves_a_whole_lake(company):
    """Whenever a build is killed, readers see the lake before it or the new one, whole; the next build sweeps up."""
    tables = {name: ROWS[name] for name in ("clients", "answers", "cases")}
    whole = {title: tuple(n * (name in tables) for name in contract.tables()) for title, n in (("Few", 1), ("Many", 2))}
    servers = multiprocessing.get_context("forkserver")  # one process imports the product, the builds fork from it
    servers.set_forkserver_preload(["data.build"])
    command = [str(company.folder), "--raw", str(company.raw), "--into", str(company.home)]
    chance = random.Random(20260301)  # noqa: S311 - instants, not secrets
    began = time.monotonic()

    def run(title: str, killed_after: float | None) -> float:
        company.export(**{name: given[: whole[title][0]] for name, given in tables.items()})
        company.declare(title=title)
        started = time.monotonic()
        process = servers.Process(target=build.main, args=(command,))
        process.start()
        process.join(killed_after)
        process.kill()
        process.join()
        name, counts = facts(company)
        assert counts == whole[name]
        return time.monotonic() - started

    run("Few", None)
    took = run("Many", None)
    for _ in range(KILLS):
        run("Many" if facts(company)[0] == "Few" else "Few", chance.uniform(0, took))
        if time.monotonic() - began > BOUND_S:
            break

    live = facts(company)[0]
    run("Many" if live == "Few" else "Few", None)
    assert facts(company)[0] != live
    assert list(company.home.glob("build-*")) == []
    assert len([folder for folder in (company.home / "lake").iterdir() if folder.is_dir()]) == 2


def test_readers_never_meet_half_of_two_lakes(company):
    """While lakes follow each other, a question over several tables sees each of them whole."""
    tables = {name: ROWS[name] for name in ("clients", "answers", "invitations")}
    company.export(**{name: given[:1] for name, given in tables.items()})
    company.build()
    reader = company.store()
    counts = ", ".join(f"(select count(*) from {name})" for name in tables)
    met: set[tuple[int, ...]] = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            met.add(tuple(int(n) for n in reader.query(f"select {counts}").to_numpy()[0]))
            time.sleep(0.001)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for i in range(1, 5):
        company.export(**{name: given[: 1 + i % 2] for name, given in tables.items()})
        company.build(now=NOW.replace(second=i))
    stop.set()
    for thread in threads:
        thread.join()

    assert met == {(1, 1, 1), (2, 2, 2)}
