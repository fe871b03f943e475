import type { Definitions, Element } from './definitions/definitions.ts'
import { parseJson, toJson } from './json.ts'

/** What part of a resource is asked for (https://hl7.org/fhir/R4/search.html#summary, #elements). */
export type Part = { readonly summary: 'true' | 'text' | 'data' } | { readonly elements: readonly string[] }

/** A resource's JSON text, cut down to a part, marked as such; digits stay as they are. */
export function partOf(definitions: Definitions, text: string, part: Part): string {
  const document = parseJson(text)
  const resource = document.value as Record<string, unknown>
  const shape = shapeOf(definitions, String(resource['resourceType']))
  const wanted = (name: string) => ALWAYS.has(name) || keeps(shape, name, part)
  prune(resource, wanted)
  if ('summary' in part && part.summary === 'true') pruneBelow(resource, shape, shape.name)
  mark(resource)
  return toJson(document)
}

const ALWAYS: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta'])

interface Shape {
  readonly name: string
  /** By path, choices under each of their names (`Observation.valueQuantity`). */
  readonly elements: ReadonlyMap<string, Element>
}

const shapes = new WeakMap<Definitions, Map<string, Shape>>()

function shapeOf(definitions: Definitions, name: string): Shape {
  const known = shapes.get(definitions) ?? new Map<string, Shape>()
  shapes.set(definitions, known)
  const before = known.get(name)
  if (before) return before
  const elements = new Map<string, Element>()
  for (const element of definitions.structure(name)?.elements ?? []) {
    if (!element.path.endsWith('[x]')) elements.set(element.path, element)
    const stem = element.path.slice(0, -3)
    for (const { code } of element.path.endsWith('[x]') ? element.types : []) {
      elements.set(stem + code.slice(0, 1).toUpperCase() + code.slice(1), element)
    }
  }
  const shape = { name, elements }
  known.set(name, shape)
  return shape
}

function keeps(shape: Shape, name: string, part: Part): boolean {
  const element = shape.elements.get(`${shape.name}.${name}`)
  if ('elements' in part) return isMandatory(element) || isListed(name, element, shape, part.elements)
  switch (part.summary) {
    case 'true':
      return element?.summary === true || isMandatory(element)
    case 'text':
      return name === 'text' || isMandatory(element)
    case 'data':
      return name !== 'text'
  }
}

/** `value` lists `valueQuantity` too, and `Observation.status` is `status` of an Observation only. */
function isListed(name: string, element: Element | undefined, shape: Shape, listed: readonly string[]): boolean {
  const stem = element?.path.slice(shape.name.length + 1).replace('[x]', '')
  return listed.some((one) => {
    const [first = '', ...rest] = one.split('.')
    const at = first === shape.name && rest.length > 0 ? rest[0] : first
    return at === name || at === stem
  })
}

function isMandatory(element: Element | undefined): boolean {
  return element !== undefined && element.min > 0
}

/** Inside elements that stay: those of a backbone that are not part of the summary themselves. */
function pruneBelow(node: Record<string, unknown>, shape: Shape, path: string): void {
  for (const [name, value] of Object.entries(node)) {
    const at = shape.elements.get(`${path}.${name}`)?.sameAs ?? `${path}.${name}`
    if (!hasChildren(shape, at)) continue
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof child !== 'object' || child === null) continue
      prune(child as Record<string, unknown>, (inner) => {
        const element = shape.elements.get(`${at}.${inner}`)
        return inner === 'id' || element?.summary === true || isMandatory(element)
      })
      pruneBelow(child as Record<string, unknown>, shape, at)
    }
  }
}

function hasChildren(shape: Shape, path: string): boolean {
  return shape.elements.has(`${path}.extension`) || shape.elements.has(`${path}.modifierExtension`)
}

/** A primitive's `_name` goes with its name. */
function prune(node: Record<string, unknown>, wanted: (name: string) => boolean): void {
  for (const name of Object.keys(node)) {
    if (!wanted(name.startsWith('_') ? name.slice(1) : name)) delete node[name]
  }
}

const SUBSETTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }

/** So that nobody stores it back as if it were whole. */
function mark(resource: Record<string, unknown>): void {
  const meta = (resource['meta'] ?? {}) as { tag?: unknown[] }
  meta.tag = [...(meta.tag ?? []), SUBSETTED]
  resource['meta'] = meta
}
