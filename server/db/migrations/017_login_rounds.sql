-- Counts up when all logins of a member of staff are ended: one that is under way is of the round it began in.
alter table staff add round integer not null default 0;
