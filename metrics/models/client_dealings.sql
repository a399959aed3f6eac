-- One row per chosen client and moment: the client's money and cases when the day $moments[moment] begins. Reads chosen.
-- moment: a place in $moments, from 0. $runs: for each day from $first on, the day that its run begins with; a run is the
-- days between two neighbouring days that $moments or anything counted back from them names. Money in hundredths, null where there was no order.
-- revenue: of orders not cancelled in the 365 days before; cost: of the part of it (costed) whose cost is known. recent,
-- earlier: the money of the 182 days before and of the 182 before those; squares: of the orders of both, added up; orders: of
-- both; was_client: ordered before.
-- ordered_at: the latest order. due, kept: promises that fell due in the $promises_days before. days_late: of the broken ones,
-- added up, so far where open. open_cases, overdue: open then, and those of them whose promise had passed.
-- invoices, invoice_days: due in the $paying_days before, and their days late added up, so far where unpaid; none for those
-- paid in time.
with moments as (
    select cast(unnest(range(len($moments))) as integer) as moment, cast(unnest($moments) as date) as as_of
),

-- Days between two neighbouring edges are alike to every moment: put together by run of days, then by moment.
runs as (
    select
        client_id,
        $runs[date_diff('day', $first, cast(ordered_at as date)) + 1] as run_from,
        sum(cast(amount * 100 as bigint)) as amount,
        sum(cast(cost * 100 as bigint)) as cost,
        sum(case when cost is not null then cast(amount * 100 as bigint) end) as costed,
        sum(cast(amount as double) * 100 * (cast(amount as double) * 100)) as squares,
        count(*) as orders,
        max(ordered_at) as ordered_at
    from orders
    where ym >= strftime(cast($first as date), '%Y-%m')
        and status <> 'cancelled'
        and ordered_at >= $first
        and ordered_at < list_max($moments)
    group by 1, 2
),

-- What is older than every moment looks back tells only who was a client by then.
older as (
    select client_id, max(ordered_at) as ordered_at
    from orders
    where ym <= strftime(cast($first as date), '%Y-%m')
        and status <> 'cancelled'
        and ordered_at < $first
    group by client_id
),

bought as (
    select
        runs.client_id,
        moments.moment,
        sum(amount) filter (where run_from >= as_of - 365) as revenue,
        sum(cost) filter (where run_from >= as_of - 365) as cost,
        sum(costed) filter (where run_from >= as_of - 365) as costed,
        sum(amount) filter (where run_from >= as_of - 182) as recent,
        sum(amount) filter (where run_from < as_of - 182 and run_from >= as_of - 364) as earlier,
        sum(squares) filter (where run_from >= as_of - 364) as squares,
        coalesce(sum(orders) filter (where run_from >= as_of - 364), 0) as orders,
        min(run_from) < min(as_of) - 364 as was_client,
        max(ordered_at) as ordered_at
    from runs
    join moments on runs.run_from < moments.as_of
    group by runs.client_id, moments.moment
),

-- Promises that fell due and cases that were open are asked for apart: either condition alone skips most months.
fell_due as (
    select
        cases.client_id,
        moments.moment,
        count(*) as due,
        count(*) filter (where cast(closed_at as date) <= cast(promised_at as date)) as kept,
        sum(greatest(0, date_diff('day', cast(promised_at as date), least(coalesce(cast(closed_at as date), as_of), as_of))))
            as days_late
    from cases
    join moments
        on cases.opened_at < moments.as_of
        and cases.promised_at < moments.as_of
        and cases.promised_at >= moments.as_of - cast($promises_days as integer)
    where cases.promised_at < list_max($moments)
        and cases.promised_at >= list_min($moments) - cast($promises_days as integer)
    group by cases.client_id, moments.moment
),

lay_open as (
    select
        cases.client_id,
        moments.moment,
        count(*) as open_cases,
        count(*) filter (where promised_at < as_of) as overdue
    from cases
    join moments
        on cases.opened_at < moments.as_of
        and (cases.closed_at is null or cases.closed_at >= moments.as_of)
    where cases.closed_at is null
        or cases.closed_at >= list_min($moments)
    group by cases.client_id, moments.moment
),

paid as (
    select
        payments.client_id,
        moments.moment,
        count(*) as invoices,
        sum(greatest(0, date_diff('day', due_on, least(coalesce(paid_on, as_of), as_of)))) as invoice_days
    from payments
    join moments on payments.due_on < moments.as_of and payments.due_on >= moments.as_of - cast($paying_days as integer)
    where payments.due_on >= list_min($moments) - cast($paying_days as integer)
    group by payments.client_id, moments.moment
)

select
    chosen.client_id,
    moments.moment,
    bought.revenue,
    bought.cost,
    bought.costed,
    bought.recent,
    bought.earlier,
    bought.squares,
    coalesce(bought.orders, 0) as orders,
    older.client_id is not null or coalesce(bought.was_client, false) as was_client,
    coalesce(bought.ordered_at, older.ordered_at) as ordered_at,
    coalesce(fell_due.due, 0) as due,
    coalesce(fell_due.kept, 0) as kept,
    coalesce(fell_due.days_late, 0) as days_late,
    coalesce(lay_open.open_cases, 0) as open_cases,
    coalesce(lay_open.overdue, 0) as overdue,
    coalesce(paid.invoices, 0) as invoices,
    coalesce(paid.invoice_days, 0) as invoice_days
from chosen
cross join moments
left join bought on bought.client_id = chosen.client_id and bought.moment = moments.moment
left join older on older.client_id = chosen.client_id
left join fell_due on fell_due.client_id = chosen.client_id and fell_due.moment = moments.moment
left join lay_open on lay_open.client_id = chosen.client_id and lay_open.moment = moments.moment
left join paid on paid.client_id = chosen.client_id and paid.moment = moments.moment
