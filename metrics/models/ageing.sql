-- One row per way an invoice was paid, of the invoices whose due day lies from $from up to $to, as things stood when the day
-- $as_of began: what was paid later was unpaid then. Invoices without a due day are not in it.
-- Reads chosen, the clients asked about. amount: hundredths, whole numbers add up without a gap.
with due as (
    select
        payments.amount,
        payments.due_on,
        case when payments.paid_on < $as_of then payments.paid_on end as paid_on
    from payments
    join chosen on chosen.client_id = payments.client_id
    where payments.ym between $ym_from and $ym_to
        and payments.due_on >= $from
        and payments.due_on < $to
        and payments.due_on < $as_of
)

select
    case
        when paid_on is null then 'unpaid'
        when paid_on <= due_on then 'on_time'
        when date_diff('day', due_on, paid_on) <= 7 then 'week'
        when date_diff('day', due_on, paid_on) <= 30 then 'month'
        when date_diff('day', due_on, paid_on) <= 90 then 'quarter'
        else 'longer'
    end as paid,
    count(*) as invoices,
    cast(sum(cast(amount * 100 as bigint)) as bigint) as amount
from due
group by 1
