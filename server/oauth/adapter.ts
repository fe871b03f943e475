import type { Adapter, AdapterPayload } from 'oidc-provider'
import { errors } from 'oidc-provider'
import type { Database } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import type { AppBook } from './clients.ts'
import type { Revocations } from './revocations.ts'
import { fingerprint } from './secret.ts'

export interface Shelves {
  readonly db: Database
  readonly clients: AppBook
  readonly revocations: Revocations
}

/**
 * Where oidc-provider keeps its things: in PostgreSQL, so that any process goes on where another began. The id of a code,
 * a refresh token or a session is the secret itself: only its hash is stored. What may be used once is used up in one
 * statement, so that of two at the same moment one is refused.
 */
export function shelvesOf(shelves: Shelves): (model: string) => Adapter {
  return (model) => (model === 'Client' ? new Clients(shelves.clients) : new Shelf(model, shelves))
}

interface Kept {
  payload: AdapterPayload
  consumed: bigint | null
}

/** For as long a thing is still found after its end: oidc-provider tolerates so much difference between clocks. */
const GRACE = 30

class Shelf implements Adapter {
  constructor(
    private readonly model: string,
    private readonly shelves: Shelves,
  ) {}

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const { jti: _, ...rest } = payload
    const until = seconds() + (expiresIn ?? 86_400) + GRACE
    // a jti that was seen is refused by the key itself, also when two processes see it at the same moment
    const again =
      this.model === 'ReplayDetection'
        ? sql`do nothing`
        : sql`do update set payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid, until = excluded.until`
    const written = await this.shelves.db.rows(sql`
      insert into oauth_payload (model, id, payload, grant_id, uid, until)
      values (${this.model}, ${fingerprint(id)}, ${JSON.stringify(unsaid(rest))}, ${payload.grantId ?? null},
              ${this.model === 'Session' ? (payload['uid'] ?? null) : null}, ${until})
      on conflict (model, id) ${again} returning 1`)
    if (written.length === 0) throw new errors.InvalidClientAuth('client assertion tokens must only be used once')
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const [row] = await this.shelves.db.prepared<Kept>(
      'oauth_find',
      'select payload, consumed from oauth_payload where model = $1 and id = $2 and until > $3',
      [this.model, fingerprint(id), seconds()],
    )
    return row && filled(row, id)
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const [row] = await this.shelves.db.rows<Kept>(sql`
      select payload, consumed from oauth_payload
      where model = ${this.model} and uid = ${uid} and until > ${seconds()}`)
    return row && filled(row)
  }

  /** Of the device flow, which is off. */
  async findByUserCode(): Promise<undefined> {
    return undefined
  }

  async consume(id: string): Promise<void> {
    const used = await this.shelves.db.rows(sql`
      update oauth_payload set consumed = ${seconds()}
      where model = ${this.model} and id = ${fingerprint(id)} and consumed is null returning 1`)
    if (used.length === 0) throw new errors.InvalidGrant('used already')
  }

  async destroy(id: string): Promise<void> {
    await this.shelves.db.rows(sql`
      delete from oauth_payload where model = ${this.model} and id = ${fingerprint(id)}`)
    if (ends.has(this.model)) await this.shelves.revocations.add(`grant:${id}`)
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.shelves.db.rows(sql`
      delete from oauth_payload where model = ${this.model} and grant_id = ${grantId}`)
    await this.shelves.revocations.add(`grant:${grantId}`)
  }
}

/** Whoever ends one of these ends the access tokens that stand for it: of a backend service each stands for itself. */
const ends: ReadonlySet<string> = new Set(['Grant', 'ClientCredentials'])

/** Applications are registered by the administrator (`parchi app`), never through the protocol. */
class Clients implements Adapter {
  constructor(private readonly book: AppBook) {}

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.book.metadata(id)
  }

  async upsert(): Promise<void> {
    throw new errors.InvalidRequest('applications are not registered here')
  }

  async findByUserCode(): Promise<undefined> {
    return undefined
  }
  async findByUid(): Promise<undefined> {
    return undefined
  }
  async consume(): Promise<void> {}
  async destroy(): Promise<void> {}
  async revokeByGrantId(): Promise<void> {}
}

/** The session's own id stands in interactions too, where nobody needs it. */
function unsaid({ session, ...payload }: AdapterPayload): AdapterPayload {
  if (!session) return payload
  const { cookie: _, ...rest } = session
  return { ...payload, session: rest }
}

function filled({ payload, consumed }: Kept, id?: string): AdapterPayload {
  return { ...payload, ...(id !== undefined && { jti: id }), ...(consumed !== null && { consumed: Number(consumed) }) }
}

function seconds(): number {
  return Math.floor(Date.now() / 1000)
}
