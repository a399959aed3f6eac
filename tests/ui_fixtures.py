"""Boards built by hand, a small company to look at, and a server to open in a browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from http.client import HTTPMessage
from pathlib import Path
from typing import Any

import lakes

from metrics.board import Board, Column, Point, Series, Tile
from metrics.change import Change, Reliability, Verdict
from metrics.compute import NOTHING, Reading
from metrics.window import Period, weeks_back

ROOT = Path(__file__).parents[1]
NOW = Period(date(2026, 4, 1), date(2026, 7, 1))
BEFORE = Period(date(2026, 1, 1), date(2026, 4, 1))
STAGES = {"order": "Order", "delivery": "Delivery"}
LAYERS = ("satisfaction", "transactional", "operational", "employee")


def link(metric: str, **more: str) -> str:
    """The address of the rows behind a number."""
    return "rows?" + "&".join([f"metric={metric}", *(f"{key}={value}" for key, value in more.items())])


def tile(metric: str, value: float | None = None, before: float | None = None, *, n: int = 400, **more: Any) -> Tile:
    """One number that stands on enough rows, with an interval a tenth wide; `more` replaces any of its parts."""
    now = Reading(value, None if value is None else value * 0.95, None if value is None else value * 1.05, n)
    earlier = Reading(before, before, before, n) if before is not None else NOTHING
    difference = None if value is None or before is None else value - before
    parts: dict[str, Any] = {
        "metric": metric, "now": now, "before": earlier, "change": Change(difference),
        "verdict": Verdict.TOO_FEW if before is None else Verdict.NO_REAL_CHANGE, "reliability": Reliability.SOLID,
    }  # fmt: skip
    return Tile(**parts | more)


def series(layer: str, metric: str, values: Mapping[int, float], signals: tuple[int, ...] = ()) -> Series:
    """Ten weeks of a headline; `values`: week -> value, the other weeks have none. Usually between 0.6 and 0.9."""
    points = tuple(
        Point(
            period=week, value=values.get(i), n=40, lower=0.6, upper=0.9, is_signal=i in signals
        )
        for i, week in enumerate(weeks_back(NOW.end, 10))
    )  # fmt: skip
    return Series(layer, metric, 0.75, points)


def board(
    headlines: Mapping[str, Tile] | None = None,
    tiles: Mapping[str, tuple[Tile, ...]] | None = None,
    stages: Mapping[str, Mapping[str, Tile]] | None = None,
    courses: tuple[Series, ...] = (),
) -> Board:
    """A board whose four headlines did not change, but for what is given. A layer given as None is missing."""
    usual = {
        "satisfaction": tile("nps", 31.0, 33.0),
        "transactional": tile("revenue", 41_200_000.0, 40_000_000.0),
        "operational": tile("promise_kept_share", 0.86, 0.88),
        "employee": tile("engagement", 3.6, 3.7),
    } | dict(headlines or {})
    columns = tuple(
        Column(layer, usual[layer], (tiles or {}).get(layer, ()), () if usual[layer] else ("employees", "pulse"))
        for layer in LAYERS
    )
    return Board(NOW, BEFORE, columns, courses, {layer: dict(row) for layer, row in (stages or {}).items()})


def company(home: Path, *, people: bool = True, segments: tuple[str, str] = ("Small", "Large")) -> Path:
    """A data folder with 40 weeks of a small company: 24 clients, two stages, 12 employees in two teams.

    One client of the second segment alone is in the South. In the last 13 weeks every promise at the stage "order" is
    broken; before, all were kept.
    """
    last = date(2026, 6, 30)
    clients = [
        {"client_id": f"c{i}", "name": f"Client {i}", "segment": segments[i % 2],
         "region": "South" if i == 1 else "North",
         "since_on": "2020-01-01"}
        for i in range(24)
    ]  # fmt: skip
    tables: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("answers", "invitations", "orders", "payments", "cases", "steps")
    }
    for week in range(40):
        day = last - timedelta(days=7 * week + 3)
        for i in range(12):
            at, key, client = f"{day} 10:{i:02}", f"{week}-{i}", f"c{(i + week) % 24}"
            is_broken = week < 13 and i % 2 == 1
            closed = day + timedelta(days=1)
            tables["invitations"].append({"invitation_id": key, "client_id": client, "survey": "s", "sent_at": at})
            tables["answers"].append({
                "answer_id": key, "client_id": client, "survey": "s", "answered_at": at, "stage": "order",
                "instrument": "nps" if i % 2 else "csat", "score": 4 + (i * 7 + week) % 2 * (5 if i % 2 else 1),
            })  # fmt: skip
            tables["orders"].append({
                "order_id": key, "client_id": client, "ordered_at": at, "amount": 100 + i + week % 5, "cost": 70,
                "status": "fulfilled",
            })  # fmt: skip
            tables["payments"].append({
                "invoice_id": key, "client_id": client, "amount": 100, "due_on": day - timedelta(days=2),
                "paid_on": day - timedelta(days=4 if i % 3 else 1),
            })  # fmt: skip
            tables["cases"].append({
                "case_id": key, "client_id": client, "process": "p", "stage": "order" if i % 2 else "invoicing",
                "opened_at": at, "closed_at": f"{closed} 12:00",
                "promised_at": f"{closed - timedelta(days=1) if is_broken else closed} 12:30",
            })  # fmt: skip
            tables["steps"].append({
                "step_id": key, "case_id": key, "step": "pick", "started_at": at, "finished_at": f"{closed} 11:00",
                **({"employee_id": f"e{i}", "team": f"T{i % 2}"} if people else {}),
            })  # fmt: skip
    if people:
        tables["employees"] = [
            {"employee_id": f"e{i}", "team": f"T{i % 2}", "role": "clerk", "hired_on": "2024-01-01"} for i in range(12)
        ]
        tables["pulse"] = [
            {"pulse_id": f"{week}-{i}", "employee_id": f"e{i}", "asked_on": last - timedelta(days=7 * week + 3),
             "instrument": "engagement", "score": 3 + (i + week) % 2}
            for week in range(0, 40, 4)
            for i in range(12)
        ]  # fmt: skip
    lakes.lake(home, clients=clients, **tables)
    return home / "data"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answer(address: str, method: str = "GET") -> tuple[int, HTTPMessage, bytes]:
    """What a server says to one request: status, headers and body, whatever the status."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, method=method), timeout=30) as said:  # noqa: S310 - our own server
            return said.status, said.headers, said.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read()


@contextmanager
def server(data: Path, log: Path) -> Iterator[str]:
    """The real server over a data folder; gives its address, and stops it at the end."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with log.open("w") as lines:
        running = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"STRATA_DATA": str(data)}, stdout=lines, stderr=lines
        )
        try:
            for _ in range(600):
                assert running.poll() is None, f"the server did not start: {log.read_text()}"
                try:
                    answer(f"http://127.0.0.1:{port}/_stcore/health")
                    break
                except OSError:
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()
            try:
                running.wait(10)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait(10)
