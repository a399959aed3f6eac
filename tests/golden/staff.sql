-- $f_role = ['driver']
-- $from = 2026-05-01
-- $to = 2026-07-01
with periods(period, starts_on, ends_on, start_slot, end_slot) as (values (0, date '2026-06-01', date '2026-07-01', 1, 3), (1, date '2026-05-01', date '2026-06-01', 0, 1), (2, date '2026-06-24', date '2026-07-01', 2, 3)), model as (-- One row per employee and period in which the employee was on staff for at least a day.
-- days: days on staff within the period. is_leaver: left within it. is_present: on staff when it ended.
-- engagement: the person's mean score in the period; enps: the person's latest; null when the person did not answer.
with on_staff as (
    select
        employees.employee_id,
        employees.team,
        employees.role,
        periods.period,
        periods.ends_on,
        date_diff(
            'day',
            greatest(employees.hired_on, periods.starts_on),
            least(coalesce(employees.left_on + 1, periods.ends_on), periods.ends_on)
        ) as days,
        employees.left_on is not null and employees.left_on >= periods.starts_on and employees.left_on < periods.ends_on
            as is_leaver,
        employees.left_on is null or employees.left_on >= periods.ends_on as is_present,
        date_diff('day', employees.hired_on, periods.ends_on) / 30.4375e0 as tenure
    from employees
    join periods
        on employees.hired_on < periods.ends_on
        and (employees.left_on is null or employees.left_on >= periods.starts_on)
),

-- latest_enps: day and score in one number, of which the greatest is the latest; the higher of two on one day.
scored as (
    select
        pulse.employee_id,
        periods.period,
        avg(case when pulse.instrument = 'engagement' then pulse.score end) as engagement,
        max(case
            when pulse.instrument = 'enps' then date_diff('day', date '2000-01-01', pulse.asked_on) * 16 + pulse.score
        end) as latest_enps
    from pulse
    join periods on pulse.asked_on >= periods.starts_on and pulse.asked_on < periods.ends_on
    where pulse.asked_on >= $from
        and pulse.asked_on < $to
    group by pulse.employee_id, periods.period
),

polled as (
    select distinct period
    from scored
)

select
    on_staff.employee_id,
    on_staff.team,
    on_staff.role,
    on_staff.period,
    on_staff.days,
    on_staff.is_leaver,
    on_staff.is_present,
    case when on_staff.is_present then on_staff.tenure end as tenure,
    scored.engagement,
    scored.latest_enps % 16 as enps,
    polled.period is not null as is_polled,
    scored.employee_id is not null as is_answered
from on_staff
left join polled on polled.period = on_staff.period
left join scored on scored.employee_id = on_staff.employee_id and scored.period = on_staff.period
)
select
    period as period,
    model.team as team,
    sum(engagement) filter (where (engagement is not null)) as engagement__total,
    sum(engagement * engagement) filter (where (engagement is not null)) as engagement__squares,
    count(engagement) filter (where (engagement is not null)) as engagement__n,
    count(*) filter (where (is_leaver)) as attrition__hits,
    sum(days / 365.25) as attrition__exposure,
    count(*) as attrition__n
from model

where list_contains($f_role, model.role)
group by 1, 2
