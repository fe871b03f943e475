import type { Provenance } from '@medplum/fhirtypes'
import type { Visit } from '../../access/visit.ts'
import { rid } from '../../fhir/keys.ts'
import { isResourceType } from '../../fhir/types.ts'
import type { House } from '../../interactions/house.ts'
import { criteriaOf, matchesOf } from '../../interactions/lookup.ts'
import { textOf } from '../../store/body.ts'
import { readCurrent, readMany, type Key } from '../../store/read.ts'
import type { Sight } from '../../store/sight.ts'
import type { Row } from '../../store/types.ts'

/** More documents than this do not claim one Composition. */
const LIMIT = 20

/**
 * The Bundle a Composition was received in, as the Provenance of interactions/documents says; undefined when there is
 * none, or when a resource of it was changed or deleted by anything but the document itself.
 */
export async function receivedDocument(house: House, context: Visit, composition: Row): Promise<Row | undefined> {
  const { sight } = context
  const criteria = criteriaOf(house, context, 'Provenance', [['target', `Composition/${composition.id}`]])
  for (const { rid: key } of await matchesOf(house, context, house.db, criteria, LIMIT)) {
    const [row] = await readMany(house.db, sight, [{ type: 'Provenance', rid: key }])
    const bundle = row && (await sourceOf(house, sight, row))
    if (row && bundle && (await areUntouched(house, sight, row, bundle))) return bundle
  }
  return undefined
}

async function sourceOf(house: House, sight: Sight, row: Row): Promise<Row | undefined> {
  for (const { role, what } of contentOf(row).entity ?? []) {
    const [, id] = /^Bundle\/([A-Za-z0-9\-.]{1,64})$/.exec(what?.reference ?? '') ?? []
    if (role === 'source' && id !== undefined) return readCurrent(house.db, sight, 'Bundle', id)
  }
  return undefined
}

/** All were written in one transaction, the Provenance last: whatever is younger than both was written by another. */
async function areUntouched(house: House, sight: Sight, row: Row, bundle: Row): Promise<boolean> {
  const targets = contentOf(row).target?.flatMap(({ reference }) => keyOf(reference ?? '')) ?? []
  const rows = await readMany(house.db, sight, targets)
  const written = Math.max(row.updated, bundle.updated)
  return rows.length === targets.length && rows.every(({ updated }) => updated <= written)
}

function keyOf(reference: string): Key[] {
  const [type = '', id = ''] = reference.split('/')
  return isResourceType(type) ? [{ type, rid: rid(type, id) }] : []
}

function contentOf(row: Row): Partial<Provenance> {
  return row.body === null ? {} : (JSON.parse(textOf({ ...row, body: row.body })) as Provenance)
}
