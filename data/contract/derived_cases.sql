-- One row per case, with what its steps add up to. Null when the case has no steps, or the source is silent.
with worked as (
    select
        case_id,
        count(*) as steps,
        count(*) filter (where is_hand_over) as hand_overs,
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
