import type { CodeSystem } from '@medplum/fhirtypes'
import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import type { Target } from './stage.ts'

/** s shipped with the server, l loaded release, r stored resource. */
export type Source = 's' | 'l' | 'r'

/** The resource something was made from. */
export interface Origin {
  rid: bigint
  version: number
}

/** The row of a code system in place of the one there was, whose concepts go with it. */
export async function replaceSystem(tx: Queryable, source: Source, system: CodeSystem, origin?: Origin): Promise<Target> {
  const { url = '', version = '' } = system
  if (origin) await tx.rows(sql`delete from code_system where rid = ${origin.rid}`)
  else
    await tx.rows(sql`
      delete from code_system where url = ${url} and version = ${version} and source = ${source} and rid is null`)
  const [target] = await insertSystems(tx, source, [system], origin)
  if (!target) throw new Error('An insert answered nothing.')
  return target
}

/** Rows of many systems in one statement, in their order; each (url, version) once. */
export async function insertSystems(
  tx: Queryable,
  source: Source,
  systems: readonly CodeSystem[],
  origin?: Origin,
): Promise<Target[]> {
  const heads = systems.map(({ concept: _concept, text: _text, contained: _contained, ...head }) => head)
  const rows = await tx.rows<Target & { url: string; version: string }>(sql`
    insert into code_system (url, version, source, rid, made_from, content, folded, value_set, head)
    select coalesce(head ->> 'url', ''), coalesce(head ->> 'version', ''), ${source}::"char", ${origin?.rid ?? null}::bigint,
           ${origin?.version ?? null}::integer, head ->> 'content', coalesce(head ->> 'caseSensitive' = 'false', false),
           head ->> 'valueSet', head
    from jsonb_array_elements(${JSON.stringify(heads)}::jsonb) as head
    returning sid, folded, url, version`)
  const byName = new Map(rows.map(({ sid, folded, url, version }) => [`${url}|${version}`, { sid, folded }]))
  return systems.flatMap(({ url = '', version = '' }) => byName.get(`${url}|${version}`) ?? [])
}
