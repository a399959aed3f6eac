-- One row per team and day on which it began steps for the client $client. steps: how many.
select
    team,
    cast(started_at as date) as day,
    count(*) as steps
from steps
where client_id = $client
    and team is not null
group by 1, 2
