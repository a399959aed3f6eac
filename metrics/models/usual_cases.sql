-- One row per combination of what cases of a process and stage closed from $from up to $to were like: what is usual.
-- days_late: calendar days past the promised day, 0 when in time, null without a promise. hand_overs, rework, errors: how
-- often, null where not recorded. n: how many cases.
select
    process,
    stage,
    case
        when promised_at is not null
            then greatest(0, date_diff('day', cast(promised_at as date), cast(closed_at as date)))
    end as days_late,
    hand_overs,
    reworks as rework,
    errors,
    count(*) as n
from cases
where closed_at >= $from
    and closed_at < $to
group by 1, 2, 3, 4, 5, 6
