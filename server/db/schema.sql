create table code_system (
  sid integer not null identity a,
  url text collate "C" not null,
  version text collate "C" not null default ''::text,
  source "char" not null,
  rid bigint,
  made_from integer,
  edition text,
  content text not null,
  folded boolean not null,
  tree boolean not null default false,
  concepts integer not null default 0,
  value_set text collate "C",
  head jsonb not null,
  loaded timestamp with time zone not null default now(),
  constraint code_system_pkey PRIMARY KEY (sid)
);

create table concept (
  sid integer not null,
  place integer not null,
  abstract boolean not null,
  inactive boolean not null,
  code text collate "C" not null,
  display text,
  parents text[],
  above bigint[],
  tokens bigint[],
  words tsvector not null,
  detail jsonb,
  constraint concept_pkey PRIMARY KEY (sid, code),
  constraint concept_sid_fkey FOREIGN KEY (sid) REFERENCES code_system(sid) ON DELETE CASCADE
);

create table concept_map (
  mid integer not null identity a,
  url text collate "C",
  version text collate "C" not null default ''::text,
  source "char" not null,
  rid bigint,
  made_from integer,
  source_set text collate "C",
  target_set text collate "C",
  head jsonb not null,
  constraint concept_map_pkey PRIMARY KEY (mid)
);

create table conformance_day (
  day date not null,
  facility text not null,
  profile text not null,
  judged bigint not null,
  clean bigint not null,
  constraint conformance_day_pkey PRIMARY KEY (facility, day, profile)
);

create table conformance_finding (
  day date not null,
  facility text not null,
  profile text not null,
  path text not null,
  rule text not null,
  message text not null,
  hint text not null,
  count bigint not null,
  constraint conformance_finding_pkey PRIMARY KEY (facility, day, profile, path, rule)
);

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

create table mapping (
  mid integer not null,
  place integer not null,
  part integer not null,
  source_system text collate "C",
  source_code text collate "C" not null,
  target_system text collate "C",
  target_code text collate "C",
  equivalence text not null,
  detail jsonb,
  constraint mapping_pkey PRIMARY KEY (mid, place),
  constraint mapping_mid_fkey FOREIGN KEY (mid) REFERENCES concept_map(mid) ON DELETE CASCADE
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

CREATE UNIQUE INDEX code_system_rid ON public.code_system USING btree (rid) WHERE (rid IS NOT NULL);

CREATE INDEX code_system_url ON public.code_system USING btree (url);

CREATE INDEX code_system_value_set ON public.code_system USING btree (value_set) WHERE (value_set IS NOT NULL);

CREATE UNIQUE INDEX code_system_version ON public.code_system USING btree (url, version, source) WHERE (rid IS NULL);

CREATE INDEX concept_above ON public.concept USING gin (above) WITH (fastupdate='on', gin_pending_list_limit='65536');

CREATE UNIQUE INDEX concept_map_rid ON public.concept_map USING btree (rid) WHERE (rid IS NOT NULL);

CREATE INDEX concept_map_url ON public.concept_map USING btree (url);

CREATE UNIQUE INDEX concept_place ON public.concept USING btree (sid, place);

CREATE INDEX concept_tokens ON public.concept USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='65536');

CREATE INDEX concept_words ON public.concept USING gin (words) WITH (fastupdate='on', gin_pending_list_limit='65536');

CREATE INDEX dates_rid ON public.dates USING btree (rid);

CREATE INDEX dates_value ON public.dates USING btree (param, low, rid);

CREATE INDEX history_patient ON public.history USING btree (patient) WHERE (patient <> 0);

CREATE INDEX history_tx ON public.history USING btree (tx);

CREATE INDEX history_updated ON public.history USING btree (type, updated);

CREATE INDEX mapping_source ON public.mapping USING btree (source_code, source_system, mid);

CREATE INDEX mapping_target ON public.mapping USING btree (target_code, target_system, mid);

CREATE INDEX numbers_rid ON public.numbers USING btree (rid);

CREATE INDEX numbers_value ON public.numbers USING btree (param, key, low, rid);

CREATE INDEX resource_patient ON public.resource USING btree (patient) WHERE (patient <> 0);

CREATE INDEX resource_several ON public.resource USING gin (tokens) WITH (fastupdate=off) WHERE (patient = '-1'::integer);

CREATE INDEX resource_tokens ON public.resource USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='1024');

CREATE INDEX resource_tx ON public.resource USING btree (tx);

CREATE INDEX resource_updated ON public.resource USING btree (type, updated);

CREATE INDEX strings_rid ON public.strings USING btree (rid);

CREATE INDEX strings_value ON public.strings USING btree (param, value, rid);
