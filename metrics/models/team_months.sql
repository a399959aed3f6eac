-- One row per team, calendar month and kind of fact, of the chosen stages and the chosen clients' cases.
-- month: 0 for the month of $from. late: the steps the team did in cases whose promise fell due in the month, and those of
-- them in cases that broke it by calendar day. rework: its steps finished in the month where that is recorded.
with due as (
    select
        case_id,
        date_diff('month', $from, promised_at) as month,
        case when closed_at is null or date_trunc('day', closed_at) > date_trunc('day', promised_at) then 1 else 0 end
            as is_late
    from cases
    where promised_at >= $from
        and promised_at < $to
        and client_id in (select client_id from chosen)
        and ($stages is null or list_contains($stages, stage))
),

did as (
    select steps.team, due.month, count(*) as n, sum(due.is_late) as total
    from steps
    join due on due.case_id = steps.case_id
    where steps.team is not null
    group by 1, 2
),

redone as (
    select
        team,
        date_diff('month', $from, finished_at) as month,
        count(is_rework) as n,
        sum(case when is_rework then 1 else 0 end) as total
    from steps
    where team is not null
        and finished_at >= $from
        and finished_at < $to
        and client_id in (select client_id from chosen)
        and ($stages is null or list_contains($stages, stage))
    group by 1, 2
)

select 'late' as kind, team as unit, month, n, total from did
union all
select 'rework', team, month, n, total from redone where n > 0
