"""One client's journey and the page of clients at scale: python bench/journey.py HOME [--rounds N].

Prints side by side, from one run over the lake in HOME: what the two pages ask through the product, each time from a
store that has just been opened (nothing kept, no metadata read), and the best SQL by hand for the same facts. In
seconds of the clock and of the processors: the first depend on who else works on the machine.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))

from data.store import Store
from metrics import clients, finding, journey, matrix, paths, receipt, served
from metrics.journey import ANSWERS
from metrics.window import DAY, Period, Window

NOWHERE = Window(())
T = TypeVar("T")


def timed(what: Callable[[], T]) -> tuple[tuple[float, float], T]:
    """((seconds, seconds of the processors), result) of one call."""
    began, worked = time.perf_counter(), time.process_time()
    result = what()
    return (time.perf_counter() - began, time.process_time() - worked), result


def by_hand_journey(store: Store, client: str) -> int:
    """All rows of one client: one query a table, nothing worked out."""
    tables = {
        "answers": "answered_at",
        "orders": "ordered_at",
        "payments": "due_on",
        "cases": "opened_at",
        "contacts": '"at"',
    }
    return sum(
        len(store.query(f"select * from {table} where client_id = $client order by {at}", {"client": client}))
        for table, at in tables.items()
    )


def by_hand_clients(store: Store, now: date, before: date) -> int:
    """The facts of all clients at two moments: one query a table, each moment a filter of its own."""

    def both(part: str) -> str:
        return ", ".join(part.replace("AS_OF", f"date '{one}'") for one in (now, before))

    return sum(
        len(store.query(f"select client_id, {both(part)} from {table} where {only} group by 1"))
        for table, only, part in (
            ("orders", "status <> 'cancelled'", (
                "sum(amount) filter (where ordered_at >= AS_OF - 365 and ordered_at < AS_OF), "
                "sum(cost) filter (where ordered_at >= AS_OF - 365 and ordered_at < AS_OF), "
                "sum(amount) filter (where ordered_at >= AS_OF - 182 and ordered_at < AS_OF), "
                "sum(amount) filter (where ordered_at >= AS_OF - 364 and ordered_at < AS_OF - 182), "
                "min(ordered_at), max(ordered_at) filter (where ordered_at < AS_OF)"
            )),
            ("answers", "true", (
                "count(*) filter (where instrument = 'nps' and score >= 9 "
                "and answered_at between AS_OF - 365 and AS_OF), "
                "count(*) filter (where instrument = 'nps' and score < 7 "
                "and answered_at between AS_OF - 365 and AS_OF), "
                "count(*) filter (where instrument = 'nps' and answered_at between AS_OF - 365 and AS_OF), "
                "count(*) filter (where instrument = 'csat' and score > 3 "
                "and answered_at between AS_OF - 182 and AS_OF), "
                "count(*) filter (where instrument = 'csat' and answered_at between AS_OF - 182 and AS_OF), "
                "max(answered_at) filter (where answered_at < AS_OF)"
            )),
            ("invitations", "true", "max(sent_at) filter (where sent_at < AS_OF)"),
            ("cases", "true", (
                "count(*) filter (where promised_at >= AS_OF - 91 and promised_at < AS_OF), "
                "count(*) filter (where promised_at >= AS_OF - 91 and promised_at < AS_OF "
                "and closed_at::date <= promised_at::date), "
                "sum(date_diff('day', promised_at::date, coalesce(closed_at::date, AS_OF))) "
                "filter (where promised_at >= AS_OF - 91 and promised_at < AS_OF), "
                "count(*) filter (where opened_at < AS_OF and (closed_at is null or closed_at >= AS_OF)), "
                "count(*) filter (where promised_at < AS_OF and (closed_at is null or closed_at >= AS_OF))"
            )),
            ("payments", "true", (
                "count(*) filter (where due_on >= AS_OF - 182 and due_on < AS_OF), "
                "sum(date_diff('day', due_on, coalesce(paid_on, AS_OF))) "
                "filter (where due_on >= AS_OF - 182 and due_on < AS_OF)"
            )),
        )
    )  # fmt: skip


def main() -> None:
    """Open, measure in turn, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("home", type=Path)
    asked.add_argument("--rounds", type=int, default=5)
    said = asked.parse_args()

    def opened() -> Store:
        store = Store(said.home.resolve())
        store.lake()
        return store

    first = opened()
    now = first.lake().last_day + DAY
    quarter = timedelta(days=91)
    window = Window((Period(now - quarter, now), Period(now - 2 * quarter, now - quarter)))
    ids = list(
        first.query("select client_id from clients order by hash(client_id) limit $n", {"n": said.rounds})["client_id"]
    )
    took: dict[str, list[tuple[float, float]]] = {}

    def note(name: str, seconds: tuple[float, float]) -> None:
        took.setdefault(name, []).append(seconds)

    for client in ids:
        store = opened()
        seconds, found = timed(lambda s=store, c=client: journey.journey(s, NOWHERE, {}, c))
        note("journey, cold", seconds)
        note("its teams, cold", timed(lambda s=store, c=client: served.served(s, NOWHERE, {}, c))[0])
        if found is not None and len(said_ := found.events[found.events["kind"].isin(ANSWERS)]):
            last = said_.iloc[-1]
            where = (client, str(last["id"]), f"{last['at']:%Y-%m-%d}")
            note("receipt, first of the lake", timed(lambda s=store, w=where: receipt.receipt(s, NOWHERE, {}, *w))[0])
            note("receipt, the next", timed(lambda s=store, w=where: receipt.receipt(s, NOWHERE, {}, *w))[0])
        note("journey, the next client", timed(lambda s=store: journey.journey(s, NOWHERE, {}, ids[0]))[0])
        store = opened()
        note("journey by hand, cold", timed(lambda s=store, c=client: by_hand_journey(s, c))[0])
        store = opened()
        seconds, listed = timed(lambda s=store: clients.clients(s, window, {}))
        note("clients, cold", seconds)
        note("matrix", timed(lambda f=listed: matrix.placed(f))[0])
        note("paths, cold", timed(lambda s=store: paths.paths(s, window, {}))[0])
        note("search, first of the lake", timed(lambda s=store: finding.found(s, NOWHERE, {}, "klient 77"))[0])
        note("search, the next", timed(lambda s=store: finding.found(s, NOWHERE, {}, "klient 778"))[0])
        store = opened()
        note("clients by hand, cold", timed(lambda s=store: by_hand_clients(s, now, now - quarter))[0])
    for name, each in took.items():
        clock, work = ([1000 * one[at] for one in each] for at in (0, 1))
        print(
            f"{name:28} best {min(clock):6.0f} ms, median {statistics.median(clock):6.0f} ms, "
            f"of the processors {min(work):6.0f} ms"
        )
    for page in ("journey", "clients"):
        clock, work = (
            min(one[at] for one in took[f"{page}, cold"]) / min(one[at] for one in took[f"{page} by hand, cold"])
            for at in (0, 1)
        )
        print(f"{page} to by hand: {clock:.2f}, of the processors {work:.2f}")


if __name__ == "__main__":
    main()
