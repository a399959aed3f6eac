-- One row per payment. The shop is paid when the order is placed or not at all, so nothing has a due day: paid_on is the
-- day the payment was approved, else the day of the order.
select
    payments.order_id || '-' || payments.payment_sequential as invoice_id,
    customers.customer_unique_id as client_id,
    payments.order_id,
    payments.payment_value as amount,
    coalesce(orders.order_approved_at, orders.order_purchase_timestamp)::timestamp::date as paid_on
from raw.payments
join raw.orders using (order_id)
join raw.customers using (customer_id)
