-- One row per team and skill, per team (skill null) and per skill (team null), of the people on staff at the end of the
-- period whose work requires the skill, by the latest assessment before it. people: how many; required, actual: sums of
-- the levels; below: assessments under the required level.
with known as (
    select
        employee_id,
        skill,
        required_level,
        actual_level,
        row_number() over (partition by employee_id, skill order by assessed_on desc) as place
    from skills
    where assessed_on < $to
)

select
    employees.team,
    known.skill,
    count(distinct known.employee_id) as people,
    cast(sum(known.required_level) as bigint) as required,
    cast(sum(known.actual_level) as bigint) as actual,
    count(*) filter (where known.actual_level < known.required_level) as below
from known
join employees using (employee_id)
where known.place = 1
    and known.required_level > 0
    and employees.hired_on < cast($to as date)
    and (employees.left_on is null or employees.left_on >= cast($to as date))
group by grouping sets ((employees.team, known.skill), (employees.team), (known.skill))
