"""Take in a large survey export, beside a bare copy of the same file into Parquet, in the same run.

    python -m bench.ingest [--rows 9500000] [--into DIR]

Prints how long each took, their ratio, and the most memory the product held; each runs in a process of its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
# A third of the rows has a comment, most of them with commas and some with quotes; the columns are those of a tool.
EXPORT = """
copy (
    select
        'R_' || lpad(to_hex(range * 2654435761 % 4294967296), 8, '0') || 'xQ7z' as "Response ID",
        'C' || lpad((hash(range) % 400)::varchar, 5, '0') as "Client",
        strftime(timestamp '2024-07-01' + to_seconds(range * 60480000 // $rows), '%Y-%m-%d %H:%M:%S') as "Submit Date",
        'Finished' as "Status",
        (hash(range + 1) % 11)::integer as "How likely are you to recommend us? (0-10)",
        case hash(range + 2) % 9
            when 0 then 'Delivered a day late, and nobody told us, "as usual"'
            when 1 then 'Quick, friendly, and the invoice was right'
            when 2 then 'Nobody calls back'
        end as "What is the reason?",
        ['email', 'web', 'phone'][1 + (hash(range + 3) % 3)::integer] as "Channel",
        (hash(range + 4) % 600)::integer as "Duration (in seconds)",
        'Collector ' || (hash(range + 5) % 12)::varchar as "Collector",
        ['iPhone', 'Windows', 'Android'][1 + (hash(range + 6) % 3)::integer] as "Device",
        'en' as "Language"
    from range($rows)
) to '{path}' (header, delimiter ',')
"""
BARE = """
import duckdb, sys, time
work = duckdb.connect()
work.execute("set threads = 2; set enable_progress_bar = false")
began = time.monotonic()
work.execute(f"copy (select * from read_csv('{sys.argv[1]}')) to '{sys.argv[2]}' (format parquet)")
print(time.monotonic() - began, time.process_time())
"""
CHOSEN = ["tool=other", "header_rows=1"]


def _company(home: Path) -> Path:
    """A company of the four hundred clients that the file speaks of."""
    sys.path.insert(0, str(ROOT / "tests"))
    from lakes import clients, lake

    return lake(home, clients=clients(*(f"C{number:05}" for number in range(400)))).home


def main() -> int:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", type=int, default=9_500_000)
    asked.add_argument("--into", type=Path, help="where the file lies, made when it is not there")
    asked.add_argument("--times", type=int, default=1)
    said = asked.parse_args()
    import duckdb

    with tempfile.TemporaryDirectory(dir=said.into) as scratch:
        file = (said.into or Path(scratch)) / f"export-{said.rows}.csv"
        if not file.exists():
            duckdb.execute(EXPORT.format(path=file), {"rows": said.rows})
        print(f"{file.stat().st_size / 1e6:,.0f} MB, {said.rows:,} rows")
        for turn in range(said.times):
            bare = subprocess.run(
                [sys.executable, "-c", BARE, str(file), f"{scratch}/bare.parquet"], capture_output=True, check=True
            )
            copied, work = map(float, bare.stdout.split())
            home = _company(Path(scratch) / str(turn))
            command = [sys.executable, "-m", "data.ingest", str(file), "--data", str(home)]
            began = time.monotonic()
            with subprocess.Popen(
                [*command, *(part for one in CHOSEN for part in ("--choose", one))], cwd=ROOT, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True,
            ) as taking:  # fmt: skip
                said_last = taking.stdout.read()[-300:] if taking.stdout else ""
                _, status, used = os.wait4(taking.pid, 0)  # of this process alone
                taking.returncode = os.waitstatus_to_exitcode(status)
            took = time.monotonic() - began
            print(said_last)
            cpu = used.ru_utime + used.ru_stime
            print(f"bare copy {copied:.1f} s ({work:.1f} s of work); taken in {took:.1f} s ({cpu:.1f} s of work)")
            print(f"{copied / took:.2f} as fast, {work / cpu:.2f} by work; at most {used.ru_maxrss / 1024:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
