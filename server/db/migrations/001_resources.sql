-- The record: current versions in one table for all types, past ones and tombstones in history.
-- Every key begins with or contains rid, so that the tables can be distributed by it (Citus).

create table resource (
  rid      bigint      not null,  -- XXH64 of 'Type/id' (fhir/keys.ts)
  tx       xid8        not null default pg_current_xact_id(),  -- followers read below the oldest running one
  updated  bigint      not null,  -- meta.lastUpdated, milliseconds since 1970
  patient  bigint      not null,  -- rid of the one patient in whose compartment it is; 0 none; -1 several: compartment tokens
  version  integer     not null,
  type     smallint    not null,  -- place in fhir/types.ts
  how      "char"      not null,  -- c create, u update, p patch
  id       text        not null collate "C",
  present  bytea       not null,  -- bit n: search parameter n of the type has a value (:missing)
  tokens   bigint[]    not null,
  body     text        not null,  -- JSON after the head (store/body.ts)
  primary key (type, rid)
);
create index resource_tokens on resource using gin (tokens) with (fastupdate = on, gin_pending_list_limit = 1024);
create index resource_patient on resource (patient) where patient <> 0;
create index resource_several on resource using gin (tokens) with (fastupdate = off) where patient = -1;
create index resource_updated on resource (type, updated);
create index resource_tx on resource (tx);

create table history (
  rid      bigint      not null,
  tx       xid8        not null default pg_current_xact_id(),
  updated  bigint      not null,
  patient  bigint      not null,
  version  integer     not null,
  type     smallint    not null,
  how      "char"      not null,  -- also d delete: the tombstone, without a body
  id       text        not null collate "C",
  body     text,
  primary key (rid, version)
);
create index history_updated on history (type, updated);
create index history_patient on history (patient) where patient <> 0;
create index history_tx on history (tx);

-- Narrow rows where a btree wins. They are a function of the body: written with it, removed by rid.

create table dates (
  rid   bigint  not null,
  low   bigint  not null,  -- milliseconds, inclusive
  high  bigint  not null,  -- milliseconds, inclusive
  param integer not null   -- even: high - low at most 36 hours; odd (param + 1): longer, so that short ranges search both bounds in one
);
create index dates_value on dates (param, low, rid);
create index dates_rid on dates (rid);

create table numbers (
  rid   bigint  not null,
  key   bigint  not null,  -- 0, or the token of a composite's other component
  low   float8  not null,
  high  float8  not null,
  unit  bigint  not null,  -- XXH64 of 'system|code', 0 without; see fhir/search/entries.ts
  param integer not null
);
create index numbers_value on numbers (param, key, low, rid);
create index numbers_rid on numbers (rid);

create table strings (
  rid   bigint  not null,
  param integer not null,
  value text    not null collate "C"  -- normalised (fhir/search/normalise.ts)
);
create index strings_value on strings (param, value, rid);
create index strings_rid on strings (rid);

-- The distinct words of token displays and uris: :text, :below, :contains look here first, then search the tokens.
create table lexicon (
  param integer not null,
  word  text    not null collate "C",
  primary key (param, word)
);
