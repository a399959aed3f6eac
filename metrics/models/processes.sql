-- One row per process with chosen cases that were closed in the period; n: how many.
select
    process,
    count(*) as n
from chosen_cases
where closed_at >= $from
    and closed_at < $to
group by process
