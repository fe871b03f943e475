import type { Resource, ResourceType } from '@medplum/fhirtypes'
import type { Queryable } from '../../db/database.ts'
import { parseJson, type Document } from '../../fhir/json.ts'
import { rid } from '../../fhir/keys.ts'
import { isResourceType } from '../../fhir/types.ts'
import { textOf } from '../../store/body.ts'
import { readMany, type Key } from '../../store/read.ts'
import type { Row } from '../../store/types.ts'
import type { Item } from './item.ts'
import { referringTo } from './moved.ts'
import { referenceOf } from './order.ts'

/** What is stored of the resources that records join, refer to or keep; read once per batch. */
export class Stored {
  readonly #rows: ReadonlyMap<string, Row>

  private constructor(rows: readonly Row[]) {
    this.#rows = new Map(rows.map((row) => [`${row.type}/${row.id}`, row]))
  }

  static async read(db: Queryable, items: readonly Item[]): Promise<Stored> {
    const rows = await readMany(db, 'all', [...wantedBy(items)].flatMap(keyOfReference))
    return new Stored([...rows, ...(await referringTo(db, items))])
  }

  /** With these too. */
  async with(db: Queryable, references: readonly string[]): Promise<Stored> {
    if (references.length === 0) return this
    return new Stored([...this.#rows.values(), ...(await readMany(db, 'all', references.flatMap(keyOfReference)))])
  }

  /** References of what is stored and holds these words. */
  *mentioning(words: string): Iterable<string> {
    for (const [reference, { body }] of this.#rows) if (body?.includes(words)) yield reference
  }

  mentions(reference: string, words: string): boolean {
    return this.#rows.get(reference)?.body?.includes(words) === true
  }

  has(reference: string): boolean {
    return this.#rows.has(reference)
  }

  version(reference: string): number | undefined {
    return this.#rows.get(reference)?.version
  }

  /** A fresh copy at each call. */
  document(reference: string): Document<Resource> | undefined {
    const row = this.#rows.get(reference)
    return row?.body ? (parseJson(textOf({ ...row, body: row.body })) as Document<Resource>) : undefined
  }
}

/** The references that are read for these records: all of them, for a batch may be prepared ahead of one that writes others (turn.ts). */
export function wantedBy(items: readonly Item[]): Set<string> {
  const wanted = new Set<string>()
  for (const { record } of items) {
    if (record.state !== 'mapped') continue
    for (const made of record.resources) if (made.how !== 'whole') wanted.add(referenceOf(made))
    for (const need of record.needs) wanted.add(need)
    for (const { from, into } of record.merges) wanted.add(from).add(into)
  }
  return wanted
}

function keyOfReference(reference: string): Key[] {
  const [type = '', id = ''] = reference.split('/')
  return isResourceType(type) ? [{ type: type satisfies ResourceType, rid: rid(type, id) }] : []
}
