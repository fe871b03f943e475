-- Which facility has read of which Patient by care, so that the first time is known (server/operations/first-opening.ts).
create table first_opening (
  facility text   not null collate "C",  -- id of the Organization
  patient  bigint not null,
  at       bigint not null,              -- milliseconds since 1970
  primary key (patient, facility)
);
