create table dates (
  rid bigint not null,
  low bigint not null,
  high bigint not null,
  param integer not null
);

create table history (
  rid bigint not null,
  tx xid8 not null default pg_current_xact_id(),
  updated bigint not null,
  patient bigint not null,
  version integer not null,
  type smallint not null,
  how "char" not null,
  id text collate "C" not null,
  body text,
  constraint history_pkey PRIMARY KEY (rid, version)
);

create table lexicon (
  param integer not null,
  word text collate "C" not null,
  constraint lexicon_pkey PRIMARY KEY (param, word)
);

create table migration (
  name text not null,
  checksum text not null,
  applied timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (name)
);

create table numbers (
  rid bigint not null,
  key bigint not null,
  low double precision not null,
  high double precision not null,
  unit bigint not null,
  param integer not null
);

create table resource (
  rid bigint not null,
  tx xid8 not null default pg_current_xact_id(),
  updated bigint not null,
  patient bigint not null,
  version integer not null,
  type smallint not null,
  how "char" not null,
  id text collate "C" not null,
  present bytea not null,
  tokens bigint[] not null,
  body text not null,
  constraint resource_pkey PRIMARY KEY (type, rid)
);

create table setting (
  name text not null,
  value text not null,
  constraint setting_pkey PRIMARY KEY (name)
);

create table strings (
  rid bigint not null,
  param integer not null,
  value text collate "C" not null
);

CREATE INDEX dates_rid ON public.dates USING btree (rid);

CREATE INDEX dates_value ON public.dates USING btree (param, low, rid);

CREATE INDEX history_patient ON public.history USING btree (patient) WHERE (patient <> 0);

CREATE INDEX history_tx ON public.history USING btree (tx);

CREATE INDEX history_updated ON public.history USING btree (type, updated);

CREATE INDEX numbers_rid ON public.numbers USING btree (rid);

CREATE INDEX numbers_value ON public.numbers USING btree (param, key, low, rid);

CREATE INDEX resource_patient ON public.resource USING btree (patient) WHERE (patient <> 0);

CREATE INDEX resource_several ON public.resource USING gin (tokens) WITH (fastupdate=off) WHERE (patient = '-1'::integer);

CREATE INDEX resource_tokens ON public.resource USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='1024');

CREATE INDEX resource_tx ON public.resource USING btree (tx);

CREATE INDEX resource_updated ON public.resource USING btree (type, updated);

CREATE INDEX strings_rid ON public.strings USING btree (rid);

CREATE INDEX strings_value ON public.strings USING btree (param, value, rid);
