import { FhirError } from '../errors.ts'
import type { Part } from '../fhir/summary.ts'

/** The part of a resource that `_summary` or `_elements` asks for; undefined for all of it. */
export function partAsked(query: readonly (readonly [string, string])[]): Part | undefined {
  const summary = query.find(([name]) => name === '_summary')?.[1]
  if (summary === 'true' || summary === 'text' || summary === 'data') return { summary }
  if (summary !== undefined && summary !== 'false' && summary !== 'count') {
    throw new FhirError('invalid', '_summary is not one of true, text, data, count and false')
  }
  const elements = query
    .filter(([name]) => name === '_elements')
    .flatMap(([, value]) => value.split(','))
    .map((name) => name.trim())
  const named = elements.filter((name) => name !== '')
  return named.length > 0 ? { elements: named } : undefined
}
