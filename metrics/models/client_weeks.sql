-- One row per client, week and kind of fact, of the $most clients with most cases among chosen, from $from up to $to.
-- week: 0 for the seven days that begin with $from. n: what the fact stands on; total: its sum over them.
-- late: promises that fell due in the week, at the chosen stages, and those broken by calendar day. rework, hand_overs:
-- cases closed in the week where that is recorded. csat: answers and their scores. orders: total is how many. days_late:
-- invoices due in the week, days paid after the due day (before it: negative), the days so far while unpaid and past due.
-- late_levelled, csat_levelled: the same less the mean of their kind (stage, process and length of the promise; stage).
-- Cancelled orders are none.
with busiest as materialized (
    select client_id
    from cases
    where client_id in (select client_id from chosen)
    group by client_id
    order by count(*) desc, client_id
    limit $most
),

own_cases as not materialized (
    select *
    from cases
    where client_id in (select client_id from busiest)
        and ($stages is null or list_contains($stages, stage))
),

due as (
    select
        client_id,
        date_diff('day', $from, promised_at) // 7 as week,
        cast(closed_at is null or date_trunc('day', closed_at) > date_trunc('day', promised_at) as integer) as is_late,
        is_late - avg(is_late) over (
            partition by stage, process, floor(log2(1 + greatest(0, date_diff('day', opened_at, promised_at))))
        ) as levelled
    from own_cases
    where promised_at >= $from
        and promised_at < $to
),

closed as (
    select
        client_id,
        date_diff('day', $from, closed_at) // 7 as week,
        count(reworks) as inspected,
        sum(case when reworks > 0 then 1 else 0 end) as reworked,
        count(hand_overs) as passed,
        sum(hand_overs) as hand_overs
    from own_cases
    where closed_at >= $from
        and closed_at < $to
    group by 1, 2
),

said as (
    select
        client_id,
        date_diff('day', $from, answered_at) // 7 as week,
        score,
        score - avg(score) over (partition by stage) as levelled
    from answers
    where ym between $ym_from and $ym_to
        and answered_at >= $from
        and answered_at < $to
        and instrument = 'csat'
        and ($stages is null or list_contains($stages, stage))
        and client_id in (select client_id from busiest)
),

bought as (
    select
        client_id,
        date_diff('day', $from, ordered_at) // 7 as week,
        count(*) as n
    from orders
    where ym between $ym_from and $ym_to
        and ordered_at >= $from
        and ordered_at < $to
        and status <> 'cancelled'
        and client_id in (select client_id from busiest)
    group by 1, 2
),

invoiced as (
    select
        client_id,
        date_diff('day', $from, due_on) // 7 as week,
        count(*) as n,
        sum(date_diff('day', due_on, coalesce(paid_on, cast($to as date)))) as total
    from payments
    where due_on >= $from
        and due_on < $to
        and client_id in (select client_id from busiest)
    group by 1, 2
)

select 'late' as kind, client_id as unit, week, count(*) as n, sum(is_late) as total from due group by client_id, week
union all
select 'late_levelled', client_id, week, count(*), sum(levelled) from due group by client_id, week
union all
select 'rework', client_id, week, inspected, reworked from closed where inspected > 0
union all
select 'hand_overs', client_id, week, passed, hand_overs from closed where passed > 0
union all
select 'csat', client_id, week, count(*), sum(score) from said group by client_id, week
union all
select 'csat_levelled', client_id, week, count(*), sum(levelled) from said group by client_id, week
union all
select 'orders', client_id, week, n, n from bought
union all
select 'days_late', client_id, week, n, total from invoiced
