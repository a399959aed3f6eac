"""What the pinned DuckDB has to do right: version 2.0.0 did both wrong (docs/decisions, the move to 2.x)."""

from __future__ import annotations

import duckdb
import pyarrow as pa


def test_cast_over_a_csv_with_rejects_keeps_its_rows(tmp_path):
    """A value that cannot be cast becomes null; its row stays (issue 23818: 2.0.0 gave one row of three)."""
    (tmp_path / "t.csv").write_text("a,b\n1,2\nx,3\n4,y\n")

    found = duckdb.connect().execute(
        "select try_cast(a as int), try_cast(b as int) "
        "from read_csv($file, all_varchar = true, header = true, store_rejects = true)",
        {"file": str(tmp_path / "t.csv")},
    )

    assert found.fetchall() == [(1, 2), (None, 3), (4, None)]


def test_rows_inserted_in_one_transaction_are_grouped():
    """Rows put into a table in the transaction that made it are seen by group by at once (2.0.0 saw none)."""
    arrow = pa.table({"k": [i % 7 for i in range(200_000)], "v": list(range(200_000))})
    connection = duckdb.connect()
    connection.register("arrow", arrow)
    for statement in ("begin", "create table r as from arrow limit 0", "insert into r from arrow", "commit"):
        connection.execute(statement)

    found = connection.execute("select k, count(*) from r group by k order by k").fetchall()

    assert sum(n for _, n in found) == 200_000
    assert [k for k, _ in found] == list(range(7))
