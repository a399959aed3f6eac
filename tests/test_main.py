"""The command line: the same numbers, without the dashboard."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lakes import clients, lake

from metrics.__main__ import main
from metrics.load import catalogue

pytestmark = pytest.mark.xdist_group("main")  # one worker: the lake of these tests is built once
SCORES = {"Small": [9, 9, 10, 0, 7, 8], "Large": [10, 2]}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six answers of a small client and two of a large one, from April to June; a team of six and one of two."""
    folder = tmp_path_factory.mktemp("shell")
    months = ["2026-04-10", "2026-04-20", "2026-05-10", "2026-05-20", "2026-06-10", "2026-06-20"]
    people = [
        {"employee_id": f"e{number}", "team": "T" if number < 12 else "U", "hired_on": "2020-01-01"}
        for number in range(14)
    ]
    lake(
        folder,
        clients=[*clients("a"), *clients("b", segment="Large")],
        answers=[
            {"answer_id": f"{segment}{number}", "client_id": "a" if segment == "Small" else "b", "survey": "s"}
            | {"instrument": "nps", "score": score, "answered_at": months[number], "channel": "web"}
            for segment, scores in SCORES.items()
            for number, score in enumerate(scores)
        ],
        orders=[
            {"order_id": "o", "client_id": "a", "ordered_at": "2026-06-01", "amount": 10, "status": "open"}
            | {"category": "x"}
        ],
        employees=people,
        pulse=[
            {"pulse_id": who["employee_id"], "employee_id": who["employee_id"], "instrument": "engagement", "score": 4}
            | {"asked_on": "2026-06-10"}
            for who in people
            if who["employee_id"] not in ("e9", "e10")
        ],
    )  # fmt: skip
    return folder / "data"


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, str]]:
    """What a command prints as CSV."""
    assert main([*arguments, "--format", "csv"]) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_list_shows_every_metric(capsys: pytest.CaptureFixture[str]) -> None:
    """Id, layer, unit, English label and what it can be split by."""
    found = told(capsys, "list")

    assert [row["id"] for row in found] == list(catalogue())
    assert found[0] == {
        "id": "nps", "layer": "satisfaction", "unit": "points", "label": "Net Promoter Score",
        "splits": " ".join(catalogue()["nps"].by),
    }  # fmt: skip


def test_a_metric_is_shown_over_all_days_by_default(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    """From the lake's first event to its last, with value, interval and n."""
    (row,) = told(capsys, "show", "nps", "--data", str(home))

    assert (row["from"], row["to"], row["n"]) == ("2026-04-10", "2026-06-30", "8")
    assert float(row["value"]) == 25.0
    assert float(row["low"]) < 25 < float(row["high"])
    assert row["note"] == "directional: n below 30"


def test_a_metric_is_split_by_a_dimension(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    """One row a value; what stands on fewer than five rows says so."""
    rows = told(capsys, "show", "nps", "--by", "segment", "--data", str(home))

    assert [(row["segment"], float(row["value"]), row["note"]) for row in rows] == [
        ("Large", 0.0, "too few: n below 5"),
        ("Small", pytest.approx(100 * 2 / 6), "directional: n below 30"),
    ]


def test_a_metric_is_split_by_time(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    """Months and quarters are named as people name them; the outer ones end where the question does."""
    months = told(
        capsys, "show", "nps", "--by", "month", "--data", str(home), "--from", "2026-04-15", "--to", "2026-06-10"
    )
    weeks = told(
        capsys, "show", "nps", "--by", "week", "--data", str(home), "--from", "2026-05-31", "--to", "2026-06-01"
    )
    quarters = told(capsys, "show", "nps", "--by", "quarter", "--data", str(home))

    assert [(row["month"], row["from"], row["to"], row["n"]) for row in months] == [
        ("2026-04", "2026-04-15", "2026-04-30", "2"),
        ("2026-05", "2026-05-01", "2026-05-31", "2"),
        ("2026-06", "2026-06-01", "2026-06-10", "1"),
    ]
    assert [row["week"] for row in weeks] == ["2026-W22", "2026-W23"]
    assert [(row["quarter"], row["n"]) for row in quarters] == [("2026-Q2", "8")]


def test_several_values_of_a_dimension_mean_any_of_them(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    """Two segments chosen are both counted; two dimensions chosen must both hold."""
    both = ["--where", "segment=Small", "--where", "segment=Large"]

    assert told(capsys, "show", "nps", *both, "--data", str(home))[0]["n"] == "8"
    assert told(capsys, "show", "nps", "--where", "segment=Small", "--data", str(home))[0]["n"] == "6"
    assert told(capsys, "show", "nps", *both, "--where", "channel=web", "--data", str(home))[0]["n"] == "8"


def test_a_filter_the_metric_does_not_know_is_said_to_be_ignored(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    """The number is of all categories then, and the note says so."""
    (row,) = told(capsys, "show", "nps", "--where", "category=x", "--data", str(home))

    assert (row["n"], row["note"]) == ("8", "directional: n below 30; filter ignored: category")


def test_fewer_than_five_people_are_not_shown(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    """A team of two has neither value nor n; the whole has both."""
    rows = told(capsys, "show", "engagement", "--by", "team", "--data", str(home))
    (whole,) = told(capsys, "show", "engagement", "--data", str(home))

    hidden = {row["team"]: row for row in rows}["U"]
    assert (hidden["value"], hidden["low"], hidden["high"], hidden["n"]) == ("", "", "", "")
    assert hidden["note"].startswith("hidden: fewer than 5 people")
    assert (whole["value"], whole["n"]) == ("4.0", "12")


def test_a_fact_is_not_called_directional(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    """One order is a revenue of 10, not an estimate of it."""
    (row,) = told(capsys, "show", "revenue", "--data", str(home))

    assert (row["value"], row["n"], row["note"]) == ("10.0", "1", "")


def test_what_is_not_measured_has_no_value(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    """A company without such facts reads "no value", not 0."""
    (row,) = told(capsys, "show", "csat", "--data", str(home))

    assert (row["value"], row["n"], row["note"]) == ("", "0", "no value")


def test_json_holds_numbers_and_nulls(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    """For programs: one object a row."""
    assert main(["show", "csat", "--format", "json", "--data", str(home)]) == 0

    assert json.loads(capsys.readouterr().out) == [
        {"metric": "csat", "from": "2026-04-10", "to": "2026-06-30", "value": None, "low": None, "high": None, "n": 0}
        | {"note": "no value"}
    ]


def test_a_table_is_for_reading(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    """Label, unit and days above aligned columns; a missing number is a dash."""
    assert main(["show", "nps", "--by", "segment", "--data", str(home)]) == 0

    title, head, large, small = capsys.readouterr().out.splitlines()
    assert title == "Net Promoter Score (points; n: answers), 2026-04-10 to 2026-06-30"
    assert head.split() == ["segment", "value", "low", "high", "n", "note"]
    assert large.startswith("Large      0.0")
    assert small.index("33.3") + 4 == head.index("value") + 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["npz"], 'metric: found "npz" (did you mean nps?), allowed one of the 46'),
        (["nps", "--by", "segmnt"], '--by: found "segmnt" (did you mean segment?), allowed segment'),
        (["nps", "--by", "category"], '--by: found "category"'),
        (["nps", "--where", "regoin=x"], '--where: found "regoin" (did you mean region?)'),
        (["nps", "--where", "month=2026-01"], '--where: found "month"'),
        (["nps", "--where", "segment=Smal"], '--where segment: found "Smal" (did you mean Small?), allowed Large'),
        (["nps", "--where", "region=x"], "allowed nothing: no row has a region"),
        (["nps", "--where", "segment"], '--where: found "segment", allowed DIM=VALUE'),
        (["nps", "--from", "2026-02-30"], '--from: found "2026-02-30", allowed a day as YYYY-MM-DD'),
        (["nps", "--to", "june"], '--to: found "june", allowed a day as YYYY-MM-DD'),
        (["nps", "--from", "2026-06-02", "--to", "2026-06-01"], '"2026-06-02", allowed a day up to 2026-06-01'),
        (["nps", "--to", "2026-07-01"], '--to: found "2026-07-01", allowed a day up to 2026-06-30'),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_asked_is_answered_in_one_line(
    capsys: pytest.CaptureFixture[str], home: Path, arguments: list[str], message: str
) -> None:
    """What was found, what is allowed, the nearest right word; exit 1, and nothing on the output."""
    assert main(["show", *arguments, "--data", str(home)]) == 1

    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.endswith("nothing was computed.\n")
    assert err.count("\n") == 1


def test_a_folder_without_a_lake_is_left_alone(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A mistyped folder is named, not made."""
    assert main(["show", "nps", "--data", str(tmp_path / "typo")]) == 1

    assert f"{tmp_path / 'typo'}: found no lake" in capsys.readouterr().err
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize("broken", ["lake.json", "answers/ym=2026-05/part.parquet"])
def test_a_lake_that_cannot_be_read_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path, broken: str) -> None:
    """A damaged file ends in a message with the folder, never in a traceback."""
    answers = [{"answer_id": "x", "client_id": "a", "survey": "s", "instrument": "nps", "score": 9}]
    lake(tmp_path, answers=[one | {"answered_at": "2026-05-01"} for one in answers])
    home = tmp_path / "data"
    name = (home / "lake" / "current").read_text(encoding="utf-8")
    (home / "lake" / name / broken).write_text("{", encoding="utf-8")

    assert main(["show", "nps", "--data", str(home)]) == 1
    err = capsys.readouterr().err
    assert err.startswith(str(home))
    assert ": found " in err


def test_a_wrong_use_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """No metric, or a format that is none: how it is used, and exit 2."""
    for arguments in (["show"], ["show", "nps", "--format", "xml"], []):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 2
        assert "usage: python -m metrics" in capsys.readouterr().err


def test_it_runs_from_a_shell_and_into_a_pipe_that_closes(home: Path) -> None:
    """The folder can be named by STRATA_DATA; who reads only the first line gets no complaint."""
    root = Path(__file__).parents[1]
    environment = os.environ | {"STRATA_DATA": str(home), "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "metrics", "show", "nps", "--format", "csv"]

    told = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=root, check=True)
    closed = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m metrics list | true"],
        capture_output=True, text=True, env=environment, cwd=root, check=True,
    )  # fmt: skip

    assert told.stdout.splitlines()[0] == "metric,from,to,value,low,high,n,note"
    assert (told.stderr, closed.stderr) == ("", "")
