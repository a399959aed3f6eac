-- One row per client and whole period with nps answers in the 365 days up to the period's end.
-- answers: how many; votes: their sum, 1 for a promoter, -1 for a detractor, 0 for a passive.
with years as not materialized (
    select period, ends_on, ends_on - interval '365 days' as year_began
    from spans
)

select
    answers.client_id,
    years.period,
    count(*) as answers,
    sum(case when answers.score >= 9 then 1 when answers.score <= 6 then -1 else 0 end) as votes
from answers
join years on answers.answered_at >= years.year_began and answers.answered_at < years.ends_on
where answers.instrument = 'nps'
group by answers.client_id, years.period
