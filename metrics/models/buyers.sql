-- One row per client and period in which the client ordered. orders: how many; amount: what they came to.
-- is_repeat: had ordered before, or did so again within the period.
with first_orders as (
    select client_id, min(ordered_at) as first_ordered_at
    from orders
    where status <> 'cancelled'
    group by client_id
),

bought as (
    select
        orders.client_id,
        calendar.slot,
        count(*) as orders,
        sum(cast(orders.amount as double)) as amount
    from orders
    join calendar on calendar.day = cast(orders.ordered_at as date)
    where orders.status <> 'cancelled'
        and orders.ym between $ym_from and $ym_to
    group by orders.client_id, calendar.slot
),

in_period as (
    select
        bought.client_id,
        spans.period,
        spans.starts_on,
        sum(bought.orders) as orders,
        sum(bought.amount) as amount
    from bought
    join spans on bought.slot < spans.end_slot and bought.slot >= spans.start_slot
    group by bought.client_id, spans.period, spans.starts_on
)

select
    in_period.client_id,
    in_period.period,
    in_period.orders,
    in_period.amount,
    in_period.orders > 1 or first_orders.first_ordered_at < in_period.starts_on as is_repeat
from in_period
join first_orders using (client_id)
