-- One row per lake: the first day on which anybody is known to have left before $to, and how many are.
select min(left_on) as first_left_on, count(*) as n
from employees
where left_on < cast($to as date)
