-- One row per team of five or more people and day from $from up to $to, with the state of the team on that day.
-- open_steps: a person, as a mean of the seven days up to it, the hours counted that each step lay open. usual: the mean of
-- open_steps of all days of the lake after the first 28, whatever days are asked for. newcomers: the share of its people
-- hired less than 90 days before. tenure: their mean months since hiring. skill_fit: of the skills their work needs, the
-- share in which they reach the level, by the latest assessments; null before the first. people: on staff that day.
-- No rows for teams without employees and for days before the first step.
with begun as (
    select min(cast(started_at as date)) as first_on, cast($now as date) - 1 as last_on
    from steps
),

-- Per team and day how many steps more lie open from then on, and what part of the day the first or last of them did.
started as (
    select
        team,
        cast(started_at as date) as day,
        count(*) as more,
        (
            count(*) * date_diff('second', timestamp '2000-01-01', cast(cast(started_at as date) + 1 as timestamp))
            - sum(date_diff('second', timestamp '2000-01-01', started_at))
        ) / 86400e0 as part
    from steps
    where team is not null
    group by 1, 2
),

finished as (
    select
        team,
        cast(finished_at as date) as day,
        -count(*) as more,
        (
            sum(date_diff('second', timestamp '2000-01-01', finished_at))
            - count(*) * date_diff('second', timestamp '2000-01-01', cast(cast(finished_at as date) + 1 as timestamp))
        ) / 86400e0 as part
    from steps
    where team is not null
        and finished_at is not null
    group by 1, 2
),

-- From which day up to which an assessment was somebody's latest of a skill.
assessed as (
    select
        employees.team,
        greatest(skills.assessed_on, employees.hired_on) as from_on,
        least(
            lead(skills.assessed_on) over (
                partition by skills.employee_id, skills.skill order by skills.assessed_on
            ),
            employees.left_on + 1
        ) as to_on,
        skills.actual_level >= skills.required_level as is_at_level,
        skills.required_level
    from skills
    join employees on employees.employee_id = skills.employee_id
),

moves as (
    select team, day, more, part, 0 as people, 0 as fresh, 0e0 as hired, 0 as required, 0 as at_level from started
    union all
    select team, day, more, part, 0, 0, 0, 0, 0 from finished
    union all
    select team, hired_on, 0, 0, 1, 1, date_diff('day', date '2000-01-01', hired_on), 0, 0 from employees
    union all
    select team, left_on + 1, 0, 0, -1, 0, -date_diff('day', date '2000-01-01', hired_on), 0, 0
    from employees
    where left_on is not null
    union all
    select team, least(hired_on + 90, coalesce(left_on + 1, hired_on + 90)), 0, 0, 0, -1, 0, 0, 0 from employees
    union all
    select team, from_on, 0, 0, 0, 0, 0, 1, cast(is_at_level as integer)
    from assessed
    where required_level > 0 and (to_on is null or from_on < to_on)
    union all
    select team, to_on, 0, 0, 0, 0, 0, -1, -cast(is_at_level as integer)
    from assessed
    where required_level > 0 and from_on < to_on
),

staffed as (
    select distinct team from employees
),

-- Every day of a team: also those on which nothing began or ended; what was before the first step lies on that day.
days as (
    select
        staffed.team,
        cast(unnest(generate_series(begun.first_on, begun.last_on, interval '1 day')) as date) as day
    from staffed
    cross join begun
),

placed as (
    select
        moves.team,
        greatest(moves.day, begun.first_on) as day,
        sum(moves.more) as more,
        sum(moves.part) as part,
        sum(moves.people) as people,
        sum(moves.fresh) as fresh,
        sum(moves.hired) as hired,
        sum(moves.required) as required,
        sum(moves.at_level) as at_level
    from moves
    cross join begun
    group by 1, 2
),

standing as (
    select
        days.team,
        days.day,
        coalesce(sum(placed.people) over up_to, 0) as people,
        coalesce(sum(placed.fresh) over up_to, 0) as fresh,
        coalesce(sum(placed.hired) over up_to, 0) as hired,
        coalesce(sum(placed.required) over up_to, 0) as required,
        coalesce(sum(placed.at_level) over up_to, 0) as at_level,
        coalesce(sum(placed.more) over up_to, 0) - coalesce(placed.more, 0) + coalesce(placed.part, 0) as open_steps
    from days
    left join placed on placed.team = days.team and placed.day = days.day
    window up_to as (partition by days.team order by days.day)
),

weekly as (
    select
        team,
        day,
        people,
        fresh / nullif(people, 0) as newcomers,
        (date_diff('day', date '2000-01-01', day) - hired / nullif(people, 0)) / 30.4375e0 as tenure,
        at_level / nullif(required, 0) as skill_fit,
        sum(open_steps) over week / nullif(sum(people) over week, 0) as open_steps
    from standing
    window week as (partition by team order by day rows between 6 preceding and current row)
),

with_usual as (
    select
        weekly.*,
        avg(case when weekly.day >= begun.first_on + 28 then weekly.open_steps end) over (partition by weekly.team)
            as usual
    from weekly
    cross join begun
)

select team, day, cast(people as integer) as people, newcomers, tenure, skill_fit, open_steps, usual
from with_usual
where people >= 5
    and day >= $from
    and day < $to
