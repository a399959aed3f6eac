with spans(period, starts_on, ends_on, start_slot, end_slot) as (values (0, date '2026-06-01', date '2026-07-01', 1, 3), (1, date '2026-05-01', date '2026-06-01', 0, 1)), model as (-- One row per client and whole period, over the 365 days up to the period's end, for the clients who ordered in the
-- 730 days before it. Money in the lake's currency.
-- is_year_known, is_year_before_known: the lake's orders reach back over all of those 365 days, of those before them.
-- is_active: ordered in those 365 days. was_active: ordered in the 365 days before them.
-- cost: null unless all orders of the year have one. wallet: null where unknown.
-- is_silent: active and invited, but gave no answer. score: the latest answer: 1 happy, 0 neither, -1 unhappy; vote:
-- the same of the latest nps answer.
-- (A materialised CTE would keep the database from leaving out the columns nobody asked for.)
with years as not materialized (
    select
        period,
        ends_on,
        ends_on - interval '365 days' as year_began,
        ends_on - interval '730 days' as year_before_began
    from spans
),

bought as (
    select
        orders.client_id,
        years.period,
        bool_or(orders.ordered_at >= years.year_began) as is_active,
        bool_or(orders.ordered_at < years.year_began) as was_active,
        sum(case when orders.ordered_at >= years.year_began then cast(orders.amount as double) else 0 end) as amount,
        case
            when bool_and(orders.cost is not null or orders.ordered_at < years.year_began)
                then sum(case when orders.ordered_at >= years.year_began then cast(orders.cost as double) end)
        end as cost,
        sum(case when orders.ordered_at >= years.year_began then cast(orders.returned_amount as double) else 0 end)
            as returned
    from orders
    join years on orders.ordered_at >= years.year_before_began and orders.ordered_at < years.ends_on
    where orders.status <> 'cancelled'
    group by orders.client_id, years.period
),

asked as (
    select distinct invitations.client_id, years.period
    from invitations
    join years on invitations.sent_at >= years.year_began and invitations.sent_at < years.ends_on
),

said as (
    select
        answers.client_id,
        years.period,
        answers.instrument,
        date_diff('second', timestamp '2000-01-01', answers.answered_at) as at_second,
        case
            when answers.instrument = 'nps' then
                case when answers.score >= 9 then 1 when answers.score <= 6 then -1 else 0 end
            when answers.instrument = 'csat' then
                case when answers.score >= 4 then 1 when answers.score <= 2 then -1 else 0 end
            else case when answers.score >= 6 then 1 when answers.score <= 3 then -1 else 0 end
        end as score
    from answers
    join years on answers.answered_at >= years.year_began and answers.answered_at < years.ends_on
),

-- The latest of several: second and score in one number, of which the greatest is taken.
latest as (
    select
        client_id,
        period,
        max(at_second * 4 + score + 1) as any_instrument,
        max(case when instrument = 'nps' then at_second * 4 + score + 1 end) as nps
    from said
    group by client_id, period
),

voices as (
    select
        client_id,
        period,
        any_instrument % 4 - 1 as score,
        nps % 4 - 1 as vote
    from latest
)

select
    bought.client_id,
    bought.period,
    cast($orders_began as date) <= years.year_began as is_year_known,
    cast($orders_began as date) <= years.year_before_began as is_year_before_known,
    bought.is_active,
    bought.was_active,
    bought.amount,
    bought.cost,
    bought.returned,
    cast(clients.wallet_per_year as double) as wallet,
    asked.client_id is not null as is_invited,
    voices.client_id is not null as is_answered,
    bought.is_active and asked.client_id is not null and voices.client_id is null as is_silent,
    voices.score,
    voices.vote
from bought
join years on years.period = bought.period
join clients on clients.client_id = bought.client_id
left join asked on asked.client_id = bought.client_id and asked.period = bought.period
left join voices on voices.client_id = bought.client_id and voices.period = bought.period
)
select
    period as period,
    clients.segment as segment,
    count(*) filter (where (was_active and is_year_before_known) and (is_active)) as retention__hits,
    count(*) filter (where (was_active and is_year_before_known)) as retention__n,
    sum(case when is_silent then amount else 0 end) filter (where (is_active)) as silent_revenue__y,
    sum(amount) filter (where (is_active)) as silent_revenue__x,
    sum((amount) * (amount)) filter (where (is_active)) as silent_revenue__xx,
    count(*) filter (where (is_active)) as silent_revenue__n,
    count(*) filter (where (is_active) and (is_invited)) as silent_revenue__invited
from model
join clients using (client_id)
group by 1, 2
