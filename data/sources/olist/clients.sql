-- One row per person (customer_unique_id; the exports give every order a customer_id of its own).
-- segment: by all the person paid, item prices with freight, in BRL: Small basket under 80, Medium to 200, Large above.
--          The bounds cut the people of the sample into about a third each; they say nothing about a company's plans.
-- region:  the five regions of Brazil, from the state of the latest order's address.
with addressed as (
    select
        customers.customer_unique_id,
        customers.customer_id,
        customers.customer_state,
        orders.order_id,
        orders.order_purchase_timestamp as ordered_at,
        row_number() over (
            partition by customers.customer_unique_id order by orders.order_purchase_timestamp desc, orders.order_id
        ) as place
    from raw.customers
    join raw.orders using (customer_id)
),

spent as (
    select
        addressed.customer_unique_id,
        sum(items.price::double + items.freight_value::double) as paid
    from addressed
    join raw.items on items.order_id = addressed.order_id
    group by addressed.customer_unique_id
),

first_bought as (
    select customer_unique_id, min(ordered_at) as at
    from addressed
    group by customer_unique_id
)

select
    addressed.customer_unique_id as client_id,
    'Client ' || upper(addressed.customer_unique_id[:6]) as name,
    case
        when coalesce(spent.paid, 0) < 80 then 'Small basket'
        when spent.paid <= 200 then 'Medium basket'
        else 'Large basket'
    end as segment,
    case
        when addressed.customer_state in ('SP', 'RJ', 'MG', 'ES') then 'Southeast'
        when addressed.customer_state in ('PR', 'SC', 'RS') then 'South'
        when addressed.customer_state in ('DF', 'GO', 'MT', 'MS') then 'Central-West'
        when addressed.customer_state in ('BA', 'SE', 'AL', 'PE', 'PB', 'RN', 'CE', 'PI', 'MA') then 'Northeast'
        else 'North'
    end as region,
    first_bought.at::timestamp::date as since_on
from addressed
join first_bought using (customer_unique_id)
left join spent using (customer_unique_id)
where addressed.place = 1
