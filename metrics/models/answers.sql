-- One row per answer, in the period in which it was given.
select
    answer_id,
    client_id,
    survey,
    instrument,
    score,
    channel,
    stage,
    case_id,
    answered_at
from answers
where ym between $ym_from and $ym_to
