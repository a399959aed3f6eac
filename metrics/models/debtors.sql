-- One row per client with money past due when the day $as_of began, the most money first.
-- Reads chosen, the clients asked about. amount: hundredths. all_*: of all such clients. invoiced: what fell due in the 365
-- days before $as_of, of all clients.
with by_client as (
    select
        payments.client_id,
        coalesce(sum(cast(payments.amount * 100 as bigint)) filter (where is_open), 0) as amount,
        count(*) filter (where is_open) as invoices,
        min(payments.due_on) filter (where is_open) as oldest_due_on,
        coalesce(sum(cast(payments.amount * 100 as bigint)) filter (where is_of_the_year), 0) as invoiced
    from (
        select
            client_id,
            amount,
            due_on,
            paid_on is null or paid_on >= $as_of as is_open,
            due_on >= cast($as_of as date) - interval '365 days' as is_of_the_year
        from payments
        where due_on < $as_of
    ) as payments
    where is_open or is_of_the_year
    group by payments.client_id
),

with_totals as (
    select
        chosen.client_id,
        chosen.name,
        chosen.segment,
        by_client.amount,
        by_client.invoices,
        by_client.oldest_due_on,
        sum(case when by_client.amount > 0 then by_client.amount else 0 end) over () as all_amount,
        count(case when by_client.amount > 0 then 1 end) over () as all_clients,
        sum(by_client.invoiced) over () as invoiced
    from by_client
    join chosen on chosen.client_id = by_client.client_id
)

select
    client_id,
    name,
    segment,
    cast(amount as bigint) as amount,
    invoices,
    oldest_due_on,
    cast(all_amount as bigint) as all_amount,
    all_clients,
    cast(invoiced as bigint) as invoiced
from with_totals
where amount > 0
order by amount desc, client_id
