-- One row per delivery of an order that was not given up. Closed when the client has it; promised for a whole day.
select
    orders.order_id as case_id,
    customers.customer_unique_id as client_id,
    orders.order_id,
    'fulfilment' as process,
    'delivery' as stage,
    orders.order_purchase_timestamp as opened_at,
    orders.order_delivered_customer_date as closed_at,
    orders.order_estimated_delivery_date::timestamp::date + interval '86399 seconds' as promised_at
from raw.orders
join raw.customers using (customer_id)
where orders.order_status not in ('canceled', 'unavailable')
