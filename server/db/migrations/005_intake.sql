-- What facilities send, kept as it came, and what became of every record of it. Messages are distributed by their id
-- (Citus), keys of records by their own hash; job and the small tables of mappings live on one node.
-- Ids of messages are UUIDs of version 7, ever growing: their order is the order of arrival, and time cuts the partitions.

create table message (
  id           uuid        not null primary key,
  facility     text        not null collate "C",  -- slug
  arrived      timestamptz not null,
  via          text        not null,  -- http mllp folder pull …
  filename     text,
  content_type text,
  control_id   text,                  -- the sender's own id of it: MSH-10
  lane         text        not null,  -- what must stay in order
  size         bigint      not null,  -- bytes as received, as is the sha-256
  sha256       bytea       not null,
  masked       boolean     not null,  -- an Aadhaar number in it was masked: the bytes kept are not those received
  state        text        not null,  -- queued working done held
  mapping      integer,               -- version of facility_mapping
  total        integer     not null default 0,
  counts       jsonb       not null default '{}',
  issues       jsonb       not null default '[]',
  released     boolean     not null default false,
  duplicate_of uuid
);
create index message_facility on message (facility, id);
create index message_sha256 on message using hash (sha256);
create index message_control on message (facility, control_id) where control_id is not null;

create table message_part (
  message uuid    not null,
  part    integer not null,
  bytes   bytea   not null,
  primary key (message, part)
) partition by range (message);
create table message_part_rest partition of message_part default;

-- What became of the records of a message. Rows that need no more words (duplicates, what a rule ignores) are kept as runs.
create table record (
  message uuid     not null,
  number  integer  not null,  -- from 1, in the order of the file
  through integer  not null,  -- last of a run; else the same number
  line    integer  not null,
  mapping smallint not null,
  state   "char"   not null,  -- a accepted, w with warnings, d duplicate, s superseded, q quarantined, i ignored, p parked, h held
  key     uuid,               -- of record_key
  issues  jsonb,
  made    bytea,              -- 16 bytes each: type, mapping, version, rid of every version made from it (intake/made.ts)
  primary key (message, number)
) partition by range (message);
create index record_open on record (message) where state in ('q', 'p');
create table record_rest partition of record default;

-- What was accepted last under a facility's own key of a record.
create table record_key (
  key         uuid    not null primary key,  -- of facility and key (intake/ids.ts)
  message     uuid    not null,
  number      integer not null,
  fingerprint bigint  not null,
  at          bigint,                        -- the sender's time of this version, milliseconds
  made        bytea                          -- 10 bytes each: type and rid of the resources that are its own
);

-- Records that wait for a resource nobody has sent yet.
create table parked (
  message  uuid        not null,
  number   integer     not null,
  need     bigint      not null,  -- rid
  facility text        not null collate "C",
  since    timestamptz not null,
  primary key (message, number, need)
);
create index parked_need on parked (facility, need);
create index parked_since on parked (since);

create table job (
  seq      bigint      generated always as identity primary key,
  kind     text        not null,
  lane     text        not null collate "C",
  key      text        unique,            -- at most one job of this name waits
  payload  jsonb       not null,
  progress jsonb       not null default '{}',
  run_at   timestamptz not null default now(),
  attempts integer     not null default 0,
  lease    uuid,
  leased   timestamptz,                   -- until when
  dead     boolean     not null default false,
  stop     boolean     not null default false,
  error    text                           -- of its last attempt, without values
);
create index job_lane on job (lane, seq) where not dead;

create table facility_mapping (
  facility    text        not null collate "C",
  version     integer     not null,
  text        text        not null,  -- the effective file, frozen
  fingerprint text        not null,
  published   timestamptz not null,
  active      boolean     not null,
  primary key (facility, version)
);

-- Codes mapped in the work-list: they join the code lists of the facility's file.
create table code_mapping (
  facility text        not null collate "C",
  list     text        not null,
  code     text        not null,
  target   text        not null,
  mapped   timestamptz not null,
  primary key (facility, list, code)
);

create table unmapped_code (
  facility text        not null collate "C",
  list     text        not null,
  code     text        not null,
  text     text,
  seen     bigint      not null,
  since    timestamptz not null,
  last     timestamptz not null,
  primary key (facility, list, code)
);

-- Which records wait for a code: what is replayed once it is mapped.
create table unmapped_record (
  facility text    not null collate "C",
  list     text    not null,
  code     text    not null,
  message  uuid    not null,
  number   integer not null,
  primary key (facility, list, code, message, number)
);
