-- One row per moment and segment: what is usual among all its clients when the day $moments[moment] begins; the prior of
-- what few facts say. moment: a place in $moments, from 0.
-- promoters, passives, detractors: nps answers of the $answers_days before. satisfied, csats: csat answers of 4 and 5, and
-- all of them, of the $cases_days before. due, kept: promises that fell due in the $promises_days before.
-- invoices, invoice_days: due in the $paying_days before, and their days late added up, so far where unpaid; none for those
-- paid in time.
with moments as (
    select cast(unnest(range(len($moments))) as integer) as moment, cast(unnest($moments) as date) as as_of
),

-- Segments by number: put together faster than by name.
whose as materialized (
    select client_id, cast(dense_rank() over (order by segment) as integer) as segment, segment as name from clients
),

-- Days are alike to every moment: put together by day, of which there are few, then by moment. The moments of a day are
-- found by one count of days: two comparisons would be sorted for. Each instrument by itself reads only its own months.
recommended as (
    select whose.segment, cast(answers.answered_at as date) as day, answers.score, count(*) as answers
    from answers
    join whose on whose.client_id = answers.client_id
    where answers.ym >= strftime(list_min($moments) - cast($answers_days as integer), '%Y-%m')
        and answers.answered_at < list_max($moments)
        and answers.instrument = 'nps'
    group by all
),

voices as (
    select
        said.segment,
        moments.moment,
        sum(said.answers) filter (where said.score >= 9) as promoters,
        sum(said.answers) filter (where said.score between 7 and 8) as passives,
        sum(said.answers) filter (where said.score <= 6) as detractors
    from recommended as said
    join moments on date_diff('day', said.day, moments.as_of) between 1 and cast($answers_days as integer)
    group by said.segment, moments.moment
),

contented as (
    select whose.segment, cast(answers.answered_at as date) as day, answers.score >= 4 as is_satisfied, count(*) as answers
    from answers
    join whose on whose.client_id = answers.client_id
    where answers.ym >= strftime(list_min($moments) - cast($cases_days as integer), '%Y-%m')
        and answers.answered_at < list_max($moments)
        and answers.instrument = 'csat'
    group by all
),

content as (
    select
        said.segment,
        moments.moment,
        sum(said.answers) filter (where said.is_satisfied) as satisfied,
        sum(said.answers) as csats
    from contented as said
    join moments on date_diff('day', said.day, moments.as_of) between 1 and cast($cases_days as integer)
    group by said.segment, moments.moment
),

promised as (
    select
        whose.segment,
        cast(cases.promised_at as date) as day,
        count(*) as due,
        count(*) filter (where cast(cases.closed_at as date) <= cast(cases.promised_at as date)) as kept
    from cases
    join whose on whose.client_id = cases.client_id
    where cases.promised_at < list_max($moments)
        and cases.promised_at >= list_min($moments) - cast($promises_days as integer)
    group by 1, 2
),

worked as (
    select promised.segment, moments.moment, sum(promised.due) as due, sum(promised.kept) as kept
    from promised
    join moments on date_diff('day', promised.day, moments.as_of) between 1 and cast($promises_days as integer)
    group by promised.segment, moments.moment
),

invoiced as (
    select whose.segment, payments.due_on, payments.paid_on, count(*) as invoices
    from payments
    join whose on whose.client_id = payments.client_id
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
    select distinct segment, name from whose
)

select
    moments.moment,
    segments.name as segment,
    coalesce(voices.promoters, 0) as promoters,
    coalesce(voices.passives, 0) as passives,
    coalesce(voices.detractors, 0) as detractors,
    coalesce(content.satisfied, 0) as satisfied,
    coalesce(content.csats, 0) as csats,
    coalesce(worked.due, 0) as due,
    coalesce(worked.kept, 0) as kept,
    coalesce(paid.invoices, 0) as invoices,
    coalesce(paid.invoice_days, 0) as invoice_days
from segments
cross join moments
left join voices on voices.segment = segments.segment and voices.moment = moments.moment
left join content on content.segment = segments.segment and content.moment = moments.moment
left join worked on worked.segment = segments.segment and worked.moment = moments.moment
left join paid on paid.segment = segments.segment and paid.moment = moments.moment
