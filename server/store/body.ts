import type { Resource } from '@medplum/fhirtypes'
import { toJson, type Document } from '../fhir/json.ts'
import type { Row } from './types.ts'

/**
 * A resource is stored without its head, because the head is columns:
 *
 *     {"resourceType":"T","id":"I","meta":{"versionId":"V","lastUpdated":"L"  + stored
 *     stored = ,other members of meta  }  ,other members  }
 *
 * Reading is one concatenation, a no-op update is two equal stored texts. The document is the same afterwards.
 */
export function storedBody(document: Document<Resource>): string {
  const resource = document.value as unknown as Record<string, unknown>
  const { resourceType, id, meta } = resource
  // undefined members are not written; a member that was absent must stay absent
  resource['resourceType'] = undefined
  if (id !== undefined) resource['id'] = undefined
  if (meta !== undefined) resource['meta'] = undefined
  try {
    const rest = toJson(document)
    return tailOfMeta(meta, document) + (rest === '{}' ? '}}' : `},${rest.slice(1)}`)
  } finally {
    resource['resourceType'] = resourceType
    if (id !== undefined) resource['id'] = id
    if (meta !== undefined) resource['meta'] = meta
  }
}

/** The whole JSON text of a stored version that is not a tombstone. */
export function textOf(row: Pick<Row, 'type' | 'id' | 'version' | 'updated'> & { body: string }): string {
  return headOf(row) + row.body
}

export function headOf(row: Pick<Row, 'type' | 'id' | 'version' | 'updated'>): string {
  return `{"resourceType":"${row.type}","id":"${row.id}","meta":{"versionId":"${row.version}","lastUpdated":"${instant(row.updated)}"`
}

/** https://hl7.org/fhir/R4/datatypes.html#instant. The resources of a bundle mostly share theirs, so the last one is kept. */
export function instant(milliseconds: number): string {
  if (milliseconds !== last.milliseconds) last = { milliseconds, text: new Date(milliseconds).toISOString() }
  return last.text
}

let last = { milliseconds: 0, text: new Date(0).toISOString() }

function tailOfMeta(meta: unknown, document: Document): string {
  if (typeof meta !== 'object' || meta === null) return ''
  const {
    versionId: _v,
    lastUpdated: _l,
    _versionId: _ve,
    _lastUpdated: _le,
    ...others
  } = meta as Record<string, unknown>
  const exact = document.exact
    .filter((number) => number.holder === meta)
    .map((number) => ({ ...number, holder: others }))
  const inner = document.exact.filter((number) => number.holder !== meta)
  const text = toJson({ value: others, exact: [...exact, ...inner] })
  return text === '{}' ? '' : `,${text.slice(1, -1)}`
}
