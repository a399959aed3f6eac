-- One row per step, with what its case says and whether the work changed hands before it.
-- is_hand_over: another person than in the step before, or another team where one of the two persons is not named; null
-- for the first step of a case and where neither both persons nor both teams are named.
select
    steps.*,
    cases.client_id,
    cases.process,
    cases.stage,
    coalesce(
        steps.employee_id <> lag(steps.employee_id) over in_order,
        steps.team <> lag(steps.team) over in_order
    ) as is_hand_over
from steps
join cases using (case_id)
window in_order as (partition by steps.case_id order by steps.started_at, steps.step_id)
