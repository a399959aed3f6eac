-- One row per employee on staff at the end of a whole period. open_steps: the steps on the employee's desk at that time.
-- No rows for a period that ends before the first step: nothing is known of it, which is not the same as an empty desk.
with open_steps as (
    select
        steps.employee_id,
        spans.period,
        count(*) as open_steps
    from steps
    join spans
        on steps.started_at < spans.ends_on
        and (steps.finished_at is null or steps.finished_at >= spans.ends_on)
    where steps.employee_id is not null
    group by steps.employee_id, spans.period
)

select
    employees.employee_id,
    employees.team,
    employees.role,
    spans.period,
    coalesce(open_steps.open_steps, 0) as open_steps
from employees
join spans
    on employees.hired_on < spans.ends_on
    and (employees.left_on is null or employees.left_on >= spans.ends_on)
left join open_steps
    on open_steps.employee_id = employees.employee_id
    and open_steps.period = spans.period
where spans.ends_on > cast($steps_began as date)
