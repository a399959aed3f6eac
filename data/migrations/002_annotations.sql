-- One row per version of an annotation. Nothing is changed in place: an edit and a withdrawal are rows of their own, and
-- whoever edits what somebody else edited meanwhile meets the primary key instead of overwriting it.
-- first_on, last_on: calendar days, both included. layer, segment, stage: null means any. written_at: UTC.
create table annotations (
    annotation_id varchar(32) not null,
    version integer not null check (version >= 1),
    first_on date not null,
    last_on date not null,
    said text not null check (length(said) between 1 and 200),
    layer varchar(20) check (layer in ('satisfaction', 'transactional', 'operational', 'employee')),
    segment text,
    stage text,
    written_by varchar(200) not null,
    written_at timestamp not null,
    is_withdrawn boolean not null,
    primary key (annotation_id, version),
    check (first_on <= last_on)
);

insert into changes (subject, n, mark) values ('annotations', 0, '');
