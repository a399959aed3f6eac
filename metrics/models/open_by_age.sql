-- One row per process, stage and age in whole days of the chosen cases open at the end of the period. n: how many;
-- promised: of them with a promise; past: whose promised day is over by then.
select
    process,
    stage,
    cast(floor(date_diff('second', opened_at, $to) / 86400e0) as integer) as age,
    count(*) as n,
    count(promised_at) as promised,
    count(*) filter (where promised_at < $to) as past
from chosen_cases
where opened_at < $to
    and (closed_at is null or closed_at >= $to)
group by 1, 2, 3
