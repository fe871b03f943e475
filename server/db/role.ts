import type { Queryable } from './database.ts'
import { sql } from './sql.ts'

/**
 * Statements run as `parchi_app` (migration 012), which owns nothing, is no superuser and is held to row-level security;
 * migrations run as whoever connected, the owner. Where the role is not there yet, or may not be taken on, the connection
 * stays as it is. As a sub-select, so that it travels with a connection's other settings.
 */
export const takeOn = `(
  select set_config('role', r.rolname, false) from pg_roles r
  where r.rolname = 'parchi_app'
    and case when current_setting('server_version_num')::integer < 160000 then pg_has_role(session_user, r.oid, 'member')
             else pg_has_role(session_user, r.oid, 'set') end
    and exists (select from pg_class c
                where c.oid = to_regclass('resource') and has_table_privilege(r.oid, c.oid, 'insert')))`

/** The rest of this transaction runs as the owner: for what only an owner may, such as partitions and statistics. */
export async function asOwner(tx: Queryable): Promise<void> {
  await tx.rows(sql`select set_config('role', 'none', true)`)
}
