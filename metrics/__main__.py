"""The metrics from a shell: python -m metrics list, python -m metrics show METRIC."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from data import contract, lake
from data.errors import StrataError, nearest
from data.store import Store
from metrics import ask, change, compute, dimensions, load
from metrics.compute import Weighted
from metrics.declare import TIME_DIMENSIONS, Metric
from metrics.window import DAY, Period, Window, buckets

Row = dict[str, str | float | None]
DIGITS = {"money": 2, "points": 1, "share": 4, "count": 0, "score": 2, "days": 2, "months": 1, "years": 1, "per": 2}
HIDDEN = f"hidden: fewer than {ask.FEWEST_PEOPLE} people could be singled out"


def _refuse(place: str, found: str, allowed: str, do: str = "Correct it and ask again") -> StrataError:
    return StrataError("asked", place=place, found=found, allowed=allowed, do=do, state="nothing was computed")


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m metrics", description="The declared metrics, and what they come to."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    listed = commands.add_parser("list", help="every declared metric")
    show = commands.add_parser("show", help="what one metric comes to")
    show.add_argument("metric", metavar="METRIC", help="its id, as list shows it")
    show.add_argument(
        "--by", metavar="DIM", help="one row per value of this dimension, or per week, month, quarter, year"
    )
    show.add_argument(
        "--where", metavar="DIM=VALUE", action="append", default=[], help="only these; the same DIM: any of"
    )
    show.add_argument("--from", dest="first", metavar="DATE", help="first day, YYYY-MM-DD (default: the lake's first)")
    show.add_argument("--to", dest="last", metavar="DATE", help="last day, included (default: the lake's last)")
    show.add_argument(
        "--data", type=Path, metavar="DIR", help="the data folder (default: STRATA_DATA, else data/files)"
    )
    for command in (listed, show):
        command.add_argument("--format", choices=("table", "csv", "json"), default="table")
    return parser


def _opened(home: Path) -> tuple[Store, lake.Manifest]:
    """The lake of a data folder. Raises: StrataError when there is none, or it cannot be read."""
    try:
        # Asked first, because opening a store makes the folder it is given.
        store = Store(home) if lake.live(home) else None
        manifest = store.manifest() if store else None
    except (duckdb.Error, OSError, ValueError, KeyError, TypeError) as problem:
        raise _unreadable(home, problem) from None
    if store is None or manifest is None:
        allowed = "a folder with a lake built by python -m data.build"
        raise _refuse(str(home), "no lake", allowed, "Build one, or name another folder with --data")
    return store, manifest


def _unreadable(home: Path, problem: Exception) -> StrataError:
    found = f"{type(problem).__name__}: {problem}".splitlines()[0]
    return _refuse(str(home), found, "a lake that can be read", "Build it anew with python -m data.build")


def _day(option: str, said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise _refuse(option, f'"{said}"', "a day as YYYY-MM-DD") from None


def _period(manifest: lake.Manifest, first: str | None, last: str | None) -> Period:
    """The days asked for; by default all that the lake has events on."""
    firsts = [counts.first for name, counts in manifest.tables.items() if counts.first and name in contract.tables()]
    end = _day("--to", last) if last else manifest.last_day
    start = _day("--from", first) if first else min([*map(date.fromisoformat, firsts), end])
    if end > manifest.last_day:
        raise _refuse("--to", f'"{end}"', f"a day up to {manifest.last_day}, the lake's last")
    if start > end:
        raise _refuse("--from", f'"{start}"', f"a day up to {end}, the last one asked for")
    return Period(start, end + DAY)


def _split(metric: Metric, said: str | None) -> str | None:
    if said is not None and said not in metric.by:
        raise _refuse("--by", f'"{said}"{nearest(said, metric.by)}', f"{', '.join(metric.by)} for {metric.id}")
    return said


def _filters(store: Store, metric: Metric, said: Iterable[str]) -> dict[str, tuple[str, ...]]:
    chosen: dict[str, tuple[str, ...]] = {}
    names = [name for name in dimensions.known() if name not in TIME_DIMENSIONS]
    for one in said:
        name, sign, value = one.partition("=")
        if not sign:
            raise _refuse("--where", f'"{one}"', "DIM=VALUE, for example segment=Small")
        if name not in names:
            raise _refuse(
                "--where", f'"{name}"{nearest(name, load.dimensions(metric))}', ", ".join(load.dimensions(metric))
            )
        values = dimensions.values(store, name)
        if value not in values:
            shown = ", ".join(values[:20]) + (f" and {len(values) - 20} more" if len(values) > 20 else "")
            raise _refuse(
                f"--where {name}", f'"{value}"{nearest(value, values)}', shown or f"nothing: no row has a {name}"
            )
        chosen[name] = (*chosen.get(name, ()), value)
    return chosen


def _called(kind: str, period: Period) -> str:
    """The name of a week, month, quarter or year: that of its first day."""
    day = period.start
    match kind:
        case "week":
            return f"{day:%G-W%V}"
        case "month":
            return f"{day:%Y-%m}"
        case "quarter":
            return f"{day:%Y}-Q{(day.month + 2) // 3}"
        case "year":
            return f"{day:%Y}"
        case _:
            return day.isoformat()


def _row(answer: ask.Answer, period: Period, group: ask.Group, called: dict[str, str | None]) -> Row:
    metric = answer.metric
    notes = [f"filter ignored: {name}" for name in answer.ignored]
    row: Row = {"metric": metric.id, **called, "from": period.start.isoformat(), "to": period.last.isoformat()}
    if (period, group) in answer.hidden:
        return row | {"value": None, "low": None, "high": None, "n": None, "note": "; ".join([HIDDEN, *notes])}
    evidence = answer.at(period, group)
    reading = compute.read(metric, evidence)
    if isinstance(evidence, Weighted):
        notes.insert(0, "teams weighed by their work for the chosen clients")
    if reading.value is None:
        notes.insert(0, "no value")
    elif not metric.is_tally:
        match change.reliability(reading.n, metric.minimum_n):
            case change.Reliability.TOO_FEW:
                notes.insert(0, f"too few: n below {metric.minimum_n}")
            case change.Reliability.DIRECTIONAL:
                notes.insert(0, f"directional: n below {change.SOLID_FROM}")
    said = {"value": reading.value, "low": reading.low, "high": reading.high, "n": reading.n}
    return row | said | {"note": "; ".join(notes)}


def rows(
    store: Store, metric: Metric, by: str | None, filters: dict[str, tuple[str, ...]], period: Period
) -> list[Row]:
    """One row per group or part of the period; the whole period in one row when it is not split."""
    parts = buckets(by, period.start, period.end) if by in TIME_DIMENSIONS else ()
    split = (by,) if by and not parts else ()
    wanted = ask.Wanted(metric.id, split)
    answer = ask.ask(store, [wanted], Window((period, *parts)), filters)[wanted]
    if parts:
        return [_row(answer, part, (), {str(by): _called(str(by), part)}) for part in parts]
    groups = answer.groups() if split else [()]
    return [_row(answer, period, group, dict(zip(split, group, strict=True))) for group in groups]


def _number(value: Any, digits: int) -> str:
    if value is None:
        return "-"
    return f"{value:,.{digits}f}" if isinstance(value, float) else f"{value}"


def _table(found: Sequence[Row], digits: int) -> str:
    """Columns wide enough for what stands in them; numbers to the right."""
    names = list(found[0]) if found else []
    cells = [names] + [[_number(row[name], digits) for name in names] for row in found]
    widths = [max(len(line[place]) for line in cells) for place in range(len(names))]
    right = [any(isinstance(row[name], int | float) for row in found) for name in names]
    lines = []
    for line in cells:
        padded = [
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(line, widths, right, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines) + "\n"


def _printed(found: Sequence[Row], form: str, digits: int = 0) -> str:
    if form == "json":
        return json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    if form == "csv":
        text = io.StringIO()
        if found:
            writer = csv.DictWriter(text, list(found[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(found)
        return text.getvalue()
    return _table(found, digits)


def _list(form: str) -> str:
    return _printed(
        [
            {"id": m.id, "layer": m.layer, "unit": m.unit, "label": m.label["en"], "splits": " ".join(m.by)}
            for m in load.catalogue().values()
        ],
        form,
    )


def _show(said: argparse.Namespace) -> str:
    metric = load.metric(said.metric)
    by = _split(metric, said.by)
    home = (said.data or lake.place()).resolve()
    store, manifest = _opened(home)
    period = _period(manifest, said.first, said.last)
    try:
        found = rows(store, metric, by, _filters(store, metric, said.where), period)
    except (duckdb.Error, OSError) as problem:
        raise _unreadable(home, problem) from None
    if said.format != "table":
        return _printed(found, said.format)
    unit = manifest.currency if metric.unit == "money" else metric.unit
    title = f"{metric.label['en']} ({unit}; n: {metric.counted}), {period.start} to {period.last}\n"
    alike = {"metric"} if by in TIME_DIMENSIONS else {"metric", "from", "to"}
    short = [{name: value for name, value in row.items() if name not in alike} for row in found]
    return title + (_table(short, DIGITS[metric.unit]) if found else "no rows\n")


def main(arguments: list[str] | None = None) -> int:
    """The command. Exit 1 with one message when something has to be put right."""
    said = _arguments().parse_args(arguments)
    try:
        text = _list(said.format) if said.command == "list" else _show(said)
    except StrataError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough: head, less
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
