-- One row per view that a reader saved under a name. owner: whose it is. name_key: the name without regard to case and
-- spaces. page: the last part of the address; query: the rest, without the language. Times are UTC.
-- withdrawn_at: when it was deleted; null while it stands.
create table saved_views (
    view_id varchar(32) primary key,
    owner varchar(200) not null,
    name text not null check (length(name) between 1 and 80),
    name_key text not null,
    page varchar(80) not null,
    query text not null,
    saved_at timestamp not null,
    withdrawn_at timestamp
);

create unique index saved_views_names on saved_views (owner, name_key) where withdrawn_at is null;

insert into changes (subject, n, mark) values ('saved_views', 0, '');
