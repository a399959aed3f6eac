-- One row per employee on staff at the end of a whole period whose skills were assessed, by the latest assessments.
-- required: skills the work needs at some level; at_level: those of them in which the employee reaches it.
with known as (
    select
        skills.employee_id,
        skills.required_level,
        skills.actual_level,
        spans.period,
        spans.ends_on,
        row_number() over (
            partition by skills.employee_id, skills.skill, spans.period order by skills.assessed_on desc
        ) as place
    from skills
    join spans on skills.assessed_on < spans.ends_on
)

select
    known.employee_id,
    employees.team,
    employees.role,
    known.period,
    count(*) as required,
    count(*) filter (where known.actual_level >= known.required_level) as at_level
from known
join employees using (employee_id)
where known.place = 1
    and known.required_level > 0
    and employees.hired_on < known.ends_on
    and (employees.left_on is null or employees.left_on >= known.ends_on)
group by known.employee_id, employees.team, employees.role, known.period
