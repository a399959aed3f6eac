-- One row per invitation, in the period in which its 30 days to answer ended: until then nobody knows.
-- is_answered: the client answered the same survey after this invitation, before the next one and within 30 days.
with asked as (
    select
        invitation_id,
        client_id,
        survey,
        channel,
        sent_at,
        lead(sent_at) over (partition by client_id, survey order by sent_at, invitation_id) as next_sent_at,
        sent_at + interval '30 days' as window_closed_at
    from invitations
    where sent_at >= $from - interval '30 days'
        and sent_at < $to
),

closed as (
    select *
    from asked
    where window_closed_at < $now
),

answered as (
    select distinct closed.invitation_id
    from closed
    join answers
        on answers.client_id = closed.client_id
        and answers.survey = closed.survey
        and answers.answered_at >= closed.sent_at
        and answers.answered_at < closed.window_closed_at
        and answers.answered_at >= $from - interval '30 days'
        and answers.answered_at < $to
        and (closed.next_sent_at is null or answers.answered_at < closed.next_sent_at)
)

select
    closed.invitation_id,
    closed.client_id,
    closed.survey,
    closed.channel,
    closed.window_closed_at,
    answered.invitation_id is not null as is_answered
from closed
left join answered using (invitation_id)
