import type {
  CodeSystem,
  CodeSystemConcept,
  ValueSet,
  ValueSetComposeInclude,
  ValueSetComposeIncludeFilter,
} from '@medplum/fhirtypes'

/** Where an expansion finds what a value set refers to. */
export interface Sources {
  valueSet(url: string): ValueSet | undefined
  codeSystem(url: string): CodeSystem | undefined
}

export interface Code {
  readonly system: string
  readonly code: string
}

/** More codes than this are not listed: the value set counts as one that cannot be expanded. */
export const MAX_CODES = 50_000

/**
 * The codes of a value set (https://hl7.org/fhir/R4/valueset.html#expansion); undefined when it cannot be known
 * in full: a code system, value set or filter that we do not have, or too many codes. A partial list would refuse
 * good codes.
 */
export function expandValueSet(
  valueSet: ValueSet,
  sources: Sources,
  within: readonly string[] = [],
): Code[] | undefined {
  const url = valueSet.url ?? ''
  if (within.includes(url) || within.length > 20) return undefined
  const inside = [...within, url]
  if (!valueSet.compose) return valueSet.expansion && fromExpansion(valueSet)
  const codes = new Map<string, Code>()
  for (const include of valueSet.compose.include) {
    const found = expandInclude(include, sources, inside)
    if (!found) return undefined
    for (const code of found) codes.set(keyOf(code), code)
    if (codes.size > MAX_CODES) return undefined
  }
  for (const exclude of valueSet.compose.exclude ?? []) {
    const found = expandInclude(exclude, sources, inside)
    if (!found) return undefined
    for (const code of found) codes.delete(keyOf(code))
  }
  return [...codes.values()]
}

export function keyOf({ system, code }: Code): string {
  return `${system}|${code}`
}

function fromExpansion(valueSet: ValueSet): Code[] {
  const codes: Code[] = []
  const collect = (contains: NonNullable<ValueSet['expansion']>['contains']): void => {
    for (const { system = '', code, abstract, contains: inner } of contains ?? []) {
      if (code !== undefined && !abstract) codes.push({ system, code })
      collect(inner)
    }
  }
  collect(valueSet.expansion?.contains)
  return codes
}

/** What the system gives and every imported value set contains. */
function expandInclude(
  include: ValueSetComposeInclude,
  sources: Sources,
  within: readonly string[],
): Code[] | undefined {
  let codes = include.system === undefined ? undefined : expandSystem(include, include.system, sources)
  if (include.system !== undefined && !codes) return undefined
  for (const url of include.valueSet ?? []) {
    const imported = sources.valueSet(url)
    const expanded = imported && expandValueSet(imported, sources, within)
    if (!expanded) return undefined
    if (!codes) codes = expanded
    else {
      const both = new Set(expanded.map(keyOf))
      codes = codes.filter((code) => both.has(keyOf(code)))
    }
  }
  return codes ?? []
}

function expandSystem(include: ValueSetComposeInclude, system: string, sources: Sources): Code[] | undefined {
  if (include.concept) return include.concept.flatMap(({ code }) => (code === undefined ? [] : [{ system, code }]))
  const codeSystem = sources.codeSystem(system)
  if (codeSystem?.content !== 'complete') return undefined
  let codes: Iterable<string> = hierarchyOf(codeSystem).concepts.keys()
  for (const filter of include.filter ?? []) {
    const passing = filterCodes(codeSystem, filter)
    if (!passing) return undefined
    codes = [...codes].filter((code) => passing.has(code))
  }
  return [...codes].map((code) => ({ system, code }))
}

/** Codes of a system that pass a filter; undefined for a kind of filter that is not known here. */
function filterCodes(
  codeSystem: CodeSystem,
  { property, op, value }: ValueSetComposeIncludeFilter,
): Set<string> | undefined {
  const { concepts } = hierarchyOf(codeSystem)
  const every = (keep: (code: string, concept: CodeSystemConcept) => boolean): Set<string> =>
    new Set([...concepts].flatMap(([code, concept]) => (keep(code, concept) ? [code] : [])))
  const values = (concept: CodeSystemConcept): string[] =>
    property === 'code'
      ? [concept.code ?? '']
      : property === 'display'
        ? [concept.display ?? '']
        : (concept.property ?? []).flatMap((given) => (given.code === property ? [propertyText(given)] : []))
  const wanted = value ?? ''
  const tree = property === 'concept' || property === 'code' || property === 'parent' || property === 'subsumedBy'
  switch (op) {
    case 'is-a':
      return tree ? new Set(walk(codeSystem, wanted, 'below')) : undefined
    case 'descendent-of':
      return tree ? new Set(walk(codeSystem, wanted, 'below').filter((code) => code !== wanted)) : undefined
    case 'generalizes':
      return tree ? new Set(walk(codeSystem, wanted, 'above')) : undefined
    case 'is-not-a': {
      const below = new Set(walk(codeSystem, wanted, 'below'))
      return tree ? every((code) => !below.has(code)) : undefined
    }
    case '=':
      return every((_, concept) => values(concept).includes(wanted))
    case 'in':
      return every((_, concept) => values(concept).some((one) => wanted.split(',').includes(one)))
    case 'not-in':
      return every((_, concept) => !values(concept).some((one) => wanted.split(',').includes(one)))
    case 'exists':
      return every((_, concept) => values(concept).length > 0 === (wanted === 'true'))
    case 'regex':
    case undefined:
      return undefined
  }
}

function propertyText(given: NonNullable<CodeSystemConcept['property']>[number]): string {
  const value =
    given.valueCode ??
    given.valueString ??
    given.valueCoding?.code ??
    given.valueBoolean ??
    given.valueInteger ??
    given.valueDateTime
  return String(value ?? given.valueDecimal ?? '')
}

export interface Hierarchy {
  readonly concepts: ReadonlyMap<string, CodeSystemConcept>
  readonly parents: ReadonlyMap<string, readonly string[]>
  readonly children: ReadonlyMap<string, readonly string[]>
}

const hierarchies = new WeakMap<CodeSystem, Hierarchy>()

/** Nesting, and the parent, subsumedBy and child properties (https://hl7.org/fhir/R4/codesystem.html#hierarchy). */
export function hierarchyOf(codeSystem: CodeSystem): Hierarchy {
  const known = hierarchies.get(codeSystem)
  if (known) return known
  const concepts = new Map<string, CodeSystemConcept>()
  const parents = new Map<string, string[]>()
  const children = new Map<string, string[]>()
  const link = (parent: string, child: string): void => {
    put(parents, child, parent)
    put(children, parent, child)
  }
  const collect = (list: readonly CodeSystemConcept[] | undefined, parent?: string): void => {
    for (const concept of list ?? []) {
      const { code } = concept
      if (code === undefined) continue
      concepts.set(code, concept)
      if (parent !== undefined) link(parent, code)
      for (const given of concept.property ?? []) {
        if (given.code === 'parent' || given.code === 'subsumedBy') link(propertyText(given), code)
        if (given.code === 'child') link(code, propertyText(given))
      }
      collect(concept.concept, code)
    }
  }
  collect(codeSystem.concept)
  const hierarchy = { concepts, parents, children }
  hierarchies.set(codeSystem, hierarchy)
  return hierarchy
}

function put(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** A code and everything above or below it; empty when the system does not have it. */
export function walk(codeSystem: CodeSystem, code: string, direction: 'above' | 'below'): string[] {
  const { concepts, parents, children } = hierarchyOf(codeSystem)
  if (!concepts.has(code)) return []
  const next = direction === 'above' ? parents : children
  const seen = new Set([code])
  for (const one of seen) for (const other of next.get(one) ?? []) seen.add(other)
  return [...seen]
}
