-- One row per step, with what its case says and whether the work changed hands before it.
-- is_hand_over: null for the first step of a case and where nobody is named on one of the two sides.
select
    steps.*,
    cases.client_id,
    cases.process,
    cases.stage,
    coalesce(steps.employee_id, steps.team) <> lag(coalesce(steps.employee_id, steps.team)) over (
        partition by steps.case_id order by steps.started_at, steps.step_id
    ) as is_hand_over
from steps
join cases using (case_id)
