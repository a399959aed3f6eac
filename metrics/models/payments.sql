-- One row per invoice that fell due, in the period of its due day: unpaid and past due is late, not missing.
-- stage: the stage the company settles its invoices at, null where it names none.
-- days_late: calendar days, 0 or less when on time; for unpaid invoices the days so far.
with due as (
    select
        invoice_id,
        client_id,
        cast(amount as double) as amount,
        due_on,
        paid_on,
        date_diff('day', due_on, coalesce(paid_on, cast($now as date))) as days_late
    from payments
    where due_on is not null
        and due_on < $now
        and ym between $ym_from and $ym_to
)

select
    invoice_id,
    client_id,
    cast($payments_stage as varchar) as stage,
    amount,
    due_on,
    paid_on is not null as is_paid,
    coalesce(paid_on <= due_on, false) as is_on_time,
    days_late
from due
