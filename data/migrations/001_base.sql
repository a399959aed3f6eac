-- One row per subject people write about, with how often it was written: a reader who has seen this number has seen all.
-- The subject '' holds what tells this database from any other in `mark`.
create table changes (
    subject varchar(40) primary key,
    n bigint not null,
    mark varchar(32) not null
);
