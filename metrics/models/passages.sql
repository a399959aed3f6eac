-- One row per step of a process, or passage from one step to the next, and bin of the days it took; of the chosen cases
-- closed in the period. kind: 'step', 'passage', or 'case' for the one row that counts the cases.
-- step, next_step: null before the first step and after the last one. days_bin: log bin, see intervals.ZERO_BIN; null
-- where the end of a step is not recorded; steps that overlap wait 0 days.
-- n: how many. cases: in how many cases; for the row of the cases: those with steps. again: cases that went through the
-- step more than once. place: sum of the step's first places within the cases. reworks of recorded: by the source.
-- (Steps begun more than a month before the oldest of these cases are not looked for.)
with closed as materialized (
    select case_id, opened_at, closed_at
    from chosen_cases
    where process = $process
        and closed_at >= $from
        and closed_at < $to
),

runs as materialized (
    select
        steps.case_id,
        steps.step,
        steps.started_at,
        steps.finished_at,
        steps.is_rework,
        closed.opened_at,
        closed.closed_at,
        row_number() over in_order as place,
        lead(steps.step) over in_order as next_step,
        lead(steps.started_at) over in_order as next_started_at,
        row_number() over same_step as occurrence
    from steps
    join closed using (case_id)
    where steps.process = $process
        and steps.started_at < $to
        and steps.ym >= (select strftime(min(opened_at) - interval '31 days', '%Y-%m') from closed)
    window
        in_order as (partition by steps.case_id order by steps.started_at, steps.step_id),
        same_step as (partition by steps.case_id, steps.step order by steps.started_at, steps.step_id)
),

timed as (
    select
        'step' as kind,
        step,
        null as next_step,
        date_diff('second', started_at, finished_at) / 86400e0 as days,
        occurrence,
        place,
        is_rework
    from runs
    union all
    select 'passage', step, next_step, date_diff('second', finished_at, coalesce(next_started_at, closed_at)) / 86400e0,
        null, null, null
    from runs
    union all
    select 'passage', null, step, date_diff('second', opened_at, started_at) / 86400e0, null, null, null
    from runs
    where place = 1
)

select
    kind,
    step,
    next_step,
    case when days > 0 then floor(ln(days) / ln(1.02)) when days <= 0 then -1000 end as days_bin,
    count(*) as n,
    count(*) filter (where occurrence = 1) as cases,
    count(*) filter (where occurrence = 2) as again,
    coalesce(sum(place) filter (where occurrence = 1), 0) as place,
    count(is_rework) as recorded,
    count(*) filter (where is_rework) as reworks
from timed
group by 1, 2, 3, 4
union all
select 'case', null, null, null, count(*), (select count(*) from runs where place = 1), 0, 0, 0, 0
from closed
