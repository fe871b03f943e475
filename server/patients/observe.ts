import type { Patient } from '@medplum/fhirtypes'
import type { Queryable } from '../db/database.ts'
import { textOf } from '../store/body.ts'
import { readMany } from '../store/read.ts'
import type { Row } from '../store/types.ts'
import { writeTerms } from './find/store.ts'
import { blocksOf } from './keys/blocks.ts'
import { featuresOf } from './keys/features.ts'
import { goldensAmong } from './store/goldens.ts'
import { moveKeys, readPeople, removePeople, writePeople, type Keyed, type Person } from './store/people.ts'

/** What has become of the records that were written or deleted. */
export interface Observed {
  /** New, or no longer what they were for matching. */
  readonly changed: readonly Person[]
  /** Of new versions that matching sees no difference in: a golden Patient may have to tell it. */
  readonly retold: readonly bigint[]
  readonly deleted: readonly Person[]
  /** Golden Patients that somebody has deleted. */
  readonly orphaned: readonly bigint[]
  readonly gone: readonly Keyed[]
  readonly come: readonly Keyed[]
}

/**
 * Reads the Patients behind row keys and brings `person` and its keys up to date; golden Patients are none of them.
 * `anew`: there are no keys, and features may have been made by older rules.
 */
export async function observe(tx: Queryable, rids: readonly bigint[], anew?: 'anew'): Promise<Observed> {
  const [goldens, known, rows] = await Promise.all([
    goldensAmong(tx, rids),
    readPeople(tx, rids),
    readMany(
      tx,
      'all',
      rids.map((rid) => ({ type: 'Patient' as const, rid })),
    ),
  ])
  const before = new Map(known.map((person) => [person.rid, person]))
  const there = new Set(rows.map(({ rid }) => rid))
  const now = rows.filter(({ rid }) => !goldens.has(rid)).flatMap((row) => personOf(row, before.get(row.rid)))
  const fresh = now.filter((person) => anew || person.version !== before.get(person.rid)?.version)
  const changed = fresh.filter((person) => anew || !isSame(person, before.get(person.rid)))
  const deleted = known.filter(({ rid }) => !there.has(rid))
  const was = anew ? [] : [...changed.flatMap(({ rid }) => before.get(rid) ?? []), ...deleted]
  const moved = apart(was.flatMap(keysOf), changed.flatMap(keysOf))
  await writePeople(tx, fresh)
  await removePeople(
    tx,
    deleted.map(({ rid }) => rid),
  )
  await moveKeys(tx, moved.gone, moved.come)
  await writeTerms(tx, [...changed, ...deleted.map(({ rid }) => ({ rid }))])
  return {
    changed,
    retold: fresh.filter(({ golden }) => golden !== null).map(({ rid }) => rid),
    deleted,
    orphaned: [...goldens.keys()].filter((rid) => !there.has(rid)),
    ...moved,
  }
}

export function keysOf({ rid, features }: Person): Keyed[] {
  return blocksOf(features).map((key) => ({ key, rid }))
}

export function personOf(row: Row, before?: Person): Person[] {
  if (row.body === null) return []
  const patient = JSON.parse(textOf({ ...row, body: row.body })) as Patient
  const { rid, id, version } = row
  return [{ rid, id, version, golden: before?.golden ?? null, sent: sentBy(patient), features: featuresOf(patient) }]
}

/** The Patients that Patient.link of any type names: https://hl7.org/fhir/R4/patient.html#linking. */
function sentBy({ id, link = [] }: Patient): string[] {
  const named = link.flatMap(({ other }) => /^Patient\/([A-Za-z0-9\-.]{1,64})$/.exec(other?.reference ?? '')?.[1] ?? [])
  return [...new Set(named)].filter((other) => other !== id).sort()
}

function isSame(one: Person, other: Person | undefined): boolean {
  return (
    other !== undefined &&
    one.sent.join(' ') === other.sent.join(' ') &&
    JSON.stringify(one.features) === JSON.stringify(other.features)
  )
}

/** Without those that are in both. */
function apart(gone: readonly Keyed[], come: readonly Keyed[]): { gone: Keyed[]; come: Keyed[] } {
  const name = ({ key, rid }: Keyed) => `${key} ${rid}`
  const [had, have] = [new Set(gone.map(name)), new Set(come.map(name))]
  return { gone: gone.filter((one) => !have.has(name(one))), come: come.filter((one) => !had.has(name(one))) }
}
