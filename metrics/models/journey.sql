-- One row per thing that happened to the client $client: an answer, order, payment, case or contact.
-- kind: 'nps', 'csat', 'ces'; 'order'; 'payment'; 'case'; 'contact'. at: when it was given, placed, paid (else due), opened
-- or held. ends_at: when the order was fulfilled or the case closed; null while open. due_at: when it was promised or due.
-- what: the comment, the order's category, the case's process, the channel of a contact. status: of an order; of a contact,
-- who began it: 'in' the client, 'out' we; of a payment 'paid' or 'unpaid'.
-- amount, returned: money. hand_overs, rework, errors: of a case, null where not recorded.
select
    instrument as kind,
    answer_id as id,
    answered_at as "at",
    null::timestamp as ends_at,
    null::timestamp as due_at,
    stage,
    comment as what,
    null as status,
    score,
    null::double as amount,
    null::double as returned,
    null::integer as hand_overs,
    null::integer as rework,
    null::integer as errors
from answers
where client_id = $client
union all
select
    'order', order_id, ordered_at, fulfilled_at, promised_at, null, category, status, null, cast(amount as double),
    cast(returned_amount as double), null, null, null
from orders
where client_id = $client
union all
select
    'payment', invoice_id, cast(coalesce(paid_on, due_on) as timestamp), cast(paid_on as timestamp),
    cast(due_on as timestamp), null, null, case when paid_on is null then 'unpaid' else 'paid' end, null,
    cast(amount as double), null, null, null, null
from payments
where client_id = $client
union all
select
    'case', case_id, opened_at, closed_at, promised_at, stage, process, null, null, null, null, hand_overs, reworks,
    errors
from cases
where client_id = $client
union all
select 'contact', contact_id, "at", null, null, null, channel, direction, null, null, null, null, null, null
from contacts
where client_id = $client
order by "at", id
