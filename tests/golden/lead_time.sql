-- $f_stage = ['delivery']
-- $from = 2026-05-01
-- $to = 2026-07-01
with slots(slot, starts_on, days) as (values (0, date '2026-05-01', 31), (1, date '2026-06-01', 23), (2, date '2026-06-24', 7)), calendar as (select slot, starts_on + cast(unnest(range(days)) as integer) as day from slots), model as (-- One row per closed case, in the period in which it closed. Closed cases alone flatter the present: see backlog.
-- lead_time: days from opening to closing. is_right_first_time: no rework and no error; null where neither is recorded.
select
    case_id,
    client_id,
    process,
    stage,
    closed_at,
    date_diff('second', opened_at, closed_at) / 86400e0 as lead_time,
    hand_overs,
    coalesce(reworks, 0) + coalesce(errors, 0) = 0 and coalesce(reworks, errors) is not null as is_right_first_time,
    coalesce(reworks, errors) is not null as is_inspected
from cases
where closed_at is not null
)
select
    calendar.slot as slot,
    case when lead_time > 0 then floor(ln(lead_time) / ln(1.02)) when lead_time <= 0 then -1000 end as bin,
    count(*) as lead_time__n,
    count(*) as lead_time_p90__n
from model
join calendar on calendar.day = cast(model.closed_at as date)
where model.closed_at >= $from and model.closed_at < $to and list_contains($f_stage, model.stage)
group by 1, 2
