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
  const own = value.startsWith(`${base}/`) ? value.slice(base.length + 1) : value
  const [type = '', key = '', history, version, ...rest] = own.split('/')
  const local = rest.length === 0 && (history === undefined || (history === '_history' && version !== undefined))
  if (local && isResourceType(type) && id.test(key)) {
    if (!only.includes(type)) return []
    const tokens = [referenceToken(parameter.id, rid(type, key))]
    return own === value ? tokens : [...tokens, token(parameter.id, value)]
  }
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(value)) {
    const there = typeIn(value)
    return there !== undefined && !only.includes(there) ? [] : [token(parameter.id, value)]
  }
  if (id.test(value)) return only.map((target) => referenceToken(parameter.id, rid(target, value)))
  throw fault(name, 'this is no reference', 'Write an id, Type/id or an absolute address.')
}

/** What an address of another server names by its end: `https://elsewhere/fhir/Patient/1`. */
function typeIn(address: string): ResourceType | undefined {
  const [, type = ''] = /\/([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}$/.exec(address) ?? []
  return isResourceType(type) ? type : undefined
}
