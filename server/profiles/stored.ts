import type { CodeSystem, Questionnaire, StructureDefinition, ValueSet } from '@medplum/fhirtypes'
import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { paramId, token } from '../fhir/keys.ts'
import { typeNumber, typeOf } from '../fhir/types.ts'
import { int2s, int8s } from '../store/binary.ts'
import { textOf } from '../store/body.ts'

export type Canonical = StructureDefinition | ValueSet | CodeSystem | Questionnaire
export const CANONICAL_TYPES = ['StructureDefinition', 'ValueSet', 'CodeSystem'] as const

/** Larger code systems are the terminology tables' business, not memory's. */
const MAX_BYTES = 4_000_000

/** What is looked for: `url`, or `url|version`. */
export interface Sought {
  readonly type: Canonical['resourceType']
  readonly canonical: string
}

/** The stored resource of a canonical url; of `url|version` that version, else the one written last. */
export async function storedDefinition(
  db: Queryable,
  type: Sought['type'],
  canonical: string,
): Promise<Canonical | undefined> {
  const [found] = await storedDefinitions(db, [{ type, canonical }])
  return found
}

/** Of many in one statement, in their order: how many a resource names is its sender's choice. */
export async function storedDefinitions(
  db: Queryable,
  sought: readonly Sought[],
): Promise<readonly (Canonical | undefined)[]> {
  const keys = [...new Set(sought.map(({ type, canonical }) => token(paramId(type, 'url'), urlOf(canonical))))]
  const types = [...new Set(sought.map(({ type }) => typeNumber(type)))]
  const rows = await db.rows<{ type: number; id: string; version: number; updated: number; body: string }>(sql`
    select type, id, version, updated::float8 as updated, body from (
      select type, id, version, updated, body from resource where tokens && ${int8s(keys)}::bigint[] offset 0
    ) r
    where type = any(${int2s(types)}::smallint[]) and octet_length(body) <= ${MAX_BYTES}
    order by updated desc, id
    limit ${MOST_VERSIONS * keys.length}`)
  const known = rows.map((row) => JSON.parse(textOf({ ...row, type: typeOf(row.type) })) as Canonical)
  return sought.map(({ type, canonical }) => {
    const [, version] = canonical.split('|')
    return known.find(
      (one) =>
        one.resourceType === type && one.url === urlOf(canonical) && (version === undefined || one.version === version),
    )
  })
}

/** Of one url. */
const MOST_VERSIONS = 20

function urlOf(canonical: string): string {
  return canonical.split('|')[0] ?? ''
}

/** Changes whenever a definition is written or deleted, by whichever process. */
export async function definitionsStamp(db: Queryable): Promise<string> {
  const types = CANONICAL_TYPES.map(typeNumber)
  const [row] = await db.rows<{ stamp: string }>(sql`
    select concat_ws(' ',
      (select max(updated) from resource where type = ${types[0]}), (select max(updated) from history where type = ${types[0]}),
      (select max(updated) from resource where type = ${types[1]}), (select max(updated) from history where type = ${types[1]}),
      (select max(updated) from resource where type = ${types[2]}), (select max(updated) from history where type = ${types[2]})) as stamp`)
  return row?.stamp ?? ''
}
