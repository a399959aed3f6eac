-- One row per decision on what is usual for a metric: the weeks of these days from now on, or, where is_withdrawn, again
-- the weeks before whatever period is looked at. Nothing is changed in place: the latest row of a metric holds.
-- first_on, last_on: calendar days, both included. written_at: UTC. version: counted for each metric, so that two people
-- who decide at once meet the primary key instead of overwriting each other.
create table baselines (
    metric varchar(80) not null,
    version integer not null check (version >= 1),
    first_on date not null,
    last_on date not null,
    reason text not null check (length(reason) between 1 and 200),
    written_by varchar(200) not null,
    written_at timestamp not null,
    is_withdrawn boolean not null,
    primary key (metric, version),
    check (first_on <= last_on)
);

insert into changes (subject, n, mark) values ('baselines', 0, '');
