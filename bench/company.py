"""A company of any size, in the shape of the contract, for benchmarks: seeded, skewed like a real one, made by SQL."""

from __future__ import annotations

from pathlib import Path

import duckdb

STAGES = ("order", "production", "delivery", "invoicing", "support")
DAYS = 730
UNTIL = "2026-06-28"
SHARES = {"answers": 0.15, "orders": 0.15, "cases": 0.2, "steps": 0.5}

SOURCE = """
title = { en = "Benchmark company", ru = "Компания для замеров" }
currency = "EUR"
timezone = "UTC"

""" + "\n".join(
    f'[[stages]]\nid = "{s}"\nlabel = {{ en = "{s}", ru = "{s}" }}{chr(10) + "payments = true" if s == "invoicing" else ""}'
    for s in STAGES
)


def _pick(words: tuple[str, ...], salt: int) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"([{listed}])[1 + cast(hash(i * 64 + {salt}) % {len(words)} as integer)]"


def _unit(salt: int, of: str = "i") -> str:
    """A number between 0 and 1, the same for the same row and salt."""
    return f"(hash({of} * 64 + {salt}) % 1000003 / 1000003e0)"


def write(folder: Path, rows: int, clients: int, people: int) -> None:
    """Raw Parquet files with `rows` facts over the four fact tables, and what goes with them."""
    work = duckdb.connect()
    n = {table: round(rows * share) for table, share in SHARES.items()}
    begin = f"(timestamp '{UNTIL}' - interval '{DAYS - 1} days')"
    client = f"'c' || lpad(cast(floor(power({_unit(1)}, 1.5) * {clients}) as bigint)::varchar, 7, '0')"
    per_case = n["steps"] / n["cases"]
    tables = {
        "clients": f"""
            select 'c' || lpad(i::varchar, 7, '0') as client_id, 'Client ' || i as name,
                {_pick(("Enterprise", "Mid-market", "Small"), 2)} as segment,
                {_pick(("North", "South", "East", "West"), 3)} as region,
                cast(100000 + 900000 * {_unit(4)} as decimal(18, 2)) as wallet_per_year
            from range({clients}) t(i)""",
        "employees": f"""
            select 'e' || i as employee_id, 'Team ' || (i % {max(4, people // 20)}) as team, 'agent' as role,
                date '{UNTIL}' - cast(30 + 2000 * {_unit(5)} as integer) as hired_on,
                case when {_unit(6)} < 0.2 then date '{UNTIL}' - cast(29 * {_unit(7)} as integer) end as left_on
            from range({people}) t(i)""",
        "orders": f"""
            select 'o' || i as order_id, {client} as client_id,
                {begin} + to_seconds(cast({DAYS} * 86400 * {_unit(8)} as bigint)) as ordered_at,
                cast(20 + 2000 * {_unit(9)} as decimal(18, 2)) as amount,
                cast(10 + 1000 * {_unit(9)} as decimal(18, 2)) as cost,
                case when {_unit(10)} < 0.03 then 'cancelled' else 'fulfilled' end as status,
                case when {_unit(11)} < 0.05 then cast(10 as decimal(18, 2)) end as returned_amount
            from range({n["orders"]}) t(i)""",
        "payments": """
            select 'p' || order_id as invoice_id, client_id, order_id, amount,
                cast(ordered_at as date) + 30 as due_on,
                case when hash(order_id) % 20 > 0 then cast(ordered_at as date) + cast(15 + hash(order_id) % 25 as integer)
                end as paid_on
            from orders where ordered_at < timestamp '2026-05-15'""",
        "cases": f"""
            with drawn as (
                select i, {client} as client_id, {_pick(STAGES, 12)} as stage,
                    {begin} + to_seconds(cast({DAYS} * 86400 * {_unit(13)} as bigint)) as opened_at,
                    -4 * ln(1 - 0.999 * {_unit(14)}) as took
                from range({n["cases"]}) t(i)
            )
            select 'k' || i as case_id, client_id, stage as process, stage, opened_at,
                case when opened_at + to_seconds(cast(took * 86400 as bigint)) < timestamp '{UNTIL}' + interval '1 day'
                    then opened_at + to_seconds(cast(took * 86400 as bigint)) end as closed_at,
                opened_at + interval '9 days' as promised_at
            from drawn""",
        "steps": f"""
            with drawn as (
                select i, cast(floor(i / {per_case}) as bigint) as k, i % cast(ceil({per_case}) as bigint) as place
                from range({n["steps"]}) t(i)
            ),
            timed as (
                select i, place, cases.case_id, cases.stage,
                    cases.opened_at + to_seconds(place * 40000) as started_at,
                    cast(30000 + 90000 * {_unit(15)} as bigint) as took
                from drawn join cases on cases.case_id = 'k' || k
            )
            select 's' || i as step_id, case_id, stage || ' ' || place as step,
                'e' || (hash(i) % {people}) as employee_id,
                'Team ' || ((hash(i) % {people}) % {max(4, people // 20)}) as team,
                started_at,
                case when started_at + to_seconds(took) < timestamp '{UNTIL}' + interval '1 day'
                    then started_at + to_seconds(took) end as finished_at,
                started_at + interval '1 day' as due_at,
                {_unit(16)} < 0.03 as is_rework, {_unit(17)} < 0.02 as is_error
            from timed where started_at < timestamp '{UNTIL}' + interval '1 day'""",
        "answers": f"""
            with drawn as (
                select i, {client} as client_id, {_pick(("nps", "csat", "csat", "ces"), 18)} as instrument,
                    {begin} + to_seconds(cast({DAYS} * 86400 * {_unit(19)} as bigint)) as answered_at
                from range({n["answers"]}) t(i)
            )
            select 'a' || i as answer_id, client_id, 'survey' as survey, instrument,
                cast(case instrument when 'nps' then least(10, floor(13 * {_unit(20)}))
                    when 'csat' then 1 + floor(5 * sqrt({_unit(20)})) else 1 + floor(7 * sqrt({_unit(20)})) end as bigint)
                    as score,
                answered_at, {_pick(("email", "phone"), 21)} as channel, {_pick(STAGES, 22)} as stage
            from drawn""",
        "invitations": f"""
            select 'v' || i as invitation_id, {client} as client_id, 'survey' as survey,
                {begin} + to_seconds(cast({DAYS} * 86400 * {_unit(23)} as bigint)) as sent_at
            from range({round(n["answers"] / 5)}) t(i)""",
        "pulse": f"""
            select 'u' || i || '-' || m as pulse_id, 'e' || i as employee_id,
                date '{UNTIL}' - cast(28 * m + hash(i) % 28 as integer) as asked_on,
                case when m % 3 = 0 then 'enps' else 'engagement' end as instrument,
                cast(case when m % 3 = 0 then hash(i * 31 + m) % 11 else 1 + hash(i * 31 + m) % 5 end as bigint) as score
            from range({people}) t(i), range(26) s(m)""",
        "skills": f"""
            select 'e' || i as employee_id, 'skill ' || k as skill, 3::bigint as required_level,
                cast(2 + hash(i * 7 + k) % 3 as bigint) as actual_level, date '{UNTIL}' - 200 as assessed_on
            from range({people}) t(i), range(4) s(k)""",
    }  # fmt: skip
    (folder / "raw").mkdir(parents=True)
    (folder / "source.toml").write_text(SOURCE, encoding="utf-8")
    for name, sql in tables.items():
        path = folder / "raw" / f"{name}.parquet"
        work.execute(f"copy ({sql}) to '{path}' (format parquet)")
        work.execute(f"create view {name} as from '{path}'")
