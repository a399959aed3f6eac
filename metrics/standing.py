"""How clients stand: their facts at some moments, and what is measured from them, small clients drawn to the usual."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data import contract
from data.store import Store
from metrics import declared
from metrics.load import model_sql

AT_ONCE = 2
CENTS = 100
SURE = 1.96  # standard errors
SILENT_DAYS = 365
VOTES = ["promoters", "passives", "detractors"]
HALVES = (182, 364, 365)  # days back that models/client_dealings.sql counts money in


@dataclass(frozen=True)
class Chosen:
    """Whose standing is asked for: the rows of `clients` that a select keeps, with the values it names."""

    sql: str
    values: dict[str, Any]


def one(client: str) -> Chosen:
    """One client."""
    return Chosen("select * from clients where client_id = $client", {"client": client})


def states(
    store: Store, chosen: Chosen, moments: list[date], read: Mapping[str, pd.DataFrame] | None = None
) -> pd.DataFrame:
    """The facts of the chosen clients when each of these days begins.

    `read`: table -> its rows of these clients, where they have been read already: they are not read again.
    Shape: one row per client and moment: client_id, moment (place in `moments`), as_of, the columns of
    models/client_dealings.sql and models/client_voices.sql, and those of the client.

    Raises: StrataError without a lake; QueryTooLong.
    """
    days = declared.health().days
    first, runs = _runs(moments, days)
    values = {"moments": moments, "first": first, "runs": runs} | days

    def asked(model: str) -> pd.DataFrame:
        said = model_sql(model)
        given = [_given(table, rows) for table, rows in (read or {}).items() if f"from {table}\n" in said]
        ctes = ", ".join([f"chosen as not materialized ({chosen.sql})", *(sql for sql, _ in given)])
        own = {name: worth for name, worth in values.items() if f"${name}" in said} | chosen.values
        for _, more in given:
            own |= more
        return store.query(f"with {ctes}\nselect * from (\n{said})", own)

    who = "client_id, name, segment, region, industry, size, manager_id, since_on, closed_on, wallet_per_year"
    with ThreadPoolExecutor(AT_ONCE) as pool:
        parts = pool.map(asked, ("client_dealings", "client_voices"))
        clients = store.query(f"select {who} from ({chosen.sql})", chosen.values)
        dealings, voices = parts
    found = dealings.merge(voices, on=["client_id", "moment"]).merge(clients, on="client_id")
    found["as_of"] = pd.to_datetime(pd.Series(moments))[found["moment"].to_numpy()].to_numpy()
    return found.sort_values(["client_id", "moment"], ignore_index=True)


def _runs(moments: list[date], days: Mapping[str, int]) -> tuple[date, list[date]]:
    """The first day that matters, and for each day from it on the day that its run begins with."""
    back = (0, *HALVES, days["answers_days"], days["cases_days"])
    edges = sorted({moment - timedelta(days=n) for moment in moments for n in back})
    found = [edge for edge, after in pairwise(edges) for _ in range((after - edge).days)]
    return edges[0], found


def _plain(one: Any) -> Any:
    """A cell as the database takes it."""
    if pd.isna(one):
        return None
    return one.item() if isinstance(one, np.generic) else one


def _given(table: str, rows: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    """Rows in the place of a table: the SQL that names them so, and their values."""
    declared_as = contract.tables()[table]
    values = {f"{table}_{name}": [_plain(one) for one in rows[name]] for name in rows}
    columns = ", ".join(
        f'unnest(cast(${table}_{name} as {declared_as.stored[str(name)].sql_type}[])) as "{name}"' for name in rows
    )
    month = f"strftime({declared_as.event_sql}, '%Y-%m') as ym" if declared_as.event in rows else "null as ym"
    return f"{table} as (select *, {month} from (select {columns}))", values


def habits(store: Store, moments: list[date]) -> pd.DataFrame:
    """What is usual in each segment when each of these days begins: the prior of a client with few facts.

    Of all clients, whoever is asked about: a client is measured alike on every page and under every filter.
    Shape: models/segment_habits.sql, by moment and segment.
    """
    rows = store.kept(model_sql("segment_habits"), {"moments": moments} | declared.health().days)
    return rows.set_index(["moment", "segment"])


def habits_of(everyone: pd.DataFrame) -> pd.DataFrame:
    """`habits` from the `states` of all clients, where they are at hand: nothing is read again."""
    names = [*VOTES, "satisfied", "csats", "due", "kept", "invoices", "invoice_days"]
    return everyone.groupby(["moment", "segment"])[names].sum()


def measured(found: pd.DataFrame, usual: pd.DataFrame) -> pd.DataFrame:
    """What is measured of each row of `states`, missing where it is not known. `usual`: `habits` of the same moments.

    Shape: the rows of `found` with, for each measure of health.toml, its value and <measure>_n, and answers_low,
    answers_high (see `_recommending`), change, trend_is_real, trend_is_reason (see `_trend`); revenue_12m, margin,
    room, growth, share, in money and shares; is_silent (see `_silent`).
    """
    rows = found.copy()
    prior = _of_rows(usual, rows)
    rules = declared.health().measures
    rows["answers_n"] = rows[VOTES].sum(axis=1)
    rows[["answers", "answers_low", "answers_high"]] = _recommending(rows, prior, rules["answers"].pull)
    rows["cases"] = _drawn(rows, prior, "satisfied", "csats", rules["cases"].pull)
    rows["cases_n"] = rows["csats"]
    rows["promises"] = _drawn(rows, prior, "kept", "due", rules["promises"].pull)
    rows["promises_n"] = rows["due"]
    rows[["change", "trend", "trend_is_real", "trend_is_reason"]] = _trend(rows, rules["trend"].pull)
    rows["trend_n"] = rows["orders"]
    late = rows["invoice_days"].astype(float)
    invoices = rows["invoices"].astype(float)
    pull = rules["paying"].pull
    days_usual = prior.share("invoice_days", of="invoices")
    rows["paying"] = ((late + pull * days_usual) / (invoices + pull)).where(invoices > 0)
    rows["paying_n"] = rows["invoices"]
    heard = rows[["answered_at", "contacted_at"]].max(axis=1)
    rows["heard"] = (rows["as_of"] - heard.dt.floor("D")).dt.days.astype(float)
    never = rows["heard"].isna() & rows["invited_at"].notna()
    rows.loc[never, "heard"] = np.inf  # asked and never heard: longer than any number of days
    rows["heard_n"] = rows["heard"].notna().astype(int)
    rows["revenue_12m"] = rows["revenue"].astype(float) / CENTS
    rows["is_silent"] = _silent(rows)
    costed = rows["costed"].astype(float)
    rows["margin"] = ((costed - rows["cost"].astype(float)) / costed.where(costed > 0)).where(costed.notna())
    wallet = pd.to_numeric(rows["wallet_per_year"], errors="coerce").astype(float)
    spent = rows["revenue_12m"].fillna(0.0)
    rows["room"] = (wallet - spent).clip(lower=0.0)
    rows["share"] = (spent / wallet.where(wallet > 0)).clip(upper=1.0)
    rows["growth"] = rows["trend"]
    rows["growth_n"] = rows["orders"]
    return rows


@dataclass(frozen=True)
class _Usual:
    """What is usual where each row stands. `sums`: by moment and segment; `whole`: by moment; both at each row."""

    sums: pd.DataFrame
    whole: pd.DataFrame
    at: NDArray[np.intp]

    def share(self, hits: str, *, of: str) -> NDArray[np.float64]:
        """How many of `of` hit in each row's segment; in the whole company where the segment has no facts."""
        n, all_n = (part[of].to_numpy(dtype=float) for part in (self.sums, self.whole))
        mine, everyone = (part[hits].to_numpy(dtype=float) for part in (self.sums, self.whole))
        with np.errstate(invalid="ignore", divide="ignore"):
            found = np.where(n > 0, mine / n, np.where(all_n > 0, everyone / all_n, np.nan))
        return np.append(found, np.nan)[self.at]  # the last is for rows of no known segment, whose place is -1


def _of_rows(usual: pd.DataFrame, rows: pd.DataFrame) -> _Usual:
    """`habits` as the rows of `states` need them."""
    sums = usual.astype(float).assign(nps=usual[VOTES].sum(axis=1).astype(float))
    whole = sums.groupby(level="moment").transform("sum")
    at = sums.index.get_indexer(pd.MultiIndex.from_frame(rows[["moment", "segment"]]))
    return _Usual(sums, whole, at)


def _drawn(rows: pd.DataFrame, usual: _Usual, hits: str, n: str, pull: float) -> pd.Series[float]:
    """A share drawn to the segment's, as if `pull` of its usual came with the client's own; missing without own."""
    prior = usual.share(hits, of=n)
    of = rows[n].to_numpy(dtype=float)
    mixed = np.where(np.isnan(prior), 0.0, pull)  # where nothing is usual yet, the client's own is all there is
    total = of + mixed
    share = (rows[hits].to_numpy(dtype=float) + mixed * np.nan_to_num(prior)) / np.where(total > 0, total, np.nan)
    return pd.Series(np.where(of > 0, share, np.nan), index=rows.index)


def _trend(rows: pd.DataFrame, pull: float) -> pd.DataFrame:
    """The money of the last half-year against the one before: change, trend, trend_is_real, trend_is_reason.

    change: as it was. trend: drawn to no change. Is it beyond chance, and if so a fall? Without a trend each order may
    fall into either half, so their difference varies by the squares of the orders. The ratio is drawn on its logarithm,
    as if `pull` orders of no change came with as many equal ones as these are worth (Kish): as far up as down, so that
    chance costs nothing on average. Half an order in each half keeps it finite.
    Missing where the client bought nothing or came only then.
    """
    recent, earlier, squares = (rows[name].fillna(0.0).astype(float) for name in ("recent", "earlier", "squares"))
    both = recent + earlier
    known = (both > 0) & rows["was_client"].astype(bool)
    orders = both**2 / squares.where(squares > 0)
    half = both / orders / 2
    ratio = (recent + half) / (earlier + half)
    drawn = ratio ** (orders / (orders + pull)) - 1
    is_real = (recent - earlier).abs() > SURE * np.sqrt(squares)
    change = recent / earlier.where(earlier > 0) - 1
    is_real &= known
    found = {"change": change.where(known), "trend": drawn.where(known), "trend_is_real": is_real}
    return pd.DataFrame(found | {"trend_is_reason": is_real & (recent < earlier)})


def _silent(rows: pd.DataFrame) -> pd.Series[bool]:
    """Who ordered and was asked in the 365 days before, and did not answer in them: silent as client_years has it."""
    year = rows["as_of"] - pd.Timedelta(days=SILENT_DAYS)
    return rows["revenue"].notna() & (rows["invited_at"] >= year) & ~(rows["answered_at"] >= year)


def _recommending(rows: pd.DataFrame, usual: _Usual, pull: float) -> pd.DataFrame:
    """NPS of each client with a Dirichlet prior from its segment, and where it lies with 95 % probability.

    Mean and spread of 100 * (promoters - detractors) under Dirichlet(counts + pull * the segment's shares), which as a
    number from -100 to 100 is never sure after two answers. Missing without an answer of the client's own.
    """
    prior = np.column_stack([usual.share(name, of="nps") for name in VOTES])
    counts = rows[VOTES].to_numpy(dtype=float)
    weights = counts + pull * np.nan_to_num(prior)
    total = np.where(weights.sum(axis=1) > 0, weights.sum(axis=1), np.nan)
    up, down = weights[:, 0] / total, weights[:, 2] / total
    mean = up - down
    spread = np.sqrt(np.maximum(0.0, up + down - mean**2) / (total + 1))
    own = counts.sum(axis=1) > 0
    ends = [mean, np.maximum(-1, mean - SURE * spread), np.minimum(1, mean + SURE * spread)]
    return pd.DataFrame({at: np.where(own, 100 * end, np.nan) for at, end in enumerate(ends)}, index=rows.index)
