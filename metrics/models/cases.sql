-- One row per closed case, in the period in which it closed. Closed cases alone flatter the present: see backlog.
-- lead_time: days from opening to closing. is_right_first_time: no rework and no error; null where neither is recorded.
select
    case_id,
    client_id,
    process,
    stage,
    closed_at,
    date_diff('second', opened_at, closed_at) / 86400e0 as lead_time,
    hand_overs,
    coalesce(reworks, 0) + coalesce(errors, 0) = 0 and coalesce(reworks, errors) is not null as is_right_first_time,
    coalesce(reworks, errors) is not null as is_inspected
from cases
where closed_at is not null
