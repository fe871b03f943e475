import type { CodeSystem, Questionnaire, StructureDefinition, ValueSet } from '@medplum/fhirtypes'
import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { paramId, token } from '../fhir/keys.ts'
import { typeNumber } from '../fhir/types.ts'
import { textOf } from '../store/body.ts'

export type Canonical = StructureDefinition | ValueSet | CodeSystem | Questionnaire
export const CANONICAL_TYPES = ['StructureDefinition', 'ValueSet', 'CodeSystem'] as const

/** Larger code systems are the terminology tables' business, not memory's. */
const MAX_BYTES = 4_000_000

/** The stored resource of a canonical url; of `url|version` that version, else the one written last. */
export async function storedDefinition(
  db: Queryable,
  type: Canonical['resourceType'],
  canonical: string,
): Promise<Canonical | undefined> {
  const [url = '', version] = canonical.split('|')
  const key = token(paramId(type, 'url'), url)
  const rows = await db.rows<{ id: string; version: number; updated: number; body: string }>(sql`
    select id, version, updated::float8 as updated, body from (
      select type, id, version, updated, body from resource where tokens @> array[${key}::bigint] offset 0
    ) r
    where type = ${typeNumber(type)} and octet_length(body) <= ${MAX_BYTES}
    order by updated desc, id
    limit 20`)
  return rows
    .map((row) => JSON.parse(textOf({ ...row, type })) as Canonical)
    .find((one) => one.url === url && (version === undefined || one.version === version))
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
