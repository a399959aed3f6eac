"""The layers page at scale: python bench/page.py ROWS [--keep DIR].

Makes a company with ROWS facts over the four fact tables (answers, orders, cases, steps), builds its lake, and prints
side by side, from one run: all queries of the page through the product, and the best SQL by hand for the same numbers
over the same files. Also: lake build rows/s, peak memory, and the script time of one rerun with cached data.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import by_hand, company
from data import build, source, store
from metrics import ask, board
from metrics.load import catalogue
from ui import view as views

T = TypeVar("T")
ROUNDS = 7
NOW = datetime.fromisoformat(company.UNTIL) + timedelta(days=1, hours=12)


def timed(what: Callable[[], T]) -> tuple[float, T]:
    """(seconds, result) of one call."""
    began = time.perf_counter()
    result = what()
    return time.perf_counter() - began, result


def rerun_s(home: Path) -> float:
    """Script time of one rerun of the page when its data are cached: median of several."""
    os.environ["STRATA_DATA"] = str(home)
    from streamlit.testing.v1 import AppTest

    page = AppTest.from_file(str(Path(__file__).parents[1] / "ui" / "shell.py"), default_timeout=120).run()
    if page.exception:
        raise SystemExit(f"the page failed: {page.exception[0].message}")
    return statistics.median(timed(page.run)[0] for _ in range(ROUNDS))


def main() -> None:
    """Make, build, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("rows", type=int)
    asked.add_argument("--keep", type=Path, help="a folder to keep the company in, and to find it in again")
    said = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = said.keep or Path(scratch) / "company"
        home = folder / "home"
        if not (folder / "source.toml").exists():
            company.write(folder, said.rows, clients=max(500, said.rows // 500), people=max(100, said.rows // 5000))
        if not (home / "lake" / "current").exists():
            took, made = timed(
                lambda: build.build(
                    source.read(str(folder)),
                    folder / "raw",
                    home,
                    lambda _share, _doing: None,
                    NOW,
                )
            )
            rows = sum(counts.rows_in for counts in made.tables.values())
            print(f"lake build        {rows:,} rows in {took:.1f} s: {rows / took:,.0f} rows/s")
            print(
                f"peak memory       {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB after the build"
            )
        compare(home)
        print(f"rerun, cached     {1000 * rerun_s(home):.0f} ms of script time")
        print(f"peak memory       {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB in all")


def compare(home: Path) -> None:
    """The page through the product and by hand, in turn, hot; and that both give the same numbers."""
    lake = store.Store(home.resolve())
    manifest = lake.manifest()
    if manifest is None:
        raise SystemExit("no lake")
    end = manifest.last_day + timedelta(days=1)
    window = views.window(views.View(), manifest.last_day)
    by_name = by_hand.queries(end)
    wanted = board.wanted(stage.id for stage in manifest.stages)
    product: list[float] = []
    whole: list[float] = []
    hand: list[float] = []
    each: dict[str, list[float]] = {name: [] for name in by_name}
    for _ in range(ROUNDS):
        lake.forget()
        product.append(timed(lambda: ask.ask(lake, wanted, window))[0])
        lake.forget()
        took, shown = timed(lambda: board.board(lake, window, {}))
        whole.append(took)
        rows = {}
        began = time.perf_counter()
        for name, sql in by_name.items():
            took, frame = timed(lambda sql=sql: lake.query(sql))
            each[name].append(took)
            rows[name] = frame
        hand.append(time.perf_counter() - began)
    agree(shown, {name: list(frame.itertuples(index=False, name=None)) for name, frame in rows.items()})
    first, hot, best = product[0], min(product[1:]), min(hand[1:])
    print(f"page, judged      hot {1000 * min(whole[1:]):.0f} ms (queries, intervals, tests)")
    print(f"queries, product  first {1000 * first:.0f} ms, hot {1000 * hot:.0f} ms (median {ms(product)})")
    print(f"queries, by hand  first {1000 * hand[0]:.0f} ms, hot {1000 * best:.0f} ms (median {ms(hand)})")
    typical = statistics.median(product[1:]) / statistics.median(hand[1:])
    print(f"ratio, hot        {hot / best:.2f} (of medians {typical:.2f})")
    print("by hand, hot      " + ", ".join(f"{name} {1000 * min(took[1:]):.0f}" for name, took in each.items()))


def ms(seconds: list[float]) -> str:
    """The median of all but the first, in milliseconds."""
    return f"{1000 * statistics.median(seconds[1:]):.0f} ms"


def agree(shown: board.Board, rows: dict[str, list[tuple[object, ...]]]) -> None:
    """Stop when the two ways differ: a fast wrong number is worth nothing."""
    tiles = [tile for c in shown.columns for tile in ((c.headline,) if c.headline else ()) + c.tiles]
    values = {tile.metric: tile.now.value for tile in tiles}
    compared = 0
    for name, expected in by_hand.answer_to(rows).items():
        value = values.get(name)
        if value is None or abs(value - expected) > 1e-9 * max(1.0, abs(expected)):
            raise SystemExit(f"{catalogue()[name].id}: product {value}, by hand {expected}")
        compared += 1
    print(f"same numbers      {compared} metrics agree to 1e-9")


if __name__ == "__main__":
    main()
