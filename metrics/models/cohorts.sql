-- One row per cohort, the spans after its first one, and kind of client: how many clients of the cohort ordered then.
-- A span is $months calendar months long; cohort and age count spans (cohort from year 0). A client belongs to the cohort
-- of the first order there is of it, age 0. Reads chosen, the clients asked about; orders before $until.
-- kind: old, a client since before the orders begin ($orders_began), so that its first order is not known; new, a client
-- since then; unsure, where the first day as a client is not recorded.
with placed as (
    select distinct
        client_id,
        cast(floor((extract(year from ordered_at) * 12 + extract(month from ordered_at) - 1) / $months) as integer) as span
    from orders
    where status <> 'cancelled'
        and ordered_at < $until
),

aged as (
    select
        client_id,
        span,
        min(span) over (partition by client_id) as cohort
    from placed
)

select
    aged.cohort,
    aged.span - aged.cohort as age,
    case
        when chosen.since_on < cast($orders_began as date) then 'old'
        when chosen.since_on is null then 'unsure'
        else 'new'
    end as kind,
    count(*) as clients
from aged
join chosen on chosen.client_id = aged.client_id
group by 1, 2, 3
