-- One row per combination of what clients were like in three years of 365 days: the one that ends with the period looked
-- at (now), the one that ends with the period compared with (before), and the one a year before the first (ago).
-- Reads chosen: the clients asked about. $day_0 ... $day_5: the days on which these years begin or end, in order; slot: the
-- run of days between two neighbouring ones. $now_from, $now_to: the first slot of a year, and the one after its last.
-- class_*: as client_years has it, by the latest nps answer of the year; answered: only other instruments; silent:
-- invited, no answer; not_asked: neither. Null where the client did not order in that year.
-- Money in hundredths: whole numbers add up without a gap. Each table is read once, whatever the years share.
with bought as (
    select
        client_id,
        cast(ordered_at >= $day_1 as integer) + cast(ordered_at >= $day_2 as integer)
            + cast(ordered_at >= $day_3 as integer) + cast(ordered_at >= $day_4 as integer) as slot,
        sum(cast(amount * 100 as bigint)) as amount,
        sum(cast(cost * 100 as bigint)) as cost,
        count(*) as orders,
        count(cost) as costed
    from orders
    where status <> 'cancelled'
        and ordered_at >= $day_0
        and ordered_at < $day_5
    group by client_id, slot
),

-- The latest of several answers: second and vote in one number, of which the greatest is taken.
said as (
    select
        client_id,
        cast(answered_at >= $day_1 as integer) + cast(answered_at >= $day_2 as integer)
            + cast(answered_at >= $day_3 as integer) + cast(answered_at >= $day_4 as integer) as slot,
        max(case
            when instrument = 'nps' then
                date_diff('second', timestamp '2000-01-01', answered_at) * 4
                + case when score >= 9 then 2 when score <= 6 then 0 else 1 end
        end) as latest
    from answers
    where answered_at >= $day_0
        and answered_at < $day_5
    group by client_id, slot
),

asked as (
    select
        client_id,
        cast(sent_at >= $day_1 as integer) + cast(sent_at >= $day_2 as integer)
            + cast(sent_at >= $day_3 as integer) + cast(sent_at >= $day_4 as integer) as slot,
        count(*) as invitations
    from invitations
    where sent_at >= $day_0
        and sent_at < $day_5
    group by client_id, slot
),

facts as (
    select client_id, slot, amount, cost, orders, costed, null as latest, 0 as answers, 0 as invitations from bought
    union all
    select client_id, slot, null, null, 0, 0, latest, 1, 0 from said
    union all
    select client_id, slot, null, null, 0, 0, null, 0, invitations from asked
),

years(year, first_slot, end_slot) as (
    values ('now', $now_from, $now_to), ('before', $before_from, $before_to), ('ago', $ago_from, $ago_to)
),

clients_of_years as (
    select
        facts.client_id,
        years.year,
        sum(facts.amount) as amount,
        case when sum(facts.costed) = sum(facts.orders) then sum(facts.cost) end as cost,
        case
            when max(facts.latest) % 4 = 2 then 'promoter'
            when max(facts.latest) % 4 = 1 then 'passive'
            when max(facts.latest) % 4 = 0 then 'detractor'
            when sum(facts.answers) > 0 then 'answered'
            when sum(facts.invitations) > 0 then 'silent'
            else 'not_asked'
        end as class
    from facts
    join chosen on chosen.client_id = facts.client_id
    join years on facts.slot >= years.first_slot and facts.slot < years.end_slot
    group by facts.client_id, years.year
    having sum(facts.orders) > 0
),

side_by_side as (
    select
        client_id,
        max(class) filter (where year = 'now') as class_now,
        max(class) filter (where year = 'before') as class_before,
        max(class) filter (where year = 'ago') as class_ago,
        max(amount) filter (where year = 'now') as amount_now,
        max(amount) filter (where year = 'before') as amount_before,
        max(cost) filter (where year = 'now') as cost_now
    from clients_of_years
    group by client_id
)

select
    class_now,
    class_before,
    class_ago,
    count(*) as clients,
    cast(sum(amount_now) as bigint) as amount_now,
    cast(sum(amount_before) as bigint) as amount_before,
    count(cost_now) as costed_clients,
    cast(sum(case when cost_now is not null then amount_now end) as bigint) as costed_amount,
    cast(sum(cost_now) as bigint) as cost_now
from side_by_side
group by class_now, class_before, class_ago
