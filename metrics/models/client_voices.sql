-- One row per chosen client and moment: what the client had said when the day $moments[moment] begins. Reads chosen.
-- moment: a place in $moments, from 0. nps, nps_at: the latest nps answer of the $answers_days before; promoters, passives,
-- detractors: of those days. satisfied, csats: csat answers of 4 and 5, and all of them, of the $cases_days before.
-- answered_at, invited_at, contacted_at: the latest ever, null where there was none.
with moments as (
    select cast(unnest(range(len($moments))) as integer) as moment, cast(unnest($moments) as date) as as_of
),

-- The latest answer: second and score in one number, of which the greatest is taken.
said as (
    select
        answers.client_id,
        moments.moment,
        max(date_diff('second', timestamp '2000-01-01', answered_at) * 16 + score)
            filter (where instrument = 'nps' and answered_at >= as_of - cast($answers_days as integer)) as latest,
        count(*) filter (where instrument = 'nps' and score >= 9 and answered_at >= as_of - cast($answers_days as integer)) as promoters,
        count(*) filter (where instrument = 'nps' and score between 7 and 8 and answered_at >= as_of - cast($answers_days as integer)) as passives,
        count(*) filter (where instrument = 'nps' and score <= 6 and answered_at >= as_of - cast($answers_days as integer)) as detractors,
        count(*) filter (where instrument = 'csat' and score >= 4 and answered_at >= as_of - cast($cases_days as integer)) as satisfied,
        count(*) filter (where instrument = 'csat' and answered_at >= as_of - cast($cases_days as integer)) as csats,
        max(answered_at) as answered_at
    from answers
    join moments on answers.answered_at < moments.as_of
    where answers.client_id in (select client_id from chosen)
    group by answers.client_id, moments.moment
),

asked as (
    select invitations.client_id, moments.moment, max(sent_at) as invited_at
    from invitations
    join moments on invitations.sent_at < moments.as_of
    where invitations.client_id in (select client_id from chosen)
    group by invitations.client_id, moments.moment
),

met as (
    select contacts.client_id, moments.moment, max("at") as contacted_at
    from contacts
    join moments on contacts."at" < moments.as_of
    where contacts.client_id in (select client_id from chosen)
    group by contacts.client_id, moments.moment
)

select
    chosen.client_id,
    moments.moment,
    said.latest % 16 as nps,
    timestamp '2000-01-01' + to_seconds(said.latest // 16) as nps_at,
    coalesce(said.promoters, 0) as promoters,
    coalesce(said.passives, 0) as passives,
    coalesce(said.detractors, 0) as detractors,
    coalesce(said.satisfied, 0) as satisfied,
    coalesce(said.csats, 0) as csats,
    said.answered_at,
    asked.invited_at,
    met.contacted_at
from chosen
cross join moments
left join said on said.client_id = chosen.client_id and said.moment = moments.moment
left join asked on asked.client_id = chosen.client_id and asked.moment = moments.moment
left join met on met.client_id = chosen.client_id and met.moment = moments.moment
