"""The numbers of the layers page in the best SQL a person would write for just this page, over the same files.

One query a table, weeks by arithmetic, nothing declared, nothing general: what the product is measured against.
"""

from __future__ import annotations

from datetime import date, timedelta


def queries(end: date, weeks: int = 52, period: int = 13) -> dict[str, str]:
    """Name -> SQL for the `period` weeks up to `end`, the same before them, and the course over `weeks`."""
    start = end - timedelta(days=7 * weeks)
    now = end - timedelta(days=7 * period)
    months = f"ym between '{start:%Y-%m}' and '{end:%Y-%m}'"

    def inside(at: str) -> str:
        return f"{at} >= timestamp '{start}' and {at} < timestamp '{end}'"

    def week(at: str) -> str:
        return f"date_diff('day', date '{start}', cast({at} as date)) // 7"

    ends = ", ".join(f"({i}, date '{start + timedelta(days=7 * (i + 1))}')" for i in range(weeks))
    two = f"(values (1, date '{end}'), (2, date '{now}')) as spans(period, ends_on)"
    return {
        "answers": f"""
            select {week("answered_at")} as week, stage,
                count(*) filter (where instrument = 'nps' and score >= 9), count(*) filter (where instrument = 'nps' and score <= 6),
                count(*) filter (where instrument = 'nps'), count(*) filter (where instrument = 'csat' and score >= 4),
                count(*) filter (where instrument = 'csat'), sum(score) filter (where instrument = 'ces'),
                sum(score * score) filter (where instrument = 'ces'), count(*) filter (where instrument = 'ces')
            from answers where {months} and {inside("answered_at")} group by 1, 2""",
        "invitations": f"""
            with asked as (
                select client_id, sent_at, lead(sent_at) over (partition by client_id, survey order by sent_at) as next_at
                from invitations
                where sent_at >= timestamp '{start}' - interval '30 days' and sent_at < timestamp '{end}'
            )
            select {week("sent_at + interval '30 days'")} as week, count(*), count(*) filter (where exists (
                select 1 from answers where answers.client_id = asked.client_id and answered_at >= sent_at
                    and answered_at < sent_at + interval '30 days' and (next_at is null or answered_at < next_at)))
            from asked where sent_at < timestamp '{end}' - interval '30 days' group by 1""",
        "orders": f"""
            select {week("ordered_at")} as week, count(*), sum(amount::double), sum((amount - cost)::double),
                sum((amount - cost)::double * (amount - cost)::double), sum((amount - cost)::double * amount::double),
                sum(amount::double * amount::double), count(cost), sum(coalesce(returned_amount, 0)::double),
                sum(returned_amount::double * returned_amount::double), sum(returned_amount::double * amount::double),
                count(returned_amount)
            from orders where {months} and status <> 'cancelled' and {inside("ordered_at")} group by 1""",
        "payments": f"""
            select {week("due_on")} as week, count(*), count(*) filter (where paid_on <= due_on)
            from payments where {months} and due_on >= date '{start}' and due_on < date '{end}' group by 1""",
        "promises": f"""
            select {week("promised_at")} as week, stage, count(*),
                count(*) filter (where date_trunc('day', closed_at) <= date_trunc('day', promised_at))
            from cases where {inside("promised_at")} group by 1, 2""",
        "closed": f"""
            select {week("closed_at")} as week,
                floor(ln(date_diff('second', opened_at, closed_at) / 86400e0) / ln(1.02)) as bin, count(*),
                count(*) filter (where coalesce(reworks, 0) + coalesce(errors, 0) = 0)
            from cases where {inside("closed_at")} and closed_at > opened_at group by 1, 2""",
        "steps": f"""
            select {week("finished_at")} as week, count(*) filter (where is_rework is not null),
                count(*) filter (where is_rework)
            from steps where {inside("finished_at")} group by 1""",
        "open": f"""
            with moved as (
                select greatest(-1, {week("opened_at")}) as week, count(*) as n from cases
                where opened_at < timestamp '{end}' group by 1
                union all
                select greatest(-1, {week("closed_at")}), -count(*) from cases where closed_at < timestamp '{end}' group by 1
            )
            select week, sum(sum(n)) over (order by week) from moved group by week""",
        "clients": f"""
            with bought as (
                select client_id, period, bool_or(ordered_at >= ends_on - interval '365 days') as active,
                    bool_or(ordered_at < ends_on - interval '365 days') as was_active,
                    sum(amount::double) filter (where ordered_at >= ends_on - interval '365 days') as amount
                from orders join {two} on ordered_at >= ends_on - interval '730 days' and ordered_at < ends_on
                where status <> 'cancelled' group by 1, 2
            ),
            asked as (
                select distinct client_id, period from invitations
                join {two} on sent_at >= ends_on - interval '365 days' and sent_at < ends_on
            ),
            said as (
                select distinct client_id, period from answers
                join {two} on answered_at >= ends_on - interval '365 days' and answered_at < ends_on
            )
            select period, count(*) filter (where was_active), count(*) filter (where was_active and active),
                sum(amount) filter (where active), sum(amount * amount) filter (where active),
                sum(amount) filter (where active and asked.client_id is not null and said.client_id is null),
                sum(amount * amount) filter (where active and asked.client_id is not null and said.client_id is null),
                count(*) filter (where active), count(*) filter (where active and asked.client_id is not null)
            from bought left join asked using (client_id, period) left join said using (client_id, period)
            group by 1""",
        "staff": f"""
            with ends(week, ends_on) as (values {ends}, (100, date '{end}'), (101, date '{now}')),
            spans as (
                select week, ends_on, ends_on - case when week >= 100 then {7 * period} else 7 end as starts_on from ends
            ),
            scored as (
                select employee_id, week, avg(score) filter (where instrument = 'engagement') as engagement,
                    arg_max(score, asked_on) filter (where instrument = 'enps') as enps
                from pulse join spans on asked_on >= starts_on and asked_on < ends_on group by 1, 2
            )
            select week, team, count(engagement), sum(engagement), sum(engagement * engagement),
                count(*) filter (where enps >= 9), count(*) filter (where enps <= 6), count(enps)
            from scored join employees using (employee_id) group by 1, 2""",
        "work": f"""
            select team, stage, count(*) from steps
            where finished_at >= timestamp '{now}' and finished_at < timestamp '{end}' group by 1, 2""",
        "hires": f"""
            select {week("hired_on + 45")} as week, count(*), count(*) filter (where left_on <= hired_on + 45) from employees
            where hired_on + 45 >= date '{start}' and hired_on + 45 < date '{end}' group by 1""",
        "skills": f"""
            with known as (
                select employee_id, skill, period, arg_max(actual_level >= required_level, assessed_on) as fits
                from skills join {two} on assessed_on < ends_on where required_level > 0 group by 1, 2, 3
            ),
            of_person as (
                select employee_id, period, count(*) as required, count(*) filter (where fits) as reached from known
                join employees using (employee_id) join {two} using (period)
                where hired_on < ends_on and (left_on is null or left_on >= ends_on) group by 1, 2
            )
            select period, count(*), sum(required), sum(reached), sum(required * required), sum(required * reached),
                sum(reached * reached)
            from of_person group by 1""",
        "workload": f"""
            with busy as (
                select employee_id, period, count(*) as n from steps
                join {two} on started_at < ends_on and (finished_at is null or finished_at >= ends_on)
                where employee_id is not null group by 1, 2
            )
            select period, count(*), sum(coalesce(n, 0)), sum(coalesce(n, 0) * coalesce(n, 0)) from employees
            join {two} on hired_on < ends_on and (left_on is null or left_on >= ends_on)
            left join busy using (employee_id, period) group by 1""",
    }  # fmt: skip


def answer_to(rows: dict[str, list[tuple[object, ...]]], weeks: int = 52, period: int = 13) -> dict[str, float]:
    """The values of the period from the rows of the queries, to compare with the product's."""

    def total(name: str, column: int, at: int = 0) -> float:
        return sum(float(str(row[column] or 0)) for row in rows[name] if weeks - period <= int(str(row[at])) < weeks)

    clients = next(row for row in rows["clients"] if row[0] == 1)
    return {
        "nps": 100 * (total("answers", 2) - total("answers", 3)) / total("answers", 4),
        "csat": total("answers", 5) / total("answers", 6),
        "ces": total("answers", 7) / total("answers", 9),
        "response_rate": total("invitations", 2) / total("invitations", 1),
        "silent_revenue": float(str(clients[5] or 0)) / float(str(clients[3])),
        "retention": float(str(clients[2])) / float(str(clients[1])),
        "revenue": total("orders", 2),
        "gross_margin_share": total("orders", 3) / total("orders", 2),
        "paid_on_time_share": total("payments", 2) / total("payments", 1),
        "promise_kept_share": total("promises", 3) / total("promises", 2),
        "rework_share": total("steps", 2) / total("steps", 1),
        "open_cases": float(str(max(rows["open"])[1])),
        "early_attrition": total("hires", 2) / total("hires", 1),
    }
