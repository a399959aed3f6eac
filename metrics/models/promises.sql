-- One row per case with a promise, in the period in which the promise fell due.
-- is_kept: by calendar day; false when the day has passed with the case open. Promises still ahead are left out.
select
    case_id,
    client_id,
    process,
    stage,
    promised_at,
    closed_at is null as is_open,
    coalesce(date_trunc('day', closed_at) <= date_trunc('day', promised_at), false) as is_kept
from cases
where promised_at < $now
