"""The store: questions are answered, nothing else is possible, and no question runs for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
from company import ROWS, Company

from data import contract
from data.errors import QueryTooLong, StrataError
from data.store import Store, reader

ENDLESS = "select sum(a.range * b.range) as s from range(1000000) a, range(1000000) b"
MANY_ROWS = "select a.range as a, b.range as b from range(20000) a, range(20000) b"


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Company:
    """A company of all eleven tables, built once for the tests that only read."""
    made = Company(tmp_path_factory.mktemp("company"))
    made.export_all()
    made.build()
    return made


@pytest.fixture(scope="module")
def store(company) -> Store:
    return company.store()


def test_question_is_answered_with_its_values(store):
    """Values travel as parameters, never in the text of the question."""
    frame = store.query("select name from clients where client_id = $id", {"id": "C2'; drop view clients; --"})
    assert len(frame) == 0
    assert store.query("select name from clients where client_id = $id", {"id": "C2"})["name"].to_list() == ["Two"]


@pytest.mark.parametrize("name", contract.tables())
def test_table_has_the_columns_of_the_contract(store, tmp_path, name):
    """A table shows the columns the contract declares, in their types, whether the company has it or not."""
    bare = Company(tmp_path)
    bare.export(clients=ROWS["clients"], answers=ROWS["answers"])
    bare.build()
    shape = f"select column_name, column_type from (describe {name})"
    declared = [(c.name, c.sql_type.upper().replace(", ", ",")) for c in contract.tables()[name].stored.values()]
    month = [("ym", "VARCHAR")] if contract.tables()[name].event else []

    for other in (store, bare.store()):
        assert list(other.query(shape).itertuples(index=False, name=None)) == declared + month
    assert len(bare.store().query(f"select * from {name}")) == (2 if name in ("clients", "answers") else 0)


@pytest.mark.parametrize(
    "sql",
    [
        "select * from '/etc/passwd'",
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('{lake}/../../../../../../../../etc/passwd')",
        "select * from read_blob('/proc/self/environ')",
        "select * from glob('/etc/*')",
        "select * from glob('{home}/*')",
        "select * from read_parquet('{home}/../acme/raw/*.parquet')",
        "select * from read_text('{home}/secret.txt')",
        "select * from sniff_csv('/etc/passwd')",
        "select * from duckdb_secrets()",
        "select * from 'https://example.com/x.csv'",
        "attach '{home}/other.duckdb' as other",
        "attach ':memory:' as other",
        "install httpfs",
        "load httpfs",
        "copy (select 1) to '/tmp/strata-out.csv'",
        "copy (select 1) to '{lake}/out.csv'",
        "copy (select 1) to '{lake}/../out.csv'",
        "export database '{lake}/out'",
        "import database '{lake}/out'",
        "set enable_external_access = true",
        "set threads = 1",
        "set timezone = 'Europe/Moscow'",
        "reset memory_limit",
        "pragma memory_limit = '1GB'",
        "drop view clients",
        "create table mine as select 1",
        "create or replace view clients as select 1",
        "use memory",
        "checkpoint",
        "select 1; drop view clients",
        "",
        "select * from leak",
    ],
)
def test_reader_can_only_ask(store, company, sql):
    """No file outside the lake is read, nothing is written, attached, loaded or set, and no view is dropped."""
    leak = store.query("select 1 as secret")  # a frame of the process must not be readable by its name either
    (company.home / "secret.txt").write_text("x")
    asked = sql.format(home=company.home, lake=company.home / "lake")

    with pytest.raises((duckdb.Error, StrataError)) as refused:
        store.query(asked)

    assert not isinstance(refused.value, QueryTooLong)
    assert len(leak) == 1
    assert len(store.query("select * from clients")) == 2
    assert not list((company.home / "lake").glob("out*")), "nothing was written"
    assert not Path("/tmp/strata-out.csv").exists()  # noqa: S108 - the place a refused copy named


@pytest.mark.parametrize("sql", ["copy (select 1) to '{lake}/out.csv'", "drop view clients", "set threads = 1"])
def test_refusal_says_what_is_allowed(store, company, sql):
    """What is not a question is refused in the house form."""
    with pytest.raises((duckdb.Error, StrataError), match=r"allowed one select\. Ask with a select"):
        store.query(sql.format(lake=company.home / "lake"))


@pytest.mark.parametrize("setting", ["enable_external_access", "threads", "memory_limit", "allowed_directories"])
def test_lock_is_the_last_word(store, setting):
    """Beneath the store the database itself refuses to be loosened."""
    with pytest.raises(duckdb.InvalidInputException, match="has been locked"):
        store._connection.cursor().execute(f"reset {setting}")


@pytest.mark.parametrize("sql", [ENDLESS, MANY_ROWS], ids=["work", "rows"])
def test_question_that_takes_too_long_is_interrupted(store, sql):
    """A question ends at its limit, in the work or in handing over the rows; the store answers the next one."""
    began = time.monotonic()
    with pytest.raises(QueryTooLong) as refused:
        store.query(sql, limit_s=0.3)

    assert time.monotonic() - began < 5
    assert "found more than 0.3 s of work, allowed 0.3 s. Choose a shorter period" in str(refused.value)
    assert len(store.query("select * from answers")) == 2


def test_interrupting_one_question_leaves_the_others(store):
    """The limit of one reader's question does not end another reader's."""
    long = "select count(*) as n from range(30000000) r where r.range % 7 = hash(r.range) % 7"
    with ThreadPoolExecutor(2) as readers:
        other = readers.submit(store.query, long, None, 60)
        with pytest.raises(QueryTooLong):
            store.query(ENDLESS, limit_s=0.2)
        assert int(other.result()["n"][0]) > 0


def test_limit_leaves_no_timer_behind(store):
    """A question that ends in time leaves nothing that could interrupt a later one."""
    before = threading.active_count()
    for _ in range(20):
        store.query("select 1", limit_s=30)
    time.sleep(0.05)

    assert threading.active_count() <= before


def test_many_readers_ask_at_once(store):
    """Many threads ask at once, and each gets the answer to its own question."""

    def ask(n: int) -> tuple[int, int]:
        frame = store.query("select $n + count(*) as n from orders join clients using (client_id)", {"n": n})
        return n, int(frame["n"][0])

    with ThreadPoolExecutor(8) as readers:
        assert all(found == n + 2 for n, found in readers.map(ask, range(200)))


def test_many_readers_open_the_first_lake_at_once(company):
    """On a fresh server the first readers come at the same time: all of them are answered."""
    store = company.store()

    with ThreadPoolExecutor(8) as readers:
        assert list(readers.map(lambda _: len(store.query("select * from clients")), range(16))) == [2] * 16


def test_no_lake_is_said(tmp_path):
    """Without a lake a question is answered with what to do; there is no version either."""
    store = Store(tmp_path)

    assert (store.manifest(), store.version()) == (None, "")
    with pytest.raises(StrataError, match=r"found no lake, allowed a lake built by python -m data\.build") as refused:
        store.query("select 1")
    assert refused.value.code == "no_lake"


def test_lake_in_a_folder_with_signs_is_read(tmp_path):
    """Apostrophes and brackets in the path of the data folder do not keep the lake from being read."""
    company = Company(tmp_path)
    company.home = tmp_path / "o'data [1]*"
    company.export(clients=ROWS["clients"], answers=ROWS["answers"])
    company.build()

    assert company.ask("select count(*) from answers") == [(2,)]


def test_lake_that_may_only_be_read_is_read(tmp_path):
    """Where the folder for spilling cannot be made, questions that fit into memory are answered."""
    company = Company(tmp_path)
    company.export(clients=ROWS["clients"], answers=ROWS["answers"])
    company.build()
    (company.home / "spill").write_text("in the way")

    assert company.ask("select count(*) from answers") == [(2,)]


class Meanwhile(Mapping[str, int]):
    """The values of a question; while they are read, something happens."""

    def __init__(self, happens: Callable[[], None], **values: int) -> None:
        self.happens, self.values_ = happens, values

    def __getitem__(self, name: str) -> int:
        return self.values_[name]

    def __iter__(self) -> Iterator[str]:
        self.happens()
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


def test_each_folder_has_one_store_whatever_the_settings_said_before(tmp_path, monkeypatch):
    """Who asks while the settings name another folder never leaves that folder's store to those who ask later."""
    found = []
    for folder in ("a", "b", "a"):
        monkeypatch.setenv("STRATA_DATA", str(tmp_path / folder))
        found.append(reader())

    assert [store.home.name for store in found] == ["a", "b", "a"]
    assert found[0] is found[2] is reader(tmp_path / "a")


def test_question_outlives_builds(tmp_path):
    """When builds in a row sweep the files a question is about to read, it is asked again of the new lake."""
    company = Company(tmp_path)
    company.export(clients=ROWS["clients"], answers=ROWS["answers"])
    company.build()
    store, first = company.store(), company.version()

    def build_twice() -> None:
        for score in ("8", "9"):
            company.export(answers=[ROWS["answers"][0] | {"score": score}])
            company.build()

    meanwhile = Meanwhile(build_twice, least=0)
    found = store.query("select score from answers where score >= $least", meanwhile)

    assert not first.exists()
    assert found["score"].to_list() == [9]


def test_what_was_asked_before_is_answered_from_memory_until_the_lake_changes(tmp_path):
    """The same question is asked of the files once; after a build it is asked again, and forgetting forgets."""
    company = Company(tmp_path)
    company.export_all()
    company.build()
    store = company.store()
    sql = "select count(*) as n from clients where name <> $name"
    first = store.kept(sql, {"name": "One"})

    assert store.kept(sql, {"name": "One"}) is first
    assert store.kept(sql, {"name": "Nobody"})["n"].iloc[0] == 2
    company.export(clients=ROWS["clients"][:1])
    company.build()
    assert store.kept(sql, {"name": "Nobody"})["n"].iloc[0] == 1
    store.forget()
    assert store.kept(sql, {"name": "One"}) is not first


def test_two_who_ask_the_same_at_once_cause_one_scan(company, monkeypatch):
    """The second waits for the first one's answer; a failure is told to both, and the next one asks anew."""
    store = company.store()
    query, scans, started = store.query, [], threading.Event()

    def slowly(sql, values):
        scans.append(sql)
        started.set()
        time.sleep(0.3)
        return query(sql, values)

    monkeypatch.setattr(store, "query", slowly)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(store.kept, "select 1 as n", {})
        started.wait()
        assert store.kept("select 1 as n", {}) is first.result()
        started.clear()
        wrong = pool.submit(store.kept, "select no_such_column from clients", {})
        started.wait()
        for ask in (lambda: store.kept("select no_such_column from clients", {}), wrong.result):
            with pytest.raises(duckdb.BinderException):
                ask()
    assert len(scans) == 2
    with pytest.raises(duckdb.BinderException):
        store.kept("select no_such_column from clients", {})
    assert len(scans) == 3


def test_memory_has_an_end(company, monkeypatch):
    """What is kept comes to no more than there is room for; what alone is too much is not kept at all."""
    monkeypatch.setattr("data.store.MOST_CELLS", 25)
    store = company.store()
    ten, thirty = "select range as n from range(10)", "select range as n from range(30)"
    first = store.kept(ten, {})
    assert store.kept(thirty, {}) is not store.kept(thirty, {})
    assert store.kept(ten, {}) is first
    store.kept(f"{ten} where n >= 0", {})
    store.kept(f"{ten} where n >= -1", {})
    assert store.kept(ten, {}) is not first


def test_missing_files_of_the_live_lake_are_an_error(tmp_path):
    """Files that vanish from the live lake are an error, not an endless asking again."""
    company = Company(tmp_path)
    company.export(clients=ROWS["clients"], answers=ROWS["answers"])
    company.build()
    store = company.store()
    store.version()
    for path in company.version().rglob("*.parquet"):
        path.unlink()

    with pytest.raises(duckdb.IOException):
        store.query("select * from answers")
