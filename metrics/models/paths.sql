-- One row per way that orders of chosen clients placed from $from up to $to took through the stages. Reads chosen.
-- $stages: the stages in their order. passed, late: which of them, as a sum of 1, 2, 4, 8 ...: those the order had a case
-- in, and those in which one was closed after its promised day, or is open past it on the day before $now.
-- orders: how many; closed: of which all cases are closed; days: from the first case's opening to the last one's closing,
-- added up over the closed. blocks: clients put together into $blocks witnesses, those with a csat answer to an order of the
-- way or to one of its cases. scored, scores: how many such orders each block has, and the sum of the last answer to each.
with stages as (
    select
        unnest($stages) as stage,
        unnest(range(len($stages))) as place
),

placed as (
    select order_id, client_id
    from orders
    where ordered_at >= $from
        and ordered_at < $to
        and status <> 'cancelled'
        and client_id in (select client_id from chosen)
),

through as (
    select
        cases.order_id,
        placed.client_id,
        stages.place,
        max(cast(
            coalesce(cast(cases.closed_at as date), cast($now as date)) > cast(cases.promised_at as date) as integer
        )) as is_late,
        min(cases.opened_at) as opened_at,
        max(cases.closed_at) as closed_at,
        count(*) - count(cases.closed_at) as open_cases
    from cases
    join placed on placed.order_id = cases.order_id
    join stages on stages.stage = cases.stage
    group by cases.order_id, placed.client_id, stages.place
),

ways as (
    select
        order_id,
        client_id,
        cast(sum(power(2, place)) as integer) as passed,
        cast(sum(coalesce(is_late, 0) * power(2, place)) as integer) as late,
        sum(open_cases) as open_cases,
        date_diff('second', min(opened_at), max(closed_at)) / 86400e0 as days
    from through
    group by order_id, client_id
),

-- The last answer: second and score in one number, of which the greatest is taken.
said as (
    select
        coalesce(answers.order_id, cases.order_id) as order_id,
        max(date_diff('second', timestamp '2000-01-01', answers.answered_at) * 16 + answers.score) % 16 as score
    from answers
    left join cases on answers.order_id is null and cases.case_id = answers.case_id
    where answers.instrument = 'csat'
        and answers.ym >= strftime(cast($from as date), '%Y-%m')
        and coalesce(answers.order_id, answers.case_id) is not null
    group by 1
),

witnesses as (
    select
        ways.passed,
        ways.late,
        cast(hash(ways.client_id) % $blocks as integer) as block,
        count(*) as orders,
        count(*) filter (where ways.open_cases = 0) as closed,
        coalesce(sum(ways.days) filter (where ways.open_cases = 0), 0) as days,
        count(said.score) as scored,
        coalesce(sum(said.score), 0) as scores
    from ways
    left join said on said.order_id = ways.order_id
    group by 1, 2, 3
)

select
    passed,
    late,
    sum(orders) as orders,
    sum(closed) as closed,
    sum(days) as days,
    coalesce(list(block) filter (where scored > 0), []) as blocks,
    coalesce(list(cast(scored as double)) filter (where scored > 0), []) as scored,
    coalesce(list(cast(scores as double)) filter (where scored > 0), []) as scores
from witnesses
group by passed, late
order by orders desc, passed, late
