-- One row per pair of teams between which work changed hands, in the chosen cases of a process closed in the period. n:
-- how often. The same team twice: from one person of it to another. Null where a team is not named.
-- (Steps begun more than a month before the oldest of these cases are not looked for.)
with closed as materialized (
    select case_id, opened_at
    from chosen_cases
    where process = $process
        and closed_at >= $from
        and closed_at < $to
),

runs as (
    select
        steps.team,
        steps.is_hand_over,
        lag(steps.team) over (partition by steps.case_id order by steps.started_at, steps.step_id) as team_before
    from steps
    join closed using (case_id)
    where steps.process = $process
        and steps.started_at < $to
        and steps.ym >= (select strftime(min(opened_at) - interval '31 days', '%Y-%m') from closed)
)

select
    team_before,
    team,
    count(*) as n
from runs
where is_hand_over
group by 1, 2
