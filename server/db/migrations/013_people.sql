-- Who logs in (server/people): staff and their parts, one-time codes, messages to mobiles, and how often something was
-- tried. Times are milliseconds since 1970. Distributed by their first column (Citus), small enough to be local.

create table staff (
  id             uuid   not null primary key,
  username       text   not null unique collate "C",  -- folded
  name           text   not null,
  password       text   not null,                     -- scrypt$ln$r$p$salt$hash
  password_until bigint,                              -- a one-time password: good until then, and to be changed
  totp           bytea,                               -- the secret, sealed
  totp_step      bigint,                              -- the last step a code was used of: no code is used twice
  practitioner   text   collate "C",
  active         boolean not null default true,
  made           bigint  not null
);

-- Clerks, doctors and hospital IT at a facility; officers and administrators have none.
create table assignment (
  staff    uuid not null references staff,
  role     text not null check (role in ('clerk', 'doctor', 'it', 'officer', 'administrator')),
  facility text collate "C",  -- id of the Organization
  unique nulls not distinct (staff, role, facility),
  check ((role in ('clerk', 'doctor', 'it')) = (facility is not null))
);

-- How often something was tried; the key is a keyed hash of what.
create table throttle (
  key    bytea   not null primary key,
  count  integer not null,
  until  bigint  not null,  -- of a quota: the end of its window; of a lock: closed until then
  forget bigint  not null
);
create index throttle_forget on throttle (forget);

create table otp (
  id       uuid     not null primary key,
  code     bytea    not null,  -- keyed hash of id, mobile and code
  until    bigint   not null,
  attempts smallint not null default 0,
  used     boolean  not null default false
);
create index otp_until on otp (until);

-- How far somebody has come between two pages of a login.
create table login (
  uid   text   not null primary key collate "C",
  state bytea  not null,  -- sealed
  until bigint not null
);
create index login_until on login (until);

-- Messages to mobiles: the outbox. What is no longer needed is blanked as soon as a message is on its way.
create table sms (
  id       uuid   not null primary key,
  mobile   text   not null,           -- ten digits; the last four once sent
  template text   not null,
  language text   not null,
  facts    jsonb,                     -- secret ones sealed
  state    text   not null default 'queued' check (state in ('queued', 'sent', 'delivered', 'failed', 'expired')),
  gateway  text,                      -- the gateway's own id of it
  problem  text,
  made     bigint not null,
  until    bigint not null,           -- not sent any more after that
  changed  bigint not null
);
create index sms_made on sms (made);
