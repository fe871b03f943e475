import type {
  ConceptMap,
  ConceptMapGroup,
  ConceptMapGroupElement,
  ConceptMapGroupElementTarget,
} from '@medplum/fhirtypes'
import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import { int4s, texts } from '../../store/binary.ts'
import type { Source } from './code-system.ts'

const BATCH = 5_000

/** `mapping.detail`. */
export type MappingDetail = Pick<ConceptMapGroupElementTarget, 'comment' | 'dependsOn' | 'product'> & {
  /** Displays. */
  source?: string | undefined
  target?: string | undefined
}

interface Row {
  part: number
  group: ConceptMapGroup
  element: ConceptMapGroupElement
  target: ConceptMapGroupElementTarget
}

/** Puts a concept map into the tables, in place of the one made from the same resource. */
export async function writeMap(
  tx: Queryable,
  source: Source,
  map: ConceptMap,
  origin?: { rid: bigint; version: number },
): Promise<void> {
  if (origin) await tx.rows(sql`delete from concept_map where rid = ${origin.rid}`)
  const { text: _text, contained: _contained, group = [], ...rest } = map
  const head = { ...rest, group: group.map(({ element: _element, ...others }) => others) }
  const [row] = await tx.rows<{ mid: number }>(sql`
    insert into concept_map (url, version, source, rid, made_from, source_set, target_set, head)
    values (${map.url ?? null}, ${map.version ?? ''}, ${source}, ${origin?.rid ?? null}, ${origin?.version ?? null},
            ${map.sourceUri ?? map.sourceCanonical ?? null}, ${map.targetUri ?? map.targetCanonical ?? null},
            ${JSON.stringify(head)})
    returning mid`)
  if (!row) throw new Error('An insert answered nothing.')
  const rows = [...rowsOf(group)]
  for (let from = 0; from < rows.length; from += BATCH)
    await writeRows(tx, row.mid, from, rows.slice(from, from + BATCH))
}

/** An element without a target says that there is none: unmatched. */
function* rowsOf(groups: readonly ConceptMapGroup[]): Generator<Row> {
  for (const [part, group] of groups.entries()) {
    for (const element of group.element) {
      for (const target of element.target ?? [{ equivalence: 'unmatched' }]) yield { part, group, element, target }
    }
  }
}

async function writeRows(tx: Queryable, mid: number, from: number, rows: readonly Row[]): Promise<void> {
  await tx.prepared('mapping_insert', INSERT, [
    mid,
    int4s(rows.map((_, i) => from + i)),
    int4s(rows.map(({ part }) => part)),
    texts(rows.map(({ group }) => group.source ?? '')),
    texts(rows.map(({ element }) => element.code ?? '')),
    texts(rows.map(({ group }) => group.target ?? '')),
    texts(rows.map(({ target }) => target.code ?? '')),
    texts(rows.map(({ target }) => target.equivalence ?? 'equivalent')),
    texts(rows.map((row) => JSON.stringify(detailOf(row)))),
  ])
}

const INSERT = `
  insert into mapping (mid, place, part, source_system, source_code, target_system, target_code, equivalence, detail)
  select $1, place, part, nullif(source_system, ''), source_code, nullif(target_system, ''), nullif(target_code, ''),
         equivalence, nullif(detail, '{}')::jsonb
  from unnest($2::integer[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
    as n(place, part, source_system, source_code, target_system, target_code, equivalence, detail)
  where source_code <> ''`

function detailOf({ element, target }: Row): MappingDetail {
  return {
    ...(element.display && { source: element.display }),
    ...(target.display && { target: target.display }),
    ...(target.comment && { comment: target.comment }),
    ...(target.dependsOn && { dependsOn: target.dependsOn }),
    ...(target.product && { product: target.product }),
  }
}
