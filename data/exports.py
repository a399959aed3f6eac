"""A company's exports read as they are: CSV, Parquet and XLSX as the views raw.<name>, before anything is judged."""

from __future__ import annotations

import csv
import glob
import io
from pathlib import Path
from typing import TextIO

import duckdb

from data.errors import BuildError, first_line

DELIMITERS = ",;\t|"
csv.field_size_limit(2_000_000)  # the longest line that DuckDB reads
ENCODINGS = {b"\xef\xbb\xbf": "UTF-8", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


def read_raw(work: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    """One export as raw.<name>: text stays text, so that no leading zero or odd date is lost before it is judged.

    Raises: BuildError when it cannot be read, or cannot be read without losing rows.
    """
    try:
        if path.is_dir() or path.suffix.lower() == ".parquet":
            pattern = glob.escape(str(path)) + ("/**/*.parquet" if path.is_dir() else "")
            work.execute(f"create view {view(name)} as from read_parquet({_text(pattern)}, union_by_name = true)")
        elif path.suffix.lower() == ".xlsx":
            _read_xlsx(work, name, path)
        else:
            _read_csv(work, name, path)
    except (duckdb.Error, OSError, csv.Error) as problem:
        raise _unreadable(path.name, first_line(problem)) from None


def view(name: str) -> str:
    """The export of that name, as SQL reads it."""
    return 'raw."' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _unreadable(place: str, found: str, do: str = "Export it again and build again") -> BuildError:
    return BuildError(
        "unreadable", place=place, found=found, allowed="CSV in UTF-8, Parquet or XLSX", do=do,
        state="the lake is as it was",
    )  # fmt: skip


def _read_xlsx(work: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    """The first sheet; true dates arrive as 2026-03-01 10:30:00. A row without a single value is not a row."""
    import fastexcel  # only here: most companies have no XLSX, and it takes a while to load

    try:
        sheet = fastexcel.read_excel(path).load_sheet(0, dtypes="string").to_arrow()
    except fastexcel.FastExcelError as problem:
        raise _unreadable(path.name, first_line(problem)) from None
    if not sheet.num_columns:
        raise _unreadable(path.name, "an empty sheet")
    work.register("sheet", sheet)
    filled = " or ".join(f'"{column.replace(chr(34), chr(34) * 2)}" is not null' for column in sheet.schema.names)
    work.execute(f"create table {view(name)} as from sheet where {filled}")
    work.unregister("sheet")


def _read_csv(work: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    """Every line as a row of texts, or as a line of raw_bad when its columns are too many or too few.

    Nothing is left to be guessed from a sample, which may skip lines; and one thread reads, because several lose their
    place in texts with line breaks.
    """
    delimiter, names, blank_lines = _header(path)
    columns = ", ".join(f"{_text(column)}: 'varchar'" for column in names)
    try:
        work.execute(
            f"create table {view(name)} as from read_csv({_text(glob.escape(str(path)))}, auto_detect = false, "
            f"header = true, skip = {blank_lines}, delim = {_text(delimiter)}, quote = '\"', escape = '\"', "
            f"columns = {{{columns}}}, parallel = false, store_rejects = true, rejects_table = 'broken', "
            "rejects_scan = 'broken_scan', rejects_limit = 0)"
        )
    except duckdb.InvalidInputException as problem:
        if "state machine" not in str(problem):
            raise
        raise _unreadable(path.name, "lines that end in different ways (CR, LF and CR LF)") from None
    _judge_broken(work, path)
    work.execute(
        "insert into raw_bad select $name, line, min(column_name), any_value(trim(csv_line, chr(10) || chr(13))), "
        "min(error_message) from broken group by line",
        {"name": name},
    )
    read, broken = work.execute(
        f"select (select count(*) from {view(name)}), (select count(distinct line) from broken)"
    ).fetchall()[0]
    work.execute("drop table broken; drop table broken_scan")
    rows, last_line = _counted(path, delimiter, len(names))
    if rows is not None and rows != read + broken:
        raise _unreadable(
            f"{path.name}, line {last_line}", f"a quote that is not closed: {rows} rows, of which {read} can be read"
        )


def _judge_broken(work: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Stop where a broken line means that others are lost with it, or that the whole file is not what it should be."""
    swallowed = work.execute(
        "select line from broken where error_type = 'LINE SIZE OVER MAXIMUM' "
        "or error_type = 'UNQUOTED VALUE' and contains(csv_line, chr(10)) order by line"
    ).fetchone()
    if swallowed:
        raise _unreadable(f"{path.name}, row {swallowed[0]}", "a quote that is not closed: it swallows the rows below")
    foreign = work.execute("select min(line) from broken where error_type = 'INVALID ENCODING'").fetchone()
    if foreign and foreign[0] is not None and not _has_utf8(path):
        raise _not_utf8(f"{path.name}, row {foreign[0]}")


def _not_utf8(place: str) -> BuildError:
    return _unreadable(place, "letters that are not UTF-8", "Export or save it as CSV UTF-8 and build again")


def _has_utf8(path: Path) -> bool:
    """Whether some line has letters beyond ASCII that are UTF-8: then the file is, and the other lines are damaged."""
    with path.open("rb") as lines:
        for line in lines:
            if not line.isascii():
                try:
                    line.decode("utf-8")
                except UnicodeDecodeError:
                    continue
                return True
    return False


def _open(path: Path) -> TextIO:
    """Its bytes as characters, after the mark of the encoding: the structure of a CSV is ASCII in any case."""
    file = path.open("rb")
    if file.read(3) not in ENCODINGS:
        file.seek(0)
    return io.TextIOWrapper(file, encoding="latin-1", newline="")


def _header(path: Path) -> tuple[str, list[str], int]:
    """(delimiter, names of the columns, blank lines above them). The delimiter is the one that makes most columns."""
    with path.open("rb") as file:
        if ENCODINGS.get(file.read(2)) == "UTF-16":
            raise _unreadable(path.name, "letters in UTF-16", "Export or save it as CSV UTF-8 and build again")
    best: tuple[str, list[str], int] = ("", [], 0)
    for delimiter in DELIMITERS:
        with _open(path) as text:
            for blank_lines, record in enumerate(csv.reader(text, delimiter=delimiter)):
                if record:
                    if len(record) > len(best[1]):
                        best = (delimiter, record, blank_lines)
                    break
    if not best[1]:
        raise _unreadable(path.name, "an empty file")
    names: list[str] = []
    for place, written in enumerate(best[1]):
        try:
            wanted = written.encode("latin-1").decode("utf-8") or f"column{place}"
        except UnicodeDecodeError:
            raise _not_utf8(f"{path.name}, row 1") from None
        same = sum(name.lower() == wanted.lower() for name in names)
        names.append(f"{wanted}_{same}" if same else wanted)
    return best[0], names, best[2]


def _counted(path: Path, delimiter: str, columns: int) -> tuple[int | None, int]:
    """(rows below the header, line on which the last one begins), counted by another reader than the one that reads.

    None where no quote can hide a line break: there a row is a line.
    """
    with path.open("rb") as file:
        if columns == 1 or not any(b'"' in block for block in iter(lambda: file.read(1 << 20), b"")):
            return None, 0
    rows, begins, ends = -1, 1, 0
    with _open(path) as text:
        reader = csv.reader(text, delimiter=delimiter)
        try:
            for record in reader:
                if record:
                    rows, begins = rows + 1, ends + 1
                ends = reader.line_num
        except csv.Error:  # a single value longer than any real one
            return rows + 1, ends + 1
    return rows, begins
