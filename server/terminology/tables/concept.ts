import type {
  CodeSystem,
  CodeSystemConcept,
  CodeSystemConceptDesignation,
  CodeSystemConceptProperty,
} from '@medplum/fhirtypes'
import { token } from '../../fhir/keys.ts'
import { storedWords } from '../words.ts'

/** A concept on its way into the tables (migration 003). */
export interface Staged {
  code: string
  display?: string | undefined
  abstract?: boolean
  inactive?: boolean
  definition?: string | undefined
  parents?: readonly string[]
  designation?: readonly CodeSystemConceptDesignation[]
  property?: readonly CodeSystemConceptProperty[]
}

/** What a second file of a release adds to a concept; the display of the lowest rank is taken. */
export interface Addition {
  code: string
  display?: { text: string; rank: number }
  parent?: string
  designation?: CodeSystemConceptDesignation
  property?: CodeSystemConceptProperty
}

/** Key of a concept in `concept.above`. */
export function placeKey(sid: number, place: number): bigint {
  return (BigInt(sid) << 32n) + BigInt(place)
}

export function propertyToken(sid: number, property: string, value: string): bigint {
  return token(sid, `${property}=${value}`)
}

export function existsToken(sid: number, property: string): bigint {
  return token(sid, `${property}?`)
}

/** Finds a code where case does not count. */
export function foldedToken(sid: number, code: string): bigint {
  return token(sid, `~${code.toLowerCase()}`)
}

export function propertyTokens(sid: number, property: readonly CodeSystemConceptProperty[]): bigint[] {
  return property.flatMap((given) =>
    given.code ? [propertyToken(sid, given.code, propertyText(given)), existsToken(sid, given.code)] : [],
  )
}

/** A property's value as filters compare it. */
function propertyText(given: CodeSystemConceptProperty): string {
  const { valueCode, valueString, valueCoding, valueBoolean, valueInteger, valueDecimal, valueDateTime } = given
  return String(
    valueCode ??
      valueString ??
      valueCoding?.code ??
      valueBoolean ??
      valueInteger ??
      valueDecimal ??
      valueDateTime ??
      '',
  )
}

export function wordsOfStaged(sid: number, { code, display, designation = [] }: Staged): string {
  return storedWords(sid, code, [display, ...designation.map(({ value }) => value)])
}

/**
 * The concepts of a CodeSystem resource, each once, parents before children. A parent is where it is nested, or what
 * the properties parent, subsumedBy and child say (https://hl7.org/fhir/R4/codesystem.html#hierarchy).
 */
export function* conceptsOf(system: CodeSystem): Generator<Staged> {
  const meanings = propertyMeanings(system)
  const above = parentsByChildProperty(system)
  const seen = new Set<string>()
  function* walk(list: readonly CodeSystemConcept[] | undefined, parent?: string): Generator<Staged> {
    for (const concept of list ?? []) {
      const { code, property = [] } = concept
      if (code === undefined || seen.has(code)) continue
      seen.add(code)
      const named = property.flatMap((given) => (isParent(given, meanings) ? [propertyText(given)] : []))
      const parents = [...(parent === undefined ? [] : [parent]), ...named, ...(above.get(code) ?? [])]
      yield { ...staged(concept, code, meanings), parents: [...new Set(parents)] }
      yield* walk(concept.concept, code)
    }
  }
  yield* walk(system.concept)
}

function staged(concept: CodeSystemConcept, code: string, meanings: ReadonlyMap<string, string>): Staged {
  const { display, definition, designation = [], property = [] } = concept
  const says = (meaning: string, ...values: string[]): boolean =>
    property.some((given) => meanings.get(given.code ?? '') === meaning && values.includes(propertyText(given)))
  return {
    code,
    display,
    definition,
    designation,
    property: property.filter((given) => !['parent', 'child'].includes(meanings.get(given.code ?? '') ?? '')),
    abstract: says('notSelectable', 'true'),
    inactive: says('inactive', 'true') || says('status', 'retired', 'inactive'),
  }
}

/** https://hl7.org/fhir/R4/codesystem-concept-properties.html: by the property's uri, else by its code. */
function propertyMeanings(system: CodeSystem): ReadonlyMap<string, string> {
  const known = ['parent', 'child', 'notSelectable', 'inactive', 'status', 'deprecated']
  const meanings = new Map([...known.map((code) => [code, code] as const), ['subsumedBy', 'parent'] as const])
  for (const { code, uri } of system.property ?? []) {
    const [, meaning] = uri?.split('concept-properties#') ?? []
    if (code && meaning) meanings.set(code, meaning)
  }
  return meanings
}

function isParent(given: CodeSystemConceptProperty, meanings: ReadonlyMap<string, string>): boolean {
  return meanings.get(given.code ?? '') === 'parent'
}

function parentsByChildProperty(system: CodeSystem): ReadonlyMap<string, readonly string[]> {
  const above = new Map<string, string[]>()
  const walk = (list: readonly CodeSystemConcept[] | undefined): void => {
    for (const { code, property, concept } of list ?? []) {
      for (const given of property ?? []) {
        if (given.code !== 'child' || code === undefined) continue
        const child = propertyText(given)
        above.set(child, [...(above.get(child) ?? []), code])
      }
      walk(concept)
    }
  }
  walk(system.concept)
  return above
}
