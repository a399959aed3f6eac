-- One row per invitation, in the period in which its 30 days to answer ended: until then nobody knows.
-- is_answered: the client answered the same survey after this invitation, before the next one and within 30 days.
with asked as (
    select
        invitation_id,
        client_id,
        survey,
        channel,
        sent_at,
        sent_at + interval '30 days' as window_closed_at,
        least(
            sent_at + interval '30 days',
            lead(sent_at) over (partition by client_id, survey order by sent_at, invitation_id)
        ) as answer_before
    from invitations
    where sent_at >= $from - interval '30 days'
        and sent_at < $to
)

select
    invitation_id,
    client_id,
    survey,
    channel,
    window_closed_at,
    exists(
        select 1
        from answers
        where answers.client_id = asked.client_id
            and answers.survey = asked.survey
            and answers.answered_at >= asked.sent_at
            and answers.answered_at < asked.answer_before
            and answers.answered_at >= $from - interval '30 days'
            and answers.answered_at < $to
    ) as is_answered
from asked
where window_closed_at < $now
