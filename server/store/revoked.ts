import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'

/** What tokens stand for: whoever revokes one of these ends the access tokens that were issued for it until now. */
export type Revocable = `grant:${string}` | `app:${string}` | `account:${string}`

/** No access token lives longer, in seconds: afterwards a revocation need not be remembered. */
export const LONGEST_TOKEN = 600

/** Every process knows within a second (server/oauth/revocations.ts). */
export async function revoke(db: Queryable, what: Revocable, now = Date.now()): Promise<void> {
  await db.rows(sql`
    insert into revoked (what, at, until) values (${what}, ${now}, ${now + (LONGEST_TOKEN + 60) * 1000})
    on conflict (what) do update set at = excluded.at, until = excluded.until`)
}

export async function readRevoked(db: Queryable, now = Date.now()): Promise<ReadonlyMap<string, number>> {
  const rows = await db.prepared<{ what: string; at: bigint }>(
    'revoked',
    'select what, at from revoked where until > $1',
    [now],
  )
  return new Map(rows.map(({ what, at }) => [what, Number(at)]))
}

/**
 * Ends every login of a member of staff (cookie sessions, codes, grants and refresh tokens with this commit; access tokens
 * within half a second, in every process), or of one account of theirs alone.
 */
export async function endLogins(db: Queryable, staff: string, account?: string): Promise<void> {
  // an account's id goes on with a dot, and no other staff's begins so
  const [from, to] = account === undefined ? [`staff.${staff}.`, `staff.${staff}/`] : [account, `${account}!`]
  await db.rows(sql`
    delete from oauth_payload
    where (payload ->> 'accountId') collate "C" >= ${from} and (payload ->> 'accountId') collate "C" < ${to}`)
  await revoke(db, account === undefined ? `account:staff/${staff}` : `account:${account}`)
}
