-- One row per finished step, in the period in which it was finished. is_rework, is_error: null where not recorded.
select
    step_id,
    case_id,
    client_id,
    process,
    stage,
    step,
    team,
    finished_at,
    is_rework,
    is_error
from steps
where finished_at is not null
