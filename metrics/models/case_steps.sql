-- One row per step of the client $client's cases $cases begun by $at, in the order in which they began, as it stood then:
-- finished_at: null where that came later. team: null where not known.
select
    case_id,
    step,
    team,
    started_at,
    case when finished_at <= $at then finished_at end as finished_at,
    due_at,
    is_rework,
    is_error,
    is_hand_over
from steps
where client_id = $client
    and list_contains($cases, case_id)
    and started_at <= $at
order by case_id, started_at, step_id
