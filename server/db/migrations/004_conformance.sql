-- How well each facility's resources keep to the profiles, counted per day in Asia/Kolkata. No resource is named: only places and rules.

create table conformance_day (
  day      date   not null,
  facility text   not null,  -- meta.source without its fragment; empty when nobody is named
  profile  text   not null,
  judged   bigint not null,
  clean    bigint not null,
  primary key (facility, day, profile)
);

create table conformance_finding (
  day      date   not null,
  facility text   not null,
  profile  text   not null,
  path     text   not null,  -- without indices: Patient.identifier.type
  rule     text   not null,  -- min, max, binding … or an invariant's key
  message  text   not null,
  hint     text   not null,
  count    bigint not null,
  primary key (facility, day, profile, path, rule)
);
