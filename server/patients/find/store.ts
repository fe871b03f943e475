import type { Queryable } from '../../db/database.ts'
import { sql, type Sql } from '../../db/sql.ts'
import { paramId } from '../../fhir/keys.ts'
import { normalise } from '../../fhir/search/normalise.ts'
import { typeNumber } from '../../fhir/types.ts'
import { int8s } from '../../store/binary.ts'
import { Where } from '../../store/search/where.ts'
import type { Sight } from '../../store/sight.ts'
import type { Features } from '../keys/features.ts'
import { termsOf, type Asked } from './terms.ts'

/** The terms of these records become what their features say; a record without features has none. */
export async function writeTerms(
  tx: Queryable,
  records: readonly { readonly rid: bigint; readonly features?: Features | undefined }[],
): Promise<void> {
  if (records.length === 0) return
  const rows = records.flatMap(({ rid, features }) =>
    features ? termsOf(features).map((term) => ({ rid, term })) : [],
  )
  await tx.rows(sql`delete from person_term where rid = any(${int8s(records.map(({ rid }) => rid))}::bigint[])`)
  if (rows.length === 0) return
  const [rids, terms] = [int8s(rows.map(({ rid }) => rid)), rows.map(({ term }) => term)]
  await tx.rows(sql`insert into person_term (rid, term) select * from unnest(${rids}::bigint[], ${terms}::text[])`)
}

/**
 * Row keys of the Patients that begin like what was typed: of a name first those written so, then those that sound so.
 * Each source gives `most` rows of one stretch of its index, so the cost does not grow with the number of Patients.
 */
export async function ridsOf(db: Queryable, sight: Sight, asked: Asked, most: number): Promise<bigint[]> {
  if (sight !== 'all') return ridsSeen(db, sight, asked, most)
  const terms = await db.prepared<{ rid: bigint }>('find_terms', TERMS, [
    asked.starts[0] ?? '',
    asked.starts[1] ?? asked.starts[0] ?? '',
    most,
  ])
  if (asked.kind === 'number') return distinct(terms)
  const written = await db.prepared<{ rid: bigint }>('find_names', NAMES, [NAME, normalise(asked.text), most])
  return distinct([...written, ...terms])
}

/** The same of whom the caller sees: what they do not takes nobody's place. */
async function ridsSeen(db: Queryable, sight: Sight, asked: Asked, most: number): Promise<bigint[]> {
  const find = (from: Sql, order: Sql) => {
    const { alias: r, from: resource, visible } = new Where(sight).resources(['Patient'])
    return db.rows<{ rid: bigint }>(sql`
      select f.rid from (${from}) f join ${resource} on ${r}.type = ${typeNumber('Patient')} and ${r}.rid = f.rid
      where ${visible} order by ${order}, f.rid limit ${most}`)
  }
  const terms = asked.starts.map((start) =>
    find(sql`select rid, term from person_term where term >= ${start} and term < ${start + LAST}`, sql`f.term`),
  )
  const text = asked.kind === 'name' && normalise(asked.text)
  const names = text === false ? [] : [find(namesFrom(text), sql`f.value`)]
  return distinct((await Promise.all([...names, ...terms])).flat())
}

function namesFrom(text: string): Sql {
  return sql`select s.rid, s.value from strings s where s.param = ${NAME} and s.value >= ${text} and s.value < ${text + LAST}
    and not exists (select from person_golden g where g.rid = s.rid)`
}

/** Row keys of the city's own registrations, never golden ones, that have exactly one of these terms. */
export async function registeredAs(db: Queryable, terms: readonly string[], most: number): Promise<bigint[]> {
  return distinct(
    await db.rows<{ rid: bigint }>(sql`
      select t.rid from person_term t join resource r on r.type = ${typeNumber('Patient')} and r.rid = t.rid
      where t.term = any(${terms}::text[]) and r.facility = 0
        and not exists (select from person_golden g where g.rid = t.rid)
      order by t.rid limit ${most}`),
  )
}

function distinct(rows: readonly { rid: bigint }[]): bigint[] {
  return [...new Set(rows.map(({ rid }) => rid))]
}

const NAME = paramId('Patient', 'name')

/** The last code point sorts behind everything that starts with the text. */
const LAST = '\u{10ffff}'

const TERMS = `
  (select rid from person_term where term >= $1::text and term < $1::text || '${LAST}' order by term, rid limit $3)
  union all
  (select rid from person_term where $2::text <> $1::text and term >= $2::text and term < $2::text || '${LAST}'
    order by term, rid limit $3)`

// Golden Patients repeat the names of their records.
const NAMES = `
  select s.rid from (
    select rid from strings where param = $1 and value >= $2::text and value < $2::text || '${LAST}'
    order by value, rid limit $3
  ) s where not exists (select from person_golden g where g.rid = s.rid)`
