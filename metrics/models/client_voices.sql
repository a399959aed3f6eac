-- One row per chosen client and moment: what the client had said when the day $moments[moment] begins. Reads chosen.
-- moment: a place in $moments, from 0. $runs: for each day from $first on, the day that its run begins with; a run is the
-- days between two neighbouring days that $moments or anything counted back from them names.
-- nps, nps_at: the latest nps answer of the $answers_days before; promoters, passives, detractors: of those days. satisfied, csats: csat answers of 4 and 5, and all of them, of the $cases_days before.
-- answered_at, invited_at, contacted_at: the latest ever, null where there was none.
with moments as (
    select cast(unnest(range(len($moments))) as integer) as moment, cast(unnest($moments) as date) as as_of
),

-- Days between two neighbouring edges are alike to every moment: put together by run of days, then by moment.
-- latest: second and score in one number, of which the greatest is taken.
runs as (
    select
        client_id,
        $runs[date_diff('day', $first, cast(answered_at as date)) + 1] as run_from,
        max(date_diff('second', timestamp '2000-01-01', answered_at) * 16 + score) filter (where instrument = 'nps')
            as latest,
        count(*) filter (where instrument = 'nps' and score >= 9) as promoters,
        count(*) filter (where instrument = 'nps' and score <= 6) as detractors,
        count(*) filter (where instrument = 'nps') as votes,
        count(*) filter (where instrument = 'csat' and score >= 4) as satisfied,
        count(*) filter (where instrument = 'csat') as csats,
        max(answered_at) as answered_at
    from answers
    where ym >= strftime(cast($first as date), '%Y-%m')
        and answered_at >= $first
        and answered_at < list_max($moments)
    group by 1, 2
),

-- What is older than every moment looks back tells only when each was last heard.
older as (
    select client_id, max(answered_at) as answered_at
    from answers
    where ym <= strftime(cast($first as date), '%Y-%m')
        and answered_at < $first
    group by client_id
),

said as (
    select
        runs.client_id,
        moments.moment,
        max(latest) filter (where run_from >= as_of - cast($answers_days as integer)) as latest,
        sum(promoters) filter (where run_from >= as_of - cast($answers_days as integer)) as promoters,
        sum(detractors) filter (where run_from >= as_of - cast($answers_days as integer)) as detractors,
        sum(votes) filter (where run_from >= as_of - cast($answers_days as integer)) as votes,
        sum(satisfied) filter (where run_from >= as_of - cast($cases_days as integer)) as satisfied,
        sum(csats) filter (where run_from >= as_of - cast($cases_days as integer)) as csats,
        max(answered_at) as answered_at
    from runs
    join moments on runs.run_from < moments.as_of
    group by runs.client_id, moments.moment
),

asked as (
    select invitations.client_id, moments.moment, max(sent_at) as invited_at
    from invitations
    join moments on invitations.sent_at < moments.as_of
    group by invitations.client_id, moments.moment
),

met as (
    select contacts.client_id, moments.moment, max("at") as contacted_at
    from contacts
    join moments on contacts."at" < moments.as_of
    group by contacts.client_id, moments.moment
)

select
    chosen.client_id,
    moments.moment,
    said.latest % 16 as nps,
    timestamp '2000-01-01' + to_seconds(said.latest // 16) as nps_at,
    coalesce(said.promoters, 0) as promoters,
    coalesce(said.votes - said.promoters - said.detractors, 0) as passives,
    coalesce(said.detractors, 0) as detractors,
    coalesce(said.satisfied, 0) as satisfied,
    coalesce(said.csats, 0) as csats,
    coalesce(said.answered_at, older.answered_at) as answered_at,
    asked.invited_at,
    met.contacted_at
from chosen
cross join moments
left join said on said.client_id = chosen.client_id and said.moment = moments.moment
left join older on older.client_id = chosen.client_id
left join asked on asked.client_id = chosen.client_id and asked.moment = moments.moment
left join met on met.client_id = chosen.client_id and met.moment = moments.moment
