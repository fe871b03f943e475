-- Old parts of the audit, once they stand in a file with their seals (server/store/audit-archive.ts), may leave the database,
-- and nothing else may. What is archived is recorded first, by the owner alone, and the record stays.
create table audit_archive (
  seq    bigint  primary key,  -- the last seal in the file
  high   xid8    not null,     -- where that seal ends: the rows of earlier transactions are in this file or one before it
  hash   bytea   not null,     -- of that seal: the next one builds on it
  rows   integer not null,
  file   text    not null,     -- its name
  digest bytea   not null,     -- SHA-256 of the file
  at     bigint  not null      -- milliseconds since 1970
);
create trigger audit_stays before update or delete or truncate on audit_archive
  for each statement execute function audit_stays();

create function audit_leaves() returns trigger language plpgsql as $$
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
end $$;

drop trigger audit_stays on audit;
drop trigger audit_stays on audit_seal;
create trigger audit_stays before update or truncate on audit for each statement execute function audit_stays();
create trigger audit_stays before update or truncate on audit_seal for each statement execute function audit_stays();
create trigger audit_leaves before delete on audit for each row execute function audit_leaves();
create trigger audit_leaves before delete on audit_seal for each row execute function audit_leaves();

do $$
begin
  if exists (select from pg_roles where rolname = 'parchi_app') then
    revoke insert, update, delete, truncate on audit_archive from parchi_app;
    grant select on audit_archive to parchi_app;
  end if;
end $$;
