"""What the demo company earns: orders with their cost and returns, and invoices paid on time, late or not yet."""

from __future__ import annotations

from typing import Any

import numpy as np

from data.demo_cases import spans
from data.demo_clients import Clients
from data.demo_people import Array, Columns, numbered
from data.demo_work import Work


def orders(rng: np.random.Generator, plan: dict[str, Any], clients: Clients, work: Work) -> Columns:
    """One row per order. Cancelled orders cost nothing; what was made again comes back more often."""
    asked, n = plan["orders"], len(work.ids)
    margin = np.array([asked["margins"][category] for category in work.category])
    cost = work.amount * (1 - np.clip(margin + rng.normal(0, asked["margin_sd"], n), 0.02, 0.7))
    fulfilled = ~np.isnan(work.delivered)
    returned = rng.random(n) < np.where(work.made_again, asked["returns_after_rework"], asked["returns"])
    least, most = asked["returned_share"]
    part = rng.uniform(least, most, n)
    return {
        "order_id": work.ids,
        "client_id": clients.ids[work.client],
        "ordered_at": work.ordered,
        "amount": work.amount,
        "cost": np.where(work.cancelled, np.nan, np.round(cost, 2)),
        "category": work.category,
        "status": np.where(work.cancelled, "cancelled", np.where(fulfilled, "fulfilled", "open")).astype(object),
        "promised_at": work.promised,
        "fulfilled_at": work.delivered,
        "returned_amount": np.where(
            fulfilled, np.where(returned, np.floor(work.amount * part * 100) / 100, 0.0), np.nan
        ),
    }


def payments(rng: np.random.Generator, plan: dict[str, Any], clients: Clients, work: Work, days: int) -> Columns:
    """One row per invoice sent: due a month later, paid as the client pays, later when its experience is worse."""
    asked, chain, cases = plan["payments"], plan["chain"], work.cases
    stage = plan["company"]["stages"].index("invoicing")
    sent = np.flatnonzero((cases.stage == stage) & (cases.closed < days))
    sent = sent[np.argsort(cases.closed[sent], kind="stable")]
    order, client, day = cases.order[sent], cases.client[sent], np.floor(cases.closed[sent])
    due = day + asked["terms_days"]
    kinds = asked["payers"]
    on_time = np.array([kind["on_time"] for kind in kinds])[clients.payer[client]]
    usual_delay = np.array([kind["days"] for kind in kinds])[clients.payer[client]]
    n = len(sent)
    after_due = np.where(
        rng.random(n) < on_time,
        -rng.integers(0, asked["early_days"] + 1, n),
        1 + np.floor(rng.exponential(usual_delay)),
    )
    worse = chain["usual_experience"] - work.experience[client, (day // 7).astype(int)]
    after_due = np.maximum(after_due + np.rint(chain["payment_days_per_point"] * worse), 1 - asked["terms_days"])
    for rows, (first, last) in spans(clients, "pays", client, day, days):
        after_due[rows] = _slope(day[rows], first, last) + rng.integers(-2, 3, int(rows.sum()))
    paid = due + after_due
    unpaid = (paid > days - 1) | (rng.random(n) < asked["never"])
    return {
        "invoice_id": numbered("N", n, 5),
        "client_id": clients.ids[client],
        "order_id": work.ids[order],
        "amount": work.amount[order],
        "due_on": due,
        "paid_on": np.where(unpaid, np.nan, paid),
    }


def _slope(day: Array, first: float, last: float) -> Array:
    """Days past due, sliding from the first to the last over a story's span."""
    if not len(day):
        return day
    return np.rint(np.interp(day, [day.min(), day.max() + 1], [first, last]))
