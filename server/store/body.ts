import type { Resource } from '@medplum/fhirtypes'
import { toJson, type Document } from '../fhir/json.ts'
import { lately } from '../fhir/lately.ts'
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
  const { resourceType: _type, id: _id, meta, ...others } = document.value as unknown as Record<string, unknown>
  const rest = toJson(moved(document, others))
  return tailOfMeta(meta, document) + (rest === '{}' ? '}}' : `},${rest.slice(1)}`)
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
  const source = onlySource(meta)
  if (source !== undefined) return tailOfSource(source)
  const {
    versionId: _v,
    lastUpdated: _l,
    _versionId: _ve,
    _lastUpdated: _le,
    ...others
  } = meta as Record<string, unknown>
  const text = toJson(moved({ value: meta, exact: document.exact }, others))
  return text === '{}' ? '' : `,${text.slice(1, -1)}`
}

/** What mappers say in meta: whose it is, and nothing else. */
function onlySource(meta: object): string | undefined {
  for (const key in meta) if (key !== 'source') return undefined
  const { source } = meta as { source?: unknown }
  return typeof source === 'string' ? source : undefined
}

const tailOfSource = lately((source) => `,"source":${JSON.stringify(source)}`)

/** A copy of an object that leaves some members out: its exact numbers are held by the copy. */
function moved({ value, exact }: Document, copy: object): Document {
  if (exact.length === 0) return { value: copy, exact }
  return {
    value: copy,
    exact: exact.map((one) => (one.holder === value && one.key in copy ? { ...one, holder: copy } : one)),
  }
}
