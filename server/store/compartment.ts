import type { ResourceType } from '@medplum/fhirtypes'
import type { Queryable } from '../db/database.ts'
import { raw, sql, type Sql } from '../db/sql.ts'
import { compartmentToken, rid } from '../fhir/keys.ts'
import { typeNumber } from '../fhir/types.ts'
import { rowOf, STORED, type Key, type Stored } from './read.ts'
import { Where } from './search/where.ts'
import { seenOf } from './seen.ts'
import type { Sight } from './sight.ts'
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
  sight: Sight,
  patients: readonly bigint[],
  slice: Slice,
  after: Mark,
  limit: number,
): Promise<Row[]> {
  const values = [patients, patients.map(compartmentToken), ...narrowed(slice), after.type, after.rid, limit]
  const rows = await asked(db, 'all', 'compartments', compartments, values)
  if (sight === 'all') return rows
  // all there is: what is not seen of it takes nobody's place
  return rows.length < limit ? seenOf(db, sight, rows) : asked(db, sight, 'compartments', compartments, values)
}

/**
 * One patient's whole compartment, seen or not, undefined when it holds more than a number: the statement everybody waits
 * for, so small that one plan serves all.
 */
export async function compartmentOf(db: Queryable, patient: bigint, most: number): Promise<Row[] | undefined> {
  const values = [patient, [compartmentToken(patient)], most + 1]
  const rows = await db.prepared<Stored>('compartment', COMPARTMENT, values)
  return rows.length > most ? undefined : rows.map(rowOf)
}

/** The same of every patient at once. */
export async function inAnyCompartment(
  db: Queryable,
  sight: Sight,
  slice: Slice,
  after: Mark,
  limit: number,
): Promise<Row[]> {
  const values = [...narrowed(slice), after.type, after.rid, limit]
  return asked(db, sight, 'any_compartment', anyCompartment, values)
}

/** Resources that are in no patient's compartment (practitioners, organizations, medications …) by their keys. */
export async function inNoCompartment(db: Queryable, sight: Sight, keys: readonly Key[], slice: Slice): Promise<Row[]> {
  if (keys.length === 0) return []
  const values = [keys.map((key) => typeNumber(key.type)), keys.map((key) => key.rid), slice.since ?? null]
  return seenOf(db, sight, (await db.prepared<Stored>('no_compartment', NO_COMPARTMENT, values)).map(rowOf))
}

/** The Patients with these row keys, and those that Patient.link binds to them: a Patient is in the compartment of whom it links to. */
export async function patientsAround(db: Queryable, sight: Sight, patients: readonly bigint[]): Promise<Row[]> {
  const values = [typeNumber('Patient'), patients, patients.map(compartmentToken)]
  return seenOf(db, sight, (await db.prepared<Stored>('patients_around', PATIENTS_AROUND, values)).map(rowOf))
}

export function patientRid(id: string): bigint {
  return rid('Patient', id)
}

function narrowed({ types, since, care }: Slice): unknown[] {
  return [types?.map(typeNumber) ?? null, since ?? null, care?.from ?? null, care?.to ?? null]
}

/** A statement by its parameters, and by what of an alias called r is seen. */
type Statement = (values: readonly Sql[], seen: Sql) => Sql

const prepared = new Map<Statement, string>()

/** Who sees everything is answered by a prepared statement; a sight brings parameters of its own. */
async function asked(
  db: Queryable,
  sight: Sight,
  name: string,
  statement: Statement,
  values: readonly unknown[],
): Promise<Row[]> {
  if (sight !== 'all') {
    const given = values.map((value) => sql`${value}`)
    return (await db.rows<Stored>(statement(given, new Where(sight).visible(raw('r'))))).map(rowOf)
  }
  const numbers = values.map((_, i) => raw(`$${i + 1}`))
  const text = prepared.get(statement) ?? statement(numbers, sql`true`).query.text
  prepared.set(statement, text)
  return (await db.prepared<Stored>(name, text, values)).map(rowOf)
}

const STORED_COLUMNS = raw(STORED)
const PATIENT = raw(String(typeNumber('Patient')))
/** For access part of somebody's record, but in nobody's compartment. */
const BINARY = raw(String(typeNumber('Binary')))

// A resource without any date row (a Patient has only those of the person) is not bound to a time.
function wanted([types, since, from, to, type, rid]: readonly Sql[]): Sql {
  return sql`r.type <> ${BINARY} and (${types}::smallint[] is null or r.type = any (${types}::smallint[]))
    and (${since}::bigint is null or r.updated >= ${since}::bigint)
    and (${from}::bigint is null or r.type = ${PATIENT}
      or exists (select from dates d where d.rid = r.rid and d.low <= ${to}::bigint and d.high >= ${from}::bigint)
      or not exists (select from dates d where d.rid = r.rid))
    and (r.type, r.rid) > (${type}::smallint, ${rid}::bigint)`
}

const compartments: Statement = ([patients, tokens, ...rest], seen) => sql`
  select * from (
    select ${STORED_COLUMNS} from resource r where r.patient = any (${patients}::bigint[]) and r.patient <> 0
      and ${wanted(rest)} and ${seen}
    union all
    select ${STORED_COLUMNS} from resource r where r.tokens && ${tokens}::bigint[] and r.patient = -1
      and ${wanted(rest)} and ${seen} and (r.type <> ${PATIENT} or r.rid = any (${patients}::bigint[]))
  ) r
  order by r.type, r.rid limit ${rest.at(-1)}`

const anyCompartment: Statement = (values, seen) => sql`
  select ${STORED_COLUMNS} from resource r where r.patient <> 0 and ${wanted(values)} and ${seen}
  order by r.type, r.rid limit ${values.at(-1)}`

const COMPARTMENT = `
  select ${STORED} from resource r where r.patient = $1 and r.patient <> 0 and r.type <> ${typeNumber('Binary')}
  union all
  select ${STORED} from resource r where r.tokens && $2::bigint[] and r.patient = -1
  order by type, rid limit $3`

const NO_COMPARTMENT = `
  select ${STORED} from unnest($1::smallint[], $2::bigint[]) as k(type, rid)
  join resource r on r.type = k.type and r.rid = k.rid
  where r.patient = 0 and ($3::bigint is null or r.updated >= $3)`

const PATIENTS_AROUND = `
  select ${STORED} from resource r where r.type = $1 and r.rid = any ($2::bigint[])
  union
  select ${STORED} from resource r where r.type = $1 and r.tokens && $3::bigint[] and r.patient = -1`
