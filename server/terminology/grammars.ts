import { faultOfUnit, UCUM } from '../fhir/ucum.ts'

/** A code system that is a grammar, not a list: its codes can be judged, never listed. */
export interface Grammar {
  readonly name: string
  /** What is wrong with a code, as the rest of a sentence about it; undefined when it is one. */
  fault(code: string): string | undefined
}

/** https://hl7.org/fhir/R4/terminologies-systems.html. A system of these urls in the tables is looked at first. */
const grammars: ReadonlyMap<string, Grammar> = new Map<string, Grammar>([
  [UCUM, { name: 'UCUM', fault: faultOfUnit }],
  ['urn:ietf:bcp:13', { name: 'MIME types', fault: faultOfMediaType }],
  ['urn:ietf:bcp:47', { name: 'Tags for languages', fault: faultOfLanguage }],
])

export function grammarOf(system: string): Grammar | undefined {
  return grammars.get(system)
}

function faultOfMediaType(code: string): string | undefined {
  return /^[\w!#$&^.+-]+\/[\w!#$&^.+*-]+(?:\s*;\s*[\w-]+=.+)?$/.test(code) ? undefined : 'is no MIME type'
}

function faultOfLanguage(code: string): string | undefined {
  try {
    Intl.getCanonicalLocales(code)
    return undefined
  } catch {
    return 'is no language tag of BCP 47'
  }
}
