-- One row per step with a due time, in the period in which it fell due; open and past due is missed, not absent.
select
    step_id,
    client_id,
    process,
    stage,
    step,
    team,
    due_at,
    coalesce(finished_at <= due_at, false) as is_kept
from steps
where due_at < $now
