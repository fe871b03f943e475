import type { Resource, SearchParameter } from '@medplum/fhirtypes'
import fhirpath, { type Model } from 'fhirpath'
import r4Model from 'fhirpath/fhir-context/r4/index.js'
import {
  ANY,
  dateMatches,
  identifierMatches,
  nearMatches,
  numberMatches,
  ofTypeMatches,
  quantityMatches,
  referenceMatches,
  stringMatches,
  textMatches,
  tokenMatches,
  uriMatches,
} from './oracle-values.ts'

const r4 = r4Model as Model

type Values = (resource: Resource) => unknown[]

/**
 * Search by looking at every resource: the SearchParameter's own expression by fhirpath.js, then the rules of
 * R4 value by value. Slow, and without anything of the server's.
 */
export class Oracle {
  readonly #definitions = new Map<string, SearchParameter>()
  readonly #compiled = new Map<string, Values>()
  readonly #kept = new Map<string, unknown[]>()

  constructor(
    readonly world: readonly Resource[],
    definitions: readonly SearchParameter[],
    readonly now: number,
  ) {
    for (const definition of definitions) {
      for (const base of definition.base) this.#definitions.set(`${base}.${definition.code}`, definition)
    }
  }

  /** The ids of the type that satisfy every pair, sorted. */
  search(type: string, pairs: readonly (readonly [string, string])[]): string[] {
    const matching = this.world.filter(
      (resource) =>
        resource.resourceType === type && pairs.every(([name, value]) => this.#matches(resource, name, value)),
    )
    return matching.map(({ id }) => id ?? '').toSorted()
  }

  definition(type: string, code: string): SearchParameter {
    const found =
      this.#definitions.get(`${type}.${code}`) ??
      this.#definitions.get(`DomainResource.${code}`) ??
      this.#definitions.get(`Resource.${code}`)
    if (!found) throw new Error(`no parameter ${code} on ${type}`)
    return found
  }

  values(resource: Resource, code: string): unknown[] {
    const key = `${resource.resourceType}.${code}`
    let values = this.#compiled.get(key)
    if (!values) this.#compiled.set(key, (values = compile(this.definition(resource.resourceType, code))))
    const place = `${key} ${resource.id}`
    const known = this.#kept.get(place) ?? values(resource)
    this.#kept.set(place, known)
    return known
  }

  #matches(resource: Resource, name: string, value: string): boolean {
    if (name.startsWith('_has:')) {
      const [, source = '', code = '', ...rest] = name.split(':')
      return this.world.some(
        (other) =>
          other.resourceType === source &&
          this.#refers(other, code, resource) &&
          this.#matches(other, rest.join(':'), value),
      )
    }
    const chain = /^([\w-]+)(?::(\w+))?\.(.+)$/.exec(name)
    if (!chain) return this.#satisfies(resource, name, value)
    const [, code = '', type, rest = ''] = chain
    return this.world.some(
      (target) =>
        (type === undefined || target.resourceType === type) &&
        this.#knows(target.resourceType, rest) &&
        this.#refers(resource, code, target) &&
        this.#matches(target, rest, value),
    )
  }

  /** An untyped chain goes through those targets that have what follows. */
  #knows(type: string, name: string): boolean {
    const [code = ''] = name.split(/[:.]/)
    return (
      code === '_id' ||
      code === '_has' ||
      [type, 'DomainResource', 'Resource'].some((base) => this.#definitions.has(`${base}.${code}`))
    )
  }

  #refers(from: Resource, code: string, to: Resource): boolean {
    const { target = [] } = this.definition(from.resourceType, code)
    return this.values(from, code).some((value) => referenceMatches(value, `${to.resourceType}/${to.id}`, target))
  }

  #satisfies(resource: Resource, name: string, value: string): boolean {
    const [code = '', modifier] = name.split(':')
    if (code === '_id') return value.split(',').includes(resource.id ?? '') !== (modifier === 'not')
    const { type } = this.definition(resource.resourceType, code)
    if (modifier === 'missing') return (this.values(resource, code).length === 0) === (value === 'true')
    const any = split(value, ',').some((one) =>
      this.#has(resource, code, type, modifier === 'not' ? undefined : modifier, one),
    )
    return any !== (modifier === 'not')
  }

  #has(resource: Resource, code: string, type: string, modifier: string | undefined, value: string): boolean {
    const definition = this.definition(resource.resourceType, code)
    if (type === 'composite') return this.#pairs(resource, definition, split(value, '$'))
    const stored = this.values(resource, code)
    if (type === 'reference' && (modifier === 'above' || modifier === 'below')) {
      const branch = this.#branch(value, modifier)
      return stored.some((one) => branch.has((one as { reference?: string }).reference ?? ''))
    }
    const parts = asStored(`${resource.resourceType}.${code}`, split(value, '|').map(bare))
    const targets = isType(modifier) ? [modifier] : (definition.target ?? [])
    return stored.some((one) => matchesValue(one, type, modifier, bare(value), parts, targets, this.now))
  }

  /** What has this id, and everything above or below it. */
  #branch(id: string, direction: 'above' | 'below'): Set<string> {
    const links = this.world.flatMap((one) => {
      const part = `${one.resourceType}/${one.id}`
      const code = parts[one.resourceType]
      const wholes = code === undefined ? [] : (this.values(one, code) as { reference?: string }[])
      const here = wholes.filter(({ reference }) => !reference?.includes(':'))
      return here.map(({ reference = '' }) => (direction === 'above' ? [part, reference] : [reference, part]))
    })
    const found = new Set(Object.keys(parts).map((type) => `${type}/${id}`))
    for (let size = 0; size < found.size;) {
      size = found.size
      for (const [from = '', to = ''] of links) if (found.has(from)) found.add(to)
    }
    return found
  }

  /** Each element that the composite's expression finds must satisfy all components by itself. */
  #pairs(resource: Resource, definition: SearchParameter, values: readonly string[]): boolean {
    return this.values(resource, definition.code).some((element) =>
      (definition.component ?? []).every(({ definition: url, expression }, i) => {
        const type = [...this.#definitions.values()].find((one) => one.url === url)?.type ?? ''
        const path = expression.replace(
          /\.as\((\w+)\)|\.ofType\((\w+)\)/g,
          (_, a: string, b: string) => `.ofType(${a ?? b})`,
        )
        const at = (element as { resourceType?: string }).resourceType
          ? path
          : { base: 'Observation.component', expression: path }
        const found = fhirpath.evaluate(element, at, {}, r4) as unknown[]
        const value = values[i] ?? ''
        return found.some((one) =>
          matchesValue(one, type, undefined, bare(value), split(value, '|').map(bare), [], this.now),
        )
      }),
    )
  }
}

function matchesValue(
  stored: unknown,
  type: string,
  modifier: string | undefined,
  value: string,
  parts: readonly string[],
  targets: readonly string[],
  now: number,
): boolean {
  switch (type) {
    case 'token':
      if (modifier === 'text') return textMatches(stored, value)
      return modifier === 'of-type' ? ofTypeMatches(stored, parts) : tokenMatches(stored, parts)
    case 'reference':
      return modifier === 'identifier' ? identifierMatches(stored, parts) : referenceMatches(stored, value, targets)
    case 'string':
      return stringMatches(stored, value, modifier)
    case 'uri':
      return uriMatches(stored, value, modifier)
    case 'date':
      return dateMatches(stored, value, now)
    case 'special':
      return nearMatches(stored, parts)
    case 'quantity':
      return quantityMatches(stored, parts)
    default:
      return numberMatches(stored, value)
  }
}

/** fhirpath.js cannot resolve(), so what it would ask is asked of the reference's text. */
function compile({ expression = '' }: SearchParameter): Values {
  const resolved = /\.where\(resolve\(\) is (\w+)\)/.exec(expression)
  const path = fhirpath.compile(collected(expression.replaceAll(/\.where\(resolve\(\) is \w+\)/g, '')), r4)
  return (resource) => {
    const found = path(structuredClone(resource)) as { reference?: string }[]
    return resolved ? found.filter(({ reference = '' }) => reference.split('/').at(-2) === resolved[1]) : found
  }
}

/** `(a.b as T)` is for one value only; R4 means it for each of many. */
function collected(expression: string): string {
  return expression.replaceAll(/\(([\w.]+) as (\w+)\)/g, '$1.ofType($2)').replaceAll(/\.as\((\w+)\)/g, '.ofType($1)')
}

/** How resources are parts of others of their type. */
export const parts: Readonly<Record<string, string>> = { Organization: 'partof', Encounter: 'part-of' }

/** The code systems that R4 binds these elements of type `code` to. */
export const implied: Readonly<Record<string, string>> = {
  'Patient.gender': 'http://hl7.org/fhir/administrative-gender',
  'Encounter.status': 'http://hl7.org/fhir/encounter-status',
  'Observation.status': 'http://hl7.org/fhir/observation-status',
  'ValueSet.status': 'http://hl7.org/fhir/publication-status',
}

/** A code that stands without its system is asked for without it; `system|` is any value. */
function asStored(place: string, parts: readonly string[]): readonly string[] {
  const [system, code = ''] = parts
  if (parts.length !== 2 || system === '' || implied[place] !== system) return parts
  return code === '' ? [ANY] : [code]
}

export function split(text: string, separator: ',' | '|' | '$'): string[] {
  return text.split({ ',': /(?<!\\),/, '|': /(?<!\\)\|/, $: /(?<!\\)\$/ }[separator])
}

function bare(text: string): string {
  return text.replace(/\\([,|$])/g, '$1')
}

function isType(modifier: string | undefined): modifier is string {
  return modifier !== undefined && /^[A-Z]/.test(modifier)
}
