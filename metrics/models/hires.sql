-- One row per hire, in the period in which the first 45 days ended: until then nobody knows.
-- is_early_leaver: left within those 45 days.
select
    employee_id,
    team,
    role,
    hired_on + 45 as watched_until,
    coalesce(left_on <= hired_on + 45, false) as is_early_leaver
from employees
where hired_on + 45 < $now
