-- One row per segment: what is usual among its clients when the day $as_of begins; the prior of what few answers say.
-- promoters, passives, detractors: nps answers of the $answers_days before. satisfied, csats: csat answers of 4 and 5, and all of
-- them, of the $cases_days before. due, kept: promises that fell due in the $promises_days before.
with said as (
    select
        client_id,
        count(*) filter (where instrument = 'nps' and score >= 9) as promoters,
        count(*) filter (where instrument = 'nps' and score between 7 and 8) as passives,
        count(*) filter (where instrument = 'nps' and score <= 6) as detractors,
        count(*) filter (where instrument = 'csat' and score >= 4 and is_recent) as satisfied,
        count(*) filter (where instrument = 'csat' and is_recent) as csats
    from (
        select client_id, instrument, score, answered_at >= cast($as_of as date) - cast($cases_days as integer) as is_recent
        from answers
        where ym >= strftime(cast($as_of as date) - cast($answers_days as integer), '%Y-%m')
            and answered_at >= cast($as_of as date) - cast($answers_days as integer)
            and answered_at < $as_of
    ) as answers
    group by client_id
),

promised as (
    select
        client_id,
        count(*) as due,
        count(*) filter (where cast(closed_at as date) <= cast(promised_at as date)) as kept
    from cases
    where promised_at < $as_of
        and promised_at >= cast($as_of as date) - cast($promises_days as integer)
    group by client_id
)

select
    clients.segment,
    coalesce(sum(said.promoters), 0) as promoters,
    coalesce(sum(said.passives), 0) as passives,
    coalesce(sum(said.detractors), 0) as detractors,
    coalesce(sum(said.satisfied), 0) as satisfied,
    coalesce(sum(said.csats), 0) as csats,
    coalesce(sum(promised.due), 0) as due,
    coalesce(sum(promised.kept), 0) as kept
from clients
left join said on said.client_id = clients.client_id
left join promised on promised.client_id = clients.client_id
group by clients.segment
