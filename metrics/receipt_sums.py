"""Receipts summed in the database: all that the page on what stands behind a score needs, without a row of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pandas as pd

from data.store import Store
from metrics import moods, receipts, troubled
from metrics.ask import FEWEST_PEOPLE
from metrics.block_sums import SUMS, apart
from metrics.facts import FACTS, Fact, bad_sql, dose_sql
from metrics.load import model_sql
from metrics.window import DAY, Period

BLOCKS = 1000  # clients are put together into so many witnesses, so that 10 million answers need no row here
KEYS = 1_000_000_007  # so many that two teams hardly ever share one
TEAM_STATE = ("people", "newcomers", "tenure", "skill_fit", "attrition", "open_steps", "usual")
STAGE_STATE = ("backlog", "usual")
LOOK_BACK = timedelta(days=100)  # an answer speaks of a case closed up to 90 days before it
MONTH = timedelta(days=62)
MOST_ROWS = 200
OF_TEAMS = f"people >= {FEWEST_PEOPLE}"  # a team is told of only by answers of days on which so many worked in it
ALL_SCORES = "ym between $ym_from and $ym_to"  # the condition under which models/receipts.sql takes answers


def source(filters: Mapping[str, tuple[str, ...]], days: Period, store: Store) -> tuple[str, dict[str, Any]]:
    """The receipts with the state of their team, as the common table `facts` of a question, and its values.

    Shape of facts: one row per answer of the score with a case; its receipt, the facts by name, block, deviation.
    """
    asked = receipts.question(dict(filters), days)
    one_score = asked.sql.replace(ALL_SCORES, f"instrument = $instrument and {ALL_SCORES}", 1)  # half the work at least
    teams = receipts.team_days(store).reindex(columns=["team", "day", *TEAM_STATE])
    stages = stage_days(store)
    values = asked.values | _unrolled("team", teams, TEAM_STATE, days) | _unrolled("stage", stages, STAGE_STATE, days)
    told = moods.moods(store, moods.months(days.start - LOOK_BACK - MONTH, days.end))
    values |= {
        "mood_team": [team for team, _ in told], "mood_month": [month.start for _, month in told],
        "mood": [float(value) for value, _ in told.values()],
    }  # fmt: skip
    facts = ",\n        ".join(f"cast({fact.sql} as double) as {fact.name}" for fact in FACTS.values())
    sql = f"""with receipts as materialized ({one_score}),
team_days as materialized ({_rolled("team", TEAM_STATE)}),

stage_days as materialized ({_rolled("stage", STAGE_STATE)}),

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
        case when not isnan(team_days.attrition) then team_days.attrition end as attrition,
        case when team_days.usual > 0 then team_days.open_steps / team_days.usual end as workload,
        case when stage_days.usual > 0 and not isnan(stage_days.backlog) then stage_days.backlog / stage_days.usual end
            as backlog
    from receipts
    left join team_days on team_days.team = receipts.team and team_days.day = receipts.at_on
    left join stage_days on stage_days.stage = receipts.stage and stage_days.day = receipts.at_on
    left join moods on moods.team = receipts.team and moods.month = date_trunc('month', receipts.at_on)
),

facts as materialized (
    select
        answer_id, client_id, stage, team, people, case_id, opened_at, answered_at,
        cast(score as double) as score,
        cast(hash(client_id) % {BLOCKS} as integer) as block,
        -- Further ways in which answers hang together: the team that did the work, the month of the stage.
        cast(hash(coalesce(team, 'client ' || hash(client_id) % {BLOCKS})) % {KEYS} as bigint) as of_team,
        cast(date_diff('month', date '2000-01-01', at_on) as bigint) as of_stage,
        score - avg(score) over (partition by stage) + avg(score) over () as levelled,
        {facts}
    from joined
    where case_id is not null
)
"""
    return sql, values


def stage_days(store: Store) -> pd.DataFrame:
    """How much work lay waiting at every stage on every day of the lake; see models/stage_days.sql. Kept."""
    manifest = store.lake()
    counts = manifest.tables.get("cases")
    if counts is None or counts.first is None:
        return pd.DataFrame(columns=["stage", "day", *STAGE_STATE])
    now = manifest.last_day + DAY
    return store.kept(model_sql("stage_days"), {"from": pd.Timestamp(counts.first).date(), "to": now, "now": now})


def _unrolled(of: str, rows: pd.DataFrame, state: Sequence[str], days: Period) -> dict[str, Any]:
    """The days of teams or stages that answers of these days may speak of, as values of a question."""
    days_of = pd.to_datetime(rows["day"])
    rows = rows[(days_of >= pd.Timestamp(days.start - LOOK_BACK)) & (days_of < pd.Timestamp(days.end))]
    given = {f"{of}_{name}": rows[name].astype(float).tolist() for name in state}
    return given | {f"{of}_name": rows[of].tolist(), f"{of}_day": [pd.Timestamp(day).date() for day in rows["day"]]}


def _rolled(of: str, state: Sequence[str]) -> str:
    """These values as rows again."""
    listed = ", ".join(f"unnest(cast(${of}_{name} as double[])) as {name}" for name in state)
    return f"select unnest(cast(${of}_name as varchar[])) as {of}, unnest(cast(${of}_day as date[])) as day, {listed}"


def sums(store: Store, filters: Mapping[str, tuple[str, ...]], days: Period, instrument: str) -> pd.DataFrame:
    """All sums the page stands on, in one question.

    Shape: kind, name, stage, process, step, block, dose, known - empty where a kind has none -, sums (a list). Moments
    come once for each way in which answers hang together, named as in Fact.of.
    """
    sql, values = source(filters, days, store)
    columns = ["1e0", *(f"coalesce({name}, 0)" for name in FACTS), "score"]
    products = [f"sum({a} * {b})" for i, a in enumerate(columns) for b in columns[i:]]
    known = " + ".join(f"(case when {name} is null then 0 else {1 << i} end)" for i, name in enumerate(FACTS))
    of_block = "block, cast(count(*) as double) as n"
    of_teams = (
        f"select team, {of_block}, sum(levelled) as y from facts where {OF_TEAMS} and team is not null "
        "group by team, block"
    )
    parts = [
        "select 'score' as kind, "
        "[count(*), count(case_id), coalesce(sum(score) filter (where case_id is not null), 0)] as sums from receipts",
        "select 'moments' as kind, case when block is not null then 'case' when of_team is not null then 'team' "
        "else 'stage' end as name, stage, coalesce(block, of_team, of_stage) as block, known, "
        f"[{', '.join(products)}] as sums from (select *, {known} as known from facts) "
        "group by grouping sets ((stage, known, block), (stage, known, of_team), (stage, known, of_stage))",
        f"select 'team' as kind, team as name, [{SUMS}] as sums from ({apart(of_teams, 'team')}) group by team",
        "select 'unshown' as kind, [cast(count(*) as double)] as sums from (select team from facts "
        f"where team is not null group by team having not coalesce(bool_or({OF_TEAMS}), false))",
        troubled.PART,
    ]
    for fact in FACTS.values():
        of_doses = (
            f"select {dose_sql(fact)} as dose, {of_block}, sum(score) as y from facts "
            f"where {fact.name} is not null group by 1, block"
        )
        parts.append(
            f"select 'dose' as kind, '{fact.name}' as name, dose, [{SUMS}] as sums from ({apart(of_doses, 'dose')}) "
            "group by dose"
        )
        parts.append(
            f"select 'touched' as kind, '{fact.name}' as name, [cast(count({fact.name}) as double), "
            f"cast(count(*) filter (where {bad_sql(fact)}) as double), coalesce(avg({fact.name}), 0), "
            f"{_excess(fact)}] as sums from facts"
        )
    return store.query(sql + "\nunion all by name\n".join(parts), values | {"instrument": instrument})


def _excess(fact: Fact) -> str:
    """How far the mean answer lies beyond the value at which the fact costs nothing."""
    if fact.ideal is None:
        return "0e0"
    return f"coalesce(avg(greatest(0, {fact.name} - {fact.ideal!r})), 0)"


@dataclass(frozen=True)
class Those:
    """Some of the answers. `where`: which of `facts` they are; `told`: what is told of each beside its receipt."""

    where: str
    values: Mapping[str, Any] = field(default_factory=dict)
    told: str = "null"


def of_dose(fact: str, dose: int) -> Those:
    """The answers that got one dose of a fact; told: the fact."""
    return Those(f"({dose_sql(FACTS[fact])}) = $dose", {"dose": dose}, f"facts.{fact}")


def of_team(team: str) -> Those:
    """The answers that the numbers of a team stand on: none of a team of fewer than five people."""
    return Those(f"facts.{OF_TEAMS} and facts.team = $team", {"team": team})


def of_step(trouble: str, stage: str, process: str, step: str) -> Those:
    """The answers whose case had a trouble at a step first."""
    asked = {"trouble": trouble, "at_stage": stage, "process": process, "step": step}
    is_asked = "trouble = $trouble and stage = $at_stage and process = $process and step = $step"
    return Those(f"answer_id in (select answer_id from ({model_sql('step_troubles')}) where {is_asked})", asked)


def listed(
    store: Store, filters: Mapping[str, tuple[str, ...]], days: Period, instrument: str, those: Those
) -> tuple[pd.DataFrame, int]:
    """Some of the answers, the latest first, as many as are shown; and how many there are.

    Shape: answer_id, client_id, answered_at, client, stage, score, value (what is told of it), team, case_id, n.
    """
    sql, values = source(filters, days, store)
    rows = store.query(
        f"{sql}select facts.answer_id, facts.client_id, facts.answered_at, clients.name as client, facts.stage, "
        f"facts.score, {those.told} as value, case when facts.{OF_TEAMS} then facts.team end as team, "
        "facts.case_id, count(*) over () as n "
        "from facts left join clients on clients.client_id = facts.client_id "
        f"where {those.where} order by facts.answered_at desc, facts.answer_id limit $most",
        values | {"instrument": instrument, "most": MOST_ROWS, **those.values},
    )
    return rows, int(rows["n"].iloc[0]) if len(rows) else 0
