-- The second wall (server/db/role.ts). The server works as a role that owns nothing and is held to the policies below;
-- migrations and upkeep run as the owner. Where the role may not be made, the server works as the owner, who is held to
-- the policies too (force) unless it is a superuser.
do $$
begin
  if not exists (select from pg_roles where rolname = 'parchi_app') then
    create role parchi_app nologin;
  end if;
exception when insufficient_privilege or duplicate_object or unique_violation then null;
end $$;

do $$
begin
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant parchi_app to %I', current_user);
  end if;
exception when insufficient_privilege or undefined_object or invalid_grant_operation then null;
end $$;

do $$
declare here text := quote_ident(current_schema());
begin
  if not exists (select from pg_roles where rolname = 'parchi_app') then return; end if;
  execute format('grant usage on schema %s to parchi_app', here);
  execute format('grant select, insert, update, delete on all tables in schema %s to parchi_app', here);
  execute format('grant usage, select on all sequences in schema %s to parchi_app', here);
  execute format('alter default privileges in schema %s grant select, insert, update, delete on tables to parchi_app', here);
  execute format('alter default privileges in schema %s grant usage, select on sequences to parchi_app', here);
  grant truncate on person_key to parchi_app;
  revoke insert, update, delete on migration from parchi_app;
  revoke update, delete on audit, audit_seal, history from parchi_app;
end $$;

-- Whoever writes in the name of a facility shows its pen first (store/write.ts): the facility's key, or 0 for what is the
-- city's own. Without one it is the server itself. Reading is not cut here: what is read is decided inside each statement,
-- and a condition here would keep the operators of the token index out of it (CREATE POLICY, leakproof).
alter table resource enable row level security;
alter table resource force row level security;
create policy reads on resource for select using (true);
create policy creates on resource for insert
  with check (coalesce(current_setting('parchi.pen', true), '') in ('', facility::text));
create policy updates on resource for update
  using (coalesce(current_setting('parchi.pen', true), '') in ('', facility::text));
create policy deletes on resource for delete
  using (coalesce(current_setting('parchi.pen', true), '') in ('', facility::text));

-- History only grows.
alter table history enable row level security;
alter table history force row level security;
create policy reads on history for select using (true);
create policy grows on history for insert
  with check (coalesce(current_setting('parchi.pen', true), '') in ('', facility::text));
