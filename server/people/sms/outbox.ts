import { sql } from '../../db/sql.ts'
import { maskMobile } from '../mobile.ts'
import type { People } from '../people.ts'
import { isSame, keyed, unseal } from '../seal.ts'
import type { SecretFact } from '../sms.ts'
import { templates, writeText, type Language } from './templates.ts'

export type SmsState = 'queued' | 'sent' | 'delivered' | 'failed' | 'expired'

export interface Kept {
  readonly id: string
  readonly mobile: string
  readonly template: string
  readonly language: Language
  readonly facts: Readonly<Record<string, string | SecretFact>> | null
  readonly state: SmsState
  readonly made: bigint
  readonly until: bigint
}

const COLUMNS = sql`id, mobile, template, language, facts, state, made, until`

export async function readSms(people: People, id: string): Promise<Kept | undefined> {
  const [row] = await people.house.db.rows<Kept>(sql`select ${COLUMNS} from sms where id = ${id}`)
  return row
}

/** The last messages, newest first, for the outbox of a demo: those that wait with their text, all others masked. */
export async function readOutbox(people: People, most = 50): Promise<OutboxRow[]> {
  const rows = await people.house.db.rows<Kept>(sql`select ${COLUMNS} from sms order by made desc, id limit ${most}`)
  return rows.map((row) => {
    const old = row.state === 'queued' && Number(row.until) <= people.now()
    return {
      at: new Date(Number(row.made)).toISOString(),
      mobile: row.mobile,
      state: old ? 'expired' : row.state,
      language: row.language,
      text: row.facts === null ? '' : (textOf(people, row) ?? ''),
    }
  })
}

export interface OutboxRow {
  readonly at: string
  readonly mobile: string
  readonly state: SmsState
  readonly language: Language
  readonly text: string
}

/** Undefined when its template is gone or its facts were sealed with another key. */
export function textOf({ keys }: People, { template, language, facts }: Kept): string | undefined {
  const known = templates().get(template)
  if (!known || facts === null) return undefined
  const open = Object.entries(facts).map(
    ([name, value]) =>
      [
        name,
        typeof value === 'string' ? value : (unseal(keys.seal, Buffer.from(value.sealed, 'base64'), 'sms') ?? ''),
      ] as const,
  )
  try {
    return writeText(known, language, Object.fromEntries(open))
  } catch {
    return undefined
  }
}

/** What a gateway calls a message by: nobody else can make one. */
export function referenceOf({ keys }: People, id: string): string {
  return `${id}.${keyed(keys.sign, 'sms', id).toString('base64url').slice(0, 22)}`
}

/**
 * The gateway's report on a message: mounted where it can call. False when the reference is not ours or the message
 * never went out; words that mean nothing to us change nothing.
 */
export async function smsStatus(people: People, reference: string, word: string): Promise<boolean> {
  const [id = ''] = reference.split('.')
  if (!/^[0-9a-f-]{36}$/.test(id) || !isSame(Buffer.from(referenceOf(people, id)), Buffer.from(reference))) return false
  const state = meaningOf(word)
  const rows = await people.house.db.rows(sql`
    update sms set state = coalesce(${state ?? null}, state), changed = ${people.now()}::bigint
    where id = ${id} and state in ('sent', 'delivered') returning id`)
  return rows.length > 0
}

function meaningOf(word: string): SmsState | undefined {
  if (/^(delivrd|delivered)$/i.test(word)) return 'delivered'
  return /^(undeliv|undelivered|failed|rejectd|rejected|expired)$/i.test(word) ? 'failed' : undefined
}

/** Out of our hands: what it said is forgotten, of the mobile the last digits stay. */
export function settled({ mobile }: Kept): { mobile: string } {
  return { mobile: maskMobile(mobile) }
}
