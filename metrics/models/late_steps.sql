-- One row per step that missed its due time, in the period in which it fell due. days_late: until it was finished; while
-- it is open, the days so far.
select
    step_id,
    client_id,
    process,
    stage,
    step,
    team,
    due_at,
    finished_at is null as is_open,
    date_diff('second', due_at, coalesce(finished_at, $now)) / 86400e0 as days_late
from steps
where due_at < $now
    and not coalesce(finished_at <= due_at, false)
