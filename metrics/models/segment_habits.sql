-- One row per moment and segment: what is usual among all its clients when the day $moments[moment] begins; the prior of
-- what few facts say. moment: a place in $moments, from 0.
-- promoters, passives, detractors: nps answers of the $answers_days before. satisfied, csats: csat answers of 4 and 5, and
-- all of them, of the $cases_days before. due, kept: promises that fell due in the $promises_days before.
-- invoices, invoice_days: due in the $paying_days before, and their days late added up, so far where unpaid; none for those
-- paid in time.
with moments as (
    select cast(unnest(range(len($moments))) as integer) as moment, cast(unnest($moments) as date) as as_of
),

-- Days are alike to every moment: put together by day, of which there are few, then by moment.
said as (
    select
        clients.segment,
        cast(answers.answered_at as date) as day,
        count(*) filter (where answers.instrument = 'nps' and answers.score >= 9) as promoters,
        count(*) filter (where answers.instrument = 'nps' and answers.score between 7 and 8) as passives,
        count(*) filter (where answers.instrument = 'nps' and answers.score <= 6) as detractors,
        count(*) filter (where answers.instrument = 'csat' and answers.score >= 4) as satisfied,
        count(*) filter (where answers.instrument = 'csat') as csats
    from answers
    join clients on clients.client_id = answers.client_id
    where answers.ym >= strftime(list_min($moments) - cast($answers_days as integer), '%Y-%m')
        and answers.answered_at < list_max($moments)
    group by 1, 2
),

voices as (
    select
        said.segment,
        moments.moment,
        sum(said.promoters) as promoters,
        sum(said.passives) as passives,
        sum(said.detractors) as detractors,
        sum(said.satisfied) filter (where said.day >= moments.as_of - cast($cases_days as integer)) as satisfied,
        sum(said.csats) filter (where said.day >= moments.as_of - cast($cases_days as integer)) as csats
    from said
    join moments on said.day < moments.as_of and said.day >= moments.as_of - cast($answers_days as integer)
    group by said.segment, moments.moment
),

promised as (
    select
        clients.segment,
        cast(cases.promised_at as date) as day,
        count(*) as due,
        count(*) filter (where cast(cases.closed_at as date) <= cast(cases.promised_at as date)) as kept
    from cases
    join clients on clients.client_id = cases.client_id
    where cases.promised_at < list_max($moments)
        and cases.promised_at >= list_min($moments) - cast($promises_days as integer)
    group by 1, 2
),

worked as (
    select promised.segment, moments.moment, sum(promised.due) as due, sum(promised.kept) as kept
    from promised
    join moments on promised.day < moments.as_of and promised.day >= moments.as_of - cast($promises_days as integer)
    group by promised.segment, moments.moment
),

invoiced as (
    select clients.segment, payments.due_on, payments.paid_on, count(*) as invoices
    from payments
    join clients on clients.client_id = payments.client_id
    where payments.due_on < list_max($moments)
        and payments.due_on >= list_min($moments) - cast($paying_days as integer)
    group by all
),

paid as (
    select
        invoiced.segment,
        moments.moment,
        sum(invoices) as invoices,
        sum(invoices * greatest(0, date_diff('day', due_on, least(coalesce(paid_on, as_of), as_of)))) as invoice_days
    from invoiced
    join moments on invoiced.due_on < moments.as_of and invoiced.due_on >= moments.as_of - cast($paying_days as integer)
    group by invoiced.segment, moments.moment
),

segments as (
    select distinct segment from clients
)

select
    moments.moment,
    segments.segment,
    coalesce(voices.promoters, 0) as promoters,
    coalesce(voices.passives, 0) as passives,
    coalesce(voices.detractors, 0) as detractors,
    coalesce(voices.satisfied, 0) as satisfied,
    coalesce(voices.csats, 0) as csats,
    coalesce(worked.due, 0) as due,
    coalesce(worked.kept, 0) as kept,
    coalesce(paid.invoices, 0) as invoices,
    coalesce(paid.invoice_days, 0) as invoice_days
from segments
cross join moments
left join voices on voices.segment = segments.segment and voices.moment = moments.moment
left join worked on worked.segment = segments.segment and worked.moment = moments.moment
left join paid on paid.segment = segments.segment and paid.moment = moments.moment
