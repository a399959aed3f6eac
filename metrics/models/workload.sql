-- One row per employee on staff at the end of a period. open_steps: the steps on the employee's desk at that time.
with placed as (
    select
        steps.employee_id,
        coalesce(started.slot, -1) as started_slot,
        coalesce(finished.slot, 1000000) as finished_slot
    from steps
    left join calendar as started on started.day = cast(steps.started_at as date)
    left join calendar as finished on finished.day = cast(steps.finished_at as date)
    where steps.employee_id is not null
        and steps.started_at < $to
        and (steps.finished_at is null or steps.finished_at >= $from)
),

open_steps as (
    select
        placed.employee_id,
        periods.period,
        count(*) as open_steps
    from placed
    join periods
        on placed.started_slot < periods.end_slot
        and placed.finished_slot >= periods.end_slot
    where placed.started_slot < placed.finished_slot
    group by placed.employee_id, periods.period
)

select
    employees.employee_id,
    employees.team,
    employees.role,
    periods.period,
    coalesce(open_steps.open_steps, 0) as open_steps
from employees
join periods
    on employees.hired_on < periods.ends_on
    and (employees.left_on is null or employees.left_on >= periods.ends_on)
left join open_steps
    on open_steps.employee_id = employees.employee_id
    and open_steps.period = periods.period
where (select count(*) from steps where steps.employee_id is not null) > 0
