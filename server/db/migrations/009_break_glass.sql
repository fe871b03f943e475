-- Records opened in an emergency (server/access/README.md), and what was looked for before: each is looked at by an
-- administrator afterwards. Times are milliseconds since 1970. Distributed by id (Citus), small enough to be local.

create table break_glass (
  id         uuid     not null primary key,
  staff      text     not null collate "C",
  facility   bigint   not null,                -- rid of the Organization
  patient    bigint   not null,                -- rid; 0: looked for people by a number
  patient_id text     collate "C",
  people     text[]   not null default '{}',   -- ids of those who were shown
  reason     text     not null collate "C",    -- a code of profiles/privacy/break-glass.json
  note       text     not null,
  sensitive  boolean  not null,
  since      bigint   not null,
  until      bigint   not null,
  reviewer   text     collate "C",
  verdict    "char",                           -- j justified, u unjustified
  remark     text,
  reviewed   bigint
);
create index break_glass_patient on break_glass (patient, staff, until);
create index break_glass_staff on break_glass (staff, since);
create index break_glass_review on break_glass (since, id) where reviewed is null;
