-- One row per order. amount: item prices with freight; where an order has no items, what was paid; BRL.
-- promised_at: the promised day's last second, because the shop promises a day.
with bought as (
    select
        order_id,
        sum(price::decimal(18, 2) + freight_value::decimal(18, 2)) as amount,
        min(product_id) as product_id
    from raw.items
    group by order_id
),

paid as (
    select order_id, sum(payment_value::decimal(18, 2)) as amount
    from raw.payments
    group by order_id
)

select
    orders.order_id,
    customers.customer_unique_id as client_id,
    orders.order_purchase_timestamp as ordered_at,
    coalesce(bought.amount, paid.amount, 0) as amount,
    coalesce(categories.product_category_name_english, products.product_category_name) as category,
    case orders.order_status
        when 'canceled' then 'cancelled'
        when 'unavailable' then 'cancelled'
        when 'delivered' then 'fulfilled'
        else 'open'
    end as status,
    orders.order_estimated_delivery_date::timestamp::date + interval '86399 seconds' as promised_at,
    orders.order_delivered_customer_date as fulfilled_at
from raw.orders
join raw.customers using (customer_id)
left join bought using (order_id)
left join paid using (order_id)
left join raw.products on products.product_id = bought.product_id
left join raw.categories on categories.product_category_name = products.product_category_name
