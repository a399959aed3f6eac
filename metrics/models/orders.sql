-- One row per order that was not cancelled, in the period in which it was placed; money in the lake's currency.
-- cost: null where the source does not say. returned: 0 when nothing came back.
select
    order_id,
    client_id,
    category,
    ordered_at,
    cast(amount as double) as amount,
    cast(cost as double) as cost,
    cast(returned_amount as double) as returned
from orders
where ym between $ym_from and $ym_to
    and status <> 'cancelled'
