import type { ResourceType } from '@medplum/fhirtypes'
import type { Queryable } from '../db/database.ts'
import { NO_PATIENT, rid, SEVERAL_PATIENTS } from '../fhir/keys.ts'
import { typeNumber } from '../fhir/types.ts'
import { COLUMNS, QUICKLY, valuesOf, type AuditRow } from './audit.ts'
import { int2s, int8s, texts } from './binary.ts'
import { caredFor } from './openings.ts'
import { rowOf, STORED, type Stored } from './read.ts'
import type { Row } from './types.ts'

/**
 * By what a statement may show a resource that is in one Patient's compartment: it is the facility's own, or the facility
 * has the Patient in care. The numbers are bits of access/tiers.ts; null: not by this.
 */
export interface Plainly {
  /** `rid` of the facility's Organization. */
  readonly facility: bigint
  readonly own: number | null
  readonly care: number | null
}

export interface Asking {
  readonly type: ResourceType
  readonly id: string
  readonly plainly: Plainly
  /** The row of the audit, but for what only the resource tells: version, patients and tiers. */
  readonly note: AuditRow
}

export interface NotedRow {
  readonly row: Row | undefined
  /** As it was written; undefined: it is not seen by any of these, and nothing was. */
  readonly note?: AuditRow
  /** Labels that the opening for care withholds, where it is seen by one. */
  readonly withheld?: number
}

/**
 * Reads a current version and writes its row of the audit in the same statement, so that both take one journey to the
 * database. Like the quick rows of audit.ts it does not wait for the disk. Those of one turn of the event loop travel together.
 */
export function readNoted(db: Queryable, asking: Asking): Promise<NotedRow> {
  return new Promise((resolve, reject) => {
    const one = { asking, resolve, reject }
    const waiting = gathered.get(db)
    if (waiting) return void waiting.push(one)
    gathered.set(db, [one])
    setImmediate(() => void readGathered(db))
  })
}

interface Waiting {
  readonly asking: Asking
  readonly resolve: (noted: NotedRow) => void
  readonly reject: (error: unknown) => void
}

const gathered = new WeakMap<Queryable, Waiting[]>()

async function readGathered(db: Queryable): Promise<void> {
  const waiting = gathered.get(db) ?? []
  gathered.delete(db)
  try {
    const found = await readAll(
      db,
      waiting.map(({ asking }) => asking),
    )
    waiting.forEach(({ asking, resolve }, i) => resolve(notedOf(asking, found.get(i + 1))))
  } catch (error) {
    for (const { reject } of waiting) reject(error)
  }
}

interface Found extends Stored {
  place: number
  own: number | null
  withheld: number | null
}

/** By their place among those asked for, from 1. */
async function readAll(db: Queryable, asked: readonly Asking[]): Promise<Map<number, Found>> {
  const [first] = asked
  const now = String(Date.now())
  const rows =
    first && asked.length === 1
      ? await db.prepared<Found>('read_noted', ONE, [now, ...keyOf(first), ...givenOf(first)])
      : await db.prepared<Found>('read_noted_many', MANY, [now, ...keysOf(asked), ...columnsOf(asked)])
  return new Map(rows.map((row) => [row.place, row]))
}

function keyOf({ type, id, plainly: { facility, own, care } }: Asking): unknown[] {
  return [typeNumber(type), rid(type, id), facility, own, care]
}

function keysOf(asked: readonly Asking[]): Buffer[] {
  return [
    int2s(asked.map(({ type }) => typeNumber(type))),
    int8s(asked.map(({ type, id }) => rid(type, id))),
    int8s(asked.map(({ plainly }) => plainly.facility)),
    int2s(asked.map(({ plainly }) => plainly.own ?? 0)),
    int2s(asked.map(({ plainly }) => plainly.care ?? 0)),
  ]
}

const OF_RESOURCE: ReadonlySet<string> = new Set(['version', 'patients', 'tiers', 'tier'])
const GIVEN = COLUMNS.flatMap(([name, type, nullable], place) =>
  OF_RESOURCE.has(name) ? [] : [{ name, type, nullable, place }],
)
const NAMES = GIVEN.map(({ name }) => name).join(', ')

function givenOf({ note }: Asking): (string | number | null)[] {
  const values = valuesOf(note)
  return GIVEN.map(({ place }) => values[place] ?? null)
}

function columnsOf(asked: readonly Asking[]): Buffer[] {
  const rows = asked.map(({ note }) => valuesOf(note))
  return GIVEN.map(({ place }) => texts(rows.map((row) => String(row[place] ?? ''))))
}

/** Two ids can share a row key (XXH64): only the one that was asked for is answered. */
function notedOf({ note, id, plainly: { care } }: Asking, found: Found | undefined): NotedRow {
  if (!found || found.id !== id) return { row: undefined }
  const { own, withheld } = found
  const row = rowOf(found)
  const tier = own ?? (withheld === null ? null : care)
  if (tier === null) return { row }
  const seen = { ...note, version: row.version, patients: [row.patient], tiers: [tier], tier }
  return { row, note: seen, ...(withheld !== null && { withheld }) }
}

/** How a statement calls what it is asked. */
type Terms = Readonly<Record<'place' | 'from' | 'facility' | 'own' | 'care' | 'note' | 'notes', string>>

/** Every expression takes longer to set up than to compute, so there are none that can be done without. */
const statement = ({ place, from, facility, own, care, note, notes }: Terms) => `
  with found as materialized (
    select ${STORED}, ${place} as place, ${care} as care,
      case when r.patient not in (${NO_PATIENT}, ${SEVERAL_PATIENTS}) and r.facility = ${facility} then ${own} end as own,
      case when r.patient not in (${NO_PATIENT}, ${SEVERAL_PATIENTS}) and (r.facility <> ${facility} or ${own} is null)
        and ${care} is not null then ${caredFor(facility, '$1::bigint', 'r.patient', 'r.labels')} end as withheld
    from ${from}
  ),
  written as (
    insert into audit (${NAMES}, version, patients, tiers, tier)
    select ${note}, f.version, array[f.patient], array[coalesce(f.own, f.care)], coalesce(f.own, f.care)
    from found f ${notes}
    where coalesce(f.own, f.withheld) is not null and ${QUICKLY}
  )
  select place, rid, type, id, version, updated, how, body, facility, patient, labels, day, own, withheld from found`

const ONE = statement({
  place: '1',
  from: 'resource r where r.type = $2::smallint and r.rid = $3::bigint',
  facility: '$4::bigint',
  own: '$5::smallint',
  care: '$6::smallint',
  note: GIVEN.map(({ type }, i) => `$${i + 7}::${type}`).join(', '),
  notes: '',
})

const MANY = statement({
  place: 'k.place::integer',
  from: `unnest($2::smallint[], $3::bigint[], $4::bigint[], $5::smallint[], $6::smallint[])
      with ordinality as k(type, rid, facility, own, care, place)
    join resource r on r.type = k.type and r.rid = k.rid`,
  facility: 'k.facility',
  own: 'nullif(k.own, 0)',
  care: 'nullif(k.care, 0)',
  note: GIVEN.map(({ name, type, nullable }) =>
    nullable ? `nullif(n.${name}, '')::${type}` : `n.${name}::${type}`,
  ).join(', '),
  notes: `join unnest(${GIVEN.map((_, i) => `$${i + 7}::text[]`).join(', ')})
      with ordinality as n(${NAMES}, place) on n.place = f.place`,
})
