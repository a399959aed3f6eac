-- One row per survey file taken in; never changed. Its answers lie in uploads/<stored>, counted while this row is live.
-- nth: the order of the uploads; of several with the same answer the last one counts. hides: file with the answers of
-- earlier uploads that this one says anew, by upload; null where there are none. namespace: what the ids of its answers
-- begin with; only uploads that share it can hold the same answer. zone: in which the months of its file were told.
-- content: hash of the answers stored. rows_in = rows_taken + rows_rejected; given = rejected + added + changed +
-- duplicate, in scores. first_at, last_at: of its answers. Times are UTC. leans: JSON, how many duplicates stood in which
-- earlier upload. mapping, choices: JSON, how it was read.
create table uploads (
    upload_id varchar(32) primary key,
    nth integer not null unique check (nth >= 1),
    file_name text not null,
    file_hash varchar(64) not null,
    file_bytes bigint not null,
    stored varchar(80) not null,
    stored_bytes bigint not null,
    hides varchar(80),
    namespace varchar(64) not null,
    zone varchar(64) not null,
    mapping text not null,
    choices text not null,
    leans text not null,
    rows_in bigint not null,
    rows_taken bigint not null,
    rows_rejected bigint not null,
    given bigint not null,
    rejected bigint not null,
    added bigint not null,
    changed bigint not null,
    duplicate bigint not null,
    awaiting bigint not null,
    first_at timestamp,
    last_at timestamp,
    uploaded_by varchar(200) not null,
    uploaded_at timestamp not null,
    check (rows_in = rows_taken + rows_rejected),
    check (given = rejected + added + changed + duplicate)
);

-- One row per state of an upload: 1 is that it was taken in. Two who change it at once meet the primary key.
create table upload_states (
    upload_id varchar(32) not null references uploads (upload_id),
    version integer not null check (version >= 1),
    is_live boolean not null,
    reason text not null,
    changed_by varchar(200) not null,
    changed_at timestamp not null,
    primary key (upload_id, version)
);

-- One row per version of what a person said a name in survey files means. client_id: null once it was taken back.
create table client_aliases (
    said_key varchar(400) not null,
    version integer not null check (version >= 1),
    said text not null,
    client_id text,
    decided_by varchar(200) not null,
    decided_at timestamp not null,
    primary key (said_key, version)
);

-- One row per mapping saved under a name. fingerprint: of the columns it is recognised by. choices: JSON.
create table mappings (
    mapping_id varchar(32) primary key,
    name text not null check (length(name) between 1 and 80),
    name_key text not null,
    fingerprint varchar(64) not null,
    choices text not null,
    saved_by varchar(200) not null,
    saved_at timestamp not null,
    withdrawn_at timestamp
);

create unique index mappings_names on mappings (name_key) where withdrawn_at is null;

insert into changes (subject, n, mark) values ('uploads', 0, '');

insert into changes (subject, n, mark) values ('mappings', 0, '');
