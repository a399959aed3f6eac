-- One row per case and period at whose end it was open. age: days from opening to the end of the period.
-- crossings: for every pair of slots, the ends of periods that lie between them; a case meets only its own pair's.
with edges as not materialized (
    select slot from slots
    union all
    select -1
    union all
    select 1000000
),

crossings as (
    select
        opened.slot as opened_slot,
        closed.slot as closed_slot,
        periods.period,
        periods.ends_on
    from edges as opened
    join edges as closed on opened.slot < closed.slot
    join periods on opened.slot < periods.end_slot and closed.slot >= periods.end_slot
),

placed as (
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
    crossings.period,
    date_diff('second', placed.opened_at, crossings.ends_on) / 86400e0 as age
from placed
join crossings using (opened_slot, closed_slot)
