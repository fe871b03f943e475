import type { CodeSystem, ValueSet } from '@medplum/fhirtypes'
import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { paramId, token } from '../fhir/keys.ts'
import { typeNumber } from '../fhir/types.ts'
import { textOf } from '../store/body.ts'
import { readCurrent } from '../store/read.ts'

type Canonical = CodeSystem | ValueSet

/** Versions of one canonical resource that are looked at; a server that has more has been misused. */
const MAX_VERSIONS = 20

/**
 * The stored ValueSet or CodeSystem of a canonical url: of `url|version` that version, else the one written last
 * (https://hl7.org/fhir/R4/references.html#canonical).
 */
export async function storedCanonical<T extends Canonical>(
  db: Queryable,
  type: T['resourceType'],
  canonical: string,
): Promise<T | undefined> {
  const [url = '', version] = canonical.split('|')
  const key = token(paramId(type, 'url'), url)
  const rows = await db.rows<{ id: string; version: number; updated: number; body: string }>(sql`
    select id, version, updated::float8 as updated, body from (
      select type, id, version, updated, body from resource where tokens @> array[${key}::bigint] offset 0
    ) r
    where type = ${typeNumber(type)}
    order by updated desc, id
    limit ${MAX_VERSIONS}`)
  return rows
    .map((row) => JSON.parse(textOf({ ...row, type })) as T)
    .find((one) => one.url === url && (version === undefined || one.version === version))
}

export async function storedById(db: Queryable, id: string): Promise<ValueSet | undefined> {
  const row = await readCurrent(db, 'ValueSet', id)
  return row?.body === null || row === undefined
    ? undefined
    : (JSON.parse(textOf({ ...row, body: row.body })) as ValueSet)
}
