-- Who may see what (server/access). Whose own a row is, what is sensitive about it, and its clinical day; written with it.

alter table resource
  add facility bigint   not null default 0,  -- rid of the Organization of the facility that wrote it first; 0 the city's
  add labels   smallint not null default 0,  -- bits of fhir/privacy/labels.ts
  add day      integer;                      -- days since 1970 in Asia/Kolkata
create index resource_facility on resource (facility, type) where facility <> 0;

alter table history
  add facility bigint   not null default 0,
  add labels   smallint not null default 0,
  add day      integer;

-- What opens a patient's record to a facility: narrow rows of Encounters, Appointments and Consents, a function of the
-- body (fhir/privacy/openings.ts), so that what is revoked is closed with the same commit.
create table opening (
  rid      bigint   not null,  -- the resource
  patient  bigint   not null,
  facility bigint   not null,  -- 0: every facility
  tier     "char"   not null,  -- c care, p patient's consent, b booking
  since    bigint   not null,  -- milliseconds since 1970
  until    bigint   not null,
  withheld smallint not null,
  types    smallint[],
  low      integer,            -- days since 1970, inclusive
  high     integer
);
create index opening_patient on opening (patient, facility);
create index opening_facility on opening (facility, until);
create index opening_rid on opening (rid);
