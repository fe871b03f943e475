import { randomUUID } from 'node:crypto'
import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { enqueue } from '../jobs/queue.ts'
import type { People } from './people.ts'
import { seal } from './seal.ts'
import { fits, isFact, templates, type Language } from './sms/templates.ts'

/** A fact that must not stand in the database: a one-time code. */
export interface SecretFact {
  readonly sealed: string
}

export function secretFact({ keys }: People, value: string): SecretFact {
  return { sealed: seal(keys.seal, value, 'sms').toString('base64') }
}

export interface NewSms {
  /** Ten digits (mobile.ts). */
  readonly mobile: string
  /** A name of profiles/sms. */
  readonly template: string
  readonly facts: Readonly<Record<string, string | SecretFact>>
  readonly language?: Language
  /** After so many minutes it is not sent any more. */
  readonly minutes?: number
  readonly now?: number
}

/** Puts a message into the outbox, in the caller's transaction: it is sent when that commits, and only then. */
export async function queueSms(tx: Queryable, sms: NewSms): Promise<void> {
  const { mobile, template, facts, language = 'hi', minutes = 24 * 60, now = Date.now() } = sms
  refuseUnfit(sms)
  const id = randomUUID()
  await tx.rows(sql`
    insert into sms (id, mobile, template, language, facts, made, until, changed)
    values (${id}, ${mobile}, ${template}, ${language}, ${JSON.stringify(facts)}::jsonb,
            ${now}::bigint, ${now + minutes * 60_000}::bigint, ${now}::bigint)`)
  // A lane of its own: no message waits for another.
  await enqueue(tx, [{ kind: 'sms', lane: `sms ${id}`, payload: { id } }])
}

function refuseUnfit({ mobile, template, facts }: NewSms): void {
  const known = templates().get(template)
  if (!known) throw new Error(`There is no SMS template ${template}.`)
  if (!/^[6-9]\d{9}$/.test(mobile)) throw new Error('Not a mobile of ten digits.')
  const wrong = [...known.facts, ...Object.keys(facts)].find((name) => {
    const value = facts[name]
    if (!isFact(name) || !known.facts.includes(name) || value === undefined) return true
    return typeof value === 'string' && !fits(name, value)
  })
  if (wrong !== undefined) throw new Error(`The SMS template ${template} cannot take the fact ${wrong} as given.`)
}
