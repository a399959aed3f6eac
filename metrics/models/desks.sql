-- One row per team and week, numbered from 0: the week that begins on $origin. people: on staff when the week ended;
-- open_steps: on their desks then. As the metric workload counts them: steps with nobody's name are left out, and there
-- are no rows for weeks that ended before the first step.
with dated as (
    select
        employee_id,
        greatest(0, floor(date_diff('day', cast($origin as date), cast(started_at as date)) / 7e0)) as first_week,
        coalesce(least($weeks, floor(date_diff('day', cast($origin as date), cast(finished_at as date)) / 7e0)), $weeks)
            as week_after
    from steps
    where employee_id is not null
        and started_at < $to
        and (finished_at is null or finished_at >= $origin)
),

crossing as (
    select employee_id, first_week, week_after, count(*) as steps
    from dated
    where first_week < week_after
    group by 1, 2, 3
),

open_at_the_end as (
    select
        employee_id,
        unnest(range(cast(first_week as bigint), cast(week_after as bigint))) as week,
        steps
    from crossing
),

desks as (
    select employee_id, week, sum(steps) as open_steps
    from open_at_the_end
    group by employee_id, week
),

weeks as (
    select
        cast(week as integer) as week,
        cast($origin as date) + cast(7 * (week + 1) as integer) as ends_on
    from (select unnest(range($weeks)) as week)
)

select
    employees.team,
    weeks.week,
    count(*) as people,
    cast(coalesce(sum(desks.open_steps), 0) as bigint) as open_steps
from employees
join weeks
    on employees.hired_on < weeks.ends_on
    and (employees.left_on is null or employees.left_on >= weeks.ends_on)
left join desks on desks.employee_id = employees.employee_id and desks.week = weeks.week
where weeks.ends_on > cast($steps_began as date)
group by employees.team, weeks.week
