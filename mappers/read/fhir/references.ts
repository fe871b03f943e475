import { idOf } from '../../build/identity.ts'
import { issue, type Issue } from '../../issues.ts'
import { isObject, type Json } from './json.ts'
import { withoutVersion, type Sent } from './message.ts'
import { r4Type } from './stu3/types.ts'
import type { Knowledge } from './shapes.ts'

/** What rewriting the references of a resource tells. */
export interface Rewritten {
  /** `Patient/…` that this message does not bring. */
  readonly needs: Set<string>
  readonly issues: Issue[]
}

/**
 * References in the sender's words become references to what this facility's resources are here: those within the message
 * (`urn:uuid:…`, `Type/id`, the sender's own urls, `Type?identifier=…`), and `Type/id` of what came or will come in another.
 */
export function rewrite(
  resource: Json,
  facility: string,
  { addresses, bases, patients }: Sent,
  knowledge: Knowledge,
  line: number,
): Rewritten {
  const found: Rewritten = { needs: new Set(), issues: [] }
  const own = (type: string, key: string): string => `${type}/${idOf(facility, type, key)}`

  const target = (given: string): string | undefined => {
    const plain = withoutVersion(given)
    const known = addresses.get(plain) ?? addresses.get(queryOf(plain))
    if (known) return own(known.type, known.key)
    const local = [...bases].find((base) => plain.startsWith(base))
    const parts = /^([A-Za-z]+)\/([A-Za-z0-9.-]{1,64})$/.exec(local === undefined ? plain : plain.slice(local.length))
    const type = parts && knowledge.typeOf(r4Type(parts[1] ?? ''))
    if (!parts || type === undefined || type === null) return undefined
    const reference = own(type, parts[2] ?? '')
    if (type === 'Patient' && !patients.has(parts[2] ?? '')) found.needs.add(reference)
    return reference
  }

  const point = (holder: Json, place: string): void => {
    const given = (holder['reference'] as string).trim()
    if (given.startsWith('#')) return
    const reference = target(given)
    if (reference !== undefined) holder['reference'] = reference
    else if (/^urn:/i.test(given)) dangling(holder, given, place)
  }

  const dangling = (holder: Json, given: string, place: string): void => {
    if (place === 'subject' || place === 'patient') {
      found.issues.push(
        issue('REF_MISSING', {
          line,
          column: place,
          detail: 'The message does not bring the patient that it speaks of.',
        }),
      )
    }
    delete holder['reference']
    if (holder['identifier'] === undefined) holder['identifier'] = { system: 'urn:ietf:rfc:3986', value: given }
  }

  const walk = (node: unknown, place: string): void => {
    if (Array.isArray(node)) {
      for (const one of node) walk(one, place)
    } else if (isObject(node)) {
      if (typeof node['reference'] === 'string') point(node, place)
      const { url } = node
      if (typeof url === 'string' && /(?:^|\/)Binary\/[^/]+$/.test(url)) node['url'] = target(url) ?? url
      for (const key in node) if (typeof node[key] === 'object') walk(node[key], key)
    }
  }
  walk(resource, '')
  return found
}

/** `Patient?identifier=a%7Cb&_x=y` as addresses are kept. */
function queryOf(reference: string): string {
  const match = /^([A-Za-z]+)\?identifier=([^&]+)$/.exec(reference)
  if (!match) return reference
  try {
    return `${match[1]}?identifier=${decodeURIComponent(match[2] ?? '')}`
  } catch {
    return reference
  }
}
