-- One row per stay of the same kind in the days from $since up to $to. entered: days since hiring when the stay came under
-- observation, -1 for those hired within these days; left_after: days since hiring when it ended, or was last seen.
-- is_leaver: left within these days. n: how many people.
-- Who left before $since is not there, and who was hired before it is there only from then on: without that, those who
-- stayed long would be counted as if they had never been at risk of leaving early.
select
    case when hired_on >= cast($since as date) then -1 else date_diff('day', hired_on, cast($since as date)) end
        as entered,
    case
        when left_on < cast($to as date) then date_diff('day', hired_on, left_on)
        else date_diff('day', hired_on, cast($to as date)) - 1
    end as left_after,
    left_on is not null and left_on < cast($to as date) as is_leaver,
    count(*) as n
from employees
where hired_on < cast($to as date)
    and (left_on is null or left_on >= cast($since as date))
group by 1, 2, 3
