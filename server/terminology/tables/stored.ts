import type { CodeSystem, ConceptMap } from '@medplum/fhirtypes'
import type { Database, Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import { paramId, rid, token } from '../../fhir/keys.ts'
import { typeNumber } from '../../fhir/types.ts'
import { textOf } from '../../store/body.ts'
import { readCurrent } from '../../store/read.ts'
import type { Row } from '../../store/types.ts'
import { replaceSystem } from './code-system.ts'
import { conceptsOf } from './concept.ts'
import { writeMap } from './concept-map.ts'
import { Stage } from './stage.ts'

/**
 * CodeSystem and ConceptMap resources are taken into the tables when they are first asked about, and again when the
 * version in the tables is not the current one: each look-up compares the two in the statement that finds the system.
 * A follower of the change log would answer from the past for a moment after every write, and would have to be told
 * about deletes; this way an answer is never older than the last commit, whoever wrote it and whichever process asks.
 */
export type Kept = 'CodeSystem' | 'ConceptMap'

/** The token under which the store finds a resource by its canonical url. */
export function urlToken(type: Kept | 'ValueSet', url: string): bigint {
  return token(paramId(type, 'url'), url)
}

/** Brings the tables to the current version of one resource. */
export async function takeIn(db: Database, type: Kept, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const key = rid(type, id)
    await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${`terminology ${key}`}, 0))`)
    await forgetDeleted(tx, type)
    const row = await readCurrent(tx, 'all', type, id)
    if (!row || row.body === null || (await isTakenIn(tx, type, row))) return
    const resource = JSON.parse(textOf({ ...row, body: row.body })) as CodeSystem | ConceptMap
    const origin = { rid: row.rid, version: row.version }
    if (resource.resourceType === 'ConceptMap') return writeMap(tx, 'r', resource, origin)
    const target = await replaceSystem(tx, 'r', resource, origin)
    const stage = await Stage.open(tx)
    for (const concept of conceptsOf(resource)) await stage.add(target, concept)
    await stage.finish()
  })
}

async function isTakenIn(tx: Queryable, type: Kept, { rid: key, version }: Row): Promise<boolean> {
  const rows =
    type === 'CodeSystem'
      ? await tx.rows(sql`select from code_system where rid = ${key} and made_from = ${version}`)
      : await tx.rows(sql`select from concept_map where rid = ${key} and made_from = ${version}`)
  return rows.length > 0
}

async function forgetDeleted(tx: Queryable, type: Kept): Promise<void> {
  const number = typeNumber(type)
  if (type === 'CodeSystem')
    await tx.rows(sql`
      delete from code_system s where rid is not null
        and not exists (select from resource r where r.type = ${number}::smallint and r.rid = s.rid)`)
  else
    await tx.rows(sql`
      delete from concept_map m where rid is not null
        and not exists (select from resource r where r.type = ${number}::smallint and r.rid = m.rid)`)
}

/** Everything stored that the tables do not have, for questions that name no url. */
export async function takeInStale(db: Database, type: Kept): Promise<void> {
  const number = typeNumber(type)
  const stale =
    type === 'CodeSystem'
      ? await db.rows<{ id: string }>(sql`
          select id from resource r where type = ${number}::smallint
            and not exists (select from code_system s where s.rid = r.rid and s.made_from = r.version)`)
      : await db.rows<{ id: string }>(sql`
          select id from resource r where type = ${number}::smallint
            and not exists (select from concept_map m where m.rid = r.rid and m.made_from = r.version)`)
  for (const { id } of stale) await takeIn(db, type, id)
}
