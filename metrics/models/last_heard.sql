-- One row per client: the last answer, invitation and contact up to the end of the days asked for, null where there
-- was none.
with heard as (
    select client_id, answered_at, null as sent_at, null as contacted_at
    from answers
    where ym <= $ym_to and answered_at < $to
    union all
    select client_id, null, sent_at, null
    from invitations
    where ym <= $ym_to and sent_at < $to
    union all
    select client_id, null, null, "at"
    from contacts
    where ym <= $ym_to and "at" < $to
)

select
    client_id,
    max(answered_at) as answered_at,
    max(sent_at) as invited_at,
    max(contacted_at) as contacted_at
from heard
group by client_id
