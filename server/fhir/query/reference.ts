import type { ResourceType } from '@medplum/fhirtypes'
import { referenceToken, rid, token } from '../keys.ts'
import type { Parameter } from '../search/parameter.ts'
import { isResourceType } from '../types.ts'
import { fault } from './fault.ts'

const id = /^[A-Za-z0-9\-.]{1,64}$/

/**
 * The tokens of a reference value (https://hl7.org/fhir/R4/search.html#reference): `id` of any allowed type,
 * `Type/id`, or an absolute address, which is `Type/id` when it is this server's own. `only` narrows the types.
 */
export function referenceTokens(
  name: string,
  value: string,
  parameter: Parameter,
  base: string,
  only: readonly ResourceType[],
): bigint[] {
  const local = localTarget(value, base)
  if (local?.type !== undefined) {
    if (!only.includes(local.type)) return []
    const tokens = [referenceToken(parameter.id, rid(local.type, local.id))]
    return value.startsWith(`${base}/`) ? [...tokens, token(parameter.id, value)] : tokens
  }
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(value)) {
    const there = typeIn(value)
    return there !== undefined && !only.includes(there) ? [] : [token(parameter.id, value)]
  }
  if (local) return only.map((target) => referenceToken(parameter.id, rid(target, value)))
  throw fault(name, 'this is no reference', 'Write an id, Type/id or an absolute address.')
}

/** A resource of this server: `id`, `Type/id`, perhaps with a version, or the same below the own base. */
export function localTarget(value: string, base: string): { type?: ResourceType; id: string } | undefined {
  if (id.test(value)) return { id: value }
  const own = value.startsWith(`${base}/`) ? value.slice(base.length + 1) : value
  const [type = '', key = '', history, version, ...rest] = own.split('/')
  const whole = rest.length === 0 && (history === undefined || (history === '_history' && version !== undefined))
  return whole && isResourceType(type) && id.test(key) ? { type, id: key } : undefined
}

/** What an address of another server names by its end: `https://elsewhere/fhir/Patient/1`. */
function typeIn(address: string): ResourceType | undefined {
  const [, type = ''] = /\/([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}$/.exec(address) ?? []
  return isResourceType(type) ? type : undefined
}
