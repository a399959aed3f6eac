-- One row per employee on staff at the end of a period. open_steps: the steps on the employee's desk at that time.
-- No rows for a period that ends before the first step: nothing is known of it, which is not the same as an empty desk.
-- crossings: for every pair of slots, the periods that end between them; a step meets only its own pair's. Most steps
-- begin and end within one slot and meet none.
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
        periods.period
    from edges as opened
    join edges as closed on opened.slot < closed.slot
    join periods on opened.slot < periods.end_slot and closed.slot >= periods.end_slot
),

placed as (
    select
        steps.employee_id,
        coalesce(opened.slot, -1) as opened_slot,
        coalesce(closed.slot, 1000000) as closed_slot,
        count(*) as steps
    from steps
    left join calendar as opened on opened.day = cast(steps.started_at as date)
    left join calendar as closed on closed.day = cast(steps.finished_at as date)
    where steps.employee_id is not null
        and steps.started_at < $to
        and (steps.finished_at is null or steps.finished_at >= $from)
        and (opened.slot is null or closed.slot is null or opened.slot < closed.slot)
    group by 1, 2, 3
),

open_steps as (
    select
        placed.employee_id,
        crossings.period,
        sum(placed.steps) as open_steps
    from placed
    join crossings using (opened_slot, closed_slot)
    group by placed.employee_id, crossings.period
)

select
    employees.employee_id,
    employees.team,
    employees.role,
    periods.period,
    cast(coalesce(open_steps.open_steps, 0) as bigint) as open_steps
from employees
join periods
    on employees.hired_on < periods.ends_on
    and (employees.left_on is null or employees.left_on >= periods.ends_on)
left join open_steps
    on open_steps.employee_id = employees.employee_id
    and open_steps.period = periods.period
where periods.ends_on > cast($steps_began as date)
