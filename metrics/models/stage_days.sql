-- One row per stage and day from $from up to $to, with how much of its work lay waiting.
-- backlog: days of work - the cases open at the end of a day, as a mean of the seven days up to it, over the cases closed
-- a day, as a mean of the 28 days up to it; null when none was closed in them. usual: the mean of backlog of all days of
-- the lake after the first 28, whatever days are asked for.
-- A case that has lain open for 180 days is forgotten rather than waiting, and counts no more: else the backlog of whoever
-- never closes some would only grow. No rows for the first 28 days of the lake, of which the pace is not known.
with begun as (
    select min(cast(opened_at as date)) as first_on, cast($now as date) - 1 as last_on
    from cases
),

ended as (
    select
        stage,
        cast(opened_at as date) as opened_on,
        case when closed_at < opened_at + interval '180 days' then cast(closed_at as date) end as closed_on
    from cases
),

moves as (
    select stage, opened_on as day, count(*) as more, 0 as closed from ended group by 1, 2
    union all
    select stage, closed_on, -count(*), count(*) from ended where closed_on is not null group by 1, 2
    union all
    select stage, opened_on + 180, -count(*), 0 from ended where closed_on is null group by 1, 2
),

by_day as (
    select stage, day, sum(more) as more, sum(closed) as closed
    from moves
    group by stage, day
),

-- Every day of a stage: also those on which nothing was opened or closed.
days as (
    select
        stages.stage,
        cast(unnest(generate_series(begun.first_on, begun.last_on, interval '1 day')) as date) as day
    from (select distinct stage from ended) as stages
    cross join begun
),

standing as (
    select
        days.stage,
        days.day,
        sum(coalesce(by_day.more, 0)) over (partition by days.stage order by days.day) as open_cases,
        coalesce(by_day.closed, 0) as closed
    from days
    left join by_day on by_day.stage = days.stage and by_day.day = days.day
),

paced as (
    select
        stage,
        day,
        avg(open_cases) over (partition by stage order by day rows between 6 preceding and current row)
        / nullif(avg(closed) over (partition by stage order by day rows between 27 preceding and current row), 0)
            as backlog
    from standing
),

with_usual as (
    select
        paced.stage,
        paced.day,
        paced.backlog,
        avg(paced.backlog) over (partition by paced.stage) as usual
    from paced
    cross join begun
    where paced.day >= begun.first_on + 28
)

select stage, day, backlog, usual
from with_usual
where day >= $from
    and day < $to
