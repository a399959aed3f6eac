-- $from = 2026-05-01
-- $now = 2026-07-01
-- $to = 2026-07-01
-- $ym_from = 2026-05
-- $ym_to = 2026-07
with slots(slot, starts_on, days) as (values (0, date '2026-05-01', 31), (1, date '2026-06-01', 23), (2, date '2026-06-24', 7)), calendar as (select slot, starts_on + cast(unnest(range(days)) as integer) as day from slots), model as (-- One row per invoice that fell due, in the period of its due day: unpaid and past due is late, not missing.
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
)
select
    calendar.slot as slot,
    model.stage as stage,
    count(*) filter (where (is_on_time)) as paid_on_time_share__hits,
    count(*) as paid_on_time_share__n
from model
join calendar on calendar.day = cast(model.due_on as date)
where model.due_on >= $from and model.due_on < $to
group by 1, 2
