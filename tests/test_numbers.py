"""Every metric worked out a second time, from the raw tables and by other means, for a quarter and for one segment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lakes import NOW, days, reading

from data import build, contract, demo, source
from data.store import Store
from metrics.load import catalogue
from metrics.window import Period

Found = tuple[float | None, int]
UNTIL = date(2026, 6, 30)
QUARTER = days("2026-04-01", "2026-06-30")
START, END = pd.Timestamp("2026-04-01"), pd.Timestamp("2026-07-01")
YEAR, YEAR_BEFORE = END - pd.Timedelta(days=365), END - pd.Timedelta(days=730)
SEGMENT, BASKET = "Small", "Small basket"
MARKETPLACE = Path(__file__).parents[2] / "shared" / "data" / "olist"
EIGHT_YEARS = timedelta(days=2922)
# What the marketplace has the facts for, over the time it has them.
CONNECTED = [
    "csat",
    "coverage_by_clients",
    "coverage_by_revenue",
    "revenue",
    "active_clients",
    "orders_per_client",
    "average_order",
    "revenue_per_client",
    "repeat_share",
    "revenue_at_risk",
    "promise_kept_share",
    "lead_time",
    "lead_time_p90",
    "sla_kept_share",
    "hand_overs_per_case",
    "open_cases",
    "oldest_open_case",
]


class Company:
    """The raw tables of some clients, as frames with plain numbers and timestamps."""

    def __init__(self, tables: dict[str, pd.DataFrame]) -> None:
        self.tables = tables

    def __getattr__(self, name: str) -> pd.DataFrame:
        return self.tables[name]

    def of(self, segment: str) -> Company:
        """The same company with the clients of one segment only, and all its people."""
        chosen = set(self.clients.loc[self.clients["segment"] == segment, "client_id"])
        return Company(
            {name: t[t["client_id"].isin(chosen)] if "client_id" in t else t for name, t in self.tables.items()}
        )

    @cached_property
    def bought(self) -> pd.DataFrame:
        return self.orders[self.orders["status"] != "cancelled"]

    @cached_property
    def year(self) -> pd.DataFrame:
        """One row per client active in the last 365 days: amount, and what the client said."""
        recent = self.bought[self.bought["ordered_at"].between(YEAR, END, inclusive="left")]
        frame = recent.groupby("client_id")["amount"].sum().to_frame()
        said = self.answers[self.answers["answered_at"].between(YEAR, END, inclusive="left")].sort_values("answered_at")
        frame["heard"] = frame.index.isin(said["client_id"])
        asked = self.invitations[self.invitations["sent_at"].between(YEAR, END, inclusive="left")]
        frame["silent"] = frame.index.isin(asked["client_id"]) & ~frame["heard"]
        votes = said[said["instrument"] == "nps"].groupby("client_id")["score"].last()
        frame["vote"] = ((votes >= 9).astype(int) - (votes <= 6).astype(int)).reindex(frame.index)
        last = said.groupby("client_id")[["instrument", "score"]].last()
        unhappy = last["score"] <= last["instrument"].map({"nps": 6, "csat": 2, "ces": 3})
        frame["unhappy"] = unhappy.reindex(frame.index)
        return frame

    @cached_property
    def buyers(self) -> pd.DataFrame:
        rows = self.bought[within(self.bought["ordered_at"])]
        frame = rows.groupby("client_id")["amount"].agg(["sum", "size"])
        frame["first"] = self.bought.groupby("client_id")["ordered_at"].min()
        return frame

    @cached_property
    def closed(self) -> pd.DataFrame:
        return self.cases[within(self.cases["closed_at"])]

    @cached_property
    def done(self) -> pd.DataFrame:
        return self.steps[within(self.steps["finished_at"])]

    @cached_property
    def staff(self) -> pd.DataFrame:
        e = self.employees
        return e[(e["hired_on"] < END) & (e["left_on"].isna() | (e["left_on"] >= START))]


def within(column: pd.Series[pd.Timestamp]) -> pd.Series[bool]:
    return (column >= START) & (column < END)


def share(hits: pd.Series[bool]) -> Found:
    return (float(hits.mean()) if len(hits) else None, len(hits))


def nps(scores: pd.Series[float]) -> Found:
    return (100 * float((scores >= 9).mean() - (scores <= 6).mean()), len(scores))


def scores(c: Company, instrument: str) -> pd.Series[float]:
    a = c.answers
    return a.loc[(a["instrument"] == instrument) & within(a["answered_at"]), "score"]


def response_rate(c: Company) -> Found:
    answered: dict[tuple[str, str], list[pd.Timestamp]] = {}
    for a in c.answers.itertuples():
        answered.setdefault((a.client_id, a.survey), []).append(a.answered_at)
    asked: dict[tuple[str, str], list[pd.Timestamp]] = {}
    for i in c.invitations.itertuples():
        asked.setdefault((i.client_id, i.survey), []).append(i.sent_at)
    hits = []
    for key, sent in asked.items():
        for at in sent:
            closes = at + pd.Timedelta(days=30)
            if START <= closes < END:
                until = min([closes, *(later for later in sent if later > at)])
                hits.append(any(at <= reply < until for reply in answered.get(key, ())))
    return share(pd.Series(hits))


def hand_overs(c: Company) -> Found:
    steps = c.steps[c.steps["case_id"].isin(c.closed["case_id"])].sort_values(["started_at", "step_id"])
    steps["by"] = steps["employee_id"].fillna(steps["team"])
    changes: dict[str, int] = {}
    for case, people in steps.groupby("case_id")["by"]:
        names = list(people)
        changes[str(case)] = sum(one != other for one, other in pairwise(names) if one and other)
    return (float(np.mean(list(changes.values()))), len(changes))


def right_first_time(c: Company) -> Found:
    steps = c.steps[c.steps["case_id"].isin(c.closed["case_id"])]
    bad = (steps["is_rework"].astype(bool) | steps["is_error"].astype(bool)).groupby(steps["case_id"]).any()
    return share(~bad)


def stayed(c: Company) -> tuple[set[str], set[str]]:
    at = c.bought["ordered_at"]
    before = set(c.bought.loc[at.between(YEAR_BEFORE, YEAR, inclusive="left"), "client_id"])
    return before, before & set(c.year.index)


def lifetime_value(c: Company) -> Found:
    recent = c.bought[c.bought["ordered_at"].between(YEAR, END, inclusive="left")]
    known = recent.groupby("client_id").filter(lambda orders: orders["cost"].notna().all())
    earned = known["amount"].sum() - known["returned_amount"].fillna(0).sum() - known["cost"].sum()
    before, after = stayed(c)
    n = known["client_id"].nunique()
    return (earned / n * len(before) / (len(before) - len(after)), n)


def wallet(c: Company) -> Found:
    all_spent = c.clients.set_index("client_id")["wallet_per_year"].reindex(c.year.index)
    known = c.year[all_spent.notna()]
    return (known["amount"].sum() / all_spent.dropna().sum(), len(known))


def late(c: Company) -> pd.Series[float]:
    due = c.payments[within(c.payments["due_on"])]
    return (due["paid_on"].fillna(END) - due["due_on"]).dt.days


def open_cases(c: Company) -> pd.Series[pd.Timestamp]:
    cases = c.cases
    return cases.loc[(cases["opened_at"] < END) & ~(cases["closed_at"] < END), "opened_at"]


def quantile(values: pd.Series[float], q: float) -> Found:
    return (float(values.quantile(q)), len(values))


def mean(values: pd.Series[float]) -> Found:
    return (float(values.mean()) if len(values) else None, len(values))


CLIENTS: dict[str, Callable[[Company], Found]] = {
    "nps": lambda c: nps(scores(c, "nps")),
    "csat": lambda c: share(scores(c, "csat") >= 4),
    "ces": lambda c: mean(scores(c, "ces")),
    "promoters_share": lambda c: share(scores(c, "nps") > 8),
    "passives_share": lambda c: share(scores(c, "nps").isin([7, 8])),
    "detractors_share": lambda c: share(scores(c, "nps") < 7),
    "response_rate": response_rate,
    "coverage_by_clients": lambda c: share(c.year["heard"]),
    "coverage_by_revenue": lambda c: (c.year.query("heard")["amount"].sum() / c.year["amount"].sum(), len(c.year)),
    "silent_revenue": lambda c: (c.year.query("silent")["amount"].sum() / c.year["amount"].sum(), len(c.year)),
    "account_nps": lambda c: (100 * float(c.year["vote"].mean()), int(c.year["vote"].count())),
    "revenue_nps": lambda c: (
        100 * float(np.average((y := c.year.dropna(subset="vote"))["vote"], weights=y["amount"])),
        len(y),
    ),
    "revenue": lambda c: (c.buyers["sum"].sum(), int(c.buyers["size"].sum())),
    "gross_margin_share": lambda c: (
        1
        - (o := c.bought[within(c.bought["ordered_at"]) & c.bought["cost"].notna()])["cost"].sum() / o["amount"].sum(),
        len(o),
    ),
    "active_clients": lambda c: (len(c.buyers), len(c.buyers)),
    "orders_per_client": lambda c: mean(c.buyers["size"]),
    "average_order": lambda c: mean(c.bought.loc[within(c.bought["ordered_at"]), "amount"]),
    "revenue_per_client": lambda c: mean(c.buyers["sum"]),
    "lifetime": lambda c: (len(stayed(c)[0]) / (len(stayed(c)[0]) - len(stayed(c)[1])), len(stayed(c)[0])),
    "lifetime_value": lifetime_value,
    "repeat_share": lambda c: share((c.buyers["size"] > 1) | (c.buyers["first"] < START)),
    "retention": lambda c: (len(stayed(c)[1]) / len(stayed(c)[0]), len(stayed(c)[0])),
    "paid_on_time_share": lambda c: share(late(c) <= 0),
    "days_late": lambda c: quantile(late(c)[late(c) > 0], 0.5),
    "return_share": lambda c: (
        (o := c.bought[within(c.bought["ordered_at"])])["returned_amount"].sum() / o["amount"].sum(),
        len(o),
    ),
    "share_of_wallet": wallet,
    "revenue_at_risk": lambda c: (
        c.year.query("unhappy == True")["amount"].sum(),
        int(c.year["unhappy"].count()),
    ),
    "promise_kept_share": lambda c: share(
        (p := c.cases[within(c.cases["promised_at"])])["closed_at"].dt.normalize() <= p["promised_at"].dt.normalize()
    ),
    "lead_time": lambda c: quantile((c.closed["closed_at"] - c.closed["opened_at"]).dt.total_seconds() / 86400, 0.5),
    "lead_time_p90": lambda c: quantile(
        (c.closed["closed_at"] - c.closed["opened_at"]).dt.total_seconds() / 86400, 0.9
    ),
    "sla_kept_share": lambda c: share((d := c.steps[within(c.steps["due_at"])])["finished_at"] <= d["due_at"]),
    "right_first_time_share": right_first_time,
    "rework_share": lambda c: share(c.done["is_rework"].dropna().astype(bool)),
    "error_share": lambda c: share(c.done["is_error"].dropna().astype(bool)),
    "hand_overs_per_case": hand_overs,
    "open_cases": lambda c: (len(open_cases(c)), len(open_cases(c))),
    "oldest_open_case": lambda c: ((END - open_cases(c).min()).total_seconds() / 86400, len(open_cases(c))),
}


def days_worked(people: pd.DataFrame) -> int:
    worked = 0
    for who in people.itertuples():
        first = max(who.hired_on, START)
        last = min(END if pd.isna(who.left_on) else who.left_on + pd.Timedelta(days=1), END)
        worked += (last - first).days
    return worked


def personal(c: Company, people: pd.DataFrame, instrument: str) -> pd.DataFrame:
    p = c.pulse
    return p[(p["instrument"] == instrument) & within(p["asked_on"]) & p["employee_id"].isin(people["employee_id"])]


def still_there(people: pd.DataFrame) -> pd.DataFrame:
    return people[people["left_on"].isna() | (people["left_on"] >= END)]


def skills(c: Company, people: pd.DataFrame) -> Found:
    s = c.skills[(c.skills["assessed_on"] < END) & c.skills["employee_id"].isin(still_there(people)["employee_id"])]
    last = s.sort_values("assessed_on").groupby(["employee_id", "skill"]).last().query("required_level > 0")
    fit = last["actual_level"] >= last["required_level"]
    return (float(fit.mean()) if len(fit) else None, last.index.get_level_values("employee_id").nunique())


def workload(c: Company, people: pd.DataFrame) -> Found:
    s = c.steps[(c.steps["started_at"] < END) & ~(c.steps["finished_at"] < END)]
    there = still_there(people)["employee_id"]
    return (float(s["employee_id"].isin(there).sum() / len(there)), len(there))


def hires(c: Company, team: str | None) -> Found:
    e = c.employees if team is None else c.employees[c.employees["team"] == team]
    watched = e["hired_on"] + pd.Timedelta(days=45)
    chosen = e[within(watched)]
    return share((chosen["left_on"] - chosen["hired_on"]).dt.days <= 45)


def engagement(c: Company, people: pd.DataFrame) -> Found:
    return mean(personal(c, people, "engagement").groupby("employee_id")["score"].mean())


PEOPLE: dict[str, Callable[[Company, pd.DataFrame], Found]] = {
    "engagement": engagement,
    "service_engagement": engagement,
    "enps": lambda c, e: nps(personal(c, e, "enps").sort_values("asked_on").groupby("employee_id")["score"].last()),
    "pulse_participation": lambda c, e: share(
        e["employee_id"].isin(c.pulse.loc[within(c.pulse["asked_on"]), "employee_id"])
    ),
    "attrition": lambda c, e: (float(within(e["left_on"]).sum() / (days_worked(e) / 365.25)), len(e)),
    "tenure": lambda c, e: quantile((END - still_there(e)["hired_on"]).dt.days / 30.4375, 0.5),
    "skill_fit": skills,
    "workload": workload,
    "early_attrition": lambda c, e: hires(c, e["team"].iloc[0] if e["team"].nunique() == 1 else None),
}


def weighed(metric: str, c: Company, everybody: Company) -> Found:
    """Teams of five and more, by the steps they finished for these clients."""
    steps = c.done.groupby("team").size()
    parts = []
    for team, people in everybody.staff.groupby("team"):
        value, n = PEOPLE[metric](everybody, people)
        if n >= 5 and value is not None and steps.get(team, 0):
            parts.append((value, n, steps[team]))
    if not parts:
        return None, 0
    values, counts, weights = zip(*parts, strict=True)
    return float(np.average(values, weights=weights)), sum(counts)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str | None, Company], Store]:
    """The demo company: its raw tables (of everybody, and of one segment), and the lake that was built from them."""
    home = tmp_path_factory.mktemp("demo")
    demo.write_raw(home / "raw", seed=demo.SEED, until=UNTIL)
    build.build(source.read("demo"), home / "raw", home, lambda share, doing: None, NOW + timedelta(days=1))
    everybody = Company({path.stem: plain(pd.read_parquet(path)) for path in (home / "raw").glob("*.parquet")})
    cases = everybody.cases.set_index("case_id")
    everybody.steps["client_id"] = everybody.steps["case_id"].map(cases["client_id"])
    return {None: everybody, SEGMENT: everybody.of(SEGMENT)}, Store(home)


@pytest.fixture(scope="module")
def marketplace(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str | None, Company], Store]:
    """A real company: its kept rows, moved eight years ahead so that its quarter is ours, and its lake."""
    if not MARKETPLACE.is_dir():
        pytest.skip("the marketplace's exports are not here")
    home = tmp_path_factory.mktemp("olist")
    build.build(source.read("olist"), MARKETPLACE, home, lambda share, doing: None, NOW)
    store = Store(home)
    tables = {name: plain(store.query(f"select * from {name}")) for name in contract.tables()}
    for frame in tables.values():
        for column in frame.select_dtypes("datetime").columns:
            frame[column] += EIGHT_YEARS
    everybody = Company(tables)
    return {None: everybody, BASKET: everybody.of(BASKET)}, store


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Days and instants as timestamps, money as plain numbers."""
    for column in frame.columns:
        if column.endswith(("_at", "_on")):
            frame[column] = pd.to_datetime(frame[column])
        elif column in ("amount", "cost", "returned_amount", "wallet_per_year"):
            frame[column] = frame[column].astype(float)
    return frame


def agree(metric: str, store: Store, expected: Found, period: Period = QUARTER, **filters: tuple[str, ...]) -> None:
    found = reading(store, metric, period, **filters)
    off = 0.011 if catalogue()[metric].is_binned else 1e-9
    value = None if expected[0] is None else pytest.approx(expected[0], rel=off)
    assert (found.value, found.n) == (value, expected[1])


@pytest.mark.xdist_group("demo numbers")
@pytest.mark.parametrize("segment", [None, SEGMENT])
@pytest.mark.parametrize("metric", CLIENTS)
def test_a_client_metric_is_what_the_raw_tables_say(
    company: tuple[dict[str | None, Company], Store], metric: str, segment: str | None
) -> None:
    """Each number of the catalogue, recounted from the exports for a quarter, comes out the same."""
    facts, store = company
    expected = CLIENTS[metric](facts[segment])

    agree(metric, store, expected, **({"segment": (segment,)} if segment else {}))


@pytest.mark.xdist_group("marketplace")
@pytest.mark.parametrize("segment", [None, BASKET])
@pytest.mark.parametrize("metric", CONNECTED)
def test_a_metric_of_the_marketplace_is_what_its_rows_say(
    marketplace: tuple[dict[str | None, Company], Store], metric: str, segment: str | None
) -> None:
    """Recounted on real exports too, on the wall clock of Sao Paulo, where months begin three hours after UTC's."""
    facts, store = marketplace
    expected = CLIENTS[metric](facts[segment])
    period = Period(QUARTER.start - EIGHT_YEARS, QUARTER.end - EIGHT_YEARS)

    assert expected[1] > 100
    agree(metric, store, expected, period, **({"segment": (segment,)} if segment else {}))


@pytest.mark.xdist_group("demo numbers")
@pytest.mark.parametrize("segment", [None, SEGMENT])
@pytest.mark.parametrize("metric", PEOPLE)
def test_an_employee_metric_is_what_the_raw_tables_say(
    company: tuple[dict[str | None, Company], Store], metric: str, segment: str | None
) -> None:
    """Recounted from the exports too: of everybody, and under a client filter weighed by the teams' work."""
    facts, store = company
    if segment or catalogue()[metric].is_weighed:
        expected = weighed(metric, facts[segment], facts[None])
    else:
        expected = PEOPLE[metric](facts[None], facts[None].staff)

    agree(metric, store, expected, **({"segment": (segment,)} if segment else {}))


def test_every_metric_is_counted_twice() -> None:
    """No metric is declared without a second way to its number."""
    assert {*CLIENTS, *PEOPLE} == set(catalogue())
