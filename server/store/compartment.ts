import type { ResourceType } from '@medplum/fhirtypes'
import type { Queryable } from '../db/database.ts'
import { compartmentToken, rid } from '../fhir/keys.ts'
import { typeNumber } from '../fhir/types.ts'
import { rowOf, STORED, type Key, type Stored } from './read.ts'
import type { Row } from './types.ts'

/** Which part of patients' compartments is wanted; absent members do not narrow. */
export interface Slice {
  readonly types?: readonly ResourceType[] | undefined
  /** Changed at or after, milliseconds. */
  readonly since?: number | undefined
  /** With a clinical date in this range, milliseconds; resources without any date stay. */
  readonly care?: { readonly from: number; readonly to: number } | undefined
}

/** A place in the order of the pages: type, then row key. */
export interface Mark {
  readonly type: number
  readonly rid: bigint
}

export const FIRST: Mark = { type: -1, rid: 0n }

export function markOf(row: Row): Mark {
  return { type: typeNumber(row.type), rid: row.rid }
}

/**
 * The next current resources in the compartments of these patients, after a mark; of Patients these alone, though whoever
 * links to one is in its compartment too.
 */
export async function inCompartments(
  db: Queryable,
  patients: readonly bigint[],
  slice: Slice,
  after: Mark,
  limit: number,
): Promise<Row[]> {
  const tokens = patients.map(compartmentToken)
  const values = [patients, tokens, ...narrowed(slice), after.type, after.rid, limit]
  return (await db.prepared<Stored>('compartments', COMPARTMENTS, values)).map(rowOf)
}

/** One patient's whole compartment, up to a number: the statement everybody waits for, so small that one plan serves all. */
export async function compartmentOf(db: Queryable, patient: bigint, limit: number): Promise<Row[]> {
  const values = [patient, [compartmentToken(patient)], limit]
  return (await db.prepared<Stored>('compartment', COMPARTMENT, values)).map(rowOf)
}

/** The same of every patient at once. */
export async function inAnyCompartment(db: Queryable, slice: Slice, after: Mark, limit: number): Promise<Row[]> {
  const values = [...narrowed(slice), after.type, after.rid, limit]
  return (await db.prepared<Stored>('any_compartment', ANY_COMPARTMENT, values)).map(rowOf)
}

/** Resources that are in no patient's compartment (practitioners, organizations, medications …) by their keys. */
export async function inNoCompartment(db: Queryable, keys: readonly Key[], slice: Slice): Promise<Row[]> {
  if (keys.length === 0) return []
  const values = [keys.map((key) => typeNumber(key.type)), keys.map((key) => key.rid), slice.since ?? null]
  return (await db.prepared<Stored>('no_compartment', NO_COMPARTMENT, values)).map(rowOf)
}

/** The Patients with these row keys, and those that Patient.link binds to them: a Patient is in the compartment of whom it links to. */
export async function patientsAround(db: Queryable, patients: readonly bigint[]): Promise<Row[]> {
  const values = [typeNumber('Patient'), patients, patients.map(compartmentToken)]
  return (await db.prepared<Stored>('patients_around', PATIENTS_AROUND, values)).map(rowOf)
}

export function patientRid(id: string): bigint {
  return rid('Patient', id)
}

function narrowed({ types, since, care }: Slice): unknown[] {
  return [types?.map(typeNumber) ?? null, since ?? null, care?.from ?? null, care?.to ?? null]
}

// A resource without any date row (a Patient has only those of the person) is not bound to a time.
function wanted(first: number): string {
  const [types, since, from, to] = [first, first + 1, first + 2, first + 3].map((n) => `$${n}`)
  return `(${types}::smallint[] is null or r.type = any (${types}))
    and (${since}::bigint is null or r.updated >= ${since})
    and (${from}::bigint is null or r.type = ${typeNumber('Patient')}
      or exists (select from dates d where d.rid = r.rid and d.low <= ${to}::bigint and d.high >= ${from})
      or not exists (select from dates d where d.rid = r.rid))
    and (r.type, r.rid) > (${`$${first + 4}`}::smallint, ${`$${first + 5}`}::bigint)`
}

const COMPARTMENTS = `
  select * from (
    select ${STORED} from resource r where r.patient = any ($1::bigint[]) and r.patient <> 0 and ${wanted(3)}
    union all
    select ${STORED} from resource r where r.tokens && $2::bigint[] and r.patient = -1 and ${wanted(3)}
      and (r.type <> ${typeNumber('Patient')} or r.rid = any ($1::bigint[]))
  ) r
  order by r.type, r.rid limit $9`

const COMPARTMENT = `
  select ${STORED} from resource r where r.patient = $1 and r.patient <> 0
  union all
  select ${STORED} from resource r where r.tokens && $2::bigint[] and r.patient = -1
  order by type, rid limit $3`

const ANY_COMPARTMENT = `
  select ${STORED} from resource r where r.patient <> 0 and ${wanted(1)}
  order by r.type, r.rid limit $7`

const NO_COMPARTMENT = `
  select ${STORED} from unnest($1::smallint[], $2::bigint[]) as k(type, rid)
  join resource r on r.type = k.type and r.rid = k.rid
  where r.patient = 0 and ($3::bigint is null or r.updated >= $3)`

const PATIENTS_AROUND = `
  select ${STORED} from resource r where r.type = $1 and r.rid = any ($2::bigint[])
  union
  select ${STORED} from resource r where r.type = $1 and r.tokens && $3::bigint[] and r.patient = -1`
