-- One row per case and period at whose end it was open. age: days from opening to the end of the period.
-- A case is compared with a period only when it was open across some cut between periods: most cases are not.
with placed as (
    select
        cases.case_id,
        cases.client_id,
        cases.process,
        cases.stage,
        cases.opened_at,
        coalesce(opened.slot, -1) as opened_slot,
        coalesce(closed.slot, 1000000) as closed_slot
    from cases
    left join calendar as opened on opened.day = cast(cases.opened_at as date)
    left join calendar as closed on closed.day = cast(cases.closed_at as date)
    where cases.opened_at < $to
        and (cases.closed_at is null or cases.closed_at >= $from)
)

select
    placed.case_id,
    placed.client_id,
    placed.process,
    placed.stage,
    periods.period,
    date_diff('second', placed.opened_at, periods.ends_on) / 86400e0 as age
from placed
join periods
    on placed.opened_slot < periods.end_slot
    and placed.closed_slot >= periods.end_slot
where placed.opened_slot < placed.closed_slot
