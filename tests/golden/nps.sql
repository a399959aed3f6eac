-- $from = 2026-05-01
-- $to = 2026-07-01
-- $ym_from = 2026-05
-- $ym_to = 2026-07
with slots(slot, starts_on, days) as (values (0, date '2026-05-01', 31), (1, date '2026-06-01', 23), (2, date '2026-06-24', 7)), calendar as (select slot, starts_on + cast(unnest(range(days)) as integer) as day from slots), model as (-- One row per answer, in the period in which it was given.
select
    answer_id,
    client_id,
    survey,
    instrument,
    score,
    channel,
    stage,
    case_id,
    answered_at
from answers
where ym between $ym_from and $ym_to
)
select
    calendar.slot as slot,
    count(*) filter (where (instrument = 'nps') and (score >= 9)) as nps__promoters,
    count(*) filter (where (instrument = 'nps') and (score <= 6)) as nps__detractors,
    count(*) filter (where (instrument = 'nps')) as nps__n
from model
join calendar on calendar.day = cast(model.answered_at as date)
where model.answered_at >= $from and model.answered_at < $to
group by 1
