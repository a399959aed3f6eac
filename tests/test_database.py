"""What people write is kept whole: by several processes at once, over a crash, and said in words when it cannot be."""

from __future__ import annotations

import multiprocessing
import re
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import databases
import pytest
import sqlalchemy as sa

from data import annotations, migrations, saved_views
from data import database as db
from data.annotations import Draft
from data.database import Database
from data.errors import StrataError

YEARS = range(2025, 2027)
EACH, WRITERS = 25, 4
COUNTED = "select mark from changes where subject"  # a column that these tests use to count in


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> Iterator[str]:
    """'' for a file, or the address of a server."""
    if request.param == "sqlite":
        yield ""
        return
    with databases.postgresql() as address:
        yield address


@pytest.fixture
def url(kind: str, tmp_path: Path) -> sa.engine.URL:
    """A database nobody has opened yet."""
    if not kind:
        return db.address(tmp_path)
    name = f"t{abs(hash(tmp_path))}"
    engine = sa.create_engine(kind, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    engine.dispose()
    return sa.make_url(kind).set(database=name)


@pytest.fixture
def database(url: sa.engine.URL) -> Iterator[Database]:
    """The same, closed at the end."""
    opened = Database(url)
    yield opened
    opened.close()


def draft(said: str = "Price rise") -> Draft:
    """Something that happened on a Monday."""
    return Draft(date(2026, 6, 1), date(2026, 6, 1), said)


def write(url: str, who: str, ready: multiprocessing.synchronize.Barrier) -> None:
    """One process that opens the database at the same moment as the others and writes."""
    database = Database(sa.make_url(url))
    ready.wait(60)
    for number in range(EACH):
        annotations.annotate(database, draft(f"{who} {number}"), YEARS, by=who)
        with database.writing("saved_views") as connection:
            known = connection.execute(sa.text(f"{COUNTED} = 'saved_views'")).scalar_one()
            one_more = sa.update(db.CHANGES).where(db.CHANGES.c.subject == "saved_views")
            connection.execute(one_more.values(mark=str(int(known or 0) + 1)))
    database.close()


def at_once(target: Callable[..., None], *args: object) -> list[int | None]:
    """Runs a function in several processes that start together; gives how each ended."""
    new = multiprocessing.get_context("spawn")
    ready = new.Barrier(WRITERS)
    running = [new.Process(target=target, args=(*args, f"w{i}", ready)) for i in range(WRITERS)]
    for one in running:
        one.start()
    for one in running:
        one.join(120)
    return [one.exitcode for one in running]


def test_processes_that_start_and_write_at_once_lose_nothing(url: sa.engine.URL) -> None:
    """Four at once on an empty database: one sets it up, all write, nobody meets a lock, every text is there."""
    assert at_once(write, url.render_as_string(hide_password=False)) == [0] * WRITERS

    database = Database(url)
    found = annotations.everything(database)
    assert {one.said for one in found.live} == {f"w{i} {number}" for i in range(WRITERS) for number in range(EACH)}
    assert len(found.history) == WRITERS * EACH
    assert database.version("annotations").endswith(f"-{WRITERS * EACH}")
    with database.reading() as connection:
        counted = connection.execute(sa.text(f"{COUNTED} = 'saved_views'")).scalar_one()
        taken = connection.execute(sa.text("select number from migrations order by number")).scalars().all()
    database.close()
    assert taken == [step.number for step in migrations.steps()]
    assert counted == str(WRITERS * EACH), "one wrote over what another had written since it read"


def test_readers_are_not_kept_waiting_by_a_writer(database: Database) -> None:
    """While somebody is in the middle of writing, what was there before is read at once."""
    annotations.annotate(database, draft("before"), YEARS)
    seen: list[str] = []
    with database.writing("annotations") as connection:
        connection.execute(sa.text("update annotations set said = 'half done'"))
        reader = threading.Thread(
            target=lambda: seen.extend(one.said for one in annotations.everything(Database(database.url)).live)
        )
        reader.start()
        reader.join(5)

    assert seen == ["before"]


def test_what_another_process_wrote_is_seen_at_once_and_read_once(database: Database) -> None:
    """Nothing is read again until something is written, by whomever; then the next question sees it."""
    other = Database(database.url)
    annotations.annotate(database, draft("one"), YEARS)
    first = annotations.everything(database)

    assert annotations.everything(database) is first
    saved_views.save(other, "not an annotation", "layers", {})
    assert annotations.everything(database) is first
    annotations.annotate(other, draft("two"), YEARS)
    assert [one.said for one in annotations.everything(database).live] == ["one", "two"]
    other.close()


def test_what_fails_half_way_was_not_written(database: Database) -> None:
    """A write that breaks off leaves neither a row nor a new number."""
    before = database.version("annotations")

    def broken() -> None:
        with database.writing("annotations") as connection:
            connection.execute(sa.text("update changes set mark = 'x'"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert database.version("annotations") == before


def test_the_steps_give_the_tables_the_code_reads(database: Database) -> None:
    """Every column that a module names is in the database, and none besides."""
    with database.reading() as connection:
        look = sa.inspect(connection)
        for table in (annotations.TABLE, saved_views.TABLE, db.CHANGES):
            assert [column["name"] for column in look.get_columns(table.name)] == [column.name for column in table.c]


def test_steps_are_numbered_without_gaps() -> None:
    """The highest number says which steps were taken, so none may be left out or come twice."""
    assert [step.number for step in migrations.steps()] == list(range(1, len(migrations.steps()) + 1))
    assert all(step.statements for step in migrations.steps())


def test_a_later_step_keeps_what_was_written(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new version of the product adds its steps to a database in use; the old version then refuses to touch it."""
    annotations.annotate(database, draft(), YEARS)
    database.close()
    more = migrations.Step(len(migrations.steps()) + 1, "more", ("alter table annotations add column colour text",))
    taken = migrations.steps()
    with monkeypatch.context() as later:
        later.setattr(migrations, "steps", lambda: (*taken, more))
        assert [one.said for one in Database(database.url).remembered("annotations", annotations._read).live]

    with pytest.raises(StrataError, match=rf"found step {more.number}, allowed steps up to {more.number - 1}"):
        database.version("annotations")


def test_a_broken_step_changes_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """All steps or none: what stood before the broken statement is undone, and the next start takes them all."""
    taken = migrations.steps()
    broken = migrations.Step(len(taken) + 1, "broken", ("create table half (a int)", "create nonsense"))
    with monkeypatch.context() as later:
        later.setattr(migrations, "steps", lambda: (*taken, broken))
        with pytest.raises(StrataError):
            database.version("annotations")
    database.close()

    with database.reading() as connection:
        assert not sa.inspect(connection).has_table("half")


def test_a_writer_who_waits_too_long_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program that keeps the file locked: after the patience, words and nothing saved."""
    monkeypatch.setattr(db, "PATIENCE_S", 0.2)
    database = Database(db.address(tmp_path))
    database.version("annotations")
    other = sqlite3.connect(tmp_path / db.FILE, isolation_level=None)
    other.execute("begin immediate")

    with pytest.raises(StrataError) as told:
        annotations.annotate(database, draft(), YEARS)
    assert told.value.code == "database_busy"
    assert "Try again in a moment; nothing was saved." in str(told.value)
    assert annotations.everything(database).live == ()
    other.close()
    assert annotations.annotate(database, draft(), YEARS).version == 1
    database.close()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may look into."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def told(database: Database) -> StrataError:
    """What a reader of the annotations is told."""
    with pytest.raises(StrataError) as problem:
        annotations.everything(database)
    database.close()
    return problem.value


@pytest.mark.parametrize("lies_there", [False, True])
def test_a_folder_that_may_not_be_written_is_named(open_folder: Path, lies_there: bool) -> None:
    """Whether a database lies there already or not: where, what, and what to do."""
    if lies_there:
        before = Database(db.address(open_folder))
        before.version("annotations")
        before.close()
    open_folder.chmod(0o555)
    with databases.nobody():
        problem = told(Database(db.address(open_folder)))

    assert problem.code == "database_unwritable"
    assert str(open_folder / db.FILE) in str(problem)
    assert "a data folder it may write to" in str(problem)


def test_who_may_only_read_reads_what_a_server_wrote(open_folder: Path) -> None:
    """Beside a server at work another reader sees everything; writing is refused in words."""
    server = Database(db.address(open_folder))
    annotations.annotate(server, draft(), YEARS)
    open_folder.chmod(0o555)
    with databases.nobody():
        guest = Database(db.address(open_folder))
        assert [one.said for one in annotations.everything(guest).live] == ["Price rise"]
        with pytest.raises(StrataError) as problem:
            annotations.annotate(guest, draft(), YEARS)
        guest.close()
    server.close()

    assert problem.value.code == "database_unwritable"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """No folder is made where somebody mistyped its name."""
    assert told(Database(db.address(tmp_path / "nowhere"))).code == "database_unwritable"
    assert not (tmp_path / "nowhere").exists()


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    """Words, and not a byte changed."""
    file = tmp_path / db.FILE
    file.write_bytes(b"something else " * 100)

    assert told(Database(db.address(tmp_path))).code == "database_unreachable"
    assert file.read_bytes() == b"something else " * 100


def test_a_file_put_back_under_a_running_server_is_the_one_that_counts(tmp_path: Path) -> None:
    """Whoever restores a copy, or removes the file, does not lose what is written after."""
    database = Database(db.address(tmp_path))
    annotations.annotate(database, draft("old"), YEARS)
    for file in tmp_path.glob(f"{db.FILE}*"):
        file.unlink()

    assert annotations.everything(database).live == ()
    annotations.annotate(database, draft("new"), YEARS)
    database.close()
    assert [one.said for one in annotations.everything(Database(db.address(tmp_path))).live] == ["new"]


def test_a_server_that_does_not_answer_is_not_asked_at_every_click(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second page does not wait for it; the password is in no message."""
    pytest.importorskip("psycopg", reason="no driver for PostgreSQL here")
    asked: list[int] = []
    database = Database(sa.make_url("postgresql://strata:secret@127.0.0.1:1/strata"))
    real = migrations.migrate
    monkeypatch.setattr(migrations, "migrate", lambda engine, place: (asked.append(1), real(engine, place)))
    problems = []
    for _ in range(3):
        with pytest.raises(StrataError) as problem:
            annotations.everything(database)
        problems.append(problem.value)

    assert len(asked) == 1
    assert {problem.code for problem in problems} == {"database_unreachable"}
    assert not re.search("secret", " ".join(map(str, problems)))


@pytest.mark.parametrize("said", ["mysql://u:secret@h/d", "not an address"])
def test_another_kind_of_database_is_refused(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting is named, what is allowed too, and no password."""
    monkeypatch.setenv("STRATA_DATABASE", said)

    with pytest.raises(StrataError, match=r"^STRATA_DATABASE: found .*allowed postgresql://") as problem:
        db.database()
    assert "secret" not in str(problem.value)


def test_the_setting_chooses_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The data folder's file, unless an address is set."""
    monkeypatch.setenv("STRATA_DATA", str(tmp_path))
    monkeypatch.delenv("STRATA_DATABASE", raising=False)
    assert db.database().place == str(tmp_path / db.FILE)

    monkeypatch.setenv("STRATA_DATABASE", f"sqlite:///{tmp_path}/other.db")
    assert db.database().place == f"{tmp_path}/other.db"
    assert list(tmp_path.iterdir()) == []
