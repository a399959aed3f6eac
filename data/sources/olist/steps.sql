-- One row per step: approval of the order, hand-over to the carrier by each seller in it, delivery by the carrier.
-- team: who executes it; sellers by the first eight signs of their id. A step that begins when another ends begins with
-- the order where the exports give the two in the wrong order, so that no step ends before it starts.
with running as (
    select
        order_id,
        order_purchase_timestamp::timestamp as ordered_at,
        order_approved_at::timestamp as approved_at,
        order_delivered_carrier_date::timestamp as handed_at,
        order_delivered_customer_date::timestamp as delivered_at,
        order_estimated_delivery_date::timestamp::date + interval '86399 seconds' as promised_at
    from raw.orders
    where order_status not in ('canceled', 'unavailable')
),

sold as (
    select order_id, seller_id, max(shipping_limit_date::timestamp) as limit_at
    from raw.items
    group by order_id, seller_id
)

select
    order_id || '-approval' as step_id,
    order_id as case_id,
    'approval' as step,
    'marketplace' as team,
    ordered_at as started_at,
    approved_at as finished_at,
    null::timestamp as due_at
from running
union all
select
    order_id || '-hand-over-' || sold.seller_id[:8],
    order_id,
    'hand-over to carrier',
    'seller ' || sold.seller_id[:8],
    case when handed_at < approved_at then ordered_at else approved_at end,
    handed_at,
    sold.limit_at
from running
join sold using (order_id)
where approved_at is not null
union all
select
    order_id || '-delivery',
    order_id,
    'delivery',
    'carrier',
    case when delivered_at < handed_at then ordered_at else handed_at end,
    delivered_at,
    promised_at
from running
where handed_at is not null
