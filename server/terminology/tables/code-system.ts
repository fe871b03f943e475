import type { CodeSystem } from '@medplum/fhirtypes'
import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import type { Target } from './stage.ts'

/** s shipped with the server, l loaded release, r stored resource. */
export type Source = 's' | 'l' | 'r'

/** What a row was made from: the version of a resource, or the edition of what is shipped. */
export type Origin = { rid: bigint; version: number } | { edition: string }

/** The row of a code system in place of the one there was, whose concepts go with it. */
export async function replaceSystem(
  tx: Queryable,
  source: Source,
  system: CodeSystem,
  origin?: Origin,
): Promise<Target> {
  const { concept: _concept, text: _text, contained: _contained, ...head } = system
  const { url = '', version = '', content, caseSensitive, valueSet } = system
  const { rid = null, version: madeFrom = null } = origin && 'rid' in origin ? origin : {}
  const edition = origin && 'edition' in origin ? origin.edition : null
  if (rid !== null) await tx.rows(sql`delete from code_system where rid = ${rid}`)
  else
    await tx.rows(sql`
      delete from code_system where url = ${url} and version = ${version} and source = ${source} and rid is null`)
  const [target] = await tx.rows<Target>(sql`
    insert into code_system (url, version, source, rid, made_from, edition, content, folded, value_set, head)
    values (${url}, ${version}, ${source}, ${rid}, ${madeFrom}, ${edition}, ${content}, ${caseSensitive === false},
            ${valueSet ?? null}, ${JSON.stringify(head)})
    returning sid, folded`)
  if (!target) throw new Error('An insert answered nothing.')
  return target
}
