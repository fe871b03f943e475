import type { ResourceType } from '@medplum/fhirtypes'
import { sql } from '../db/sql.ts'
import { FhirError } from '../errors.ts'
import { paramId, referenceToken, rid } from '../fhir/keys.ts'
import { typeNumber } from '../fhir/types.ts'
import type { Intake } from './intake.ts'
import { unpackVersions } from './made.ts'
import { readMessages, type Message } from './message.ts'
import { stateOf } from './outcomes.ts'
import { recordOfProvenance } from './process/build.ts'

/** Which record made a version. */
export interface Traced {
  readonly version: number
  readonly message: string
  readonly facility: string
  readonly arrived: Date
  readonly via: string
  readonly filename: string | null
  readonly number: number
  readonly line: number
  readonly state: string
  readonly mapping: number
}

/**
 * Where the versions of a resource come from: its Provenances name the records, the records list what they made. Empty
 * for a resource that did not come through the intake.
 */
export async function trace({ house }: Intake, type: ResourceType, id: string): Promise<Traced[]> {
  const { db } = house
  const key = rid(type, id)
  const [known] = await db.rows(sql`
    select from resource where type = ${typeNumber(type)} and rid = ${key} union all select from history where rid = ${key} limit 1`)
  if (!known) throw new FhirError('not-found', 'There is no such resource')
  const rows = await db.rows<{ id: string }>(sql`
    select id from resource
    where type = ${typeNumber('Provenance')} and tokens @> array[${referenceToken(TARGET, key)}::bigint]
    order by id limit ${MOST}`)
  const records = rows.flatMap((row) => recordOfProvenance(row.id) ?? [])
  const messages = await readMessages(db, [...new Set(records.map(({ message }) => message))])
  const made = await db.rows<{ message: string; number: number; line: number; state: string; made: Buffer | null }>(sql`
    select r.message, r.number, r.line, r.state, r.made
    from unnest(${records.map(({ message }) => message)}::uuid[], ${records.map(({ number }) => number)}::integer[])
         as n(message, number)
    join record r on r.message = n.message and r.number = n.number`)
  const traced = made.flatMap(({ message: from, number, line, state, made: bytes }) => {
    const message = messages.get(from)
    const own = unpackVersions(bytes).filter((one) => one.rid === key && one.type === typeNumber(type))
    return message
      ? own.map(({ version, mapping }) => tracedOf(message, { version, number, line, state: stateOf(state), mapping }))
      : []
  })
  return traced.toSorted((a, b) => a.version - b.version || (a.message < b.message ? -1 : 1) || a.number - b.number)
}

const TARGET = paramId('Provenance', 'target')
const MOST = 1000

function tracedOf(
  { id, facility, arrived, via, filename }: Message,
  record: Pick<Traced, 'version' | 'number' | 'line' | 'state' | 'mapping'>,
): Traced {
  const { version, number, line, state, mapping } = record
  return { version, message: id, facility, arrived, via, filename, number, line, state, mapping }
}
