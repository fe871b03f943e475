import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import { paramId, referenceToken } from '../../fhir/keys.ts'
import { typeNumber, typeOf } from '../../fhir/types.ts'
import { provenanceId } from './build.ts'
import { ownResources } from './decide.ts'
import type { Item, Verdict } from './item.ts'
import { referenceOf } from './order.ts'
import { retractedOf, type Retracted } from './retracted.ts'
import type { Stored } from './stored.ts'

/** What an earlier version of a record made or said, and this one does not. */
export interface Left {
  /** Resources. */
  readonly obsolete: ReadonlyMap<Item, readonly string[]>
  /** What it said of resources that stay. */
  readonly retracted: ReadonlyMap<Item, Retracted>
}

export async function leftOf(db: Queryable, verdicts: readonly Verdict[]): Promise<Left> {
  return { obsolete: await obsoleteOf(db, verdicts), retracted: await retractedOf(db, verdicts) }
}

/** Of what a record takes something back without naming it. */
export function unnamed({ record }: Item, retracted: Retracted): string[] {
  const named = new Set(record.resources.map(referenceOf))
  return [...retracted.keys()].filter((reference) => !named.has(reference))
}

/** With what is stored of that, too. */
export function storedWith(db: Queryable, stored: Stored, { retracted }: Left): Promise<Stored> {
  return stored.with(
    db,
    [...retracted].flatMap(([item, gone]) => unnamed(item, gone)),
  )
}

/**
 * What an earlier version of a record made and this one no longer makes: it goes, unless another record made it too,
 * which its Provenance tells.
 */
async function obsoleteOf(db: Queryable, verdicts: readonly Verdict[]): Promise<Map<Item, string[]>> {
  const left: { item: Item; type: number; rid: bigint; provenances: string[] }[] = []
  for (const { item, write } of verdicts) {
    if (!write?.before) continue
    const now = new Set(ownResources(item).map(({ rid }) => rid))
    const { before } = write
    const provenances = [
      provenanceId(before.message, before.number),
      provenanceId(item.run.message.id, item.record.number),
    ]
    for (const { type, rid } of before.own()) if (!now.has(rid)) left.push({ item, type, rid, provenances })
  }
  const found = new Map<Item, string[]>()
  for (const { item, type, rid, provenances } of left) {
    const reference = await lonely(db, type, rid, provenances)
    if (reference !== undefined) found.set(item, [...(found.get(item) ?? []), reference])
  }
  return found
}

async function lonely(
  db: Queryable,
  type: number,
  rid: bigint,
  provenances: readonly string[],
): Promise<string | undefined> {
  const [row] = await db.rows<{ id: string }>(sql`
    select r.id from resource r
    where r.type = ${type} and r.rid = ${rid} and not exists (
      select from resource p
      where p.tokens @> array[${referenceToken(TARGET, rid)}::bigint] and p.type = ${typeNumber('Provenance')}
        and not p.id = any (${provenances}::text[])
    )`)
  return row && `${typeOf(type)}/${row.id}`
}

const TARGET = paramId('Provenance', 'target')
