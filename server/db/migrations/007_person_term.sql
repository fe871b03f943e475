-- What a clerk types to find a person (server/patients/find/terms.ts): pairs of the sounds of a name's words, telephone
-- numbers and other numbers. The start of a term is enough. Written by the follower of the Patients, source records alone.
create table person_term (
  rid  bigint not null,
  term text   not null collate "C"
);
create index person_term_term on person_term (term, rid);
create index person_term_rid on person_term (rid);
