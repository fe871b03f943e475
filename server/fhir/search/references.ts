import { referencedType } from '../path/functions/fhir.ts'
import { isRecord } from '../path/node.ts'
import { rid } from '../keys.ts'
import { lately } from '../lately.ts'
import { isResourceType } from '../types.ts'
import type { Parameter } from './parameter.ts'
import type { Emit, Sink } from './sink.ts'

/** A resource of this server. */
export interface Local {
  readonly type: string
  readonly id: string
  /** `type/id` */
  readonly key: string
  readonly rid: bigint
}

export function localResource(type: string, id: string): Local {
  return { type, id, key: `${type}/${id}`, rid: rid(type, id) }
}

const plain = /^[A-Za-z0-9\-.]{1,64}$/
const withMore = /^([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?(?:#.*)?$/

/** `Patient/1`, `Patient/1/_history/2`, or the same under the server's own address → the resource; else undefined. */
export function localOf(reference: string, base: string): Local | undefined {
  const own = base !== '' && reference.startsWith(base) && reference.charAt(base.length) === '/'
  return relative(own ? reference.slice(base.length + 1) : reference)
}

const relative = lately((reference) => {
  const slash = reference.indexOf('/')
  const type = slash > 0 ? reference.slice(0, slash) : ''
  if (!isResourceType(type)) return undefined
  const rest = reference.slice(slash + 1)
  const id = plain.test(rest) ? rest : withMore.exec(rest)?.[1]
  return id === undefined ? undefined : localResource(type, id)
}, 4096)

/**
 * How references are found (https://hl7.org/fhir/R4/search.html#reference): the server's own by resource, those of
 * other servers and urn:uuid by their text, canonicals with and without version; contained ones (#id) not at all.
 */
export function referenceEmits(base: string): Readonly<Record<string, Emit>> {
  const text: Emit = (value, parameter, sink) => {
    if (typeof value !== 'string' || value === '' || value.startsWith('#')) return
    const found = localOf(value, base)
    if (found) sink.reference(parameter, found)
    else versions(value, parameter, sink)
  }
  return {
    Reference: (value, parameter, sink) => {
      if (!isRecord(value)) return
      text(value['reference'], parameter, sink)
      if (isRecord(value['identifier'])) identifier(value['identifier'], parameter, sink)
    },
    uri: text,
    // Bundle.entry[0].resource: the resource itself.
    Resource: (value, parameter, sink) => {
      if (!isRecord(value) || typeof value['resourceType'] !== 'string' || typeof value['id'] !== 'string') return
      sink.reference(parameter, localResource(value['resourceType'], value['id']))
    },
  }
}

/** `:identifier` */
function identifier({ system, value }: Record<string, unknown>, parameter: Parameter, sink: Sink): void {
  if (typeof value !== 'string') return
  sink.token(parameter, `#${value}`)
  sink.token(parameter, typeof system === 'string' ? `#${system}|${value}` : `#|${value}`)
}

function versions(uri: string, parameter: Parameter, sink: Sink): void {
  sink.token(parameter, uri)
  const bar = uri.indexOf('|')
  if (bar > 0) sink.token(parameter, uri.slice(0, bar))
}

/** `resolve() is [target]` of a Reference, by its text or its type. */
export function pointsAt(value: unknown, target: string): boolean {
  if (!isRecord(value)) return false
  const { reference, type } = value
  if (typeof reference !== 'string') return type === target
  return reference.startsWith('#') ? false : (relative(reference)?.type ?? referencedType(reference) ?? type) === target
}
