"""Receipts summed in the database: all that the page on what stands behind a score needs, without a row of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd

from data.store import Store
from metrics import moods, receipts
from metrics.facts import FACTS, Fact, bad_sql, dose_sql
from metrics.window import Period

BLOCKS = 1000  # clients are put together into so many witnesses, so that 10 million answers need no row here
TEAM_STATE = ("people", "newcomers", "tenure", "skill_fit", "open_steps", "usual")
LOOK_BACK = timedelta(days=100)  # an answer speaks of a case closed up to 90 days before it
MONTH = timedelta(days=62)
MOST_ROWS = 200
ALL_SCORES = "ym between $ym_from and $ym_to"  # the condition under which models/receipts.sql takes answers


def source(filters: Mapping[str, tuple[str, ...]], days: Period, store: Store) -> tuple[str, dict[str, Any]]:
    """The receipts with the state of their team, as the common table `facts` of a question, and its values.

    Shape of facts: one row per answer of the score with a case; its receipt, the facts by name, block, deviation.
    """
    asked = receipts.question(dict(filters), days)
    one_score = asked.sql.replace(ALL_SCORES, f"instrument = $instrument and {ALL_SCORES}", 1)  # half the work at least
    teams = receipts.team_days(store)
    teams = teams[(teams["day"] >= pd.Timestamp(days.start - LOOK_BACK)) & (teams["day"] < pd.Timestamp(days.end))]
    values = asked.values | {"team_name": teams["team"].tolist(), "team_day": [day.date() for day in teams["day"]]}
    for name in TEAM_STATE:
        values[f"team_{name}"] = teams[name].astype(float).tolist()
    state = ", ".join(f"unnest(cast($team_{name} as double[])) as {name}" for name in TEAM_STATE)
    told = moods.moods(store, moods.months(days.start - LOOK_BACK - MONTH, days.end))
    values |= {
        "mood_team": [team for team, _ in told], "mood_month": [month.start for _, month in told],
        "mood": [float(value) for value, _ in told.values()],
    }  # fmt: skip
    facts = ",\n        ".join(f"cast({fact.sql} as double) as {fact.name}" for fact in FACTS.values())
    sql = f"""with receipts as materialized ({one_score}),
team_days as materialized (
    select unnest(cast($team_name as varchar[])) as team, unnest(cast($team_day as date[])) as day, {state}
),

-- Of the month before, which is over: nothing of a month still going on is told of a team.
moods as materialized (
    select
        unnest(cast($mood_team as varchar[])) as team,
        unnest(cast($mood_month as date[])) + interval '1 month' as month,
        unnest(cast($mood as double[])) as engagement
),

joined as (
    select
        receipts.*,
        moods.engagement,
        team_days.people,
        case when not isnan(team_days.newcomers) then team_days.newcomers end as newcomers,
        case when not isnan(team_days.tenure) then team_days.tenure end as tenure,
        case when not isnan(team_days.skill_fit) then team_days.skill_fit end as skill_fit,
        case when team_days.usual > 0 then team_days.open_steps / team_days.usual end as workload
    from receipts
    left join team_days on team_days.team = receipts.team and team_days.day = receipts.at_on
    left join moods on moods.team = receipts.team and moods.month = date_trunc('month', receipts.at_on)
),

facts as materialized (
    select
        answer_id, client_id, stage, team, people, case_id, answered_at,
        cast(score as double) as score,
        cast(hash(client_id) % {BLOCKS} as integer) as block,
        score - avg(score) over (partition by stage) + avg(score) over () as levelled,
        {facts}
    from joined
    where case_id is not null
)
"""
    return sql, values


def sums(store: Store, filters: Mapping[str, tuple[str, ...]], days: Period, instrument: str) -> pd.DataFrame:
    """All sums the page stands on, in one question. Shape: kind, name, stage, block, dose, known, sums (a list)."""
    sql, values = source(filters, days, store)
    columns = ["1e0", *(f"coalesce({name}, 0)" for name in FACTS), "score"]
    products = [f"sum({a} * {b})" for i, a in enumerate(columns) for b in columns[i:]]
    known = " + ".join(f"(case when {name} is null then 0 else {1 << i} end)" for i, name in enumerate(FACTS))
    parts = [
        "select 'score' as kind, null as name, null as stage, null as block, null as dose, 0 as known, "
        "[cast(count(*) as double), cast(count(case_id) as double)] as sums from receipts",
        f"select 'moments', null, stage, block, null, {known}, [{', '.join(products)}] "
        f"from facts group by stage, block, {known}",
        "select 'team', team, null, null, null, 0, [sum(n), sum(y), sum(y * y), sum(y * n), sum(n * n), count(*), "
        "coalesce(max(people), 0)] from (select team, block, cast(count(*) as double) as n, sum(levelled) as y, "
        "max(people) as people from facts where team is not null group by team, block) group by team",
    ]
    for fact in FACTS.values():
        parts.append(
            f"select 'dose', '{fact.name}', null, null, dose, 0, [sum(n), sum(y), sum(y * y), sum(y * n), sum(n * n), "
            f"count(*)] from (select {dose_sql(fact)} as dose, block, cast(count(*) as double) as n, sum(score) as y "
            f"from facts where {fact.name} is not null group by 1, 2) group by dose"
        )
        parts.append(
            f"select 'touched', '{fact.name}', null, null, null, 0, [cast(count({fact.name}) as double), "
            f"cast(count(*) filter (where {bad_sql(fact)}) as double), coalesce(avg({fact.name}), 0), "
            f"{_excess(fact)}] from facts"
        )
    return store.query(sql + "\nunion all\n".join(parts), values | {"instrument": instrument})


def _excess(fact: Fact) -> str:
    """How far the mean answer lies beyond the value at which the fact costs nothing."""
    if fact.ideal is None:
        return "0e0"
    return f"coalesce(avg(greatest(0, {fact.name} - {fact.ideal!r})), 0)"


def listed(
    store: Store, filters: Mapping[str, tuple[str, ...]], days: Period, instrument: str, fact: str, dose: int
) -> tuple[pd.DataFrame, int]:
    """The answers that got one dose of a fact, the latest first, as many as are shown; and how many there are.

    Shape: answered_at, client, stage, score, value (of the fact), team, case_id, n.
    """
    sql, values = source(filters, days, store)
    about = FACTS[fact]
    rows = store.query(
        f"{sql}select facts.answered_at, clients.name as client, facts.stage, facts.score, facts.{fact} as value, "
        "case when facts.people >= 5 then facts.team end as team, facts.case_id, count(*) over () as n "
        f"from facts left join clients on clients.client_id = facts.client_id where ({dose_sql(about)}) = $dose "
        "order by facts.answered_at desc, facts.answer_id limit $most",
        values | {"instrument": instrument, "dose": dose, "most": MOST_ROWS},
    )
    return rows, int(rows["n"].iloc[0]) if len(rows) else 0
