import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'

/** What a grant was launched with: whose record an application opens, in which encounter. */
export interface Launch {
  readonly patient?: string
  readonly encounter?: string
  /** The application shows whose record it is, because no system around it does (need_patient_banner). */
  readonly banner: boolean
}

export async function saveLaunch(db: Queryable, grant: string, launch: Launch, until: number): Promise<void> {
  await db.rows(sql`
    insert into oauth_grant (id, patient, encounter, banner, until)
    values (${grant}, ${launch.patient ?? null}, ${launch.encounter ?? null}, ${launch.banner}, ${until})`)
}

export async function findLaunch(db: Queryable, grant: string): Promise<Launch | undefined> {
  const [row] = await db.prepared<{ patient: string | null; encounter: string | null; banner: boolean }>(
    'oauth_grant',
    'select patient, encounter, banner from oauth_grant where id = $1',
    [grant],
  )
  if (!row) return undefined
  const { patient, encounter, banner } = row
  return { banner, ...(patient !== null && { patient }), ...(encounter !== null && { encounter }) }
}

/** What has run out, once a minute. */
export async function forgetExpired(db: Queryable, now = Date.now()): Promise<void> {
  const seconds = Math.floor(now / 1000)
  await db.rows(sql`delete from oauth_payload where until < ${seconds}`)
  await db.rows(sql`delete from oauth_grant where until < ${seconds}`)
  await db.rows(sql`delete from revoked where until < ${now}`)
}
