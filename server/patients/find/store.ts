import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import { paramId } from '../../fhir/keys.ts'
import { normalise } from '../../fhir/search/normalise.ts'
import { int8s } from '../../store/binary.ts'
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
export async function ridsOf(db: Queryable, asked: Asked, most: number): Promise<bigint[]> {
  const terms = await db.prepared<{ rid: bigint }>('find_terms', TERMS, [
    asked.starts[0] ?? '',
    asked.starts[1] ?? asked.starts[0] ?? '',
    most,
  ])
  if (asked.kind === 'number') return distinct(terms)
  const written = await db.prepared<{ rid: bigint }>('find_names', NAMES, [NAME, normalise(asked.text), most])
  return distinct([...written, ...terms])
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
