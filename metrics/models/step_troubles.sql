-- One row per answer of facts and trouble known of its case, with the first step of the case that had it. Reads facts.
-- trouble: 'late' - the step's due time had passed before it was finished. 'redone' - it was done because it was not right
-- the first time. 'error' - it ended in an error. An answer has a row for a trouble when some step says whether it had it.
-- As it stood when the client answered: only steps begun by then count, and what was finished later was open.
-- step, process: the first step with the trouble, of those begun at once the first by name; null where none had it. A
-- later step is often in trouble only because an earlier one was: so each answer counts at one step, and steps are
-- compared by different answers.
with begun as (
    select
        facts.answer_id,
        facts.stage,
        facts.block,
        facts.score,
        steps.process,
        steps.step,
        steps.started_at,
        steps.due_at < least(coalesce(steps.finished_at, facts.answered_at), facts.answered_at) as is_late,
        steps.is_rework as is_redone,
        steps.is_error
    from steps
    join facts on facts.case_id = steps.case_id and steps.started_at <= facts.answered_at
    where steps.ym >= (select strftime(min(opened_at), '%Y-%m') from facts)  -- no step begins before its case
),

told as (
    select answer_id, stage, block, score, 'late' as trouble, is_late as is_so, process, step, started_at from begun
    union all
    select answer_id, stage, block, score, 'redone', is_redone, process, step, started_at from begun
    union all
    select answer_id, stage, block, score, 'error', is_error, process, step, started_at from begun
)

select
    answer_id,
    stage,
    block,
    score,
    trouble,
    arg_min(process, (started_at, process, step)) filter (where is_so) as process,
    arg_min(step, (started_at, process, step)) filter (where is_so) as step
from told
where is_so is not null
group by answer_id, stage, block, score, trouble
