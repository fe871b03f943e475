import { rid } from '../../fhir/keys.ts'
import { isResourceType } from '../../fhir/types.ts'
import type { Key } from '../../store/read.ts'

/**
 * The relative references in a stored body, each once, without the version they may name. Found in the text: stored JSON
 * has no spaces, and a quote inside a string is escaped, so nothing else looks like this.
 */
export function referencesIn(body: string, seen = new Set<string>()): Key[] {
  return found(body, anyReference, seen)
}

/** The same without those to Patients, which are most of them. */
export function otherReferencesIn(body: string, seen: Set<string>): Key[] {
  return found(body, otherReference, seen)
}

const ID = '([A-Za-z0-9\\-.]{1,64})(?:/_history/[A-Za-z0-9\\-.]{1,64})?"'
const anyReference = new RegExp(`"reference":"([A-Z][A-Za-z]+)/${ID}`, 'g')
const otherReference = new RegExp(`"reference":"(?!Patient/)([A-Z][A-Za-z]+)/${ID}`, 'g')

function found(body: string, form: RegExp, seen: Set<string>): Key[] {
  const keys: Key[] = []
  for (const [, type = '', id = ''] of body.matchAll(form)) {
    const reference = `${type}/${id}`
    if (seen.has(reference)) continue
    seen.add(reference)
    if (isResourceType(type)) keys.push({ type, rid: rid(type, id) })
  }
  return keys
}
