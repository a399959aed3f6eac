-- One row per answer with a comment, in the period in which it was given. client, segment: null where nobody knows the
-- client. language: ISO 639-1, null where the source does not say.
select
    answers.answer_id,
    answers.client_id,
    clients.name as client,
    clients.segment,
    answers.answered_at,
    answers.instrument,
    answers.score,
    answers.stage,
    answers.comment,
    answers.language
from answers
left join clients using (client_id)
where answers.ym between $ym_from and $ym_to
    and answers.answered_at >= $from
    and answers.answered_at < $to
    and answers.comment is not null
