-- One row per case among the $most oldest of the chosen cases open at the end of the period, oldest first.
-- age: days from opening to the end of the period. past: days since the promised day, 1 on the day after it; null
-- without a promise and 0 or less while it is ahead.
select
    case_id,
    client_id,
    clients.name,
    stage,
    process,
    opened_at,
    promised_at,
    date_diff('second', opened_at, $to) / 86400e0 as age,
    date_diff('day', cast(promised_at as date), $to) as past
from chosen_cases
join clients using (client_id)
where opened_at < $to
    and (closed_at is null or closed_at >= $to)
order by opened_at, case_id
limit $most
