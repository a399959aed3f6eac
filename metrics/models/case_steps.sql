-- One row per step of the client $client's cases $cases, in the order in which they began. team: null where not known.
select
    case_id,
    step,
    team,
    started_at,
    finished_at,
    due_at,
    is_rework,
    is_error,
    is_hand_over
from steps
where client_id = $client
    and list_contains($cases, case_id)
order by case_id, started_at, step_id
