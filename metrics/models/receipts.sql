-- One row per answer of the chosen clients from $from up to $to, and the case behind it. Reads chosen.
-- linked_by: 'case' - the answer names it. 'order' - it names an order: the latest case of it opened before the answer, at
-- the answer's stage where it names one; case_id is null where there is none. 'recent' - it names neither: the client's
-- latest case of the same stage closed in the 90 days before. 'none' - no such case; an answer that speaks of no stage
-- speaks of all of them. A case of another order or client is never taken instead.
-- stage, order_id: the answer's, else its case's. closed_at: also when that was after the answer.
-- As it stood when the client answered: is_open: not closed yet. days_late: calendar days past the promised day, 0 or less
-- in time, the days so far while open; null without a promise and while the promise was ahead. is_late: days_late > 0.
-- lead_time: days from opening to closing; null while open. hand_overs, rework, errors: how often in the steps begun by
-- then; null where that is not recorded. team: did most of those steps, of equals the last by name; null where no team is
-- known. What was begun after the answer does not count: it cannot be behind it.
-- at_on: the day the case closed, or of the answer if it was open then: of that day is the team's state in team_days.
with asked as (
    select
        answer_id,
        client_id,
        survey,
        instrument,
        score,
        answered_at,
        channel,
        stage,
        case_id,
        order_id
    from answers
    where ym between $ym_from and $ym_to
        and answered_at >= $from
        and answered_at < $to
        and client_id in (select client_id from chosen)
),

named as (
    select answer_id, client_id, case_id, 'case' as linked_by
    from asked
    where case_id is not null
),

of_order as (
    select
        asked.answer_id,
        asked.client_id,
        cases.case_id,
        row_number() over (
            partition by asked.answer_id order by cases.opened_at desc, cases.case_id desc
        ) as place
    from asked
    join cases
        on cases.client_id = asked.client_id
        and cases.order_id = asked.order_id
        and cases.opened_at <= asked.answered_at
        and (asked.stage is null or cases.stage = asked.stage)
    where asked.case_id is null
),

-- Two steps instead of a window over all pairs: half the time.
latest as (
    select
        asked.answer_id,
        asked.client_id,
        asked.stage,
        max(cases.closed_at) as closed_at
    from asked
    join cases
        on cases.client_id = asked.client_id
        and cases.stage = asked.stage
        and cases.closed_at <= asked.answered_at
        and cases.closed_at >= asked.answered_at - interval '90 days'
    where asked.case_id is null
        and asked.order_id is null
        and cases.closed_at >= cast($from as date) - interval '90 days'
        and cases.closed_at < $to
        and cases.client_id in (select client_id from chosen)
    group by asked.answer_id, asked.client_id, asked.stage
),

recent as (
    select latest.answer_id, latest.client_id, max(cases.case_id) as case_id
    from latest
    join cases
        on cases.client_id = latest.client_id
        and cases.stage = latest.stage
        and cases.closed_at = latest.closed_at
    group by latest.answer_id, latest.client_id
),

linked as (
    select answer_id, client_id, case_id, linked_by from named
    union all
    select answer_id, client_id, case_id, 'order' from of_order where place = 1
    union all
    select answer_id, client_id, case_id, 'recent' from recent
),

behind as (
    select
        linked.answer_id,
        linked.linked_by,
        asked.answered_at,
        cases.case_id,
        cases.order_id,
        cases.process,
        cases.stage,
        cases.opened_at,
        cases.promised_at,
        cases.closed_at,
        cases.hand_overs,
        cases.reworks,
        cases.errors,
        cases.ym
    from linked
    join asked on asked.answer_id = linked.answer_id
    join cases
        on cases.client_id = linked.client_id
        and cases.case_id = linked.case_id
),

doing as (
    select
        behind.answer_id,
        steps.team,
        count(*) as steps,
        count(*) filter (where steps.is_hand_over) as hand_overs,
        count(*) filter (where steps.is_rework) as reworks,
        count(*) filter (where steps.is_error) as errors
    from steps
    join behind on behind.case_id = steps.case_id and steps.started_at <= behind.answered_at
    where steps.ym >= (select min(ym) from behind)  -- no step begins before its case
        and steps.client_id in (select client_id from chosen)
    group by behind.answer_id, steps.team
),

-- The number of steps and the name in one text, of which the greatest is taken: a window takes twice the time.
doers as (
    select
        answer_id,
        substr(max(lpad(cast(steps as varchar), 6, '0') || team), 7) as team,
        cast(sum(hand_overs) as integer) as hand_overs,
        cast(sum(reworks) as integer) as reworks,
        cast(sum(errors) as integer) as errors
    from doing
    group by answer_id
)

select
    asked.answer_id,
    asked.client_id,
    asked.survey,
    asked.instrument,
    asked.score,
    asked.answered_at,
    asked.channel,
    coalesce(asked.stage, behind.stage) as stage,
    coalesce(behind.linked_by, case when asked.order_id is not null then 'order' else 'none' end) as linked_by,
    coalesce(asked.order_id, behind.order_id) as order_id,
    behind.case_id,
    behind.process,
    behind.opened_at,
    behind.promised_at,
    behind.closed_at,
    coalesce(behind.closed_at > asked.answered_at, true) and behind.case_id is not null as is_open,
    case
        when behind.closed_at <= asked.answered_at
            or date_trunc('day', behind.promised_at) < date_trunc('day', asked.answered_at)
            then date_diff(
                'day',
                date_trunc('day', behind.promised_at),
                date_trunc('day', least(coalesce(behind.closed_at, asked.answered_at), asked.answered_at))
            )
    end as days_late,
    days_late > 0 as is_late,
    case when not is_open then date_diff('second', behind.opened_at, behind.closed_at) / 86400e0 end as lead_time,
    case when behind.hand_overs is not null then coalesce(doers.hand_overs, 0) end as hand_overs,
    case when behind.reworks is not null then coalesce(doers.reworks, 0) end as rework,
    case when behind.errors is not null then coalesce(doers.errors, 0) end as errors,
    doers.team,
    cast(least(coalesce(behind.closed_at, asked.answered_at), asked.answered_at) as date) as at_on
from asked
left join behind on behind.answer_id = asked.answer_id
left join doers on doers.answer_id = asked.answer_id
