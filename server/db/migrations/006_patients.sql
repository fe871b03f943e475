-- The same person across facilities (server/patients): all of it derived from the Patient resources, but for what people
-- decided on pairs. Written by one follower at a time. Distributed by rid, key and a (Citus); follower lives on one node.

-- How far each follower of the change log has come.
create table follower (
  name  text   not null primary key,
  tx    xid8   not null,  -- every change of a transaction before it is done,
  rid   bigint not null,  -- and of itself those up to this row
  state jsonb  not null
);

create table person (
  rid      bigint  not null primary key,
  golden   bigint,            -- of its cluster, when there are others in it
  version  integer not null,
  id       text    not null collate "C",
  sent     text[]  not null,  -- ids of the Patients its own Patient.link names
  features text    not null   -- JSON (keys/features.ts)
);
create index person_golden_members on person (golden) where golden is not null;

-- Blocks (keys/blocks.ts): whoever shares one is compared.
create table person_key (
  key bigint not null,
  rid bigint not null,
  primary key (key, rid)
);

-- Pairs that are linked, asked about, or decided on.
create table person_pair (
  a        bigint   not null,  -- the smaller rid
  b        bigint   not null,
  weight   float8   not null,
  band     "char"   not null,  -- a auto, r review, s separate
  sent     smallint not null default 0,  -- Patient.link says so: 1 of a, 2 of b, 3 of both
  together boolean  not null default false,  -- in one cluster
  verdict  "char",             -- l link, n never: of a person
  decider  text,
  decided  timestamptz,
  reason   text,
  primary key (a, b)
);
create index person_pair_b on person_pair (b, a);
create index person_pair_review on person_pair (weight desc, a, b) where band = 'r' and verdict is null and not together;

-- Golden Patients there are. One that was merged into another keeps telling which.
create table person_golden (
  rid       bigint not null primary key,
  id        text   not null collate "C",
  successor bigint
);
create index person_golden_successor on person_golden (successor) where successor is not null;
