import { expandValueSet, keyOf } from '../definitions/expansion.ts'
import type { Definitions } from '../definitions/definitions.ts'

/** What a required binding allows (https://hl7.org/fhir/R4/terminologies.html#required). */
export interface RequiredCodes {
  /** Whether a bare code is one of them (elements of type code). */
  hasCode(code: string): boolean
  has(system: string, code: string): boolean
  /** The codes, when they are few enough to be named in a message. */
  readonly words: string
}

/**
 * Value sets of systems that no package lists in full, checked by their grammar. UCUM units are not checked:
 * their grammar is a language of its own (https://ucum.org/ucum).
 */
const grammars: Readonly<Record<string, { readonly format: RegExp; readonly words: string }>> = {
  'http://hl7.org/fhir/ValueSet/mimetypes': {
    format: /^[\w!#$&^.+*-]+(?:\/[\w!#$&^.+*-]+)?(?:\s*;.*)?$/,
    words: 'a MIME type such as application/pdf',
  },
  'http://hl7.org/fhir/ValueSet/currencies': { format: /^[A-Z]{3}$/, words: 'an ISO 4217 currency such as INR' },
}

const MAX_NAMED = 20

const kept = new WeakMap<Definitions, Map<string, RequiredCodes | undefined>>()

/** The codes of a required binding; undefined when they cannot be known, and so are not checked. */
export function requiredCodes(definitions: Definitions, valueSet: string): RequiredCodes | undefined {
  let known = kept.get(definitions)
  if (!known) kept.set(definitions, (known = new Map()))
  if (!known.has(valueSet)) known.set(valueSet, find(definitions, valueSet))
  return known.get(valueSet)
}

function find(definitions: Definitions, url: string): RequiredCodes | undefined {
  const grammar = grammars[url]
  if (grammar) {
    const fits = (code: string): boolean => grammar.format.test(code)
    return { hasCode: fits, has: (_, code) => fits(code), words: grammar.words }
  }
  const valueSet = definitions.valueSet(url)
  const codes = valueSet && expandValueSet(valueSet, definitions)
  if (!codes || codes.length === 0) return undefined
  const bare = new Set(codes.map(({ code }) => code))
  const full = new Set(codes.map(keyOf))
  return {
    hasCode: (code) => bare.has(code),
    has: (system, code) => full.has(`${system}|${code}`),
    words: bare.size <= MAX_NAMED ? `one of ${[...bare].join(' | ')}` : `one of the ${bare.size} codes of ${url}`,
  }
}
