import { rid } from '../../fhir/keys.ts'
import { isResourceType } from '../../fhir/types.ts'
import type { Key } from '../../store/read.ts'

/**
 * The relative references in a stored body, each once. Found in the text: stored JSON has no spaces, and a quote inside
 * a string is escaped, so nothing else looks like this.
 */
export function referencesIn(body: string, seen = new Set<string>()): Key[] {
  const found: Key[] = []
  for (let at = body.indexOf(MEMBER); at >= 0; at = body.indexOf(MEMBER, at)) {
    at += MEMBER.length
    const text = body.slice(at, body.indexOf('"', at))
    if (seen.has(text)) continue
    seen.add(text)
    const [, type = '', id = '', version] = form.exec(text) ?? []
    if (version !== undefined) {
      if (seen.has(`${type}/${id}`)) continue
      seen.add(`${type}/${id}`)
    }
    if (isResourceType(type)) found.push({ type, rid: rid(type, id) })
  }
  return found
}

const MEMBER = '"reference":"'
const form = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(\/_history\/[A-Za-z0-9\-.]{1,64})?$/
