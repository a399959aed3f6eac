-- One row per client and whole period, over the 365 days up to the period's end, for the clients who ordered in the
-- 730 days before it. Money in the lake's currency.
-- is_active: ordered in those 365 days. was_active: ordered in the 365 days before them.
-- cost: null unless all orders of the year have one. wallet: null where unknown.
-- is_silent: active and invited, but gave no answer. score: the latest answer: 1 happy, 0 neither, -1 unhappy; vote:
-- the same of the latest nps answer.
with years as (
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
        case
            when answers.instrument = 'nps' then
                case when answers.score >= 9 then 1 when answers.score <= 6 then -1 else 0 end
            when answers.instrument = 'csat' then
                case when answers.score >= 4 then 1 when answers.score <= 2 then -1 else 0 end
            else case when answers.score >= 6 then 1 when answers.score <= 3 then -1 else 0 end
        end as score,
        row_number() over (
            partition by answers.client_id, years.period order by answers.answered_at desc, answers.answer_id desc
        ) as place,
        row_number() over (
            partition by answers.client_id, years.period, answers.instrument
            order by answers.answered_at desc, answers.answer_id desc
        ) as place_of_instrument
    from answers
    join years on answers.answered_at >= years.year_began and answers.answered_at < years.ends_on
),

voices as (
    select
        client_id,
        period,
        max(case when place = 1 then score end) as score,
        max(case when instrument = 'nps' and place_of_instrument = 1 then score end) as vote
    from said
    group by client_id, period
)

select
    bought.client_id,
    bought.period,
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
join clients using (client_id)
left join asked on asked.client_id = bought.client_id and asked.period = bought.period
left join voices on voices.client_id = bought.client_id and voices.period = bought.period
