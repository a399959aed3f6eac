-- One row per case, with what its steps add up to. Null when the case has no steps, or the source is silent: a case
-- whose steps name nobody may have changed hands often.
with worked as (
    select
        case_id,
        count(*) as steps,
        case when count(coalesce(employee_id, team)) > 0 then count(*) filter (where is_hand_over) end as hand_overs,
        case when count(is_rework) > 0 then count(*) filter (where is_rework) end as reworks,
        case when count(is_error) > 0 then count(*) filter (where is_error) end as errors
    from steps
    group by case_id
)

select
    cases.*,
    worked.steps,
    worked.hand_overs,
    worked.reworks,
    worked.errors
from cases
left join worked using (case_id)
