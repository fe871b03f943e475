create table app (
  id text not null,
  name text not null,
  kind text not null,
  role text,
  facility text,
  scopes text not null,
  redirect_uris text[] not null default '{}'::text[],
  jwks jsonb,
  jwks_url text,
  secret text,
  created timestamp with time zone not null default now(),
  constraint app_pkey PRIMARY KEY (id)
);

create table assignment (
  staff uuid not null,
  role text not null,
  facility text collate "C",
  constraint assignment_staff_role_facility_key UNIQUE NULLS NOT DISTINCT (staff, role, facility),
  constraint assignment_staff_fkey FOREIGN KEY (staff) REFERENCES staff(id),
  constraint assignment_check CHECK (((role = ANY (ARRAY['clerk'::text, 'doctor'::text, 'it'::text])) = (facility IS NOT NULL))),
  constraint assignment_role_check CHECK ((role = ANY (ARRAY['clerk'::text, 'doctor'::text, 'it'::text, 'officer'::text, 'administrator'::text])))
);

create table audit (
  id uuid not null,
  tx xid8 not null default pg_current_xact_id(),
  kind "char" not null,
  who text not null,
  app text not null,
  role text not null,
  facility text,
  scopes text not null,
  request text not null,
  code text not null,
  action "char" not null,
  status smallint not null,
  outcome smallint not null,
  type text,
  resource text,
  version integer,
  patients bigint[] not null,
  tiers smallint[] not null,
  tier smallint not null,
  reason text,
  seen jsonb,
  written jsonb,
  names text[] not null,
  constraint audit_pkey PRIMARY KEY (id)
);

create table audit_archive (
  seq bigint not null,
  high xid8 not null,
  hash bytea not null,
  rows integer not null,
  file text not null,
  digest bytea not null,
  at bigint not null,
  constraint audit_archive_pkey PRIMARY KEY (seq)
);

create table audit_seal (
  seq bigint not null,
  low xid8 not null,
  high xid8 not null,
  rows integer not null,
  at bigint not null,
  marks bytea not null,
  hash bytea not null,
  constraint audit_seal_pkey PRIMARY KEY (seq)
);

create table break_glass (
  id uuid not null,
  staff text collate "C" not null,
  facility bigint not null,
  patient bigint not null,
  patient_id text collate "C",
  people text[] not null default '{}'::text[],
  reason text collate "C" not null,
  note text not null,
  sensitive boolean not null,
  since bigint not null,
  until bigint not null,
  reviewer text collate "C",
  verdict "char",
  remark text,
  reviewed bigint,
  constraint break_glass_pkey PRIMARY KEY (id)
);

create table code_mapping (
  facility text collate "C" not null,
  list text not null,
  code text not null,
  target text not null,
  mapped timestamp with time zone not null,
  constraint code_mapping_pkey PRIMARY KEY (facility, list, code)
);

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

create table facility_mapping (
  facility text collate "C" not null,
  version integer not null,
  text text not null,
  fingerprint text not null,
  published timestamp with time zone not null,
  active boolean not null,
  constraint facility_mapping_pkey PRIMARY KEY (facility, version)
);

create table first_opening (
  facility text collate "C" not null,
  patient bigint not null,
  at bigint not null,
  constraint first_opening_pkey PRIMARY KEY (patient, facility)
);

create table follower (
  name text not null,
  tx xid8 not null,
  rid bigint not null,
  state jsonb not null,
  constraint follower_pkey PRIMARY KEY (name)
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
  facility bigint not null default 0,
  labels smallint not null default 0,
  day integer,
  constraint history_pkey PRIMARY KEY (rid, version)
);

create table job (
  seq bigint not null identity a,
  kind text not null,
  lane text collate "C" not null,
  key text,
  payload jsonb not null,
  progress jsonb not null default '{}'::jsonb,
  run_at timestamp with time zone not null default now(),
  attempts integer not null default 0,
  lease uuid,
  leased timestamp with time zone,
  dead boolean not null default false,
  stop boolean not null default false,
  error text,
  constraint job_key_key UNIQUE (key),
  constraint job_pkey PRIMARY KEY (seq)
);

create table lexicon (
  param integer not null,
  word text collate "C" not null,
  constraint lexicon_pkey PRIMARY KEY (param, word)
);

create table login (
  uid text collate "C" not null,
  state bytea not null,
  until bigint not null,
  constraint login_pkey PRIMARY KEY (uid)
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

create table message (
  id uuid not null,
  facility text collate "C" not null,
  arrived timestamp with time zone not null,
  via text not null,
  filename text,
  content_type text,
  control_id text,
  lane text not null,
  size bigint not null,
  sha256 bytea not null,
  masked boolean not null,
  state text not null,
  mapping integer,
  total integer not null default 0,
  counts jsonb not null default '{}'::jsonb,
  issues jsonb not null default '[]'::jsonb,
  released boolean not null default false,
  duplicate_of uuid,
  constraint message_pkey PRIMARY KEY (id)
);

create table message_part (
  message uuid not null,
  part integer not null,
  bytes bytea not null,
  constraint message_part_pkey PRIMARY KEY (message, part)
);

create table message_part_rest (
  message uuid not null,
  part integer not null,
  bytes bytea not null,
  constraint message_part_rest_pkey PRIMARY KEY (message, part)
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

create table oauth_grant (
  id text not null,
  patient text,
  encounter text,
  banner boolean not null,
  until bigint not null,
  constraint oauth_grant_pkey PRIMARY KEY (id)
);

create table oauth_payload (
  model text not null,
  id text not null,
  payload jsonb not null,
  grant_id text,
  uid text,
  consumed bigint,
  until bigint not null,
  constraint oauth_payload_pkey PRIMARY KEY (model, id)
);

create table opening (
  rid bigint not null,
  patient bigint not null,
  facility bigint not null,
  tier "char" not null,
  since bigint not null,
  until bigint not null,
  withheld smallint not null,
  types smallint[],
  low integer,
  high integer
);

create table otp (
  id uuid not null,
  code bytea not null,
  until bigint not null,
  attempts smallint not null default 0,
  used boolean not null default false,
  constraint otp_pkey PRIMARY KEY (id)
);

create table parked (
  message uuid not null,
  number integer not null,
  need bigint not null,
  facility text collate "C" not null,
  since timestamp with time zone not null,
  constraint parked_pkey PRIMARY KEY (message, number, need)
);

create table person (
  rid bigint not null,
  golden bigint,
  version integer not null,
  id text collate "C" not null,
  sent text[] not null,
  features text not null,
  constraint person_pkey PRIMARY KEY (rid)
);

create table person_golden (
  rid bigint not null,
  id text collate "C" not null,
  successor bigint,
  constraint person_golden_pkey PRIMARY KEY (rid)
);

create table person_key (
  key bigint not null,
  rid bigint not null,
  constraint person_key_pkey PRIMARY KEY (key, rid)
);

create table person_pair (
  a bigint not null,
  b bigint not null,
  weight double precision not null,
  band "char" not null,
  sent smallint not null default 0,
  together boolean not null default false,
  verdict "char",
  decider text,
  decided timestamp with time zone,
  reason text,
  constraint person_pair_pkey PRIMARY KEY (a, b)
);

create table person_term (
  rid bigint not null,
  term text collate "C" not null
);

create table record (
  message uuid not null,
  number integer not null,
  through integer not null,
  line integer not null,
  mapping smallint not null,
  state "char" not null,
  key uuid,
  issues jsonb,
  made bytea,
  constraint record_pkey PRIMARY KEY (message, number)
);

create table record_key (
  key uuid not null,
  message uuid not null,
  number integer not null,
  fingerprint bigint not null,
  at bigint,
  made bytea,
  said bytea,
  constraint record_key_pkey PRIMARY KEY (key)
);

create table record_rest (
  message uuid not null,
  number integer not null,
  through integer not null,
  line integer not null,
  mapping smallint not null,
  state "char" not null,
  key uuid,
  issues jsonb,
  made bytea,
  constraint record_rest_pkey PRIMARY KEY (message, number)
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
  facility bigint not null default 0,
  labels smallint not null default 0,
  day integer,
  constraint resource_pkey PRIMARY KEY (type, rid)
);

create table revoked (
  what text not null,
  at bigint not null,
  until bigint not null,
  constraint revoked_pkey PRIMARY KEY (what)
);

create table setting (
  name text not null,
  value text not null,
  constraint setting_pkey PRIMARY KEY (name)
);

create table sms (
  id uuid not null,
  mobile text not null,
  template text not null,
  language text not null,
  facts jsonb,
  state text not null default 'queued'::text,
  gateway text,
  problem text,
  made bigint not null,
  until bigint not null,
  changed bigint not null,
  constraint sms_pkey PRIMARY KEY (id),
  constraint sms_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sent'::text, 'delivered'::text, 'failed'::text, 'expired'::text])))
);

create table staff (
  id uuid not null,
  username text collate "C" not null,
  name text not null,
  password text not null,
  password_until bigint,
  totp bytea,
  totp_step bigint,
  practitioner text collate "C",
  active boolean not null default true,
  made bigint not null,
  round integer not null default 0,
  constraint staff_username_key UNIQUE (username),
  constraint staff_pkey PRIMARY KEY (id)
);

create table strings (
  rid bigint not null,
  param integer not null,
  value text collate "C" not null
);

create table throttle (
  key bytea not null,
  count integer not null,
  until bigint not null,
  forget bigint not null,
  constraint throttle_pkey PRIMARY KEY (key)
);

create table unmapped_code (
  facility text collate "C" not null,
  list text not null,
  code text not null,
  text text,
  seen bigint not null,
  since timestamp with time zone not null,
  last timestamp with time zone not null,
  constraint unmapped_code_pkey PRIMARY KEY (facility, list, code)
);

create table unmapped_record (
  facility text collate "C" not null,
  list text not null,
  code text not null,
  message uuid not null,
  number integer not null,
  constraint unmapped_record_pkey PRIMARY KEY (facility, list, code, message, number)
);

CREATE INDEX audit_patients ON public.audit USING gin (patients) WHERE (patients <> '{}'::bigint[]);

CREATE INDEX audit_tx ON public.audit USING btree (tx);

CREATE INDEX audit_who ON public.audit USING btree (who, id);

CREATE INDEX break_glass_patient ON public.break_glass USING btree (patient, staff, until);

CREATE INDEX break_glass_review ON public.break_glass USING btree (since, id) WHERE (reviewed IS NULL);

CREATE INDEX break_glass_staff ON public.break_glass USING btree (staff, since);

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

CREATE INDEX history_facility ON public.history USING btree (facility, type) WHERE (facility <> 0);

CREATE INDEX history_patient ON public.history USING btree (patient) WHERE (patient <> 0);

CREATE INDEX history_tx ON public.history USING btree (tx);

CREATE INDEX history_updated ON public.history USING btree (type, updated);

CREATE INDEX job_lane ON public.job USING btree (lane, seq) WHERE (NOT dead);

CREATE INDEX login_until ON public.login USING btree (until);

CREATE INDEX mapping_source ON public.mapping USING btree (source_code, source_system, mid);

CREATE INDEX mapping_target ON public.mapping USING btree (target_code, target_system, mid);

CREATE INDEX message_control ON public.message USING btree (facility, control_id) WHERE (control_id IS NOT NULL);

CREATE INDEX message_facility ON public.message USING btree (facility, id);

CREATE INDEX message_sha256 ON public.message USING hash (sha256);

CREATE INDEX numbers_rid ON public.numbers USING btree (rid);

CREATE INDEX numbers_value ON public.numbers USING btree (param, key, low, rid);

CREATE INDEX oauth_payload_account ON public.oauth_payload USING btree (((payload ->> 'accountId'::text)) COLLATE "C") WHERE ((payload ->> 'accountId'::text) IS NOT NULL);

CREATE INDEX oauth_payload_grant ON public.oauth_payload USING btree (grant_id) WHERE (grant_id IS NOT NULL);

CREATE INDEX oauth_payload_uid ON public.oauth_payload USING btree (uid) WHERE (uid IS NOT NULL);

CREATE INDEX oauth_payload_until ON public.oauth_payload USING btree (until);

CREATE INDEX opening_facility ON public.opening USING btree (facility, until);

CREATE INDEX opening_patient ON public.opening USING btree (patient, facility);

CREATE INDEX opening_rid ON public.opening USING btree (rid);

CREATE INDEX otp_until ON public.otp USING btree (until);

CREATE INDEX parked_need ON public.parked USING btree (facility, need);

CREATE INDEX parked_since ON public.parked USING btree (since);

CREATE INDEX person_golden_members ON public.person USING btree (golden) WHERE (golden IS NOT NULL);

CREATE INDEX person_golden_successor ON public.person_golden USING btree (successor) WHERE (successor IS NOT NULL);

CREATE INDEX person_pair_b ON public.person_pair USING btree (b, a);

CREATE INDEX person_pair_review ON public.person_pair USING btree (weight DESC, a, b) WHERE ((band = 'r'::"char") AND (verdict IS NULL) AND (NOT together));

CREATE INDEX person_term_rid ON public.person_term USING btree (rid);

CREATE INDEX person_term_term ON public.person_term USING btree (term, rid);

CREATE INDEX record_open ON ONLY public.record USING btree (message) WHERE (state = ANY (ARRAY['q'::"char", 'p'::"char"]));

CREATE INDEX record_rest_message_idx ON public.record_rest USING btree (message) WHERE (state = ANY (ARRAY['q'::"char", 'p'::"char"]));

CREATE INDEX resource_binary ON public.resource USING gin (tokens) WITH (fastupdate=off) WHERE (type = 8);

CREATE INDEX resource_facility ON public.resource USING btree (facility, type) WHERE (facility <> 0);

CREATE INDEX resource_patient ON public.resource USING btree (patient) WHERE (patient <> 0);

CREATE INDEX resource_several ON public.resource USING gin (tokens) WITH (fastupdate=off) WHERE (patient = '-1'::integer);

CREATE INDEX resource_tokens ON public.resource USING gin (tokens) WITH (fastupdate='on', gin_pending_list_limit='1024');

CREATE INDEX resource_tx ON public.resource USING btree (tx);

CREATE INDEX resource_updated ON public.resource USING btree (type, updated);

CREATE INDEX sms_made ON public.sms USING btree (made);

CREATE INDEX strings_rid ON public.strings USING btree (rid);

CREATE INDEX strings_value ON public.strings USING btree (param, value, rid);

CREATE INDEX throttle_forget ON public.throttle USING btree (forget);

CREATE OR REPLACE FUNCTION public.audit_leaves()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  last record;
begin
  select seq, high into last from audit_archive order by seq desc limit 1;
  if tg_table_name = 'audit' then
    if old.tx < last.high then return old; end if;
  elsif old.seq <= last.seq then
    return old;
  end if;
  raise exception 'the audit only grows' using errcode = '42501';
end $function$
;

CREATE OR REPLACE FUNCTION public.audit_stays()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the audit only grows' using errcode = '42501';
end $function$
;

create policy grows on history for insert
  with check ((COALESCE(current_setting('parchi.pen'::text, true), ''::text) = ''::text) OR (COALESCE(current_setting('parchi.pen'::text, true), ''::text) = (facility)::text));

create policy reads on history for select
  using true;

create policy creates on resource for insert
  with check ((COALESCE(current_setting('parchi.pen'::text, true), ''::text) = ''::text) OR (COALESCE(current_setting('parchi.pen'::text, true), ''::text) = (facility)::text));

create policy deletes on resource for delete
  using ((COALESCE(current_setting('parchi.pen'::text, true), ''::text) = ''::text) OR (COALESCE(current_setting('parchi.pen'::text, true), ''::text) = (facility)::text));

create policy reads on resource for select
  using true;

create policy updates on resource for update
  using ((COALESCE(current_setting('parchi.pen'::text, true), ''::text) = ''::text) OR (COALESCE(current_setting('parchi.pen'::text, true), ''::text) = (facility)::text));
