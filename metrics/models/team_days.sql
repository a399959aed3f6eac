-- One row per team of five or more people and day from $from up to $to, with the state of the team on that day.
-- open_steps: a person, as a mean of the seven days up to it, the hours counted that each step lay open. usual: the mean of
-- open_steps of all days of the lake after the first 28, whatever days are asked for. newcomers: the share of its people
-- hired less than 90 days before. tenure: their mean months since hiring. skill_fit: of the skills their work needs, the
-- share in which they reached the level at the end of the month before, of those on staff then, by the latest assessments;
-- null where fewer than five of them were assessed. attrition: of all who worked in it in the three months before the one
-- of the day, the share who left in them; null where those were fewer than five, and before the first leaving that is
-- recorded. people: on staff that day.
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

moves as (
    select team, day, more, part, 0 as people, 0 as fresh, 0e0 as hired from started
    union all
    select team, day, more, part, 0, 0, 0 from finished
    union all
    select team, hired_on, 0, 0, 1, 1, date_diff('day', date '2000-01-01', hired_on) from employees
    union all
    select team, left_on + 1, 0, 0, -1, 0, -date_diff('day', date '2000-01-01', hired_on)
    from employees
    where left_on is not null
    union all
    select team, least(hired_on + 90, coalesce(left_on + 1, hired_on + 90)), 0, 0, 0, -1, 0 from employees
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

-- What a single assessment changed could be read off from day to day: so only whole months of five or more people.
months as (
    select distinct cast(date_trunc('month', day) as date) as month
    from days
),

latest as (
    select
        months.month,
        skills.employee_id,
        skills.required_level,
        skills.actual_level,
        row_number() over (
            partition by months.month, skills.employee_id, skills.skill order by skills.assessed_on desc
        ) as place
    from skills
    join months on skills.assessed_on < months.month
),

skilled as (
    select
        employees.team,
        latest.month,
        count(*) filter (where latest.actual_level >= latest.required_level) / count(*) as skill_fit
    from latest
    join employees on employees.employee_id = latest.employee_id
    where latest.place = 1
        and latest.required_level > 0
        and employees.hired_on < latest.month
        and (employees.left_on is null or employees.left_on >= latest.month)
    group by employees.team, latest.month
    having count(distinct latest.employee_id) >= 5
),

-- Whole months for the same reason: nobody's last day is to be read off.
leaving as (
    select
        employees.team,
        months.month,
        count(*) filter (where employees.left_on < months.month) / count(*) as attrition
    from employees
    join months
        on employees.hired_on < months.month
        and (employees.left_on is null or employees.left_on >= months.month - interval '3 months')
    where months.month - interval '3 months' >= (select min(left_on) from employees)
    group by employees.team, months.month
    having count(*) >= 5
),

placed as (
    select
        moves.team,
        greatest(moves.day, begun.first_on) as day,
        sum(moves.more) as more,
        sum(moves.part) as part,
        sum(moves.people) as people,
        sum(moves.fresh) as fresh,
        sum(moves.hired) as hired
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

select
    with_usual.team,
    with_usual.day,
    cast(with_usual.people as integer) as people,
    with_usual.newcomers,
    with_usual.tenure,
    skilled.skill_fit,
    leaving.attrition,
    with_usual.open_steps,
    with_usual.usual
from with_usual
left join skilled on skilled.team = with_usual.team and skilled.month = date_trunc('month', with_usual.day)
left join leaving on leaving.team = with_usual.team and leaving.month = date_trunc('month', with_usual.day)
where with_usual.people >= 5
    and with_usual.day >= $from
    and with_usual.day < $to
