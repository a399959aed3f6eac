"""The one place that composes SQL: a model, the periods asked for, the filters, and the states of its metrics."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from metrics.declare import CLIENT_DIMENSIONS, Metric
from metrics.load import model_sql
from metrics.window import Period, Window

Filters = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Question:
    """One scan: its SQL, the values that travel beside it, and the columns its rows are told apart by."""

    sql: str
    values: dict[str, Any]
    keys: tuple[str, ...]


def state_name(metric: Metric, state: str) -> str:
    """The column of one metric's state."""
    return f"{metric.id}__{state}"


def _day(day: date) -> str:
    return f"date '{day.isoformat()}'"


def _calendar(window: Window) -> str:
    """Each day from the first cut to the last with its slot, unrolled by the database from one row a slot."""
    rows = ", ".join(f"({slot}, {_day(start)}, {(end - start).days})" for slot, start, end in window.runs())
    return (
        f"slots(slot, starts_on, days) as (values {rows}), "
        "calendar as (select slot, starts_on + cast(unnest(range(days)) as integer) as day from slots)"
    )


def _periods(name: str, window: Window, *, whole: bool) -> str:
    """The periods as rows: number, first day, the day after the last, and the slots that begin with these two."""
    chosen = window.whole if whole else window.periods
    cuts = window.cuts
    rows = ", ".join(
        f"({window.periods.index(period)}, {_day(period.start)}, {_day(period.end)}, "
        f"{cuts.index(period.start)}, {cuts.index(period.end)})"
        for period in chosen
    )
    return f"{name}(period, starts_on, ends_on, start_slot, end_slot) as (values {rows})"


def client_filter(filters: Filters, values: dict[str, Any]) -> str:
    """The condition that keeps the chosen clients' rows, or nothing when all are chosen."""
    chosen = []
    for name in CLIENT_DIMENSIONS:
        if filters.get(name):
            values[f"f_{name}"] = list(filters[name])
            chosen.append(f"list_contains($f_{name}, {name})")
    return f"client_id in (select client_id from clients where {' and '.join(chosen)})" if chosen else ""


def _with(model: str, window: Window, joins: str = "") -> str:
    """The model, and before it the days and periods that it and the joins to it speak of."""
    wanted = set(re.findall(r"\b(calendar|periods|spans)\b", model + joins))
    ctes = [_calendar(window)] if "calendar" in wanted else []
    ctes += [_periods(name, window, whole=name == "spans") for name in ("periods", "spans") if name in wanted]
    return f"with {', '.join([*ctes, f'model as ({model})'])}\n"


def _times(sql: str, window: Window, last_day: date) -> dict[str, Any]:
    """The days a piece of SQL asks for. 'now' is the end of the lake's last day."""
    cuts = window.cuts
    given = {
        "from": cuts[0],
        "to": cuts[-1],
        "now": last_day + timedelta(days=1),
        "ym_from": f"{cuts[0]:%Y-%m}",
        "ym_to": f"{cuts[-1]:%Y-%m}",
    }
    used = set(re.findall(r"\$(\w+)", sql))
    return {name: worth for name, worth in given.items() if name in used}


def relation(model: str, window: Window, last_day: date) -> Question:
    """All rows and columns of a model over a window."""
    sql = f"{_with(model_sql(model), window)}select * from model"
    return Question(sql, _times(sql, window, last_day), ())


def _conditions(metric: Metric, filters: Filters, values: dict[str, Any]) -> list[str]:
    """What a row of the model must hold to lie in the window and among the chosen."""
    conditions = []
    if metric.at != "period":
        conditions.append(f"model.{metric.at} >= $from and model.{metric.at} < $to")
    for name, chosen in filters.items():
        if chosen and name not in CLIENT_DIMENSIONS:
            values[f"f_{name}"] = list(chosen)
            conditions.append(f"list_contains($f_{name}, model.{name})")
    within = client_filter(filters, values)
    return [*conditions, f"model.{within}"] if within else conditions


def listing(metric: Metric, period: Period, filters: Filters, last_day: date, search: str) -> tuple[Question, Question]:
    """The very rows a metric's n counts in a period that hold `search` in any column: how many; $many from $first.

    Only for models of clients' rows. Each row begins with its client's name and segment; the latest come first.
    """
    window = Window((period,))
    values: dict[str, Any] = {}
    n = metric.states["n"]
    counts = [metric.where, n.where, "" if n.of == "*" else f"{n.of} is not null"]
    conditions = [f"({part})" for part in counts if part] + _conditions(metric, filters, values)
    where = f"where {' and '.join(conditions)}\n" if conditions else ""
    is_period = metric.at == "period"
    counted = (
        f"{_with(model_sql(metric.model), window)}, counted as (\n"
        f"select clients.name as client, clients.segment, model.*{' exclude (period)' if is_period else ''}\n"
        f"from model\nleft join clients on clients.client_id = model.client_id\n{where})\n"
    )
    if search:
        values["search"] = search
    found = "from counted" + (
        "\nwhere contains(lower(concat_ws(' ', *columns(counted.*))), lower($search))" if search else ""
    )
    order = "client_id" if is_period else f"{metric.at} desc, client_id"
    values |= _times(counted, window, last_day)
    return (
        Question(f"{counted}select count(*) as n {found}", values, ()),
        Question(f"{counted}select * {found}\norder by {order}\nlimit $many offset $first", values, ()),
    )


def question(
    metrics: Iterable[Metric],
    window: Window,
    filters: Filters,
    splits: tuple[str, ...],
    last_day: date,
    model: str | None = None,
) -> Question:
    """The scan that answers all `metrics` of one model (and one `at`) over a window, split by `splits`.

    Filters a metric is not declared for must have been taken out before. `last_day`: the lake's; 'now' is its end.
    `model`: other rows in the shape of the metrics' model, to stand in for it.
    """
    asked = list(metrics)
    first = asked[0]
    sql = model or model_sql(first.model)
    values: dict[str, Any] = {}
    own = [name for name in splits if name not in CLIENT_DIMENSIONS]
    of_clients = [name for name in splits if name in CLIENT_DIMENSIONS]
    over = "period" if first.at == "period" else "calendar.slot"
    keys = [over, *(f"model.{name}" for name in own), *(f"clients.{name}" for name in of_clients)]
    names = ["period" if first.at == "period" else "slot", *own, *of_clients]

    binned = [metric.states["bins"] for metric in asked if metric.is_binned]
    if binned:
        keys.append(binned[0].bin_sql)
        names.append("bin")

    joins = []
    if first.at != "period":
        joins.append(f"join calendar on calendar.day = cast(model.{first.at} as date)")
    if of_clients:
        joins.append("join clients using (client_id)")
    conditions = _conditions(first, filters, values)

    states = [
        f"{state.sql(metric.where)} as {state_name(metric, name)}"
        for metric in asked
        for name, state in metric.states.items()
        if state.fold != "bins"
    ]
    select = ",\n    ".join([f"{key} as {name}" for key, name in zip(keys, names, strict=True)] + states)
    joined = "\n".join(joins)
    composed = (
        f"{_with(sql, window, joined)}select\n    {select}\nfrom model\n{joined}\n"
        + (f"where {' and '.join(conditions)}\n" if conditions else "")
        + f"group by {', '.join(str(i + 1) for i in range(len(keys)))}"
    )
    return Question(composed, values | _times(composed, window, last_day), tuple(names))
