"""Tiny lakes of comments, for the tests of what clients say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lakes

from data.store import Store
from metrics.window import Window

NOW = lakes.days("2026-06-01", "2026-06-30")
BEFORE = lakes.days("2026-05-01", "2026-05-31")
WINDOW = Window((NOW, BEFORE))
MANY = "abcdefghijklmnopqrst"  # clients: enough to vouch for a change


def answers(*comments: str | None, month: str = "06", of: str = "abc", **facts: Any) -> list[dict[str, Any]]:
    """One csat answer of 3 per comment, on the days of a month in their order, of the clients in turn."""
    found = []
    for i, comment in enumerate(comments):
        given = {
            "answer_id": f"{month}-{i}-{facts.get('score', 3)}-{facts.get('instrument', 'csat')}",
            "client_id": of[i % len(of)], "survey": "s", "instrument": "csat", "score": 3,
            "answered_at": f"2026-{month}-{1 + i % 28:02} 10:00", "comment": comment or "",
        }  # fmt: skip
        found.append(given | facts)
    return found


def lake(home: Path, rows: Sequence[dict[str, Any]], **tables: Any) -> Store:
    """A lake of these answers and their clients: c is Large, all others are Small."""
    clients = [*lakes.clients(*(one for one in MANY if one != "c")), *lakes.clients("c", segment="Large")]
    return lakes.lake(home, clients=clients, answers=rows, **tables)
