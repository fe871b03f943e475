-- Every visit of a caller to the desk (server/access/notes.ts), and the seals that show when one was changed
-- (server/store/audit-seal.ts). No values: no names, numbers or search values, and parameters by their names alone.

create table audit (
  id       uuid     primary key,  -- version 7: ordered by time, which is read from it
  tx       xid8     not null default pg_current_xact_id(),
  kind     "char"   not null,     -- c client, s staff, p patient
  who      text     not null,     -- client_id, id of the member of staff or of the Patient
  app      text     not null,     -- the application it came through
  role     text     not null,
  facility text,                  -- id of the Organization
  scopes   text     not null,
  request  text     not null,     -- its id, the same for all entries of a batch
  code     text     not null,     -- the interaction or operation; none: no such address
  action   "char"   not null,     -- C R U D E
  status   smallint not null,     -- of HTTP
  outcome  smallint not null,     -- 0 success, 4 8 12 failures (http://hl7.org/fhir/audit-event-outcome)
  type     text,                  -- what was asked for
  resource text,                  -- its id, when it was shown or written
  version  integer,
  patients bigint[] not null,     -- rids of the Patients whose data left or was written
  tiers    smallint[] not null,   -- for each of them, why it was seen: bits of access/tiers.ts
  tier     smallint not null,     -- all of them, with those of rows in no Patient's compartment
  reason   text,                  -- the code given for breaking the glass
  seen     jsonb,                 -- how many of each type left
  written  jsonb,                 -- how many of each type were created, updated and deleted
  names    text[]   not null      -- of the address's parameters
);
create index audit_tx on audit (tx);
create index audit_who on audit (who, id);
create index audit_patients on audit using gin (patients) where patients <> '{}';

-- One link of the chain: all rows of the transactions from `low` until before `high`.
create table audit_seal (
  seq   bigint  primary key,
  low   xid8    not null,
  high  xid8    not null,
  rows  integer not null,
  at    bigint  not null,  -- milliseconds since 1970
  marks bytea   not null,  -- 24 bytes a row, id and the beginning of its hash: tells which row was changed
  hash  bytea   not null   -- SHA-256 over the former seal's hash, the columns above and every row
);

create function audit_stays() returns trigger language plpgsql as $$
begin
  raise exception 'the audit only grows' using errcode = '42501';
end $$;
create trigger audit_stays before update or delete or truncate on audit
  for each statement execute function audit_stays();
create trigger audit_stays before update or delete or truncate on audit_seal
  for each statement execute function audit_stays();

do $$
begin
  if exists (select from pg_roles where rolname = 'parchi_app') then
    revoke update, delete, truncate on audit, audit_seal from parchi_app;
    grant select, insert on audit, audit_seal to parchi_app;
  end if;
end $$;
