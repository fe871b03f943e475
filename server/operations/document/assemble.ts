import type { Visit } from '../../access/visit.ts'
import type { Queryable } from '../../db/database.ts'
import { FhirError } from '../../errors.ts'
import type { House } from '../../interactions/house.ts'
import { asStored } from '../../interactions/search/bundle.ts'
import { shown } from '../../interactions/shown.ts'
import { instant } from '../../store/body.ts'
import { readMany } from '../../store/read.ts'
import type { Sight } from '../../store/sight.ts'
import type { Row } from '../../store/types.ts'
import { uuid7 } from '../../store/uuid.ts'
import { referencesIn } from '../everything/references.ts'

/** A document refers to a visit, not to a life. */
const LIMIT = 2000

/** Composition first, then all it refers to and what that refers to, as far as it is here and seen (https://hl7.org/fhir/R4/documents.html#content). */
export async function assemble(house: House, visit: Visit, composition: Row): Promise<string> {
  const { base, sight } = visit
  const rows = [composition, ...(await referredBy(house.db, sight, composition))]
  const entries = shown(house, visit, rows).map(
    (row) => `{"fullUrl":"${base}/${row.type}/${row.id}","resource":${asStored(row)}}`,
  )
  const identifier = { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${uuid7()}` }
  const head = { resourceType: 'Bundle', identifier, type: 'document', timestamp: instant(Date.now()) }
  return `${JSON.stringify(head).slice(0, -1)},"entry":[${entries.join(',')}]}`
}

async function referredBy(db: Queryable, sight: Sight, composition: Row): Promise<Row[]> {
  const found = new Map<bigint, Row>()
  const seen = new Set<string>()
  for (let from = [composition]; from.length > 0;) {
    const keys = from.flatMap(({ body }) => referencesIn(body ?? '', seen))
    const wanted = keys.filter(({ rid }) => rid !== composition.rid && !found.has(rid))
    from = await readMany(db, sight, [...new Map(wanted.map((key) => [key.rid, key])).values()])
    for (const row of from) found.set(row.rid, row)
    if (found.size > LIMIT) throw new FhirError('too-costly', `The document would have more than ${LIMIT} entries`)
  }
  return [...found.values()]
}
