from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data import contract, demo

UNTIL = date(2026, 6, 30)
SEEDS = [demo.SEED, 2, 3, 11]

# One row per csat answer with the facts of its case, measured from the tables alone.
# load: open steps a person in the team of the main step, mean of the seven days to closing, against the team's mean.
FACTS = """
with passed as (
    select *, lag(employee_id) over (partition by case_id order by started_at, step_id) as before
    from steps
),
work as (
    select
        case_id,
        max(is_rework::int) as rework,
        max(is_error::int) as errors,
        sum((employee_id <> before)::int) as hand_overs,
        min_by(team, step_id) filter (step in ('confirm', 'make', 'load', 'send', 'solve')) as team
    from passed
    group by case_id
),
days as (
    select unnest(generate_series(min(started_at)::date, $until::date, interval 1 day))::date as day from steps
),
open_steps as (
    select
        team,
        unnest(generate_series(started_at::date, coalesce(finished_at, $until)::date, interval 1 day))::date as day,
        greatest(started_at, day) as since,
        least(coalesce(finished_at, $until + interval 1 day), day + interval 1 day) as till
    from steps
),
worked as (select team, day, sum(epoch(till - since)) / 86400 as steps from open_steps group by team, day),
staffed as (
    select team, day, count(*) as people
    from employees join days on day between hired_on and coalesce(left_on, day)
    group by team, day
),
loads as (
    select
        team,
        day,
        sum(steps) over week / sum(people) over week as load
    from staffed left join worked using (team, day)
    window week as (partition by team order by day rows 6 preceding)
),
usual as (
    select team, avg(load) as load from loads where day >= (select min(day) + 28 from days) group by team
)
select
    answers.client_id,
    answers.score,
    least(6, greatest(0, date_diff('day', cases.promised_at::date, cases.closed_at::date))) as days_late,
    work.rework,
    work.hand_overs,
    loads.load / usual.load as workload,
    epoch(cases.closed_at - cases.opened_at) / 86400 as lead_time,
    (answers.channel = 'phone')::int as phone,
    work.errors,
    ln(orders.amount) as order_amount,
    (clients.region = 'East')::int as region_east
from answers
join cases using (case_id)
join work using (case_id)
join loads on loads.team = work.team and loads.day = cases.closed_at::date
join usual on usual.team = work.team
join orders on orders.order_id = answers.order_id
join clients on clients.client_id = answers.client_id
where answers.instrument = 'csat'
order by answers.answer_id
"""
DRIVERS = ["days_late", "rework", "hand_overs", "workload"]
DECOYS = ["lead_time", "phone", "errors", "order_amount", "region_east"]
KEPT = """
select avg(coalesce((closed_at::date <= promised_at::date)::int, 0)) as kept, count(*) as n
from cases where stage = $stage and promised_at::date between $since and $till
"""


@cache
def company(seed: int) -> dict[str, pa.Table]:
    return demo.generate(seed, UNTIL)


def opened(tables: dict[str, pa.Table]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name, table in tables.items():
        connection.register(name, table)
    return connection


@pytest.fixture
def shown() -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(company(demo.SEED)) as connection:
        yield connection


@cache
def facts(seed: int) -> dict[str, np.ndarray]:
    with opened(company(seed)) as connection:
        return connection.execute(FACTS, {"until": UNTIL}).fetchnumpy()


def slopes(seed: int, names: list[str]) -> dict[str, tuple[float, float]]:
    """Slope and its standard error by least squares, answers of one client counted as hanging together."""
    rows = facts(seed)
    x = np.column_stack([np.ones(len(rows["score"])), *(rows[name].astype(float) for name in names)])
    y = rows["score"].astype(float)
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    _, client = np.unique(rows["client_id"].astype(str), return_inverse=True)
    pull = np.zeros((client.max() + 1, x.shape[1]))
    np.add.at(pull, client, x * (y - x @ beta)[:, None])
    error = np.sqrt(np.diag(inverse @ pull.T @ pull @ inverse))
    return {name: (float(beta[i]), float(error[i])) for i, name in enumerate(names, 1)}


def ago(weeks: float) -> date:
    return UNTIL - timedelta(days=round(7 * weeks))


def nps(connection: duckdb.DuckDBPyConnection, since: date, till: date) -> dict[str, float]:
    rows = connection.execute(
        """
        select coalesce(segment, 'all'), 100 * (avg((score >= 9)::int) - avg((score <= 6)::int))
        from answers join clients using (client_id)
        where survey = 'relationship' and answered_at::date between $since and $till
        group by rollup (segment)
        """,
        {"since": since, "till": till},
    ).fetchall()
    return dict(rows)


def test_the_same_seed_and_day_make_the_same_company() -> None:
    """Whoever opens the demo on the same day sees the same figures, to the last cent."""
    again = demo.generate(demo.SEED, UNTIL)

    assert all(again[name].equals(table) for name, table in company(demo.SEED).items())
    assert not demo.generate(demo.SEED + 1, UNTIL)["orders"].equals(company(demo.SEED)["orders"])


def test_the_raw_exports_are_the_tables(tmp_path) -> None:
    """The demo's exports are one Parquet file a table and read back as what was made."""
    demo.write_raw(tmp_path, demo.SEED, UNTIL)

    assert sorted(path.stem for path in tmp_path.iterdir()) == sorted(contract.tables())
    assert all(pq.read_table(tmp_path / f"{name}.parquet").equals(made) for name, made in company(demo.SEED).items())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_company_has_its_size(seed: int) -> None:
    """The demo is large enough for its figures to be sure of themselves, and small enough to be made in seconds."""
    rows = {name: table.num_rows for name, table in company(seed).items()}

    assert rows["clients"] == 420
    assert 340 <= rows["employees"] <= 430
    assert 11_500 <= rows["orders"] <= 16_500
    assert 47_000 <= rows["cases"] <= 68_000
    assert 125_000 <= rows["steps"] <= 185_000
    assert 8_000 <= rows["answers"] <= 12_000
    assert 6_500 <= rows["pulse"] <= 9_000


@pytest.mark.parametrize("until", [UNTIL, date(2025, 3, 2), date(2024, 2, 29)])
def test_every_row_keeps_the_contract(until: date) -> None:
    """No row of the demo is rejected, on whatever day it is made."""
    tables = demo.generate(demo.SEED, until)
    broken = []
    with opened(tables) as connection:
        for name, table in contract.tables().items():
            assert tables[name].column_names == list(table.columns)
            conditions = [f"({rule.holds})" for rule in table.rules]
            for column in table.columns.values():
                field = tables[name].schema.field(column.name)
                assert field.type == demo.ARROW_TYPES[column.type]
                allowed = ", ".join(f"'{word}'" for word in column.allowed)
                conditions += [f"{name}.{column.name} is not null"] * column.required
                conditions += [f"{name}.{column.name} in ({allowed})"] * bool(allowed)
                conditions += [f"{name}.{column.name} >= {column.minimum}"] * (column.minimum is not None)
                conditions += [f"{name}.{column.name} <= {column.maximum}"] * (column.maximum is not None)
                conditions += [f"cast({name}.{column.name} as date) <= date '{until}'"] * column.past
                if column.references:
                    key = contract.tables()[column.references].key[0]
                    conditions.append(f"{name}.{column.name} in (select {key} from {column.references})")
            for condition in conditions:  # null is no violation, except of "is not null"
                count = connection.execute(f"select count(*) from {name} where not ({condition})").fetchone()
                broken += [(name, condition, count)] if count != (0,) else []
            keys = connection.execute(f"select count(*) - count(distinct ({', '.join(table.key)})) from {name}")
            assert keys.fetchone() == (0,), name
    assert broken == []


def test_nothing_was_done_by_somebody_who_was_not_there(shown) -> None:
    """Whoever did a step of the demo was employed on the day it began."""
    absent = "select count(*) from steps join employees using (employee_id) where "
    assert shown.sql(absent + "started_at::date not between hired_on and coalesce(left_on, $until)",
                     params={"until": UNTIL}).fetchone() == (0,)  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_the_company_stands_where_a_usual_one_stands(seed: int) -> None:
    """The demo's headline figures are those of an ordinary company, with every seed."""
    usual = {
        "select avg((score >= 4)::int) from answers where instrument = 'csat'": (0.80, 0.04),
        "select avg(score) from answers where instrument = 'ces'": (5.2, 0.3),
        "select avg((score >= 9)::int) - avg((score <= 6)::int) from answers where instrument = 'nps'": (0.30, 0.05),
        "select (select count(*) from answers) / count(*) from invitations": (0.33, 0.03),
        "select avg(score) from pulse where instrument = 'engagement'": (3.8, 0.2),
        "select avg((score >= 9)::int) - avg((score <= 6)::int) from pulse where instrument = 'enps'": (0.12, 0.12),
        "select 1 - sum(cost) / sum(amount) from orders where cost is not null": (0.28, 0.02),
        "select sum(returned_amount) / sum(amount) from orders where status = 'fulfilled'": (0.03, 0.01),
        "select avg(coalesce(paid_on <= due_on, false)::int) from payments where due_on < $until": (0.75, 0.06),
        "select median(epoch(closed_at - opened_at)) / 86400 from cases where stage = 'delivery'": (6.2, 0.8),
        """
        select count(*) from clients semi join (from invitations where sent_at > $year) using (client_id)
        anti join (from answers where answered_at > $year) using (client_id) where closed_on is null
        """: (50, 13),
    }
    with opened(company(seed)) as c:
        for question, (level, give) in usual.items():
            named = {name: day for name, day in {"until": UNTIL, "year": ago(52)}.items() if f"${name}" in question}
            assert float(c.execute(question, named).fetchone()[0]) == pytest.approx(level, abs=give), question


def test_two_teams_are_too_small_to_be_shown(shown) -> None:
    """The demo has two teams below five people, so that it can be seen that their answers stay hidden."""
    small = shown.sql("select team from employees where left_on is null group by team having count(*) < 5").fetchall()
    assert {team for (team,) in small} == {"Quality lab", "Credit control"}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("moved", [-6, 0, 6])
def test_every_segment_rises_and_the_total_falls(seed: int, moved: int) -> None:
    """NPS of every segment rises by 1 to 3 points while the total falls by 8, on whatever weekday a week begins."""
    end = UNTIL + timedelta(days=moved)
    with opened(company(seed)) as c:
        last = nps(c, end - timedelta(days=90), end)
        before = nps(c, end - timedelta(days=181), end - timedelta(days=91))
    change = {group: last[group] - before[group] for group in last}

    assert change.pop("all") == pytest.approx(-8.4, abs=0.1)
    assert set(change) == {"Enterprise", "Mid-market", "Small"}
    assert all(1 <= rise <= 3 for rise in change.values()), change


@pytest.mark.parametrize("seed", SEEDS)
def test_delivery_promises_fall_on_the_planted_day_and_no_other(seed: int) -> None:
    """Promises kept at delivery fall from about 94 % to about 84 % from the planted day on, and at no other stage."""
    shift = demo.truth()["shift"]
    moment, signal = ago(shift["weeks_ago"]), {}
    with opened(company(seed)) as c:
        for stage in demo.truth()["company"]["stages"]:
            before, n_before = c.execute(
                KEPT, {"stage": stage, "since": ago(26), "till": moment - timedelta(days=1)}
            ).fetchone()
            after, n_after = c.execute(KEPT, {"stage": stage, "since": moment, "till": UNTIL}).fetchone()
            signal[stage] = (before - after) / np.sqrt(before * (1 - before) * (1 / n_before + 1 / n_after))
            if stage == "delivery":
                assert before == pytest.approx(shift["kept_before"], abs=0.025)
                assert after == pytest.approx(shift["kept_after"], abs=0.04)
    assert signal.pop("delivery") > 7
    assert max(map(abs, signal.values())) < 3.5


def test_the_teams_lost_heart_before_their_deliveries_were_late() -> None:
    """Engagement of the two teams had fallen by its planted size in the weeks before their promises were broken."""
    shift, falls = demo.truth()["shift"], []
    fell = ago(shift["engagement_weeks_ago"])
    question = """
        select avg(score) from pulse join employees using (employee_id)
        where team in $teams and instrument = 'engagement' and asked_on between $since and $till
    """
    for seed in SEEDS:  # fifteen answers each in these weeks: together they are sure of themselves
        with opened(company(seed)) as c:
            before, after = (
                c.execute(question, {"teams": shift["teams"], "since": since, "till": till}).fetchone()[0]
                for since, till in ((ago(26), fell - timedelta(days=7)), (fell + timedelta(days=7), ago(11)))
            )
            falls.append(after - before)
    assert np.mean(falls) == pytest.approx(shift["engagement_fall"], abs=0.3)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_drivers_are_found_with_their_size(seed: int) -> None:
    """What really moves the score is found in the linked rows, each with its sign and its planted size."""
    found, planted = slopes(seed, DRIVERS), demo.truth()["drivers"]["csat_shown"]

    for name in DRIVERS:
        slope, error = found[name]
        assert slope < -5 * error, name
        assert slope == pytest.approx(planted[name]["mean"], abs=3 * error), name


@pytest.mark.parametrize("seed", SEEDS)
def test_the_decoys_vanish_once_the_drivers_are_held(seed: int) -> None:
    """Lead time, phone and errors look like causes of low scores, and none is one beside the real drivers."""
    held = slopes(seed, DRIVERS + DECOYS)

    for decoy in ("lead_time", "phone", "errors"):
        slope, error = slopes(seed, [decoy])[decoy]
        assert abs(slope / error) > 2.5, f"{decoy} does not even look like a cause"
    assert {name: held[name] for name in DECOYS if abs(held[name][0] / held[name][1]) > 3.3} == {}


def test_late_follows_engagement_and_not_the_other_way_round() -> None:
    """A team's engagement tells its late cases of the weeks that follow better than those of the weeks before."""
    seen = {lag: [] for lag in (-9, 3)}
    for seed in SEEDS:
        with opened(company(seed)) as c:
            for lag, correlations in seen.items():
                row = c.execute(
                    """
                    with mood as (
                        select team, date_diff('day', asked_on, $until) // 7 - $lag as week, avg(score) as mood
                        from pulse join employees using (employee_id) where instrument = 'engagement' group by all
                    ),
                    late as (
                        select team, date_diff('day', opened_at::date, $until) // 7 as week,
                            avg((closed_at::date > promised_at::date)::int) as late, count(*) as n
                        from cases join (from steps where step in ('confirm', 'make', 'load', 'send', 'solve')
                            and not is_rework) using (case_id)
                        where closed_at is not null group by all
                    ),
                    within as (
                        select mood - avg(mood) over teams as mood, late - avg(late) over teams as late
                        from mood join late using (team, week) where week > 26
                        window teams as (partition by team)
                    )
                    select corr(mood, late) from within
                    """,
                    {"until": UNTIL, "lag": lag},
                ).fetchone()
                correlations.append(row[0])
    assert np.mean(seen[3]) < -0.07
    assert np.mean(seen[3]) < np.mean(seen[-9]) - 0.04


def test_the_stories_are_told_as_written(shown) -> None:
    """The named clients gave the scores and wrote the words that demo.toml tells of, and no others."""
    for client, story in demo.truth()["stories"].items():
        told = shown.execute(
            "select name, score, comment, language from answers join clients using (client_id) "
            "where client_id = $client and survey = 'relationship' order by answered_at",
            {"client": client},
        ).fetchall()
        assert told == [(story["name"], line["score"], line["comment"], line["language"]) for line in story["answers"]]
