"""A lake from a company's exports: how it lies on the disk, what it adds, and how it says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from company import ROWS, Company, at, rows

from data import build, contract


@pytest.fixture
def small(company: Company) -> Company:
    """A company of clients and answers only."""
    company.export(clients=ROWS["clients"], answers=ROWS["answers"])
    return company


def metadata(file: Path) -> pq.FileMetaData:
    return pq.read_metadata(file)


def test_lake_lies_in_months_sorted_by_client(company):
    """A table lies in a folder a month, clients together inside, compressed; clients and employees are single files."""
    many = [
        {
            "contact_id": f"T{i}", "client_id": f"C{1 + i % 2}", "at": f"2026-0{1 + i % 2}-05 12:00", "channel": "call",
            "direction": "in",
        }
        for i in range(50)
    ]  # fmt: skip
    company.export_all(contacts=many + [row | {"contact_id": "X", "client_id": "C1"} for row in many[1:2]])

    made = company.build()

    folder = company.version()
    assert sorted(path.relative_to(folder).as_posix() for path in (folder / "contacts").rglob("*.parquet")) == [
        "contacts/ym=2026-01/part.parquet", "contacts/ym=2026-02/part.parquet",
    ]  # fmt: skip
    assert made.files["clients"] == ("clients/part.parquet",)
    assert made.files["employees"] == ("employees/part.parquet",)
    february = folder / "contacts" / "ym=2026-02" / "part.parquet"
    assert pq.ParquetFile(february).read(["client_id"])["client_id"].to_pylist() == ["C1"] + ["C2"] * 25
    assert metadata(february).row_group(0).column(0).compression == "ZSTD"
    assert set(made.files) == set(contract.tables())
    assert {file for files in made.files.values() for file in files} == {
        path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet") if path.parent.name != "rejects"
    }


def test_row_groups_stay_small(company):
    """A month of many rows lies in groups of at most 40,960, so that one client's rows are found quickly."""
    many = 125_000
    company.export(clients=ROWS["clients"])
    answers = {name: [value] * many for name, value in ROWS["answers"][0].items()}
    table = pa.table(answers | {"answer_id": [f"A{i}" for i in range(many)]})
    pq.write_table(table, company.raw / "answers.parquet")

    company.build()

    written = metadata(company.version() / "answers" / "ym=2026-01" / "part.parquet")
    groups = [written.row_group(i).num_rows for i in range(written.num_row_groups)]
    assert sum(groups) == many
    assert max(groups) <= build.ROW_GROUP == 40_960


def step(i: int, **facts: str) -> dict[str, str]:
    return {"step_id": f"S{i}", "case_id": "K1", "step": "x", "started_at": f"2026-01-10 1{i}:00:00"} | facts


def derived(company: Company, steps: list[dict[str, str]]) -> tuple[object, ...]:
    """(steps, hand-overs, reworks, errors) of the one case with these steps."""
    company.export(clients=ROWS["clients"], answers=ROWS["answers"], cases=ROWS["cases"], steps=steps)
    company.build()
    frame = company.store().query("select steps, hand_overs, reworks, errors from cases where case_id = 'K1'")
    return tuple(None if value != value else int(value) for value in frame.astype("float64").to_numpy()[0])


def test_hand_overs_count_changes_of_hands(company):
    """A, A, B, A: the work changed hands twice. Reworks and errors nobody recorded are unknown, not zero."""
    steps = [step(i, employee_id=who) for i, who in enumerate("AABA")]

    assert derived(company, steps) == (4, 2, None, None)
    assert company.ask("select is_hand_over, client_id, process, stage from steps order by step_id") == [
        (None, "C1", "p", "order"), (False, "C1", "p", "order"), (True, "C1", "p", "order"), (True, "C1", "p", "order"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([step(0, team="x"), step(1, team="y"), step(2, team="y")], (3, 1, None, None)),
        ([step(0, team="x", employee_id="A"), step(1, team="x", employee_id="B")], (2, 1, None, None)),
        ([step(0, team="x", employee_id="A"), step(1, team="x", employee_id="")], (2, 0, None, None)),
        ([step(0, team="x", employee_id="A"), step(1, team="y", employee_id="")], (2, 1, None, None)),
        ([step(0), step(1), step(2)], (3, None, None, None)),
        ([step(0, employee_id="A")], (1, 0, None, None)),
        ([step(1, employee_id="A", is_rework="no"), step(0, employee_id="B", is_rework="yes")], (2, 1, 1, None)),
        ([step(0, is_error="false"), step(1, is_error="")], (2, None, None, 0)),
    ],
    ids=["teams", "persons", "one unnamed", "other team", "nobody named", "one step", "rework", "no errors"],
)
def test_case_adds_up_its_steps(company, steps, expected):
    """Persons are compared with persons and teams with teams; what no step says is unknown."""
    assert derived(company, steps) == expected


def test_case_without_steps_adds_up_to_nothing(company):
    """A case without steps has no count of them, rather than zero."""
    company.export_all()
    company.build()

    assert company.store().query("select steps, hand_overs from cases where case_id = 'K2'").isna().all(axis=None)


def test_lake_without_events_ends_today(company):
    """Where nothing has happened yet, the last day is the day of the build in the company's own zone."""
    company.declare(zone="Asia/Vladivostok")
    company.export(clients=ROWS["clients"])
    company.write("answers.csv", "answer_id,client_id,survey,instrument,score,answered_at\n")

    made = company.build(now=at("2026-03-01 20:00"))

    assert (made.as_of, made.tables["answers"].rows_in, made.files["answers"]) == ("2026-03-02", 0, ())
    assert company.ask("select answer_id from answers") == []


def test_lake_of_rejected_answers_is_whole(company, capsys):
    """When every answer breaks the contract the lake has none of them, and the report says so."""
    company.export(clients=ROWS["clients"], answers=[row | {"client_id": "C9"} for row in ROWS["answers"]])

    assert company.run() == 0
    printed = capsys.readouterr().out
    assert "answers                  2           0           2" in printed
    assert f"rejected rows lie in {company.version()}/rejects" in printed
    assert company.ask("select count(*) from answers") == [(0,)]


def test_broken_lines_are_counted(small):
    """Lines that are no rows are in the report under the name of their export: rows in = kept + rejected there too."""
    with (small.raw / "clients.csv").open("a") as file:
        file.write("C3,Three\r\n")

    counts = small.build().tables["raw.clients"]

    assert (counts.rows_in, counts.kept, counts.rejected) == (3, 2, 1)
    assert small.rejects("raw.clients")[0][0] == 4
    assert small.rejects("raw.clients")[0][2] == "C3,Three"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda c: c.write("answers.csv", ""), "answers.csv: found an empty file"),
        (lambda c: c.write("answers.csv", "a,b\n1,Ж\n".encode("utf-16")), "answers.csv: found letters in UTF-16"),
        (lambda c: c.write("clients.parquet", b"junk"), "clients.parquet: found a second export named clients"),
        (lambda c: (c.raw / "answers.csv").unlink(), "acme: found neither answers.sql nor an export named answers"),
        (lambda c: c.map(answers="select 1"), 'acme/answers.sql: found column "1"'),
        (lambda c: c.map(answers="select x from raw.answers"), 'acme/answers.sql: found no column "x"'),
        (lambda c: c.map(anwsers="select 1"), 'anwsers.sql: found "anwsers" (did you mean answers?)'),
        (lambda c: c.declare("zone = 'UTC'"), 'acme/source.toml: found "zone" (did you mean timezone?)'),
        (lambda c: c.declare(zone="UTC+3"), 'acme/source.toml, timezone: found "UTC+3"'),
        (
            lambda c: c.declare("files = { clients = 'client.csv' }"),
            "client.csv: found no such file (is it clients.csv?)",
        ),
    ],
)
def test_failed_build_says_why_and_changes_nothing(small, capsys, spoil, said):
    """What stops a build is one message and exit code 1; readers still see the lake before, whole."""
    assert small.run() == 0
    before, counted = small.version(), small.ask("select count(*) from answers")
    capsys.readouterr()
    spoil(small)

    assert small.run() == 1

    printed = capsys.readouterr()
    message = printed.err.strip().splitlines()[-1]
    assert said in message
    assert ": found " in message
    assert ", allowed " in message
    assert message.endswith(("; the lake is as it was.", "; nothing was read."))
    assert "Traceback" not in printed.err
    assert (small.version(), small.ask("select count(*) from answers")) == (before, counted)
    assert list(small.home.glob("build-*")) == []


@pytest.mark.parametrize("place", ["/proc/strata", "a file", "a file/below"])
def test_folder_that_cannot_be_written_is_named(small, tmp_path, capsys, place):
    """A data folder that cannot be made, or is a file, is named with what to set."""
    (tmp_path / "a file").write_text("x")
    small.home = tmp_path / place

    assert small.run() == 1
    assert small.run("--if-none") == 1
    printed = capsys.readouterr().err
    assert f"{small.home}: found " in printed
    assert "Set STRATA_DATA or --into to another folder; nothing was changed." in printed


def test_unknown_source_ends_in_a_message(tmp_path, capsys):
    """A name that is no source ends in one message and exit code 1."""
    assert build.main(["olits", "--into", str(tmp_path)]) == 1
    assert "(did you mean olist?)" in capsys.readouterr().err


def test_if_none_leaves_a_lake_alone(small):
    """--if-none builds the first lake and no second one."""
    assert small.run("--if-none") == 0
    before = small.version()
    small.write("clients.csv", "")

    assert small.run("--if-none") == 0
    assert small.version() == before


def test_same_rows_at_the_same_second_are_the_same_lake(small):
    """Building twice within a second from the same exports gives the one lake, still live."""
    assert small.build() == small.build()
    assert small.ask("select count(*) from answers") == [(2,)]


def test_version_follows_everything_that_can_be_read(small):
    """Another row, another title or another stage is another version; so no cache shows what was before."""
    versions = [small.build().version]
    small.export(answers=rows("answers", score="4"))
    versions.append(small.build().version)
    small.declare("stages = [{ id = 'order', label = { en = 'Order', ru = 'Заказ' } }]")
    versions.append(small.build().version)

    assert len(set(versions)) == 3


def test_interrupted_by_hand_ends_in_a_message(small, capsys, monkeypatch):
    """Ctrl-C ends a build with a sentence, not with a traceback."""

    def interrupted(share: float, doing: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "_bar", interrupted)

    assert small.run() == 130
    assert "stopped; the lake is as it was" in capsys.readouterr().err
