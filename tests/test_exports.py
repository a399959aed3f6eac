"""Exports are read whole and as they are, or the build says what is wrong with the file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import fastexcel
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from company import ROWS, Company, at, rows

from data import exports
from data.errors import BuildError


def read(folder: Path, name: str, content: bytes) -> tuple[list[tuple[str | None, ...]], list[tuple[int, str]]]:
    """(rows of the export, (row, text) of the lines that are none)."""
    (folder / name).write_bytes(content)
    with duckdb.connect() as work:
        work.execute("create schema raw")
        work.execute("create table raw_bad (name varchar, line bigint, col varchar, value varchar, reason varchar)")
        exports.read_raw(work, "t", folder / name)
        return (
            work.execute("from raw.t").fetchall(),
            work.execute("select line, value from raw_bad order by line").fetchall(),
        )


def refusal(folder: Path, name: str, content: bytes) -> str:
    with pytest.raises(BuildError) as refused:
        read(folder, name, content)
    assert "Traceback" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(tmp_path, delimiter):
    """Commas, semicolons, tabs and bars all part columns; the one that makes most columns of the header is meant."""
    text = delimiter.join(["id", "name, full", "x"]) + "\n" + delimiter.join(["007", "N", ""]) + "\n"

    assert read(tmp_path, "t.csv", text.replace("name, full", '"name, full"').encode()) == ([("007", "N", None)], [])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a,b\r\n1,2\r\n", [("1", "2")]),
        (b"a,b\r1,2\r", [("1", "2")]),
        (b"a,b\n1,2", [("1", "2")]),
        (b"\xef\xbb\xbfa,b\n1,2\n", [("1", "2")]),
        (b'\xef\xbb\xbf"a",b\n1,2\n', [("1", "2")]),
        (b"\n\na,b\n\n1,2\n\n", [("1", "2")]),
        (b'a,b\n"x\ny",2\n3,4\n', [("x\ny", "2"), ("3", "4")]),
        (b'a,b\r\n"x\ny",2\r\n3,4\r\n', [("x\ny", "2"), ("3", "4")]),
        (b'a,"b\nc"\n1,2\n', [("1", "2")]),
        (b'a,b\n"said ""hi""",2\n', [('said "hi"', "2")]),
        (b'a,b\n5" pipe,2\n', [('5" pipe', "2")]),
        (b"a,b\n#1,2\n", [("#1", "2")]),
        (b"a,b\n 1 ,NA\n", [(" 1 ", "NA")]),
        (b"a\nx\n\ny\n", [("x",), (None,), ("y",)]),  # of one column, a blank line is an empty value
        (b"a,b\n", []),
        (b"a,b", []),
        ("имя,b\nПётр,2\n".encode(), [("Пётр", "2")]),
    ],
)
def test_csv_is_read_as_it_stands(tmp_path, content, expected):
    """Line ends, marks of UTF-8, blank lines, quotes and line breaks inside them change no value and lose no row."""
    assert read(tmp_path, "t.csv", content) == (expected, [])


@pytest.mark.parametrize(
    ("line", "rows_read"),
    [(b"5,6", 2), (b"5,6,7,8", 2), (b"Total: 1", 2), (b'5,"6"x,7', 2), (b"5,6,\xcf\xf0", 2)],
    ids=["too few columns", "too many columns", "a total", "text after a quote", "damaged letters"],
)
def test_line_that_is_no_row_is_set_aside(tmp_path, line, rows_read):
    """A line with too few or too many columns, or damaged, is set aside with its number; the others are read."""
    found, broken = read(tmp_path, "t.csv", b"a,b,c\n1,2,\xc3\xa9\n" + line + b"\n7,8,9\n")

    assert len(found) == rows_read
    assert [number for number, _ in broken] == [3]


def test_many_texts_with_line_breaks_are_all_read(tmp_path):
    """A file larger than what one thread reads at a time keeps its rows, also where texts look like rows."""
    many = 400_000
    content = "a,b,c\n" + "".join(f'{i},"1,2,3\n{i},2,3\n{"x" * 80}",{i}\n' for i in range(many))
    (tmp_path / "t.csv").write_text(content)

    with duckdb.connect() as work:
        work.execute("create schema raw")
        work.execute("create table raw_bad (name varchar, line bigint, col varchar, value varchar, reason varchar)")
        exports.read_raw(work, "t", tmp_path / "t.csv")
        assert work.execute("select count(*), count(distinct a) from raw.t where a = c").fetchall() == [(many, many)]
        assert work.execute("select count(*) from raw_bad").fetchall() == [(0,)]


@pytest.mark.parametrize("below", [3, 200, 300_000])
def test_quote_that_is_never_closed_stops_the_build(tmp_path, below):
    """A quote opened and not closed swallows the rows below it: the build stops rather than lose them silently."""
    content = b'a,b,c\n1,2,3\n4,"x,5\n' + b"".join(b"%d,2,3\n" % i for i in range(below))

    said = refusal(tmp_path, "t.csv", content)

    assert said.startswith(("t.csv, row 3: found a quote that is not closed", "t.csv, line 3: found a quote"))


def test_quote_closed_rows_later_stops_the_build(tmp_path):
    """A quote that only the next text closes takes the rows between with it: that is not one broken line."""
    said = refusal(tmp_path, "t.csv", b'a,b,c\n1,2,3\n4,"x,5\n6,7,8\n5,"y",6\n7,8,9\n')

    assert said.startswith("t.csv, row 3: found a quote that is not closed: it swallows the rows below")


def test_star_in_a_name_is_a_star(tmp_path):
    """An export called a*.csv is that one file, not every file that begins with an a."""
    (tmp_path / "ab.csv").write_text("a,b\n3,4\n")

    assert read(tmp_path, "a*.csv", b"a,b\n1,2\n") == ([("1", "2")], [])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", b"", "t.csv: found an empty file"),
        ("t.csv", b"\n\n\n", "t.csv: found an empty file"),
        ("t.csv", "a,b\n1,Пётр\n".encode("utf-16"), "t.csv: found letters in UTF-16"),
        ("t.csv", "a,b\n1,Пётр\n2,x\n".encode("cp1251"), "t.csv, row 2: found letters that are not UTF-8"),
        ("t.csv", "имя,b\n1,2\n".encode("cp1251"), "t.csv, row 1: found letters that are not UTF-8"),
        ("t.csv", b"a,b\r\n1,2\n3,4\r\n", "t.csv: found lines that end in different ways"),
        ("t.csv", bytes(range(256)) * 40, "t.csv"),
        ("t.parquet", b"not parquet at all", "t.parquet: found "),
        ("t.parquet", b"", "t.parquet: found "),
        ("t.xlsx", b"not a workbook", "t.xlsx: found "),
        ("t.xlsx", b"", "t.xlsx: found "),
    ],
)
def test_unreadable_file_is_named(tmp_path, name, content, said):
    """An empty, foreign or damaged file stops the build with its name, what was found and what to do."""
    message = refusal(tmp_path, name, content)

    assert message.startswith(said)
    assert "allowed CSV in UTF-8, Parquet or XLSX" in message
    assert message.endswith("the lake is as it was.")


def test_columns_of_one_name_are_told_apart(tmp_path):
    """Survey tools export several columns of one name: each can be mapped."""
    (tmp_path / "t.csv").write_text("Comment,comment,,x\na,b,c,d\n")
    with duckdb.connect() as work:
        work.execute("create schema raw")
        work.execute("create table raw_bad (name varchar, line bigint, col varchar, value varchar, reason varchar)")
        exports.read_raw(work, "t", tmp_path / "t.csv")

        found = work.execute("select column_name from (describe raw.t)").fetchall()
    assert [name for (name,) in found] == ["Comment", "comment_1", "column2", "x"]


def workbook(path: Path, lines: list[list[object]]) -> None:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    book.save(path)


def test_workbook_arrives_with_true_dates_and_whole_numbers(tmp_path):
    """Cells of XLSX that are dates arrive as dates, whole numbers without a point, and blank rows not at all."""
    workbook(
        tmp_path / "t.xlsx",
        [
            ["id", "at", "on", "score", "text", "yes", "amount"],
            [1001, at("2025-03-01 10:30:15"), date(2025, 3, 1), 9.0, "007", True, 12.5],
            [],
            [1002, at("2025-12-31 23:59:59"), date(2025, 3, 2), None, "x\ny", False, 0.1],
        ],
    )

    found, _ = read(tmp_path, "t.xlsx", (tmp_path / "t.xlsx").read_bytes())

    assert found == [
        ("1001", "2025-03-01 10:30:15", "2025-03-01 00:00:00", "9", "007", "true", "12.5"),
        ("1002", "2025-12-31 23:59:59", "2025-03-02 00:00:00", None, "x\ny", "false", "0.1"),
    ]


def test_empty_sheet_is_named(tmp_path):
    """A workbook whose first sheet is empty is refused by name."""
    workbook(tmp_path / "t.xlsx", [])

    assert "t.xlsx: found an empty sheet" in refusal(tmp_path, "t.xlsx", (tmp_path / "t.xlsx").read_bytes())
    assert fastexcel.read_excel(tmp_path / "t.xlsx").sheet_names == ["Sheet"]


def as_parquet(path: Path, given: list[dict[str, object]]) -> None:
    pq.write_table(pa.Table.from_pylist(given), path)


def test_company_of_mixed_exports_becomes_one_lake(company: Company):
    """XLSX, a Parquet file, a folder of Parquet files and CSV side by side make the same rows as CSV alone would."""
    clients = [["client_id", "name", "segment", "since_on"], ["C1", "One", "Small", date(2020, 1, 1)]]
    workbook(company.raw / "clients.xlsx", [*clients, ["C2", "Two", "Large", date(2021, 1, 1)]])
    as_parquet(
        company.raw / "orders.parquet",
        [
            {
                "order_id": "O1",
                "client_id": "C1",
                "ordered_at": at("2026-01-10 09:00"),
                "amount": 100.0,
                "status": "open",
            }
        ],
    )
    (company.raw / "answers").mkdir()
    first, second = rows("answers")
    as_parquet(company.raw / "answers" / "2026-01.parquet", [first | {"score": 10}])
    as_parquet(company.raw / "answers" / "2026-02.parquet", [second | {"score": 5}])
    company.write("invitations.csv", "invitation_id;client_id;survey;sent_at\nV1;C1;s;2026-01-14 10:00:00\n")

    made = company.build()

    assert {name: (counts.kept, counts.rejected) for name, counts in made.tables.items()} == {
        "clients": (2, 0), "orders": (1, 0), "answers": (2, 0), "invitations": (1, 0),
    }  # fmt: skip
    assert company.ask("select since_on::varchar from clients order by client_id") == [("2020-01-01",), ("2021-01-01",)]
    assert company.ask("select score, answered_at from answers order by 1") == [
        (5, at("2026-02-15 10:00")), (10, at("2026-01-15 10:00")),
    ]  # fmt: skip
    assert company.ask("select amount::double, ordered_at from orders") == [(100.0, at("2026-01-10 09:00"))]


def test_name_with_signs_is_an_export_like_any_other(company: Company):
    """Apostrophes, brackets and stars in the name of a file or its folder do not keep it from being read."""
    company.raw = company.folder / "ex*ports [o'March]"
    company.raw.mkdir()
    company.export(clients=ROWS["clients"], answers=ROWS["answers"])
    company.write("client's [x].csv", "a,b\n1,2\n3\n")

    made = company.build()

    assert made.tables["answers"].kept == 2
    assert made.tables["raw.client's [x]"].rejected == 1
    assert [reject[:1] for reject in company.rejects("raw.client's [x]")] == [(3,)]
